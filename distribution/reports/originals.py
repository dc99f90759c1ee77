"""What came back in its own words, as a person reads it, or why the words are gone."""

import json
from dataclasses import dataclass

from distribution import replies

EXPIRED = "原文已过保存期（设置 keep_mail_days），已清除；判断仍在。"
ERASED = "原文已应本人要求删除；判断仍在。"
NOBODYS = "原文已过保存期（设置 keep_mail_days），或已应本人要求删除；判断仍在。"


@dataclass(frozen=True, slots=True)
class Original:
    """A mail or a provider's notice as it came."""

    raw: bytes | None
    source: str = ""
    """Of a notice: whose it is."""
    erased: bool | None = None
    """Its reader's data are; None where nobody knows whose it is."""

    @property
    def gone(self) -> str:
        """Why nothing is left of it, in a sentence; empty where it is kept."""
        if self.raw is not None:
            return ""
        return {True: ERASED, False: EXPIRED, None: NOBODYS}[self.erased]

    @property
    def text(self) -> str:
        """As a person reads it; empty where it is gone or has no words."""
        if self.raw is None:
            return ""
        return _notice(self.raw) if self.source else replies.readable(self.raw)

    @property
    def named(self) -> tuple[str, ...]:
        """Whose mailbox the report of a mail system or a complaint speaks of, as written there."""
        if self.raw is None or self.source:
            return ()
        report = replies.read_returned(self.raw)
        told = (address for result in report.results for address in result.recipients)
        return tuple(dict.fromkeys((*report.recipients, *told)))


def _notice(raw: bytes) -> str:
    """What a provider posted, line by line.

    >>> print(_notice('{"event": "拒收"}'.encode()))
    {
      "event": "拒收"
    }
    """
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")
