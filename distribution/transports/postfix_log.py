r"""Postfix's log: which of our mails it has taken. Pure.

A mail is taken once the queue manager or a delivery agent names the queue id under which cleanup
saw its Message-ID: cleanup speaks in the middle of the message, which may yet be broken off.
Queue ids are used again, so all is paired in the order of the lines.

>>> block = b'''Dec  1 09:00:01 mx postfix/smtpd[7]: 4XyZ1: client=app[192.0.2.1]
... Dec  1 09:00:01 mx postfix/cleanup[8]: 4XyZ1: message-id=<k@journal.example>
... Dec  1 09:00:01 mx postfix/qmgr[9]: 4XyZ1: from=<b@journal.example>, size=9, nrcpt=1 (queue active)
... '''
>>> read_block(block, Begun(), lambda message_id: 12).accepted
{12: '4XyZ1'}
"""  # noqa: E501 - a line of a log is as long as it is

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_CLASSIC = rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?"
_ISO = rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)"
_DELIVERY = b"smtp|lmtp|local|virtual|pipe|error|retry|discard"
_OTHERS = (
    b"anvil|bounce|scache|pickup|postscreen|tlsmgr|tlsproxy|trivial-rewrite|verify|postfix-script"
)
_LINE = re.compile(
    rb"^(?:" + _CLASSIC + b"|" + _ISO + rb") (\S+) ([\w.-]+)/(?:[\w.-]+/)*"
    rb"(smtpd|cleanup|qmgr|master|" + _DELIVERY + b"|" + _OTHERS + rb")\[(\d+)\]: ([^\n]*)\n",
    re.MULTILINE,
)
"""Of one instance (`syslog_name`) and one of its programmes, in either way to write the time."""

_ID = rb"(?!NOQUEUE)([0-9A-Za-z]{5,30}): "
_MESSAGE_ID = re.compile(_ID + rb"message-id=(.*)")
_REJECTED = re.compile(_ID + rb"(?:milter-)?reject: ")
_CLIENT = re.compile(_ID + rb"client=")
_BROKEN_OFF = re.compile(rb"(?:lost connection|timeout|too many errors) after DATA\b")
_ACTIVE = re.compile(_ID + rb"from=<.*>, size=\d+, nrcpt=\d+ \(queue active\)")
_DELIVERED = re.compile(_ID + rb"to=<.*>.*, status=\w+ ")
_LEFT = b"disconnect from "
_STARTED = b"daemon started"


@dataclass(slots=True)
class Begun:
    """What later lines may refer to; kept from one block to the next."""

    mails: dict[str, int] = field(default_factory=dict)
    """Our deliveries that cleanup has seen, by queue id with its host and instance."""
    talks: dict[str, str] = field(default_factory=dict)
    """The mail each smtpd is receiving, by host and process."""


@dataclass(slots=True)
class Found:
    """What a block tells."""

    accepted: dict[int, str] = field(default_factory=dict)
    """Our deliveries that were taken, and their queue ids."""
    lines: int = 0
    """Of Postfix; more than none: it is alive."""
    ours: int = 0
    """Mails of ours that it names."""
    restarted: bool = False
    """Postfix was started: lines from before a crash may have been lost."""


def read_block(block: bytes, begun: Begun, ours: Callable[[str], int | None]) -> Found:
    """Read whole lines, noting in `begun` what is still open.

    `ours` gives the delivery that bears a Message-ID. Foreign lines count for nothing, and so
    does what a client may have put into the text of a line.
    """
    reading = _Reading(begun, ours)
    for match in _LINE.finditer(block):
        host, instance, daemon, process, said = match.groups()
        reading.take((host, instance), daemon, process, said)
    return reading.found


class _Reading:
    def __init__(self, begun: Begun, ours: Callable[[str], int | None]) -> None:
        self.found, self._begun, self._ours = Found(), begun, ours

    def take(self, where: tuple[bytes, bytes], daemon: bytes, process: bytes, said: bytes) -> None:
        self.found.lines += 1
        if daemon == b"smtpd":
            self._smtpd(where, process, said)
        elif daemon == b"cleanup":
            self._cleanup(where, said)
        elif daemon == b"qmgr":
            self._taken(where, _ACTIVE.match(said))
        elif daemon == b"master":
            self.found.restarted |= said.startswith(_STARTED)
        else:
            self._taken(where, _DELIVERED.match(said))

    def _smtpd(self, where: tuple[bytes, bytes], process: bytes, said: bytes) -> None:
        talk = f"{where[0].decode(errors='replace')} {process.decode()}"
        if match := _CLIENT.match(said):
            key = _key(where, match[1])
            self._begun.mails.pop(key, None)  # of an earlier mail: the id is used again
            self._begun.talks[talk] = key
        elif _BROKEN_OFF.match(said):
            self._begun.mails.pop(self._begun.talks.pop(talk, ""), None)
        elif said.startswith(_LEFT):
            self._begun.talks.pop(talk, None)

    def _cleanup(self, where: tuple[bytes, bytes], said: bytes) -> None:
        if match := _MESSAGE_ID.match(said):
            delivery = self._ours(match[2].decode(errors="replace"))
            if delivery is None:
                self._begun.mails.pop(_key(where, match[1]), None)
            else:
                self._begun.mails[_key(where, match[1])] = delivery
                self.found.ours += 1
        elif match := _REJECTED.match(said):
            self._begun.mails.pop(_key(where, match[1]), None)

    def _taken(self, where: tuple[bytes, bytes], match: re.Match[bytes] | None) -> None:
        if match is None or not self._begun.mails:
            return
        delivery = self._begun.mails.pop(_key(where, match[1]), None)
        if delivery is not None:
            self.found.accepted[delivery] = match[1].decode()


def _key(where: tuple[bytes, bytes], queue_id: bytes) -> str:
    return b" ".join((*where, queue_id)).decode(errors="replace")
