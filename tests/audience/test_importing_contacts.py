"""Lists of contacts: added, changed, left, refused; nobody who left comes back by a file."""

from datetime import date, timedelta

import pytest
from audience_people import HASHER, NOW, WITHDRAWN, add, say, suppress
from import_sheets import LI, PEOPLE, ZHANG, Told, numbered, people, source
from sqlalchemy import func, select

from distribution import audience
from distribution.app import App
from distribution.audience import Profile, Wishes
from distribution.audience.credit_code import check_character
from distribution.audience.importing import running
from distribution.clock import end_of
from distribution.models import ConsentEvent, Enterprise, Import, ImportRow, Subscriber
from distribution.words import (
    Cause,
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    Role,
    SuppressionReason,
    TopicsFrom,
    Tracking,
)


def profile(app: App, email: str) -> Profile:
    with app.reading() as session:
        found = audience.profile(session, audience.find_subscriber(session, email), at=NOW)
        session.expunge_all()
    return found


def count(app: App, table: type) -> int:
    with app.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_everything_a_row_says_is_kept(app: App) -> None:
    headings = (*PEOPLE, "统一社会信用代码", "接收频率", "版本", "格式", "阅读统计", "暂停至")
    code = f"91140100MA0H0000X{check_character('91140100MA0H0000X')}"
    row = (*ZHANG, code, "有匹配时", "标准版", "纯文本", "同意", "2027-01-31")

    told, result = people(app, row, headings=headings)

    assert told.outcomes == ["added"], told.reasons
    found = profile(app, "zhang@taihang.example")
    assert found.enterprise is not None
    assert (found.enterprise.name, found.enterprise.credit_code) == ("太行重工", code)
    one = found.subscriber
    assert (one.name, one.role, one.phone) == ("张三", Role.LIAISON, "0351-2022001")
    assert (one.edition, one.frequency, one.format) == (
        Edition.STANDARD,
        Frequency.WHEN_MATCHING,
        MailFormat.TEXT,
    )
    assert one.paused_until == end_of(date(2027, 1, 31))
    assert [topic.code for topic in found.topics] == ["quality", "policy"]
    assert (found.watch_words, found.topics_from) == (("液压",), TopicsFrom.OWN)
    assert one.interests_by == "import"
    assert [(e.purpose, e.decision, e.wording, e.channel) for e in found.consents] == [
        (Purpose.DIGEST, Decision.GRANTED, "入会登记表 2026-03", f"import-{result.import_id}"),
        (
            Purpose.TRACKING,
            Decision.GRANTED,
            "导入文件：同意按人统计阅读",
            f"import-{result.import_id}",
        ),
    ]
    with app.reading() as session:
        reader = audience.reader(session, one.id)
    assert (reader.barrier, reader.tracking) == (Cause.PAUSED, Tracking.GRANTED)


def test_a_dry_run_says_the_same_and_writes_nothing(app: App) -> None:
    rows = [ZHANG, LI, ("汾河机床", "赵六", "", "no address", "", "", "")]
    would = Told()
    reader = audience.read_contacts(numbered(PEOPLE, rows))

    result = audience.try_contacts(app.reading, reader, source(), HASHER, would)

    assert result.import_id is None
    assert [count(app, table) for table in (Subscriber, Enterprise, Import, ImportRow)] == [0] * 4
    told, _ = people(app, *rows)
    assert (would.outcomes, would.reasons) == (told.outcomes, told.reasons)
    assert told.outcomes == ["added", "added", "refused"]


def test_what_differs_is_changed_and_an_empty_cell_changes_nothing(app: App) -> None:
    people(app, ZHANG, LI)
    told, _ = people(
        app,
        ("", "张三丰", "总经理", "ZHANG@taihang.example", "", "质量管理", ""),
        LI,
        of=source("second.csv"),
    )

    assert told.outcomes == ["changed", "left"]
    found = profile(app, "zhang@taihang.example")
    assert (found.subscriber.name, found.subscriber.role) == ("张三丰", Role.MANAGER)
    assert (found.subscriber.phone, found.watch_words) == ("0351-2022001", ("液压",))
    assert [topic.code for topic in found.topics] == ["quality"]
    assert found.enterprise is not None
    assert found.enterprise.name == "太行重工"


