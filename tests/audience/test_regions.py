"""Where an enterprise is: cities of Shanxi by name, county or address, other places as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.audience.regions import CITIES, is_known, is_shanxi, read_region
from distribution.audience.wording import InvalidText

CITY = {
    "太原": "太原",
    "太原市": "太原",
    " 太 原 市 ": "太原",
    "山西省太原市小店区": "太原",
    "山西太原": "太原",
    "中国山西省太原市": "太原",
    "山西省太原市小店区长治路1号": "太原",
    "小店区": "太原",
    "清徐县": "太原",
    "古交": "太原",
    "山西综改示范区": "太原",
    "大同县": "大同",
    "云冈区": "大同",
    "怀仁": "朔州",
    "应县": "朔州",
    "原平": "忻州",
    "盂县": "阳泉",
    "孝义": "吕梁",
    "汾阳市": "吕梁",
    "平遥": "晋中",
    "介休": "晋中",
    "太谷县": "晋中",
    "长子县": "长治",
    "潞城市": "长治",
    "高平": "晋城",
    "泽州县": "晋城",
    "侯马": "临汾",
    "古县": "临汾",
    "河津": "运城",
    "绛县": "运城",
    "新绛": "运城",
    "晋城市城区": "晋城",
}
ELSEWHERE = {
    "北京市": "北京",
    "北京市朝阳区": "北京",
    "内蒙古自治区包头市": "内蒙古",
    "陕西省西安市": "陕西",
    "吉林省吉林市": "吉林",
    "石家庄市": "石家庄",
    "海外": "海外",
    "长治路5号": "长治路5号",
}


@pytest.mark.parametrize("written", CITY)
def test_a_city_of_shanxi_is_recognised(written: str) -> None:
    assert read_region(written) == CITY[written]
    assert is_shanxi(read_region(written))


@pytest.mark.parametrize("written", ELSEWHERE)
def test_another_place_is_kept_as_text(written: str) -> None:
    assert read_region(written) == ELSEWHERE[written]
    assert not is_shanxi(read_region(written))


def test_the_province_alone_is_a_region_of_its_own() -> None:
    assert read_region("山西省") == "山西"
    assert is_shanxi("山西")


def test_only_cities_and_provinces_are_known() -> None:
    assert [is_known(region) for region in ("晋中", "山西", "北京", "海外")] == [
        True,
        True,
        True,
        False,
    ]


def test_shanxi_has_eleven_cities() -> None:
    assert len(set(CITIES)) == 11
    assert [read_region(f"山西省{city}市") for city in CITIES] == list(CITIES)


@pytest.mark.parametrize("written", ["", "　", "某" * 41, "太\x00"])
def test_what_cannot_be_kept_is_refused(written: str) -> None:
    with pytest.raises(InvalidText, match="地区"):
        read_region(written)


@given(st.text(max_size=60))
def test_any_text_is_a_region_or_refused(text: str) -> None:
    try:
        region = read_region(text)
    except InvalidText:
        return
    assert 0 < len(region) <= 40
