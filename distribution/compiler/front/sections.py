"""The names of sections, as contents and pages print them."""

import re

from distribution.compiler.lines import is_han, key, narrow

_LONGEST_SECTION = 10
_NUMBER = re.compile(r"(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2})[、.] ?(?=\D)")


def section_name(text: str) -> str:
    """The name without what decorates it, numbers it or repeats it in English.

    >>> section_name("【政 策 措 施】"), section_name("栏目：质量管理")
    ('政策措施', '质量管理')
    >>> section_name("一、科技前沿 Technology"), section_name("T2 航站楼")
    ('科技前沿', 'T2 航站楼')
    """
    name = key(_NUMBER.sub("", narrow(text).strip(), count=1))
    name = re.sub(r"(?<=[\u4e00-\u9fff]{2})[a-z]+$", "", name.removeprefix("栏目") or name)
    return name if name and all(map(is_han, name)) else text.strip()


def looks_like_section(text: str) -> bool:
    """A few Chinese characters and nothing else."""
    name = section_name(text)
    return 1 < len(name) <= _LONGEST_SECTION and all(map(is_han, name))


def new_section(section: str) -> str:
    """The sentence that asks what a section is about."""
    return f"栏目「{section}」还没有对应的主题"
