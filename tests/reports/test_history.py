"""A reader's history: everything in its order, and no more of his reading than he agreed to."""

from datetime import timedelta

import pytest
from report_samples import (
    WITHDRAWN,
    agreeing,
    article_ids,
    came_back,
    clicked,
    opened,
    rows,
    say,
    send_sample,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery, reports
from distribution.app import App
from distribution.models import (
    Article,
    Delivery,
    Import,
    ImportRow,
    Inbox,
    Letter,
    PrivacyRequest,
    ReturnedMail,
    Subscriber,
)
from distribution.reports import Entry, Happening
from distribution.words import (
    Cause,
    Consequence,
    Decision,
    DeliveryState,
    ImportKind,
    LetterPurpose,
    Meaning,
    Purpose,
    RequestKind,
    Returned,
    RowOutcome,
    SuppressionReason,
    Tracking,
    Verdict,
)

LATER = clock.now().replace(microsecond=0) + timedelta(days=9)


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue that was sent; its number."""
    return send_sample(app)


def reader_of(session: Session, row: Delivery) -> Subscriber:
    return session.get_one(Subscriber, row.subscriber_id)


def entries(session: Session, row: Delivery, kind: Happening) -> list[Entry]:
    found = reports.history(session, reader_of(session, row)).entries
    return [entry for entry in found if entry.kind is kind]


def texts(session: Session, row: Delivery, kind: Happening) -> list[str]:
    return [entry.text for entry in entries(session, row, kind)]


def test_the_oldest_comes_first(session: Session, sent: int) -> None:
    row = agreeing(session, sent)[0]
    opened(session, sent, row)
    came_back(session, row, Returned.AUTO_REPLY)

    found = reports.history(session, reader_of(session, row)).entries

    assert list(found) == sorted(found, key=lambda entry: entry.at)
    assert [entry.kind for entry in found] == [
        Happening.CONSENT,
        Happening.CONSENT,
        Happening.DELIVERY,
        Happening.OPEN,
        Happening.RETURNED,
    ]


def test_every_issue_is_told_with_its_state_and_cause(session: Session, sent: int) -> None:
    row = rows(session, sent)[0]

    (entry,) = entries(session, row, Happening.DELIVERY)

    assert entry.text == f"2026-11 期（批次 {sent}，投递 {row.id}）已交中继"
    assert entry.delivery_id == row.id
    assert (entry.state, entry.cause, entry.issue) == (DeliveryState.ACCEPTED, None, "2026-11")


def test_a_delivery_nothing_has_happened_to_is_told_too(session: Session, sent: int) -> None:
    row = rows(session, sent)[0]
    other = Delivery(
        run_id=sent,
        subscriber_id=reader_of(session, rows(session, sent)[1]).id,
        selection_id=row.selection_id,
        recipient="x@fenhe.example",
        address_hash="0" * 32,
        lane="other",
        state=DeliveryState.SKIPPED,
        cause=Cause.PAUSED,
        next_attempt_at=LATER,
    )
    newcomer = Subscriber(
        name="新",
        email="x@fenhe.example",
        email_key="x@fenhe.example",
        address_hash="1" * 32,
        domain="fenhe.example",
        created_at=LATER,
    )
    session.add(newcomer)
    session.flush()
    other.subscriber_id = newcomer.id
    session.add(other)
    session.flush()

    assert texts(session, other, Happening.DELIVERY) == [
        f"2026-11 期（批次 {sent}，投递 {other.id}）已跳过（本人暂停）"
    ]


def test_who_agrees_sees_what_he_opened_and_clicked(session: Session, sent: int) -> None:
    row, articles = agreeing(session, sent)[0], article_ids(session, sent)
    opened(session, sent, row, Verdict.MACHINE)
    clicked(session, sent, row, articles[2])

    title = session.get_one(Article, articles[2]).title
    assert texts(session, row, Happening.OPEN) == ["2026-11 期（机器）"]
    assert texts(session, row, Happening.CLICK) == [f"2026-11 期：{title}"]


@pytest.mark.parametrize("said", [WITHDRAWN, Decision.VOIDED])
def test_of_who_no_longer_agrees_nothing_of_it_is_shown_but_why(
    session: Session, sent: int, said: Decision
) -> None:
    row = agreeing(session, sent)[0]
    opened(session, sent, row)
    assert reports.history(session, reader_of(session, row)).readings_withheld == ""

    say(session, row, said, Purpose.TRACKING)

    found = reports.history(session, reader_of(session, row))
    assert Happening.OPEN not in {entry.kind for entry in found.entries}
    assert found.tracking in (Tracking.DENIED, Tracking.UNKNOWN)
    assert found.readings_withheld.startswith("打开与点击：本人")


def test_what_came_back_is_told_in_the_mail_systems_words(session: Session, sent: int) -> None:
    row = rows(session, sent)[0]
    dead = Meaning.BAD_ADDRESS
    suppressed = Consequence.SUPPRESSED
    first = came_back(session, row, status="5.1.1", meaning=dead, consequence=suppressed)
    second = came_back(session, row, Returned.COMPLAINT)

    assert texts(session, row, Happening.RETURNED) == [
        f"退信：5.1.1（地址不存在），结果：抑制地址；原文：distribution bounce show {first}",
        f"投诉；原文：distribution bounce show {second}",
    ]
    bounce, complaint = entries(session, row, Happening.RETURNED)
    assert (bounce.mail.meaning, bounce.original.text) == (dead, "Subject: returned")
    assert (bounce.run_id, bounce.delivery_id) == (sent, row.id)
    assert complaint.original.gone == ""


def test_what_came_back_about_a_letter_is_told_too(session: Session, sent: int) -> None:
    row = rows(session, sent)[0]
    reader = reader_of(session, row)
    content = ("欢迎", "欢迎", "")
    delivery.add_letter(session, "w", LetterPurpose.WELCOME, reader.email, content, at=LATER)
    letter = session.scalars(select(Letter)).one()
    letter.subscriber_id = reader.id
    number = came_back(session, None)
    session.get_one(ReturnedMail, number).letter_id = letter.id
    session.flush()

    (entry,) = entries(session, row, Happening.RETURNED)

    assert entry.mail.inbox_id == number
    assert entry.run_id is None


@pytest.mark.parametrize(("erased", "why"), [(True, "应本人要求删除"), (False, "已过保存期")])
def test_where_the_words_are_gone_the_reason_is_said(
    session: Session, sent: int, *, erased: bool, why: str
) -> None:
    row = rows(session, sent)[0]
    number = came_back(session, row)
    session.get_one(Inbox, number).raw = None
    reader_of(session, row).erased_at = LATER if erased else None
    session.flush()

    (entry,) = entries(session, row, Happening.RETURNED)

    assert why in entry.original.gone
    assert entry.original.text == ""


def test_imports_name_the_file_and_the_line(session: Session, sent: int) -> None:
    row = rows(session, sent)[0]
    file = Import(
        kind=ImportKind.SUBSCRIBERS,
        file_name="名单.xlsx",
        fingerprint="0" * 64,
        by="admin",
        at=LATER,
        undone_at=LATER + timedelta(hours=1),
        undone_by="admin",
    )
    session.add(file)
    session.flush()
    session.add(
        ImportRow(
            import_id=file.id,
            line=7,
            outcome=RowOutcome.CHANGED,
            reason="姓名",
            subscriber_id=row.subscriber_id,
            before={},
            after={},
        )
    )
    session.flush()

    assert texts(session, row, Happening.IMPORT) == [
        "名单.xlsx 第 7 行：更新（姓名）",
        "名单.xlsx 的导入已撤销",
    ]


def test_deeds_about_him_are_told_in_chinese_and_those_about_others_are_not(
    session: Session, sent: int
) -> None:
    row = rows(session, sent)[0]
    his, at = str(row.subscriber_id), LATER
    facts = {"topics": [["policy"], ["policy", "quality"]], "edition": ["personalised", "standard"]}
    audit.record(session, "subscriber.interests", his, by="admin", at=at, **facts)
    audit.record(session, "reader.preferences", his, by="reader", at=at, topics=["policy"])
    audit.record(session, "run.start", his, by="admin", at=at)
    audit.record(session, "subscriber.pause", f"{his}0", by="admin", at=at)
    hashed = reader_of(session, row).address_hash
    audit.record(session, "suppression.release", hashed, by="admin", at=at, reason="来电")

    assert texts(session, row, Happening.DEED) == [
        "修改关注（关注主题：政策措施 → 政策措施、质量管理；版本：个性化 → 标准版）",
        "本人修改设置（关注主题：政策措施）",
        "恢复使用地址（缘由：来电）",
    ]


def test_suppression_and_requests_have_their_place(session: Session, sent: int) -> None:
    row = rows(session, sent)[0]
    reader, at = reader_of(session, row), LATER
    reason = SuppressionReason.BY_HAND
    audience.suppress(session, reader.address_hash, reason, evidence="来电", at=at)
    audience.suppress_domain(session, reader.domain, reason, evidence="停用", at=at)
    session.add(
        PrivacyRequest(
            kind=RequestKind.ACCESS,
            subscriber_id=reader.id,
            address_hash=reader.address_hash,
            note="来信",
            asked_at=at,
            due_at=at + timedelta(days=15),
            done_at=at + timedelta(days=1),
            answer="已寄出",
            by="admin",
        )
    )
    session.flush()

    assert texts(session, row, Happening.SUPPRESSION) == [
        "人工：来电",
        f"整个域名 {reader.domain}，人工：停用",
    ]
    assert texts(session, row, Happening.REQUEST) == [
        "请求查阅或复制：来信",
        "查阅或复制的请求已办结：已寄出",
    ]


def test_who_is_new_has_no_history_but_his_consent(session: Session, app: App) -> None:
    new = audience.NewSubscriber(audience.read_address("a@fenhe.example"), name="甲")
    row = audience.add_subscriber(session, new, app.keyring.address_hash, by="test", at=clock.now())

    assert reports.history(session, row).entries == ()
    assert session.scalars(select(Delivery)).all() == []
