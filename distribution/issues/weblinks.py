"""Links in running text that lead nowhere: what a reader would tap in vain."""

import re
from collections.abc import Iterator

_CANDIDATE = re.compile(
    r"https?[ ]?[:：][ ]?[/／]{1,3}"
    r"(?:[!-~．／：＿－０-９Ａ-Ｚａ-ｚ]|。(?=[0-9A-Za-z])|(?<=[./．／]) (?=[0-9A-Za-z])"
    r"|(?<=[0-9A-Za-z]) (?=[.．]))*",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?\.)+[a-z][0-9a-z-]{0,61}[a-z]"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
    re.IGNORECASE,
)
_PORT = re.compile(r"[0-9]{1,5}")
_ENDS_A_SENTENCE = ".,;:!?'\""
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}


def bad_links(text: str) -> Iterator[tuple[str, str]]:
    """(link, what is wrong with it) of each http link in the text that is none.

    >>> list(bad_links("见 http://www.sanjin.example/a（附件），或 https://sanjin/。"))
    [('https://sanjin/', '域名中没有点')]
    """
    for match in _CANDIDATE.finditer(text):
        following = text[match.end() : match.end() + 1]
        if _is_han(following) and _SCHEME.fullmatch(match[0]):
            continue  # a domain in Chinese characters
        link = _without_end(match[0], text[match.start() - 1 : match.start()])
        if wrong := fault(link):
            yield link, wrong


def fault(link: str) -> str:
    """What is wrong with a link, in a few words; nothing where it may lead somewhere.

    >>> fault("http：//www.sanjin.example/"), fault("www.sanjin.example")
    ('含有全角字符', '')
    """
    if re.search("[\uff01-\uff5e。]", link):
        return "含有全角字符"
    if any(character.isspace() for character in link):
        return "中间有空格"
    if "://" not in link and not re.match("https?:", link, re.IGNORECASE):
        link = f"http://{link}"
    scheme = _SCHEME.match(link)
    if scheme is None:
        return "开头不是 http:// 或 https://"
    authority, _, rest = re.sub("[?#]", "/", link[scheme.end() :], count=1).partition("/")
    host, _, port = authority.rpartition("@")[2].partition(":")
    return _fault_of_host(host, port) or _fault_of_path(rest)


def _fault_of_host(host: str, port: str) -> str:
    if not host:
        return "没有域名"
    if any(map(_is_han, host)):
        return ""
    if "." not in host.strip("."):
        return "域名中没有点"
    if not _HOST.fullmatch(host) or (port and not _PORT.fullmatch(port)):
        return "域名写错了"
    return ""


def _fault_of_path(path: str) -> str:
    unbalanced = any(path.count(end) != path.count(start) for end, start in _BRACKETS.items())
    return "括号不成对" if unbalanced else ""


def _without_end(link: str, before: str) -> str:
    """Without the punctuation of the sentence it stands in, and the bracket it stands within."""
    link = link.rstrip(_ENDS_A_SENTENCE)
    while link and _BRACKETS.get(link[-1]) == before and before:
        link, before = link[:-1].rstrip(_ENDS_A_SENTENCE), ""
    return link


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
