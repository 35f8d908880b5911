"""What is written over the pictures: captions at the foot, and at first, at the top, who made this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image

from photocast.publish.captions import Caption
from photocast.publish.film.planes import Overlay
from photocast.publish.lettering import Letters

_INKS = ((241, 178, 140), (148, 203, 242), (192, 217, 140), (224, 180, 238))
"""Of the speakers' names, in the order of the script: the page's colours by night."""
_WHITE = (255, 253, 248)
_AT_ONCE = 2
"""Captions of turns that overlap are shown above each other; more than two nobody reads."""
_SHADE = 205
"""How dark it is behind the words, of 255."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Captions that are seen together."""

    start: float
    end: float
    captions: tuple[Caption, ...]
    """In the order in which they began; empty while nothing is said."""


def shown(captions: Sequence[Caption], seconds: float) -> tuple[Shown, ...]:
    """Stretches of time, from 0 to the end without a gap, with what is seen in each."""
    edges = sorted({0.0, seconds, *(min(at, seconds) for one in captions for at in (one.start, one.end))})
    stretches = []
    for start, end in pairwise(edges):
        now = sorted((one for one in captions if one.start <= start and one.end >= end), key=lambda one: one.start)
        stretches.append(Shown(start, end, tuple(now[-_AT_ONCE:])))
    return tuple(stretches)


def undrawn(captions: Sequence[Caption], letters: Letters) -> int:
    """How many captions cannot be drawn, for want of letters."""
    return sum(letters.sentence(one.text) is None for one in captions)


class Writing:
    """Draws captions and the notice for frames of one size."""

    def __init__(self, size: tuple[int, int], speakers: Sequence[str], letters: Letters) -> None:
        self._width, self._height = size
        self._letters = letters
        self._inks: Mapping[str, tuple[int, int, int]] = {
            name: _INKS[number % len(_INKS)] for number, name in enumerate(speakers)
        }
        self._size = max(8, round(min(size[1] * 0.052, size[0] * 0.042)))
        self._inner = round(size[0] * 0.9)

    def captions(self, now: Sequence[Caption]) -> Overlay | None:
        """The captions of a moment over a shade that grows darker to the foot; None where there is nothing to see."""
        blocks = [block for one in now if (block := self._block(one))]
        if not blocks:
            return None
        gap, foot = round(self._size * 0.4), round(self._height * 0.045)
        text = sum(self._tall(lines, size) for _, lines, size, _ in blocks) + gap * (len(blocks) - 1)
        height = min(self._height, text + foot + round(self._size * 2.2)) // 2 * 2
        drawn = self._shaded(height, downwards=True)
        at = height - foot - text
        for name, lines, size, ink in blocks:
            small = self._small
            if name:
                self._letters.write(drawn, [name], (self._width // 2, at), small, (*ink, 255), "m")
                at += self._letters.height(1, small)
            at = self._letters.write(drawn, lines, (self._width // 2, at), size, (*_WHITE, 255), "m") + gap
        return Overlay.of(drawn, self._height - height)

    def notice(self, text: str) -> Overlay | None:
        """A sentence at the top, in at most three lines; None where there is nothing to say, or no letters for it."""
        plain = self._letters.sentence(" ".join(text.split()))
        if not plain:
            return None
        size, lines = self._letters.fitted(plain, round(self._size * 0.74), self._inner, 3, smallest=6)
        edge = round(self._height * 0.035)
        height = (edge + self._letters.height(len(lines), size) + round(self._size * 1.6)) // 2 * 2
        drawn = self._shaded(height, downwards=False)
        self._letters.write(drawn, lines, (self._width // 2, edge), size, (*_WHITE, 255), "m")
        return Overlay.of(drawn, 0)

    @property
    def _small(self) -> int:
        return max(7, round(self._size * 0.72))

    def _tall(self, lines: Sequence[str], size: int) -> int:
        return self._letters.height(1, self._small) + self._letters.height(len(lines), size)

    def _block(self, caption: Caption) -> tuple[str, list[str], int, tuple[int, int, int]] | None:
        """Name, lines and their size; the lines as they were cut if they fit, else as they do."""
        text = self._letters.sentence(caption.text)
        if not text:
            return None
        lines, size = text.split("\n"), self._size
        if len(lines) > 2 or any(self._letters.width(line, size) > self._inner for line in lines):
            size, lines = self._letters.fitted(text, size, self._inner, 2, smallest=max(6, size // 2))
        name = self._letters.words(caption.speaker)
        return name, lines, size, self._inks.get(caption.speaker, _WHITE)

    def _shaded(self, height: int, *, downwards: bool) -> Image.Image:
        """A black ground, clear at its inner edge."""
        ramp = (
            Image.linear_gradient("L")
            if downwards
            else Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        )
        mask = ramp.resize((self._width, height)).point(lambda value: min(_SHADE, round(value * 1.5)))
        drawn = Image.new("RGBA", (self._width, height), (0, 0, 0, 255))
        drawn.putalpha(mask)
        return drawn
