"""Editors who change what leads to topics while others import, merge, or do the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import waits
from runs import MASTHEAD, SEPTEMBER, make_article
from topic_samples import topics_of_article

from distribution import issues, topics
from distribution.app import App
from distribution.compiler import ReadIssue
from distribution.topics import WordRule
from distribution.words import RuleField

WORDS = WordRule(RuleField.TITLE, any_words=("篇",))


def in_a_transaction(app: App, deed: Callable[..., object], *facts: object) -> None:
    with app.transaction() as session:
        deed(session, *facts)
        issues.retopic(session)


CHANGES: list[tuple[Callable[..., object], tuple[object, ...]]] = [
    (topics.add_rule, ("quality", WORDS)),
    (topics.map_section, ("政策法规", "quality")),
]


@pytest.mark.parametrize(("deed", "facts"), CHANGES)
def test_an_issue_imported_meanwhile_follows_the_change(
    app: App, deed: Callable[..., object], facts: tuple[object, ...]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            read = ReadIssue(MASTHEAD, (make_article(1),), ())
            key = issues.save_issue(session, read, b"", "a.txt", SEPTEMBER).key
            other = pool.submit(in_a_transaction, app, deed, *facts)
            assert waits(app, other)
        other.result()

    with app.reading() as session:
        assert "quality" in topics_of_article(session, key)


@pytest.mark.parametrize(("deed", "facts"), CHANGES)
def test_a_merge_waits_for_a_change_instead_of_both_waiting_for_each_other(
    app: App, deed: Callable[..., object], facts: tuple[object, ...]
) -> None:
    with app.transaction() as session:
        read = ReadIssue(MASTHEAD, (make_article(1),), ())
        key = issues.save_issue(session, read, b"", "a.txt", SEPTEMBER).key

    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            deed(session, *facts)
            other = pool.submit(in_a_transaction, app, topics.merge, "quality", "technology")
            assert waits(app, other)
            issues.retopic(session)
        other.result()

    with app.reading() as session:
        assert "technology" in topics_of_article(session, key)


def test_two_who_map_sections_to_one_topic_keep_both(app: App) -> None:
    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            topics.map_section(session, "安全生产", "quality")
            other = pool.submit(in_a_transaction, app, topics.map_section, "计量检测", "quality")
            assert waits(app, other)
        other.result()

    with app.reading() as session:
        assert {"安全生产", "计量检测"} <= set(topics.known_sections(session))


def test_two_who_add_the_same_rule_add_it_once(app: App) -> None:
    with app.reading() as session:
        before = len(topics.word_rules(session))

    with ThreadPoolExecutor(1) as pool:
        with app.transaction() as session:
            topics.add_rule(session, "quality", WORDS)
            other = pool.submit(in_a_transaction, app, topics.add_rule, "quality", WORDS)
            assert waits(app, other)
        other.result()

    with app.reading() as session:
        assert len(topics.word_rules(session)) == before + 1
