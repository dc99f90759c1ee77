"""Aliyun: what is believed is signed by EventBridge, bears our Token, and was signed just now."""

import json
from dataclasses import replace
from datetime import timedelta

import hooks
import pytest
from hooks import (
    ALIYUN_URL,
    EVENT_BRIDGE,
    EVENT_BRIDGE_CERTIFICATE,
    NOW,
    TOKEN,
    Push,
    Web,
    aliyun_event,
    event_bridge,
    providers,
)
from hypothesis import given
from hypothesis import strategies as st

from distribution import webhooks
from distribution.config import Settings
from distribution.webhooks import Call, CannotFetch, Heard, NotGenuine, Notice, Unneeded

SETTINGS = Settings(aliyun_token=TOKEN)
EVENT = aliyun_event("an.ran@fenhe.example")


def hear(push: Push, web: Web | None = None, *, url: str = ALIYUN_URL) -> Heard:
    call = Call(url, push.headers, push.body)
    return webhooks.PROVIDERS["aliyun"].hear(call, SETTINGS, NOW, web or providers())


def refused(push: Push, why: str = "", web: Web | None = None) -> None:
    with pytest.raises(NotGenuine) as refusal:
        hear(push, web)
    assert why in refusal.value.reason


def test_an_event_is_kept_as_it_was_pushed() -> None:
    push = event_bridge(EVENT)
    assert hear(push) == Notice("8734hhidu983hi457", NOW, push.body)


@pytest.mark.parametrize("end", [b"", b"\n"], ids=["as documented", "as in samples"])
def test_a_line_feed_may_follow_the_body_in_what_is_signed(end: bytes) -> None:
    assert isinstance(hear(event_bridge(EVENT, end=end)), Notice)


@pytest.mark.parametrize("region", ["cn-hangzhou", "ap-southeast-1", "eu-central-1", "us-east-1"])
def test_the_four_regions_of_directmail_have_certificates(region: str) -> None:
    url = f"https://{region}-eventbridge.oss-accelerate.aliyuncs.com/x509_a.pem"
    web = Web({url: providers().pages[EVENT_BRIDGE_CERTIFICATE]})
    assert isinstance(hear(event_bridge(EVENT, certificate_url=url), web), Notice)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil-eventbridge.oss-accelerate.aliyuncs.com/a.pem",
        "https://cn-beijing-eventbridge.oss-accelerate.aliyuncs.com/a.pem",
        "https://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com.evil.test/a.pem",
        "https://cn-hangzhou-eventbridge.oss-cn-hangzhou.aliyuncs.com/a.pem",
        "https://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com@evil.test/a.pem",
        "https://x@cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com/a.pem",
        "https://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com:8443/a.pem",
        "http://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com/a.pem",
        "https://CN-hangzhou-eventbridge.oss-accelerate.aliyuncs.com/a.pem",
        f"{EVENT_BRIDGE}../a.pem",
        f"{EVENT_BRIDGE}b/a.pem",
        f"{EVENT_BRIDGE}a.pem?x",
        f"{EVENT_BRIDGE}a.pem#x",
        EVENT_BRIDGE,
        "https://evil.test/a.pem",
        "",
    ],
)
def test_a_certificate_is_fetched_from_event_bridge_and_from_nowhere_else(url: str) -> None:
    web = Web({url: providers().pages[EVENT_BRIDGE_CERTIFICATE]})
    refused(event_bridge(EVENT, certificate_url=url), "not at EventBridge", web)
    assert web.asked == []


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN.upper(), f"{TOKEN} ", "标记"])
def test_the_event_of_another_customer_is_refused_though_it_is_signed(token: str) -> None:
    web = providers()
    refused(event_bridge(EVENT, token=token), "Token", web)
    assert web.asked == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("signature_timestamp", str(int(NOW.timestamp() * 1000) + 1)),
        ("signature_timestamp", "1e12"),
        ("signature_timestamp", "-1"),
        ("signature_timestamp", ""),
        ("hash_method", "SHA1"),
        ("hash_method", ""),
        ("signature_version", "2.0"),
        ("signature_url", f"{EVENT_BRIDGE}other.pem"),
        ("signature_token", "another-token-of-somebody"),
        ("signature_v2", ""),
        ("signature_v2", "AAAA"),
        ("signature_v2", "°"),
        ("signature_v2", event_bridge(EVENT, by="somebody").headers["x-eventbridge-signature-v2"]),
    ],
)
def test_whatever_is_changed_among_the_headers_is_refused(header: str, value: str) -> None:
    web = providers()
    web.pages[f"{EVENT_BRIDGE}other.pem"] = web.pages[EVENT_BRIDGE_CERTIFICATE]
    refused(event_bridge(EVENT).but(**{header: value}), "", web)


