"""A reader's answer is passed on to the editors, as a letter of its own."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.events.tracing import Mail
from distribution.replies import PersonalLetter
from distribution.words import Returned

A_DAY = timedelta(days=1)
MOST_A_DAY = 10
"""Of one reader, letters made of what he wrote: more is a loop between machines, or an attack."""
_UNKEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What PostgreSQL keeps no text with, no header may hold, and no terminal should obey."""


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
    about = _line(letter.subject)
    subject = f"读者来信：{about or '无主题'}"
    text = (
        f"{_line(letter.sender)} 回复了我们的邮件；{_how_to_answer(letter)}。\n"
        f"我们的邮件寄给 {mail.recipient}；原件：distribution bounce show {mail.inbox_id} --raw\n"
        f"{_warning(mail, letter)}"
        f"{_enclosures(letter)}"
        f"{_wish(mail)}"
        f"主题：{about or '无'}\n"
        f"\n{_UNKEPT.sub('', letter.text)}\n"
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


def _line(text: str) -> str:
    return _UNKEPT.sub("", " ".join(text.split()))


def _how_to_answer(letter: PersonalLetter) -> str:
    if _answer_to(letter) is None:
        return "他没有写明可以答复的地址"
    return "直接答复本邮件，就寄给他本人"


def _wish(mail: Mail) -> str:
    """Of who asks to leave elsewhere than at the address of his mail: that has changed nothing."""
    if mail.report.kind is not Returned.LEAVE:
        return ""
    return f"他要求退订；核实后请运行 distribution subscriber unsubscribe {mail.recipient}\n"


def _enclosures(letter: PersonalLetter) -> str:
    if not letter.enclosed:
        return ""
    return f"另有附件或图片 {letter.enclosed} 个，只在原件中。\n"


def _warning(mail: Mail, letter: PersonalLetter) -> str:
    """An address is easily forged, and mails are handed on."""
    if letter.answer_to.lower() == mail.recipient.lower():
        return ""
    return "来信的地址与我们所寄的不同：请先核实是否本人，再按来信改动资料。\n"


def _answer_to(letter: PersonalLetter) -> str | None:
    """A strict address or none: it becomes a header field."""
    try:
        key = audience.read_address(letter.answer_to).key
    except audience.InvalidAddress:
        return None
    return key if key.isascii() else None
