"""What outsiders write into ids and addresses names no file and adds no line of its own."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import BODY, envelope, send

from distribution.delivery.transport import Envelope, Evidence, RefusedByRelay
from distribution.transports import Outbox
from distribution.transports.outbox import file_name


@pytest.mark.parametrize(
    "message_id",
    [
        "<../../etc/passwd@x>", "</etc/passwd@x>", "<..@x>", "<.>", "<>", "", "<a\0b@x>", "<.a@x>",
        "<a\r\nb@x>", f"<{'a' * 500}@x>", "<中文@x>", "<A@x>", "<a b@x>", "<-rf@x>", "<a\\b@x>",
    ],
)  # fmt: skip
def test_a_hostile_message_id_stays_in_the_folder(tmp_path: Path, message_id: str) -> None:
    folder = tmp_path / "out"
    mail = Envelope("b@example.cn", "wang.fang@example.cn", message_id)

    async def work() -> Evidence:
        box = Outbox(folder)
        assert (await (await box.begin(mail)).finish(BODY)).code == 250
        return await box.evidence(message_id)

    assert asyncio.run(work()) is Evidence.ACCEPTED
    assert [path.suffix for path in folder.iterdir()] == [".eml"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@given(st.sets(st.text(max_size=6), max_size=8))
def test_two_message_ids_never_share_a_file(texts: set[str]) -> None:
    ids = {f"<{text}@x.cn>" for text in texts} | texts
    names = {file_name(message_id).casefold() for message_id in ids}

    assert len(names) == len(ids)
    assert all("/" not in name and "\0" not in name and len(name) < 200 for name in names)


def test_a_hostile_recipient_gets_no_line_of_his_own(tmp_path: Path) -> None:
    bad = envelope("a@b.cn>\r\nBcc: <e@x.cn")
    with pytest.raises(RefusedByRelay, match=r"^553 5\.1\.3"):
        asyncio.run(Outbox(tmp_path).begin(bad))

    assert list(tmp_path.iterdir()) == []


def test_a_chinese_mailbox_needs_nothing_special(tmp_path: Path) -> None:
    asyncio.run(send(Outbox(tmp_path), to="张三@例子.中国"))

    assert "X-Receiver: <张三@例子.中国>" in (tmp_path / "1@journal.example.cn.eml").read_text(
        encoding="utf-8"
    )
