"""The locked room: the same issue comes out of it, and nothing else does."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from room_samples import ILLUSTRATED, SAMPLE, illustrated

from distribution import room
from distribution.compiler import (
    LIMITS,
    Asset,
    Limits,
    Source,
    UnreadableIssue,
    compile_apart,
    compile_issue,
)
from distribution.compiler.room import outside
from distribution.compiler.room.letters import Garbled, answer_from_bytes, answer_to_bytes

REFUSED = "PermissionError: the reader of files may not: "
LOCKED = "from distribution.room import lock; lock(1 << 29, {seconds}); {deed}"


def in_the_room(deed: str, seconds: int = 20) -> "subprocess.CompletedProcess[str]":
    """Do something that no reader of files should do."""
    code = LOCKED.format(seconds=seconds, deed=deed)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def named(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Documents with names that an answer has."""
    names = ("issue", "assets", "unreadable", "masthead", "articles", "complaints", "account")
    return st.dictionaries(st.sampled_from(names), values)


def test_the_same_issue_comes_out_as_without_a_room() -> None:
    assert compile_apart([SAMPLE]) == compile_issue([SAMPLE])


def test_pictures_come_out_with_their_bytes() -> None:
    issue = compile_apart([ILLUSTRATED])

    assert issue == compile_issue([ILLUSTRATED])
    assert [asset.media_type for asset in issue.assets] == ["image/png"]


def test_sections_that_lead_to_a_topic_go_in() -> None:
    issue = compile_apart([SAMPLE], ("政策措施",))

    assert issue == compile_issue([SAMPLE], ("政策措施",))
    assert issue != compile_issue([SAMPLE])


def test_what_is_wrong_with_a_file_comes_out_in_its_words() -> None:
    with pytest.raises(UnreadableIssue) as caught:
        compile_apart([Source("十一月.docx", b"%PDF-1.7")])

    assert (caught.value.name, caught.value.reason) == (
        "十一月.docx",
        "扩展名是 .docx，内容却是PDF 文件",
    )


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "open('/etc/passwd')",
        "open(b'/etc/passwd')",
        "import pathlib; open(pathlib.Path('/etc/passwd'))",
        "open('made-by-the-room', 'w')",
        "import pathlib; pathlib.Path('made-by-the-room').touch()",
        "import os; os.remove('made-by-the-room')",
    ],
)
def test_nothing_is_reached_from_inside(deed: str) -> None:
    done = in_the_room(deed)

    assert REFUSED in done.stderr
    assert done.returncode == 1


def test_modules_may_still_be_loaded_inside() -> None:
    done = in_the_room("import lxml.etree, pypdfium2, PIL.Image, zipfile; print('loaded')")

    assert (done.stdout, done.stderr) == ("loaded\n", "")


def test_memory_has_an_end() -> None:
    done = in_the_room("b'x' * (600 << 20)")

    assert done.stderr.splitlines()[-1] == "MemoryError"


def test_no_secret_of_ours_goes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTION_SECRET_KEYS", "a-secret")
    monkeypatch.setenv("PGPASSWORD", "a-secret")

    assert "a-secret" not in room._environment().values()


def reason(issue: Source, limits: Limits) -> str:
    with pytest.raises(UnreadableIssue) as caught:
        compile_apart([issue], limits=limits)
    assert str(caught.value).count("。") == 1
    return caught.value.reason


def test_a_file_for_which_memory_is_too_small_is_refused() -> None:
    data = SAMPLE.data + b"x" * (4 << 20)

    found = reason(Source("大.txt", data), Limits(32 << 20, LIMITS.time))

    assert found == "文件过大或过于复杂，32 MB 内存不够用"


def test_a_file_for_which_time_is_too_short_is_refused() -> None:
    found = reason(SAMPLE, Limits(LIMITS.memory_bytes, timedelta(milliseconds=1)))

    assert found == "文件过于复杂，0.001 秒没有读完"


def test_of_a_folder_no_single_file_is_blamed() -> None:
    with pytest.raises(UnreadableIssue) as caught:
        compile_apart([SAMPLE, SAMPLE], limits=Limits(LIMITS.memory_bytes, timedelta(0)))

    assert caught.value.name == "十一月.txt 等 2 个文件"


def test_the_processors_time_has_an_end_too() -> None:
    done = in_the_room("exec('while True: pass')", seconds=1)

    assert done.returncode == -signal.SIGXCPU


@pytest.mark.parametrize(
    ("code", "errors", "words"),
    [
        (3, "", "内存不够用"),
        (1, "Traceback…\nMemoryError", "内存不够用"),
        (-signal.SIGKILL, "", "内存不够用"),
        (-signal.SIGXCPU, "", "20 秒没有读完"),
        (-signal.SIGSEGV, "", "因这个文件而崩溃（信号 11）"),
        (1, "Traceback…\nKeyError: 'x'", "出了差错（KeyError: 'x'）"),
        (0, "", "没有给出结果"),
    ],
)
def test_however_the_reader_ends_it_is_one_sentence(code: int, errors: str, words: str) -> None:
    done = subprocess.CompletedProcess([], code, b"", errors.encode())

    with pytest.raises(UnreadableIssue) as caught:
        outside._judged("九月.pdf", done, LIMITS)

    assert words in caught.value.reason


def test_an_answer_is_the_same_behind_the_door() -> None:
    issue = illustrated()

    assert answer_from_bytes(answer_to_bytes(issue)) == issue


@pytest.mark.parametrize(
    "change",
    [
        lambda asset: replace(asset, sha256="0" * 64),
        lambda asset: replace(asset, media_type="text/html"),
    ],
)
def test_a_picture_that_is_not_what_it_says_is_refused(change: Callable[[Asset], Asset]) -> None:
    (asset,) = illustrated().assets
    answer = answer_to_bytes(replace(illustrated(), assets=(change(asset),)))

    with pytest.raises(Garbled):
        answer_from_bytes(answer)


@given(st.data())
@settings(max_examples=300, derandomize=True)
def test_any_answer_is_an_issue_or_garbled(data: st.DataObject) -> None:
    good = answer_to_bytes(illustrated())
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 40)))
    answer = good[:start] + data.draw(st.binary(max_size=40)) + good[end:]

    with suppress(Garbled):
        answer_from_bytes(answer)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | named(one)))
@settings(max_examples=200, derandomize=True)
def test_any_document_is_an_issue_or_garbled(document: object) -> None:
    with suppress(Garbled):
        answer_from_bytes(json.dumps(document).encode() + b"\n")
