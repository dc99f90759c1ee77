"""Judges what mail systems say: replies while sending, reports afterwards, by the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from distribution.replies.codes import enhanced_code, reply_code
from distribution.replies.phase import RCPT, phase_in
from distribution.replies.rules import CODES, PROVIDERS, TEXTS, VAGUE, Rule, Said, ready, rules_of
from distribution.words import Cause, Meaning

_PASSING = (Meaning.MAILBOX_FULL, Meaning.RATE_LIMIT, Meaning.TRANSIENT)
_CAUSES = {
    Meaning.BAD_ADDRESS: Cause.BAD_ADDRESS,
    Meaning.BAD_DOMAIN: Cause.BAD_ADDRESS,
    Meaning.CONTENT: Cause.CONTENT,
    Meaning.TOO_LARGE: Cause.SIZE,
    Meaning.REPUTATION: Cause.POLICY,
    Meaning.POLICY: Cause.POLICY,
    Meaning.AUTH: Cause.POLICY,
}
_WAITS = {Meaning.MAILBOX_FULL: timedelta(hours=4), Meaning.RATE_LIMIT: timedelta(hours=1)}
_CLEAR = PROVIDERS + TEXTS


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a refusal means for the mail it was given to."""

    meaning: Meaning
    dead: bool = False
    """Evidence that the address itself is dead, and nothing that passes."""
    temporary: bool = False
    """Trying the same mail again later can help."""
    wait: timedelta = timedelta(0)
    """The least time before the next attempt; zero leaves it to the usual back-off."""
    rule: Rule | None = None
    """That spoke; None where none did."""

    @property
    def cause(self) -> Cause | None:
        """Why the mail has failed for good; None where trying again later can help."""
        return None if self.temporary else _CAUSES.get(self.meaning, Cause.UNKNOWN)


def judge(code: int, text: str, provider: str) -> Judgement:
    """Judge a 4xx or 5xx reply of a mailbox provider.

    >>> judge(550, "Connection frequency limited", "qq").cause is None  # 550, and yet it passes
    True
    >>> judge(550, "5.1.1 no such user", "other").cause
    <Cause.BAD_ADDRESS: 'bad_address'>
    """
    near = ready(text)
    said = Said(near, str(code), enhanced_code(text), provider, phase_in(near))
    return _by_words([said]) or _by_codes(said)


def judge_report(
    words: str, notice: str, *, enhanced: str = "", provider: str = "", recipient: str = ""
) -> Judgement:
    """Judge what a report says of one recipient, and where that tells nothing, its whole notice.

    `enhanced` is the report's own Status: asked only where the words hold no better code.
    """
    code, own = reply_code(words), enhanced_code(words)
    near, around = ready(words), ready(notice)
    phase = phase_in(near, recipient) or phase_in(around, recipient)
    nearest = Said(near, code, own or enhanced, provider, phase)
    texts = [nearest]
    if notice:
        more = nearest.enhanced or enhanced_code(notice)
        texts.append(Said(around, code or reply_code(notice), more, provider, phase))
    by_words = _by_words(texts)
    if by_words is not None:
        return _doubted(by_words, texts[-1])
    if not code and not nearest.enhanced:
        nearest = Said(nearest.text, reply_code(notice), enhanced_code(notice), provider)
    found = _by_codes(nearest)
    if found.meaning is Meaning.UNKNOWN and own and enhanced and own != enhanced:
        return _by_codes(Said(nearest.text, code, enhanced, provider))
    return found


def _doubted(found: Judgement, said: Said) -> Judgement:
    """Doubt what says "user unknown": it is no evidence where nobody says at which command it came.

    A system that accepted RCPT TO and says so after the message means the reader's filter.
    """
    if found.dead:
        for rule in _of_living_mailboxes():
            if rule.fits(said):
                return _judgement(rule, said)
    if found.meaning is Meaning.BAD_DOMAIN and said.phase not in ("", RCPT):
        return replace(found, meaning=Meaning.REPUTATION, dead=False)  # of the sender's domain
    certain = said.phase == RCPT or said.enhanced.startswith("5.1.") or not said.code
    if found.dead and found.rule is not None and found.rule.doubtful and not certain:
        return replace(found, meaning=Meaning.FILTERED, dead=False)
    return found


@cache
def _of_living_mailboxes() -> tuple[Rule, ...]:
    living = (Meaning.INACTIVE, Meaning.MAILBOX_FULL)
    return tuple(rule for rule in rules_of(_CLEAR) if rule.means in living)


def _by_words(texts: Sequence[Said]) -> Judgement | None:
    """The first clear word in any of the texts, else the first vague one."""
    for files in (_CLEAR, VAGUE):
        for said in texts:
            for rule in rules_of(files):
                if rule.fits(said):
                    return _judgement(rule, said)
    return None


def _by_codes(said: Said) -> Judgement:
    for rule in rules_of(CODES):
        if rule.fits(said):
            return _judgement(rule, said)
    return Judgement(Meaning.UNKNOWN)  # neither 4xx nor 5xx: not a reply we can build on


def _judgement(rule: Rule, said: Said) -> Judgement:
    passing = said.code.startswith("4") or (not said.code and said.enhanced.startswith("4"))
    temporary = passing or rule.means in _PASSING or rule.wait is not None
    wait = rule.wait if rule.wait is not None else _WAITS.get(rule.means, timedelta(0))
    return Judgement(rule.means, rule.dead and not temporary, temporary, wait, rule)
