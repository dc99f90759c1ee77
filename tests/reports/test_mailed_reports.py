"""Reports by mail: whom they reach, once each, and that their files open again."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from lxml import html as reader  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook
from report_samples import agreeing, article_ids, clicked, opened, send_sample
from runs import relay_settings
from sink import Sink
from sqlalchemy import func, select, update

from distribution import audience, calendar, clock, delivery, reports, staff
from distribution.app import App, open_app
from distribution.delivery.store import letters as letter_store
from distribution.errors import NotFound
from distribution.models import Letter, LetterAttachment, Run
from distribution.reports import Letterhead, NobodyToTell, NotStarted
from distribution.words import LetterPurpose, LetterState, RunKind, StaffRole

ENDED = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
SECRETARY, CHIEF, EDITOR = "secretary@jixie.example", "chief@jixie.example", "ed@jixie.example"
OFFICE = "office@jixie.example"


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue that has come to its end; the board, an admin, an editor."""
    run_id = send_sample(app)
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == run_id).values(finished_at=ENDED))
        people = {
            ("甲秘书长", SECRETARY): StaffRole.BOARD,
            ("乙管理", CHIEF): StaffRole.ADMIN,
            ("丙编辑", EDITOR): StaffRole.EDITOR,
        }
        for (name, email), role in people.items():
            address = audience.read_address(email)
            staff.add(session, name, address, (role,), by="test", at=ENDED)
    return run_id


def due(app: App, at: datetime, *admins: str) -> int:
    head = Letterhead(app.recipe.templates, app.settings.sender_name, admins)
    return reports.reports_due(app.transaction, app.reading, head, after=WEEK, at=at)


def letters(app: App) -> list[Letter]:
    with app.reading() as session:
        found = delivery.list_letters(session, purpose=LetterPurpose.REPORT)
        session.expunge_all()
    return list(reversed(found))


def files(app: App) -> int:
    with app.reading() as session:
        return session.scalars(select(func.count()).select_from(LetterAttachment)).one()


def test_a_run_is_reported_at_its_end_and_a_week_later_once_to_board_and_admins(
    app: App, sent: int
) -> None:
    assert due(app, ENDED) == 2
    assert due(app, ENDED + timedelta(hours=1)) == 0
    assert [one.recipient for one in letters(app)] == [CHIEF, SECRETARY]
    with app.transaction() as session:
        one = agreeing(session, sent)[0]
        clicked(session, sent, one, article_ids(session, sent)[0])
    assert due(app, ENDED + WEEK - timedelta(seconds=1)) == 0
    assert due(app, ENDED + WEEK) == 2
    assert due(app, ENDED + 2 * WEEK) == 0

    first, *_, last = letters(app)
    assert "几天后" not in first.subject
    assert "几天后" in last.subject
    assert "0 位点开了文章" in first.text
    assert "1 位点开了文章" in last.text
    assert files(app) == 8


def test_who_joins_the_board_meanwhile_gets_the_report_that_is_current(app: App, sent: int) -> None:
    assert due(app, ENDED) == 2
    with app.transaction() as session:
        address = audience.read_address("new＠jixie.example")  # full-width
        staff.add(session, "丁理事", address, (StaffRole.BOARD,), by="test", at=ENDED)
        staff.leave(session, "甲秘书长", by="test", at=ENDED)
    assert due(app, ENDED + WEEK) == 2

    assert [one.recipient for one in letters(app)[2:]] == ["new@jixie.example", CHIEF]
    assert sent


@pytest.mark.usefixtures("sent")
def test_the_admins_of_the_settings_get_it_too_and_each_mailbox_one(app: App) -> None:
    admins = (OFFICE, "Chief@jixie.example", "Office@jixie.example")

    assert due(app, ENDED, *admins) == 3
    assert due(app, ENDED, *admins) == 0
    assert [one.recipient for one in letters(app)] == [CHIEF, SECRETARY, OFFICE]


@pytest.mark.usefixtures("sent")
def test_an_office_without_a_staff_is_told_at_the_addresses_of_its_settings(
    app: App, environment: dict[str, str]
) -> None:
    with app.transaction() as session:
        for name in ("甲秘书长", "乙管理", "丙编辑"):
            staff.leave(session, name, by="test", at=ENDED)
    named = open_app(environment | {"DISTRIBUTION_ADMIN_ADDRESSES": OFFICE})
    written = calendar.ERRANDS["mailing the reports"](named.house, ENDED)
    named.engine.dispose()

    assert written == 1
    assert [one.recipient for one in letters(app)] == [OFFICE]


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"kind": RunKind.LATE}, ENDED),
        ({"kind": RunKind.CORRECTION}, ENDED + WEEK),
        ({"kind": RunKind.REGULAR}, ENDED + timedelta(days=22)),
    ],
    ids=["late", "correction", "long ago"],
)
def test_nobody_is_told_of_others_runs_or_of_long_ago(
    app: App, sent: int, values: dict[str, object], at: datetime
) -> None:
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == sent).values(**values))

    assert due(app, at) == 0


