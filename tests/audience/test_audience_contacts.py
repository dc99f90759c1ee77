"""Contacts and their interests: added once, changed whole, found however they are spelt."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from audience_people import GRANTED, HASHER, NOW, add
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from distribution import audience
from distribution.app import App
from distribution.audience import (
    AlreadySubscribed,
    InvalidText,
    TheseEnterprises,
    Those,
    Wishes,
    ensure_enterprise,
    set_enterprise_topics,
)
from distribution.audience.store.contacts import count_subscribers
from distribution.audience.wording import tidy, tidy_words
from distribution.errors import NotFound
from distribution.models import Enterprise, Subscriber, WatchWord
from distribution.topics import UnknownTopic
from distribution.words import (
    Edition,
    Role,
    TopicsFrom,
)


def test_a_profile_holds_everything_in_the_readers_own_order(session: Session) -> None:
    row = add(
        session,
        enterprise="太行重工",
        role=Role.QUALITY,
        edition=Edition.STANDARD,
        topics=("quality", "政策措施", "quality"),
        watch_words=("轴承", "液压", "轴承"),
        consent="入会登记表",
    )
    set_enterprise_topics(session, ensure_enterprise(session, "太行重工", at=NOW), ["shanxi"])

    found = audience.profile(session, row, at=NOW)

    assert [topic.code for topic in found.topics] == ["quality", "policy"]
    assert [topic.code for topic in found.default_topics] == ["shanxi"]
    assert found.watch_words == ("轴承", "液压")
    assert found.enterprise is not None
    assert found.enterprise.name == "太行重工"
    assert (found.subscriber.role, found.subscriber.edition) == (Role.QUALITY, Edition.STANDARD)
    assert [(e.decision, e.wording, e.by) for e in found.consents] == [
        (GRANTED, "入会登记表", "test")
    ]


def test_a_reader_is_planned_with_his_own_order_and_his_enterprises_defaults(
    session: Session,
) -> None:
    own = add(session, enterprise="太行重工", topics=("quality", "policy"), watch_words=("液压",))
    other = add(session, "b@sanjin.example", enterprise="太行重工")
    alone = add(session, "c@例子.中国")
    enterprise = ensure_enterprise(session, "太行重工", at=NOW)
    set_enterprise_topics(session, enterprise, ["education", "shanxi"])

    slice_of_all = audience.readers_after(session, 0, 10)

    assert slice_of_all.last_id == alone.id
    defaults = ("education", "shanxi")
    assert [(reader.topics, reader.topics_from) for reader in slice_of_all.readers] == [
        (("quality", "policy"), TopicsFrom.OWN),
        (defaults, TopicsFrom.ENTERPRISE),
        ((), TopicsFrom.NOBODY),
    ]
    assert [r.recipient for r in slice_of_all.readers][-1] == "c@xn--fsqu00a.xn--fiqs8s"
    assert audience.reader(session, own.id).watch_words == ("液压",)
    assert audience.reader(session, other.id).standard is False


def test_slices_meet_without_gap_and_end(session: Session) -> None:
    ids = [add(session, f"{n}@sanjin.example").id for n in range(5)]

    seen, last = [], 0
    while (found := audience.readers_after(session, last, 2)).last_id is not None:
        seen += [reader.subscriber_id for reader in found.readers]
        last = found.last_id

    assert seen == ids
    assert audience.readers_after(session, last, 2).readers == ()


def test_changing_one_kind_of_interest_leaves_the_others(session: Session) -> None:
    row = add(session, topics=("policy",), watch_words=("液压",))

    audience.set_interests(session, row, Wishes(edition=Edition.STANDARD), by="test")
    audience.set_interests(session, row, Wishes(topics=[]), by="test")

    found = audience.profile(session, row, at=NOW)
    assert (found.topics, found.watch_words) == ((), ("液压",))
    assert found.subscriber.edition is Edition.STANDARD


def test_an_unknown_topic_changes_nothing(app: App) -> None:
    with app.transaction() as session:
        row = add(session, topics=("policy",))
    with pytest.raises(UnknownTopic), app.transaction() as session:
        audience.set_interests(session, row, Wishes(topics=["quality", "农业"]), by="test")

    with app.reading() as session:
        assert [topic.code for topic in audience.profile(session, row, at=NOW).topics] == ["policy"]


@pytest.mark.parametrize("again", ["A@SANJIN.EXAMPLE", "ａ@sanjin.example"])
def test_one_mailbox_is_added_once(session: Session, again: str) -> None:
    add(session)

    with pytest.raises(AlreadySubscribed, match="已在册"):
        add(session, again, name="另一位", enterprise="太行重工")
    assert count_subscribers(session) == 1


def test_of_two_admins_who_add_one_address_at_once_one_is_told(app: App) -> None:
    def admin(name: str) -> str:
        try:
            with app.transaction() as session:
                return add(session, name=name, enterprise="太行重工", watch_words=(name,)).name
        except AlreadySubscribed:
            return "told"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(admin, ["甲", "乙", "丙", "丁"]))

    assert said.count("told") == 3
    with app.reading() as session:
        assert session.scalar(select(func.count(Subscriber.id))) == 1
        assert session.scalar(select(func.count(Enterprise.id))) == 1
        assert [*session.scalars(select(WatchWord.word))] == [s for s in said if s != "told"]


def test_of_two_who_change_interests_at_once_the_last_stays_whole(app: App) -> None:
    with app.transaction() as session:
        row = add(session, topics=("policy",), watch_words=("液压",))
    wishes = [("quality", "shanxi"), ("shanxi", "quality"), ("policy",), ()]

    def change(topics: tuple[str, ...]) -> None:
        with app.transaction() as session:
            audience.set_interests(
                session, row, Wishes(topics=topics, watch_words=topics), by="test"
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, wishes * 3))

    with app.reading() as session:
        found = audience.profile(session, row, at=NOW)
        assert tuple(topic.code for topic in found.topics) in wishes
        assert found.watch_words == tuple(topic.code for topic in found.topics)


def test_an_edition_chosen_on_stale_knowledge_is_set_all_the_same(session: Session) -> None:
    row = add(session)  # personalised, as this session knows him
    session.execute(text("UPDATE subscribers SET edition = 'standard'"))  # as somebody else may

    audience.set_interests(session, row, Wishes(edition=Edition.PERSONALISED), by="test")

    assert session.scalar(text("SELECT edition FROM subscribers")) == "personalised"


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("%", ["百分"]),
        ("_", ["下划"]),
        ("\\", ["反斜"]),
        ("a%b", []),
        ("BFEN", ["百分"]),
        ("太行", ["下划"]),
        ("例子.中国", ["反斜"]),
        ("xn--fsq", ["反斜"]),
        ("  百分 ", ["百分"]),
        ("ｂｆｅｎ", ["百分"]),
        ("无", []),
    ],
)
def test_searching_takes_every_character_literally(
    session: Session, wanted: str, names: list[str]
) -> None:
    add(session, "bfen@sanjin.example", name="百分", enterprise="100% 国产")
    add(session, "x_y@sanjin.example", name="下划", enterprise="太行重工")
    add(session, "c@例子.中国", name="反斜", enterprise="\\ 公司")

    assert [row.name for row, _, _ in audience.subscribers(session, Those(search=wanted))] == names


def test_finding_nobody_says_how_to_search(session: Session) -> None:
    for email in ("nobody@sanjin.example", "no address", ""):
        with pytest.raises(NotFound, match="--search"):
            audience.find_subscriber(session, email)


@pytest.mark.parametrize(
    "given", ["", "  ", "长" * 11, "a\nb", "a\x00b", "a\x1bb", "a\u200bb", "a\u2028b", "\ud800"]
)
def test_text_nobody_can_read_is_refused(given: str) -> None:
    with pytest.raises(InvalidText, match="姓名"):
        tidy("姓名", given, longest=10)


@pytest.mark.parametrize("given", ["魏𠮷安", "👨‍👩‍👧", "O'Neil", "[red]", "a b", "张　三", "%_\\"])
def test_unusual_names_are_kept_as_they_are(session: Session, given: str) -> None:
    row = add(session, name=f"\t{given} \n", enterprise=given, watch_words=(given,))

    session.expire_all()
    found = audience.profile(session, row, at=NOW)
    assert found.enterprise is not None
    assert (found.subscriber.name, found.enterprise.name, *found.watch_words) == (given,) * 3


def test_watch_words_are_kept_once_whatever_their_width() -> None:
    assert tidy_words(["液压", " ＣＮＣ", "cnc", "液压 "]) == ["液压", "ＣＮＣ"]
    with pytest.raises(InvalidText, match="最多 50 个"):
        tidy_words([str(number) for number in range(51)])


def test_the_made_up_audience_is_loaded_once_and_never_among_real_people(app: App) -> None:
    with app.transaction() as session:
        assert audience.load_sample(session, HASHER, at=NOW) == (14, 69)
    with app.transaction() as session:
        assert audience.load_sample(session, HASHER, at=NOW) == (0, 0)
        rows = audience.enterprises(session, TheseEnterprises(), today=NOW.date())

    assert sum(contacts for _, contacts, _ in rows) == 69
    assert sum(agreed for _, _, agreed in rows) == 67
    with app.reading() as session:
        emails = session.scalars(select(Subscriber.email)).all()
    assert all(email.endswith(".example") for email in emails)
