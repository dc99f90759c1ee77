"""Proofs: marked, sent once, otherwise the digest itself; counted nowhere."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from databases import inbox, only_sqlite, readings
from factories import SEPTEMBER, deliveries, make_subscriber, plan, start
from runs import make_issue
from sqlalchemy import select, update
from starlette.testclient import TestClient

from distribution import audience, clock, delivery, digests, issues, privacy, reports, topics, web
from distribution.app import App
from distribution.audience import Statement
from distribution.delivery import NobodyOnList, Proof, Remark
from distribution.digests import Interests
from distribution.issues import Desk
from distribution.models import Letter
from distribution.privacy import Kept
from distribution.words import Decision, LetterPurpose, LetterState, MailFormat, Purpose, Tracking

KEY = "2026-09"
EDITOR, CHIEF = "editor@federation.example", "chief@federation.example"
QUALITY = Interests(("policy",), tracking=Tracking.GRANTED)


@pytest.fixture(autouse=True)
def _issue(app: App) -> None:
    """An issue all of whose articles are policy, not yet approved; two on the list."""
    with app.transaction() as session:
        topics.map_section(session, "政策法规", "policy")
    make_issue(app, approved=False)
    put_on_list(app, EDITOR, CHIEF)


def put_on_list(app: App, *emails: str, list_name: str = "editors") -> list[bool]:
    with app.transaction() as session:
        return [
            delivery.add_proof_reader(
                session, list_name, audience.read_address(email), by="test", at=SEPTEMBER
            )
            for email in emails
        ]


def send(
    app: App,
    wishes: Interests = QUALITY,
    *,
    remarks: Sequence[Remark] = (),
    list_name: str = "editors",
    again: bool = False,
    at: timedelta = timedelta(0),
) -> list[str]:
    """Write proofs; gives whom they were written to."""
    with app.transaction() as session:
        issue = issues.find_issue(session, KEY)
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
        proof = Proof(rehearsal, wishes, "主题：政策措施", remarks, issue.approved_at, "梁编辑")
        readers = delivery.readers_on(session, list_name)
        templates = app.recipe.templates
        written = delivery.write_proofs(
            session, proof, readers, templates, again=again, at=SEPTEMBER + at
        )
        return sorted(reader.email for reader in written)


def letters(app: App) -> list[Letter]:
    with app.reading() as session:
        rows = list(session.scalars(select(Letter).order_by(Letter.id)))
        session.expunge_all()
    return rows


def digest(app: App, wishes: Interests = QUALITY) -> digests.Digest:
    """What a reader of these wishes gets who does not agree to be counted."""
    with app.reading() as session:
        issue = issues.find_issue(session, KEY)
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
        wishes = replace(wishes, tracking=Tracking.DENIED)
        return rehearsal.draft(wishes, EDITOR, SEPTEMBER).digest


def test_a_proof_is_the_digest_itself_below_a_note(app: App) -> None:
    assert send(app) == [CHIEF, EDITOR]

    chief, editor = letters(app)
    original = digest(app)
    assert (chief.purpose, chief.recipient, editor.recipient) == (
        LetterPurpose.PROOF, CHIEF, EDITOR,
    )  # fmt: skip
    assert chief.subject == f"【样刊】{original.subject}"
    assert (chief.text, chief.html) == (editor.text, editor.html)
    assert chief.text.endswith(original.text)
    assert digests.preheader(chief.html) == digests.preheader(original.html) != ""
    at = chief.html.index("<table")
    length = len(chief.html) - len(original.html)
    assert "样刊：" in chief.html[at : at + length]
    assert chief.html[: at - 1] + chief.html[at - 1 + length :] == original.html


def test_the_note_says_what_when_who_and_what_was_found(app: App) -> None:
    found = [Remark(number < 2, f"第 {number} 处 <b>") for number in range(7)]
    send(app, remarks=found)

    letter = letters(app)[0]
    for part in (letter.text, letter.html.replace("&lt;b&gt;", "<b>")):
        for said in (
            "样刊：《山西机电信息》2026年第9期", "2026-09-01 09:00（北京时间）由 梁编辑 制作",
            "主题：政策措施", "发现 2 处须先处理，有 5 处提示", "第 4 处 <b>", "另有 2 处",
            "链接只作样子", f"distribution issue check {KEY}", f"distribution issue approve {KEY}",
        ):  # fmt: skip
            assert said in part
        assert "第 5 处" not in part
    assert "第 4 处 <b>" not in letter.html  # what was found is text, never markup


def test_an_approved_issue_needs_no_approval(app: App) -> None:
    with app.transaction() as session:
        issues.approve(session, KEY, by="test", at=SEPTEMBER, override="测试")
    send(app)
    assert "已于 2026-09-01 09:00 批准" in letters(app)[0].text
    assert "issue approve" not in letters(app)[0].html
    assert "核对没有发现问题" in letters(app)[0].html


def test_the_same_proof_is_written_once(app: App) -> None:
    send(app)
    assert send(app, at=timedelta(hours=1)) == []
    put_on_list(app, "new@federation.example")
    assert send(app) == ["new@federation.example"]

    assert send(app, Interests((), standard=True)) == [CHIEF, EDITOR, "new@federation.example"]
    assert len(send(app, replace(QUALITY, format=MailFormat.TEXT))) == 3
    assert len(send(app, again=True)) == 3
    assert len(send(app, again=True, at=timedelta(hours=1))) == 3


def test_another_text_is_another_proof(app: App) -> None:
    send(app)
    with app.transaction() as session:
        Desk(session, KEY, by="test", at=SEPTEMBER).edit(1, {"title": "改过的标题"})
    assert send(app) == [CHIEF, EDITOR]
    assert "改过的标题" in letters(app)[-1].text


def test_the_mark_of_advertising_stands_before_that_of_a_proof(app: App) -> None:
    with app.transaction() as session:
        desk = Desk(session, KEY, by="test", at=SEPTEMBER)
        issues.declare_commercial(desk, commercial=True)
    send(app)
    assert letters(app)[0].subject.startswith("AD 【样刊】《山西机电信息》")


def test_a_proof_of_plain_text_has_no_html(app: App) -> None:
    send(app, replace(QUALITY, format=MailFormat.TEXT))
    letter = letters(app)[0]
    assert (letter.html, letter.text.endswith(digest(app).text)) == ("", True)
    assert "样刊" in letter.text


@only_sqlite
def test_the_note_survives_templates_of_the_house(app: App) -> None:
    path = app.settings.home / "email_templates" / "digest" / "body.html"
    path.parent.mkdir(parents=True)
    bundled = Path(app.recipe.templates[-1]) / "digest" / "body.html"
    text = bundled.read_text(encoding="utf-8")
    bare = (
        '<html lang="zh-CN"><body bgcolor="white"><table>\n{% block rows %}{% endblock %}</table>'
    )
    frame = path.parents[1] / "frame.html"
    frame.write_text(bare + "\n{% block last %}{% endblock %}</body></html>", encoding="utf-8")
    path.write_text(text.replace('"base.html"', '"frame.html"'), encoding="utf-8")

    send(app)

    body = letters(app)[0].html.partition("<body")[2]
    opening, _, rest = body.partition(">")
    assert "white" in opening
    assert rest.lstrip().startswith("<table")
    assert rest.index("样刊：") < rest.index("第 1 篇")
    assert digest(app).html.partition("<body")[2].partition(">")[2] in rest


def test_nothing_in_a_proof_is_ever_counted(app: App) -> None:
    make_subscriber(app, "reader@fenhe.example", topics=("policy",))
    with app.transaction() as session:
        issues.approve(session, KEY, by="test", at=SEPTEMBER, override="测试")
        row = audience.find_subscriber(session, "reader@fenhe.example")
        agrees = Statement(Decision.GRANTED, "同意统计", "cli", Purpose.TRACKING)
        audience.record_consent(session, row.id, agrees, by="test", at=SEPTEMBER)
    run_id = plan(app)
    start(app, run_id)
    with app.reading() as session:
        before = reports.run_report(session, run_id)

    send(app)  # as of a reader who agrees to be counted
    html = letters(app)[0].html
    assert "<img" not in html
    links = set(re.findall(r'(?:href|src)="([^"]+)"', html))
    ours = {link for link in links if link.startswith(app.settings.base_url)}
    assert len(ours) > 6
    with TestClient(web.make_app(app, lambda _: None)) as client:
        found = {client.get(urlsplit(link).path, follow_redirects=False) for link in ours}
        assert {answer.status_code for answer in found} <= {404, 410}

    assert (inbox(app), readings(app)) == ([], [])
    with app.reading() as session:
        assert reports.run_report(session, run_id) == before
    with TestClient(web.make_app(app, lambda _: None)) as client:  # a reader's own is counted
        (his,) = deliveries(app, run_id).values()
        client.get(urlsplit(app.addresses.open(his.id)).path)
    assert len(inbox(app)) == 1


def test_proofs_are_emptied_with_the_other_letters(app: App) -> None:
    send(app)
    with app.transaction() as session:
        session.execute(update(Letter).values(state=LetterState.SENT))
    done = privacy.purge(
        app.transaction,
        dict.fromkeys((kept for kept in Kept if kept is not Kept.LATE), 0) | {Kept.MAIL: 30},
        app.keyring.address_hash,
        by="test",
        at=clock.now() + timedelta(days=400),
        dry_run=False,
    )
    assert done.total >= 2
    assert [(letter.text, letter.html) for letter in letters(app)] == [("", ""), ("", "")]


def test_an_empty_list_is_named_with_those_that_are_not(app: App) -> None:
    put_on_list(app, CHIEF, list_name="board")
    with pytest.raises(
        NobodyOnList, match=r"nobody 上没有人.*board（1 人）、editors（2 人）.*add 邮箱"
    ):
        send(app, list_name="nobody")
    assert letters(app) == []


def test_an_address_stands_on_a_list_once_however_it_is_spelt(app: App) -> None:
    assert put_on_list(app, "EDITOR@Federation.example") == [False]
    with app.transaction() as session:
        address = audience.read_address("Editor@federation.example")
        assert delivery.drop_proof_reader(session, "editors", address)
        assert not delivery.drop_proof_reader(session, "editors", address)
        assert [row.email for row in delivery.proof_readers(session)] == [CHIEF]


def test_an_address_in_foreign_letters_gets_its_letter_by_its_ascii_name(app: App) -> None:
    put_on_list(app, "zhu@机电.example", list_name="cn")
    send(app, list_name="cn")
    assert letters(app)[0].recipient == audience.read_address("zhu@机电.example").envelope
    assert letters(app)[0].recipient.isascii()
