"""`enterprise notify`: the admins are told beforehand which memberships end, once."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cli_office import Office
from runs import relay_settings
from sink import Sink

from distribution import clock
from distribution.cli import common

ADMINS = "office@federation.example, deputy@federation.example"


@pytest.fixture
def ending(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two memberships, one of which ends soon; the day it ends."""
    monkeypatch.setenv("DISTRIBUTION_ADMIN_ADDRESSES", ADMINS)
    soon = clock.today() + timedelta(days=20)
    far = clock.today() + timedelta(days=400)
    office("enterprise", "add", "太行重工", "--until", str(soon))
    office("enterprise", "add", "汾河机床", "--until", str(far))
    office("subscriber", "add", "a@taihang.example", "--name", "甲", "--enterprise", "太行重工")
    return str(soon)


def mails(environment: dict[str, str]) -> list[str]:
    outbox = Path(environment["DISTRIBUTION_HOME"]) / "outbox"
    found = []
    for path in sorted(outbox.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        found.append(f"{mail['To']} {mail['Subject']} {mail.get_body(('plain',)).get_content()}")
    return sorted(found)


def test_each_admin_gets_one_letter_and_each_ending_is_told_once(
    office: Office, environment: dict[str, str], ending: str
) -> None:
    assert "太行重工" in office("enterprise", "notify", "--dry-run").out
    assert mails(environment) == []

    done = office("enterprise", "notify")

    assert (done.code, done.err) == (0, "")
    assert "已交中继 2 封" in done.out
    deputy, office_mail = mails(environment)
    assert deputy.startswith("deputy@federation.example 1 家会员企业的会籍即将到期 ")
    assert office_mail.startswith("office@federation.example ")
    assert f"太行重工：{ending}（还有 20 天），联系人 1 位" in deputy
    assert "汾河机床" not in deputy
    assert "没有新的要提醒" in office("enterprise", "notify").out
    assert len(mails(environment)) == 2


def test_a_day_that_was_moved_is_told_anew(
    office: Office, environment: dict[str, str], ending: str
) -> None:
    office("enterprise", "notify")
    later = clock.today() + timedelta(days=30)
    office("enterprise", "change", "太行重工", "--until", str(later))

    office("enterprise", "notify")

    assert ending != str(later)
    assert sum(str(later) in mail for mail in mails(environment)) == 2


def test_without_an_address_nothing_is_taken_for_told(
    office: Office, environment: dict[str, str], ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTRIBUTION_ADMIN_ADDRESSES", "")
    common.installation.cache_clear()
    refused = office("enterprise", "notify")
    assert refused.code == 2
    assert "admin_addresses" in refused.sentence
    assert ending in office("enterprise", "list", "--ending").out
    monkeypatch.setenv("DISTRIBUTION_ADMIN_ADDRESSES", ADMINS)
    common.installation.cache_clear()
    assert "已交中继 2 封" in office("enterprise", "notify").out
    assert len(mails(environment)) == 2


def test_a_relay_that_is_away_loses_no_letter(
    office: Office, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink() as sink:
        settings = relay_settings(sink)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    common.installation.cache_clear()
    away = office("enterprise", "notify")
    assert away.code == 1
    with Sink() as sink:
        monkeypatch.setenv("DISTRIBUTION_SMTP_PORT", str(sink.port))
        common.installation.cache_clear()
        assert "已交中继 2 封" in office("enterprise", "notify").out
        assert ending
    assert len(sink.accepted) == 2
