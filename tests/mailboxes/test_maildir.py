"""A folder of returned mail: what waits in it, in which order, and who else moves its files."""

import errno
import logging
import os
from io import BytesIO
from pathlib import Path

import pytest

from distribution import mailboxes
from distribution.mailboxes import Filing, Mailbox, Maildir, UnusableMailbox, mails_of

not_root = pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "mail" / name).mkdir(parents=True)
    return tmp_path / "mail"


def put(folder: Path, *names: str) -> None:
    """Mails whose text is the name of their file."""
    for name in names:
        (folder / name).write_bytes(Path(name).name.encode())


def waiting(folder: Path, limit: int = 100) -> list[str]:
    return [mail.raw.decode() for mail in Maildir(folder).waiting(limit)]


def test_mails_come_oldest_first_by_the_time_in_their_names(folder: Path) -> None:
    put(
        folder,
        "new/1790.M9P2.host",
        "new/1790.M10P1.host",
        "cur/1789.a:2,",
        "new/9.z",
        "new/1790.a",
    )

    names = ["9.z", "1789.a:2,", "1790.a", "1790.M9P2.host", "1790.M10P1.host"]
    assert waiting(folder) == names
    assert waiting(folder, limit=2) == names[:2]
    assert waiting(folder, limit=0) == []


def test_a_name_without_a_time_stands_by_the_time_of_its_file(folder: Path) -> None:
    put(folder, "new/later", "new/earlier", "new/1500.a")
    os.utime(folder / "new/later", (2000, 2000))
    os.utime(folder / "new/earlier", (1000, 1000))

    assert waiting(folder) == ["earlier", "1500.a", "later"]


def test_what_was_seen_or_is_no_mail_does_not_wait(folder: Path) -> None:
    put(folder, "cur/1.a:2,S", "cur/2.b:2,FRS", "cur/3.c:2,F", "cur/4.d", "tmp/5.e", "new/.hidden")
    (folder / "new" / "6.folder").mkdir()
    os.mkfifo(folder / "new" / "7.fifo")
    (folder / "new" / "8.link").symlink_to(folder / "tmp" / "5.e")
    (folder / "tmp").chmod(0)

    assert waiting(folder) == ["3.c:2,F", "4.d"]
    (folder / "tmp").chmod(0o700)


def test_a_mail_that_is_filed_is_marked_as_seen_and_waits_no_longer(folder: Path) -> None:
    put(folder, "new/1.a", "cur/2.b:2,RF", "cur/3.c", "new/4.d:2,T")

    for mail in Maildir(folder).waiting(10):
        mail.filed(Filing.PROCESSED)

    assert waiting(folder) == []
    assert list((folder / "new").iterdir()) == []
    assert sorted(path.name for path in (folder / "cur").iterdir()) == [
        "1.a:2,S", "2.b:2,FRS", "3.c:2,S", "4.d:2,ST",
    ]  # fmt: skip
    assert (folder / "cur" / "1.a:2,S").read_bytes() == b"1.a"


@pytest.mark.parametrize("where", [Filing.UNCLEAR, Filing.FAILED])
def test_a_mail_that_a_person_should_look_at_is_flagged(folder: Path, where: Filing) -> None:
    put(folder, "new/1.a", "cur/2.b:2,R")

    for mail in Maildir(folder).waiting(10):
        mail.filed(where)

    assert waiting(folder) == []
    assert sorted(path.name for path in (folder / "cur").iterdir()) == ["1.a:2,FS", "2.b:2,FRS"]


def test_a_survey_counts_what_waits(folder: Path) -> None:
    put(folder, "new/1.a", "cur/2.b:2,R", "cur/3.c:2,S")

    assert Maildir(folder).survey().waiting == 2
    assert Maildir(folder).name == f"Maildir {folder}"


def test_a_mail_that_is_not_filed_comes_again(folder: Path) -> None:
    put(folder, "new/1.a")

    assert waiting(folder) == waiting(folder) == ["1.a"]


def test_files_that_vanish_meanwhile_harm_nobody(folder: Path) -> None:
    put(folder, "new/1.a", "new/2.b", "new/3.c")
    mails = Maildir(folder).waiting(10)
    first = next(mails)

    (folder / "new" / "1.a").rename(folder / "cur" / "1.a:2,")
    (folder / "new" / "2.b").unlink()
    first.filed(Filing.PROCESSED)

    assert [mail.raw for mail in mails] == [b"3.c"]
    assert waiting(folder) == ["1.a", "3.c"]  # the first was not marked, so it comes again


