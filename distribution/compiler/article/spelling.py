"""The one rule of spelling, so that an issue reads the same whatever file it came from.

- Full-width letters and digits become half-width; punctuation stays as printed.
- Any white space is one blank, and none at the ends.
- In paragraphs, captions and cells no blank stands between a Chinese character (or full-width
  punctuation) and a digit, a letter or a unit: layouts put one there or not as they like. Blanks
  between two Chinese characters stay, for they divide names in a list.
- Titles keep the blanks of the contents.
"""

import re

_WIDE = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_MARKS = "\u2014\u2018\u2019\u201c\u201d\u3001-\u3011\uff01-\uff0f\uff1a-\uff20"
_CHINESE = _HAN + _MARKS
_NARROW = rf"(?:[^\W{_HAN}]|[%℃°+$])"
_BLANK = re.compile(rf"(?<=[{_CHINESE}]) (?={_NARROW})|(?<={_NARROW}) (?=[{_CHINESE}])")


def tidy_title(text: str) -> str:
    """A title in the rule.

    >>> tidy_title("省内　２１６ 户企业　通过复核")
    '省内 216 户企业 通过复核'
    """
    return " ".join(text.translate(_WIDE).split())


def tidy(text: str) -> str:
    """A paragraph in the rule.

    >>> tidy("全省 ２１６ 户企业，同比增长 12.6 %。 赵一 钱二 PLC 与 wheel probe")
    '全省216户企业，同比增长12.6 %。 赵一 钱二PLC与wheel probe'
    """
    return _BLANK.sub("", tidy_title(text))
