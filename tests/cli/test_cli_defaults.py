"""`distribution topic default`: what contacts get who chose nothing, by role and industry."""

import pytest
from cli_office import Office
from desk_files import audited, details

from distribution.app import App


def test_rules_are_set_replaced_shown_and_dropped(office: Office, app: App) -> None:
    said = [
        office("topic", "default", *words).out
        for words in (
            ("set", "--role", "质量", "--topics", "质量管理，policy"),
            ("set", "--role", "quality", "--topics", "quality,policy"),
            ("set", "--industry", "专用设备制造业", "--topics", "equipment"),
            ("set", "--role", "质量", "--industry", "c35", "--topics", "quality"),
            ("drop", "--role", "质量", "--industry", "C35"),
            ("drop", "--role", "质量", "--industry", "C35"),
        )
    ]

    assert said == [
        "质量的默认主题：质量管理、政策措施。\n",
        "质量的默认主题本来就是这样：没有改动。\n",
        "C35 专用设备制造业的默认主题：装备制造。\n",
        "质量、C35 专用设备制造业的默认主题：质量管理。\n",
        "质量、C35 专用设备制造业的默认主题已删去。\n",
        "质量、C35 专用设备制造业的默认主题本来就没有：没有改动。\n",
    ]
    assert office("topic", "default", "list", "--json").document == [
        {"role": None, "industry": "C35", "topics": ["equipment"]},
        {"role": "quality", "industry": None, "topics": ["quality", "policy"]},
    ]
    rows = [line.split() for line in office("topic", "default", "list").out.splitlines()]
    assert ["质量", "任何", "质量管理、政策措施"] in rows
    assert ["任何", "C35", "专用设备制造业", "装备制造"] in rows
    assert [subject for _, subject in audited(app)] == [
        "quality/*",
        "*/C35",
        "quality/C35",
        "quality/C35",
    ]


def test_the_trail_says_from_what_to_what(office: Office, app: App) -> None:
    office("topic", "default", "set", "--role", "质量", "--topics", "quality")

    assert details(app, "topic.default") == {"before": [], "now": ["quality"]}


def test_no_rule_is_said_so(office: Office) -> None:
    assert "distribution topic default set" in office("topic", "default", "list").out
    assert office("topic", "default", "list", "--json").document == []


BAD = {
    "nobody meant": (["set", "--topics", "quality"], "--role 或 --industry"),
    "a blank industry": (["set", "--industry", " ", "--topics", "quality"], "--role 或 --industry"),
    "nobody dropped": (["drop"], "--role 或 --industry"),
    "no topic": (["set", "--role", "质量", "--topics", " ，"], "topic default drop"),
    "an unknown topic": (["set", "--role", "质量", "--topics", "农业"], "没有主题 '农业'"),
    "an unknown role": (["set", "--role", "皇帝", "--topics", "quality"], "没有职务 '皇帝'"),
    "an unknown industry": (["drop", "--industry", "变戏法"], "行业 '变戏法'"),
    "a long industry": (["drop", "--industry", "长" * 10_000], "行业"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_rule_is_refused_in_one_sentence(office: Office, app: App, case: str) -> None:
    arguments, reason = BAD[case]

    refused = office("topic", "default", *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.sentence
    assert len(refused.sentence) < 700
    assert audited(app) == []