def test_the_same_file_again_does_nothing_even_if_the_reader_changed_since(app: App) -> None:
    _, first = people(app, ZHANG, LI)
    with app.transaction() as session:
        row = audience.find_subscriber(session, "zhang@taihang.example")
        audience.set_interests(session, row, Wishes(topics=["shanxi"]), by="admin")

    told, again = people(app, ZHANG, LI)

    assert told.outcomes == ["left", "left"]
    assert again.before is not None
    assert again.before.id == first.import_id
    assert [topic.code for topic in profile(app, "zhang@taihang.example").topics] == ["shanxi"]
    assert count(app, Import) == 1


def test_an_import_that_was_interrupted_goes_on_behind_its_last_line(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 2)
    rows = [("", f"读者{n}", "", f"r{n}@fenhe.example", "", "", "") for n in range(5)]

    class Broken(Exception):
        pass

    def die(_: object) -> None:
        raise Broken

    reader = audience.read_contacts(numbered(PEOPLE, rows))
    with pytest.raises(Broken):
        audience.import_contacts(app.transaction, reader, source(), HASHER, die, by="test", at=NOW)
    assert count(app, Subscriber) == 2

    told, result = people(app, *rows)

    assert result.resumed_after == 3
    assert told.outcomes == ["added"] * 5
    assert count(app, Subscriber) == count(app, ConsentEvent) == 5


@pytest.mark.parametrize("how", ["left", "complained", "erased", "departed"])
def test_nobody_who_left_comes_back_by_a_file(app: App, how: str) -> None:
    with app.transaction() as session:
        row = add(session, "zhang@taihang.example", consent="协议")
        if how == "left":
            say(session, row, WITHDRAWN)
        elif how == "departed":
            audience.depart(session, row, at=NOW)
        else:
            reason = {"complained": "COMPLAINT", "erased": "ERASED"}[how]
            audience.suppress(
                session,
                row.address_hash,
                SuppressionReason[reason],
                evidence="测试",
                at=NOW,
            )
            if how == "erased":
                row.email, row.email_key = "erased-1@erased.invalid", "erased-1@erased.invalid"
                row.address_hash, row.erased_at = "e" * 32, NOW

    told, _ = people(app, ZHANG)

    assert told.outcomes == ["refused" if how == "erased" else "changed"]
    assert told.reasons != [""]
    with app.reading() as session:
        due = [r for r in audience.readers_after(session, 0, 10).readers if r.barrier is None]
    assert due == []


def test_what_a_reader_chose_or_answered_himself_is_his(app: App) -> None:
    with app.transaction() as session:
        row = add(session, "zhang@taihang.example", consent="协议")
        audience.set_interests(session, row, Wishes(topics=["shanxi"]), by="reader")
        say(session, row, WITHDRAWN, Purpose.TRACKING)

    told, _ = people(app, (*ZHANG, "同意"), headings=(*PEOPLE, "阅读统计"))

    found = profile(app, "zhang@taihang.example")
    assert [topic.code for topic in found.topics] == ["shanxi"]
    assert (found.watch_words, found.subscriber.interests_by) == ((), "reader")
    assert "本人选定" in told.reasons[0]
    assert "已有本人答复" in told.reasons[0]


def test_without_a_basis_people_are_added_and_not_mailed(app: App) -> None:
    told, _ = people(app, ZHANG, of=source(basis=""))
    assert told.reasons == ["没有同意依据，不会投递"]
    assert profile(app, "zhang@taihang.example").barrier is Cause.NO_CONSENT

    people(app, ZHANG, of=source("again.csv"))
    assert profile(app, "zhang@taihang.example").barrier is None


def test_a_row_names_its_own_basis_or_that_somebody_left(app: App) -> None:
    headings = (*PEOPLE, "同意依据", "退订说明")
    people(app, (*ZHANG, "电话 11-20", ""), (*LI, "", "来电要求不再接收"), headings=headings)

    assert profile(app, "zhang@taihang.example").consents[0].wording == "电话 11-20"
    found = profile(app, "li@taihang.example")
    assert (found.barrier, found.facts[0].detail) == (Cause.LEFT, "来电要求不再接收")


