"""Single mails: a notice, a confirmation; each from a folder of templates, in text and HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from distribution.digests.inlining import InliningFailed, inline
from distribution.digests.templates import BrokenTemplate, Templates
from distribution.digests.wording import clean


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter before it becomes a message."""

    subject: str
    text: str
    html: str


def render_letter(
    folders: Sequence[Path], name: str, values: Mapping[str, object]
) -> RenderedLetter:
    """Render the templates of a folder: subject.txt, body.txt, body.html; or BrokenTemplate."""
    templates = Templates(folders)
    html = templates.render(f"{name}/body.html", values)
    try:
        inlined = inline(html)
    except InliningFailed as error:
        raise BrokenTemplate(templates.file_of(f"{name}/body.html"), None, str(error)) from error
    return RenderedLetter(
        subject=clean(templates.render(f"{name}/subject.txt", values)),
        text=templates.render(f"{name}/body.txt", values).strip() + "\n",
        html=inlined,
    )


def build_letter(
    letter: RenderedLetter,
    *,
    sender: tuple[str, str],
    recipient: str,
    message_id: str,
    date: datetime,
) -> bytes:
    """The message, by the standard library; `sender` is a name and an address."""
    name, address = sender
    message = EmailMessage(SMTP)
    message["Date"] = format_datetime(date)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = letter.subject
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    return message.as_bytes()
