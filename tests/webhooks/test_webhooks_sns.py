"""Amazon: what is believed is signed by SNS, for our topic, now; all else is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import hooks
import pytest
from hooks import NOW, SNS, SNS_CERTIFICATE, TOPIC, Web, providers, ses_bounce, sns, subscription
from hypothesis import given
from hypothesis import strategies as st

from distribution import replies, webhooks
from distribution.config import Settings
from distribution.webhooks import Call, CannotFetch, Heard, Invitation, NotGenuine, Notice, Unneeded

CHINA = "arn:aws-cn:sns:cn-north-1:123456789012:bounces"
SETTINGS = Settings(sns_topics=(TOPIC, CHINA))
BOUNCE = ses_bounce("an.ran@fenhe.example")


def hear(envelope: dict[str, Any] | bytes, web: Web | None = None, *, now: datetime = NOW) -> Heard:
    body = envelope if isinstance(envelope, bytes) else json.dumps(envelope).encode()
    call = Call("https://journal.test/mail/hooks/sns", {}, body)
    return webhooks.PROVIDERS["sns"].hear(call, SETTINGS, now, web or providers())


def refused(envelope: dict[str, Any] | bytes, why: str, web: Web | None = None) -> None:
    with pytest.raises(NotGenuine) as refusal:
        hear(envelope, web)
    assert why in refusal.value.reason


def test_each_provider_has_a_reader_and_each_reader_a_provider() -> None:
    assert webhooks.PROVIDERS.keys() == replies.NOTICE_READERS.keys()


def test_a_message_is_taken_out_of_its_envelope() -> None:
    heard = hear(sns(BOUNCE, Subject="退信 \U0001f4ec"))
    assert heard == Notice("22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", NOW, json.dumps(BOUNCE).encode())


def test_the_regions_in_china_have_hosts_of_their_own() -> None:
    url = "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-ab.pem"
    web = Web({url: providers().pages[SNS_CERTIFICATE]})
    assert isinstance(hear(sns(BOUNCE, TopicArn=CHINA, SigningCertURL=url), web), Notice)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Message", json.dumps(ses_bounce("bo@fenhe.example"))),
        ("MessageId", "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf325"),
        ("Subject", "x"),
        ("Timestamp", "2026-09-02T08:00:01.000Z"),
        ("TopicArn", CHINA),
        ("Type", "UnsubscribeConfirmation"),
        ("Signature", "AAAA"),
        ("Signature", None),
        ("Signature", "not base64 °"),
        ("Signature", sns(BOUNCE, by="somebody")["Signature"]),
    ],
)
def test_whatever_is_changed_after_signing_is_refused(field: str, value: object) -> None:
    refused(sns(BOUNCE) | {field: value}, "")


def test_what_is_not_signed_changes_nothing() -> None:
    envelope = sns(BOUNCE)
    assert hear(envelope | {"UnsubscribeURL": "https://evil.example/", "x": 1}) == hear(envelope)


@pytest.mark.parametrize(
    "topic",
    [
        "arn:aws:sns:us-east-1:999999999999:bounces",
        TOPIC + "2",
        TOPIC.upper(),
        f"{TOPIC}\nType\nNotification",
        f" {TOPIC}",
        "",
    ],
)
def test_the_topic_of_another_is_refused_though_sns_signed_it(topic: str) -> None:
    web = providers()
    refused(sns(BOUNCE, TopicArn=topic), "not one of the topics", web)
    assert web.asked == []


ELSEWHERE = [
    "https://sns.us-east-1.amazonaws.com.evil.test/a.pem",
    "https://evil.test/sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com@evil.test/a.pem",
    "https://user:word@sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com:8443/a.pem",
    "https://sns.us-east-1.amazonaws.com:443/a.pem",
    "http://sns.us-east-1.amazonaws.com/a.pem",
    "HTTPS://sns.us-east-1.amazonaws.com/a.pem",
    "https://SNS.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.com./a.pem",
    "https://sns.us-east-1.amazonaws.com/../a.pem",
    "https://sns.us-east-1.amazonaws.com/b/../a.pem",
    "https://sns.us-east-1.amazonaws.com/%2e%2e/a.pem",
    "https://sns.us-east-1.amazonaws.com//evil.test/a.pem",
    "https://sns.us-east-1.amazonaws.com\\.evil.test/a.pem",
    "https://sns.us-east-1.amazonaws.com/a.pem?x=.pem",
    "https://sns.us-east-1.amazonaws.com/a.pem#x",
    "https://sns.us-east-1.amazonaws.com/a.pem\n",
    "https://sns.us-east-1.amazonaws.com/a.txt",
    "https://sns.us-east-1.amazonaws.com/",
    "https://sns.us-еast-1.amazonaws.com/a.pem",
    "https://sns.us-east-１.amazonaws.com/a.pem",
    "https://xn--sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.amazonaws.com/a.pem",
    "https://sns.us.east-1.amazonaws.com/a.pem",
    "https://snsxus-east-1.amazonaws.com/a.pem",
    "https://s3.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-east-1.amazonaws.cn/a.pem",
    "https://127.0.0.1/a.pem",
    "file:///etc/passwd",
    "//sns.us-east-1.amazonaws.com/a.pem",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_certificate_is_fetched_from_sns_and_from_nowhere_else(url: str) -> None:
    web = Web({url: providers().pages[SNS_CERTIFICATE]})
    refused(sns(BOUNCE, SigningCertURL=url), "SigningCertURL", web)
    assert web.asked == []


@pytest.mark.parametrize("version", ["1", "3", 2, "", None])
def test_only_the_signature_that_aws_recommends_is_accepted(version: object) -> None:
    refused(sns(BOUNCE, SignatureVersion=version), "SignatureVersion to 2")


@pytest.mark.parametrize(
    ("age", "heard"),
    [
        (timedelta(minutes=59), True),
        (timedelta(minutes=61), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
        (timedelta(days=4000), False),
        (timedelta(days=-4000), False),
    ],
)
def test_what_was_signed_long_ago_or_in_the_future_is_refused(
    age: timedelta, *, heard: bool
) -> None:
    envelope = sns(BOUNCE, at=NOW - age)
    if heard:
        assert isinstance(hear(envelope), Notice)
    else:
        refused(envelope, "too long ago, or in the future")


@pytest.mark.parametrize(
    "written", ["", "now", "2026-09-02T08:00:00", "2026-09-02", "0001-01-01T00:00:00+23:59", "９"]
)
def test_a_time_that_cannot_be_read_is_refused(written: str) -> None:
    refused(sns(BOUNCE, Timestamp=written), "")


@pytest.mark.parametrize("field", ["Message", "MessageId", "Timestamp", "TopicArn", "Type"])
@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["x"]])
def test_a_field_that_is_missing_or_no_text_is_refused(field: str, value: object) -> None:
    refused(sns(BOUNCE) | {field: value}, "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"a":' * 40_000,
        b'{"Type": ' + b"9" * 200_000 + b"}",
        json.dumps(BOUNCE).encode(),
        b'{"Type": "Notification"}',
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_message_of_sns_is_refused(body: bytes) -> None:
    refused(body, "")


@pytest.mark.parametrize(
    "event_id", ["", "x", "a b c d e f", "../../../../etc", "é" * 20, "a" * 101]
)
def test_a_message_without_a_proper_name_is_refused(event_id: str) -> None:
    refused(sns(BOUNCE, MessageId=event_id), "MessageId")


def test_half_a_character_is_refused() -> None:
    refused(sns("\ud800"), "half a character")


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (hooks.certificate(hooks.key("amazon"), until=NOW - timedelta(seconds=1)), "not valid now"),
        (hooks.certificate(hooks.key("amazon"), since=NOW + timedelta(days=1)), "not valid now"),
        (hooks.certificate(hooks.key("somebody")), "signature is wrong"),
        (hooks.certificate(hooks.key("short", 1024)), "too short"),
        (hooks.curve_certificate(), "no RSA key"),
        (b"<html>", "no certificate"),
        (b"", "no certificate"),
    ],
    ids=["expired", "not yet", "another's", "short", "curve", "html", "empty"],
)
def test_a_certificate_that_proves_nothing_is_refused(pem: bytes, why: str) -> None:
    refused(sns(BOUNCE), why, Web({SNS_CERTIFICATE: pem}))


def test_where_the_certificate_cannot_be_had_nothing_is_decided() -> None:
    with pytest.raises(CannotFetch):
        hear(sns(BOUNCE), Web())


def test_a_subscription_is_an_invitation_to_fetch_its_address() -> None:
    web = providers()
    envelope = subscription()
    assert hear(envelope, web) == Invitation(envelope["MessageId"], TOPIC, envelope["SubscribeURL"])
    assert web.asked == [SNS_CERTIFICATE]


@pytest.mark.parametrize(
    "url",
    [
        f"https://evil.test/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2",
        f"https://sns.us-east-1.amazonaws.com.evil.test/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"http://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"{SNS}?Action=Unsubscribe&TopicArn={TOPIC}",
        f"{SNS}?Action=ConfirmSubscription&TopicArn={CHINA}",
        f"{SNS}?Action=ConfirmSubscription&TopicArn={TOPIC}&TopicArn={CHINA}",
        f"{SNS}?Action=ConfirmSubscription",
        f"{SNS}x?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"{SNS}?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2 HTTP/1.1\r\nX: y",
        "",
    ],
)
def test_no_other_address_is_ever_an_invitation(url: str) -> None:
    refused(subscription(SubscribeURL=url), "SubscribeURL")


@pytest.mark.parametrize("kind", ["Open", "Click", "Send", "Subscription"])
def test_what_readers_do_is_not_kept(kind: str) -> None:
    assert hear(sns({"eventType": kind})) == Unneeded(kind)


def test_a_greeting_and_a_farewell_are_not_kept() -> None:
    greeting = {"notificationType": "AmazonSnsSubscriptionSucceeded"}
    assert isinstance(hear(sns(greeting)), Unneeded)
    assert isinstance(hear(subscription(Type="UnsubscribeConfirmation")), Unneeded)


@pytest.mark.parametrize("message", ["Hello", "[]", "{", "[" * 100_000])
def test_a_message_that_nobody_understands_is_kept_all_the_same(message: str) -> None:
    heard = hear(sns(message))
    assert isinstance(heard, Notice)
    assert heard.raw == message.encode()


_BODY = json.dumps(sns(BOUNCE)).encode()
_GENUINE = hear(_BODY)


@given(st.integers(0, len(_BODY) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_no_mutation_of_a_signed_call_tells_anything_else(
    place: int, put: bytes, taken: int
) -> None:
    mutated = _BODY[:place] + put + _BODY[place + taken :]
    try:
        heard = hear(mutated)
    except (NotGenuine, CannotFetch):
        return
    assert heard == _GENUINE


@given(
    st.sampled_from(["Message", "MessageId", "Timestamp", "TopicArn", "Type", "Subject"]),
    st.text(max_size=40),
    st.integers(0, 400),
)
def test_no_mutation_of_a_signed_field_is_believed(field: str, put: str, place: int) -> None:
    envelope = sns(BOUNCE, Subject="退信")
    changed = envelope[field][:place] + put + envelope[field][place + 1 :]
    if changed == envelope[field]:
        assert hear(envelope | {field: changed}) == hear(envelope)
    else:
        refused(envelope | {field: changed}, "")


def test_a_notice_of_the_future_is_within_the_patience_of_clocks() -> None:
    ahead = NOW + timedelta(minutes=3)
    assert hear(sns(BOUNCE, at=ahead)) == replace(
        _GENUINE,
        at=ahead.astimezone(UTC),  # type: ignore[type-var] # a notice
    )
