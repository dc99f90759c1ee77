"""A year in words, key figures and tables: the page prints them, the workbook keeps them."""

from collections import Counter

from distribution.reports.annual import BoardReport, Sums, Unreached, YearFigures
from distribution.reports.course import Known
from distribution.reports.discretion import TOO_FEW
from distribution.reports.figures import range_of
from distribution.reports.notes import figure_of
from distribution.reports.summary import Key
from distribution.reports.tables import Cell, Table

KEYS = ("reached", "active", "accepted", "bounced", "left")


def sentence(found: BoardReport) -> str:
    """The year in one sentence without a word of the trade."""
    this = found.this
    if not this.sums.runs:
        return f"{found.year} 年还没有投递，会员企业 {found.members:,} 家。"
    got = found.members - len(found.unreached)
    opened = range_of(this.active.opened, this.active.opened_at_most)
    read = f"其中同意统计的读者里，{_spoken(opened)} 位打开过" if opened is not None else ""
    said = (
        f"{found.year} 年 {found.members:,} 家会员企业中，{got:,} 家有摘要邮件送达",
        f"全年送达 {this.reached.readers:,} 位读者",
        read,
        f"{len(found.unreached):,} 家一封也没有送达" if found.unreached else "没有一家漏下",
    )
    return "；".join(part for part in said if part) + "。"


def _spoken(range_: int | str) -> str:
    return f"{range_:,}" if isinstance(range_, int) else range_.replace("–", " 至 ")


def keys(found: BoardReport) -> tuple[Key, ...]:
    """Six figures, each beside that of the year before."""
    this, last = _figures(found.this), _figures(found.before) if found.before else {}
    first, *others = (_key(name, unit, this, last, found.year - 1) for name, unit in _UNITS)
    return (first, others[0], _active(found.this, found.before), *others[1:])


_UNITS = (
    ("送达单位", "家"),
    ("送达读者", "人"),
    ("寄出的邮件", "封"),
    ("退信", "封"),
    ("退订", "人"),
)


def _figures(year: YearFigures) -> dict[str, int]:
    reached, sums = year.reached, year.sums
    values = (reached.enterprises, reached.readers, sums.accepted, sums.bounced, sums.left)
    return dict(zip((name for name, _ in _UNITS), values, strict=True))


def _key(name: str, unit: str, this: dict[str, int], last: dict[str, int], before: int) -> Key:
    now = this[name]
    if name not in last:
        return Key(name, f"{now:,}", unit, "")
    then = last[name]
    change = "持平" if now == then else f"{'多' if now > then else '少'} {abs(now - then):,}"
    return Key(name, f"{now:,}", unit, f"{before} 年 {then:,}，{change}")


def _active(this: YearFigures, last: YearFigures | None) -> Key:
    said = _range(this)
    before = f"{last.year} 年 {_range(last) or '人数太少'}" if last else ""
    return Key(figure_of("active").name, said or TOO_FEW, "人" if said else "", before)


def _range(year: YearFigures) -> str:
    found = range_of(year.active.opened, year.active.opened_at_most)
    return "" if found is None else f"{found:,}" if isinstance(found, int) else found


def compared(found: BoardReport) -> Table:
    """This year and the one before, figure by figure."""
    years = [found.this, *([found.before] if found.before else [])]
    columns = [dict(_rows(year)) for year in years]
    rows = tuple((name, *(column[name] for column in columns)) for name in columns[0])
    heads = ("指标", *(f"{year.year} 年" for year in years))
    used = ("year", "reached", "active", "accepted", "bounced", "left", "agreed", "year_reading")
    return Table("概要", heads, rows, used)


