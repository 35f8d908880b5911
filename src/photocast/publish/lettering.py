"""Letters on pictures: one typeface, and an honest answer about which words it can draw."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from photocast.schema import InputError

_FONT = Path(__file__).parent / "fonts" / "SourceSansPro-Semibold.otf"
_MISSING = "\U0010ffff"
"""What no typeface has: it comes out as the box that stands for a letter that is not there."""
_LEADING = 1.16
"""From one line to the next, in sizes of the letters."""
_TRIED = 32


class Letters:
    """A typeface at any size. The one that comes with photocast has Latin, Greek and Cyrillic letters."""

    def __init__(self, file: Path | None = None) -> None:
        """Open the typeface.

        Raises:
            InputError: the file is no TrueType or OpenType font.
        """
        self._file = file or _FONT
        self.at = lru_cache(maxsize=64)(self._at)
        self._has = lru_cache(maxsize=4096)(self._drawn)
        self._box = self._shape(_MISSING)

    def _at(self, size: int) -> ImageFont.FreeTypeFont:
        try:
            return ImageFont.truetype(str(self._file), size)
        except (OSError, ValueError) as error:
            do = "Give the file of a font, such as NotoSansJP-Regular.otf"
            raise InputError(f"cannot draw with {self._file}", "it cannot be read as a font", do) from error

    def words(self, text: str) -> str:
        """The text without the words that cannot be drawn, in one line."""
        return " ".join(word for word in _plain(text).split() if all(map(self._has, word)))

    def sentence(self, text: str) -> str | None:
        """The text with its lines, without signs such as emoji that cannot be drawn; None where letters would go too.

        A sentence from which words are missing says something else: then it is better not there.
        """
        lines = []
        for line in _plain(text).split("\n"):
            lost = [sign for sign in line if not self._has(sign)]
            if any(unicodedata.category(sign)[0] in "LMN" for sign in lost):
                return None
            lines.append(" ".join("".join(sign for sign in line if self._has(sign)).split()))
        return "\n".join(line for line in lines if line)

    def width(self, text: str, size: int) -> float:
        """In pixels."""
        return float(self.at(size).getlength(text))

    def fitted(self, text: str, size: int, width: int, lines: int, *, smallest: int) -> tuple[int, list[str]]:
        """The largest size, up to `size`, at which the words go into so many lines, and these lines.

        At the smallest size, what does not fit ends in an ellipsis.
        """
        for tried in range(size, smallest, -max(1, size // 24)):
            wrapped = self.wrapped(text, tried, width)
            if len(wrapped) <= lines and all(self.width(line, tried) <= width for line in wrapped):
                return tried, wrapped
        wrapped = self.wrapped(text, smallest, width)
        kept = wrapped[:lines]
        if len(wrapped) > lines:
            kept[-1] += "…"
        return smallest, [self._cut(line, smallest, width) for line in kept]

    def wrapped(self, text: str, size: int, width: int) -> list[str]:
        """The words in as few lines as they need, each as full as the others as far as that goes."""
        lines = self._filled(text, size, width)
        narrow = width
        while len(lines) > 1 and narrow > width // 2:
            narrow -= max(1, width // 40)
            tried = self._filled(text, size, narrow)
            if len(tried) > len(lines) or any(self.width(line, size) > narrow for line in tried):
                break
            lines = tried
        return lines

    def write(
        self, on: Image.Image, lines: list[str], at: tuple[int, int], size: int, ink: tuple[int, ...], anchor: str = "l"
    ) -> int:
        """Write lines below and beside the point `at`; the anchor is l, m or r. Returns the lower edge."""
        draw = ImageDraw.Draw(on)
        ascent, _ = self.at(size).getmetrics()
        for number, line in enumerate(lines):
            base = at[1] + ascent * 0.86 + number * size * _LEADING
            draw.text((at[0], base), line, font=self.at(size), fill=ink, anchor=f"{anchor}s")
        return at[1] + self.height(len(lines), size)

    @staticmethod
    def height(lines: int, size: int) -> int:
        """Of so many lines, in pixels."""
        return round(lines * size * _LEADING)

    def _filled(self, text: str, size: int, width: int) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}", size) <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def _cut(self, line: str, size: int, width: int) -> str:
        while self.width(line, size) > width and len(line) > 1:
            line = f"{line.rstrip('…')[:-1].rstrip()}…"
        return line

    def _drawn(self, sign: str) -> bool:
        return sign.isspace() or self._shape(sign) != self._box

    def _shape(self, sign: str) -> tuple[tuple[int, int], bytes]:
        mask = self.at(_TRIED).getmask(sign)
        return mask.size, bytes(mask)


def _plain(text: str) -> str:
    """Without signs that have no shape of their own: joiners, directions, the choice of an emoji's form."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if unicodedata.category(sign) != "Cf" and sign not in "\ufe0e\ufe0f")
