"""Masks from hostile PNGs: none gets memory for more than it should hold."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from praktikum.grader.png_mask import MaskError, read_mask

SIZE = (12, 10)
MASK = np.arange(120).reshape(SIZE) % 7 < 3


def png(picture: Image.Image, **settings: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, format="PNG", **settings)
    return content.getvalue()


def grey(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values.astype(np.uint8))


GOOD = png(grey(255 * MASK))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def header(width: int, height: int, bits: int = 8, colour: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))


def drawn(head: bytes, pixels: bytes, *before: bytes) -> bytes:
    data = chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + data + chunk(b"IEND", b"")


def with_text(name: str, value: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text(name, value, zip=True)
    return png(grey(255 * MASK), pnginfo=info)


@pytest.mark.parametrize(
    "content",
    [GOOD, png(grey(255 * MASK).convert("1")), png(grey(255 * MASK), optimize=True)],
    ids=["8 bits", "1 bit", "optimised"],
)
def test_a_mask_comes_back(content: bytes) -> None:
    np.testing.assert_array_equal(read_mask(content, SIZE), MASK)


def soft(mask: np.ndarray) -> Image.Image:
    return grey(128 * mask)


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not a PNG"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(100), "not a PNG"),
    "a BMP named PNG": (b"BM" + bytes(200), "not a PNG"),
    "a signature alone": (GOOD[:8], "not a PNG"),
    "turned on its side": (png(grey(255 * MASK.T)), "the size is 12×10 and should be 10×12"),
    "a bomb": (drawn(header(60_000, 60_000), bytes(10**6)), "the size is 60000×60000"),
    "a bomb of bits": (drawn(header(2**31 - 1, 1, 1), b"\0"), "the size is 2147483647×1"),
    "16 bits": (png(Image.fromarray(MASK.astype(np.uint16) * 65535)), "a grey picture is wanted"),
    "a palette": (png(grey(MASK).convert("P")), "a grey picture is wanted"),
    "in colour": (png(grey(255 * MASK).convert("RGB")), "a grey picture is wanted"),
    "transparent": (png(grey(255 * MASK).convert("LA")), "a grey picture is wanted"),
    "0 and 1": (png(grey(MASK)), "there is a value 1, while only 0 (background) and 255"),
    "soft": (png(soft(MASK)), "there is a value 128"),
    "cut off": (GOOD[:-30], "damaged"),
    "a wrong sum": (GOOD[:-20] + b"\0\0\0\0" + GOOD[-16:], "damaged"),
    "no pixels": (drawn(header(10, 12), b""), "damaged"),
    "a second header": (drawn(header(10, 12), bytes(6 * 4), header(5, 4)), "damaged"),
    "a second, larger header": (drawn(header(10, 12), bytes(10**6), header(5000, 5000)), "damaged"),
    "a text that unfolds": (with_text("x", "a" * 10**7), "damaged"),
}


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_mask_is_told(content: bytes, said: str) -> None:
    with pytest.raises(MaskError) as caught:
        read_mask(content, SIZE)
    assert said in caught.value.text.en
    assert caught.value.text.ru != caught.value.text.en


@pytest.mark.parametrize("content", [each for each, _ in HOSTILE.values()], ids=HOSTILE.keys())
def test_no_file_takes_memory_beyond_its_own(content: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(MaskError):
        read_mask(content, SIZE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_any_damage_is_refused_or_gives_a_mask_of_the_right_size() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        content = bytearray(GOOD)
        for place in rng.integers(len(content), size=rng.integers(1, 4)):
            content[place] = rng.integers(256)
        try:
            mask = read_mask(bytes(content), SIZE)
        except MaskError:
            continue
        assert (mask.shape, mask.dtype) == (SIZE, np.bool_)
