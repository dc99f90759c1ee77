"""What is handed into the room."""

import io
from functools import cache

import docx
from PIL import Image

from distribution.bundle import sample
from distribution.compiler import ReadIssue, Source, compile_issue

SAMPLE = Source("十一月.txt", sample("issue.txt").read_bytes())
_PARAGRAPHS = (
    "三晋装备通讯", "2026 年第 11 期", "(总第 447 期)", "2026 年 11 月", "目 录",
    "政策措施", "试点工作正式启动……1", "试点工作正式启动", "试点今日启动。",
)  # fmt: skip


def _illustrated() -> Source:
    document = docx.Document()
    for text in _PARAGRAPHS:
        document.add_paragraph(text)
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(picture, "PNG")
    picture.seek(0)
    document.add_picture(picture)
    stream = io.BytesIO()
    document.save(stream)
    return Source("插图.docx", stream.getvalue())


ILLUSTRATED = _illustrated()


@cache
def illustrated() -> ReadIssue:
    """An issue with a picture, as compiled."""
    return compile_issue([ILLUSTRATED])
