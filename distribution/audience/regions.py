"""Where an enterprise is: a city of Shanxi, or a place elsewhere as text."""

import re
import unicodedata
from functools import lru_cache

from distribution.audience.wording import tidy

_LONGEST = 40
_PROVINCE = "山西"

_PLACES = {
    "太原": "小店 迎泽 杏花岭 尖草坪 万柏林 晋源 清徐 阳曲 娄烦 古交",
    "大同": "平城 云冈 新荣 云州 南郊 阳高 天镇 广灵 灵丘 浑源 左云",
    "朔州": "朔城 平鲁 山阴 应 右玉 怀仁",
    "忻州": "忻府 定襄 五台 代 繁峙 宁武 静乐 神池 五寨 岢岚 河曲 保德 偏关 原平",
    "阳泉": "平定 盂",
    "吕梁": "离石 文水 交城 兴 临 柳林 石楼 岚 方山 中阳 交口 孝义 汾阳",
    "晋中": "榆次 太谷 榆社 左权 和顺 昔阳 寿阳 祁 平遥 灵石 介休",
    "长治": "潞州 上党 屯留 潞城 襄垣 平顺 黎城 壶关 长子 武乡 沁 沁源",
    "晋城": "沁水 阳城 陵川 泽州 高平",
    "临汾": "尧都 曲沃 翼城 襄汾 洪洞 古 安泽 浮山 吉 乡宁 大宁 隰 永和 蒲 汾西 侯马 霍州",
    "运城": "盐湖 临猗 万荣 闻喜 稷山 新绛 绛 垣曲 夏 平陆 芮城 永济 河津",
}
"""Cities, and their counties and districts without 县, 区, 市. 城区, 矿区 and 郊区 are missing:
several cities have one."""

_CITY = {place: city for city, places in _PLACES.items() for place in (city, *places.split())}
_CITY_OF = _CITY | {"转型综合改革示范": "太原", "综改示范": "太原"}
_KNOWN = "|".join(sorted(_CITY_OF, key=len, reverse=True))
_COUNTY = re.compile(rf"({_KNOWN})[县区市]")
_CITIES = re.compile(rf"({'|'.join(_PLACES)})(?![东西南北中]*[路街巷道])")
_ELSEWHERE = re.compile(
    "北京|天津|上海|重庆|河北|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北"
    "|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾"
)

CITIES = tuple(_PLACES)
"""Of Shanxi, from north to south as the office lists them."""


@lru_cache(maxsize=4096)
def read_region(text: str) -> str:
    """A city of Shanxi where the text begins with one or with its county; else the text, tidy.

    >>> read_region("山西省太原市小店区"), read_region("平遥县"), read_region("北京市朝阳区")
    ('太原', '晋中', '北京')
    """
    place = "".join(unicodedata.normalize("NFKC", text).split())
    place = place.removeprefix("中国")
    inner = re.sub(rf"^{_PROVINCE}省?", "", place)
    if found := _COUNTY.match(inner) or _COUNTY.match(place):
        return _CITY_OF[found[1]]
    if found := _CITIES.match(inner):
        return found[0]
    if inner in _CITY_OF and len(inner) > 1:
        return _CITY_OF[inner]
    if not inner and place:
        return _PROVINCE
    if elsewhere := _ELSEWHERE.match(place):
        return elsewhere[0]
    return tidy("地区", place.removesuffix("市") or place, longest=_LONGEST)


def is_shanxi(region: str) -> bool:
    """Whether a region, as `read_region` gives it, lies in Shanxi."""
    return region in _PLACES or region == _PROVINCE


def is_known(region: str) -> bool:
    """Whether a region is a city of Shanxi or a province, and not only somebody's words."""
    return is_shanxi(region) or _ELSEWHERE.fullmatch(region) is not None
