"""Kinds of prompts that a report tells apart: how many talk, about how many pictures, how long, what makes it hard."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from photocast.schema import UsageError

WORDS = (500, 1000)
"""Where a longer bucket of talk begins."""
_SPEAKERS = ("1 speaker", "2 speakers", "3+ speakers")
_LENGTHS = (f"under {WORDS[0]:,} words", f"{WORDS[0]:,} to {WORDS[1] - 1:,} words", f"{WORDS[1]:,}+ words")
_PEOPLE = ("1 person on screen", "2 people on screen", "3+ people on screen")
_OVERLAP = "overlap"
_FLAGS = {
    "has_off_screen_speaker": ("off-screen", ""),
    "has_same_sex_speakers": ("same-sex", ""),
    "only_opposite_sex_speakers": ("opposite-sex", ""),
    "is_single_shot": ("single-shot", "multi-shot"),
}
"""Columns of DiaDemBench that are 0 or 1, and what each value is called."""
_FIXED = (*_SPEAKERS, *_LENGTHS, _OVERLAP, *_PEOPLE, *(name for names in _FLAGS.values() for name in names if name))
_PICTURES = re.compile(r"1 picture|(?:0|[2-9]|[1-9]\d+) pictures")


def strata_of(row: Mapping[str, Any], pictures: int) -> frozenset[str]:
    """The strata of a row, by the columns that it has.

    `speakers` and `words` are those of `photocast corpus pack`; `speaker_num` (0 is overlapping speech),
    `people_num_in_screen` and the flags are those of DiaDemBench, whose tables are by them.

    Args:
        row: values by column.
        pictures: how many it has.
    """
    return frozenset([f"{pictures} picture{'' if pictures == 1 else 's'}", *_named(row)])


def in_order(names: Iterable[str]) -> list[str]:
    """Strata as they are told: speakers, length, what makes it hard, and pictures last."""

    def place(name: str) -> tuple[int, int]:
        return (_FIXED.index(name), 0) if name in _FIXED else (len(_FIXED), int(name.split()[0]))

    return sorted(names, key=place)


def check_strata(names: Iterable[str]) -> None:
    """See to it that every name is that of a stratum.

    Raises:
        UsageError: one is not.
    """
    for name in names:
        if name not in _FIXED and not _PICTURES.fullmatch(name):
            near = get_close_matches(name, _FIXED, n=1)
            why = f"the strata are {', '.join(_FIXED)}, and N pictures"
            raise UsageError(f"there is no stratum {name!r}", why, f"Write {near[0]}" if near else "Name one of them")


def _named(row: Mapping[str, Any]) -> Iterable[str]:
    speakers = row.get("speakers") or row.get("speaker_num")
    if speakers:
        yield _SPEAKERS[min(speakers, 3) - 1]
    elif row.get("speaker_num") == 0:
        yield _OVERLAP
    if words := row.get("words"):
        yield _LENGTHS[sum(words >= begins for begins in WORDS)]
    if people := row.get("people_num_in_screen"):
        yield _PEOPLE[min(people, 3) - 1]
    for column, (yes, no) in _FLAGS.items():
        flag = row.get(column)
        if flag is not None and (name := yes if flag else no):
            yield name
