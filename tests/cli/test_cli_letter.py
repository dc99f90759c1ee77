"""Letters to readers from the desk: asking, welcoming, looking at what was written."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cli_office import Office
from runs import relay_settings
from sink import Sink
from sqlalchemy import update

from distribution.cli import common
from distribution.models import Letter
from distribution.words import LetterState

AN, BO, CAI = "an@fenhe.example", "bo@fenhe.example", "cai@luan.example"


def add(office: Office, email: str, *more: str) -> None:
    assert office("subscriber", "add", email, "--name", "读者", *more).code == 0


def mails(environment: dict[str, str]) -> dict[str, str]:
    """Recipient to subject of what lies in the outbox."""
    outbox = Path(environment["DISTRIBUTION_HOME"]) / "outbox"
    found = {}
    for path in outbox.glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        found[mail["To"]] = mail["Subject"]
    return found


def letters(office: Office, *options: str) -> list[dict[str, object]]:
    found = office("letter", "list", "--json", *options)
    assert found.code == 0, found.err
    document = found.document
    assert isinstance(document, list)
    return document


# -- asking --------------------------------------------------------------------------------------


def test_a_new_reader_can_be_asked_at_once(office: Office, environment: dict[str, str]) -> None:
    done = office("subscriber", "add", AN, "--name", "安", "--confirm")

    assert (done.code, done.err) == (0, "")
    assert "已写确认信" in done.out
    assert "已交中继 1 封" in done.out
    assert list(mails(environment)) == [AN]
    shown = office("subscriber", "show", AN, "--json").document
    assert (shown["barrier"], shown["consents"][0]["decision"]) == ("pending", "requested")
    said = office("consent", "list", AN, "--json").document[0]
    assert said["version"] == "digest-requested-1"


def test_who_has_given_a_basis_is_not_asked(office: Office) -> None:
    refused = office("subscriber", "add", AN, "--name", "安", "--confirm", "--consent", "协议")
    assert refused.code == 2
    assert "只能写一个" in refused.sentence
    assert office("subscriber", "list", "--json").document == []


def test_who_was_added_without_a_basis_is_asked_when_that_is_said(
    office: Office, environment: dict[str, str]
) -> None:
    add(office, AN)
    refused = office("subscriber", "confirm", AN)
    assert refused.code == 1
    assert "--request" in refused.sentence
    assert mails(environment) == {}

    assert office("subscriber", "confirm", AN, "--request").code == 0

    assert list(mails(environment)) == [AN]
    again = office("subscriber", "confirm", AN)
    assert again.code == 1
    assert "24 小时内不再写" in again.sentence


def test_all_who_are_meant_are_asked_and_refusals_are_told(
    office: Office, environment: dict[str, str]
) -> None:
    add(office, AN)
    add(office, BO)
    add(office, CAI, "--consent", "协议")

    tried = office("subscriber", "confirm", "--search", "example", "--request", "--dry-run")
    assert "共 3 位" in tried.out
    assert letters(office) == []
    unasked = office("subscriber", "confirm", "--search", "example", "--request")
    assert unasked.code == 2
    assert "--yes" in unasked.sentence
    done = office("subscriber", "confirm", "--search", "example", "--request", "--yes")

    assert done.code == 1
    assert "写了 2 封，拒绝 1 位" in done.out
    assert f"{CAI} 已经同意接收" in done.out
    assert set(mails(environment)) == {AN, BO}
    asked = office("subscriber", "list", "--state", "待本人确认", "--json").document
    assert [row["email"] for row in asked] == [AN, BO]


def test_nobody_named_is_nobody_written_to(office: Office) -> None:
    add(office, AN, "--consent", "协议")
    for noun in ("confirm", "welcome"):
        refused = office("subscriber", noun, "--yes")
        assert refused.code == 1
        assert "--all" in refused.sentence
        both = office("subscriber", noun, AN, "--search", "x")
        assert both.code == 2
    assert letters(office) == []


def test_real_mail_is_not_sent_with_settings_of_a_trial(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(office, AN)
    monkeypatch.setenv("DISTRIBUTION_TRANSPORT", "smtp")
    common.installation.cache_clear()
    for words in (
        ("subscriber", "confirm", AN, "--request"),
        ("subscriber", "welcome", AN),
        ("subscriber", "add", BO, "--name", "博", "--confirm"),
        ("letter", "post"),
    ):
        refused = office(*words)
        assert (refused.code, "base_url" in refused.sentence) == (2, True)
    assert letters(office) == []


def test_a_relay_that_is_away_keeps_the_letter_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(office, AN)
    with Sink() as sink:
        settings = relay_settings(sink)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    common.installation.cache_clear()
    assert office("subscriber", "confirm", AN, "--request").code == 1
    assert [row["state"] for row in letters(office)] == ["waiting"]
    with Sink() as sink:
        monkeypatch.setenv("DISTRIBUTION_SMTP_PORT", str(sink.port))
        common.installation.cache_clear()
        assert "已交中继 1 封" in office("letter", "post").out
        assert "没有到期的信" in office("letter", "post").out
    assert len(sink.accepted) == 1


# -- welcoming -----------------------------------------------------------------------------------


def test_who_agreed_by_hand_is_welcomed_when_that_is_said(
    office: Office, environment: dict[str, str]
) -> None:
    add(office, AN, "--consent", "协议", "--topics", "质量管理")
    assert mails(environment) == {}

    assert "已写欢迎信" in office("subscriber", "welcome", AN).out

    assert mails(environment) == {AN: "欢迎订阅《编辑部》摘要邮件"}
    add(office, BO, "--consent", "协议")
    done = office("subscriber", "welcome", "--all", "--yes")
    assert (done.code, "写了 1 封，拒绝 1 位" in done.out) == (1, True)
    assert f"{AN} 已经收过欢迎信" in done.out
    assert set(mails(environment)) == {AN, BO}
    history = office("subscriber", "history", BO).out
    assert "写欢迎信" in history
    assert re.search(r"欢迎信（信件 \d+）：已交中继", history)  # `letter show` has its text


# -- looking -------------------------------------------------------------------------------------


def test_letters_are_listed_by_state_and_purpose(office: Office) -> None:
    add(office, AN, "--confirm")
    add(office, BO, "--consent", "协议")
    office("subscriber", "welcome", BO)

    assert [row["purpose"] for row in letters(office)] == ["welcome", "confirmation"]
    assert [row["recipient"] for row in letters(office, "--purpose", "订阅确认")] == [AN]
    assert letters(office, "--state", "待寄") == []
    assert len(letters(office, "--state", "sent", "--limit", "1")) == 1
    said = office("letter", "list").out
    assert AN in said
    assert "订阅确认" in said
    assert "没有单独的信" in office("letter", "list", "--state", "存疑").out


def test_a_letter_is_shown_and_written_to_a_file(office: Office, tmp_path: Path) -> None:
    add(office, AN, "--confirm")
    shown = office("letter", "show", "1")
    assert "请确认订阅" in shown.out
    assert office("letter", "show", "1", "--json").document["text"] in shown.out

    for ending in ("eml", "html", "txt"):
        assert office("letter", "show", "1", "--out", str(tmp_path / f"m.{ending}")).code == 0

    mail = message_from_bytes((tmp_path / "m.eml").read_bytes(), policy=policy.default)
    assert mail["To"] == AN
    text = mail.get_body(("plain",)).get_content()
    written = (tmp_path / "m.txt").read_text(encoding="utf-8")
    assert text.splitlines() == written.splitlines()
    assert re.search(r"/s/[\w-]{30}", (tmp_path / "m.html").read_text(encoding="utf-8"))
    refused = office("letter", "show", "1", "--out", str(tmp_path / "m.pdf"))
    assert refused.code == 2
    assert ".eml" in refused.sentence
    assert office("letter", "show", "7").code == 2


def in_doubt(office: Office) -> None:
    assert office("letter", "list").code == 0
    with common.installation().transaction() as session:
        session.execute(update(Letter).values(state=LetterState.IN_DOUBT))


def test_an_admin_settles_a_doubt(office: Office, environment: dict[str, str]) -> None:
    add(office, AN, "--confirm")
    refused = office("letter", "settle", "1", "--arrived")
    assert (refused.code, "不是存疑" in refused.sentence) == (1, True)
    in_doubt(office)
    assert office("letter", "settle", "1").code == 2

    assert office("letter", "settle", "1", "--arrived").code == 0
    assert [row["state"] for row in letters(office)] == ["sent"]

    in_doubt(office)
    for path in (Path(environment["DISTRIBUTION_HOME"]) / "outbox").glob("*.eml"):
        path.unlink()
    assert office("letter", "settle", "1", "--again").code == 0
    assert "已交中继 1 封" in office("letter", "post").out
    assert list(mails(environment)) == [AN]
