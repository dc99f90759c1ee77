"""The lines of a Word file as they come, and what could not be read among them."""

from dataclasses import replace

from distribution.compiler.content import Complaint, Picture, Table
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.lines import PLAIN, Line, Look, complain


class Collected:
    """Numbers the lines in the order of reading."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.complaints: list[Complaint] = []

    def add(
        self,
        text: str,
        place: str,
        look: Look = PLAIN,
        block: Table | Picture | None = None,
        cells: tuple[str, ...] = (),
        furniture: Furniture | None = None,
    ) -> Line:
        """Add a line."""
        line = Line(len(self.lines) + 1, text, place, look, block, cells, furniture)
        self.lines.append(line)
        return line

    def lose(self, problem: str, place: str) -> None:
        """Note what nobody will see."""
        line = Line(max(1, len(self.lines)), "图片", place)
        self.complaints.append(complain(Doubt.PICTURE_LOST, line, problem))

    def ends_in_picture(self) -> bool:
        """Whether the last line is a picture without a name."""
        last = self.lines[-1] if self.lines else None
        return last is not None and isinstance(last.block, Picture) and not last.text

    def name_picture(self, text: str) -> None:
        """Call the last picture so; the account counts its caption."""
        last = self.lines[-1]
        if isinstance(last.block, Picture):
            self.lines[-1] = replace(last, text=text, block=replace(last.block, caption=text))
