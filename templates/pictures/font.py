"""The Chinese font that comes with a package, and how wide text is in it.

The widths are read straight from the font's tables: a general font library unpacks all 65,535 glyphs into Python
objects (40 MiB and half a second), where a report needs a few hundred characters.
Table layouts: OpenType 1.9, chapters cmap (format 12), hmtx, fvar, avar, HVAR and the item variation store.
"""

from __future__ import annotations

import mmap
import struct
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

PACKAGE = "manimgx_fonts_cjk"
FILE = "NotoSansCJK-VF.otf.ttc"
FACE = 2  # the collection's order is JP, KR, SC, TC, HK; only the third draws 直 骨 角 as in mainland China
FAMILY = "Noto Sans CJK SC"
LANGUAGE = "zh-Hans"


class FontMissing(RuntimeError):
    """The package with the font is not installed, or has another layout than the pinned version."""


def font_file() -> Path:
    """Path of the font; the package is located, not imported, and system fonts are never asked."""
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / FILE
        if path.is_file():
            return path
    raise FontMissing(f"{FILE} of the package {PACKAGE} is not installed")


class Widths:
    """Advance widths in em of one face of a variable font, read on demand from the mapped file."""

    def __init__(self, path: Path, face: int) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = self._u32(12 + 4 * face)
        self._tables = {
            bytes(self._data[row : row + 4]): self._u32(row + 8)
            for row in range(start + 12, start + 12 + 16 * self._u16(start + 4), 16)
        }
        self._units = self._u16(self._tables[b"head"] + 18)
        self._full_metrics = self._u16(self._tables[b"hhea"] + 34)
        self._cmap = self._find_cmap()

    def glyph(self, char: str) -> int:
        """Glyph number of a character, 0 where the font has none."""
        code, base = ord(char), self._cmap + 16
        low, high = 0, self._u32(self._cmap + 12)
        while low < high:
            middle = (low + high) // 2
            first, last, glyph = struct.unpack_from(">III", self._data, base + 12 * middle)
            if code < first:
                high = middle
            elif code > last:
                low = middle + 1
            else:
                return int(glyph + code - first)
        return 0

    def advance(self, char: str, weight: int) -> float:
        """Width of a character in em at a weight of 100 to 900."""
        glyph = self.glyph(char)
        default = self._u16(self._tables[b"hmtx"] + 4 * min(glyph, self._full_metrics - 1))
        return (default + self._delta(glyph) * self._position(weight)) / self._units

    def _u16(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 2], "big")

    def _u32(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 4], "big")

    def _i16(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 2], "big", signed=True)

    def _find_cmap(self) -> int:
        cmap = self._tables[b"cmap"]
        for row in range(cmap + 4, cmap + 4 + 8 * self._u16(cmap + 2), 8):
            table = cmap + self._u32(row + 4)
            if self._u16(table) == 12:
                return table
        raise FontMissing("the font has no full Unicode table")

    def _position(self, weight: int) -> float:
        """Weight on the font's own scale of 0 to 1: `fvar` gives the ends, `avar` bends the line between them."""
        fvar, avar = self._tables[b"fvar"], self._tables[b"avar"]
        axis = fvar + self._u16(fvar + 4)
        low, high = (self._u32(axis + offset) / 65536 for offset in (8, 12))
        place = min(max((weight - low) / (high - low), 0.0), 1.0)
        count = self._u16(avar + 8)
        bends = [
            (self._i16(at) / 16384, self._i16(at + 2) / 16384) for at in range(avar + 10, avar + 10 + 4 * count, 4)
        ]
        for (left, left_to), (right, right_to) in pairwise(bends):
            if left <= place <= right and right > left:
                return left_to + (right_to - left_to) * (place - left) / (right - left)
        return place

    def _delta(self, glyph: int) -> int:
        """How much wider a glyph is at the heavy end than at the light one: this font has a single region."""
        hvar = self._tables[b"HVAR"]
        store = hvar + self._u32(hvar + 4)
        data = store + self._u32(store + 8)
        count, words, regions = struct.unpack_from(">HHH", self._data, data)
        if regions != 1 or glyph >= count:
            return 0
        row = data + 6 + 2 * regions + glyph * (2 if words else 1)
        return self._i16(row) if words else int.from_bytes(self._data[row : row + 1], "big", signed=True)


@lru_cache(maxsize=1)
def _widths() -> Widths:
    return Widths(font_file(), FACE)


@lru_cache(maxsize=8192)
def advance(char: str, weight: int = 400) -> float:
    """Width of a character in em."""
    return _widths().advance(char, weight)


@lru_cache(maxsize=8192)
def drawable(char: str) -> bool:
    """Whether the font has a glyph for the character."""
    return _widths().glyph(char) != 0
