"""Finds what a mail tells of each recipient: in the parts for programs, else in its words."""

import re
from collections.abc import Sequence
from dataclasses import replace

from distribution.replies import kinds
from distribution.replies.notice import RETURNED, Notice
from distribution.replies.prose import told_in_prose
from distribution.replies.returned_mime import Fields, Part, fields
from distribution.replies.returned_status import blocks_in, recipients, told
from distribution.replies.told import Told, addresses

STATUS = ("message/delivery-status", "message/global-delivery-status", "message/delivery-report")
_RECEIPT = "message/disposition-notification"
_MOST_TEXT = 256 * 1024
_GENERIC = ("com", "edu", "net", "org")
_OF_SENDERS = ("from", "to", "reply-to", "return-path")
_LOCAL_PART = re.compile(
    r"following(?![^\n]{0,160}(?:reason|error|\bcause|problem))[^\n]{0,160}:[ \t]*\n"
    r"(?:[ \t]*\n){0,3}[ \t]+([\w.+-]{1,64})(?:[ \t]*$|[ \t]{2}[^@\n]*$)",
    re.MULTILINE,
)


def told_of(own: Fields, found: Sequence[Part], notice: Notice) -> list[Told]:
    """What is told of each recipient; nothing where the mail is no report."""
    reported = [one for part in found if part.type in STATUS for one in told(part.content)]
    if any(one.recipients for one in reported):
        return reported
    in_words = _told_to_people(own, found, notice)
    if in_words or reported:
        return in_words or reported
    return _of_the_returned(own, found, notice)


def complained(notice: Notice) -> tuple[str, ...]:
    """Whom a complaint without fields of its own is from: the one the mail was written to."""
    named = recipients(notice.returned, ("x-hmxmroriginalrecipient", "to"))
    return named[:1]


def _told_to_people(own: Fields, found: Sequence[Part], notice: Notice) -> list[Told]:
    """What a notice in words tells, if this mail is one."""
    if not kinds.is_notice(own, notice.text):
        return []
    told_so = list(blocks_in(notice.text))
    if any(one.recipients for one in told_so):
        return told_so
    within = [part for part in found if part.type in (*RETURNED, "text/plain")] or found[:1]
    wrapped = [one for part in within for one in blocks_in(part.text[:_MOST_TEXT])]
    if any(one.recipients for one in wrapped):  # the report was itself sent on as a mail
        return wrapped
    named = recipients(own, ("x-failed-recipients",))
    mine = {
        address.lower() for name in _OF_SENDERS for v in own.all(name) for address in addresses(v)
    }
    others = mine - {address.lower() for address in named}
    told_so = (
        _without_domain(own, notice)
        or told_in_prose(notice.text, others)
        or told_in_prose(notice.text, ())  # who wrote to himself
    )
    if named:
        known = {address.lower() for address in named}
        told_so = [one for one in told_so if one.recipients[0].lower() in known]
        told_so = told_so or [Told((address,)) for address in named]
    action = kinds.action_of_notice(own, notice.text)
    return [replace(one, action=action) for one in told_so]


def _without_domain(own: Fields, notice: Notice) -> list[Told]:
    """Some name their own readers by the part before the @ only: AOL, universities."""
    found = _LOCAL_PART.search(notice.text)
    reporter = next(addresses(own.first("from")), "")
    if found is None or not reporter:
        return []
    names = reporter.rpartition("@")[2].split(".")
    own_domain = ".".join(names[-2:] if names[-1].lower() in _GENERIC else names)
    return [Told((f"{found.group(1)}@{own_domain}",))]


def _of_the_returned(own: Fields, found: Sequence[Part], notice: Notice) -> list[Told]:
    """Whom the returned mail was written to, where nothing else says it and there is one only."""
    if not kinds.is_notice(own, notice.text):
        return []
    action = kinds.action_of_notice(own, notice.text)
    for part in found:
        if part.type == _RECEIPT:
            named = recipients(fields(part.content), ("final-recipient",))
            if named:
                return [Told(named, action)]
    for name in ("x-failed-recipients", "delivered-to", "to"):
        given = list(dict.fromkeys(a for v in notice.returned.all(name) for a in addresses(v)))
        if len(given) == 1:
            return [Told((given[0],), action)]
    return [Told((), action)]
