"""An issue that went out may be put right, but its articles keep their places."""

import pytest
from desk_samples import MORNING, TITLES, AtDesk, read, save, titles
from runs import add_reader, approve, plan, start
from sqlalchemy import update

from distribution import clock, delivery, issues
from distribution.app import App
from distribution.models import Run
from distribution.words import RunState


@pytest.fixture
def key(app: App) -> str:
    """An issue whose run is finished, and that was opened again; its key."""
    key = approve(app, save(app, read()))
    with app.transaction() as session:
        add_reader(session, app, "a@fenhe.example", MORNING)
    run_id = start(app, plan(app, key, MORNING), clock.now())
    with app.transaction() as session, pytest.raises(issues.HasRun, match=f"批次 {run_id}"):
        issues.reopen(session, key)
    app.sender.pump(delivery.VALID)
    with app.transaction() as session:
        delivery.finish_drained(session, app.keyring, MORNING)
    with app.transaction() as session:
        assert issues.reopen(session, key)
    return key


def test_what_an_article_says_may_be_put_right(app: App, key: str) -> None:
    AtDesk(app, key)("edit", 2, {"title": "改好的标题"})

    assert titles(app, key)[1] == "改好的标题"


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [("move", (1, 3)), ("merge", (1, 2)), ("split", (1, 2, "后半篇")), ("drop", (2, "重复"))],
)
def test_no_article_comes_to_stand_elsewhere(
    app: App, key: str, verb: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(issues.PlacesTaken, match="只能改文章的内容"):
        AtDesk(app, key)(verb, *arguments)

    assert titles(app, key) == list(TITLES)


@pytest.mark.parametrize("state", [RunState.CANCELLED, RunState.SENDING])
def test_nor_where_a_run_was_cancelled_on_its_way_or_goes_on_with_a_doubt(
    app: App, key: str, state: RunState
) -> None:
    with app.transaction() as session:
        session.execute(update(Run).values(state=state))

    with pytest.raises(issues.PlacesTaken):
        AtDesk(app, key)("move", 1, 3)


@pytest.mark.usefixtures("key")
def test_nor_by_an_import(app: App) -> None:
    with pytest.raises(issues.PlacesTaken):
        save(app, read(*read().articles[1:]))
