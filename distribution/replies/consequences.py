"""What follows from what a mail system said; the same while sending and from a report."""

from distribution.words import Consequence, Meaning

COUNTED = frozenset(
    {
        Meaning.MAILBOX_FULL,
        Meaning.INACTIVE,
        Meaning.FILTERED,
        Meaning.BAD_ADDRESS,  # where the words leave a doubt: else it is dead
        Meaning.BAD_DOMAIN,
    }
)
"""They speak of this mailbox, and may pass: only so many issues in a row take it out of use."""
IN_A_ROW = 3
"""Issues after which what is counted suppresses."""
_ABOUT_US = frozenset({Meaning.REPUTATION, Meaning.AUTH, Meaning.CONTENT, Meaning.POLICY})


def consequence_of(meaning: Meaning, *, dead: bool, temporary: bool = False) -> Consequence:
    """What a refusal leads to; COUNTED is for mails that were given up.

    What speaks of us or of our mails never touches a subscriber: it slows the provider's lane, or
    stops it where trying again would make matters worse.

    >>> consequence_of(Meaning.REPUTATION, dead=False).label
    '停止线路'
    >>> consequence_of(Meaning.REPUTATION, dead=False, temporary=True).label
    '放慢线路'
    """
    if dead:
        return Consequence.SUPPRESSED
    if meaning in COUNTED:
        return Consequence.COUNTED
    if meaning is Meaning.RATE_LIMIT or (meaning in _ABOUT_US and temporary):
        return Consequence.SLOWED
    return Consequence.STOPPED if meaning in _ABOUT_US else Consequence.NONE
