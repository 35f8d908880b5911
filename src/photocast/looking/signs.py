"""Words read in the picture, and which of them are sure enough to repeat."""

import re
from collections.abc import Iterable, Iterator

from photocast.looking.naming import identify
from photocast.models import Line
from photocast.schema import Kind, Known, Observation

_SURE = 0.9
_MOST = 2
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
            confidence=round(min(line.confidence, 0.95), 2),
        )


def _height(line: Line) -> float:
    return line.y1 - line.y0


def is_words(text: str) -> bool:
    """Whether text reads as words: letters nearly throughout, vowels, and no capitals amid small letters."""
    words = text.split()
    letters = sum(map(str.isalpha, text))
    if letters < 3 or letters < 0.85 * sum(not char.isspace() for char in text) or any(map(str.isdigit, text)):
        return False
    return (
        not re.search(r"[@#©®/\\|<>{}=_]|www|\.com", text.lower())
        and any(map(_is_word, words))
        and all(_is_word(word) or len(word) <= 3 for word in words)
    )


def _is_word(word: str) -> bool:
    core = word.strip(".,:;!?'\"’“”()-&")
    if len(core) < 3 or not re.search(r"[aeiouyäöüéèáàíóúåæø]", core.lower()) or len(core) > 20:
        return False
    if re.search(r"[^aeiouyäöüéèáàíóúåæø\W]{5}", core.lower()) or re.search(r"(.)\1\1", core.lower()):
        return False
    return core.isupper() or core.islower() or core.istitle() or core[1:].islower()
