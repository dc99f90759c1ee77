"""`distribution subscriber sign-ups`, `list --unchecked`, `check`: who came by the web."""

from cli_office import Office
from runs import add_reader

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber

NEW, HOME = "ding.yi@fenhe.example", "汾河机床厂"


def sign_up(app: App) -> None:
    new = NewSubscriber(audience.read_address(NEW), "丁一", enterprise=HOME, topics=("quality",))
    at = clock.now()
    with app.transaction() as session:
        audience.ensure_enterprise(session, HOME, at=at)
        audience.sign_up(session, new, app.keyring.address_hash, at=at)


def test_who_waits_is_shown_apart_from_subscribers(office: Office, app: App) -> None:
    assert "没有等待确认的网上登记" in office("subscriber", "sign-ups").out
    sign_up(app)

    assert office("subscriber", "list", "--json").document == []
    assert "另有 1 人在网上填写、尚未确认" in office("subscriber", "list").out
    shown = office("subscriber", "sign-ups").out
    for said in ("丁一", NEW, HOME, "待处理"):
        assert said in shown
    delivery.answer_sign_ups(app.transaction, app.stationery, at=clock.now())
    (one,) = office("subscriber", "sign-ups", "--json").document
    assert (one["email"], one["enterprise"], one["topics"]) == (NEW, HOME, ["quality"])
    assert one["answered_at"] < one["until"]
    assert "待本人确认" in office("subscriber", "sign-ups").out


def test_an_admin_finds_whose_enterprise_is_to_be_checked_and_says_that_he_has(
    office: Office, app: App
) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, NEW, clock.now(), enterprise=HOME)
        add_reader(session, app, "lao@elsewhere.example", clock.now(), enterprise=HOME)
        assert audience.claim_membership(session, row, at=clock.now())
    (found,) = office("subscriber", "list", "--unchecked", "--json").document
    assert found["email"] == NEW
    assert "本人填写，待核对" in office("subscriber", "show", NEW).out
    assert office("subscriber", "show", NEW, "--json").document["unchecked"] is True

    assert f"在「{HOME}」：已核对" in office("subscriber", "check", NEW).out

    assert office("subscriber", "list", "--unchecked", "--json").document == []
    again = office("subscriber", "check", NEW)
    assert (again.code, "没有改动" in again.err) == (1, True)


def test_an_enterprise_an_admin_has_named_since_needs_no_check(office: Office, app: App) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, NEW, clock.now(), enterprise=HOME)
        audience.claim_membership(session, row, at=clock.now())
    office("enterprise", "add", "晋中轴承厂")
    office("subscriber", "change", NEW, "--enterprise", "晋中轴承厂")

    assert office("subscriber", "list", "--unchecked", "--json").document == []
