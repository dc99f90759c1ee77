"""The last lines of an issue: who made it, and how to reach them."""

from collections.abc import Callable

from distribution.compiler.content import Contact, ReadIssue

Read = Callable[..., ReadIssue]


def test_labels_may_be_wide_padded_and_several_in_a_line(read: Read) -> None:
    colophon = """主　编：赵某 钱某
    电 话：０３５１－００００００１　传真：0351-0000002
    网 址：<http://a.example:86/>
    E-mail：a@b.example
    邮政编码：030000 通讯地址：太原市
    虚构路 1 号"""

    contact = read(colophon=colophon).masthead.contact

    assert contact == Contact(
        email="a@b.example",
        phone="0351-0000001",
        postcode="030000",
        address="太原市虚构路 1 号",
        website="http://a.example:86/",
        editors=(("主编", "赵某 钱某"), ("传真", "0351-0000002")),
    )


def test_the_colophon_is_no_part_of_the_last_article(read: Read) -> None:
    assert read().articles[-1].paragraphs == ("轴承寿命延长。",)


def test_a_label_we_do_not_know_is_kept_as_printed(read: Read) -> None:
    contact = read(colophon="编辑：编辑部\n封面摄影：孙某\n电话：1").masthead.contact

    assert contact.editors == (("编辑", "编辑部"), ("封面摄影", "孙某"))


def test_a_running_head_below_the_colophon_is_no_part_of_it(read: Read) -> None:
    colophon = "电话：0351-0000001\n通讯地址：太原市\n三晋装备通讯 2026年第11期\n- 12 -"

    assert read(colophon=colophon).masthead.contact.address == "太原市"


def test_several_numbers_are_all_kept(read: Read) -> None:
    contact = read(colophon="电话：0351-0000001\n电话：0351-0000002").masthead.contact

    assert contact.phone == "0351-0000001、0351-0000002"


def test_one_labelled_line_in_an_article_is_no_colophon(read: Read) -> None:
    body = "试点工作正式启动\n试点启动。\n新型轴承通过验证\n轴承寿命延长。\n联系电话：0351-1。"

    issue = read(body=body, colophon="")

    assert issue.articles[-1].paragraphs == ("轴承寿命延长。", "联系电话：0351-1。")
