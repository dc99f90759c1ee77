"""One JSON line for each mail or reply, in the form the scorer of the real mails reads."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from distribution.cli.issue.files import CannotRead
from distribution.errors import DistributionError
from distribution.mailboxes import MOST_BYTES
from distribution.replies import (
    ReturnedReport,
    Rule,
    judge,
    provider_named,
    read_returned,
    reply_code,
)
from distribution.words import Meaning, Returned

_KINDS = {
    Returned.BOUNCE: "bounce",
    Returned.DELAYED: "bounce",
    Returned.COMPLAINT: "feedback",
    Returned.AUTO_REPLY: "auto-reply",
    Returned.CHALLENGE: "challenge",
    Returned.DELIVERED: "delivered",
}
_MOST_CHARACTERS = 10_000_000


class NoTableOfReplies(DistributionError):
    """Raised for a file that is not a table of replies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} 不是应答表：请给出制表符分隔的文件，首行列名中有 provider 与 example"
        )


def mail_line(path: Path) -> str:
    """The line of a mail file; the whole file is one mail, even in an mbox's form."""
    try:
        with path.open("rb") as file:
            report = read_returned(file.read(MOST_BYTES))
    except OSError as error:
        raise CannotRead(path, error) from error
    return _line({"file": path.name, "kind": _kind(report), "results": [*_results(report)]})


def reply_lines(path: Path, own: Sequence[Rule] = ()) -> Iterator[str]:
    """The line of each example in a table of replies, counted from 1; `own` are tried rules."""
    for number, (provider, example) in enumerate(examples(path), start=1):
        code = int(reply_code(example) or 0)
        judged = judge(code, example, provider_named(provider), own=own)
        yield _line(
            {"line": number, "class": _class(judged.meaning), "suppress": judged.dead},
        )


def examples(path: Path) -> list[tuple[str, str]]:
    """Provider and example of each row; raises NoTableOfReplies, CannotRead."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read(_MOST_CHARACTERS)
    except OSError as error:
        raise CannotRead(path, error) from error
    except UnicodeDecodeError as error:
        raise NoTableOfReplies(path) from error
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if not {"provider", "example"} <= set(rows.fieldnames or ()):
        raise NoTableOfReplies(path)
    return [(row["provider"] or "", row["example"] or "") for row in rows]


def _results(report: ReturnedReport) -> Iterator[dict[str, object]]:
    for result in report.results:
        yield {
            "recipient": result.recipients[0] if result.recipients else None,
            "hard": result.dead,
            "class": _class(result.judgement.meaning),
            "status": result.status or None,
        }


def _kind(report: ReturnedReport) -> str:
    return _KINDS.get(report.kind, "not-bounce")


def _class(meaning: Meaning) -> str:
    return meaning.value.replace("_", "-")


def _line(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False)
