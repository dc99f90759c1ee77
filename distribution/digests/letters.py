"""Single mails: a notice, a confirmation; each from a folder of templates, in text and HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from distribution.digests import gate
from distribution.digests.headers import mailbox, raw
from distribution.digests.wording import clean
from distribution.templates import BrokenTemplate, Templates


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter before it becomes a message."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; its name may be Chinese (RFC 2231), a text is in UTF-8."""

    name: str
    media_type: str
    """Such as text/html."""
    content: bytes


def render_letter(
    folders: Sequence[Path], name: str, values: Mapping[str, object]
) -> RenderedLetter:
    """Render the templates of a folder: subject.txt, body.txt, body.html; or BrokenTemplate."""
    templates = Templates(folders)
    mail = templates.render(name, values)
    subject, text = clean(mail.subject), mail.text.strip()
    for file, words in (("subject.txt", subject), ("body.txt", text)):
        if not words:
            raise BrokenTemplate(templates.file_of(f"{name}/{file}"), None, "里面没有任何文字")
    for found in gate.check_forbidden(mail.html):
        raise BrokenTemplate(templates.file_of(f"{name}/body.html"), None, found.sentence)
    return RenderedLetter(subject=subject, text=text + "\n", html=mail.html)


def build_letter(
    letter: RenderedLetter,
    *,
    sender: tuple[str, str],
    recipient: str,
    message_id: str,
    date: datetime,
    extra: Sequence[tuple[str, str]] = (),
    attached: Sequence[Attachment] = (),
) -> bytes:
    """The message, by the standard library; `sender` is a name and an address.

    `extra` are fields that programs read, written as they are: the library would fold them.
    Raises MalformedHeader. A letter without HTML is one of text only.
    """
    name, address = sender
    message = EmailMessage(SMTP)
    message["Date"] = format_datetime(date)
    message["From"] = Address(name, addr_spec=address)
    message["Subject"] = letter.subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message.set_content(letter.text, cte="base64")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="base64")
    for file in attached:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(
            file.content,
            maintype=kind,
            subtype=subtype,
            cte="base64",
            filename=file.name,
            params={"charset": "utf-8"} if kind == "text" else {},
        )
    fields = mailbox("To", "", recipient) + "".join(raw(field, value) for field, value in extra)
    return fields.encode() + message.as_bytes()
