"""Files that are no issue: one sentence each, whatever is wrong with them."""

import io
import random
from collections.abc import Callable

import pytest
from pdf_samples import FRONT, LAST, Sheets, photo
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from distribution.compiler import Source, UnreadableIssue, compile_issue


def good() -> bytes:
    sheets = Sheets()
    sheets.write("政策措施", "试点工作正式启动", "　　试点今日启动。")
    sheets.image(photo(), 100, 180, 120)
    sheets.write(*LAST)
    return sheets.source().data


def drawn(draw: Callable[[Canvas], None], password: StandardEncryption | None = None) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=password)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scanned(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(photo(size=(600, 850))), 0, 0, 595, 842)


def written(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "This is written in a file that has a password.")


def endless(canvas: Canvas) -> None:
    for number in range(600):
        canvas.drawString(60, 700, str(number))
        canvas.showPage()


REFUSED = {
    "不完整或已损坏": good()[: len(good()) // 2],
    "PDF 不完整": b"%PDF-1.7\n",
    "有打开密码": drawn(written, StandardEncryption("secret", "owner")),
    "最多 500 页": drawn(endless),
    "是扫描件": drawn(scanned),
    "几乎没有文字": drawn(lambda _canvas: None),
}


@pytest.mark.parametrize(("reason", "data"), REFUSED.items(), ids=REFUSED)
def test_the_reader_says_what_is_wrong(reason: str, data: bytes) -> None:
    with pytest.raises(UnreadableIssue, match=reason):
        compile_issue([Source("本期.pdf", data)])


def test_a_file_that_only_may_not_be_changed_is_read() -> None:
    sheets = Sheets()
    sheets.canvas._doc.encrypt = StandardEncryption("", "owner", canModify=0)
    sheets.write("政策措施", "试点工作正式启动", "　　试点今日启动。", *LAST)

    assert len(compile_issue([sheets.source()]).articles) == len(FRONT[-2:])


@pytest.mark.parametrize("seed", range(120))
def test_no_damage_raises_anything_but_the_sentence(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    data = bytearray(good())
    for _ in range(chance.choice((1, 10, 100))):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 30)]
            case 2:
                data[at:at] = data[at // 2 : at // 2 + chance.randrange(1, 30)]
    try:
        issue = compile_issue([Source("本期.pdf", bytes(data))])
    except UnreadableIssue:
        return
    account = issue.account
    assert (
        account.articles + account.orphans + sum(account.furniture.values()) == account.characters
    )
