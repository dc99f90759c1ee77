"""Reports as full as they get, of made-up figures: more than paper has room for."""

from datetime import UTC, date, datetime, timedelta

from distribution.reports import (
    ArticleFigures,
    BoardReport,
    Books,
    Bounced,
    Bucket,
    Clicked,
    Counts,
    EarlierRun,
    EnterpriseFigures,
    InterestFigures,
    Interests,
    LaneFigures,
    Left,
    Opened,
    Pace,
    Rest,
    RunReport,
    TopicFigures,
)
from distribution.reports.annual import (
    Active,
    Month,
    Reached,
    Reading,
    Sums,
    Unreached,
    Why,
    YearArticle,
    YearFigures,
)
from distribution.words import DeliveryState, Meaning, RunKind, RunState

AT = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
SUMS = Sums(24, 123_456, 120_000, 3_456, 789, Reading(20, 98_765, 45_678, 67_890, 12_345))
TITLE = "示范性装备制造企业数字化转型三年行动计划实施细则解读与申报要点问答"
MEMBER = "山西示范重型机械装备智能制造集团有限责任公司第一分公司"


def article(position: int) -> YearArticle:
    figures = ArticleFigures(position, "装备制造", TITLE, (), 9_000, 900, 800, 700 - position, 600)
    return YearArticle(f"2026-{position:02}", figures)


def full_year() -> BoardReport:
    """Everything there can be, and as long as it gets."""
    this, last = (
        YearFigures(year, Reached(1_234, 5_678), Active(4_000, 1_234, 2_345, 567), SUMS)
        for year in (2026, 2025)
    )
    months = [
        Month(date(2026, n, 1), (f"2026-{n:02}", f"2026-s{n}"), Reached(1_200, 5_000), SUMS)
        for n in range(1, 13)
    ]
    topics = [TopicFigures(str(n), "省内信息动态", 30, 900, 90, 80, 70, 60) for n in range(12)]
    unreached = [
        Unreached(n, MEMBER, "长治", Why.SEVERAL, {Why.LEFT: 2, Why.BOUNCED: 1, Why.PAUSED: 1})
        for n in range(60)
    ]
    return BoardReport(
        publication="三晋装备通讯",
        day=date(2026, 12, 31),
        members=1_294,
        this=this,
        before=last,
        months=tuple(months),
        articles=tuple(map(article, range(1, 13))),
        topics=tuple(topics),
        unreached=tuple(unreached),
    )


def full_run() -> RunReport:
    """A run of a large house in its second year: more of everything than paper has room for."""
    topics = [TopicFigures(str(n), "省内信息动态", 30, 9_000, 90, 80, 70 - n, 60) for n in range(7)]
    return RunReport(
        run_id=24,
        issue_key="2026-12",
        publication="三晋装备通讯",
        kind=RunKind.REGULAR,
        state=RunState.FINISHED,
        created_at=AT,
        sealed_at=AT,
        started_at=AT,
        finished_at=AT + timedelta(hours=6),
        excluded={},
        books=Books(123_456, dict.fromkeys(DeliveryState, 0) | {DeliveryState.ACCEPTED: 123_456}),
        agreed=98_765,
        unasked=9_876,
        opened=Opened(45_678, 12_345, 1_234, 5_678),
        clicked=Clicked(12_345, 3_456, 789, 12),
        rules=(1,),
        bounced=Bounced(3_000, 456, 2_900),
        meanings={one: Counts(1_234, 567, 89) for one in list(Meaning)[:6]},
        complaints=3,
        left=Left({"web": 789}),
        topics=tuple(topics),
        articles=tuple(article(n).figures for n in range(1, 46)),
        enterprises=tuple(
            EnterpriseFigures(n, MEMBER[:20], 60, 58, 55, 2, 1, 22, 33, 11) for n in range(90)
        ),
        rest=Rest(60, 120, 34, 56, 12),
        pace=Pace(
            timedelta(minutes=10),
            tuple(Bucket(AT + timedelta(minutes=10 * n), 3_429) for n in range(36)),
        ),
        lanes=tuple(
            LaneFigures(str(n), f"mail{n}.example", 9_000, 8_900, 100, 90) for n in range(60)
        ),
        interests=Interests(
            since=AT,
            until=None,
            readers=321,
            channels={"page": 321},
            topics=tuple(InterestFigures(str(n), "省内信息动态", 45, 6) for n in range(7)),
        ),
        earlier=tuple(
            EarlierRun(
                24 - n, f"2026-{12 - n:02}", RunKind.REGULAR, AT, 120_000, 98_765, 45_678, 59_257,
                12_345, 3_456, 789,
            )
            for n in range(13)
        ),
    )  # fmt: skip