@not_root
def test_a_file_that_cannot_be_read_is_passed_over_and_named_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(folder, "new/1.a", "new/2.b")
    (folder / "new" / "1.a").chmod(0)

    with caplog.at_level(logging.WARNING):
        assert waiting(folder, limit=1) == waiting(folder, limit=1) == ["2.b"]

    assert [record.message for record in caplog.records] == [
        "cannot read the returned mail '1.a': Permission denied"
    ]


def test_of_a_huge_mail_the_beginning_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes.maildir, "MOST_BYTES", 3)
    put(folder, "new/1.abcdef")

    assert waiting(folder) == ["1.a"]


def test_a_folder_that_is_no_maildir_is_refused_at_once(folder: Path) -> None:
    put(folder, "new/file")
    (folder / "cur").rmdir()

    for given, why in (
        (folder.parent / "none", "没有这个文件夹"),
        (folder / "new" / "file", "它不是文件夹"),
        (folder, "其中应有 new 与 cur"),
        (folder.parent, "其中应有 new 与 cur"),
    ):
        with pytest.raises(UnusableMailbox, match=why) as refused:
            Maildir(given).waiting(1)
        assert str(given) in str(refused.value)
        assert "bounce_maildir" in str(refused.value)


@not_root
@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_folder_without_permission_is_refused(folder: Path, mode: int) -> None:
    put(folder, "new/1.a")
    folder.chmod(mode)

    with pytest.raises(UnusableMailbox, match="没有权限"):
        Maildir(folder).waiting(1)
    folder.chmod(0o700)


def test_a_mail_whose_place_is_taken_by_a_file_is_no_success(folder: Path) -> None:
    put(folder, "new/1.a")
    (mail,) = Maildir(folder).waiting(1)
    (folder / "cur").rmdir()
    (folder / "cur").touch()

    with pytest.raises(UnusableMailbox, match="Not a directory"):
        mail.filed(Filing.PROCESSED)


def test_a_mail_that_cannot_be_moved_does_not_stand_in_the_way_of_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "new/1.a")
    (mail,) = Maildir(folder).waiting(1)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", refuse)
        with pytest.raises(UnusableMailbox):
            mail.filed(Filing.PROCESSED)
    put(folder, "new/2.b")

    assert waiting(folder) == ["2.b"]


def refuse(_path: Path, _target: Path) -> Path:
    raise OSError(errno.EIO, "Input/output error")


@not_root
def test_a_mail_that_cannot_be_marked_is_no_success(folder: Path) -> None:
    put(folder, "new/1.a")
    (folder / "cur").chmod(0o500)
    (mail,) = Maildir(folder).waiting(1)

    with pytest.raises(UnusableMailbox, match="没有权限"):
        mail.filed(Filing.PROCESSED)
    (folder / "cur").chmod(0o700)
    assert (folder / "new" / "1.a").exists()  # for the next process, or a person


def test_a_maildir_is_a_mailbox(folder: Path) -> None:
    mailbox: Mailbox = Maildir(folder)

    assert list(mailbox.waiting(1)) == []


FIRST = b"From a@b.example Tue Dec  1 09:00:00 2026\nTo: a\n\nFrom now on\nFrom x 09:00\n\n"
SECOND = b"From MAILER-DAEMON Tue Dec  1 09:00:01 2026 +0800\r\nTo: b\r\n\r\n\r\n"


@pytest.mark.parametrize(
    ("text", "mails"),
    [
        (b"", []),
        (b"To: a\n\nText\n\nFrom b 09:00\n", [b"To: a\n\nText\n\nFrom b 09:00\n"]),
        (FIRST, [FIRST]),
        (FIRST + SECOND + FIRST, [FIRST, SECOND, FIRST]),
        (bytes(10), [bytes(10)]),
    ],
)
def test_a_file_holds_one_mail_or_those_of_an_mbox(text: bytes, mails: list[bytes]) -> None:
    assert list(mails_of(BytesIO(text))) == mails


def test_a_huge_mail_of_an_mbox_is_cut_and_the_next_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailboxes.files, "MOST_BYTES", 100)
    huge = FIRST + b"more\n" * 100 + b"\n"

    assert list(mails_of(BytesIO(huge + SECOND))) == [huge[:100], SECOND]
