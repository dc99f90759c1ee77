"""The outbox folder: one whole file per message, whatever happens while it is written."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mails import BODY, body, envelope, outcome, send

from distribution.delivery.transport import (
    Evidence,
    OutcomeUnknown,
    RelayUnavailable,
    Reply,
)
from distribution.transports import Outbox, outbox

ID = "<1@journal.example.cn>"
FILE = "1@journal.example.cn.eml"


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """A real refusal by the kernel, as on a full disk; Python ignores the signal that comes too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_mail_becomes_one_file_with_its_envelope_before_it(tmp_path: Path) -> None:
    reply = asyncio.run(send(Outbox(tmp_path / "new" / "folder")))

    assert reply == Reply(250, f"2.0.0 {FILE}")
    assert files(tmp_path / "new" / "folder") == [FILE]
    assert (tmp_path / "new" / "folder" / FILE).read_bytes() == (
        b"X-Sender: <b+1@bounce.example.cn>\r\nX-Receiver: <wang.fang@example.cn>\r\n" + BODY
    )


def test_the_same_mail_again_leaves_the_first_file_as_it_is(tmp_path: Path) -> None:
    asyncio.run(send(Outbox(tmp_path)))
    before = (tmp_path / FILE).stat()

    reply = asyncio.run(send(Outbox(tmp_path)))

    assert reply.code == 250
    assert files(tmp_path) == [FILE]
    assert (tmp_path / FILE).stat() == before


def test_many_at_once_do_not_get_into_each_other_s_way(tmp_path: Path) -> None:
    async def work() -> list[Reply]:
        box = Outbox(tmp_path)
        return list(await asyncio.gather(*(send(box, number % 50) for number in range(100))))

    assert {reply.code for reply in asyncio.run(work())} == {250}
    assert files(tmp_path) == sorted(f"{number}@journal.example.cn.eml" for number in range(50))
    for number in range(50):
        assert (tmp_path / f"{number}@journal.example.cn.eml").read_bytes().endswith(body(number))


def test_an_abandoned_mail_leaves_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        handover = await Outbox(tmp_path).begin(envelope())
        await handover.abandon()
        await handover.abandon()

    asyncio.run(work())

    assert files(tmp_path) == []


def test_a_handover_ends_once(tmp_path: Path) -> None:
    async def work() -> None:
        handover = await Outbox(tmp_path).begin(envelope())
        await handover.finish(BODY)
        await handover.abandon()
        with pytest.raises(RuntimeError):
            await handover.finish(BODY)

    asyncio.run(work())

    assert files(tmp_path) == [FILE]


def test_what_is_no_clean_message_is_a_defect_and_leaves_nothing(tmp_path: Path) -> None:
    async def work() -> None:
        handover = await Outbox(tmp_path).begin(envelope())
        with pytest.raises(ValueError, match="bare CR or LF"):
            await handover.finish(b"a\nb\r\n")

    asyncio.run(work())

    assert files(tmp_path) == []


def test_evidence_is_what_lies_in_the_folder(tmp_path: Path) -> None:
    box = Outbox(tmp_path / "out")
    assert asyncio.run(box.evidence(ID)) is Evidence.UNKNOWN  # no folder: perhaps not mounted

    asyncio.run(send(box, 2))
    assert asyncio.run(box.evidence(ID)) is Evidence.ABSENT

    asyncio.run(send(box, 1))
    assert asyncio.run(box.evidence(ID)) is Evidence.ACCEPTED
    asyncio.run(box.close())


def test_a_folder_that_takes_no_files_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RelayUnavailable, match=r"^发件文件夹 .* 写不进去") as caught:
        asyncio.run(send(Outbox(tmp_path / "file" / "out")))

    assert not caught.value.permanent
    assert asyncio.run(Outbox(tmp_path / "file" / "out").evidence(ID)) is Evidence.UNKNOWN


