"""The error of whoever writes a template."""

from distribution.errors import DistributionError


class BrokenTemplate(DistributionError):
    """Raised when a mail template cannot be used; `line` is None where none can be named."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        where = f"{file} 第 {line} 行" if line else file
        super().__init__(f"邮件模板 {where} 有误：{reason}")
