"""Which bytes are text, and what is said about those that are not."""

import pytest

from distribution.compiler.formats.text import LARGEST, decode
from distribution.compiler.unreadable import UnreadableIssue
from distribution.errors import DistributionError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_decoded_without_its_mark(encoding: str) -> None:
    assert decode("《三晋装备通讯》目录".encode(encoding), "a.txt") == "《三晋装备通讯》目录"


def test_utf_16_big_endian_is_known_by_its_mark() -> None:
    assert decode(b"\xfe\xff" + "目录".encode("utf-16-be"), "a.txt") == "目录"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_line_ends(encoding: str) -> None:
    text = "目录\r\n一、政策\r\n"

    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "文件是空的"),
        (b" \r\n\t", "文件里只有空白"),
        ("目录\0".encode(), "空字节"),
        ("A目录".encode("utf-16-le"), "空字节"),  # too short to tell from a binary file
        ("目录".encode("utf-32"), "空字节"),
        (b"\xff\xfe\x00", "编码"),
        (b"\x81\xff\xff", "编码"),
        (b"x" * (LARGEST + 1), "8 MB"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableIssue) as caught:
        decode(data, "十一月.txt")

    sentence = str(caught.value)
    assert sentence.startswith("无法读取刊物文件 十一月.txt：")
    assert reason in caught.value.reason
    assert sentence.count("。") == 1
    assert sentence.endswith("。")


def test_the_error_is_one_a_person_can_put_right() -> None:
    error = UnreadableIssue("a.txt", "文件是空的", "请换一个文件")

    assert isinstance(error, DistributionError)
    assert (error.name, error.reason, error.remedy) == ("a.txt", "文件是空的", "请换一个文件")
