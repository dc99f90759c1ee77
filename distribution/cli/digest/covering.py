"""`distribution digest coverage`: what approval of an issue would mean to its readers."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from distribution import clock, delivery, issues
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.cli.digest import writing
from distribution.cli.digest.heat_map import heat_map, heat_map_page
from distribution.delivery import Survey
from distribution.digests import FEW, HTML_LIMIT, ArticleCoverage, Coverage, TopicCoverage, fewer

MOST_ARTICLES = 10
"""Shown without --all."""
PICTURES = (".svg", ".html")


@click.command("coverage")
@click.argument("key", metavar="期号")
@click.option("--all", "everything", is_flag=True, help="列出全部文章（按期刊次序）。")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="另写一张热力图（主题 × 文章）：.svg 或 .html。",
)
@as_json
def coverage(key: str, everything: bool, picture: Path | None, as_json: bool) -> None:  # noqa: FBT001
    """批准之前看看：每篇有多少读者，谁收不到，谁得到的太少，邮件有多大。

    按现在的读者与关注估算，不必先批准，什么也不保存。没有人收到的文章只作提示，不算错误。

    例如：distribution digest coverage 2026-11 --picture coverage.html
    """
    if picture is not None:
        writing.check_format(picture, PICTURES)
    app = installation()
    # Readers come and go by thousands and hold no circles: looking for some is time lost.
    gc.freeze()
    gc.set_threshold(100_000)
    with app.reading() as session:
        issue = issues.find_issue(session, key)
        name = f"《{issue.publication}》{issues.key_of(issue)} 期"
        key, approved = issues.key_of(issue), issue.approved_at is not None
        found = delivery.survey(session, issue.id, app.recipe, at=clock.now())
    if picture is not None:
        forms = {
            ".svg": heat_map(found.coverage, name).encode(),
            ".html": heat_map_page(found.coverage, name).encode(),
        }
        writing.write(picture, forms)
    if as_json:
        show_json(_document(key, found))
        return
    click.secho(printable(f"{name} · {'已批准' if approved else '尚未批准'}"), bold=True)
    _show(found, everything=everything)
    if picture is not None:
        click.echo(printable(f"已写入 {picture}"))


# -- for people ----------------------------------------------------------------------------------


def _show(found: Survey, *, everything: bool) -> None:
    coverage = found.coverage
    _show_articles(coverage.articles, everything=everything)
    click.echo()
    show_table(
        ("主题", "关注者", "本期文章"),
        [
            (topic.name, topic.followers, topic.articles)
            for topic in sorted(coverage.topics, key=lambda topic: topic.followers)
        ],
        title="各主题，关注者少的在前",
    )
    click.echo()
    show_table(("项目", "数", "说明"), list(_figures(found)), title="读者与邮件")


def _show_articles(articles: Sequence[ArticleCoverage], *, everything: bool) -> None:
    shown, title = articles, f"全部 {len(articles)} 篇文章的读者"
    if not everything and len(articles) > MOST_ARTICLES:
        ranked = sorted(articles, key=lambda article: (article.readers, article.shares.own))
        shown, title = ranked[:MOST_ARTICLES], f"读者最少的 {MOST_ARTICLES} 篇文章"
    show_table(
        ("序", "标题", "读者", "关注", "必发", "试读", "要闻", "目录"),
        [(article.number, article.title, article.readers, *article.shares) for article in shown],
        title=title,
    )
    if len(shown) < len(articles):
        click.echo(f"还有 {len(articles) - len(shown)} 篇文章：加 --all 全部列出")


def _figures(found: Survey) -> Iterator[tuple[str, int, str]]:
    coverage = found.coverage
    nobody, not_own = unread(coverage.articles), _not_own(coverage.articles)
    left_out = {cause.label: count for cause, count in coverage.left_out.items()}
    yield "没有人收到的文章", len(nobody), numbers(nobody)
    yield "没有人关注的文章", len(not_own), numbers(not_own)
    lonely = _without_followers(coverage.topics)
    yield "没有人关注的主题", len(lonely), "、".join(_with_articles(topic) for topic in lonely)
    yield "全部订阅者", coverage.readers, ""
    yield "将收到邮件的读者", coverage.mailed, ""
    yield "不发的读者", sum(left_out.values()), listed(left_out)
    yield f"关注的内容不足 {FEW} 篇的读者", fewer(coverage.own), _counted(coverage.own)
    yield f"邮件不足 {FEW} 篇的读者", fewer(coverage.in_mail), _counted(coverage.in_mail)
    yield "关注永远不会匹配的读者", coverage.never, _never(coverage)
    yield "不同的关注（选文）", coverage.selections, ""
    for kind, count in coverage.mails.items():
        yield f"不同的{kind.label}邮件", count, ""
    yield "邮件过大、会被拒绝的读者", coverage.too_large, ""
    if coverage.largest is not None:
        yield "最大的邮件（字节）", coverage.largest.html_bytes, _largest(found)


def _largest(found: Survey) -> str:
    largest = found.coverage.largest
    if largest is None:
        return ""
    room = HTML_LIMIT - largest.html_bytes
    distance = "距上限 69 KiB 还有" if room >= 0 else "超过上限 69 KiB"
    limit = f"{distance} {abs(room) / 1024:.1f} KiB"
    size = found.largest_message
    whole = f"；整封 {-(-size // 1024)} KiB" if size is not None else ""
    return f"图文部分，{limit}{whole}；{largest.articles} 篇，读者 {largest.recipient}"


def _never(coverage: Coverage) -> str:
    if not coverage.never:
        return ""
    more = "等" if coverage.never > len(coverage.never_named) else ""
    return f"主题没有栏目、词语规则和文章：{'、'.join(coverage.never_named)}{more}"


def _counted(counts: Mapping[int, int]) -> str:
    return listed({f"{articles} 篇": counts.get(articles, 0) for articles in range(FEW)})


def listed(parts: Mapping[str, int]) -> str:
    """Counts that are not 0, for people."""
    return "、".join(f"{name} {count}" for name, count in parts.items() if count)


def numbers(articles: Sequence[ArticleCoverage]) -> str:
    """Their places, for people."""
    return f"第 {'、'.join(str(one.number) for one in articles)} 篇" if articles else ""


def _with_articles(topic: TopicCoverage) -> str:
    return f"{topic.name}（本期 {topic.articles} 篇）" if topic.articles else topic.name


# -- what is worth a look ------------------------------------------------------------------------


def unread(articles: Sequence[ArticleCoverage]) -> list[ArticleCoverage]:
    """Those that nobody gets."""
    return [article for article in articles if not article.readers]


def _not_own(articles: Sequence[ArticleCoverage]) -> list[ArticleCoverage]:
    return [article for article in articles if not article.shares.own]


def _without_followers(topics: Sequence[TopicCoverage]) -> list[TopicCoverage]:
    return [topic for topic in topics if not topic.followers]


# -- for programmes ------------------------------------------------------------------------------


def _document(key: str, found: Survey) -> dict[str, object]:
    coverage = found.coverage
    lonely = _without_followers(coverage.topics)
    return {
        "issue": key,
        "readers": coverage.readers,
        "mailed": coverage.mailed,
        "left_out": {cause.value: count for cause, count in coverage.left_out.items()},
        "articles": [_article(article) for article in coverage.articles],
        "articles_without_readers": [one.number for one in unread(coverage.articles)],
        "articles_of_no_interest": [one.number for one in _not_own(coverage.articles)],
        "few": {
            "below": FEW,
            "own": fewer(coverage.own),
            "in_mail": fewer(coverage.in_mail),
            "own_by_articles": coverage.own,
            "in_mail_by_articles": coverage.in_mail,
        },
        "topics": [
            {
                "code": topic.code,
                "name": topic.name,
                "followers": topic.followers,
                "articles": topic.articles,
                "readers_by_article": topic.cells,
            }
            for topic in coverage.topics
        ],
        "topics_without_followers": [topic.code for topic in lonely],
        "topics_of_issue_without_followers": [topic.code for topic in lonely if topic.articles],
        "never_matching": {"readers": coverage.never, "first": coverage.never_named},
        "selections": coverage.selections,
        "mails": {kind.value: count for kind, count in coverage.mails.items()},
        "html_limit": HTML_LIMIT,
        "largest": largest_facts(found),
        "too_large": coverage.too_large,
    }


def _article(article: ArticleCoverage) -> dict[str, object]:
    return {
        "id": article.id,
        "number": article.number,
        "title": article.title,
        "section": article.section,
        "topics": article.topics,
        "readers": article.readers,
        "shares": article.shares._asdict(),
    }


def largest_facts(found: Survey) -> dict[str, object] | None:
    """The mail with the longest HTML part."""
    largest = found.coverage.largest
    if largest is None:
        return None
    return {
        "recipient": largest.recipient,
        "articles": largest.articles,
        "html_bytes": largest.html_bytes,
        "left": HTML_LIMIT - largest.html_bytes,
        "message_bytes": found.largest_message,
    }
