"""Nobody is called dead without words or a code that say so of an address in a report that failed.

Reports are glued together from pieces of reports, in any order and as broken as they come.
"""

import tomllib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from systems import READER, coremail, exim, mail, parts, personal, postfix, qmail

from distribution.replies import Judgement, ReturnedReport, read_returned
from distribution.words import Meaning, Returned

SAID = tomllib.loads(Path(__file__).with_name("said.toml").read_text(encoding="utf-8"))
WORDS = st.sampled_from(sorted(reply for replies in SAID.values() for reply in replies))
PASSING = WORDS.map(lambda reply: "4" + reply[1:]).filter(lambda reply: reply[1:3].isdigit())
CODES = st.sampled_from(
    ["5.1.1", "5.1.2", "5.0.0", "5.2.1", "5.7.1", "4.2.2", "4.1.1", "2.0.0", ""]
)
ACTIONS = st.sampled_from(["failed", "delayed", "delivered", "relayed", "expanded", "error", ""])
READERS = st.sampled_from([READER, "qian@li.example", "li@qq.com", "", "nobody"])
MAY_BE_DEAD = (Meaning.BAD_ADDRESS, Meaning.BAD_DOMAIN)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """The fields of a recipient: some left out, some twice, in any order."""
    fields = [
        f"Final-Recipient: rfc822; {draw(READERS)}",
        f"Original-Recipient: rfc822; {draw(READERS)}",
        f"Action: {draw(ACTIONS)}",
        f"Status: {draw(CODES)}",
        f"Diagnostic-Code: smtp; {draw(WORDS)}",
        f"Diagnostic-Code: smtp; {draw(PASSING)}",
        "Remote-MTA: dns; mx3.qq.com",
    ]
    chosen = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=7))
    return "\n".join(chosen) + "\n"


@st.composite
def notices(draw: st.DrawFn) -> str:
    """What people are told."""
    lines = st.one_of(
        WORDS,
        PASSING,
        READERS.map("<{}>:".format),
        st.sampled_from(
            ["Delivery has been delayed.", "I'm on vacation.", "", "will be retried",
             "was successfully delivered to", "自动回复", "------ original message ------",
             ">>> RCPT TO:<x@y.example>", "in reply to end of DATA command", "Feedback-Type: abuse"]
        ),
    )  # fmt: skip
    return "\n".join(draw(st.lists(lines, max_size=8)))


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """A mail of any of these."""
    sender = draw(
        st.sampled_from(["MAILER-DAEMON@mx.example", f"Wei <{READER}>", "x@sns.y.example"])
    )
    subjects = ["Undeliverable", "Warning: delayed", "自动回复", "Re: x", "退信", "unsubscribe"]
    head = draw(st.sampled_from(["Return-Path: <>\n", "Auto-Submitted: auto-replied\n", ""]))
    types = ["message/delivery-status", "text/plain", "text/html", "message/feedback-report"]
    pieces = st.tuples(st.sampled_from(types), st.one_of(blocks(), notices()))
    subject = draw(st.sampled_from(subjects))
    if draw(st.booleans()):
        return mail(sender, subject, draw(notices()), head)
    return head.encode() + parts(sender, subject, *draw(st.lists(pieces, min_size=1, max_size=4)))


def evidence(report: ReturnedReport) -> list[Judgement]:
    return [result.judgement for result in report.results if result.dead]


def check(report: ReturnedReport) -> None:
    """Whoever is dead is so by a rule that says so, of words that do not pass."""
    assert report.dead <= (report.kind is Returned.BOUNCE)
    assert report.dead <= any(result.dead and result.recipients for result in report.results)
    for result in report.results:
        assert result.dead <= result.failed
    for judged in evidence(report):
        assert judged.rule is not None
        assert judged.said is not None
        assert judged.rule.dead
        assert judged.rule.fits(judged.said)
        assert judged.rule.means in MAY_BE_DEAD
        assert not (judged.said.code or judged.said.enhanced).startswith("4")
        assert not judged.temporary


@given(mails())
@settings(max_examples=300)
def test_whatever_is_glued_together_nobody_is_dead_without_evidence(raw: bytes) -> None:
    check(read_returned(raw))


@given(
    PASSING,
    st.sampled_from(["4.1.1", "4.2.2", "4.0.0", "4.4.1"]),
    st.sampled_from([postfix, lambda reply, _: exim(reply), lambda reply, _: qmail(reply)]),
)
def test_what_passes_is_never_evidence(reply: str, code: str, system: object) -> None:
    assert callable(system)
    assert not evidence(read_returned(system(reply, code)))


@given(WORDS, st.sampled_from(["delayed", "delivered", "relayed", "expanded"]), CODES)
def test_what_has_not_failed_is_never_evidence(reply: str, action: str, code: str) -> None:
    raw = postfix(reply, code).replace(b"Action: failed", f"Action: {action}".encode())

    assert not evidence(read_returned(raw))


@given(WORDS, st.sampled_from(["Auto-Submitted: auto-replied\n", "X-Autoreply: yes\n"]))
def test_a_machine_of_the_reader_is_never_evidence(reply: str, head: str) -> None:
    for subject in ("自动回复：十一月", "Out of office", "Re: November"):
        report = read_returned(personal(subject, f"{READER}\n{reply}", head))
        assert not evidence(report)
        assert not report.dead


@given(WORDS)
def test_a_complaint_is_never_evidence(reply: str) -> None:
    raw = parts(
        "feedback@mailbox.example",
        "Email Feedback Report",
        ("text/plain", reply),
        ("message/feedback-report", f"Feedback-Type: abuse\nOriginal-Rcpt-To: {READER}"),
        ("message/delivery-status", f"Final-Recipient: rfc822; {READER}\nAction: failed\n"),
    )

    assert not evidence(read_returned(raw))


def test_the_pieces_can_make_evidence() -> None:
    """Else all of this would hold of a reader who reads nothing."""
    assert evidence(read_returned(postfix("550 5.1.1 User unknown", "5.1.1")))
    assert evidence(read_returned(coremail("550 User not found")))
