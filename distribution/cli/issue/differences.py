"""What an import would change, in colour: articles, facts, paragraphs, single characters."""

from collections.abc import Sequence

import click

from distribution.cli.common import printable
from distribution.issues import ArticleChange, Change, Correction, Diff, FactChange, Piece

_LONGEST_SAME = 30
"""Characters of what did not change that are shown on either side of what did."""
_COLOURS = {Change.ADDED: "green", Change.REMOVED: "red", Change.CHANGED: "yellow"}
_LABELS = {Change.ADDED: "新增", Change.REMOVED: "删去", Change.CHANGED: "改动"}


def show_difference(key: str, diff: Diff) -> None:
    """Print what the file changes in the issue that is there."""
    if not diff:
        click.echo(f"{key} 期的内容不变，只有文件或已更正之处不同。")
        return
    counts = [f"{_LABELS[change]} {diff.count(change)} 篇" for change in Change]
    click.secho(f"这个文件与已导入的 {key} 期不同：{'，'.join(counts)}。", bold=True)
    for fact in diff.masthead:
        _show_fact(fact, "刊头 ")
    for article in diff.articles:
        _show_article(article)


def show_lost(lost: Sequence[Correction]) -> None:
    """Name the corrections that the file leaves without a place."""
    for correction in lost:
        click.secho(
            f"更正 {correction.id}（{correction.kind.label}）要改的内容不在这个文件里，将用不上。",
            fg="yellow",
        )


def _show_article(article: ArticleChange) -> None:
    line = f"{_LABELS[article.change]} {article.number}. {article.title}"
    click.secho(printable(line), fg=_COLOURS[article.change])
    for fact in article.facts:
        _show_fact(fact, "  ")
    for block in article.blocks:
        if block.old:
            _show_block("-", block.old, "red")
        if block.new:
            _show_block("+", block.new, "green")


def _show_fact(fact: FactChange, before: str) -> None:
    old = click.style(printable(fact.old or "（空）"), fg="red")
    new = click.style(printable(fact.new or "（空）"), fg="green")
    click.echo(f"{before}{fact.label}：{old} → {new}")


def _show_block(sign: str, pieces: Sequence[Piece], colour: str) -> None:
    whole = len(pieces) == 1 and pieces[0].changed
    text = "".join(
        click.style(printable(piece.text), fg=colour, bold=not whole)
        if piece.changed
        else printable(_shortened(piece.text))
        for piece in pieces
    )
    click.echo(f"  {click.style(sign, fg=colour)} {text}")


def _shortened(text: str) -> str:
    if len(text) <= 2 * _LONGEST_SAME:
        return text
    return f"{text[:_LONGEST_SAME]}…{text[-_LONGEST_SAME:]}"
