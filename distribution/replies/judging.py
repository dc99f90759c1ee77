"""Judges what mail systems say: replies while sending, reports afterwards, by the same rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from distribution.replies.codes import enhanced_code, quoted, reply_code, unframed
from distribution.replies.phase import RCPT, phase_in
from distribution.replies.providers import spoken_by
from distribution.replies.rulebook import rulebook
from distribution.replies.rules import CERTAIN, CODES, PROVIDERS, TEXTS, VAGUE, Rule, Said, ready
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
_URL = re.compile(r"https?://\S+")
_NAME = re.compile(r"(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.[a-z]{2,8}(?!\.?\w|-)")
# Replies of which an address cannot be the reason: commands, size, log-in, what the mail carries.
_OF_SOMETHING_ELSE = re.compile(
    r"(?:50[0234]|53\d|555) |\d* 5\.(?:2\.[23]|3\.4|5\.[1-6]|6\.\d{1,3}|7\.(?:[89]|[12]\d))\."
)
_LIVING = (Meaning.INACTIVE, Meaning.MAILBOX_FULL)


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
    said: Said | None = field(default=None, compare=False, repr=False)
    """What it fitted."""

    @property
    def cause(self) -> Cause | None:
        """Why the mail has failed for good; None where trying again later can help."""
        return None if self.temporary else _CAUSES.get(self.meaning, Cause.UNKNOWN)


def judge(code: int, text: str, provider: str, *, own: Sequence[Rule] = ()) -> Judgement:
    """Judge a 4xx or 5xx reply of a provider, or heard in a lane; `own` are an admin's rules.

    >>> judge(550, "Connection frequency limited", "qq").cause is None  # 550, and yet it passes
    True
    >>> judge(550, "5.1.1 no such user", "other").cause
    <Cause.BAD_ADDRESS: 'bad_address'>
    """
    near = ready(text)
    said = Said(near, str(code), enhanced_code(text), spoken_by(provider), phase_in(near))
    found = _by_own(own, [said]) or _by_words([said])
    if found is None or _of_something_else(found, said):
        return _by_codes(said)
    return found


def judge_report(
    words: str,
    notice: str,
    *,
    enhanced: str = "",
    provider: str = "",
    recipient: str = "",
    own: Sequence[Rule] = (),
) -> Judgement:
    """Judge what a report says of one recipient, and where that tells nothing, its whole notice.

    `enhanced` is the report's own Status: asked only where the words hold no better code. `own` are
    an admin's rules.
    """
    code, said = reply_code(words), enhanced_code(words)
    near, around = ready(words), ready(notice)
    phase = phase_in(near, recipient) or phase_in(around, recipient)
    before, reply = quoted(unframed(near))
    nearest = Said(reply or before, code, said or enhanced, provider, phase)
    texts, wholes = [nearest], [replace(nearest, text=near)]
    if before and reply:
        texts.append(replace(nearest, text=before))
    if notice:
        more = nearest.enhanced or enhanced_code(notice)
        wholes.append(Said(around, code or reply_code(notice), more, provider, phase))
        texts.append(replace(wholes[-1], text=unframed(around)))
    by_own = _by_own(own, [nearest, *wholes])
    if by_own is not None and by_own.said is not None:
        return _unless_doubtful(by_own, by_own.said)
    by_words = _by_words(texts)
    if by_words is not None:
        return _doubted(by_words, texts[-1], recipient)
    if not code and not nearest.enhanced:
        nearest = Said(nearest.text, reply_code(notice), enhanced_code(notice), provider)
    found = _by_codes(nearest)
    if found.meaning is Meaning.UNKNOWN and said and enhanced and said != enhanced:
        return _by_codes(Said(nearest.text, code, enhanced, provider))
    return found


def _doubted(found: Judgement, said: Said, recipient: str) -> Judgement:
    """Doubt what says "user unknown": it is no evidence where nobody says at which command it came.

    A system that accepted RCPT TO and says so after the message means the reader's filter.
    """
    if found.dead:
        rule = rulebook(_CLEAR, _LIVING).first(said)
        if rule is not None:
            return _judgement(rule, said)
    text = found.said.text if found.dead and found.said else ""
    another = _names_another(text, recipient)
    if found.meaning is Meaning.BAD_DOMAIN and (another or said.phase not in ("", RCPT)):
        return replace(found, meaning=Meaning.REPUTATION, dead=False)  # of the sender's domain
    if another and "@" in text:
        return replace(found, dead=False)
    return _unless_doubtful(found, said)


def _names_another(text: str, recipient: str) -> bool:
    """Whether a text names hosts or domains, and the recipient's is not among them.

    >>> _names_another("host unknown: out.digest.example", "reader@mail.example")
    True
    """
    domain = recipient.rpartition("@")[2].lower()
    names = _NAME.findall(_URL.sub(" ", text)) if text and domain else ()
    return bool(names) and not any(
        f".{name}".endswith(f".{domain}") or f".{domain}".endswith(f".{name}") for name in names
    )


def _unless_doubtful(found: Judgement, said: Said) -> Judgement:
    if _of_something_else(found, said):
        return _by_codes(said)
    certain = said.phase == RCPT or said.enhanced.startswith("5.1.") or not said.code
    if _is_doubtful(found) and not certain:
        return replace(found, meaning=Meaning.FILTERED, dead=False)
    return found


def _of_something_else(found: Judgement, said: Said) -> bool:
    codes = f"{said.code} {said.enhanced}."
    return _is_doubtful(found) and _OF_SOMETHING_ELSE.match(codes) is not None


def _is_doubtful(found: Judgement) -> bool:
    return found.dead and found.rule is not None and found.rule.doubtful


def _by_own(own: Sequence[Rule], texts: Sequence[Said]) -> Judgement | None:
    """The first of an admin's rules that fits: he knows what he says, and ours are not asked."""
    for said in texts:
        for rule in own:
            if rule.fits(said):
                return _judgement(rule, said)
    return None


def _by_words(texts: Sequence[Said]) -> Judgement | None:
    """The first clear word in any of the texts, else the first vague one."""
    for files in (_CLEAR, CERTAIN, VAGUE):
        for said in texts:
            rule = rulebook(files).first(said)
            if rule is not None:
                return _judgement(rule, said)
    return None


def _by_codes(said: Said) -> Judgement:
    rule = rulebook(CODES).first(said)
    if rule is None:  # neither 4xx nor 5xx: not a reply we can build on
        return Judgement(Meaning.UNKNOWN)
    return _judgement(rule, said)


def _judgement(rule: Rule, said: Said) -> Judgement:
    passing = said.code.startswith("4") or (not said.code and said.enhanced.startswith("4"))
    temporary = passing or rule.means in _PASSING or rule.wait is not None
    wait = rule.wait if rule.wait is not None else _WAITS.get(rule.means, timedelta(0))
    return Judgement(rule.means, rule.dead and not temporary, temporary, wait, rule, said)
