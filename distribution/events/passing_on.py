"""A reader's answer is passed on to the editors, as a letter of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.events.tracing import Mail
from distribution.replies import PersonalLetter

A_DAY = timedelta(days=1)
MOST_A_DAY = 10
"""Of one reader, letters made of what he wrote: more is a loop between machines, or an attack."""


def pass_on(
    session: Session,
    mail: Mail,
    letter: PersonalLetter,
    editors: Sequence[str],
    *,
    at: datetime,
) -> bool:
    """Write to each editor what a reader wrote; False where it was done, or is too much."""
    subscriber_id = mail.subscriber_id
    if (
        subscriber_id is None
        or delivery.passed_on(session, subscriber_id, at - A_DAY) >= MOST_A_DAY
    ):
        return False
    subject = f"读者来信：{letter.subject or '无主题'}"
    text = (
        f"{letter.sender} 回复了我们的邮件；直接答复本邮件，就寄给他本人。\n"
        f"我们的邮件寄给 {mail.recipient}；原件：distribution bounce show {mail.inbox_id} --raw\n"
        f"主题：{letter.subject or '无'}\n"
        f"\n{letter.text}\n"
    )
    done = [
        delivery.pass_on(
            session,
            f"answer:{mail.inbox_id}:{sha256(editor.encode()).hexdigest()[:32]}",
            editor,
            (subscriber_id, _answer_to(letter)),
            (subject, text),
            at=at,
        )
        for editor in editors
    ]
    return any(done)


def _answer_to(letter: PersonalLetter) -> str | None:
    """A strict address or none: it becomes a header field."""
    try:
        key = audience.read_address(letter.answer_to).key
    except audience.InvalidAddress:
        return None
    return key if key.isascii() else None
