"""The images of a Word file, each opened once."""

from distribution.compiler.content import Asset
from distribution.compiler.formats.pictures import keep
from distribution.compiler.formats.word.drawings import Image
from distribution.compiler.formats.word.package import Package

_LINKED = "只是一个链接，不在文件里"
_NOT_SHOWN = "的格式无法在网页上显示"


class Images:
    """Finds what drawings refer to; a letterhead may stand on every page."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._found: dict[str, Asset | None] = {}

    def find(self, part: str, image: Image) -> Asset | str:
        """The image, or in words why it cannot be shown; every part has relations of its own."""
        target = self._package.relations(part).get(image.relation)
        if image.linked or (target is not None and target.external):
            return _LINKED
        asset = self._asset(target.part) if target is not None else None
        return asset or _NOT_SHOWN

    def assets(self) -> tuple[Asset, ...]:
        """All that were found, one of each content."""
        found = {asset.sha256: asset for asset in self._found.values() if asset is not None}
        return tuple(found.values())

    def _asset(self, part: str) -> Asset | None:
        if part not in self._found:
            data = self._package.bytes_of(part)
            self._found[part] = keep(data) if data is not None else None
        return self._found[part]
