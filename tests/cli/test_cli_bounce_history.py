"""What came back as a reader's history tells it, and as any terminal shows it."""

import pytest
from bounce_desk import TALK, ZHAO, bounced, many, rows, suppress
from cli_office import Office
from databases import only_sqlite
from rich.cells import cell_len
from sqlalchemy import update

from distribution.app import App
from distribution.cli import common
from distribution.models import Enterprise, Subscriber
from distribution.words import SuppressionReason


def test_a_history_shows_each_bounce_with_its_own_words(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    number = bounced(app, mailed, ZHAO)

    short = office("subscriber", "history", ZHAO)
    full = office("subscriber", "history", ZHAO, "--full")
    found = office("subscriber", "history", ZHAO, "--json").document

    assert f"（地址不存在），结果：抑制地址；原文：distribution bounce show {number}" in short.out
    assert "退信：550 5.1.1 User unknown（" in short.out
    assert "Final-Recipient" not in short.out
    assert f"    Final-Recipient: rfc822; {ZHAO}\n" in full.out
    (mail,) = (one["returned"] for one in found["entries"] if one["returned"])
    assert (mail["number"], mail["meaning"]) == (number, "bad_address")
    assert (mail["consequence"], mail["status"]) == ("suppressed", "5.1.1")
    assert f"Final-Recipient: rfc822; {ZHAO}" in mail["text"]
    assert mail["text_gone"] is None


@pytest.mark.usefixtures("mailed")
def test_repeated_bounces_are_a_reason_lists_and_profiles_know(office: Office, app: App) -> None:
    suppress(app, ZHAO, SuppressionReason.SOFT_BOUNCES)

    listed = office("suppression", "list", "--reason", "连续退信")

    assert "连续退信" in rows(listed.out)[2]
    assert "连续退信：依据" in office("subscriber", "show", ZHAO).out


@only_sqlite
@pytest.mark.parametrize("columns", [80, 120])
def test_long_words_and_many_rows_fit_the_terminal(
    office: Office,
    app: App,
    mailed: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    monkeypatch.setattr(common, "PIPE_WIDTH", columns)
    number = bounced(app, mailed, ZHAO, "5.7.1", TALK)
    many(app, mailed[ZHAO], 200)
    with app.transaction() as session:
        session.execute(update(Enterprise).values(name=Enterprise.name + "重型机械" * 12))
        session.execute(update(Subscriber).values(name="阿卜杜拉·" * 6))

    for number_of_one in range(5):
        office("suppression", "add", f"@d{number_of_one}.example", "--reason", "停用")

    for arguments in (("list", "--limit", "1000"), ("report",), ("show", number), ("unreachable",)):
        table, *_ = office("bounce", *arguments).out.split("\n\nFrom: ")
        assert max(map(cell_len, table.splitlines())) <= columns
    assert len(office("bounce", "list", "--limit", "1000").out.splitlines()) == 203
