"""The charts of a run's report, made of its figures."""

from collections.abc import Sequence

from distribution.clock import SHANGHAI
from distribution.reports import charts
from distribution.reports.bounce_figures import meaning_label
from distribution.reports.charts import FAINT, LIKELY, LOSS, SURE, Bar, Part
from distribution.reports.course import Bucket, EarlierRun, Known
from distribution.reports.figures import ArticleFigures, RunReport, TopicFigures, range_of
from distribution.reports.reading import popularity
from distribution.reports.tables import HIDDEN

MOST_BARS = 10
"""Providers, articles and topics; the table holds all."""
_OTHERS = "其他"
_ONE_DAY = 1


def times(found: RunReport) -> str:
    """When mails were accepted."""
    buckets = found.pace.buckets
    heights = [(_moment(one, buckets), one.accepted) for one in buckets]
    summary = f"共 {found.accepted:,} 封，每根柱子是 {_minutes(found)} 分钟里寄出的封数。"
    return charts.columns("times", "邮件何时寄出", summary, heights, "封")


def _minutes(found: RunReport) -> int:
    return int(found.pace.width.total_seconds()) // 60


def _moment(bucket: Bucket, buckets: Sequence[Bucket]) -> str:
    """The hour where all is of one day, else the day, too."""
    days = {one.start.astimezone(SHANGHAI).date() for one in (buckets[0], buckets[-1])}
    return bucket.start.astimezone(SHANGHAI).strftime(
        "%H:%M" if len(days) == _ONE_DAY else "%m-%d %H:%M"
    )


def lanes(found: RunReport) -> str:
    """Deliveries to each provider: accepted, refused or back, and those that still wait."""
    shown, others = found.lanes[:MOST_BARS], found.lanes[MOST_BARS:]
    rows = [(one.label, one.planned, one.accepted, one.refused, one.bounced) for one in shown]
    if others:
        sums = (
            sum(getattr(one, name) for one in others)
            for name in ("planned", "accepted", "refused", "bounced")
        )
        planned, accepted, refused, bounced = sums
        rows.append((f"{_OTHERS} {len(others)} 家", planned, accepted, refused, bounced))
    bars = []
    for label, planned, accepted, refused, bounced in rows:
        lost = _listed(("，拒收", refused), ("，退信", bounced), between="")
        parts = (Part(max(accepted - bounced, 0)), Part(refused + min(bounced, accepted), LOSS))
        bars.append(Bar(label, parts, f"{accepted:,} / {planned:,} 封{lost}"))
    summary = "每家服务商的邮件：实心是已寄出且没有退回的，斜纹是拒收与退信。"
    return charts.bars("lanes", "各服务商", summary, bars)


def opens(found: RunReport) -> str:
    """Who opened, from what is certain to what is possible."""
    opened = found.opened
    said = range_of(opened.human, opened.most)
    if said is None:
        return ""
    parts = (
        Part(opened.human or 0),
        Part(opened.unknown or 0, LIKELY),
        Part(opened.machine or 0, FAINT),
    )
    bar = Bar(f"同意统计的 {found.agreed:,} 位读者中", parts, f"{said} 位")
    summary = (
        f"可确认 {opened.human:,}，无法判断 {opened.unknown:,}，"
        f"只有代理预取 {opened.machine:,}；打开的人数在 {said} 之间。"
    )
    return charts.bars("opens", "打开", summary, [bar], of=found.agreed)


def articles(found: RunReport) -> str:
    """The most clicked ones."""
    return _clicks("articles", "点击最多的文章", found.articles)


def topics(found: RunReport) -> str:
    """The most clicked ones."""
    return _clicks("topics", "各主题的点击", found.topics)


def _clicks(name: str, title: str, rows: Sequence[ArticleFigures | TopicFigures]) -> str:
    clicked = [one for one in rows if popularity(one) < (0, 0)]
    ranked = sorted(clicked, key=popularity)[:MOST_BARS]
    if not ranked:
        return ""
    bars = [
        Bar(
            _title(one),
            (Part(one.readers or 0), Part(one.anonymous or 0, FAINT)),
            _clicked(one),
        )
        for one in ranked
    ]
    return charts.bars(name, title, "实心是点击的人，点纹是匿名点击的次数，多的在前。", bars)


