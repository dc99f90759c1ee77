"""What providers post, read: who, what, and which way leads back; judged as mails are."""

import json
from typing import Any

import pytest
from hooks import aliyun_event, ses_bounce, ses_complaint, ses_mail
from hypothesis import given
from hypothesis import strategies as st

from distribution import replies
from distribution.replies import ReturnedReport
from distribution.words import Meaning, Returned

READER = "an.ran@fenhe.example"


def ses(document: object) -> ReturnedReport:
    return replies.read_ses(json.dumps(document).encode())


def aliyun(document: object) -> ReturnedReport:
    return replies.read_aliyun(json.dumps(document).encode())


def bounced(kind: str, subtype: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A bounce without a delivery status, unless `facts` hold one."""
    bounce = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": READER, **facts}],
    }
    return {"notificationType": "Bounce", "bounce": bounce} | ses_mail(READER)


# -- Amazon ----------------------------------------------------------------------------------------


def test_a_bounce_names_the_reader_and_all_ways_back() -> None:
    document = ses_bounce(
        READER, source="Digest <b-x@magazine.example>", message_id="<y@z.example>"
    )
    document["mail"]["headers"].append(
        {"name": "List-Unsubscribe", "value": "<https://journal.test/u/z>, <mailto:a@b.example>"}
    )
    report = ses(document)
    assert report.kind is Returned.BOUNCE
    assert report.recipients == (READER,)
    assert (report.status, report.diagnostic) == ("5.1.1", "550 5.1.1 user unknown")
    assert report.failed
    assert report.dead
    assert report.meaning is Meaning.BAD_ADDRESS
    assert report.addressed_to == ("b-x@magazine.example",)
    assert report.message_ids == ("<y@z.example>",)
    assert report.unsubscribe_links == ("https://journal.test/u/z", "mailto:a@b.example")


def test_the_common_headers_hold_our_message_id_too() -> None:
    document = ses_bounce(READER)
    document["mail"]["commonHeaders"]["messageId"] = "<y@z.example>"
    assert ses(document).message_ids == ("<y@z.example>",)


@pytest.mark.parametrize(
    ("kind", "subtype", "meaning", "dead"),
    [
        ("Permanent", "NoEmail", Meaning.BAD_ADDRESS, True),
        ("Permanent", "Suppressed", Meaning.BAD_ADDRESS, True),
        ("Permanent", "General", Meaning.UNKNOWN, False),
        ("Permanent", "OnAccountSuppressionList", Meaning.UNKNOWN, False),
        ("Transient", "General", Meaning.UNKNOWN, False),
        ("Transient", "MailboxFull", Meaning.MAILBOX_FULL, False),
        ("Transient", "MessageTooLarge", Meaning.TOO_LARGE, False),
        ("Transient", "ContentRejected", Meaning.CONTENT, False),
        ("Transient", "AttachmentRejected", Meaning.CONTENT, False),
        ("Undetermined", "Undetermined", Meaning.UNKNOWN, False),
    ],
)
def test_a_bounce_without_a_status_is_judged_by_its_subtype(
    kind: str, subtype: str, meaning: Meaning, *, dead: bool
) -> None:
    report = ses(bounced(kind, subtype))
    assert report.kind is Returned.BOUNCE
    assert (report.meaning, report.dead) == (meaning, dead)
    assert report.diagnostic == f"{kind} {subtype}"


@pytest.mark.parametrize(
    ("subtype", "status", "words", "meaning"),
    [
        ("General", "5.0.0", "550 Connection frequency limited", Meaning.RATE_LIMIT),
        ("NoEmail", "", "550 5.7.1 blocked using a list", Meaning.REPUTATION),
        ("General", "5.2.2", "552 5.2.2 over quota", Meaning.MAILBOX_FULL),
        ("NoEmail", "", "452 4.2.2 over quota", Meaning.MAILBOX_FULL),
        (
            "OnAccountSuppressionList",
            "5.1.1",
            "Amazon SES did not send the message: the address is on the suppression list",
            Meaning.FILTERED,
        ),
    ],
)
def test_the_words_of_the_receiving_system_come_before_amazons_classes(
    subtype: str, status: str, words: str, meaning: Meaning
) -> None:
    said = {"action": "failed", "status": status, "diagnosticCode": f"smtp; {words}"}
    report = ses(bounced("Permanent", subtype, **said))
    assert report.meaning is meaning
    assert not report.dead


@pytest.mark.parametrize("said", ["abuse", "fraud", "virus", "other", "ABUSE", "", None, 7])
def test_a_complaint_is_one(said: object) -> None:
    document = ses_complaint(READER, source="b-x@magazine.example")
    document["complaint"]["complaintFeedbackType"] = said
    report = ses(document)
    assert (report.kind, report.recipients) == (Returned.COMPLAINT, (READER,))
    assert report.addressed_to == ("b-x@magazine.example",)


@pytest.mark.parametrize("said", ["not-spam", "Not-Spam", "auth-failure"])
def test_who_says_that_it_is_no_spam_complains_of_nothing(said: str) -> None:
    assert ses(ses_complaint(READER, said=said)).kind is Returned.DELIVERED


def test_a_delay_may_still_arrive() -> None:
    delay = {
        "delayType": "MailboxFull",
        "delayedRecipients": [{"emailAddress": READER, "diagnosticCode": "452 4.2.2 over quota"}],
    }
    report = ses({"eventType": "DeliveryDelay", "deliveryDelay": delay} | ses_mail(READER))
    assert (report.kind, report.failed, report.dead) == (Returned.DELAYED, False, False)
    assert report.meaning is Meaning.MAILBOX_FULL


def test_what_amazon_itself_rejects_speaks_of_the_content() -> None:
    report = ses({"eventType": "Reject", "reject": {"reason": "Bad content"}} | ses_mail(READER))
    assert (report.kind, report.meaning) == (Returned.BOUNCE, Meaning.CONTENT)
    assert (report.recipients, report.diagnostic) == ((READER,), "Bad content")
    assert not report.dead


def test_a_delivery_is_one() -> None:
    report = ses({"eventType": "Delivery", "delivery": {"recipients": [READER]}} | ses_mail(READER))
    assert (report.kind, report.recipients) == (Returned.DELIVERED, (READER,))


def test_a_notification_by_mail_is_read_alike() -> None:
    text = json.dumps(ses_bounce(READER, source="b-x@magazine.example", message_id="<y@z.example>"))
    head = "From: AWS <no-reply@sns.cloud.example>\nTo: postmaster@magazine.example\nSubject: AWS"
    report = replies.read_returned(f"{head}\n\n{text}\n\n--\nBye.\n".encode())
    assert report.addressed_to == ("b-x@magazine.example", "postmaster@magazine.example")
    assert report.message_ids == ("<y@z.example>",)
    assert report.dead


# -- Aliyun ----------------------------------------------------------------------------------------


def test_an_event_names_the_reader_and_all_ways_back() -> None:
    header = {"X-Notify-Message-ID": "<y@z.example>"}
    report = aliyun(aliyun_event(READER, header=header, msg_id="a@b.example"))
    assert (report.kind, report.recipients) == (Returned.BOUNCE, (READER,))
    assert report.message_ids == ("<y@z.example>", "a@b.example")
    assert (report.meaning, report.dead, report.status) == (Meaning.BAD_ADDRESS, True, "5.1.1")


@pytest.mark.parametrize(
    ("code", "words", "failed_type", "meaning", "dead"),
    [
        ("550", "550 Mailbox not found", "SmtpNxBox", Meaning.BAD_ADDRESS, True),
        ("550", "550 Connection frequency limited", "SmtpNxBox", Meaning.RATE_LIMIT, False),
        ("550", "550 Mail content denied", "SmtpContSpam", Meaning.CONTENT, False),
        ("524", "524 Host not found by dns resolve", "SysOutDnsResolveFail", None, True),
        ("526", "No data by dns resolve", "SysOutDnsResolveFail", None, True),
        ("559", "559 Invalid rcptto", "SysOutInvRcpt", Meaning.BAD_ADDRESS, True),
        (552, "552 邮箱空间已满", "SmtpMiscFull", Meaning.MAILBOX_FULL, False),
        ("554", "554 Reject by content spam", "SmtpContSpam", Meaning.CONTENT, False),
        ("", "", "SomethingNew", Meaning.UNKNOWN, False),
    ],
)
def test_an_event_is_judged_by_the_words_of_the_receiving_system(
    code: object, words: str, failed_type: str, meaning: Meaning | None, *, dead: bool
) -> None:
    data = {"err_code": code, "err_msg": words, "failed_type": failed_type}
    report = aliyun(aliyun_event("an.ran@qq.com", **data))
    assert report.dead is dead
    assert report.diagnostic == (words if str(code) in words else f"{code} {words}")
    if meaning is not None:
        assert report.meaning is meaning


def test_feedback_has_fields_of_its_own() -> None:
    data = {"rcpt": None, "msg_id": None, "block_email": READER, "message_id": "<y@z.example>"}
    report = aliyun(aliyun_event("", "dm:Feedback:FblReport", **data))
    assert (report.kind, report.recipients) == (Returned.COMPLAINT, (READER,))
    assert report.message_ids == ("<y@z.example>",)


def test_who_leaves_by_aliyuns_link_wants_to_leave() -> None:
    report = aliyun(aliyun_event(READER, "dm:Feedback:UnSubscribe"))
    assert (report.kind, report.recipients) == (Returned.LEAVE, (READER,))


def test_a_delivery_of_aliyun_is_one() -> None:
    report = aliyun(aliyun_event(READER, "dm:Deliver:Succeed", err_code="250", err_msg="OK"))
    assert (report.kind, report.recipients, report.dead) == (Returned.DELIVERED, (READER,), False)


# -- any input -------------------------------------------------------------------------------------

_READERS = (replies.read_ses, replies.read_aliyun)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
_SAMPLES = [
    ses_bounce(READER, source="b-x@magazine.example"),
    ses_complaint(READER),
    {"eventType": "DeliveryDelay", "deliveryDelay": {"delayedRecipients": [{}]}, "mail": {}},
    {"eventType": "Reject", "reject": {"reason": "x"}, "mail": {"destination": [READER]}},
    aliyun_event(READER),
    aliyun_event(READER, "dm:Feedback:FblReport"),
]


@pytest.mark.parametrize("read", _READERS)
@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"7", b"[]", b"{", b"\xff", b"[" * 200_000, b'{"a":' * 50_000, b"9" * 5000],
    ids=lambda raw: repr(raw[:8]) if isinstance(raw, bytes) else "",
)
def test_what_is_no_notice_is_called_unreadable(read: Any, raw: bytes) -> None:  # noqa: ANN401
    assert read(raw) == ReturnedReport(Returned.UNREADABLE)


@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_fail(raw: bytes) -> None:
    for read in _READERS:
        read(raw)


@given(st.sampled_from(_SAMPLES), st.data())
def test_no_document_makes_a_reader_fail(sample: dict[str, Any], data: st.DataObject) -> None:
    document = json.loads(json.dumps(sample))
    place: Any = document
    while True:  # down to some field, which becomes something else
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else [0]))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    place[key] = data.draw(_JSON)
    for read in _READERS:
        report = read(json.dumps(document).encode())
        assert all(len(address) <= 320 for address in report.recipients)
        assert len(report.diagnostic) <= 500
