"""Why the editor's office refuses: each a sentence that names the way on."""

from collections.abc import Sequence

from distribution.errors import DistributionError, Refused
from distribution.issues.checking import Finding


class ImportedMeanwhile(Refused):
    """Raised when somebody else changed the same issue in the same moment."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{key} 期刚由别人导入：没有改动；请用 distribution issue show {key} 核对")


class CorrectedMeanwhile(Refused):
    """Raised when another article now stands where the one stood that somebody was asked about."""

    def __init__(self, key: str, position: int) -> None:
        self.key, self.position = key, position
        super().__init__(
            f"{key} 期第 {position} 篇刚由别人改动，已不是所问的那一篇：没有改动；"
            f"请用 distribution issue show {key} 核对"
        )


class AlreadyApproved(Refused):
    """Raised when an issue that is approved would change."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"{key} 期已批准，没有改动任何内容：要修改，先运行 "
            f"distribution issue reopen {key} --reason 理由"
        )


class NotReady(Refused):
    """Raised when errors stand between an issue and its approval."""

    def __init__(self, key: str, errors: Sequence[Finding]) -> None:
        self.key, self.errors = key, tuple(errors)
        first = errors[0]
        where = f"第 {first.position} 篇" if first.position else ""
        more = "等" if len(errors) > 1 else ""
        super().__init__(
            f"{key} 期还有 {len(errors)} 处须先处理（{where}{first.sentence[:60]}{more}）：运行 "
            f"distribution issue check {key} 逐条查看，或用 --override 理由 照样批准"
        )


class HasRun(Refused):
    """Raised when an issue is to be reopened whose mails name its articles."""

    def __init__(self, key: str, run_id: int) -> None:
        self.key, self.run_id = key, run_id
        super().__init__(
            f"{key} 期有未完成的投递批次 {run_id}，不能重新打开：先运行 distribution run cancel "
            f"{run_id}，改好并批准后，未收到的用 run plan {key} 投递，已收到的用 run correct 更正"
        )


class PlacesTaken(Refused):
    """Raised where articles of an issue that went out would come to stand elsewhere."""

    def __init__(self, key: str, run_id: int) -> None:
        self.key, self.run_id = key, run_id
        super().__init__(
            f"{key} 期已由批次 {run_id} 投递，邮件里的链接按序号指向文章："
            "只能改文章的内容，不能增减、合并、拆分或移动，没有改动"
        )


class HasReaders(Refused):
    """Raised when an article is to go that readers have opened from a mail."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(f"第 {position} 篇已有读者点开过，不能去掉：没有改动；可改用 article edit")


class InvalidFact(DistributionError):
    """Raised when an editor's fact cannot be printed or stored."""

    def __init__(self, what: str, expected: str) -> None:
        self.what = what
        super().__init__(f"{what}{expected}")
