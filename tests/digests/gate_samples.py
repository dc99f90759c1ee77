"""A mail that passes the gate, and ways to spoil it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from digest_samples import PERSONAL, choose, compose, make_issue, make_sheet

from distribution.digests import Choice, Digest, Interests, Sheet, join
from distribution.digests.gate import Finding, Imprint, Rule, Severity, check_mail
from distribution.digests.wording import reason_label

IMPRINT = Imprint("三晋省装备工业联合会", "office@example.cn", "0351-0000000", "太原市示范街 8 号")


@cache
def sheet() -> Sheet:
    return make_sheet()


@cache
def choices() -> tuple[Choice, ...]:
    return choose(make_issue().articles, Interests(("quality", "policy"), ("装备",)))


@cache
def mail() -> Digest:
    return join(sheet(), choices(), PERSONAL)


@cache
def message() -> bytes:
    return compose(sheet(), choices())


def judge(
    digest: Digest,
    imprint: Imprint = IMPRINT,
    *,
    commercial: bool = False,
    notes: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """All that is wrong with a mail of the good one's articles."""
    named = sheet().by_id
    return check_mail(
        digest,
        articles=[
            (named[choice.article].title, reason_label(choice, sheet().topics))
            for choice in choices()
        ],
        imprint=imprint,
        unsubscribe_url=PERSONAL.unsubscribe_url,
        commercial=commercial,
        notes=notes,
    )


def spoilt(part: str, old: str, new: str, count: int = -1) -> Digest:
    """The good mail with something else in one part: html, text or subject."""
    content = getattr(mail(), part)
    assert old in content
    return replace(mail(), **{part: content.replace(old, new, count)})


def errors(found: tuple[Finding, ...]) -> list[tuple[Rule, str]]:
    """What blocks, and where."""
    return [(one.rule, one.where) for one in found if one.severity is Severity.ERROR]


def warnings(found: tuple[Finding, ...]) -> list[tuple[Rule, str]]:
    """What someone should look at, and where."""
    return [(one.rule, one.where) for one in found if one.severity is Severity.WARNING]
