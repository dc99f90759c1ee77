"""Which names are those of agencies: papers, sites and stations, and offices that report."""

import re

_MEDIA = re.compile(
    r"(?:[社报网台刊]|网站|新闻|在线|财经|客户端|公众号|频道|周刊|杂志|通讯|央视|卫视|联播|广播|头条|政协|界面)$"
)
_NO_MEDIA = re.compile(
    r"(?:联网|(?<!机)电网|管网|路网|水网|热网|入网|并网|上网|组网|官网|张网"
    r"|公报|通报|申报|填报|上报|汇报|情报|预报|月报|年报|季报|快报|简报|警报|海报|回报|党报|捷报"
    r"|合作社|旅行社|平台|机台|上台|出台|后台|阳台|展台|舞台|擂台|党刊|期刊)$"
)
_NOBODYS = re.compile(
    r"(?:官方|公司|单位|企业|学校|院校|政府|部门|门户|手机|微信|微博|项目|协会|学会|有关|相关)*"
    r"(?:网站|公众号|客户端|新闻|杂志|频道|在线|通讯|周刊)"
)
"""公司网站, 微信公众号: a kind of place, and nobody's name."""
_PERIODICAL = re.compile(
    r"(?:工业|制造|装备|科技|经济|质量|能源|电力|教育|商务|观察|参考|前沿|导刊|学报|月报)$"
)
_OFFICE = re.compile(
    r"(?:部|委|局|厅|院|所|司|署|省|市|中心|公司|集团|大学|学院|学校|政府|信息|资讯|办公室|实验室"
    r"|银行|总厂|基地|联盟|协会|学会|商会|联合会|委员会|促进会|联席会|理事会|组委会|研究会|基金会"
    r"|机械联|管委会|工委|党委|国资委|统计局|办公厅|总站|总队|平台)$"
)
_NO_NAME = re.compile(
    r"记者|笔者|我们|他们|[的了是□■◇◆▲●○/]"
    r"|^(?:从|在|由|对|将|为|与|和|该|此|各|据|近日|日前|关注|构建|建设|打造|发挥|走进|加强|推进|推动"
    r"|利用|通过|借助|登录|扫描|访问|完善|提升|发展|支持|鼓励|一|某)"
)
_OWN = re.compile(r"本[报刊网台社]$")
_PLACED = re.compile(
    r"(?P<agency>.*(?:[社报网]|电视台|电台|总台|财经|新闻))(?P<place>[^社报网]{1,8})"
)
_SHORTEST_OFFICE = 3
_SHORTEST_PERIODICAL = 4
_LONGEST_NAME = 30


def is_media(name: str) -> bool:
    """A paper, a site, a station: its name alone says that it reports.

    >>> is_media("三晋装备网"), is_media("互联网"), is_media("公司网站")
    (True, False, False)
    >>> is_media("三晋机电网"), is_media("智能电网")
    (True, False)
    """
    bad = _NO_MEDIA.search(name) or _NOBODYS.fullmatch(name)
    return _is_name(name) and bool(_MEDIA.search(name)) and not bad


def is_office(name: str) -> bool:
    """A ministry, a firm, a society: it reports only where a date or a verb says so."""
    return _is_name(name) and len(name) >= _SHORTEST_OFFICE and bool(_OFFICE.search(name))


def is_periodical(name: str) -> bool:
    """三晋机电工业: a magazine's name that could be a subject; only a date or a verb shows it."""
    return _is_name(name) and len(name) >= _SHORTEST_PERIODICAL and bool(_PERIODICAL.search(name))


def is_own(name: str) -> bool:
    """本报, 本刊."""
    return _OWN.fullmatch(name) is not None


def without_place(name: str) -> str:
    """The agency without the town it wires from.

    >>> without_place("晋工社太原"), without_place("本报大同")
    ('晋工社', '本报')
    """
    name = name.strip()
    match = _PLACED.fullmatch(name)
    return match["agency"].strip() if match else name


def _is_name(name: str) -> bool:
    return 1 < len(name) <= _LONGEST_NAME and not _NO_NAME.search(name)
