"""Addresses worth a second look: flagged with a suggestion, never changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience import read_address
from distribution.audience.suspicion import Suspicion, SuspicionKind, _content, suspicions

TYPOS = {
    "a@qq.con": "a@qq.com",
    "a@163.cmo": "a@163.com",
    "a@gmial.com": "a@gmail.com",
    "a@126.co": "a@126.com",
    "a@qq.com.cn": "a@qq.com",
    "a@foxmai.com": "a@foxmail.com",
    "a@qqq.con": "a@qq.com",
    "a@163.comm": "a@163.com",
    "a@vip.163.con": "a@vip.163.com",
    "a@136.com": "a@163.com",
    "a@l63.com": "a@163.com",
    "a@hotmial.com": "a@hotmail.com",
    "a@outlok.com": "a@outlook.com",
    "a@yaho.com": "a@yahoo.com",
    "a@sina.cmo": "a@sina.com",
    "a@aliyun.con": "a@aliyun.com",
    "Li.Ming@qq.con": "Li.Ming@qq.com",
}
ENDINGS = {
    "a@sanjin.con": "a@sanjin.com",
    "a@sanjin.comm": "a@sanjin.com",
    "a@sanjin.cmo": "a@sanjin.com",
    "a@sanjin.cn.cn": "a@sanjin.cn",
    "a@sanjin.com.com": "a@sanjin.com",
}
FINE = """139.com 189.cn 126.com 163.com vip.163.com sina.cn sina.com sina.com.cn sohu.com 21cn.com
aliyun.com yeah.net qq.com foxmail.com vip.qq.com hotmail.com outlook.com live.cn icloud.com
gmail.com wo.cn tom.com 263.net mail.com ymail.com sanjin.example mail.sanjin.example go.cn
xn--fsqu00a.xn--fiqs8s
"""


def found(written: str) -> tuple[Suspicion, ...]:
    return suspicions(read_address(written))


@pytest.mark.parametrize("written", [*TYPOS, *ENDINGS])
def test_a_slip_is_flagged_with_what_was_probably_meant(written: str) -> None:
    (only,) = found(written)

    assert only.kind is SuspicionKind.TYPO
    assert only.suggestion == (TYPOS | ENDINGS)[written]
    assert only.suggestion.rpartition("@")[2] in only.sentence
    assert "未作改动" in only.sentence


@pytest.mark.parametrize("domain", FINE.split())
def test_a_good_domain_is_left_in_peace(domain: str) -> None:
    assert found(f"zhang.san@{domain}") == ()


@pytest.mark.parametrize(
    "name", ["info", "Admin", "office", "hr", "sales", "postmaster", "webmaster", "noreply"]
)
def test_an_offices_mailbox_is_flagged(name: str) -> None:
    assert [one.kind for one in found(f"{name}@sanjin.example")] == [SuspicionKind.ROLE]


def test_a_mailbox_with_a_tag_is_still_an_offices() -> None:
    assert [one.kind for one in found("sales+shanxi@sanjin.example")] == [SuspicionKind.ROLE]


@pytest.mark.parametrize("domain", ["mailinator.com", "inbox.mailinator.com", "yopmail.com"])
def test_a_mailbox_for_minutes_is_flagged(domain: str) -> None:
    (only,) = found(f"a@{domain}")

    assert (only.kind, only.suggestion) == (SuspicionKind.DISPOSABLE, None)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("a@gm\u0430il.com", "形似 gmail.com"),
        ("a@xn--gmil-63d.com", "形似 gmail.com"),
        ("a@gma\u00efl.com", "形似 gmail.com"),
        ("a@\u0430\u0440\u0440\u04cf\u0435.com", "形似 apple"),
        ("a@s\u0430njin.example", "混用了拉丁、西里尔字母"),
        ("zh\u0430ng@sanjin.example", "混用了拉丁、西里尔字母"),
    ],
    ids=ascii,
)
def test_a_look_alike_is_flagged(written: str, word: str) -> None:
    assert [one.kind for one in found(written)] == [SuspicionKind.HOMOGRAPH]
    assert word in found(written)[0].sentence


@pytest.mark.parametrize(
    "written", ["张三@sanjin.example", "a@例子.中国", "a@россия.рф", "李ming@sanjin.example"]
)
def test_an_honest_international_name_is_left_in_peace(written: str) -> None:
    assert found(written) == ()


def test_several_oddities_are_all_told() -> None:
    kinds = [one.kind for one in found("info@qq.con")]

    assert kinds == [SuspicionKind.TYPO, SuspicionKind.ROLE]


def test_every_listed_slip_leads_to_a_known_provider() -> None:
    known = set(_content()["known"]["providers"])

    assert set(_content()["typos"].values()) <= known
    assert not set(_content()["typos"]) & known


def test_the_lists_hold_what_they_say() -> None:
    lists = _content()["known"]

    for words in lists.values():
        assert len(words) == len(set(words))
        assert words == [word.lower() for word in words]
    assert 150 <= len(lists["disposable"]) <= 300
    assert not set(lists["disposable"]) & set(lists["providers"])
    assert all(found(f"a@{domain}") == () for domain in lists["providers"])
    assert all(len(alike) == len(latin) == 1 for alike, latin in _content()["alike"].items())


@given(st.emails())
def test_any_address_can_be_judged_and_suggestions_are_addresses(written: str) -> None:
    for one in found(written):
        assert one.sentence.isprintable()
        if one.suggestion is not None:
            assert read_address(one.suggestion).key != read_address(written).key
