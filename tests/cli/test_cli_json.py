"""Whatever command tells how things stand can tell it to a programme."""

from collections.abc import Iterator

import click

from distribution.cli.root import root

TELLING = {"list", "show", "status", "verify", "report", "check", "doctor"}
DEEDS = {
    ("report", "send"): "writes letters",
    ("subscriber", "check"): "settles what somebody typed about himself",
}


def commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        else:
            yield (*before, name), command


def test_every_list_show_status_verify_and_report_has_a_document() -> None:
    found = {path: command for path, command in commands(root) if TELLING.intersection(path)}
    without = {
        path
        for path, command in found.items()
        if not any("--json" in option.opts for option in command.params)
    }

    assert len(found) > 40
    assert without == DEEDS.keys()
