"""Words as they are counted and compared: in lower case, without the marks around them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_TYPOGRAPHY = "’‘“”—–…"
"""Marks without which most texts are ASCII."""
_PLAIN = {number: chr(number).lower() if chr(number).isalpha() else " " for number in range(128)}
"""What becomes of each character of ASCII where only letters count."""
_TURN = "|"
"""Stands between turns while words are told apart; the same mark in a text is a blank by then."""
_SPOKEN = _PLAIN | {ord(character): character for character in "'0123456789"} | {ord("\n"): _TURN}
"""What becomes of each character of ASCII where words count, with a turn a line."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of turns, each different one once: what is asked of every word is asked of a few hundred.

    Attributes:
        words: as `spoken_words` finds them, in the order in which they are first said.
        ids: which of them is said, (n,).
        ends: how many are said before each turn, and in all turns, (turns + 1,).
    """

    words: tuple[str, ...]
    ids: NDArray[np.int64]
    ends: NDArray[np.int64]


def spoken_turns(texts: Sequence[str]) -> Spoken:
    """The words of turns."""
    pieces = _pieces(" \n ".join([text.replace("\n", " ") for text in texts]))
    numbers, ids = _numbered(pieces)
    if odd := _odd(numbers):
        numbers, ids = _numbered(_taken_apart(pieces, odd))
    places = np.flatnonzero(ids == 0)
    ends = np.concatenate(([0], places - np.arange(len(places)), [len(ids) - len(places)]))
    return Spoken(tuple(numbers)[1:], ids[ids > 0] - 1, ends[: len(texts) + 1])


def spoken_words(text: str) -> list[str]:
    """Runs of letters, with apostrophes inside, and runs of digits: `It’s 5 up-to-date` is `it's 5 up to date`."""
    pieces = _pieces(text.replace("\n", " "))
    return _taken_apart(pieces, _odd(set(pieces)))


def _pieces(text: str) -> list[str]:
    """Words, often with apostrophes and digits at them, and `_TURN` for each line end with blanks around it."""
    if text.isascii():
        return text.translate(_SPOKEN).split()
    return text.lower().replace("’", "'").replace(_TURN, " ").replace("\n", _TURN).split()


def _odd(pieces: Iterable[str]) -> dict[str, list[str]]:
    """Pieces that are not one word, with their words. To look for words in all of the text takes four times as long."""
    found = {piece: _WORD.findall(piece) for piece in pieces if not piece.isalpha() and piece != _TURN}
    return {piece: words for piece, words in found.items() if words != [piece]}


def _taken_apart(pieces: list[str], odd: Mapping[str, list[str]]) -> list[str]:
    return [word for piece in pieces for word in odd.get(piece, (piece,))] if odd else pieces


def _numbered(pieces: Sequence[str]) -> tuple[dict[str, int], NDArray[np.int64]]:
    """Numbers of all different pieces, from 1 in the order in which they come; 0 is `_TURN`. And those of all."""
    numbers = defaultdict[str, int](count(1).__next__, {_TURN: 0})
    return numbers, np.fromiter(map(numbers.__getitem__, pieces), np.int64, len(pieces))


def spoken_letters(text: str) -> list[str]:
    """Runs of letters: `It’s 5` is `it s`. Enough to look words up by, and four times as fast where all is ASCII."""
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, " ")
    return text.translate(_PLAIN).split() if text.isascii() else _LETTERS.findall(text.lower())


def spoken_text(text: str) -> bytes:
    """Runs of letters parted by blanks, in UTF-8: two texts that differ in anything else are the same."""
    return " ".join(spoken_letters(text)).encode()
