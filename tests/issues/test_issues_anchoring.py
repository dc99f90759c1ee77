"""Articles are known again when their file is read anew."""

from desk_samples import article

from distribution.compiler import Article
from distribution.issues.anchoring import anchors_of


def before(*articles: Article) -> list[tuple[str, Article]]:
    return list(zip(anchors_of(articles), articles, strict=True))


def test_an_article_is_known_by_the_letters_of_its_title() -> None:
    assert anchors_of([article("“焊接 ２０２６” 开班")]) == ["焊接2026开班"]


def test_equal_titles_are_counted() -> None:
    assert anchors_of([article("简讯"), article("简讯"), article("简讯")]) == [
        "简讯", "简讯#2", "简讯#3",
    ]  # fmt: skip


def test_an_article_keeps_its_anchor_when_its_title_is_corrected() -> None:
    old = article("试点启东", "首批二十家企业参加，为期一年。", "名单另行公布。")
    new = article("试点启动", "首批二十家企业参加，为期一年。", "名单另行公布，请关注。")

    assert anchors_of([new], before(old)) == ["试点启东"]


def test_an_article_whose_title_and_paragraphs_all_changed_a_little_is_the_same() -> None:
    old = article(
        "旧设备鉴定", "旧设备的鉴定办法今日起公开征求意见，为期三十天。", "机构对旧设备的结论负责。"
    )
    new = article(
        "老设备鉴定", "老设备的鉴定办法今日起公开征求意见，为期三十天。", "机构对老设备的结论负责。"
    )
    other = article("别的事", "旧设备的鉴定办法已经公布，各地正在学习。")

    assert anchors_of([other, new], before(old)) == ["别的事", "旧设备鉴定"]


def test_articles_of_marks_alone_are_not_taken_for_one_another() -> None:
    assert anchors_of([article("新来的", "……")], before(article("原来的", "——"))) == ["新来的"]


def test_of_equal_titles_each_keeps_the_anchor_of_its_text() -> None:
    first, second = article("简讯", "甲厂投产。"), article("简讯", "乙厂扩建。")

    assert anchors_of([second, first], before(first, second)) == ["简讯#2", "简讯"]


def test_an_article_added_before_others_does_not_take_their_anchors() -> None:
    old = before(article("简讯", "甲厂投产。"))

    assert anchors_of([article("简讯", "丙厂开工。"), article("简讯", "甲厂投产。")], old) == [
        "简讯#2", "简讯",
    ]  # fmt: skip


def test_a_new_article_never_takes_the_anchor_of_one_that_went() -> None:
    kept = article("试点启动", "首批二十家企业参加，为期一年。")
    renamed = article("试点开始", "首批二十家企业参加，为期一年。")
    stranger = article("试点启动了", "完全是另一回事。")

    assert anchors_of([renamed, stranger], before(kept)) == ["试点启动", "试点启动了"]


def test_a_title_of_marks_alone_still_has_an_anchor() -> None:
    assert anchors_of([article("……"), article("——")]) == ["", "#2"]