def test_a_disk_full_at_the_envelope_is_unavailable_and_leaves_nothing(tmp_path: Path) -> None:
    with no_file_larger_than(0), pytest.raises(RelayUnavailable, match="请检查磁盘空间"):
        asyncio.run(send(Outbox(tmp_path)))

    assert files(tmp_path) == []


def test_a_disk_full_at_the_message_is_a_definite_no_and_leaves_nothing(tmp_path: Path) -> None:
    async def work() -> Reply:
        handover = await Outbox(tmp_path).begin(envelope())
        return await handover.finish(b"MjAyMw==\r\n" * 1000)

    with no_file_larger_than(4096):
        reply = asyncio.run(work())

    assert reply.code == 452
    assert reply.text.startswith("4.3.1 发件文件夹写不进去")
    assert files(tmp_path) == []


def test_a_folder_lost_before_the_message_is_a_definite_no(tmp_path: Path) -> None:
    async def work() -> Reply:
        handover = await Outbox(tmp_path / "out").begin(envelope())
        (tmp_path / "out").rename(tmp_path / "elsewhere")
        return await handover.finish(BODY)

    assert asyncio.run(work()).code == 452


def test_a_file_that_cannot_get_its_name_is_a_definite_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)

    result = asyncio.run(outcome(Outbox(tmp_path)))

    assert result == Reply(452, "4.3.1 发件文件夹写不进去：Permission denied")
    assert files(tmp_path) == []


def test_a_name_the_disk_did_not_confirm_is_in_doubt_until_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_folder: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "_sync", fail)
        assert isinstance(asyncio.run(outcome(Outbox(tmp_path))), OutcomeUnknown)
        assert asyncio.run(Outbox(tmp_path).evidence(ID)) is Evidence.UNKNOWN

    assert asyncio.run(Outbox(tmp_path).evidence(ID)) is Evidence.ACCEPTED


def test_the_file_is_on_disk_before_it_gets_its_name_and_the_name_before_the_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_sync(handle: int) -> None:
        order.append("folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "file")
        fsync(handle)

    def note_name(self: Path, target: Path) -> Path:
        order.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_name)

    asyncio.run(send(Outbox(tmp_path)))

    assert order == ["file", "name", "folder"]


SENDER = """
import asyncio, pathlib, sys
from mails import envelope
from distribution.transports import Outbox

async def main():
    box = Outbox(pathlib.Path(sys.argv[1]))
    large = b"MjAyMw==\\r\\n" * 20_000
    for number in range(100_000):
        handover = await box.begin(envelope(number=number))
        reply = await handover.finish(large)
        print(number, reply.code, flush=True)

asyncio.run(main())
"""


def test_a_killed_process_leaves_only_whole_mails_and_all_it_was_told_are_there(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", SENDER, str(tmp_path)]
    told: set[str] = set()
    for mails in (5, 20):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
            assert child.stdout is not None
            told |= {child.stdout.readline().decode() for _ in range(mails)}
            child.send_signal(signal.SIGKILL)

    mails_there = list(tmp_path.glob("*.eml"))
    assert {path.stat().st_size for path in mails_there} == {200_071}
    for line in told:
        number, code = line.split()
        assert code == "250"
        assert (tmp_path / f"{number}@journal.example.cn.eml") in mails_there


def test_a_left_over_draft_is_no_mail(tmp_path: Path) -> None:
    asyncio.run(Outbox(tmp_path).begin(envelope()))  # and then the process is gone

    assert [name[0] for name in files(tmp_path)] == ["."]
    assert list(tmp_path.glob("*.eml")) == []
    assert asyncio.run(Outbox(tmp_path).evidence(ID)) is Evidence.ABSENT
    assert asyncio.run(send(Outbox(tmp_path))).code == 250


def test_other_connections_go_on_while_the_disk_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    fsync = os.fsync

    def slow(handle: int) -> None:
        assert released.wait(5)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", slow)

    async def work() -> Reply:
        task = asyncio.create_task(send(Outbox(tmp_path)))
        await asyncio.sleep(0.01)  # possible only while the loop is free
        released.set()
        return await task

    assert asyncio.run(work()).code == 250
