"""What readers want besides articles: no mail where nothing matches, plain text; defaults."""

from email import message_from_bytes
from email.message import Message

import pytest
from factories import KEY, SEPTEMBER, deliveries, make_subscriber, plan, start, tally, the_run
from runs import make_issue

from distribution import audience, delivery, issues, topics
from distribution.app import App
from distribution.delivery.drafting import NothingMatches
from distribution.delivery.press import personal_of
from distribution.words import Frequency, MailFormat, Role, Tracking

READER = "r@fenhe.example"


@pytest.fixture(autouse=True)
def _issue(app: App) -> None:
    """An issue all of whose articles are policy."""
    with app.transaction() as session:
        topics.map_section(session, "政策法规", "policy")
    make_issue(app)


def the_mail(app: App, run_id: int) -> Message:
    """The mail of the run's only reader, as it would go out."""
    (row,) = deliveries(app, run_id).values()
    press = delivery.Press(app.addresses)
    with app.reading() as session:
        press.load(session, {run_id}, {row.selection_id})
    _, body = press.mail(row.id, run_id, row.selection_id, row.recipient)
    return message_from_bytes(body)


def test_who_wants_mail_only_where_something_matches_is_left_out_and_counted(app: App) -> None:
    wants = Frequency.WHEN_MATCHING
    make_subscriber(app, "none@fenhe.example", topics=("quality",), frequency=wants)
    make_subscriber(app, "some@fenhe.example", topics=("policy",), frequency=wants)
    make_subscriber(app, "word@fenhe.example", watch_words=("第 3 篇",), frequency=wants)
    make_subscriber(app, "all@fenhe.example", frequency=wants)
    make_subscriber(app, "every@fenhe.example", topics=("quality",))

    run_id = plan(app)

    assert set(deliveries(app, run_id)) == {
        f"{name}@fenhe.example" for name in ("some", "word", "all", "every")
    }
    assert the_run(app, run_id).excluded == {"no_match": 1}
    start(app, run_id)
    assert tally(app, run_id) == {"planned": 4}


def test_who_was_left_out_is_free_for_another_run_of_the_issue(app: App) -> None:
    make_subscriber(app, READER, topics=("quality",), frequency=Frequency.WHEN_MATCHING)
    first = plan(app)
    assert tally(app, first) == {}
    assert plan(app) == first  # planned again, it is the same and stays empty


def test_a_preview_says_that_nothing_matches(app: App) -> None:
    row_id = make_subscriber(app, READER, topics=("quality",), frequency=Frequency.WHEN_MATCHING)
    with app.reading() as session:
        reader = audience.reader(session, row_id)
        issue = issues.find_issue(session, KEY)
        with pytest.raises(NothingMatches, match="有匹配时"):
            delivery.rehearse(session, issue.id, app.recipe).draft(
                delivery.wishes_of(reader), reader.recipient, SEPTEMBER
            )


def test_a_reader_of_plain_text_gets_no_html(app: App) -> None:
    make_subscriber(app, READER, format=MailFormat.TEXT)
    run_id = plan(app)

    mail = the_mail(app, run_id)

    assert mail.get_content_type() == "text/plain"
    text = mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "第 1 篇" in text
    assert "List-Unsubscribe" in mail
    assert "<html" not in text


def test_topics_by_role_and_industry_choose_for_who_chose_nothing(app: App) -> None:
    with app.transaction() as session:
        audience.set_default(session, Role.QUALITY, "", ["policy"])
        home = audience.ensure_enterprise(session, "太行重工", at=SEPTEMBER, industry="C35")
        audience.set_default(session, None, "C", ["quality"])
        assert home.industry == "C35"
    row_id = make_subscriber(app, READER, role=Role.QUALITY, enterprise="太行重工")
    run_id = plan(app)

    with app.reading() as session:
        reader = audience.reader(session, row_id)
    assert reader.topics == ("policy", "quality")
    text = the_mail(app, run_id).get_payload()[0].get_payload(decode=True).decode()  # type: ignore[union-attr,index]
    assert "按您的职务与行业为您选出" in text
    assert "默认关注：政策措施" in text


@pytest.mark.parametrize("consent", list(Tracking))
def test_only_who_agreed_to_be_counted_is_counted(app: App, consent: Tracking) -> None:
    links = personal_of(app.addresses, 7, 3, consent)
    if consent is Tracking.GRANTED:
        assert links.open_url == app.addresses.open(7)
        assert links.click_url == app.addresses.click(7)
    else:
        assert links.open_url is None
        of_the_run = {
            Tracking.UNKNOWN: app.addresses.run_click(3),
            Tracking.DENIED: app.addresses.run_read(3),
        }
        assert links.click_url == of_the_run[consent]
