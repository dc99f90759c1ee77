"""Old Word and WPS documents: through LibreOffice where it is installed, else one sentence."""

import os
import stat
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from room_samples import ILLUSTRATED

from distribution.compiler import Source, UnreadableIssue, compile_apart, compile_issue, old_word

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")


@pytest.fixture
def libreoffice() -> str:
    found = old_word.libreoffice()
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return found


def programme(folder: Path, script: str) -> str:
    """A programme that stands in LibreOffice's place."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def as_old_word(folder: Path, programme: str) -> bytes:
    """The illustrated sample in the old format."""
    given = folder / "issue.docx"
    given.write_bytes(ILLUSTRATED.data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [programme, profile, "--headless", "--convert-to", "doc", "--outdir", str(folder)]
    subprocess.run([*command, str(given)], check=False, capture_output=True, timeout=120)
    made = folder / "issue.doc"
    if not made.exists():
        pytest.skip("LibreOffice does not work on this machine")  # it needs some font
    return made.read_bytes()


def test_an_old_document_compiles_to_the_same_issue(tmp_path: Path, libreoffice: str) -> None:
    data = as_old_word(tmp_path, libreoffice)

    for name in ("九月.doc", "九月.WPS"):
        found = compile_apart([Source(name, data)])
        expected = compile_issue([ILLUSTRATED])
        assert [one.paragraphs for one in found.articles] == [
            one.paragraphs for one in expected.articles
        ]
        assert len(found.assets) == 1


def test_without_libreoffice_one_sentence_says_how_to_save_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(old_word, "_PLACES", ())

    with pytest.raises(UnreadableIssue) as caught:
        compile_apart([Source("九月.doc", OLD)])

    assert "没有安装能转换它的 LibreOffice" in caught.value.reason
    assert "另存为 → Word 文档 (*.docx)" in caught.value.remedy


def test_what_libreoffice_cannot_open_is_told(tmp_path: Path) -> None:
    nothing = programme(tmp_path, "exit 0")

    with pytest.raises(UnreadableIssue) as caught:
        old_word.converted(Source("九月.doc", OLD), nothing)

    assert "打不开" in caught.value.reason


def test_libreoffice_is_killed_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_word, "PATIENCE", timedelta(seconds=1))
    endless = programme(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; sleep 300")

    with pytest.raises(UnreadableIssue) as caught:
        old_word.converted(Source("九月.doc", OLD), endless)

    assert "1 秒没有把它转换完" in caught.value.reason
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_libreoffice_sees_a_folder_of_its_own_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_SECRET_KEYS", "a-secret")
    spy = programme(tmp_path, f"env > {tmp_path}/env; ls > {tmp_path}/ls; echo docx > issue.docx")

    made = old_word.converted(Source("../九月.doc", OLD), spy)

    assert (made.name, made.data) == ("../九月.docx", b"docx\n")
    assert "a-secret" not in (tmp_path / "env").read_text()
    assert (tmp_path / "ls").read_text().split() == ["issue.doc", "profile"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("九月.docx", LOCKED, "文件有打开密码"),
        ("九月.doc", LOCKED, "文件有打开密码"),
        ("九月.docx", OLD, "内容却是旧版 Word 或 WPS 文档"),
    ],
)
def test_only_what_is_called_an_old_document_is_converted(
    name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableIssue) as caught:
        compile_apart([Source(name, data)])

    assert reason in caught.value.reason
