"""An admin's own rules at work while sending, and the file they stand in when it is broken."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from factories import deliveries, make_run, make_sender
from fake_transport import FakeTransport, Refuse

from distribution import clock, delivery
from distribution.app import App, open_app
from distribution.delivery import Reply
from distribution.replies import InvalidRules
from distribution.words import Cause, DeliveryState

READER = "r1@fenhe.example"
SAID = Reply(550, "5.1.1 no such user, says the gate on Sundays")
OWN = """\
[[rule]]
means = "transient"
says = ["the gate on Sundays"]
source = "本厂网关周日关闭"
example = "550 5.1.1 no such user, says the gate on Sundays"
"""


def write(environment: dict[str, str], text: str) -> Path:
    path = Path(environment["DISTRIBUTION_HOME"]) / "reply_rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "state", "cause"),
    [("", DeliveryState.FAILED, Cause.BAD_ADDRESS), (OWN, DeliveryState.DEFERRED, None)],
)
def test_what_the_relay_says_is_judged_by_the_admin_s_rules_first(
    environment: dict[str, str], text: str, state: DeliveryState, cause: Cause | None
) -> None:
    write(environment, text)
    app = open_app(environment)
    run_id = make_run(app, [READER])
    relay = FakeTransport({READER: [Refuse(SAID)]})

    replace(make_sender(app, relay), rules=app.sender.rules).pump(timedelta(minutes=5))

    (row,) = deliveries(app, run_id).values()
    assert (row.state, row.cause) == (state, cause)
    app.engine.dispose()


def test_a_lane_rests_as_long_as_the_admin_s_rule_says(environment: dict[str, str]) -> None:
    patient = OWN.replace('"transient"', '"rate_limit"') + "wait_minutes = 300\n"
    write(environment, patient)
    app = open_app(environment)
    make_run(app, [READER])
    relay = FakeTransport({READER: [Refuse(SAID)]})

    replace(make_sender(app, relay), rules=app.sender.rules).pump(timedelta(minutes=5))

    with app.reading() as session:
        (lane,) = delivery.held_lanes(session)
        assert lane.resting_until is not None
        assert lane.resting_until > clock.now() + timedelta(hours=4)
    app.engine.dispose()


def test_a_broken_file_is_told_at_opening_and_not_in_the_middle_of_a_run(
    environment: dict[str, str],
) -> None:
    path = write(environment, OWN.replace("says", "sais"))

    with pytest.raises(InvalidRules, match="没有 sais 这一项") as caught:
        open_app(environment)

    assert (caught.value.path, caught.value.number, caught.value.exit_code) == (path, 1, 2)


def test_a_file_that_is_named_must_be_there_and_one_that_is_not_named_need_not(
    environment: dict[str, str], app: App, tmp_path: Path
) -> None:
    assert app.reply_rules == ()
    with pytest.raises(InvalidRules, match="没有这个文件"):
        open_app({**environment, "DISTRIBUTION_REPLY_RULES": str(tmp_path / "none.toml")})


def test_the_rules_are_read_once(environment: dict[str, str]) -> None:
    path = write(environment, OWN)
    opened = open_app(environment)
    path.unlink()

    assert [rule.name for rule in opened.reply_rules] == ["own-1"]
    opened.engine.dispose()
