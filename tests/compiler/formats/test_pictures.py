"""Images: what browsers show stays byte for byte, others become PNG, the rest is none."""

import io
from hashlib import sha256

import pytest
from PIL import Image
from word_files import png

from distribution.compiler.formats.pictures import MOST_PIXELS, keep


def image(kind: str, mode: str = "RGB", size: tuple[int, int] = (6, 4)) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("PNG", "RGBA", "image/png"), ("PNG", "P", "image/png"), ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"), ("GIF", "P", "image/gif"), ("WEBP", "RGB", "image/webp"),
    ],
)  # fmt: skip
def test_what_browsers_show_stays_byte_for_byte(kind: str, mode: str, media_type: str) -> None:
    data = image(kind, mode)
    asset = keep(data)

    assert asset is not None
    assert (asset.content, asset.media_type) == (data, media_type)
    assert (asset.sha256, asset.width, asset.height) == (sha256(data).hexdigest(), 6, 4)


@pytest.mark.parametrize(
    ("kind", "mode"), [("BMP", "RGB"), ("TIFF", "CMYK"), ("TIFF", "I;16"), ("PCX", "L")]
)
def test_other_images_become_png(kind: str, mode: str) -> None:
    asset = keep(image(kind, mode))

    assert asset is not None
    assert (asset.media_type, asset.width, asset.height) == ("image/png", 6, 4)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no image",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xd7\xcd\xc6\x9a" + bytes(60),
        b"\x01\x00\x00\x00" + bytes(100),
        png(size=64)[:80],
        image("JPEG", size=(64, 64))[:-200],
    ],
    ids=["empty", "text", "svg", "wmf", "emf", "torn png", "torn jpeg"],
)
def test_what_cannot_be_shown_is_none(data: bytes) -> None:
    assert keep(data) is None


def test_an_image_of_too_many_pixels_is_none() -> None:
    side = int(MOST_PIXELS**0.5) + 1

    assert keep(image("PNG", "1", (side, side))) is None


def test_any_changed_byte_gives_an_image_or_none() -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"):
        whole = image(kind)
        for at in range(0, len(whole), max(1, len(whole) // 60)):
            for value in (0, 0xFF):
                keep(whole[:at] + bytes([value]) + whole[at + 1 :])
