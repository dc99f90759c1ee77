"""`distribution digest explain`: why each article is in one reader's mail, or is not."""

import pytest
from cli_office import MORNING, Office
from runs import add_reader, approve
from sqlalchemy import delete, update

from distribution import audience, clock, delivery, issues, topics
from distribution.app import App
from distribution.audience.store.contacts import Wishes
from distribution.models import Article, ArticleTopic, Delivery
from distribution.words import Cause, DeliveryState, Edition, Frequency

READER = "zhang@fenhe.example"
KEYS = {
    "issue", "subscriber", "frozen", "run", "delivery", "state", "cause", "barrier", "empty",
    "interests", "articles",
}  # fmt: skip


def add(app: App, email: str = READER, **facts: object) -> None:
    with app.transaction() as session:
        add_reader(session, app, email, MORNING, **facts)


def plan(app: App, key: str) -> int:
    return delivery.plan(app.transaction, approve(app, key), app.recipe, by="test", at=clock.now())


def test_every_article_has_its_reason_whether_it_is_chosen_or_not(
    office: Office, app: App, issue: str
) -> None:
    add(app, topics=("quality", "policy"), watch_words=("风电",))

    found = office("digest", "explain", issue, "--subscriber", READER)

    assert (found.code, found.err) == (0, "")
    assert "还没有给他的投递：以下是现在规划会得到的结果" in found.out
    assert "您关注：质量管理" in found.out
    assert "关注词：风电" in found.out
    assert "不在关注范围（这篇属于：行业资讯）" in found.out
    assert "共 29 篇" in found.out


def test_the_places_are_those_of_the_mail_and_the_rest_has_none(
    office: Office, app: App, issue: str
) -> None:
    add(app, topics=("quality", "policy"))

    document = office("digest", "explain", issue, "--subscriber", READER, "--json").document

    assert set(document) == KEYS
    assert [article["number"] for article in document["articles"]] == list(range(1, 30))
    chosen = sorted(
        (article for article in document["articles"] if article["place"]),
        key=lambda article: article["place"],
    )
    assert [article["place"] for article in chosen] == list(range(1, len(chosen) + 1))
    assert chosen[0]["words"] == "您关注：质量管理"  # his own order
    assert {article["reason"] for article in chosen} == {"topic"}
    left = [article for article in document["articles"] if not article["place"]]
    assert {article["reason"] for article in left} == {"not_followed"}
    assert document["interests"] == {
        "topics": ["quality", "policy"],
        "topics_from": "own",
        "watch_words": [],
        "edition": "personalised",
        "frequency": "every_issue",
        "format": "html",
        "tracking": "unknown",
    }


def test_a_full_section_is_said_with_the_editors_number(
    office: Office, app: App, issue: str
) -> None:
    assert office("article", "limit", issue, "省内信息", "--most", "2").code == 0
    add(app, topics=("shanxi",))

    document = office("digest", "explain", issue, "--subscriber", READER, "--json").document

    full = [one for one in document["articles"] if one["reason"] == "section_full"]
    assert [one["number"] for one in full] == [18, 19, 20, 21, 22]
    assert {one["words"] for one in full} == {"栏目已满：省内信息（编辑设定至多 2 篇）"}


def test_an_article_without_a_topic_is_said_to_have_none(
    office: Office, app: App, issue: str
) -> None:
    with app.transaction() as session:
        session.execute(delete(ArticleTopic))
    add(app, topics=("quality",))

    out = office("digest", "explain", issue, "--subscriber", READER).out

    assert "不在关注范围（这篇没有归入任何主题）" in out


def test_who_wants_only_what_matches_learns_that_nothing_does(
    office: Office, app: App, issue: str
) -> None:
    with app.transaction() as session:
        topics.add(session, "green", "绿色低碳")
    add(app, topics=("green",), frequency=Frequency.WHEN_MATCHING)

    found = office("digest", "explain", issue, "--subscriber", READER)
    document = office("digest", "explain", issue, "--subscriber", READER, "--json").document

    assert found.code == 0
    assert "没有匹配，不发" in found.out
    assert "这一期不会向他投递" in found.out
    assert document["empty"] is True
    assert {one["reason"] for one in document["articles"]} == {"no_match"}


