"""Mails that came back in the formats of many more systems, as a file of texts."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from systems import READER, SENDER, mail, parts

from distribution.replies import read_returned
from distribution.words import Meaning, Returned

FORMATS = tomllib.loads(Path(__file__).with_name("formats.toml").read_text("utf-8"))["bounce"]


def written(case: dict[str, Any]) -> bytes:
    sender, subject, words, head, status = (
        case.get(name, "").replace("{reader}", READER).replace("{sender}", SENDER)
        for name in ("sender", "subject", "words", "head", "status")
    )
    if not status:
        return mail(sender, subject, words, f"Return-Path: <>\n{head}\n".replace("\n\n", "\n"))
    return parts(
        sender,
        subject,
        ("text/plain; charset=utf-8", words),
        ("message/delivery-status", status),
    )


@pytest.mark.parametrize("case", FORMATS, ids=[case["name"] for case in FORMATS])
def test_a_format_is_read(case: dict[str, Any]) -> None:
    report = read_returned(written(case))

    assert report.kind is Returned.BOUNCE
    (result,) = report.results
    assert READER in result.recipients
    assert (result.judgement.meaning, result.dead) == (Meaning(case["means"]), case["dead"])
