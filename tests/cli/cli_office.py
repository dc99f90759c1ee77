"""The command line in this process and as a real programme."""

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import processes
import pytest
from databases import only_sqlite  # noqa: F401 - some tests look for it here
from processes import PROGRAMME  # noqa: F401 - as above

from distribution.cli import entry

entry._speak_chinese()  # before anything imports click's commands, as the programme does

MORNING = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line of an error."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("distribution: ")
        return lines[0].removeprefix("distribution: ")


class Office:
    """Runs commands in this process, through the real entry point."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str) -> Outcome:
        self._monkeypatch.setattr(sys, "argv", ["distribution", *arguments])
        with pytest.raises(SystemExit) as end:
            entry.main()
        said = self._capsys.readouterr()
        code = end.value.code
        return Outcome(code if isinstance(code, int) else 0, said.out, said.err)


def programme(environ: dict[str, str], *arguments: str, **changes: str) -> Outcome:
    """Run the programme in a process of its own."""
    done = processes.run({**_clean(), **environ, **changes}, *arguments)
    return Outcome(done.returncode, done.stdout, done.stderr)


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
