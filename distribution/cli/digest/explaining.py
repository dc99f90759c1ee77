"""`distribution digest explain`: why each article is in one reader's mail, or is not."""

from collections.abc import Iterator

import click

from distribution import audience, delivery, issues
from distribution.cli.common import (
    WIDE,
    as_json,
    console,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.delivery import Explanation
from distribution.digests import Explained, Interests
from distribution.words import Edition, Frequency


@click.command("explain")
@click.argument("key", metavar="期号")
@click.option("--subscriber", "email", required=True, help="读者的邮箱。")
@as_json
def explain(key: str, email: str, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """逐篇说明一位读者为什么收到、或没有收到这一期的文章。

    这一期已有给他的投递时，说明随批次保存下来的选文；否则说明现在规划会怎样。

    例如：distribution digest explain 2026-11 --subscriber zhang@enterprise.example
    """
    app = installation()
    with app.reading() as session:
        issue = issues.find_issue(session, key)
        row = audience.find_subscriber(session, email)
        found = delivery.explain(session, issue.id, row.id, app.recipe)
        if as_json:
            show_json(_document(issues.key_of(issue), row.email, found))
        else:
            _show(issues.key_of(issue), row.email, found)


def _show(key: str, email: str, found: Explanation) -> None:
    click.secho(printable(f"{key} 期 · {email}"), bold=True)
    click.echo(_basis(found))
    if found.barrier is not None:
        click.echo(f"目前不会向他投递：{found.barrier.label}。")
    show_table(("项目", "内容"), list(_wishes(found)), title="计入选文的关注")
    wide = console().width >= WIDE
    show_table(
        ("序", *(("栏目",) if wide else ()), "标题", "主题", "位置", "理由"),
        [
            (
                article.number,
                *((article.section,) if wide else ()),
                article.title,
                _names(article.topics, found),
                f"第 {article.place} 篇" if article.place else None,
                article.words,
            )
            for article in found.articles
        ],
        title="各篇文章",
    )
    chosen = sum(article.place is not None for article in found.articles)
    if chosen:
        click.echo(f"共 {len(found.articles)} 篇，邮件里有 {chosen} 篇。")
    else:
        click.echo("没有他关注的内容，他选择了“有匹配时”才收：这一期不会向他投递。")


def _basis(found: Explanation) -> str:
    planned = found.planned
    if planned is None:
        return "这一期还没有给他的投递：以下是现在规划会得到的结果。"
    why = f"（{planned.cause.label}）" if planned.cause else ""
    return (
        f"以下随批次 {planned.run_id} 保存，此后的改动不影响：投递 {planned.delivery_id}，"
        f"{planned.state.label}{why}。"
    )


def _wishes(found: Explanation) -> Iterator[tuple[str, object]]:
    wishes = found.wishes
    topics = _names(wishes.topics, found)
    whose = wishes.topics_from.label
    yield "关注主题", f"{topics}（{whose}）" if topics else whose
    yield "关注词", "、".join(wishes.watch_words)
    yield "版本", _edition(wishes).label
    yield "接收频率", _frequency(wishes).label
    yield "邮件格式", wishes.format.label
    yield "阅读统计", wishes.tracking.label


def _edition(wishes: Interests) -> Edition:
    return Edition.STANDARD if wishes.standard else Edition.PERSONALISED


def _frequency(wishes: Interests) -> Frequency:
    return Frequency.WHEN_MATCHING if wishes.when_matching else Frequency.EVERY_ISSUE


def _names(codes: tuple[str, ...], found: Explanation) -> str:
    return "、".join(found.topics.get(code, code) for code in codes)


def _document(key: str, email: str, found: Explanation) -> dict[str, object]:
    wishes, planned = found.wishes, found.planned
    return {
        "issue": key,
        "subscriber": email,
        "frozen": planned is not None,
        "run": planned.run_id if planned else None,
        "delivery": planned.delivery_id if planned else None,
        "state": planned.state.value if planned else None,
        "cause": planned.cause.value if planned and planned.cause else None,
        "barrier": found.barrier.value if found.barrier else None,
        "empty": found.empty,
        "interests": {
            "topics": list(wishes.topics),
            "topics_from": wishes.topics_from.value,
            "watch_words": list(wishes.watch_words),
            "edition": _edition(wishes).value,
            "frequency": _frequency(wishes).value,
            "format": wishes.format.value,
            "tracking": wishes.tracking.value,
        },
        "articles": [_article(article) for article in found.articles],
    }


def _article(article: Explained) -> dict[str, object]:
    return {
        "id": article.id,
        "number": article.number,
        "title": article.title,
        "section": article.section,
        "topics": list(article.topics),
        "place": article.place,
        "reason": article.reason.value,
        "words": article.words,
    }