def test_whom_another_installation_may_not_mail_is_not_mailed_from_here(app: App) -> None:
    rows = [
        ("甲", "a@taihang.example", "登记表", "地址已抑制"),
        ("乙", "b@taihang.example", "登记表", "已离任"),
        ("丙", "c@taihang.example", "登记表", "已退订"),
        ("丁", "d@taihang.example", "登记表", "可投递"),
        ("戊", "e@taihang.example", "登记表", "在职"),
    ]
    told, _ = people(app, *rows, headings=("姓名", "邮箱", "同意依据", "状态"))

    with app.reading() as session:
        readers = audience.readers_after(session, 0, 10).readers
    assert [reader.barrier for reader in readers] == [
        Cause.NO_CONSENT,
        Cause.NO_CONSENT,
        Cause.LEFT,
        None,
        None,
    ]
    assert told.reasons[0] == "文件写明地址已抑制，不登记同意，不会投递"


def test_an_enterprise_keeps_its_one_liaison(app: App) -> None:
    second = ("太行重工", "李四", "联络员", "li@taihang.example", "", "", "")
    told, _ = people(app, ZHANG, second)

    assert told.outcomes == ["added", "added"]
    assert "已有联络员" in told.reasons[1]
    assert profile(app, "li@taihang.example").subscriber.role is Role.OTHER

    swapped = [("太行重工", "张三", "质量", *ZHANG[3:]), second]
    told, _ = people(app, *swapped, of=source("swapped.csv"))

    assert told.outcomes == ["changed", "changed"]
    assert profile(app, "li@taihang.example").subscriber.role is Role.LIAISON
    assert profile(app, "zhang@taihang.example").subscriber.role is Role.QUALITY


def test_one_enterprise_under_several_spellings_is_one(app: App) -> None:
    people(
        app,
        ("太行重工（集团）有限公司", "甲", "", "a@taihang.example", "", "", ""),
        ("太行重工(集团) 有限公司", "乙", "", "b@taihang.example", "", "", ""),
    )
    assert count(app, Enterprise) == 1


def test_suppressed_people_stay_so_and_the_row_says_it(app: App) -> None:
    with app.transaction() as session:
        row = add(session, "zhang@taihang.example", consent="协议")
        suppress(session, row)

    told, _ = people(app, ZHANG)

    assert "地址已抑制（硬退信）" in told.reasons[0]
    assert profile(app, "zhang@taihang.example").barrier is Cause.SUPPRESSED


def test_topics_are_named_by_name_code_or_section_and_unknown_ones_are_told(app: App) -> None:
    row = ("", "甲", "", "a@taihang.example", "", "质量 管理、policy；农业", "")
    told, _ = people(app, row)
    assert [t.code for t in profile(app, "a@taihang.example").topics] == ["quality", "policy"]
    assert "农业" in told.reasons[0]


def test_a_pause_of_the_readers_own_is_not_moved(app: App) -> None:
    with app.transaction() as session:
        row = add(session, "a@taihang.example", consent="协议")
        audience.pause(session, row, NOW + timedelta(days=9))
    row_ = ("甲", "a@taihang.example", "2026-12-31")
    people(app, row_, headings=("姓名", "邮箱", "暂停至"))
    assert profile(app, "a@taihang.example").subscriber.paused_until == NOW + timedelta(days=9)


def test_what_is_kept_of_a_refused_row_names_no_address(app: App) -> None:
    people(app, ZHANG, (*ZHANG[:3], "ZHANG@taihang.example", "", "", ""))
    with app.reading() as session:
        rows = audience.rows_of(session, 1)
        assert [row.outcome.value for row in rows] == ["added", "refused"]
        assert "重复" in rows[1].reason
        assert "zhang" not in rows[1].reason.casefold()


def test_the_books_quote_nothing_of_rows_that_were_refused(app: App) -> None:
    told, _ = people(app, ("", "张三", "", "张三 13800000000", "139转张三", "", ""))

    assert "「张三 13800000000」" in told.reasons[0]
    with app.reading() as session:
        (row,) = session.scalars(select(ImportRow))
        assert "没有 @" in row.reason
        assert not any(word in row.reason for word in ("张三", "138", "139"))


def test_a_basis_for_all_mails_nobody_who_said_no_in_his_row(app: App) -> None:
    headings = ("姓名", "邮箱", "是否订阅")
    rows = (("张三", "a@fenhe.example", "√"), ("李四", "b@fenhe.example", "×"))

    told, _ = people(app, *rows, headings=headings, of=source(basis="入会登记表"))

    assert told.outcomes == ["added", "added"]
    assert told.reasons == ["", "按文件登记为已退订"]
    assert profile(app, "a@fenhe.example").barrier is None
    assert profile(app, "b@fenhe.example").barrier is Cause.LEFT
