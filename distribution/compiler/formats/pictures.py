"""Images as readers' browsers show them: what they know stays byte for byte, others become PNG."""

import hashlib
import io
import warnings

from PIL import Image

from distribution.compiler.content import Asset

MOST_PIXELS = 40_000_000
MOST_BYTES = 10 * 1024 * 1024
_KEPT = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
_BROKEN = (
    OSError, SyntaxError, ValueError, ArithmeticError, KeyError, IndexError, TypeError, EOFError,
    NotImplementedError, Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What Pillow's readers raise on broken files."""
_OPENED = (
    "PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "PPM", "TGA", "PCX", "JPEG2000",
)  # fmt: skip
"""An MPO, two JPEGs in one file, is opened as JPEG."""


def keep(data: bytes) -> Asset | None:
    """The image as an asset; None for what cannot be shown: drawings (EMF, SVG), broken, too big.

    Every image is decoded once, to see that it is whole; a photograph in its smallest size.

    >>> keep(b"no image") is None
    True
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # broken EXIF and the like
            with Image.open(io.BytesIO(data), formats=_OPENED) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    return None
                kept = _KEPT.get(image.format or "")
                if kept is None or len(data) > MOST_BYTES:
                    return encode(image)
                image.draft(None, (1 + width // 8, 1 + height // 8))
                image.load()
                return _asset(data, kept, width, height)
    except _BROKEN:
        return None


def encode(image: Image.Image) -> Asset | None:
    """The image as PNG; None where it stays too large even so."""
    stream = io.BytesIO()
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
        image = image.convert("RGB")
    image.save(stream, "PNG")
    data = stream.getvalue()
    if len(data) > MOST_BYTES:
        return None
    return _asset(data, "image/png", image.width, image.height)


def _asset(data: bytes, media_type: str, width: int, height: int) -> Asset:
    return Asset(hashlib.sha256(data).hexdigest(), media_type, width, height, data)
