"""How the labelled sessions are judged, kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from labelled_sessions import Month, Session

from distribution.events import sessions
from distribution.events.verdicts import Act, Judged
from distribution.words import Signal, Verdict


@dataclass(slots=True)
class Row:
    """One kind of session."""

    kind: str
    person: bool
    sessions: int = 0
    machine: int = 0
    human: int = 0
    nameless: int = 0
    """Sessions with clicks."""
    nameless_right: int = 0


def rows(month: Month) -> list[Row]:
    """The figures of a month, people first."""
    links = {mail.id: mail.links for mail in month.mails}
    judged = _judged(month.sessions, links)
    unknown = _judged([_nameless(one) for one in month.sessions], {})
    found: dict[str, Row] = {}
    for session, verdicts, without in zip(month.sessions, judged, unknown, strict=True):
        row = found.setdefault(session.kind, Row(session.kind, session.person))
        row.sessions += 1
        row.machine += _is_machine(verdicts, person=session.person)
        row.human += Verdict.HUMAN in verdicts and not _is_machine(verdicts, person=session.person)
        row.nameless += bool(without)
        row.nameless_right += bool(without) and (
            _is_machine(without, person=session.person) is not session.person
        )
    return sorted(found.values(), key=lambda row: not row.person)


def _is_machine(verdicts: Sequence[Verdict], *, person: bool) -> bool:
    """Of a person one act is enough, of a machine it takes all."""
    calls = [verdict is Verdict.MACHINE for verdict in verdicts]
    return any(calls) if person else all(calls)


def _nameless(session: Session) -> Session:
    """As it is seen where its reader did not agree: his mails have no pixel."""
    clicks = (act for act in session.acts if act.signal is Signal.CLICK)
    return replace(session, acts=tuple(replace(act, mail=None, since=None) for act in clicks))


def _judged(of: Sequence[Session], links: dict[int, int]) -> list[list[Verdict]]:
    """All sessions together, as one run."""
    acts: list[Act] = [act for session in of for act in session.acts]
    judged: list[Judged] = sessions.judge(acts, links)
    verdicts = iter(verdict for verdict, _ in judged)
    return [[next(verdicts) for _ in session.acts] for session in of]
