"""Records of what a process does, on standard error: text for people, JSON for programmes.

Whatever a record says, and whoever wrote it, a library's traceback included: no mail address and
no token of a link goes into a log, and no character that would steer a terminal or begin a line.
"""

import json
import logging
import re
import sys
import threading
import unicodedata
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TextIO

CHATTY = ("alembic", "dramatiq", "uvicorn")
"""Libraries that tell of their own life."""
FIELDS = ("run", "delivery", "lane", "letter", "mail", "relay")
"""What a record may say in a field of its own, by `extra`."""

_PART = r"[^\s<>()\[\]{},;:\"'|\\/=&?@＠]"
_LOCAL = rf'(?<!{_PART})(?P<local>"[^"\n]{{0,64}}"|{_PART}++)'  # possessive: never tried again
_ADDRESS = re.compile(rf"{_LOCAL}[@＠](?P<domain>{_PART}+|\[[^\]\s]*\])")
_IN_URL = re.compile(r"(?<![\w.%+-])(?P<local>[\w.+-]++)%40(?P<domain>[\w.-]+)", re.IGNORECASE)
_TOKEN_IN_PATH = re.compile(r"(/(?:[a-z]|approve)/)[A-Za-z0-9_-]{20,}")  # every page that takes one
_TOKEN_IN_MAIL = re.compile(r"(?<![a-z2-7])[a-z2-7]{36}(?![a-z2-7])", re.IGNORECASE)


def mask(text: str) -> str:
    """The text without addresses and tokens.

    >>> mask("550 <wang.wu@qikan.example>: unknown")
    '550 <w***@q***.example>: unknown'
    >>> mask("to=李四@例子.中国, GET /u/AbCdEfGhIjKlMnOpQrStUvWxYz0123")
    'to=李***@例***.中国, GET /u/***'
    """
    text = _TOKEN_IN_PATH.sub(r"\1***", text)
    text = _TOKEN_IN_MAIL.sub("***", text)
    return _IN_URL.sub(_masked, _ADDRESS.sub(_masked, text))


def _masked(found: re.Match[str]) -> str:
    local = found["local"].strip('"')
    first, _, rest = found["domain"].rstrip(".").partition(".")
    end = rest.rpartition(".")[2]
    return f"{local[:1]}***@{first[:1]}***" + (f".{end}" if end else "")


def printable(text: str) -> str:
    r"""The text on one line, that steers nothing.

    >>> printable("a\x1b[31m\nb")
    'a\\x1b[31m\\nb'
    """
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape", "surrogatepass").decode()
    return character


class TextFormatter(logging.Formatter):
    """A line a record; what follows a line belongs to it, and is set in."""

    def format(self, record: logging.LogRecord) -> str:
        """Spell a record."""
        at = datetime.fromtimestamp(record.created, UTC)
        said = printable(mask(record.getMessage()))
        line = f"{at:%Y-%m-%d %H:%M:%S}Z {record.levelname} {record.name}: {said}"
        trace = [f"    {printable(part)}" for part in mask(_trace(self, record)).splitlines()]
        return "\n".join([line, *trace])


class JsonFormatter(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Spell a record."""
        at = datetime.fromtimestamp(record.created, UTC)
        facts: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
            "process": record.process,
        }
        for name in FIELDS:
            if hasattr(record, name):
                value = getattr(record, name)
                facts[name] = value if isinstance(value, int) else mask(str(value))
        if trace := _trace(self, record):
            facts["exception"] = mask(trace)
        line = json.dumps(facts, ensure_ascii=False)
        return "".join(_in_json(character) for character in line)


def _in_json(character: str) -> str:
    """JSON escapes the controls below a space; others steer terminals too."""
    return character if _escaped(character) == character else json.dumps(character)[1:-1]


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback of a record, and where it was written if that was asked for."""
    parts = []
    if record.exc_info and record.exc_info[0] is not None:
        parts.append(formatter.formatException(record.exc_info))
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return "\n".join(parts)


def log_to(
    stream: TextIO,
    form: Literal["text", "json"],
    *,
    instead: bool = False,
    least: int = logging.INFO,
) -> None:
    """Send the records of all libraries to a stream; `instead` of where they went before.

    What dies of a defect tells it here, and not past everything as Python would have it.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=least, handlers=[handler], force=instead)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook, threading.excepthook = _died, _thread_died
    logging.captureWarnings(capture=True)


def warn_on(stream: TextIO, form: Literal["text", "json"]) -> None:
    """The same for a command that sends before a person's eyes: warnings, where nobody has them."""
    if not logging.getLogger().handlers:
        log_to(stream, form, least=logging.WARNING)


def _died(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(__name__).critical("the process dies", exc_info=(kind, error, trace))


def _thread_died(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is None or found.exc_type is SystemExit:
        return
    name = found.thread.name if found.thread else "?"
    trace = (found.exc_type, found.exc_value, found.exc_traceback)
    logging.getLogger(__name__).error("thread %s has died", name, exc_info=trace)
