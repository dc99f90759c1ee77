"""The doctor: looks at all an installation stands on, and says what is wrong, where, what to do.

Nothing is changed and no mail is sent. Each check is a function of the installation that gives
findings; what one of them cannot look at keeps none of the others.
"""

from distribution.doctor.examining import examine
from distribution.doctor.finding import Finding, Grade

__all__ = ["Finding", "Grade", "examine"]
