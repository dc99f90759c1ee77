"""Tables and pictures on the page of an article, where they stood."""

import hashlib
import io
import re

import pytest
from databases import inbox, only_sqlite
from PIL import Image
from starlette.testclient import TestClient
from web_office import GRANTED, Visitor, delivery_to, elements, plan

from distribution.app import App
from distribution.compiler import Asset, Paragraph, Picture, Table

ROWS = (("企业", "产值"), ("示范<b>厂</b>", "12.6"))


def image() -> Asset:
    stream = io.BytesIO()
    Image.new("RGB", (320, 180), "#c4574f").save(stream, "PNG")
    data = stream.getvalue()
    return Asset(hashlib.sha256(data).hexdigest(), "image/png", 320, 180, data)


@pytest.fixture
def illustrated(app: App, client: TestClient) -> Visitor:
    """A visitor of an issue with a table and a picture in each article."""
    asset = image()
    blocks = (Table(ROWS, "表 1 产值"), Paragraph("表后一段。"), Picture(asset.sha256, "图 1 现场"))
    run = plan(app, blocks=blocks, assets=(asset,))
    return Visitor(app, client, delivery_to(app, GRANTED), run)


def test_blocks_stand_in_the_order_of_the_issue(illustrated: Visitor) -> None:
    text = illustrated.get("run_read", 1).text
    marks = (
        "第二段。",
        "<caption>表 1 产值",
        "12.6",
        "表后一段。",
        "<img ",
        "图 1 现场</figcaption>",
    )
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "示范&lt;b&gt;厂&lt;/b&gt;" in text


def test_a_picture_is_shown_with_its_size_and_its_own_bytes(illustrated: Visitor) -> None:
    text = illustrated.get("run_read", 1).text
    facts = {name: value for tag, name, value in elements(text) if tag == "img"}
    address = f"{illustrated.app.addresses.run_read(illustrated.run)}/images/{image().sha256}"
    assert (facts["src"], facts["alt"]) == (address, "图 1 现场")
    assert (facts["width"], facts["height"]) == ("320", "180")
    found = illustrated.client.get(f"{illustrated.link('run_read')}/images/{image().sha256}")
    assert found.content == image().content
    assert found.headers["content-type"] == "image/png"
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["x-content-type-options"] == "nosniff"
    assert inbox(illustrated.app) == []


@only_sqlite
def test_the_heading_of_a_table_goes_with_it_to_the_next_sheet_of_paper(
    illustrated: Visitor,
) -> None:
    text = re.sub(r"\s", "", illustrated.get("run_read", 1).text)
    assert '<thead><tr><thscope="col">企业</th><thscope="col">产值</th></tr></thead>' in text


@only_sqlite
@pytest.mark.parametrize("name", ["0" * 64, "x", "%2e%2e%2f", "'"])
def test_there_is_no_other_picture(illustrated: Visitor, name: str) -> None:
    path = f"{illustrated.link('run_read')}/images/{name}"
    assert illustrated.client.get(path).status_code == 404


@only_sqlite
def test_a_picture_of_another_issue_is_not_shown(app: App, client: TestClient) -> None:
    asset = image()
    run = plan(app, assets=(asset,))  # kept, but in no article
    visitor = Visitor(app, client, delivery_to(app, GRANTED), run)
    path = f"{visitor.link('run_read')}/images/{asset.sha256}"
    assert client.get(path).status_code == 404


@only_sqlite
def test_a_picture_is_shown_under_the_link_that_names_nobody(illustrated: Visitor) -> None:
    picture = f"images/{image().sha256}"
    found = illustrated.client.get(f"{illustrated.link('read')}/{picture}")
    run_url = illustrated.app.addresses.run_read(illustrated.run)
    assert (found.status_code, found.headers["location"]) == (302, f"{run_url}/{picture}")
    assert illustrated.client.get(f"{illustrated.link('read')}/images/x").status_code == 404
