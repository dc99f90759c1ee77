"""Whether the ledger is the one this host has sent from, or an older copy of it that came back.

An older copy knows nothing of the mails sent since it was made, and would send them again. So
whoever sends takes a step in the ledger before, and writes down on its own host how far it was. A
ledger that is not as far as that has lost something: nobody sends from it until a person accepts
it.
"""

import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from distribution import clock
from distribution.db import DatabaseUnusable, Transaction
from distribution.delivery.alerting import raise_alert
from distribution.delivery.store import installation as store
from distribution.delivery.store.times import present
from distribution.models import Installation

log = logging.getLogger(__name__)

_ADVICE = "核实它少了什么之后，运行 distribution db accept --reason 缘由"


class SuspectLedger(DatabaseUnusable):
    """Raised where something is to be sent from a ledger that may have forgotten what was sent."""

    exit_code = 1

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"数据库可能是恢复的旧副本（{why}）：一封也不投递；{_ADVICE}")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the ledger was when this host last sent from it."""

    name: str
    epoch: int
    position: int
    at: str
    """For people."""

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """None where this host has not sent yet, or what is there is no mark."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(str(found["name"]), int(found["epoch"]), int(found["position"]), found["at"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            _say_once(f"the mark of the ledger {path} cannot be read ({error})")
            return None

    def write(self, path: Path) -> None:
        """Whole or not at all, and so that it outlives a power cut.

        Of two processes that write at once the slower one may win: the next step puts it right.
        """
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("w", encoding="utf-8") as file:
                json.dump(asdict(self), file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            _say_once(f"no mark of the ledger can be kept in {path} ({error})")


def recognise(transaction: Transaction, path: Path) -> None:
    """Take a step in the ledger, and note it in the file; to be called before anything is sent.

    Raises SuspectLedger where the ledger is not as far as the file says, and for all hosts from
    then on.
    """
    before = Mark.read(path)
    with transaction() as session:
        ledger = store.hold(session)
        why = ledger.suspect or _fallen_behind(before, ledger)
        if not why:
            ledger.position, ledger.stepped_at = ledger.position + 1, present(session)
        elif not ledger.suspect:
            log.error("nothing is sent: %s", why)
            distrust(session, why)
        after = Mark(ledger.name, ledger.epoch, ledger.position, clock.for_people(present(session)))
    if why:
        raise SuspectLedger(why)
    after.write(path)  # only now: the ledger must never be behind it but by losing something


def distrust(session: Session, why: str) -> None:
    """Let nobody send from this ledger until a person accepts it; the admins are told."""
    ledger = store.hold(session)
    ledger.suspect = why
    raise_alert(
        session,
        f"suspect:{ledger.name}:{ledger.epoch}:{ledger.position}",
        "数据库可能是恢复的旧副本，投递已全部停止",
        [f"{why}。旧副本不知道此后寄出的邮件，直接投递会有人收到两次。"],
        f"{_ADVICE}。",
        at=present(session),
        urgent=True,
    )


def find(session: Session) -> Installation | None:
    """Which ledger this is; None where nobody has sent from it yet."""
    return store.find(session)


def require_trusted(session: Session) -> None:
    """Raise SuspectLedger where a person must accept the ledger first."""
    if why := store.suspicion(session):
        raise SuspectLedger(why)


def _fallen_behind(mark: Mark | None, ledger: Installation) -> str:
    """What the ledger has lost since this host sent from it, in words; empty: nothing."""
    if mark is None or (mark.name == ledger.name and mark.epoch < ledger.epoch):
        return ""  # a person has accepted it since, as it is
    if not ledger.position:
        return f"这台主机 {mark.at} 投递过，这份账本却从未投递过"
    if mark.name != ledger.name:
        return f"这台主机 {mark.at} 投递时用的是另一份账本"
    if (mark.epoch, mark.position) > (ledger.epoch, ledger.position):
        return f"这台主机 {mark.at} 投递时账本到了第 {mark.position} 步，现在只到{_place(ledger)}"
    return ""


def _place(ledger: Installation) -> str:
    since = "" if ledger.stepped_at is None else f"（{clock.for_people(ledger.stepped_at)}）"
    return f"第 {ledger.position} 步{since}"


@cache
def _say_once(words: str) -> None:
    log.warning("%s", words)
