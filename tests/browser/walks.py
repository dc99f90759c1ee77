"""The ways to every page, by its name: links of mails, and what is pressed there."""

from collections.abc import Callable

from browsing import Visit

READER, LEAVER, MOVER, GONE = (
    f"{mailbox}@yanmen-mining.example"
    for mailbox in ("technology", "quality", "personnel", "administration")
)
NEW, NEWER = "ding.er@yanmen-mining.example", "geng@yanmen-mining.example"

A_PERSONS_PACE = 3_000
"""Milliseconds: a form that is sent sooner is a programme's."""

Walk = Callable[[Visit], None]


def from_mail(words: str, *follow: str, to: str = READER) -> Walk:
    """By a link of a digest, then from page to page."""

    def walk(visit: Visit) -> None:
        visit.open(visit.magazine.link(visit.magazine.mail_to(to, "为您选出"), words))
        for name in follow:
            visit.follow(name)

    return walk


def pressing(walk: Walk, *buttons: str) -> Walk:
    """What is shown after these buttons."""

    def further(visit: Visit) -> None:
        walk(visit)
        for button in buttons:
            visit.press(button)

    return further


def address(path: str) -> Walk:
    """What somebody types."""
    return lambda visit: visit.open(path)


def searching(words: str) -> Walk:
    """What is found."""

    def walk(visit: Visit) -> None:
        from_mail("阅读全文", "搜索")(visit)
        visit.page.get_by_role("searchbox").fill(words)
        visit.press("查找")

    return walk


def signing_up(email: str) -> Walk:
    """The form, sent with a name looked for and an address typed."""

    def walk(visit: Visit) -> None:
        visit.open("/subscribe")
        visit.page.get_by_label("姓名").fill("丁二")
        visit.page.get_by_role("textbox", name="邮箱").fill(email)
        visit.page.get_by_label("单位名称或简称").fill("有限公司")
        visit.press("查找单位")

    return walk


def wrong(visit: Visit) -> None:
    """A form with an address that is likely a slip, and a name of too many."""
    signing_up("ding@qq.con")(visit)
    visit.page.locator("input[name=agree]").check()
    visit.page.wait_for_timeout(A_PERSONS_PACE)
    visit.press("订阅")


def signed_up(visit: Visit) -> None:
    """A form that is taken."""
    signing_up(NEW)(visit)
    visit.page.get_by_label("不写单位").check()
    visit.page.locator("input[name=agree]").check()
    visit.page.wait_for_timeout(A_PERSONS_PACE)
    visit.press("订阅")


def to_confirm(visit: Visit) -> None:
    """The letter that follows; signs up where nobody has."""
    visit.magazine.work()
    if not visit.magazine.mails_to(NEW):
        signed_up(visit)
        visit.magazine.work()
    visit.open(visit.magazine.link(visit.magazine.mail_to(NEW), "确认"))


def too_many_words(visit: Visit) -> None:
    """Settings that cannot be kept."""
    from_mail("调整关注")(visit)
    visit.page.get_by_role("textbox", name="关注词").fill(
        "\n".join(f"机床{number}" for number in range(60))
    )
    visit.press("保存")


def moving(visit: Visit) -> None:
    """The letter to a new address."""
    from_mail("调整关注", to=MOVER)(visit)
    visit.page.get_by_label("新邮箱").fill(NEWER)
    visit.press("寄确认信")
    visit.magazine.work()
    visit.open(visit.magazine.link(visit.magazine.mail_to(NEWER), "确认"))


def copy(visit: Visit) -> None:
    """All that is held about somebody."""
    pressing(from_mail("调整关注"), "把我的资料寄给我")(visit)
    visit.magazine.work()
    visit.open(visit.magazine.link(visit.magazine.mail_to(READER, "资料"), "查看我的资料"))


def erased(visit: Visit) -> None:
    """The end."""
    pressing(from_mail("调整关注", "删除我的资料", to=GONE), "继续")(visit)
    visit.page.locator("input[name=email]").fill(GONE)
    visit.press("永久删除")


def less(visit: Visit) -> None:
    """Less of a topic, done."""
    from_mail("少看此类", to=MOVER)(visit)
    visit.page.get_by_role("button").click()


WALKS: dict[str, Walk] = {
    "front": address("/"),
    "nowhere": address("/nothing"),
    "subscribing": address("/subscribe"),
    "subscribing-searched": signing_up(NEW),
    "subscribing-wrong": wrong,
    "subscribed": signed_up,
    "confirming": to_confirm,
    "confirmed": pressing(to_confirm, "确认订阅"),
    "preferences": from_mail("调整关注"),
    "preferences-saved": pressing(from_mail("调整关注"), "保存"),
    "preferences-wrong": too_many_words,
    "favouring": from_mail("少看此类"),
    "favoured": less,
    "leaving": from_mail("退订"),
    "left": pressing(from_mail("退订", to=LEAVER), "确认退订"),
    "erasing": from_mail("调整关注", "删除我的资料"),
    "erasing-again": pressing(from_mail("调整关注", "删除我的资料"), "继续"),
    "erased": erased,
    "moving": moving,
    "copy": copy,
    "digest": from_mail("在浏览器中查看"),
    "contents": from_mail("阅读全文", "目录"),
    "whole": from_mail("阅读全文", "目录", "整期全文"),
    "article": from_mail("阅读全文"),
    "archive": from_mail("阅读全文", "往期"),
    "search": from_mail("阅读全文", "搜索"),
    "search-found": searching("装备"),
    "search-nothing": searching("不会有的词语"),
}