def _clicked(one: ArticleFigures | TopicFigures) -> str:
    """What is not nothing."""
    people = [f"{_told(one.readers)} 人"] if one.readers != 0 else []
    nameless = [f"匿名 {_told(one.anonymous)} 次"] if one.anonymous != 0 else []
    return "，".join([*people, *nameless])


def _title(one: ArticleFigures | TopicFigures) -> str:
    return f"{one.position} {one.title}" if isinstance(one, ArticleFigures) else one.name


def _told(figure: Known) -> str:
    return HIDDEN if figure is None else f"{figure:,}"


def bounces(found: RunReport) -> str:
    """Mails that did not arrive, by class."""
    bars = [
        Bar(
            meaning_label(one),
            (
                Part(counts.returned, LOSS),
                Part(counts.refused, LIKELY),
                Part(counts.delayed, FAINT),
            ),
            _listed(("退信", counts.returned), ("被拒", counts.refused), ("延迟", counts.delayed)),
        )
        for one, counts in found.meanings.items()
    ]
    summary = "没有送到的邮件，按对方说的缘由；一封只归一类。"
    return charts.bars("bounces", "退信与拒收的缘由", summary, bars) if bars else ""


def interests(found: RunReport) -> str:
    """Topics readers took up and gave up."""
    bars = [
        Bar(
            one.name,
            (Part(one.gained), Part(one.lost, LOSS)),
            _listed(("新增", one.gained), ("放弃", one.lost)),
        )
        for one in found.interests.topics
    ]
    summary = "实心是新增这个主题的读者，斜纹是放弃它的读者。"
    return charts.bars("interests", "关注变化", summary, bars) if bars else ""


EARLIER = ("已交中继（封）", "打开（人，可确认至最多）", "点击（人）", "退信（封）", "退订（人）")
"""What each of the pictures of `earlier` shows."""


def earlier(found: RunReport) -> tuple[str, ...]:
    """This run beside those before it: one picture for each figure; none where there is none."""
    if found.last_time is None:
        return ()
    rows = [
        [_one(run.accepted) for run in found.earlier],
        [_opened(run) for run in found.earlier],
        [_one(run.clicked) for run in found.earlier],
        [_one(run.bounced, LOSS) for run in found.earlier],
        [_one(run.left, LOSS) for run in found.earlier],
    ]
    return tuple(
        _compared(f"earlier-{place}", title, found, each)
        for place, (title, each) in enumerate(zip(EARLIER, rows, strict=True))
    )


def _compared(
    name: str, title: str, found: RunReport, rows: Sequence[tuple[tuple[Part, ...], str]]
) -> str:
    bars = [
        Bar(_run_name(run, found), parts, said, now=run.run_id == found.run_id)
        for run, (parts, said) in zip(found.earlier, rows, strict=True)
    ]
    summary = "本批次在最上面，往下是之前的月度批次，近的在前。"
    return charts.bars(name, title, summary, bars, beside=True)


def _run_name(run: EarlierRun, found: RunReport) -> str:
    """The issue; of a run that is no monthly one, what it was."""
    same = run.run_id == found.run_id and any(
        other.issue_key == run.issue_key for other in found.earlier[1:]
    )
    return run.kind.label if same else run.issue_key


def _one(figure: Known, kind: str = SURE) -> tuple[tuple[Part, ...], str]:
    return (Part(figure or 0, kind),), _told(figure)


def _opened(run: EarlierRun) -> tuple[tuple[Part, ...], str]:
    said = range_of(run.opened, run.opened_at_most)
    if run.opened is None or run.opened_at_most is None:
        return (), HIDDEN
    return (Part(run.opened), Part(run.opened_at_most - run.opened, LIKELY)), str(said)


def _listed(*parts: tuple[str, int], between: str = "、") -> str:
    return between.join(f"{name} {count:,}" for name, count in parts if count)
