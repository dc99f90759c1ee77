"""Lists of enterprises: found by code, else by name; changed where the file says more."""

from datetime import date

from audience_people import NOW
from import_sheets import FIRMS, Told, firms, numbered, source
from sqlalchemy import select

from distribution import audience
from distribution.app import App
from distribution.audience.credit_code import check_character
from distribution.models import Enterprise


def code(body: str) -> str:
    return body + check_character(body)


A, B = code("91140100MA0H0000X"), code("91140200MA0K1111Y")
TAIHANG = (
    "太行重工",
    A,
    "山西省长治市",
    "专用设备制造业",
    "2020-01-01",
    "2027-12-31",
    "理事",
    "质量管理",
)
FENHE = ("汾河机床", B, "太原", "C34", "", "长期", "", "")


def rows(app: App) -> dict[str, Enterprise]:
    with app.reading() as session:
        found = {row.name: row for row in session.scalars(select(Enterprise))}
        session.expunge_all()
    return found


def test_everything_a_row_says_is_kept(app: App) -> None:
    told, _ = firms(app, TAIHANG, FENHE)

    assert told.outcomes == ["added", "added"], told.reasons
    taihang, fenhe = rows(app)["太行重工"], rows(app)["汾河机床"]
    assert (taihang.credit_code, taihang.region, taihang.industry) == (A, "长治", "C35")
    assert (taihang.member_since, taihang.member_until) == (date(2020, 1, 1), date(2027, 12, 31))
    assert (taihang.notes, fenhe.notes, fenhe.member_until) == ("理事", "", None)
    with app.reading() as session:
        assert audience.enterprise_topics(session, taihang) == ("quality",)


def test_an_enterprise_is_found_by_its_code_and_takes_the_new_name(app: App) -> None:
    firms(app, TAIHANG)
    told, _ = firms(app, ("太行重型机械", A, *[""] * 6), of=source("renamed.csv"))

    assert told.outcomes == ["changed"]
    assert set(rows(app)) == {"太行重型机械"}
    again, _ = firms(app, ("太行重型机械", *[""] * 7), of=source("named.csv"))
    assert again.outcomes == ["left"]


def test_a_name_and_a_code_of_two_enterprises_are_refused(app: App) -> None:
    firms(app, TAIHANG, FENHE)
    told, _ = firms(app, ("太行重工", B, *[""] * 6), of=source("mixed.csv"))
    assert told.outcomes == ["refused"]
    assert "汾河机床" in told.reasons[0]

    other = code("91140300MA0K2222Z".replace("Z", "W"))
    told, _ = firms(app, ("太行重工", other, *[""] * 6), of=source("other.csv"))
    assert told.outcomes == ["refused"]
    assert A in told.reasons[0]


def test_a_membership_without_end_clears_the_day_it_had(app: App) -> None:
    firms(app, TAIHANG)
    firms(app, ("太行重工", "", "", "", "", "长期", "", ""), of=source("endless.csv"))
    assert rows(app)["太行重工"].member_until is None


def test_a_dry_run_says_the_same_and_writes_nothing(app: App) -> None:
    would = Told()
    reader = audience.read_enterprises(numbered(FIRMS, (TAIHANG, FENHE)))
    audience.try_enterprises(app.reading, reader, source("firms.csv"), would)
    assert rows(app) == {}
    assert would.outcomes == ["added", "added"]


def test_a_membership_that_would_end_before_it_begins_is_not_taken_over(app: App) -> None:
    both, _ = firms(app, ("太行重工", "", "", "", "2020-05-06", "2020-05-05", "", ""))
    end, _ = firms(app, ("太行重工", "", "", "", "", "2019-12-31", "", ""), of=source("b.csv"))
    good, _ = firms(app, ("太行重工", "", "", "", "", "2027-12-31", "", ""), of=source("c.csv"))
    start, _ = firms(app, ("太行重工", "", "", "", "2028-01-01", "", "", ""), of=source("d.csv"))

    assert both.reasons == ["会籍到期 2020-05-05 早于入会日期 2020-05-06：会籍到期未导入，请核对"]
    assert end.reasons == ["会籍到期 2019-12-31 早于入会日期 2020-05-06：会籍到期未导入，请核对"]
    assert start.reasons == ["会籍到期 2027-12-31 早于入会日期 2028-01-01：入会日期未导入，请核对"]
    outcomes = [told.outcomes for told in (both, end, good, start)]
    assert outcomes == [["added"], ["left"], ["changed"], ["left"]]
    with app.reading() as session:
        row = audience.find_enterprise(session, "太行重工")
        assert (row.member_since, row.member_until) == (date(2020, 5, 6), date(2027, 12, 31))


def test_dates_that_are_in_the_books_the_wrong_way_round_do_no_harm(app: App) -> None:
    with app.transaction() as session:
        changes = audience.EnterpriseChanges(name="太行重工")
        row = audience.add_enterprise(session, changes, at=NOW)
        row.member_since, row.member_until = date(2021, 1, 1), date(2020, 1, 1)

    told, _ = firms(app, ("太行重工", "", "长治", "", "", "", "", ""))

    assert (told.outcomes, told.reasons) == (["changed"], [""])
