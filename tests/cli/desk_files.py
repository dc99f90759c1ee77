"""The sample issue with something changed in it, and who did what to an issue."""

import io
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from distribution.app import App
from distribution.bundle import sample
from distribution.models import Audit

SAMPLE = str(sample("issue.txt"))
FIFTH, SIXTH = "矿山装备订单结构持续优化", "产业链上下游对接“百场行”活动启动"


def changed(folder: Path, *pairs: tuple[str, str]) -> str:
    """A copy of the sample issue with words replaced everywhere."""
    text = Path(SAMPLE).read_text(encoding="utf-8")
    for old, new in pairs or ((FIFTH, "矿山装备订单结构进一步优化"),):
        assert old in text
        text = text.replace(old, new)
    path = folder / "changed.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def audited(app: App) -> list[tuple[str, str]]:
    """Every deed with its subject, the oldest first."""
    with app.reading() as session:
        rows = session.scalars(select(Audit).order_by(Audit.id))
        return [(row.action, row.subject) for row in rows]


def details(app: App, action: str) -> dict[str, object]:
    """What was written down of the one deed of this kind."""
    with app.reading() as session:
        return session.scalars(select(Audit).where(Audit.action == action)).one().detail


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Somebody sits there and answers."""
    monkeypatch.setattr(sys, "stdin", _Terminal("".join(f"{answer}\n" for answer in answers)))
