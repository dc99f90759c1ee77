"""Links a reader would tap in vain."""

import pytest

from distribution.issues.weblinks import bad_links, fault


@pytest.mark.parametrize(
    "text",
    [
        "报名网址 http://www.sanjin.example/a?b=1&c=2，截止本月底。",
        "详见（https://sanjin.example/notice_1.html）。",
        "(https://sanjin.example/a)",
        "见http://sanjin.example。",
        "见http://10.0.0.1:8080/x 和 http://a-b.sanjin.example:80",
        "登录http://www.sanjin.example查询结果",
        "http://sanjin.example/wiki/Gear_(part) 一页",
        "域名 http://例子.中国/ 也可以",
        "HTTP 协议与 https 协议",
        "",
    ],
)
def test_links_that_may_lead_somewhere_are_left_alone(text: str) -> None:
    assert list(bad_links(text)) == []


@pytest.mark.parametrize(
    ("text", "link", "wrong"),
    [
        ("见 http：//www.sanjin.example/。", "http：//www.sanjin.example/", "含有全角字符"),
        ("见 http://www．sanjin.example/a", "http://www．sanjin.example/a", "含有全角字符"),
        ("见 http://www。sanjin。example", "http://www。sanjin。example", "含有全角字符"),
        ("见 http://www. sanjin.example/a", "http://www. sanjin.example/a", "中间有空格"),
        ("见 http: //www.sanjin.example/a", "http: //www.sanjin.example/a", "中间有空格"),
        ("见 https://sanjin/a 一页", "https://sanjin/a", "域名中没有点"),
        ("见 http://，一页", "http://", "没有域名"),
        ("见 http://www..sanjin.example", "http://www..sanjin.example", "域名写错了"),
        ("见 http://-a.example/", "http://-a.example/", "域名写错了"),
        ("见 http:/www.sanjin.example/", "http:/www.sanjin.example/", "开头不是"),
        ("见 http://sanjin.example/a(1", "http://sanjin.example/a(1", "括号不成对"),
    ],
)
def test_a_link_that_is_none_is_told_with_its_fault(text: str, link: str, wrong: str) -> None:
    ((found, why),) = bad_links(text)

    assert found == link
    assert wrong in why


@pytest.mark.parametrize("website", ["www.sanjin.example", "http://www.sanjin.example/"])
def test_a_website_may_leave_out_its_scheme(website: str) -> None:
    assert fault(website) == ""
