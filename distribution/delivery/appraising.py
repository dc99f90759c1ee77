"""What somebody should see before he gives his word on an issue; nothing of it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import issues
from distribution.delivery.drafting import rehearse
from distribution.delivery.foreseeing import Forecast, forecast
from distribution.delivery.gating import Inspection
from distribution.delivery.inspecting import Inspecting
from distribution.delivery.lapsing import Lapsed, lapses_of
from distribution.delivery.planning import Recipe
from distribution.delivery.surveying import Survey, survey_rehearsed
from distribution.delivery.vouching import Seen
from distribution.issues import Way
from distribution.models import Issue


@dataclass(frozen=True, slots=True)
class Appraisal:
    """An issue as it would go out now."""

    seen: Seen
    """What the approval of it names."""
    way: Way
    survey: Survey
    """Who would get what."""
    gate: Inspection
    """What is wrong in the mails."""
    forecast: Forecast
    """How long it would take."""
    lapses: Sequence[Lapsed]
    """Why it is approved once more, if it was."""


def appraise(
    session: Session, issue: Issue, recipe: Recipe, seen: Seen, *, paced: bool, at: datetime
) -> Appraisal:
    """Look at an issue from all sides; raises BrokenTemplate. `paced`: see `forecast`.

    The readers are gone through once.
    """
    rehearsal = rehearse(session, issue.id, recipe)
    inspecting = Inspecting(rehearsal)
    found = survey_rehearsed(session, rehearsal, inspecting.look_at, at=at)
    return Appraisal(
        seen,
        issues.way_of(session, issue),
        found,
        inspecting.inspection(),
        forecast(session, found.lanes, paced=paced),
        lapses_of(session, issue, recipe.templates, mailable=seen.audience),
    )
