"""What readers do with a phone and without script: with a real browser, from the mail on."""

import re

import pytest
from browsing import Visit

TOPICS, LEAVING = "technology@fenhe-cnc.example", "quality@fenhe-cnc.example"
READING, NEW = "liaison@fenhe-cnc.example", "ding.yi@fenhe-cnc.example"
with_and_without_script = pytest.mark.parametrize(
    "scripted", [False, True], indirect=True, ids=["plain", "scripted"]
)


@with_and_without_script
def test_topics_are_changed_and_seen_to_be_saved(visit: Visit) -> None:
    mail = visit.magazine.mail_to(TOPICS)
    visit.open(visit.magazine.link(mail, "调整关注"))
    boxes = visit.page.locator("input[name=topic]")
    before = [box.is_checked() for box in boxes.all()]
    for box in boxes.all()[:3]:
        box.click()

    visit.press("保存")

    assert "已保存" in visit.said
    visit.open(visit.magazine.link(mail, "调整关注"))
    after = [box.is_checked() for box in boxes.all()]
    assert after == [not one for one in before[:3]] + before[3:]


def test_leaving_is_done_and_undone_on_one_page(visit: Visit) -> None:
    mail = visit.magazine.mail_to(LEAVING)
    visit.open(re.findall("<(http[^>]+)>", mail["List-Unsubscribe"])[0])
    assert visit.title == "退订"

    visit.press("确认退订")
    assert visit.title == "已退订"
    visit.press("恢复订阅")

    assert "已恢复订阅" in visit.said
    assert visit.title == "退订"
    visit.magazine.work()
    told = visit.magazine.mail_to(LEAVING, "已退订")
    visit.open(visit.magazine.link(told, "查看与恢复"))
    assert visit.title == "退订"


def test_who_signs_up_is_a_reader_once_his_mailbox_says_yes(visit: Visit) -> None:
    visit.open("/")
    visit.follow("订阅")
    page = visit.page
    page.get_by_label("姓名").fill("丁一")
    page.get_by_role("textbox", name="邮箱").fill(NEW)
    page.get_by_label("单位名称或简称").fill("汾河")
    visit.press("查找单位")
    page.get_by_label("汾河数控机床股份有限公司").check()
    page.locator("input[name=topic]").first.check()
    page.locator("input[name=agree]").check()
    page.wait_for_timeout(3_000)  # a form sent sooner is a programme's
    visit.press("订阅")
    assert visit.title == "还差一步：请查收邮件"

    visit.magazine.work()
    visit.open(visit.magazine.link(visit.magazine.mail_to(NEW), "确认"))
    visit.press("确认订阅")

    assert "您的确认已经收到" in visit.said
    visit.magazine.work()
    welcome = visit.magazine.mail_to(NEW, "欢迎")
    visit.open(visit.magazine.link(welcome, "调整关注"))
    assert visit.page.locator("input[name=topic]").first.is_checked()


def test_past_issues_are_searched(visit: Visit) -> None:
    visit.open(visit.magazine.link(visit.magazine.mail_to(READING), "阅读全文"))
    visit.follow("搜索")
    visit.page.get_by_role("searchbox").fill("中试 平台")

    visit.press("查找")

    assert "找到 2 篇" in visit.said  # one in each issue
    hit = visit.page.locator(".hits a").last
    headline = hit.inner_text()
    hit.click()
    assert visit.title == headline
    visit.follow("往期")
    visit.follow("2026年第10期")
    assert visit.title == "本期目录"


def test_one_article_leads_to_the_next_and_back(visit: Visit) -> None:
    visit.open(visit.magazine.link(visit.magazine.mail_to(READING), "阅读全文"))
    visit.follow("目录")
    links = visit.page.locator("main .list a")
    headlines = [link.inner_text() for link in links.all()]
    links.first.click()
    assert visit.page.locator("a[rel=prev]").count() == 0
    seen = [visit.title]
    for _ in range(4):
        visit.page.locator("a[rel=next]").click()
        seen.append(visit.title)
    assert seen == headlines[:5]
    visit.page.locator("a[rel=prev]").click()
    assert visit.title == headlines[3]