@pytest.mark.parametrize("name", sorted(event_bridge(EVENT).headers))
def test_without_any_one_of_the_headers_it_is_refused(name: str) -> None:
    push = event_bridge(EVENT)
    refused(replace(push, headers={n: v for n, v in push.headers.items() if n != name}))


def test_another_way_of_signing_is_named_in_the_log() -> None:
    refused(event_bridge(EVENT, hash_method="SM3"), "with SHA256")


def test_the_older_signature_is_not_accepted() -> None:
    push = event_bridge(EVENT)
    headers = {n: v for n, v in push.headers.items() if n != "x-eventbridge-signature-v2"}
    headers |= {
        "x-eventbridge-signature-method": "HMAC-SHA1",
        "x-eventbridge-signature": push.headers["x-eventbridge-signature-v2"],
        "x-eventbridge-signature-secret": "AAAA",
    }
    refused(replace(push, headers=headers))


def test_what_was_pushed_to_another_address_is_refused() -> None:
    push = event_bridge(EVENT, url="https://somebody.example/hooks/aliyun")
    refused(push, "signature is wrong")


@pytest.mark.parametrize("minutes", [-6, 6, 60, 100_000])
def test_what_was_not_signed_just_now_is_refused(minutes: int) -> None:
    refused(event_bridge(EVENT, at=NOW - timedelta(minutes=minutes)), "too long ago")


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (hooks.certificate(hooks.key("aliyun"), until=NOW - timedelta(days=1)), "not valid now"),
        (hooks.certificate(hooks.key("somebody")), "signature is wrong"),
        (hooks.curve_certificate(), "no RSA key"),
        (b"-----BEGIN PUBLIC KEY-----\n", "no certificate"),
    ],
    ids=["expired", "another's", "curve", "a bare key"],
)
def test_a_certificate_that_proves_nothing_is_refused(pem: bytes, why: str) -> None:
    refused(event_bridge(EVENT), why, Web({EVENT_BRIDGE_CERTIFICATE: pem}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        json.dumps([EVENT]).encode(),
        b"[" * 200_000,
        b"{",
        json.dumps(EVENT | {"source": "acs:oss"}).encode(),
        json.dumps(EVENT | {"source": None}).encode(),
        json.dumps(EVENT | {"id": ""}).encode(),
        json.dumps(EVENT | {"id": 7}).encode(),
        json.dumps(EVENT | {"id": "a\nb\nc\nd"}).encode(),
    ],
    ids=lambda body: repr(body[-14:]),
)
def test_what_is_no_event_of_directmail_is_refused_though_it_is_signed(body: bytes) -> None:
    refused(event_bridge(body))


@pytest.mark.parametrize("source", ["acs:dm", "acs.dm"])
def test_its_source_is_spelt_in_two_ways(source: str) -> None:
    assert isinstance(hear(event_bridge(EVENT | {"source": source})), Notice)


@pytest.mark.parametrize("kind", ["dm:Trace:Open", "dm:Trace:Click", "dm:Feedback:Subscribe", "?"])
def test_what_readers_do_is_not_kept(kind: str) -> None:
    assert hear(event_bridge(EVENT | {"type": kind})) == Unneeded(kind)


_PUSH = event_bridge(EVENT)


@given(st.integers(0, len(_PUSH.body) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_no_mutation_of_the_body_is_believed(place: int, put: bytes, taken: int) -> None:
    mutated = _PUSH.body[:place] + put + _PUSH.body[place + taken :]
    if mutated != _PUSH.body:
        refused(replace(_PUSH, body=mutated), "signature is wrong")


@given(st.sampled_from(sorted(_PUSH.headers)), st.integers(0, 99), st.characters(codec="latin-1"))
def test_no_mutation_of_a_header_is_believed(name: str, place: int, put: str) -> None:
    value = _PUSH.headers[name]
    changed = value[:place] + put + value[place + 1 :]
    if changed == value:
        return
    try:
        hear(replace(_PUSH, headers=_PUSH.headers | {name: changed}))
    except (NotGenuine, CannotFetch):
        return
    pytest.fail("it was believed")
