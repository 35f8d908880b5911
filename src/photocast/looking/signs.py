"""Words read in the picture, and which of them are sure enough to repeat."""

import re
from collections.abc import Iterable, Iterator

from photocast.looking.naming import identify
from photocast.models import Line
from photocast.schema import Kind, Known, Observation

_SURE = 0.95
_MOST = 2
_VOWEL = "[aeiouyäöüéèáàíóúåæø]"
_SMALLEST = 0.018
"""Height of a line as a share of the photo: smaller print was read wrongly more often than not."""


def signs(photo: str, lines: Iterable[Line]) -> Iterator[Observation]:
    """The largest lines that are words; never number plates, addresses or anything else with digits."""
    readable = [
        line for line in lines if line.confidence >= _SURE and _height(line) >= _SMALLEST and is_words(line.text)
    ]
    largest_first = sorted(readable, key=lambda line: -_height(line) * len(line.text))
    said: dict[str, Line] = {}
    for line in largest_first:
        said.setdefault(identify(photo, Kind.SIGN, line.text), line)
    for identity, line in list(said.items())[:_MOST]:
        yield Observation(
            id=identity,
            photos=(photo,),
            kind=Kind.SIGN,
            what=" ".join(line.text.split()),
            known=Known.SEEN,
            sources=("ocr",),
            confidence=0.93,
        )


def _height(line: Line) -> float:
    return line.y1 - line.y0


def is_words(text: str) -> bool:
    """Whether text reads as words: letters only, at least one word of four, vowels, no capitals amid small letters."""
    words = text.split()
    return (
        not re.search(r"[^\w\s'’&!?,.-]|[\d_]|\.\w", text)
        and any(len(word) >= 4 and _is_word(word) for word in words)
        and all(_is_word(word) or len(word) <= 3 for word in words)
    )


def _is_word(word: str) -> bool:
    core = word.strip(".,!?'’&-")
    if len(core) > 14 or not re.search(_VOWEL, core.lower()):
        return False
    if re.search(rf"(?:(?!{_VOWEL})\w){{5}}|(.)\1\1", core.lower()):
        return False
    return core.isupper() or core.islower() or core[1:].islower()
