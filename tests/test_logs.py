"""Records: no address, no token, nothing that steers a terminal, in either format."""

import io
import json
import logging
import subprocess
import sys
import threading
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import ascii_lowercase
from typing import Literal

import pytest
from databases import only_sqlite
from hypothesis import given
from hypothesis import strategies as st
from processes import PROGRAMME, QUICK, Programme, end, free_port, until, with_path
from runs import add_reader, plan, relay_settings, sample_issue, start
from servers import Redis
from sink import Sink
from sqlalchemy import update

from distribution import clock
from distribution.app import App, open_app
from distribution.links import for_mail, for_url
from distribution.logs import JsonFormatter, TextFormatter, log_to, mask, warn_on
from distribution.models import Delivery

ODD = (
    "wei.rd+tag%x@fenhe.example",
    "o'brien@fenhe.example",
    "李四@例子.example",
    "UPPER_case-9@sub.domain.fenhe.example",
)
STEERING = "\x00\x07\x1b\x7f\x85\x9b\u2028\u2029\u202e\u200f"


def spelt(form: str, message: str, *arguments: object, **more: object) -> str:
    record = logging.LogRecord("test", logging.WARNING, "", 0, message, arguments, None)
    record.__dict__.update(more)
    return (JsonFormatter() if form == "json" else TextFormatter()).format(record)


