"""`digest proof` and `digest proof-readers`: who looks at an issue before its readers."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from desk_files import audited
from runs import add_reader, relay_settings
from sink import Sink
from sqlalchemy import select

from distribution import audience
from distribution.app import App
from distribution.cli import common
from distribution.models import Audit
from distribution.words import SuppressionReason

EDITOR, CHIEF = "editor@federation.example", "chief@federation.example"


@pytest.fixture
def editors(office: Office) -> None:
    assert office("digest", "proof-readers", "add", EDITOR, CHIEF).code == 0


def mails(environment: dict[str, str]) -> list[EmailMessage]:
    """What went out, by recipient."""
    outbox = Path(environment["DISTRIBUTION_HOME"]) / "outbox"
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in outbox.glob("*.eml")
    ]
    return sorted(found, key=lambda mail: str(mail["To"]))  # type: ignore[return-value]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.usefixtures("editors")
def test_everybody_on_the_list_gets_the_standard_edition_once(
    office: Office, issue: str, environment: dict[str, str], app: App
) -> None:
    done = office("digest", "proof", issue, "--to", "editors")

    assert (done.code, done.err) == (0, "")
    assert "2026-11 期的样刊（标准版）写给 2 人" in done.out
    assert "已交中继 2 封" in done.out
    chief, editor = mails(environment)
    assert (chief["To"], editor["To"]) == (CHIEF, EDITOR)
    assert editor["Subject"] == "【样刊】《三晋装备通讯》2026年第11期：全部 29 篇"
    assert "List-Unsubscribe" not in editor
    assert "所示邮件——标准版" in text_of(editor)
    assert f"distribution issue approve {issue}" in text_of(editor)
    again = office("digest", "proof", issue)
    assert "2 人已有同样的样刊" in again.out
    assert len(mails(environment)) == 2
    assert audited(app).count(("digest.proof", issue)) == 1

    assert "写给 2 人" in office("digest", "proof", issue, "--again").out
    assert len(mails(environment)) == 4


@pytest.mark.usefixtures("editors")
def test_of_a_restored_database_no_proof_is_written_that_could_not_be_posted(
    office: Office, issue: str
) -> None:
    office("db", "suspect", "--reason", "恢复")

    refused = office("digest", "proof", issue)

    assert (refused.code, refused.out) == (1, "")
    assert "distribution db accept" in refused.sentence
    assert office("letter", "list", "--json").document == []


@pytest.mark.usefixtures("editors")
def test_a_proof_tells_what_the_check_finds(
    office: Office, issue: str, environment: dict[str, str]
) -> None:
    found = office("issue", "check", issue, "--json").document
    gate = office("digest", "check", issue, "--json").document["findings"]
    [warning] = [one["sentence"] for one in gate if one["severity"] == "warning"]
    office("digest", "proof", issue)
    text = text_of(mails(environment)[0])
    assert f"有 {found['notices'] + 1} 处提示" in text
    assert warning[:15] in text
    first = found["findings"][0]
    assert f"第 {first['article']} 篇：{first['problem']}"[:30] in text


@pytest.mark.usefixtures("editors")
def test_a_proof_can_be_of_any_kind_of_reader(
    office: Office, issue: str, environment: dict[str, str], app: App
) -> None:
    with app.transaction() as session:
        row = add_reader(
            session, app, "liang@sanjin.example", MORNING, name="梁毅", topics=("quality",)
        )
        number = row.id
    assert office("digest", "proof", issue, "--topics", "policy", "--words", "液压").code == 0
    assert office("digest", "proof", issue, "--subscriber", "liang@sanjin.example").code == 0

    texts = {text_of(mail) for mail in mails(environment)}
    assert len(texts) == 2
    assert any("主题：政策措施；关注词：液压" in text.replace("\n", "") for text in texts)
    assert any(f"{number} 号订阅者" in text for text in texts)
    assert not any("liang" in text or "梁毅" in text for text in texts)  # others read it


def test_lists_are_kept_shown_and_cleared(office: Office) -> None:
    assert "没有样刊名单" in office("digest", "proof-readers", "list").out
    added = office("digest", "proof-readers", "add", EDITOR, " Editor@Federation.Example ", CHIEF)
    assert "样刊名单 editors：加入 2 人，现有 2 人" in added.out
    office("digest", "proof-readers", "add", CHIEF, "--list", "board")

    listed = office("digest", "proof-readers", "list", "--json").document
    assert [(row["list"], row["email"]) for row in listed] == [
        ("board", CHIEF), ("editors", CHIEF), ("editors", EDITOR),
    ]  # fmt: skip
    assert CHIEF in office("digest", "proof-readers", "list").out
    gone = office("digest", "proof-readers", "remove", CHIEF, "nobody@federation.example")
    assert "nobody@federation.example 本来就不在名单 editors 上" in gone.out
    assert "去掉 1 人，还有 1 人" in gone.out
    left = office("digest", "proof-readers", "list", "--json").document
    assert [row["list"] for row in left] == ["board", "editors"]


@pytest.mark.usefixtures("editors")
def test_the_trail_knows_the_deeds_but_not_the_addresses(
    office: Office, issue: str, app: App
) -> None:
    office("digest", "proof", issue)
    office("digest", "proof-readers", "remove", CHIEF)
    with app.reading() as session:
        rows = list(session.scalars(select(Audit).order_by(Audit.id)))
        told = [(row.action, row.subject) for row in rows if "proof" in row.action]
        assert not [row for row in rows if "federation" in f"{row.subject} {row.detail}"]
    assert told == [
        ("proof_readers.add", "editors"), ("digest.proof", issue),
        ("proof_readers.remove", "editors"),
    ]  # fmt: skip


def test_somebody_of_the_staff_gets_a_proof_by_his_name(
    office: Office, issue: str, environment: dict[str, str]
) -> None:
    for name, email in (("王编辑", EDITOR), ("高主编", CHIEF)):
        office("staff", "add", name, "--email", email, "--role", "editor")
    nobody = office("digest", "proof", issue)
    assert "样刊名单 editors 上没有人" in nobody.sentence
    assert "或寄给人员里的一位，例如 --to 王编辑" in nobody.sentence
    done = office("digest", "proof", issue, "--to", " 王编辑 ")
    assert (done.code, "写给 1 人" in done.out) == (0, True)
    (mail,) = mails(environment)
    assert (mail["To"], "/approve/" in text_of(mail)) == (EDITOR, True)
    assert "1 人已有同样的样刊" in office("digest", "proof", issue, "--to", "王编辑").out

    office("digest", "proof-readers", "add", CHIEF, "--list", "王编辑")  # a list goes first
    office("digest", "proof", issue, "--to", "王编辑")
    assert [mail["To"] for mail in mails(environment)] == [CHIEF, EDITOR]
    office("staff", "leave", "高主编")
    assert office("digest", "proof", issue, "--to", "高主编").code == 2


@pytest.mark.parametrize("name", ["nobody", "编辑部"])
@only_sqlite
def test_a_list_without_anybody_is_one_sentence(office: Office, issue: str, name: str) -> None:
    office("digest", "proof-readers", "add", EDITOR)
    for refused in (
        office("digest", "proof", issue, "--to", name),
        office("digest", "proof-readers", "remove", EDITOR, "--list", name),
    ):
        assert refused.code == 2
        assert f"样刊名单 {name} 上没有人，现有的是 editors（1 人）" in refused.sentence
        assert f"proof-readers add 邮箱 --list {name}" in refused.sentence


@only_sqlite
def test_what_is_no_address_puts_nobody_on_a_list(office: Office) -> None:
    refused = office("digest", "proof-readers", "add", EDITOR, "no-address")
    assert (refused.code, refused.out) == (2, "")
    assert "不是邮件地址" in refused.sentence
    assert office("digest", "proof-readers", "list", "--json").document == []


def test_an_address_that_bounced_is_told_about_and_kept(
    office: Office, issue: str, app: App, environment: dict[str, str]
) -> None:
    with app.transaction() as session:
        audience.suppress(
            session,
            app.keyring.address_hash(EDITOR),
            SuppressionReason.HARD_BOUNCE,
            evidence="5.1.1",
            at=MORNING,
        )
    added = office("digest", "proof-readers", "add", EDITOR)
    assert f"请留意：{EDITOR} 在抑制名单上（硬退信）" in added.out
    assert "现有 1 人" in added.out
    assert "硬退信" in office("digest", "proof", issue).out
    assert len(mails(environment)) == 1


@pytest.mark.usefixtures("editors")
@only_sqlite
def test_settings_of_a_trial_send_no_proof_to_a_real_relay(
    office: Office, issue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink() as sink:
        for name, value in relay_settings(sink, base_url="http://localhost:8000").items():
            monkeypatch.setenv(name, value)
        common.installation.cache_clear()
        refused = office("digest", "proof", issue)
        assert refused.code == 2
        assert "base_url" in refused.sentence
        assert office("letter", "list", "--json").document == []
    assert not sink.accepted


@pytest.mark.usefixtures("editors")
@only_sqlite
def test_a_broken_note_is_named_before_anything_is_written(
    office: Office, issue: str, environment: dict[str, str]
) -> None:
    path = Path(environment["DISTRIBUTION_HOME"]) / "email_templates" / "proof" / "body.html"
    path.parent.mkdir(parents=True)
    path.write_text("<p>{{ nothing }}</p>", encoding="utf-8")
    refused = office("digest", "proof", issue)
    assert refused.code == 2
    assert str(path) in refused.sentence
    assert office("letter", "list", "--json").document == []
