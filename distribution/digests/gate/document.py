"""The HTML document: what must be declared, what no mail may hold, images, links, headings."""

import itertools
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from distribution.digests.gate.findings import HTML, Finding, Rule, error, warning
from distribution.digests.gate.reading import Comment, Element, is_element, is_shown, visible_runs

_FORBIDDEN = (
    "script", "form", "input", "button", "select", "textarea", "iframe", "frame", "object",
    "embed", "applet", "svg", "math", "base", "video", "audio", "canvas", "link", "template",
)  # fmt: skip
_SCHEMES = {"https", "mailto", "tel"}
_LOCAL = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?")
_LEFT_OVER = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"  # of Jinja2
    r"|^\d{20}:[a-z0-9-]+$|\d{20}[a-z_]+\d{20}"  # of the sheet's own marks
)
_CSS_URL = re.compile(r"url\s*\(|@import|expression\s*\(|javascript:", re.IGNORECASE)


def check_document(html: str, tree: Element) -> Iterator[Finding]:
    """Judge the document as a whole."""
    yield from _declared(html, tree)
    yield from check_forbidden(html, tree)
    yield from _images(tree)
    yield from _links(tree)
    yield from _headings(tree)
    yield from _left_over(tree)


def _declared(html: str, tree: Element) -> Iterator[Finding]:
    if not re.match(r"\s*<!doctype html", html, re.IGNORECASE):
        yield warning(Rule.DOCUMENT, HTML, "缺少 <!DOCTYPE html>；请修改 base.html")
    if not tree.get("lang"):
        yield error(Rule.DOCUMENT, HTML, '缺少语言：请在 base.html 写 <html lang="zh-CN">')
    if not (tree.findtext(".//title") or "").strip():
        yield error(Rule.DOCUMENT, HTML, "缺少标题 <title>；请修改 base.html")
    if not re.search(r"<meta[^>]+charset=[\"']?utf-8", html, re.IGNORECASE):
        yield error(Rule.DOCUMENT, HTML, "缺少编码 charset=utf-8；请修改 base.html")
    if tree.find(".//meta[@name='viewport']") is None:
        yield error(Rule.DOCUMENT, HTML, "缺少 viewport，手机上字会很小；请修改 base.html")
    for table in tree.iter("table"):
        if table.get("role") != "presentation" and table.find(".//th") is None:
            sentence = '排版用的表格应写 role="presentation"；请修改邮件模板'
            yield error(Rule.DOCUMENT, HTML, sentence)


def check_forbidden(html: str, tree: Element) -> Iterator[Finding]:
    """Judge what no mail may hold, a letter as little as a digest: all findings are errors."""
    for name in sorted({one.tag for one in tree.iter(*_FORBIDDEN)}):
        yield error(Rule.FORBIDDEN, HTML, f"不能用 <{name}>；请从邮件模板中删去")
    if re.search(r"<meta[^>]+http-equiv=[\"']?refresh", html, re.IGNORECASE):
        yield error(Rule.FORBIDDEN, HTML, "不能自动跳转（meta refresh）；请从邮件模板中删去")
    handlers = {
        name
        for one in tree.iter()
        if is_element(one)
        for name in one.keys()  # noqa: SIM118 - of lxml; iterating gives the children
        if name.startswith("on")
    }
    for name in sorted(handlers):
        yield error(Rule.FORBIDDEN, HTML, f"不能用脚本属性 {name}；请从邮件模板中删去")
    styles = [one.get("style", "") for one in tree.iter() if is_element(one)]
    styles += [one.text or "" for one in tree.iter("style")]
    for found in sorted({match[0] for style in styles for match in _CSS_URL.finditer(style)}):
        sentence = f"样式里不能引用外部内容（{found}）；请从邮件模板中删去"
        yield error(Rule.FORBIDDEN, HTML, sentence)


def _images(tree: Element) -> Iterator[Finding]:
    for image in tree.iter("img"):
        source = image.get("src", "")
        is_pixel = image.get("width") == image.get("height") == "1"
        if image.get("alt") is None or not (image.get("alt") or is_pixel):
            yield error(Rule.IMAGES, HTML, f"图片 {source[:60]} 缺少说明文字 alt；请修改邮件模板")
        if not _is_web(source):
            yield error(Rule.IMAGES, HTML, f"图片 {source[:60]} 应为 https 网址；请修改邮件模板")
    for one in tree.iterfind(".//*[@background]"):
        yield error(Rule.IMAGES, HTML, f"不能用背景图片（{one.tag}）；请修改邮件模板")


def _links(tree: Element) -> Iterator[Finding]:
    for link in tree.iter("a"):
        address = link.get("href", "")
        named = "".join(visible_runs(link)).strip() or any(
            one.get("alt") for one in link.iter("img")
        )
        if not named and is_shown(link):  # the trap is for programmes
            yield error(Rule.LINKS, HTML, f"链接 {address[:60]} 没有文字；请修改邮件模板")
        if urlsplit(address).scheme == "http" and not _is_web(address):
            sentence = f"链接 {address[:60]} 不是 https；如果对方支持，请改用 https"
            yield warning(Rule.LINKS, HTML, sentence)
        elif not (address.partition(":")[0] in _SCHEMES or _is_web(address)):
            yield error(
                Rule.LINKS, HTML, f"链接 {address[:60]!r} 不是网址或邮件地址；请修改邮件模板"
            )


def _is_web(address: str) -> bool:
    """By https, or by http on one's own machine: a trial."""
    parts = urlsplit(address)
    return parts.scheme == "https" or bool(
        parts.scheme == "http" and _LOCAL.fullmatch(parts.netloc)
    )


def _headings(tree: Element) -> Iterator[Finding]:
    levels = [int(one.tag[1]) for one in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1:
        sentence = f"应有一个一级标题 h1，实际 {levels.count(1)} 个；请修改邮件模板"
        yield warning(Rule.DOCUMENT, HTML, sentence)
    for above, below in itertools.pairwise(levels):
        if below > above + 1:
            sentence = f"标题从 h{above} 跳到 h{below}，读屏软件会以为少了一级；请修改邮件模板"
            yield warning(Rule.DOCUMENT, HTML, sentence)
            return


def _left_over(tree: Element) -> Iterator[Finding]:
    """Articles never reach attributes and comments; what is in their text may be meant."""
    elements = [one for one in tree.iter() if is_element(one)]
    hidden = [value for one in elements for value in one.values()]
    hidden += [one.text or "" for one in tree.iter(Comment)]
    for found in sorted({match[0] for value in hidden for match in _LEFT_OVER.finditer(value)}):
        sentence = f"属性或注释里留有 {found[:60]}；请修改邮件模板"
        yield error(Rule.PLACEHOLDERS, HTML, sentence)
    seen = "\n".join(visible_runs(tree))
    for found in sorted({match[0] for match in _LEFT_OVER.finditer(seen)}):
        sentence = f"文字里有 {found[:60]}；如果不是文章的原文，请修改邮件模板"
        yield warning(Rule.PLACEHOLDERS, HTML, sentence)
