"""The one error of the reader: a file from which no issue can be made."""

from distribution.errors import DistributionError


class UnreadableIssue(DistributionError):
    """Raised when a file is no issue at all; smaller faults become complaints instead.

    `reason` says what is missing or wrong, `remedy` what the editor should do about it.
    """

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        self.name, self.reason, self.remedy = name, reason, remedy
        super().__init__(f"无法读取刊物文件 {name}：{reason}；{remedy}。")
