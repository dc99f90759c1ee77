"""The gate, the law: the mark of advertising, the publisher, the way out, the reason."""

from dataclasses import replace

import pytest
from digest_samples import PERSONAL
from gate_samples import IMPRINT, errors, judge, mail, spoilt, warnings

from distribution.digests.gate import Rule

PARTS = [("html", "图文版"), ("text", "纯文本版")]


@pytest.mark.parametrize(
    ("subject", "commercial", "plain"),
    [
        ("AD 《三晋装备通讯》", None, Rule.COMMERCIAL),
        ("ad《三晋装备通讯》", Rule.COMMERCIAL, Rule.COMMERCIAL),
        ("广告：《三晋装备通讯》", Rule.COMMERCIAL, Rule.COMMERCIAL),
        ("【广告】三晋装备通讯", Rule.COMMERCIAL, Rule.COMMERCIAL),
        ("《三晋装备通讯》含广告", Rule.COMMERCIAL, None),
        ("ADAS 与智能驾驶", Rule.COMMERCIAL, None),
    ],
)
def test_advertising_says_so_and_nothing_else_does(
    subject: str, commercial: Rule | None, plain: Rule | None
) -> None:
    for declared, expected in ((True, commercial), (False, plain)):
        found = judge(replace(mail(), subject=subject), commercial=declared)
        assert [one.rule for one in found if one.rule is Rule.COMMERCIAL] == [expected][
            : bool(expected)
        ]


def test_the_chinese_mark_is_lawful_but_netease_does_not_see_it() -> None:
    found = judge(replace(mail(), subject="广告：三晋装备通讯"), commercial=True)

    assert errors(found) == []
    assert warnings(found) == [(Rule.COMMERCIAL, "主题")]


@pytest.mark.parametrize(("part", "where"), PARTS)
@pytest.mark.parametrize(
    ("old", "rule"),
    [
        ("三晋省装备工业联合会", Rule.IMPRINT),
        ("退订", Rule.LEAVING),
        ("收到这封邮件", Rule.LEAVING),
        ("标准版", Rule.LEAVING),
    ],
)
def test_what_the_law_wants_is_missed_in_either_part(
    part: str, where: str, old: str, rule: Rule
) -> None:
    assert (rule, where) in errors(judge(spoilt(part, old, "")))


@pytest.mark.parametrize(("part", "where"), PARTS)
def test_the_way_out_must_lead_there(part: str, where: str) -> None:
    spoiled = spoilt(part, PERSONAL.unsubscribe_url, PERSONAL.preferences_url)

    assert (Rule.LEAVING, where) in errors(judge(spoiled))


def test_a_link_to_leave_by_must_be_seen() -> None:
    hidden = spoilt("html", ">退订</a>", " hidden></a>退订")

    assert (Rule.LEAVING, "图文版") in errors(judge(hidden))


@pytest.mark.parametrize(("part", "where"), PARTS)
def test_one_way_to_reach_the_publisher_is_enough(part: str, where: str) -> None:
    without_phone = spoilt(part, "0351-0000000", "")
    content = getattr(without_phone, part)

    assert errors(judge(without_phone)) == []
    neither = replace(without_phone, **{part: content.replace("office@example.cn", "")})
    assert errors(judge(neither)) == [(Rule.IMPRINT, where)]


def test_a_publisher_nobody_knows_is_an_error_and_no_address_a_warning() -> None:
    unknown = judge(mail(), replace(IMPRINT, publisher="", address=""))

    assert errors(unknown) == [(Rule.IMPRINT, where) for _, where in PARTS]
    assert warnings(unknown) == [(Rule.IMPRINT, where) for _, where in PARTS]
