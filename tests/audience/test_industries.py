"""Industries of GB/T 4754: by code, by name, by both; what is none gets near suggestions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.industries import (
    InvalidIndustry,
    _names,
    industry_name,
    read_industry,
    within,
)

READ = {
    "专用设备制造业": "C35",
    "专用设备制造": "C35",
    " 专用设备 制造业 ": "C35",
    "35": "C35",
    "35.0": "C35",
    "C35": "C35",
    "c35": "C35",
    "Ｃ３５": "C35",
    "C": "C",
    "制造业": "C",
    "C 制造业": "C",
    "C35 专用设备制造业": "C35",
    "C35-专用设备制造业": "C35",
    "35、专用设备制造业": "C35",
    "3516": "C35",
    "C3516": "C35",
    "C3516 冶金专用设备制造": "C35",
    "C35 制造业": "C35",
    "01": "A01",
    "1": "A01",
    "房地产业": "K",
    "K70": "K70",
    "教育": "P",
    "电气机械及器材制造业": "C38",
    "计算机、通信和其它电子设备制造业": "C39",
    "计算机通信和其他电子设备制造业": "C39",
    "农、林、牧、渔服务业": "A05",
    "石油加工、炼焦和核燃料加工业": "C25",
}


@pytest.mark.parametrize("written", READ)
def test_an_industry_is_read(written: str) -> None:
    assert read_industry(written) == READ[written]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("专用设备制作业", "是不是 C35 专用设备制造业"),
        ("汽车制造厂", "C36 汽车制造业"),
        ("98", "没有这个代码"),
        ("00", "没有这个代码"),
        ("D35", "的字母与数字不符，是不是 C35 专用设备制造业？"),
        ("C36 专用设备制造业", "的代码与名称不符，是不是 C36 汽车制造业、C35"),
        ("CAD", "不在 GB/T 4754 的门类和大类之中"),
        ("U", "不在 GB/T 4754"),
        ("", "不在 GB/T 4754"),
        ("？", "不在 GB/T 4754"),
    ],
)
def test_what_is_none_is_refused_with_what_may_be_meant(written: str, sentence: str) -> None:
    with pytest.raises(InvalidIndustry, match="行业") as refused:
        read_industry(written)

    assert sentence in str(refused.value)


def test_the_standard_is_complete() -> None:
    sections = [code for code in _names() if len(code) == 1]
    divisions = [code for code in _names() if len(code) == 3]

    assert "".join(sections) == "ABCDEFGHIJKLMNOPQRST"
    assert [code[1:] for code in divisions] == [f"{number:02}" for number in range(1, 98)]
    assert divisions == sorted(divisions)
    assert len(_names()) == 117


def test_every_code_and_every_name_leads_back_to_itself() -> None:
    for code, name in _names().items():
        assert read_industry(code) == code
        assert read_industry(f"{code} {name}") == code
        assert industry_name(read_industry(name)) == name


def test_a_division_is_within_its_section() -> None:
    assert within("C35", "C")
    assert within("C35", "C35")
    assert not within("C", "C35")
    assert not within("C35", "C36")
    assert not within("C35", "")
    assert not within("", "C")


@given(st.text(max_size=30))
def test_any_text_is_an_industry_or_refused(text: str) -> None:
    try:
        code = read_industry(text)
    except InvalidIndustry:
        return
    assert industry_name(code) != code
