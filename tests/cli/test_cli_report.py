"""`distribution report run`: figures in tables for people, in one document for programmes."""

import pytest
from cli_office import Office
from databases import only_sqlite
from reports.report_samples import (
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
from runs import plan_sample
from sqlalchemy import update

from distribution.app import App
from distribution.events import RULES
from distribution.models import Enterprise, Run, Subscriber
from distribution.words import Consequence, DeliveryState, Meaning, Verdict

KEYS = [
    "run", "issue", "publication", "state", "created_at", "sealed_at", "started_at", "finished_at",
    "excluded", "books", "bounced", "meanings", "complaints", "left", "agreed", "clicked", "opened",
    "rules", "topics", "articles", "enterprises", "kind", "unasked", "enterprises_too_few", "pace",
    "lanes", "interests", "earlier", "few", "notes",
]  # fmt: skip


@pytest.fixture
def told(app: App) -> int:
    """A sent run of which some things came back; its number."""
    run_id = send_sample(app)
    with app.transaction() as session:
        one, two, *_ = agreeing(session, run_id)
        articles = article_ids(session, run_id)
        opened(session, run_id, one)
        opened(session, run_id, two, Verdict.MACHINE)
        clicked(session, run_id, one, articles[11])
        for _ in range(4):
            clicked(session, run_id, None, articles[28])
        clicked(session, run_id, None, articles[0], Verdict.MACHINE)
        first, second, third, *_ = rows(session, run_id)
        came_back(
            session,
            first,
            status="5.1.1",
            meaning=Meaning.BAD_ADDRESS,
            consequence=Consequence.SUPPRESSED,
        )
        came_back(session, second, status="4.2.2", meaning=Meaning.MAILBOX_FULL)
        say(session, third, WITHDRAWN, channel="web")
    return run_id


def lines(out: str) -> list[list[str]]:
    """The words of each line."""
    return [line.split() for line in out.splitlines()]


def test_a_report_tells_people_how_a_run_went(office: Office, told: int) -> None:
    done = office("report", "run", str(told))

    assert (done.code, done.err) == (0, "")
    said = lines(done.out)
    assert done.out.startswith(f"《三晋装备通讯》2026-11 期 · 批次 {told} · 已完成\n")
    assert ["已交中继", "67"] in said
    assert ["封存", "67", "封，与各状态之和相符。"] in said
    assert ["未列入：未曾同意", "2"] in said
    assert ["退信（封）", "2", "永久", "1、暂时", "1；停用地址", "1"] in said
    assert ["地址不存在", "1", "0", "0"] in said
    assert ["邮箱已满", "1", "0", "0"] in said
    assert ["退订（人）", "1", "网页", "1"] in said
    assert ["点击（人）", "1", "同意按人统计的", "40", "人中"] in said
    assert ["匿名点击（次）", "4", "不能折算为人数"] in said
    assert ["其他点击（次）", "1", "机器", "1"] in said
    whole = " ".join(done.out.split())
    assert "1–2 同意按人统计的 40 人中：可确认 1、代理预取 1、无法判断 0" in whole
    assert f"判定规则（版） 1 现为第 {RULES} 版" in whole
    assert "不等于已经送到，更不等于读者已看到。" in done.out.replace("\n  ", "")


def test_the_most_clicked_articles_come_first_and_all_in_the_order_of_the_issue(
    office: Office, told: int
) -> None:
    short = lines(office("report", "run", str(told)).out)
    whole = lines(office("report", "run", str(told), "--all").out)

    start = short.index(["点击最多的", "10", "篇文章"])
    assert [words[0] for words in short[start + 3 : start + 7]] == ["29", "12", "1", "2"]
    assert ["还有", "19", "篇文章：加", "--all", "全部列出"] in short
    start = whole.index(["全部", "29", "篇文章"])
    numbers = [words[0] for words in whole[start + 3 : start + 32]]
    assert numbers == [str(number) for number in range(1, 30)]


def test_many_enterprises_are_listed_on_demand(office: Office, app: App, told: int) -> None:
    with app.transaction() as session:
        for number, row in enumerate(rows(session, told)[:30], 1):
            at = session.get_one(Run, told).created_at
            session.add(
                one := Enterprise(name=f"第 {number} 厂", name_key=str(number), created_at=at)
            )
            session.flush()
            session.get_one(Subscriber, row.subscriber_id).enterprise_id = one.id

    short = office("report", "run", str(told)).out
    whole = office("report", "run", str(told), "--all").out

    count = len(office("report", "run", str(told), "--json").document["enterprises"])
    assert f"还有 {count - 20} 家单位：加 --all 全部列出\n" in short
    assert "第 30 厂" not in short
    assert "第 30 厂" in whole
    assert "--all" not in whole


def test_the_document_holds_everything_under_stable_keys(office: Office, told: int) -> None:
    done = office("report", "run", str(told), "--json")

    assert (done.code, done.err) == (0, "")
    document = done.document
    assert list(document) == KEYS
    assert (document["run"], document["issue"], document["state"]) == (told, "2026-11", "finished")
    assert document["excluded"] == {"no_consent": 2}
    assert document["books"]["states"] == {
        state.value: 67 if state is DeliveryState.ACCEPTED else 0 for state in DeliveryState
    }
    assert document["books"]["agree"] is True
    assert document["bounced"] == {"total": 2, "permanent": 1, "temporary": 1, "suppressed": 1}
    assert document["meanings"] == [
        {
            "meaning": "bad_address",
            "label": "地址不存在",
            "returned": 1,
            "refused": 0,
            "delayed": 0,
        },
        {"meaning": "mailbox_full", "label": "邮箱已满", "returned": 1, "refused": 0, "delayed": 0},
    ]
    assert document["left"] == {"total": 1, "channels": {"web": 1}}
    assert document["clicked"] == {"readers": 1, "anonymous": 4, "machine": 1, "unknown": 0}
    assert document["opened"] == {
        "human": 1, "machine": 1, "unknown": 0, "anonymous": 0, "at_most": 2, "of": 40
    }  # fmt: skip
    assert document["rules"] == [1]
    assert set(document["topics"][0]) == {
        "code", "name", "articles", "mails", "agreed", "unasked", "readers", "anonymous"
    }  # fmt: skip
    assert set(document["articles"][0]) == {
        "position", "section", "title", "topics", "mails", "agreed", "unasked", "readers",
        "anonymous",
    }  # fmt: skip
    assert set(document["enterprises"][0]) == {
        "enterprise_id", "name", "planned", "accepted", "agreed", "bounced", "left", "opened",
        "opened_at_most", "clicked",
    }  # fmt: skip
    assert len(document["articles"]) == 29


def test_books_that_do_not_agree_are_said_loudly_and_end_with_one(
    office: Office, app: App, told: int
) -> None:
    with app.transaction() as session:
        session.execute(update(Run).values(planned=70))

    people = office("report", "run", str(told))
    programme = office("report", "run", str(told), "--json")

    assert (people.code, programme.code) == (1, 1)
    assert (
        "不符：封存时有 70 封投递，现有 67 封；"
        f"请运行 distribution run verify {told}\n" in people.out
    )
    assert "相符。" not in people.out
    assert programme.document["books"]["agree"] is False
    assert programme.document["books"]["planned"] == 70


def test_a_run_that_is_not_started_has_no_answers_yet(office: Office, app: App) -> None:
    run_id = plan_sample(app)

    done = office("report", "run", str(run_id))

    assert done.code == 0
    assert ["待投递", "67"] in lines(done.out)
    assert done.out.endswith("还没有开始投递，谈不上回应。\n")
    document = office("report", "run", str(run_id), "--json").document
    assert list(document) == KEYS
    assert (document["books"]["planned"], document["started_at"]) == (None, None)


def test_a_run_cancelled_before_its_start_says_so(office: Office, app: App) -> None:
    run_id = plan_sample(app)
    assert office("run", "cancel", str(run_id), "--yes").code == 0

    *_, times, last = office("report", "run", str(run_id)).out.splitlines()

    assert times.startswith("取消 ")
    assert last == "开始前已取消，谈不上回应。"


def test_a_report_on_a_run_that_is_not_there_is_refused(office: Office) -> None:
    for number in ("0", "99", "-5", "9223372036854775807"):
        refused = office("report", "run", "--", number)
        assert (refused.code, refused.out) == (2, "")
        assert refused.sentence == f"没有批次 {number}：distribution run list 列出全部批次"


@only_sqlite
@pytest.mark.parametrize("number", ["99999999999999999999", "x"])
def test_a_report_on_no_number_at_all_is_bad_usage(office: Office, number: str) -> None:
    refused = office("report", "run", number)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.splitlines()[-1].startswith("distribution: '批次号' 的值无效：")
