"""`distribution subscriber bulk`: one change for all who are meant, and nobody else."""

from datetime import timedelta

import pytest
from cli_office import Office
from desk_files import at_a_terminal, audited, details
from sqlalchemy import select

from distribution import audience, clock
from distribution.app import App
from distribution.cli.subscriber import bulk
from distribution.models import Audit
from distribution.words import Role

TOMORROW = str(clock.today() + timedelta(days=1))


@pytest.fixture
def five(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three contacts of one enterprise and two of another, changed two at a time."""
    monkeypatch.setattr(bulk, "SLICE", 2)
    for number, name in enumerate("甲乙丙丁戊"):
        office(
            *("subscriber", "add", f"{number}@sanjin.example", "--name", name),
            *("--enterprise", "太行重工" if number < 3 else "晋中轴承", "--consent", "表"),
            *("--topics", "quality" if number % 2 else "policy"),
        )


def column(office: Office, key: str) -> list[object]:
    emails = [row["email"] for row in office("subscriber", "list", "--json").document]
    return [office("subscriber", "show", email, "--json").document[key] for email in emails]


@pytest.mark.usefixtures("five")
def test_all_who_are_meant_are_changed_and_each_leaves_a_trail(office: Office, app: App) -> None:
    done = office("subscriber", "bulk", "--enterprise", "太行", "--add-topic", "质量管理", "--yes")

    assert (done.code, done.out) == (0, "改动 2 位，本来如此 1 位。\n")
    assert column(office, "topics") == [
        ["policy", "quality"],
        ["quality"],
        ["policy", "quality"],
        ["quality"],
        ["policy"],
    ]
    with app.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "subscriber.bulk")).all()
        assert [row.detail for row in rows] == [{"topics": [["policy"], ["policy", "quality"]]}] * 2


DEEDS = {
    "remove": (["--remove-topic", "policy"], "topics", [[], ["quality"], []]),
    "set": (["--set-topics", "shanxi，质量管理"], "topics", [["shanxi", "quality"]] * 3),
    "clear": (["--set-topics", ""], "topics", [[]] * 3),
    "edition": (["--set-edition", "标准版"], "edition", ["standard"] * 3),
    "frequency": (["--set-frequency", "有匹配时"], "frequency", ["when_matching"] * 3),
    "format": (["--set-format", "纯文本"], "format", ["text"] * 3),
    "pause": (["--pause-until", TOMORROW], "barrier", ["paused"] * 3),
    "role": (["--set-role", "质量"], "role", ["quality"] * 3),
    "move": (["--move-to", "晋中"], "enterprise", ["晋中轴承"] * 3),
    "leave": (["--unsubscribe", "单位来函"], "barrier", ["left"] * 3),
}


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("case", DEEDS)
def test_every_deed_changes_only_those_who_are_meant(office: Office, case: str) -> None:
    words, key, after = DEEDS[case]
    before = column(office, key)

    assert office("subscriber", "bulk", "--enterprise", "太行", *words, "--yes").code == 0

    assert column(office, key) == [*after, *before[3:]]
    again = office(
        "subscriber", "bulk", "--search", "sanjin", "--enterprise", "太行", *words, "--yes"
    )
    assert "改动 0 位" in again.out or case == "move"


@pytest.mark.usefixtures("five")
def test_a_pause_of_many_can_be_ended(office: Office) -> None:
    office("subscriber", "bulk", "--all", "--pause-until", TOMORROW, "--yes")

    resumed = office("subscriber", "bulk", "--state", "本人暂停", "--resume", "--yes")

    assert resumed.out == "改动 5 位，本来如此 0 位。\n"
    assert column(office, "mailable") == [True] * 5


@pytest.mark.usefixtures("five")
def test_a_dry_run_shows_whom_and_changes_nothing(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "FIRST", 2)
    before = audited(app)

    shown = office("subscriber", "bulk", "--all", "--unsubscribe", "来函", "--dry-run")

    assert [name for name in "甲乙丙" if name in shown.out] == ["甲", "乙"]
    assert shown.out.endswith("共 5 位，以上是前 2 位；只是预览：没有改动任何内容。\n")
    assert audited(app) == before


@pytest.mark.usefixtures("five")
def test_it_asks_before_it_acts(office: Office, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("subscriber", "bulk", "--all", "--set-edition", "标准版")
    before = audited(app)

    alone = office(*words)
    at_a_terminal(monkeypatch, "n")
    refused = office(*words)

    assert (alone.code, refused.code) == (2, 1)
    assert "将修改 5 位订阅者，确定吗？没有终端可以回答" in alone.sentence
    assert audited(app) == before
    at_a_terminal(monkeypatch, "y")
    assert office(*words).out == "改动 5 位，本来如此 0 位。\n"


REFUSED = {
    "nobody named": (["--set-edition", "标准版"], 1, "确实要全部改动请加 --all"),
    "a blank search": (["--search", " ", "--set-edition", "标准版"], 1, "--all"),
    "no deed": (["--all"], 2, "没有写明要改什么"),
    "many liaisons": (["--all", "--set-role", "联络员"], 2, "没有可批量改的职务 '联络员'"),
    "an unknown topic": (["--all", "--add-topic", "农业"], 2, "没有主题 '农业'"),
    "an unknown enterprise": (["--all", "--move-to", "无此厂"], 2, "没有单位 无此厂"),
    "a pause and none": (["--all", "--pause-until", TOMORROW, "--resume"], 2, "只能写一个"),
    "a day that is over": (["--all", "--pause-until", "2020-01-01"], 2, "已经过去"),
    "no reason": (["--all", "--unsubscribe", " "], 2, "缘由不能为空"),
}


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_meant_well_is_refused_and_changes_nothing(
    office: Office, app: App, case: str
) -> None:
    words, code, reason = REFUSED[case]
    before = audited(app)

    refused = office("subscriber", "bulk", *words, "--yes")

    assert (refused.code, refused.out) == (code, "")
    assert reason in refused.sentence
    assert audited(app) == before


@pytest.mark.usefixtures("five")
def test_one_who_cannot_be_changed_does_not_keep_the_others(office: Office) -> None:
    for email in ("0@sanjin.example", "4@sanjin.example"):
        office("subscriber", "change", email, "--role", "联络员")

    done = office("subscriber", "bulk", "--search", "sanjin", "--move-to", "晋中轴承", "--yes")

    assert done.code == 1
    assert "改动 2 位，本来如此 2 位，拒绝 1 位。" in done.out
    assert "拒绝：「晋中轴承」已有联络员 4@sanjin.example" in done.out
    assert column(office, "enterprise") == ["太行重工", *["晋中轴承"] * 4]


@pytest.mark.usefixtures("five")
def test_who_is_erased_is_never_meant(office: Office, app: App) -> None:
    with app.transaction() as session:
        audience.find_subscriber(session, "0@sanjin.example").erased_at = clock.now()

    done = office("subscriber", "bulk", "--all", "--set-edition", "标准版", "--yes")

    assert done.out == "改动 4 位，本来如此 0 位。\n"


def test_where_nobody_is_meant_nothing_is_asked(office: Office) -> None:
    done = office("subscriber", "bulk", "--all", "--set-edition", "标准版")

    assert (done.code, done.out) == (0, "没有符合的订阅者。\n")


@pytest.mark.usefixtures("five")
def test_the_trail_of_a_role_says_from_what_to_what(office: Office, app: App) -> None:
    office("subscriber", "bulk", "--search", "0@", "--set-role", Role.QUALITY.label, "--yes")

    assert details(app, "subscriber.bulk") == {"role": ["other", "quality"]}
