"""What an editor should look at again in an article, a masthead, or a line."""

import re
from collections.abc import Sequence

from distribution.compiler.article.credits import is_credit
from distribution.compiler.body.paragraphs import Placed
from distribution.compiler.body.portions import Portion
from distribution.compiler.body.signatures import is_signatory
from distribution.compiler.content import Complaint, Contact, Masthead, Paragraph
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line, complain, excerpt
from distribution.compiler.sentences import is_day, is_finished, is_heading

_UNPRINTABLE = re.compile("[\ufffd\ue000-\uf8ff]")


def about_text(portion: Portion, placed: Sequence[Placed], *, dated: bool) -> list[Complaint]:
    first = portion.heading[0]
    if not placed:
        return [complain(Doubt.NO_TEXT, first, "标题之下没有正文", portion.title)]
    doubts = []
    last = placed[-1]
    if isinstance(last.block, Paragraph):
        text = last.block.text
        signed = is_day(text) or is_signatory(text)
        if not (is_finished(text) or is_heading(text) or is_credit(text) or signed):
            problem = "文章最后一段没有句末标点，可能缺少文字"
            doubts.append(complain(Doubt.UNFINISHED, last.line, problem, text))
    if not dated:
        problem = "没有电头：开头未写明来源和日期"
        doubts.append(complain(Doubt.NO_DATELINE, first, problem, portion.title))
    return doubts


def about_masthead(masthead: Masthead) -> list[Complaint]:
    complaints = []
    if not masthead.publishers:
        complaints.append(Complaint(Doubt.MASTHEAD, 0, "没有找到主办单位"))
    if masthead.contact == Contact():
        problem = "文件末尾没有版权页（编辑、电话、邮箱、地址等）"
        complaints.append(Complaint(Doubt.MASTHEAD, 0, problem))
    return complaints


def unprintable(lines: Sequence[Line]) -> list[Complaint]:
    """Characters that a PDF tool could not name; readers would see empty boxes."""
    problem = "有无法识别的字符，请对照原刊改正"
    return [
        complain(Doubt.UNPRINTABLE, line, problem, excerpt(line.text))
        for line in lines
        if _UNPRINTABLE.search(line.text)
    ]
