"""Small issues of our own, put together from the parts a test cares about."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from distribution.compiler.compiling import read_issue
from distribution.compiler.content import ReadIssue
from distribution.compiler.doubts import Doubt

HEAD = "三晋装备通讯\n2026 年第 11 期\n(总第 447 期)\n甲协会\n主 办\n月 刊\n2026 年 11 月\n目 录"
CONTENTS = "政策措施\n试点工作正式启动……1\n装备制造\n新型轴承通过验证·····\t2"
BODY = "试点工作正式启动\n试点今日启动。\n新型轴承通过验证\n轴承寿命延长。"
COLOPHON = "编辑：编辑部\n电话：0351-0000000"

USUAL = (Doubt.NO_DATELINE, Doubt.JOINED)
"""What most of these short articles have, and no test here asks for."""

Read = Callable[..., ReadIssue]


@pytest.fixture
def read() -> Read:
    """Read an issue made of these parts; what is left out has no fault."""

    def read_parts(
        *, head: str = HEAD, contents: str = CONTENTS, body: str = BODY, colophon: str = COLOPHON
    ) -> ReadIssue:
        text = f"{head}\n{contents}\n{body}\n{colophon}"
        issue = read_issue(text.encode(), "本期.txt")
        told = tuple(one for one in issue.complaints if one.kind not in USUAL)
        return replace(issue, complaints=told)

    return read_parts
