"""`distribution digest replay`: a mail made again as it went out."""

from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from runs import add_reader, approve
from sqlalchemy import select, update

from distribution.app import App
from distribution.models import Article, Delivery, Run
from distribution.words import MailFormat
from workers.current import set_app

READER, PLAIN = "zhang@fenhe.example", "plain@fenhe.example"
KEYS = {
    "delivery", "run", "issue", "recipient", "sender", "message_id", "handed_at", "state",
    "subject", "articles", "bytes", "sha256", "sha256_then", "faithful", "file",
}  # fmt: skip


@pytest.fixture
def sent(office: Office, app: App, issue: str) -> dict[str, str]:
    """The numbers of the deliveries of a finished run, by recipient."""
    with app.transaction() as session:
        add_reader(session, app, READER, MORNING, topics=("quality",))
        add_reader(session, app, PLAIN, MORNING, format=MailFormat.TEXT)
    office("run", "plan", approve(app, issue))
    run = str(office("run", "list", "--json").document[0]["run"])
    assert office("run", "start", run).code == 0
    set_app(None)
    with app.reading() as session:
        rows = session.execute(select(Delivery.recipient, Delivery.id)).all()
    return {recipient: str(number) for recipient, number in rows}


def outbox(app: App, recipient: str) -> bytes:
    """The mail as it lies in the outbox, without the two lines of its envelope."""
    (mail,) = (
        content
        for content in (file.read_bytes() for file in (app.settings.home / "outbox").glob("*.eml"))
        if f"X-Receiver: {recipient}".encode() in content.splitlines()[1].replace(b"<", b"")
    )
    return mail.split(b"\r\n", 2)[2]


def test_a_replay_says_what_it_is_and_that_it_is_the_same(
    office: Office, sent: dict[str, str]
) -> None:
    found = office("digest", "replay", sent[READER])

    assert (found.code, found.err) == (0, "")
    assert f"投递 {sent[READER]}" in found.out
    for words in (READER, "2026-11", "已交中继", "《三晋装备通讯》2026年第11期：为您选出"):
        assert words in found.out
    assert "与当时逐字节相同  是" in found.out


@pytest.mark.parametrize("recipient", [READER, PLAIN])
def test_the_file_is_what_lies_in_the_outbox(
    office: Office, app: App, sent: dict[str, str], tmp_path: Path, recipient: str
) -> None:
    file = tmp_path / "again.eml"

    found = office("digest", "replay", sent[recipient], "--out", str(file))

    assert (found.code, f"已写入 {file}" in found.out) == (0, True)
    assert file.read_bytes() == outbox(app, recipient)


def test_the_parts_can_be_written_alone(
    office: Office, app: App, sent: dict[str, str], tmp_path: Path
) -> None:
    for suffix in ("html", "txt"):
        office("digest", "replay", sent[READER], "--out", str(tmp_path / f"mail.{suffix}"))

    mail = message_from_bytes(outbox(app, READER), policy=policy.default)
    for suffix, kind in (("html", "html"), ("txt", "plain")):
        body = mail.get_body((kind,))
        assert body is not None
        written = (tmp_path / f"mail.{suffix}").read_bytes().decode()
        assert written == body.get_content()
    assert "您关注：质量管理" in written


def test_the_document_tells_the_same(office: Office, app: App, sent: dict[str, str]) -> None:
    document = office("digest", "replay", sent[READER], "--json").document

    mail = outbox(app, READER)
    assert set(document) == KEYS
    assert document["sha256"] == document["sha256_then"] == sha256(mail).hexdigest()
    assert (document["bytes"], document["faithful"], document["file"]) == (len(mail), True, None)
    assert (document["recipient"], document["state"]) == (READER, "accepted")


def test_a_replay_that_is_not_the_same_ends_with_one(
    office: Office, app: App, sent: dict[str, str], tmp_path: Path
) -> None:
    with app.transaction() as session:
        session.execute(update(Run).values(started_at=MORNING))
        session.execute(update(Article).values(title="改过的标题"))
    file = tmp_path / "other.eml"

    found = office("digest", "replay", sent[READER], "--out", str(file))

    assert (found.code, found.err) == (1, "")
    assert "与当时逐字节相同  否" in found.out
    assert "不符：重现的邮件与当时交出的不同" in found.out
    assert file.exists()
    told = office("digest", "replay", sent[READER], "--json")
    assert (told.code, told.document["faithful"]) == (1, False)


def test_a_mail_of_text_alone_has_no_html_to_write(
    office: Office, sent: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "mail.html"

    refused = office("digest", "replay", sent[PLAIN], "--out", str(file))

    assert refused.code == 2
    assert refused.sentence == f"这封邮件只有文字，写不成 {file}：请改用 .txt 或 .eml"
    assert not file.exists()


def test_the_number_stands_in_the_readers_history(office: Office, sent: dict[str, str]) -> None:
    history = office("subscriber", "history", READER)
    entries = office("subscriber", "history", READER, "--json").document["entries"]

    assert f"，投递 {sent[READER]}）已交中继" in history.out
    assert str(next(e["delivery"] for e in entries if e["kind"] == "delivery")) == sent[READER]


def test_what_never_went_out_is_refused(office: Office, app: App, issue: str) -> None:
    with app.transaction() as session:
        add_reader(session, app, READER, MORNING)
    office("run", "plan", approve(app, issue))
    with app.reading() as session:
        number = session.scalars(select(Delivery.id)).one()

    refused = office("digest", "replay", str(number))

    assert (refused.code, refused.out) == (1, "")
    assert refused.sentence == f"投递 {number} 从未交给中继（待投递）：没有可以重现的邮件"


def test_an_unknown_number_and_an_unknown_kind_of_file_are_told(
    office: Office, tmp_path: Path
) -> None:
    unknown = office("digest", "replay", "987654")
    kind = office("digest", "replay", "987654", "--out", str(tmp_path / "mail.pdf"))

    assert unknown.code == kind.code == 2
    assert unknown.sentence == (
        "没有投递 987654：运行 distribution subscriber history 邮箱 查看他的投递编号"
    )
    assert kind.sentence.endswith("的后缀不明：请用 .html、.txt、.eml 之一")


def test_a_folder_that_is_not_there_is_told(
    office: Office, sent: dict[str, str], tmp_path: Path
) -> None:
    refused = office("digest", "replay", sent[READER], "--out", str(tmp_path / "no" / "mail.eml"))

    assert refused.code == 2
    assert refused.sentence.endswith("（不存在）；文件夹不存在，请先建立")