def test_what_fails_on_the_way_leaves_nothing_and_is_done_the_next_time(
    app: App, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> bool:
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(letter_store, "attach", die)
        with pytest.raises(InterruptedError):
            due(app, ENDED)
    assert letters(app) == []

    assert due(app, ENDED) == 2
    assert files(app) == 4
    assert sent


def test_two_schedulers_at_the_same_moment_write_each_report_once(app: App, sent: int) -> None:
    with ThreadPoolExecutor(2) as both:
        written = list(both.map(lambda at: due(app, at), [ENDED, ENDED]))

    assert sum(written) == len(letters(app)) == 2
    assert files(app) == 4
    assert sent


def test_the_calendar_does_it_among_its_errands(app: App, sent: int) -> None:
    wanted = calendar.ERRANDS["mailing the reports"]

    assert wanted(app.house, ENDED) == 2
    assert wanted(app.house, ENDED + timedelta(days=6)) == 0
    assert wanted(app.house, ENDED + WEEK) == 2
    assert sent


# -- on request ----------------------------------------------------------------------------------


def test_any_run_that_began_is_reported_on_request_as_often_as_asked(app: App, sent: int) -> None:
    head = Letterhead(app.recipe.templates, "编辑部")
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == sent).values(kind=RunKind.LATE))
        for at in (ENDED, ENDED + WEEK):
            people = reports.send_report(session, sent, head, by="test", at=at)
            assert [one.email for one in people] == [CHIEF, SECRETARY]
        reports.send_report(session, sent, head, to=("丙编辑", "丙编辑"), by="test", at=ENDED)
        with pytest.raises(NotFound):
            reports.send_report(session, sent, head, to=("无此人",), by="test", at=ENDED)

    assert [one.recipient for one in letters(app)] == [CHIEF, SECRETARY] * 2 + [EDITOR]


def test_there_is_nothing_to_report_before_the_start_and_without_anybody(
    app: App, sent: int
) -> None:
    head = Letterhead(app.recipe.templates, "编辑部")
    with app.transaction() as session:
        staff.leave(session, "甲秘书长", by="test", at=ENDED)
        staff.leave(session, "乙管理", by="test", at=ENDED)
        with pytest.raises(NobodyToTell, match="--role board"):
            reports.send_report(session, sent, head, by="test", at=ENDED)
        session.execute(update(Run).where(Run.id == sent).values(started_at=None))
        with pytest.raises(NotStarted, match="还没有开始"):
            reports.send_report(session, sent, head, by="test", at=ENDED)


# -- what arrives --------------------------------------------------------------------------------


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as relay:
        yield relay


def test_a_relay_gets_a_mail_whose_files_open_again(
    app: App, sent: int, sink: Sink, environment: dict[str, str]
) -> None:
    with app.transaction() as session:
        for row in agreeing(session, sent)[:6]:
            opened(session, sent, row)
            clicked(session, sent, row, article_ids(session, sent)[2])
    due(app, ENDED)
    real = open_app(environment | relay_settings(sink))
    posted = delivery.post_due(real.transaction, real.open_transport, real.office, at=clock.now())
    done = asyncio.run(posted)
    real.engine.dispose()
    mail = message_from_bytes(sink.accepted[0].raw, policy=policy.SMTP)
    page, workbook = mail.iter_attachments()

    assert done == {LetterState.SENT: 2}
    assert mail.get_content_type() == "multipart/mixed"
    assert mail["To"] == SECRETARY or mail["To"] == CHIEF
    assert mail["Auto-Submitted"] == "auto-generated"
    assert page.get_filename() == "2026-11期投递报告.html"
    assert workbook.get_filename() == "2026-11期投递报告.xlsx"
    title = reader.fromstring(page.get_content()).findtext(".//h1")
    assert title == "《三晋装备通讯》2026-11 期投递报告"
    sheets = CalamineWorkbook.from_filelike(BytesIO(workbook.get_content())).sheet_names
    assert sheets[0] == "概要"
    for kind in ("plain", "html"):
        part = mail.get_body(preferencelist=(kind,))
        assert part is not None
        words = part.get_content()
        assert "6 位点开了文章" in words.replace("\n", "")
        assert "2026-11期投递报告.xlsx" in words.replace("\n", "")
