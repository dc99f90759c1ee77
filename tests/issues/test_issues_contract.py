"""What an editor adds to an issue is kept with it, whatever becomes of its articles."""

from collections.abc import Callable

import pytest
from desk_samples import MORNING, TITLES, AtDesk, article, read, save, stored_articles
from runs import approve

from distribution import issues
from distribution.app import App
from distribution.errors import NotFound
from distribution.issues import AlreadyApproved, Contract, Desk, Fault, InvalidFact, Limit

FOUR = [article(title) for title in TITLES]


@pytest.fixture
def key(app: App) -> str:
    """An issue of four articles, all of one section."""
    return save(app, read())


class Contracting:
    """Each verb at the locked desk in a transaction of its own."""

    def __init__(self, app: App, key: str) -> None:
        self._app, self._key = app, key

    def __call__(self, verb: Callable[..., object], *arguments: object) -> object:
        with self._app.transaction() as session:
            return verb(Desk(session, self._key, by="editor", at=MORNING), *arguments)


@pytest.fixture
def desk(app: App, key: str) -> Contracting:
    """Its editor's desk."""
    return Contracting(app, key)


def contract(app: App, key: str) -> Contract:
    with app.reading() as session:
        return issues.load_issue(session, issues.find_issue(session, key).id).contract


def leads(app: App, key: str) -> list[str]:
    return [one.article.title for one in stored_articles(app, key) if one.lead]


def faults(app: App, key: str) -> list[tuple[Fault, str]]:
    with app.reading() as session:
        found = issues.check(session, issues.find_issue(session, key))
        return [(one.kind, one.sentence) for one in found if one.error]


def test_one_article_leads_and_choosing_it_again_changes_nothing(
    app: App, key: str, desk: Contracting
) -> None:
    assert desk(issues.choose_lead, 2)
    assert desk(issues.choose_lead, 3)
    assert not desk(issues.choose_lead, 3)

    assert leads(app, key) == [TITLES[2]]


def test_a_lead_is_dropped_by_its_own_number_or_by_none(
    app: App, key: str, desk: Contracting
) -> None:
    assert not desk(issues.drop_lead)
    desk(issues.choose_lead, 3)

    assert not desk(issues.drop_lead, 2)
    assert leads(app, key) == [TITLES[2]]
    assert desk(issues.drop_lead, 3)
    assert leads(app, key) == []


@pytest.mark.parametrize("number", [0, 5, -1])
def test_a_lead_must_be_there(desk: Contracting, number: int) -> None:
    for verb in (issues.choose_lead, issues.drop_lead):
        with pytest.raises(NotFound, match="第 1 至 4 篇"):
            desk(verb, number)


@pytest.mark.parametrize("deed", ["merge", "drop", "reimport"])
def test_the_check_says_which_lead_has_gone(
    app: App, key: str, desk: Contracting, deed: str
) -> None:
    desk(issues.choose_lead, 2)
    if deed == "merge":
        AtDesk(app, key)("merge", 1, 2)
    elif deed == "drop":
        AtDesk(app, key)("drop", 2, "重复")
    else:
        save(app, read(FOUR[0], *FOUR[2:]), b"other")

    assert leads(app, key) == []
    assert faults(app, key) == [(Fault.LEAD_GONE, f"头条「{TITLES[1]}」已不在这一期")]


def test_a_lead_keeps_its_article_when_the_contents_move(
    app: App, key: str, desk: Contracting
) -> None:
    desk(issues.choose_lead, 2)
    save(app, read(article("新来的一篇"), *FOUR), b"other")
    AtDesk(app, key)("move", 3, 1)

    assert leads(app, key) == [TITLES[1]]
    assert faults(app, key) == []


def test_a_limit_is_found_again_however_its_section_is_written(
    app: App, key: str, desk: Contracting
) -> None:
    desk(issues.limit_section, "政策 措施", {"least": "2", "label": "要闻"})
    changed = desk(issues.limit_section, "政策措施", {"most": "3"})

    assert changed == Limit("政策措施", 2, 3, "要闻")
    assert contract(app, key).limits == (changed,)
    assert desk(issues.limit_section, "政策措施", {"most": "3"}) is None
    assert desk(issues.lift_limit, " 政策措施 ")
    assert contract(app, key).limits == ()
    assert not desk(issues.lift_limit, "政策措施")


def test_a_section_the_issue_does_not_have_is_refused_with_those_it_has(
    app: App, desk: Contracting
) -> None:
    save(app, read(*FOUR, article("新来的一篇", section="质量管理")), b"other")

    for verb, more in ((issues.limit_section, [{"most": "1"}]), (issues.lift_limit, [])):
        with pytest.raises(NotFound, match="栏目有 政策措施、质量管理"):
            desk(verb, "安全生产", *more)


def test_a_limit_whose_section_has_gone_is_told_and_can_be_lifted(
    app: App, key: str, desk: Contracting
) -> None:
    desk(issues.limit_section, "政策措施", {"most": "1"})
    for number in range(1, 5):
        AtDesk(app, key)("edit", number, {"section": "质量管理"})

    assert (Fault.SECTION_GONE, "限额的栏目「政策措施」已不在这一期") in faults(app, key)
    assert desk(issues.lift_limit, "政策措施")
    assert faults(app, key) == []


def test_what_is_written_survives_another_file(app: App, key: str, desk: Contracting) -> None:
    assert desk(issues.write_note, "各位读者：\r\n新年好。")
    assert desk(issues.write_notice, "年会照开。")
    assert desk(issues.declare_commercial, True)
    desk(issues.limit_section, "政策措施", {"most": "2"})
    save(app, read(*FOUR, article("新来的一篇")), b"other")

    kept = Contract("各位读者：\n新年好。", "年会照开。", (Limit("政策措施", 0, 2),), True)
    assert contract(app, key) == kept
    assert not desk(issues.write_note, "各位读者：\n新年好。\n")
    assert not desk(issues.declare_commercial, True)
    assert desk(issues.write_note, None)
    assert contract(app, key).note == ""


def test_what_cannot_be_written_leaves_what_was_there(
    app: App, key: str, desk: Contracting
) -> None:
    desk(issues.write_notice, "年会照开。")

    with pytest.raises(InvalidFact, match="联合会通知有 2001 个字"):
        desk(issues.write_notice, "长" * 2001)
    assert contract(app, key).notice == "年会照开。"


def test_an_approved_issue_keeps_its_contract(app: App, key: str, desk: Contracting) -> None:
    approve(app, key)

    for verb, argument in (
        (issues.choose_lead, 1),
        (issues.write_note, "新年好。"),
        (issues.declare_commercial, True),
        (issues.lift_limit, "政策措施"),
    ):
        with pytest.raises(AlreadyApproved):
            desk(verb, argument)
    assert contract(app, key) == Contract()
