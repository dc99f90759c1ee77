"""The link that no reader sees: in mails whose clicks are counted, unless the office says no."""

import pytest
from databases import only_sqlite
from web_office import DENIED, GRANTED, UNKNOWN, delivery_to, links_of, mail_to, plan

from distribution.app import App, open_app


def traps(app: App, address: str) -> set[str]:
    return {link for link in links_of(mail_to(app, address)) if link.endswith("/0")}


@only_sqlite
def test_it_follows_the_address_of_clicks_and_is_not_there_without_any(app: App) -> None:
    run = plan(app)
    his = app.addresses.click(delivery_to(app, GRANTED))
    assert traps(app, GRANTED) == {f"{his}/0"}
    assert traps(app, UNKNOWN) == {f"{app.addresses.run_click(run)}/0"}
    assert traps(app, DENIED) == set()


@pytest.mark.parametrize("setting", ["on", "off"])
@only_sqlite
def test_a_setting_switches_it_off(environment: dict[str, str], setting: str) -> None:
    app = open_app(environment | {"DISTRIBUTION_HONEYPOT": setting})
    plan(app)
    assert bool(traps(app, UNKNOWN)) == (setting == "on")
    app.engine.dispose()