@pytest.mark.parametrize(
    "address", [*ODD, '"wei rd"@fenhe.example', "li＠fenhe.example", "a@[10.0.0.1]"]
)
@pytest.mark.parametrize("around", ["<{}>", "to={} ", "'{}'", "({}),", "x:{};", "{}"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_address_is_written(form: str, around: str, address: str) -> None:
    said = spelt(form, "refused %s", around.format(address))
    local, _, domain = address.replace("＠", "@").rpartition("@")
    assert address not in said
    assert domain not in said
    assert len(local) < 3 or local not in said
    assert "***" in said


def test_what_is_masked_can_still_be_told_apart() -> None:
    assert mask("wang@qikan.example, li@luan.example") == "w***@q***.example, l***@l***.example"
    assert (
        mask("a@b.example failed, c%40d.example too")
        == "a***@b***.example failed, c***@d***.example too"
    )


@given(st.text(max_size=200), st.sampled_from(ODD), st.text(max_size=200))
def test_an_address_is_masked_wherever_it_stands(before: str, address: str, after: str) -> None:
    assert address not in mask(f"{before} {address} {after}")


@given(st.binary(min_size=22, max_size=22))
def test_no_token_is_written(token: bytes) -> None:
    for path in (*ascii_lowercase, "approve"):  # all pages that take one
        assert for_url(token) not in mask(f'"GET /{path}/{for_url(token)}/3 HTTP/1.1" 500')
    assert for_mail(token) not in mask(f"b-{for_mail(token)}@mail.example and {for_mail(token)}")


def test_a_long_line_without_an_address_costs_no_more_than_its_length() -> None:
    assert mask("x" * 2_000_000).endswith("x")


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_steers_a_terminal_or_begins_a_line(form: str) -> None:
    said = spelt(form, "reply %s", f"{STEERING}\r\n2026-01-01 00:00:00Z ERROR forged: line")
    assert len(said.splitlines()) == 1
    assert not set(said).intersection(STEERING + "\r\n")
    assert "forged" in said


def test_a_record_is_an_object_with_its_fields() -> None:
    said = json.loads(spelt("json", "run %d is paused: %s", 7, "a@b.example", run=7, lane="qq"))
    assert said.pop("time").endswith("+00:00")
    assert said.pop("process") > 0
    assert said == {
        "level": "warning",
        "logger": "test",
        "message": "run 7 is paused: a***@b***.example",
        "run": 7,
        "lane": "qq",
    }


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> Literal["text", "json"]:
    chosen: Literal["text", "json"] = request.param
    return chosen


@pytest.fixture
def log(form: Literal["text", "json"]) -> Iterator[io.StringIO]:
    """What this process's records are written to; all is as before afterwards."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    kept, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("alembic", "dramatiq", "uvicorn")}
    stream = io.StringIO()
    root.handlers[:] = []
    log_to(stream, form)
    yield stream
    root.handlers[:], (sys.excepthook, threading.excepthook) = kept, hooks
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_a_command_at_a_terminal_tells_warnings_only_and_masks_them(
    form: Literal["text", "json"], log: io.StringIO
) -> None:
    stream = io.StringIO()
    logging.getLogger("test").info("of no concern to him")
    heard = log.getvalue()
    warn_on(stream, form)  # somebody has the records already
    logging.getLogger("test").warning("once, of wang@fenhe.example")
    assert (heard != "", stream.getvalue()) == (True, "")
    logging.getLogger().handlers[:] = []

    warn_on(stream, form)
    logging.getLogger("test").info("of no concern to him")
    logging.getLogger("test").warning("550 from wang@fenhe.example")

    assert stream.getvalue().count("\n") == 1
    assert "550 from w***@f***.example" in stream.getvalue()


def test_tracebacks_of_libraries_and_dead_threads_are_masked(form: str, log: io.StringIO) -> None:
    def die() -> None:
        raise LookupError("nobody like wang@fenhe.example\n2026-01-01 forged")

    try:
        die()
    except LookupError:
        logging.getLogger("sqlalchemy.pool").exception("failed for %s", "li@fenhe.example")
    dying = threading.Thread(target=die, name="a-thread")
    dying.start()
    dying.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("do not write to chen@fenhe.example", UserWarning, stacklevel=1)

    words = log.getvalue()
    assert "fenhe" not in words
    assert words.count("w***@f***.example") == 4  # with the lines of code they show
    assert "thread a-thread has died" in words
    lines = words.splitlines()
    if form == "json":
        assert [json.loads(line)["logger"] for line in lines] == [
            "sqlalchemy.pool",
            "distribution.logs",
            "py.warnings",
        ]
        assert "LookupError" in json.loads(lines[0])["exception"]
    else:
        assert not any(line.startswith("2026-01-01") for line in lines)


# -- processes -------------------------------------------------------------------------------------


def odd_run(app: App) -> None:
    """A run to odd addresses, of which one mail cannot be made."""
    key, at = sample_issue(app), clock.now()
    with app.transaction() as session:
        for email in (*ODD, "broken@fenhe.example"):
            add_reader(session, app, email, at)
    start(app, plan(app, key, at), at)
    with app.transaction() as session:  # as a defect would leave it
        broken = Delivery.recipient == "broken@fenhe.example"
        session.execute(update(Delivery).where(broken).values(recipient="broken\n@fenhe.example"))


@contextmanager
def writing(environment: dict[str, str], said: Path, *words: str) -> Iterator[Programme]:
    """A process whose records, tracebacks among them, go into a file."""
    with said.open("wb") as log, said.with_suffix(".out").open("wb") as out:
        process = subprocess.Popen(
            [PROGRAMME, *words],
            env=with_path(QUICK | environment),
            stdout=out,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield Programme(process, said)
    finally:
        end(process)


@only_sqlite
@pytest.mark.parametrize(
    ("form", "words"), [("text", ("up",)), ("json", ("worker", "--processes", "2"))]
)
def test_processes_that_send_write_no_address_and_no_token(
    environment: dict[str, str],
    redis_server: Redis,
    tmp_path: Path,
    form: str,
    words: tuple[str, ...],
) -> None:
    refuse = {ODD[0]: f"550 5.1.1 <{ODD[0]}>: unknown", ODD[1]: f"451 {ODD[1]} try later"}
    more = {"web_port": free_port(), "metrics_port": free_port(), "log_format": form}
    if form == "json":
        more["redis_url"] = redis_server.url
    with Sink(refuse=refuse, extensions=("PIPELINING",)) as sink:
        environment |= relay_settings(sink, ticker_seconds=1, **more)
        app = open_app(environment)
        odd_run(app)
        with writing(environment, tmp_path / "records", *words) as office:
            until(lambda: sink.accepted, "a mail")
            until(lambda: "cannot be composed" in office.words, "a record")
            health = f"http://127.0.0.1:{more['metrics_port']}/health"
            with urllib.request.urlopen(health, timeout=20) as answer:
                assert json.load(answer)["status"] == "ok"
            assert office.stop() == 0
        said = office.words
        app.engine.dispose()

    assert "Ctrl-C 停止" in (tmp_path / "records.out").read_text(encoding="utf-8")
    for mail in sink.accepted:
        assert mail.sender not in said
        assert mail.message_id.strip("<>") not in said
    assert not [part for part in ("fenhe", "brien", "李四") if part in said]
    assert "***" in said
    if form == "json":
        records = [json.loads(line) for line in said.splitlines()]
        assert {"message", "level", "time"} <= records[0].keys()
        [broken] = [record for record in records if "exception" in record]
        assert broken["delivery"] > 0
