"""The finished message as programs read it: lines, header fields, parts. Cheap enough for all."""

import re
from collections.abc import Iterator

from distribution.digests.gate.findings import MAIL, Finding, Rule, error, warning

_LONGEST_LINE = 998  # RFC 5322 section 2.1.1
_SHORT_LINE = 76  # of base64 and of encoded words, RFC 2045 and 2047
_REQUIRED = (
    *("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Precedence"),
)
_ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058
_PROGRAMS_READ = re.compile(
    r"List-.*|Message-ID|Feedback-ID|Content-.*|MIME-Version|Date", re.IGNORECASE
)
_FIELD = re.compile(r"^([!-9;-~]+):[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", re.MULTILINE)
_MAILBOX = re.compile(r"(?:[^@<>,]*<)?[^\s<>,@]+@[^\s<>,@]+>?")
_HTML_PART = re.compile(rb"^content-type: *text/html", re.IGNORECASE | re.MULTILINE)
_TEXT_PART = re.compile(rb"^content-type: *text/plain", re.IGNORECASE | re.MULTILINE)


def check_wire(message: bytes, *, text_only: bool = False) -> tuple[Finding, ...]:
    """Judge a finished message; takes a fraction of a millisecond."""
    head, _, body = message.partition(b"\r\n\r\n")
    fields = _FIELD.findall(head.decode("ascii", "replace"))
    return (
        *_lines(head.split(b"\r\n"), body.split(b"\r\n")),
        *_headers(fields),
        *_list_fields(dict(fields)),
        *_parts(head, body, text_only=text_only),
    )


def _lines(head: list[bytes], body: list[bytes]) -> Iterator[Finding]:
    characters = b"".join((*head, *body))
    if b"\r" in characters or b"\n" in characters:
        yield error(Rule.LINES, MAIL, "有单独的回车或换行，每行都应以 CRLF 结束；请报告给开发者")
    if not characters.isascii():
        yield error(Rule.LINES, MAIL, "有 ASCII 以外的字节，正文应为 base64；请报告给开发者")
    if (longest := max(map(len, head))) > _LONGEST_LINE:
        yield error(Rule.LINES, MAIL, f"有一行长 {longest} 个字符，最多 998；请缩短地址或名称")
    encoded = max((len(line) for line in head if b"=?" in line), default=0)
    for where, length in (("邮件头中编码", encoded), ("base64 ", max(map(len, body)))):
        if length > _SHORT_LINE:
            sentence = f"{where}的一行长 {length} 个字符，最多 76；请报告给开发者"
            yield error(Rule.LINES, MAIL, sentence)


def _headers(fields: list[tuple[str, str]]) -> Iterator[Finding]:
    names = [name.lower() for name, _ in fields]
    for name in _REQUIRED:
        if (count := names.count(name.lower())) != 1:
            yield error(Rule.HEADERS, name, f"应有且只有一个，实际 {count} 个；请报告给开发者")
    for name, value in fields:
        if "=?" in value and _PROGRAMS_READ.fullmatch(name):
            yield error(Rule.HEADERS, name, "由程序读取，不能编码；请缩短地址，或只用英文字母")
        if name.lower() == "from" and not _MAILBOX.fullmatch(_unfolded(value)):
            yield error(Rule.HEADERS, name, "应为一个发件地址；请检查发件人设置")


def _list_fields(fields: dict[str, str]) -> Iterator[Finding]:
    if "List-Unsubscribe" in fields:
        addresses = re.findall(r"<([^<>]*)>", fields["List-Unsubscribe"])
        schemes = {address.partition(":")[0] for address in addresses}
        if "http" in schemes:
            yield warning(
                Rule.HEADERS,
                "List-Unsubscribe",
                "退订网址不是 https，只适合在本机试用；请设置 base_url",
            )
        elif "https" not in schemes:
            yield error(Rule.HEADERS, "List-Unsubscribe", "缺少 https 的退订网址；请设置 base_url")
        if "mailto" not in schemes:
            yield warning(Rule.HEADERS, "List-Unsubscribe", "缺少邮件退订地址；请设置退信域名")
    if fields.get("List-Unsubscribe-Post", _ONE_CLICK) != _ONE_CLICK:
        yield error(Rule.HEADERS, "List-Unsubscribe-Post", f"应为 {_ONE_CLICK}；请报告给开发者")
    if "List-Id" in fields and not re.search(r"<[^\s<>@]+>$|^[^\s<>@]+$", fields["List-Id"]):
        yield error(Rule.HEADERS, "List-Id", "缺少尖括号里的标识；请检查列表标识的设置")


def _parts(head: bytes, body: bytes, *, text_only: bool) -> Iterator[Finding]:
    boundary = re.search(rb'boundary="?([^";\r\n]+)', head)
    parts = body.split(b"--" + boundary[1])[1:-1] if boundary else [head + b"\r\n\r\n" + body]
    wanted = (_TEXT_PART,) if text_only else (_TEXT_PART, _HTML_PART)
    heads = [part.partition(b"\r\n\r\n")[0] for part in parts]
    found = [[bool(kind.search(one)) for one in heads].count(True) for kind in wanted]
    if found != [1] * len(wanted) or len(parts) != len(wanted):
        yield error(Rule.PARTS, MAIL, "应有纯文本和图文两部分，且各一个；请报告给开发者")
    if any(b"base64" not in one.lower() for one in heads):
        yield error(Rule.PARTS, MAIL, "正文应为 base64 编码；请报告给开发者")


def _unfolded(value: str) -> str:
    return value.replace("\r\n", "")