def test_what_keeps_mail_from_him_is_said(office: Office, app: App, issue: str) -> None:
    add(app, consent="")

    out = office("digest", "explain", issue, "--subscriber", READER).out

    assert "目前不会向他投递：未曾同意。" in out


def test_topics_of_others_are_said_to_be_theirs(office: Office, app: App, issue: str) -> None:
    with app.transaction() as session:
        home = audience.ensure_enterprise(session, "太行重工", at=MORNING)
        audience.set_enterprise_topics(session, home, ["quality"])
    add(app, enterprise="太行重工")

    out = office("digest", "explain", issue, "--subscriber", READER).out

    assert "质量管理（默认：本单位关注）" in out
    assert "本单位关注：质量管理" in out


def test_once_there_is_a_delivery_what_was_frozen_is_explained(
    office: Office, app: App, issue: str
) -> None:
    add(app, topics=("quality",), watch_words=("风电",))
    before = office("digest", "explain", issue, "--subscriber", READER, "--json").document
    run_id = plan(app, issue)
    with app.transaction() as session:
        row = audience.find_subscriber(session, READER)
        wishes = Wishes(topics=["policy"], watch_words=[], edition=Edition.STANDARD)
        audience.set_interests(session, row, wishes, by="reader")
        session.execute(update(Article).values(title="改过的标题", section="改过的栏目"))
        session.execute(delete(ArticleTopic))
        topics.rename(session, "quality", "品质")

    found = office("digest", "explain", issue, "--subscriber", READER)
    after = office("digest", "explain", issue, "--subscriber", READER, "--json").document

    assert (after["frozen"], after["run"], after["state"]) == (True, run_id, "planned")
    assert f"以下随批次 {run_id} 保存" in found.out
    assert f"投递 {after['delivery']}，待投递。" in found.out
    assert after["articles"] == before["articles"]
    assert after["interests"] == before["interests"]
    assert "您关注：质量管理" in found.out


def test_the_cause_of_a_delivery_that_did_not_go_is_said(
    office: Office, app: App, issue: str
) -> None:
    add(app)
    plan(app, issue)
    with app.transaction() as session:
        skipped = {"state": DeliveryState.SKIPPED, "cause": Cause.LEFT}
        session.execute(update(Delivery).values(skipped))

    out = office("digest", "explain", issue, "--subscriber", READER).out

    assert "已跳过（已退订）。" in out


def test_a_cancelled_run_explains_nothing_any_more(office: Office, app: App, issue: str) -> None:
    add(app, topics=("quality",))
    run_id = plan(app, issue)
    with app.transaction() as session:
        delivery.cancel(session, run_id, by="test", at=MORNING)

    document = office("digest", "explain", issue, "--subscriber", READER, "--json").document

    assert (document["frozen"], document["run"], document["delivery"]) == (False, None, None)


@pytest.mark.parametrize(
    ("key", "email", "words"),
    [("2026-11", "nobody@fenhe.example", "nobody@fenhe.example"), ("2031-01", READER, "2031-01")],
)
def test_what_is_not_there_is_named(
    office: Office, app: App, issue: str, key: str, email: str, words: str
) -> None:
    add(app)
    assert issue == "2026-11"

    refused = office("digest", "explain", key, "--subscriber", email)

    assert (refused.code, refused.out) == (2, "")
    assert words in refused.sentence


def test_a_title_cannot_steer_the_terminal(office: Office, app: App, issue: str) -> None:
    add(app)
    with app.transaction() as session:
        session.execute(update(Article).values(title="\x1b[31m红"))
        assert issues.find_issue(session, issue)

    out = office("digest", "explain", issue, "--subscriber", READER).out

    assert "\x1b" not in out