def _rows(year: YearFigures) -> list[tuple[str, Cell]]:
    active, sums = year.active, year.sums
    return [
        ("批次", sums.runs),
        ("送达单位（家）", year.reached.enterprises),
        ("送达读者（人）", year.reached.readers),
        ("投递（封）", sums.planned),
        ("已交中继（封）", sums.accepted),
        ("退信（封）", sums.bounced),
        ("退订（人）", sums.left),
        ("同意统计的读者（人）", active.agreed),
        ("活跃读者，可确认（人）", active.opened),
        ("活跃读者，最多（人）", active.opened_at_most),
        ("其中点开文章的（人）", active.clicked),
        *((f"各批次{name}", value) for name, value in _read(sums)),
    ]


def _read(sums: Sums) -> list[tuple[str, Known]]:
    reading = sums.reading
    return [
        ("可确认打开（人次）", reading.opened),
        ("最多打开（人次）", reading.opened_at_most),
        ("点击（人次）", reading.clicked),
    ]


def months(found: BoardReport) -> Table:
    """Each month, one without a run included; the sums below."""
    rows = tuple(
        (
            f"{one.month.month} 月", "、".join(one.issues), one.reached.enterprises,
            one.reached.readers, *_sums(one.sums),
        )
        for one in found.months
    )  # fmt: skip
    reached = found.this.reached
    return Table(
        "每月",
        (
            "月", "期", "送达单位", "送达读者", "已交中继", "可确认打开", "最多打开",
            "点击", "退信", "退订",
        ),
        rows,
        ("year", "reached", "accepted", "opened", "clicked", "year_reading", "bounced", "left"),
        ("全年", "", reached.enterprises, reached.readers, *_sums(found.this.sums)),
    )  # fmt: skip


def _sums(sums: Sums) -> tuple[Cell, ...]:
    """Where nothing was sent there is nothing to hide, either."""
    reading = sums.reading
    read: tuple[Cell, ...] = (reading.opened, reading.opened_at_most, reading.clicked)
    if not sums.runs:
        read = ("", "", "")
    return (sums.accepted, *read, sums.bounced, sums.left)


def articles(found: BoardReport) -> Table:
    """The most clicked first."""
    return Table(
        "文章",
        ("期", "栏目", "标题", "邮件", "点击（人次）", "匿名点击（次）"),
        tuple(
            (
                one.issue_key, one.figures.section, one.figures.title, one.figures.mails,
                one.figures.readers, one.figures.anonymous,
            )
            for one in found.articles
        ),
        ("mails", "clicked", "few"),
    )  # fmt: skip


def topics(found: BoardReport) -> Table:
    """The most clicked first."""
    return Table(
        "主题",
        ("主题", "文章", "邮件", "点击（人次）", "匿名点击（次）"),
        tuple(
            (one.name, one.articles, one.mails, one.readers, one.anonymous) for one in found.topics
        ),
        ("topics", "mails", "clicked", "few"),
    )


def causes(found: BoardReport) -> Table:
    """How many enterprises nothing reached, by why."""
    counted = Counter(one.why for one in found.unreached)
    rows = tuple((why.label, count) for why, count in counted.most_common())
    return Table("未送达的缘由", ("缘由", "家"), rows, ("members", "unreached"))


def unreached(found: BoardReport) -> Table:
    """Each of them."""
    rows = tuple((one.name, one.region, why_in_words(one)) for one in found.unreached)
    return Table("未送达", ("单位", "地区", "缘由"), rows, ("members", "unreached"))


def why_in_words(one: Unreached) -> str:
    """Why nothing reached an enterprise, with its contacts."""
    if len(one.contacts) > 1:
        said = "、".join(f"{why.label.replace('都', '')} {n} 位" for why, n in one.contacts.items())
        return said.replace("联系人", "")
    count = sum(one.contacts.values())
    return f"{one.why.label}（{count} 位）" if count else one.why.label


def year_tables(found: BoardReport) -> tuple[Table, ...]:
    """All of them."""
    return (
        compared(found), months(found), articles(found), topics(found), causes(found),
        unreached(found),
    )  # fmt: skip
