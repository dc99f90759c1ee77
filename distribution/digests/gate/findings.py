"""What the gate finds: each a sentence in Chinese that says what is wrong and what to do."""

from dataclasses import dataclass

from distribution.words import Word


class Severity(Word):
    """What becomes of a mail."""

    ERROR = "error", "错误"
    """It is not sent."""
    WARNING = "warning", "警告"
    """It is sent, and someone should look."""
    NOTE = "note", "提示"
    """Some clients show it plainer than meant, by design."""


class Rule(Word):
    """What is judged."""

    SIZE = "size", "大小"
    LINES = "lines", "行与换行"
    HEADERS = "headers", "邮件头"
    PARTS = "parts", "正文两部分"
    EQUALITY = "equality", "图文与纯文本一致"
    DOCUMENT = "document", "网页结构"
    FORBIDDEN = "forbidden", "不能用的元素"
    IMAGES = "images", "图片"
    LINKS = "links", "链接"
    PLACEHOLDERS = "placeholders", "未填写的占位符"
    CONTRAST = "contrast", "对比度"
    CLIENTS = "clients", "邮箱客户端支持"
    COMMERCIAL = "commercial", "广告标识"
    IMPRINT = "imprint", "主办单位与联系方式"
    LEAVING = "leaving", "退订与接收原因"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong."""

    rule: Rule
    severity: Severity
    where: str
    """主题, 图文版, 纯文本版, 邮件, the name of a header field, or that of a piece."""
    sentence: str

    @property
    def blocks(self) -> bool:
        """Whether a mail with it must not be sent."""
        return self.severity is Severity.ERROR


HTML, TEXT, SUBJECT, MAIL = "图文版", "纯文本版", "主题", "邮件"


def error(rule: Rule, where: str, sentence: str) -> Finding:
    return Finding(rule, Severity.ERROR, where, sentence)


def warning(rule: Rule, where: str, sentence: str) -> Finding:
    return Finding(rule, Severity.WARNING, where, sentence)
