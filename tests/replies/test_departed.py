"""Automatic answers of people who have left for good, told from those who are only away."""

import tomllib
from pathlib import Path

import pytest
from systems import READER, mail, personal, postfix

from distribution.replies import read_returned
from distribution.words import Returned

SAID = tomllib.loads(Path(__file__).with_name("departed.toml").read_text(encoding="utf-8"))
AUTOMATIC = "Auto-Submitted: auto-replied\n"


def answer(text: str, subject: str = "Re: November") -> bytes:
    return personal(subject, text, AUTOMATIC)


@pytest.mark.parametrize("text", SAID["left"])
def test_who_has_left_for_good_is_told(text: str) -> None:
    report = read_returned(answer(text))

    assert (report.kind, report.departed) == (Returned.AUTO_REPLY, True)


@pytest.mark.parametrize("text", SAID["away"])
def test_who_is_only_away_has_not_left(text: str) -> None:
    report = read_returned(answer(text))

    assert (report.kind, report.departed) == (Returned.AUTO_REPLY, False)


def test_the_subject_is_read_as_well() -> None:
    assert read_returned(answer("", "自动回复：本人已离职")).departed
    assert read_returned(answer("", "Automatic reply: no longer with the company")).departed


def test_a_line_may_break_anywhere_between_words() -> None:
    assert read_returned(answer("Wei Jing has\nleft the\n  company.")).departed


@pytest.mark.parametrize(
    "quote",
    [
        "> 三位院士已退休\n",
        "------------------ 原始邮件 ------------------\n三位院士已退休\n",
        "发件人：编辑部\n三位院士已退休\n",
        "On Tue, 1 Dec 2026, the editors wrote:\nHe has left the company.\n",
        "2026年12月1日，编辑部写道：\n三位院士已退休\n",
    ],
)
def test_what_our_digest_says_of_others_is_not_the_reader_s_answer(quote: str) -> None:
    assert not read_returned(answer(f"已收到，谢谢。\n\n{quote}")).departed


def test_a_person_who_says_so_is_no_machine() -> None:
    report = read_returned(personal("Re: November", "本人已离职。"))

    assert (report.kind, report.departed) == (Returned.OTHER, False)


def test_a_bounce_that_says_so_stays_a_bounce() -> None:
    report = read_returned(postfix("550 5.1.1 user has left the company", "5.1.1"))
    in_words = mail(
        "MAILER-DAEMON@fenhe.example",
        "Undeliverable: November",
        f"Your message could not be delivered.\n\n<{READER}>:\nUser has left the company\n",
    )

    assert (report.kind, report.departed) == (Returned.BOUNCE, False)
    assert (read_returned(in_words).kind, read_returned(in_words).departed) == (
        Returned.BOUNCE,
        False,
    )
