"""How well a word can be photographed, to score a talk by looking its words up."""

import csv
import gzip
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from photocast.schema import InputError

SCALES = {"visual.mean": (0.0, 5.0), "conc.m": (1.0, 5.0)}
"""Columns of published norms, in small letters, and their scales: the Lancaster Sensorimotor Norms (Lynott et al. 2020,
doi:10.3758/s13428-019-01316-z) and the concreteness of Brysbaert et al. 2014 (doi:10.3758/s13428-013-0403-5)."""


@cache
def visual_words() -> Mapping[str, float]:
    """The weight of each English word that can be photographed, above 0 and at most 1; other words are not in it.

    Keys are single words in small letters, plurals and verb forms among them. Made from WordNet 3.0 by
    `scripts/build_visual_words.py`, which says how.
    """
    packed = files("photocast.corpus").joinpath("data/visual.tsv.gz").read_bytes()
    cells = gzip.decompress(packed).decode("ascii").split()  # words and weights by turns
    return MappingProxyType(dict(zip(cells[::2], map(float, cells[1::2]), strict=True)))


def read_lexicon(path: Path) -> Mapping[str, float]:
    """A lexicon of the user's own: a word and a number a line, parted by tabs, semicolons or commas.

    With a header the columns are found by name: `Word` with `Visual.mean` (0 to 5, Lancaster Sensorimotor Norms) or
    `Conc.M` (1 to 5, Brysbaert), both scaled to 0..1. Otherwise there are two columns, a word and its weight from 0 to
    1. Words are read in small letters; of two lines for one word the higher weight counts. Entries of several words
    stay, and are never looked up.

    Raises:
        InputError: the file cannot be read, holds no words, or something else than a word and a number in range.
    """
    rows = _rows(path)
    word, number, (low, high) = _columns(path, rows[0][1])
    weights: dict[str, float] = {}
    for line, cells in rows:
        text = cells[number].strip() if len(cells) > max(word, number) else ""
        name, value = cells[word].strip().lower() if text else "", _number(text)
        if line == 1 and value is None:
            continue  # the header
        if not name or value is None or not low <= value <= high:
            raise InputError(
                f"cannot read {path}, line {line}",
                f"a word and a number from {low:g} to {high:g} were expected",
                "Correct the line, or name the columns Word and Visual.mean or Conc.M if they are of such norms",
            )
        weights[name] = max(weights.get(name, 0.0), (value - low) / (high - low))
    if not weights:
        raise InputError(f"cannot use {path}", "it holds no words", "Give a file with a word and a number a line")
    return MappingProxyType(weights)


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, each with its number and its cells."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"cannot read {path}", "it is not written in UTF-8", "Save it with that encoding") from error
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError(f"cannot read {path}", why, "Give a file with a word and a number a line") from error
    mark = next((mark for mark in "\t;," if lines and mark in lines[0]), ",")
    rows = [(number, next(csv.reader([line], delimiter=mark))) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise InputError(f"cannot use {path}", "it is empty", "Give a file with a word and a number a line")
    return rows


def _columns(path: Path, first: list[str]) -> tuple[int, int, tuple[float, float]]:
    """Where the word and the number stand, and the scale of the number."""
    names = [cell.strip().lower() for cell in first]
    scale = next((name for name in names if name in SCALES), None)
    if scale and "word" in names:
        return names.index("word"), names.index(scale), SCALES[scale]
    if len(names) == 2 and not scale:
        return 0, 1, (0.0, 1.0)
    raise InputError(
        f"cannot use {path}",
        f"its first line is {', '.join(first)[:80]!r}: no column says which number is meant",
        "Give two columns, a word and its weight from 0 to 1, or name them Word and Visual.mean or Conc.M",
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
