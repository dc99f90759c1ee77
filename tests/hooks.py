"""Providers that post to us as Amazon and Aliyun do, each with a key of its own."""

import base64
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as make_curve_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from distribution.webhooks import CannotFetch

NOW = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:bounces"
SNS = "https://sns.us-east-1.amazonaws.com/"
SNS_CERTIFICATE = f"{SNS}SimpleNotificationService-0123456789abcdef.pem"
TOKEN = "a-token-of-the-tests-only-01234"
EVENT_BRIDGE = "https://cn-hangzhou-eventbridge.oss-accelerate.aliyuncs.com/"
EVENT_BRIDGE_CERTIFICATE = f"{EVENT_BRIDGE}x509_public_certificate_2026090101.pem"
ALIYUN_URL = "https://journal.test/mail/hooks/aliyun"
ENVIRONMENT = {"DISTRIBUTION_SNS_TOPICS": TOPIC, "DISTRIBUTION_ALIYUN_TOKEN": TOKEN}


@cache
def key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """One for each name."""
    del name
    return generate_private_key(65537, bits)


def certificate(
    owner: RSAPrivateKey | EllipticCurvePrivateKey,
    *,
    since: datetime = NOW - timedelta(days=30),
    until: datetime = NOW + timedelta(days=3650),
) -> bytes:
    """A certificate of this key, in PEM."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "provider.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(owner.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(until)
    )
    return made.sign(owner, SHA256()).public_bytes(Encoding.PEM)


def curve_certificate() -> bytes:
    """A certificate whose key is no RSA key."""
    return certificate(make_curve_key(SECP256R1()))


@dataclass
class Web:
    """What stands at addresses, and which were asked for."""

    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.pages:
            raise CannotFetch("status 404")
        return self.pages[url]


def providers() -> Web:
    """The certificates of both, where they belong."""
    return Web(
        {
            SNS_CERTIFICATE: certificate(key("amazon")),
            EVENT_BRIDGE_CERTIFICATE: certificate(key("aliyun")),
        }
    )


def _sign(text: str | bytes, owner: RSAPrivateKey) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64encode(owner.sign(raw, PKCS1v15(), SHA256())).decode()


def sns(
    message: dict[str, Any] | str, *, at: datetime = NOW, by: str = "amazon", **fields: object
) -> dict[str, Any]:
    """What SNS posts for a message, signed after `fields` were put in; None takes one out."""
    kind = fields.get("Type", "Notification")
    envelope: dict[str, Any] = {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "2",
        "SigningCertURL": SNS_CERTIFICATE,
        "UnsubscribeURL": f"{SNS}?Action=Unsubscribe",
    } | fields
    envelope = {name: value for name, value in envelope.items() if value is not None}
    signed = {*envelope} - {"SignatureVersion", "SigningCertURL", "UnsubscribeURL"}
    text = "".join(f"{name}\n{envelope[name]}\n" for name in sorted(signed))
    return {**envelope, "Signature": _sign(text.encode("utf-8", "replace"), key(by))}


def subscription(*, topic: str = TOPIC, **fields: object) -> dict[str, Any]:
    """What SNS posts before all else."""
    url = f"{SNS}?Action=ConfirmSubscription&TopicArn={topic}&Token=2336412f37fb687f5d51e6e2"
    words = f"You have chosen to subscribe to the topic {topic}."
    given = {"Type": "SubscriptionConfirmation", "Token": "2336412f37fb687f5d51e6e2"}
    given |= {"SubscribeURL": url, "UnsubscribeURL": None} | fields
    return sns(words, **given)


@dataclass(frozen=True)
class Push:
    """What EventBridge posts."""

    headers: dict[str, str]
    body: bytes

    def but(self, **headers: str) -> "Push":
        """The same with other headers; underscores stand for hyphens."""
        changed = {f"x-eventbridge-{name.replace('_', '-')}": v for name, v in headers.items()}
        return replace(self, headers=self.headers | changed)


def event_bridge(
    event: dict[str, Any] | bytes,
    *,
    at: datetime = NOW,
    by: str = "aliyun",
    url: str = ALIYUN_URL,
    token: str = TOKEN,
    certificate_url: str = EVENT_BRIDGE_CERTIFICATE,
    hash_method: str = "SHA256",
    end: bytes = b"",
) -> Push:
    """A push, signed; `end` is what follows the body in what is signed."""
    body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    lines = {
        "signature-timestamp": str(int(at.timestamp() * 1000)),
        "hash-method": hash_method,
        "signature-version": "1.0",
        "signature-url": certificate_url,
        "signature-token": token,
    }
    headers = {f"x-eventbridge-{name}": value for name, value in lines.items()}
    text = "\n".join([url, *(f"{name}: {value}" for name, value in headers.items()), ""])
    signature = _sign(text.encode() + body + end, key(by))
    return Push({**headers, "x-eventbridge-signature-v2": signature}, body)


# -- what they tell --------------------------------------------------------------------------------


def ses_bounce(recipient: str, *, source: str = "", message_id: str = "") -> dict[str, Any]:
    """A hard bounce as SES publishes it."""
    told = {
        "emailAddress": recipient,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    bounce = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [told],
        "reportingMTA": "dns; mx.fenhe.example",
    }
    return {"eventType": "Bounce", "bounce": bounce} | ses_mail(recipient, source, message_id)


def ses_mail(recipient: str, source: str = "", message_id: str = "") -> dict[str, Any]:
    """What every notification of SES says of the mail."""
    headers = [{"name": "Subject", "value": "摘要"}]
    if message_id:
        headers.append({"name": "Message-ID", "value": message_id})
    mail = {
        "source": source,
        "messageId": "0100017a-0000",
        "destination": [recipient],
        "headersTruncated": False,
        "headers": headers,
        "commonHeaders": {"subject": "摘要"},
    }
    return {"mail": mail}


def ses_complaint(recipient: str, *, source: str = "", said: str = "abuse") -> dict[str, Any]:
    """A complaint as SES publishes it."""
    complaint = {
        "complainedRecipients": [{"emailAddress": recipient}],
        "complaintFeedbackType": said,
    }
    return {"notificationType": "Complaint", "complaint": complaint} | ses_mail(recipient, source)


def aliyun_event(recipient: str, kind: str = "dm:Deliver:Fail", **data: object) -> dict[str, Any]:
    """An event of DirectMail, of a box that does not exist unless `data` says otherwise."""
    told = {
        "header": {},
        "env_id": "60000000001",
        "account": "digest@magazine.example",
        "from": "digest@magazine.example",
        "rcpt": recipient,
        "msg_id": "ac349efc-0d79-489b-affa-f178dce3e49e@magazine.example",
        "status": "2",
        "event": kind,
        "err_code": "554",
        "err_msg": f"554  RCPT {recipient} dosn't exist",
        "failed_type": "SmtpNxBox",
    }
    return {
        "data": told | data,
        "id": "8734hhidu983hi457",
        "source": "acs:dm",
        "specversion": "1.0",
        "subject": "acs:dm:cn-hangzhou:1234567890123456:*",
        "type": kind,
        "aliyunaccountid": "1234567890123456",
    }
