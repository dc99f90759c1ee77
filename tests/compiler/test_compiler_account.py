"""The balance: every character in an article, in a kind of furniture, or an orphan."""

import pytest

from distribution.compiler.account import Homes
from distribution.compiler.compiling import compile_issue
from distribution.compiler.doubts import Furniture
from distribution.compiler.lines import MOST_LINES, Line, Source
from distribution.compiler.unreadable import UnreadableIssue


def test_each_line_counts_once_without_its_blanks() -> None:
    lines = [Line(1, "目 录"), Line(2, "试点 启动"), Line(3, "散落"), Line(4, "启动。")]
    homes = Homes()
    homes.furnish(lines[:1], Furniture.CONTENTS)
    homes.settle([lines[1], lines[3]], 1)
    homes.double(lines[1], 2)

    account = homes.account(lines, listed=1, found=1)

    assert account.furniture == {"contents": 2, "doubled": 2}
    assert (account.articles, account.orphans, account.homeless) == (5, 2, 1)
    assert account.characters == 11
    assert [one.excerpt for one in homes.orphans(lines)] == ["散落"]


def test_a_file_of_countless_lines_is_refused_in_a_sentence() -> None:
    text = "三晋装备\n2026年第11期\n" + "甲\n" * MOST_LINES

    with pytest.raises(UnreadableIssue, match="行文字，不像一期刊物"):
        compile_issue([Source("本期.txt", text.encode())])
