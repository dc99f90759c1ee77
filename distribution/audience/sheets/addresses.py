"""A cell that should hold an address, and what people put around it."""

import re
import unicodedata
from dataclasses import dataclass

from distribution.audience.address import EmailAddress, InvalidAddress, read_address
from distribution.audience.sheets.cells import clean, shown
from distribution.errors import DistributionError

_LONGEST = 500
_QUOTES = "'\"`‘’“”"
_AROUND = " \t\r\n.,;:<>()[]{}【】《》〈〉「」，。、；：…-—_/|*&+=" + _QUOTES
_FOUND = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~.-]+@(?:[\w-]+\.)+(?:xn--[a-z0-9-]+|[a-z]{2,}|[^\W\d_a-z]+)",
    re.IGNORECASE,
)
"""The end of a domain is of one script, so that a name right behind it stays outside."""
_LABEL = re.compile(
    r"(?:联系人|订阅人|我的|公司|工作|个人)?(?:电子邮箱|电子邮件|邮箱|邮件|信箱|e-?mail|mail)(?:地址|账号)?",
    re.IGNORECASE,
)
_QUERY = re.compile(r"\?(?:subject|body|cc|bcc)=\S*", re.IGNORECASE)
_SPELLED = re.compile(r"\s*[(\[{]\s*at\s*[)\]}]\s*", re.IGNORECASE)
_TORN_BEFORE = re.compile(r"[a-z0-9._-]\s+$|[\w.-]@$", re.IGNORECASE)
_TORN_AFTER = re.compile(
    r"[a-z0-9_-]|@[a-z0-9]|\s*\.\s*[a-z0-9]|\s+(?:com|cn|net|org)\b", re.IGNORECASE
)
_LONGEST_NAME = 40


class UnclearAddress(DistributionError):
    """Raised for a cell in which no address is to be found for certain."""

    def __init__(self, given: str, problem: str) -> None:
        self.given, self.problem = given, problem
        super().__init__(f"邮箱{shown(given)}不能用：{problem}")


@dataclass(frozen=True, slots=True)
class AddressCell:
    """The first address of a cell, the name before it, and what was left out."""

    address: EmailAddress
    display_name: str = ""
    notes: tuple[str, ...] = ()


def read_address_cell(text: str, *, allow_smtputf8: bool = False) -> AddressCell:
    """The address in a cell; UnclearAddress or InvalidAddress where there is none for certain.

    Blanks and full-width characters are forgiven, letters are never changed. A name that is not
    ASCII is refused unless allowed: hardly a relay takes it.

    >>> read_address_cell("张三 <a@b.example>").display_name
    '张三'
    """
    if text.isascii() and text[:1] not in _QUOTES:
        try:
            return AddressCell(read_address(text))
        except InvalidAddress:
            pass
    return _read_closely(text, allow_smtputf8=allow_smtputf8)


def _read_closely(text: str, *, allow_smtputf8: bool) -> AddressCell:
    if len(text) > _LONGEST:
        raise UnclearAddress(text, f"有 {len(text)} 个字，请只写地址")
    plain, matches, torn = _addresses(text)
    if not matches:
        return AddressCell(_last_resort(text, allow_smtputf8=allow_smtputf8))
    first = matches[0]
    before = plain[: first.start()]
    after = plain[first.end() : matches[1].start() if len(matches) > 1 else None]
    if _TORN_BEFORE.search(_LABEL.sub("", before)) or _TORN_AFTER.match(after):
        raise UnclearAddress(text, "地址中间有空格、多余的字或 @，看不出从哪里开始、到哪里结束")
    address = _checked(text, _unlabelled(first[0]), allow_smtputf8=allow_smtputf8)
    others = _others([match[0] for match in matches[1:]], address)
    name, rest = _name(before)
    left_out = "" if len(matches) > 1 else _visible(after)
    notes = [f"另有地址 {'、'.join(others)} 未导入"] if others else []
    notes += [f"邮箱单元格中的{shown(part)}未导入" for part in (rest, left_out) if part]
    notes += ["已去掉邮箱中的空格"] if torn else []
    return AddressCell(address, name, tuple(notes))


def _addresses(text: str) -> tuple[str, list[re.Match[str]], bool]:
    """The cell made plain, the addresses in it, whether blanks inside one were taken out."""
    plain = unicodedata.normalize("NFKC", clean(text))
    plain = re.sub(r"mailto:", " ", plain, flags=re.IGNORECASE)
    plain = _SPELLED.sub("@", _QUERY.sub(" ", plain))
    plain = re.sub(r"(?<=[A-Za-z0-9])。(?=[A-Za-z])", ".", plain)
    closed = re.sub(r"\s*@\s*", "@", plain)
    if found := list(_FOUND.finditer(closed)):
        return closed, found, closed != plain
    closed = re.sub(r"\s*\.\s*", ".", closed)
    return closed, list(_FOUND.finditer(closed)), True


def _visible(text: str) -> str:
    return "".join(filter(str.isprintable, text)).strip(_AROUND)


def _unlabelled(found: str) -> str:
    """Without the word 邮箱 or a mark that stands right before the address."""
    bare = found.lstrip("'`/|&+=*-.")
    label = _LABEL.match(bare)
    if label and not label[0].isascii() and bare[label.end()] != "@":
        return bare[label.end() :]
    return bare


def _checked(text: str, found: str, *, allow_smtputf8: bool) -> EmailAddress:
    address = read_address(found)
    if address.needs_smtputf8 and not allow_smtputf8:
        tail = re.search(r"[\w.+-]+@.*", found, re.ASCII)
        hint = f"，是不是 {tail[0]}？" if tail else "，请向对方索要全英文的邮箱"
        raise UnclearAddress(text, f"@ 前有中文等字符，绝大多数邮件系统无法投递{hint}")
    return address


def _last_resort(text: str, *, allow_smtputf8: bool) -> EmailAddress:
    if "@" not in unicodedata.normalize("NFKC", text):
        raise UnclearAddress(text, "没有 @，请写成 名字@域名")
    return _checked(text, text, allow_smtputf8=allow_smtputf8)


def _others(found: list[str], address: EmailAddress) -> list[str]:
    keys = {}
    for one in found:
        try:
            other = read_address(_unlabelled(one))
        except InvalidAddress:
            continue
        keys[other.key] = other.written
    keys.pop(address.key, None)
    return list(keys.values())


def _name(before: str) -> tuple[str, str]:
    """What stands before the address: as a name, or as something else."""
    name = _LABEL.sub("", before).strip(_AROUND)
    if not name:
        return "", ""
    fits = len(name) <= _LONGEST_NAME and not re.search(r"[\d:@\n]", name)
    return (" ".join(name.split()), "") if fits else ("", name)
