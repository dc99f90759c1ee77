"""What a reader writes in answer is made ready for the editors, however his programme wrote it."""

from email.message import EmailMessage

import pytest

from distribution.replies import PersonalLetter, read_personal, readable

READER = "reader@fenhe.example"


def written(message: EmailMessage, sender: str = READER) -> PersonalLetter:
    message["From"], message["Subject"] = sender, "Re: 9"
    letter = read_personal(message.as_bytes())
    assert letter is not None
    return letter


def test_a_page_without_plain_text_is_read_as_text() -> None:
    message = EmailMessage()
    page = "<style>p {}</style><p>请改<b>地址</b></p><p>谢谢 &amp; 再见</p><script>x()</script>"
    message.set_content(page, subtype="html")

    assert written(message).text == "请改地址\n谢谢 & 再见"


def test_what_is_enclosed_is_counted_and_no_part_of_the_text() -> None:
    message = EmailMessage()
    message.set_content("见附件")
    message.add_alternative("<p>见附件</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="稿.pdf")
    message.add_attachment("另一篇", filename="稿.txt")

    letter = written(message)

    assert (letter.text, letter.enclosed) == ("见附件", 2)


@pytest.mark.parametrize(
    "sender",
    [f'"Office <office@magazine.example>" <{READER}>', f"office@magazine.example <{READER}>"],
)
def test_an_address_in_a_name_is_not_answered(sender: str) -> None:
    raw = f"From: {sender}\nSubject: Re: 9\n\n谢谢\n".encode()
    letter = read_personal(raw)
    assert letter is not None
    assert letter.answer_to == READER


def test_of_our_own_mail_in_a_report_only_the_head_is_shown() -> None:
    raw = (
        b"Subject: Undelivered\nContent-Type: multipart/report; boundary=b\n\n"
        b"--b\n\nUser unknown\n"
        b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <m@a.example>\n\n5LiJ5pmL\n--b--\n"
    )

    shown = readable(raw)

    assert "User unknown" in shown
    assert shown.endswith("Message-ID: <m@a.example>")
