"""The texts consent is given to, each with its version; what is said is kept with both."""

from dataclasses import dataclass

from distribution.words import Decision, Purpose


@dataclass(frozen=True, slots=True)
class ConsentText:
    """Words a person is shown when he decides. A change of words is a new version."""

    version: str
    purpose: Purpose
    decision: Decision
    words: str


TEXTS = (
    ConsentText(
        "tracking-granted-1",
        Purpose.TRACKING,
        Decision.GRANTED,
        "同意：编辑部可以按人记录我是否打开摘要邮件、点击了哪些文章，用于统计阅读情况、"
        "改进选文；我可以随时在本页撤回。",
    ),
    ConsentText(
        "tracking-withdrawn-1",
        Purpose.TRACKING,
        Decision.WITHDRAWN,
        "不同意：编辑部不记录我的打开与点击。",
    ),
    ConsentText(
        "digest-requested-1",
        Purpose.DIGEST,
        Decision.REQUESTED,
        "有人登记了您的邮箱，请您确认是否愿意接收摘要邮件；您不确认，就不会收到。",
    ),
    ConsentText(
        "digest-granted-1",
        Purpose.DIGEST,
        Decision.GRANTED,
        "同意：编辑部向我的邮箱发送期刊的摘要邮件，每期一封；我可以随时退订。",
    ),
    ConsentText(
        "digest-withdrawn-1",
        Purpose.DIGEST,
        Decision.WITHDRAWN,
        "退订后，编辑部不再向这个地址发送摘要邮件。",
    ),
)
"""All that are in use."""


def text_of(purpose: Purpose, decision: Decision) -> ConsentText:
    """The words in use for one answer; LookupError where nobody is ever shown any."""
    for text in TEXTS:
        if (text.purpose, text.decision) == (purpose, decision):
            return text
    raise LookupError(purpose, decision)


def version_of(words: str) -> str:
    """The version of a text of ours; empty for words that are somebody's own.

    >>> version_of("不同意：编辑部不记录我的打开与点击。")
    'tracking-withdrawn-1'
    """
    return next((text.version for text in TEXTS if text.words == words), "")
