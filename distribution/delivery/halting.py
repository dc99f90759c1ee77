"""The emergency switch: a file that stops all sending, also while database and broker are away.

Every sender of the installation looks for it before each lease and each hand-over, ten times a
second at most, and goes on when it is gone. It counts on the host that it lies on: where workers
run on several, each has its own.
"""

import os
from pathlib import Path

from distribution.errors import Refused


class Halted(Refused):
    """Raised where something is to be sent while the switch is on."""

    def __init__(self, switch: Path) -> None:
        self.switch = switch
        super().__init__(f"投递已全部停止，因为有文件 {switch}：确认可以继续后，删除它")


def is_halted(switch: Path) -> bool:
    """Whether the file is there, whatever it is."""
    return os.path.lexists(switch)


def refuse_halted(switch: Path) -> None:
    """Raise Halted while the file is there."""
    if is_halted(switch):
        raise Halted(switch)
