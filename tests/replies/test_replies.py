"""What mail systems say: every rule by its own example, and replies as they come."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution import replies
from distribution.replies import judge, provider_of
from distribution.words import Cause

PROVIDERS = tomllib.loads(
    (Path(replies.__file__).parent / "providers.toml").read_text(encoding="utf-8")
)
LATER = None


@pytest.mark.parametrize(
    ("code", "text", "provider", "cause"),
    [
        (550, "Ip frequency limited. http://service.mail.qq.com", "qq", LATER),
        (550, "Sender frequency limited", "qq", LATER),
        (550, "Mailbox unavailable or access denied", "qq", LATER),
        (550, "Connection frequency limited", "other", LATER),
        (550, "Mailbox not found. http://service.mail.qq.com", "qq", Cause.BAD_ADDRESS),
        (550, "User not found: someone@163.com", "netease", Cause.BAD_ADDRESS),
        (554, "HL:IFC 163 smtp10", "netease", LATER),
        (554, "DT:SPM 163 smtp1", "netease", Cause.CONTENT),
        (451, "DT:SPM 163 smtp1", "netease", LATER),
        (554, "HL:REP", "netease", Cause.POLICY),
        (550, "5.1.1 <a@b.cn>: User unknown", "other", Cause.BAD_ADDRESS),
        (550, "5.1.10 Recipient not found", "outlook", Cause.BAD_ADDRESS),
        (550, "5.1.10 blocked", "outlook", Cause.BAD_ADDRESS),
        (550, "5.2.2 Over quota", "gmail", LATER),
        (552, "5.2.2 用户邮箱已满", "other", LATER),
        (552, "5.3.4 Message too big", "other", Cause.SIZE),
        (550, "5.7.26 This mail is unauthenticated", "gmail", Cause.POLICY),
        (550, "your address 5.1.1.7 is listed", "other", Cause.UNKNOWN),
        (550, "blocked by rbl, 5.1.1.7", "other", Cause.POLICY),
        (421, "4.7.0 Try again later", "gmail", LATER),
        (450, "User unknown in local table, greylisted", "other", LATER),
        (452, "4.2.2 Mailbox full", "other", LATER),
        (500, "", "other", Cause.UNKNOWN),
        (599, "\n\x00 garbage ￿", "other", Cause.UNKNOWN),
        (354, "go ahead", "other", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_replies_are_judged_as_they_are_meant(
    code: int, text: str, provider: str, cause: Cause | None
) -> None:
    assert judge(code, text, provider).cause is cause


def test_qqs_550_about_frequency_waits_an_hour() -> None:
    judged = judge(550, "Connection frequency limited", provider_of("someone@vip.qq.com"))

    assert (judged.cause, judged.wait) == (None, timedelta(hours=1))


@given(st.integers(400, 599), st.text(), st.sampled_from([*PROVIDERS, "other"]))
def test_any_reply_is_judged_and_a_4xx_is_never_final(code: int, text: str, provider: str) -> None:
    judged = judge(code, text, provider)

    assert judged.wait >= timedelta(0)
    if code < 500:
        assert judged.cause is None


@pytest.mark.parametrize("code", PROVIDERS)
def test_a_provider_is_known_by_each_of_its_domains(code: str) -> None:
    for domain in PROVIDERS[code]["domains"]:
        assert provider_of(f"Someone@{domain.upper()}") == code


@pytest.mark.parametrize("address", ["a@notqq.com", "a@qq.com.example", "qq.com", "", "a@"])
def test_everybody_else_is_other(address: str) -> None:
    expected = "qq" if address == "qq.com" else "other"  # the part behind the last @ counts

    assert provider_of(address) == expected


def test_no_domain_belongs_to_two_providers() -> None:
    domains = [domain for entry in PROVIDERS.values() for domain in entry["domains"]]

    assert len(domains) == len(set(domains))
    assert all(domain == domain.lower() for domain in domains)
