"""Labelled turns to utterances: cleaned, in the order of time, adjacent ones of one speaker put together."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from photocast.corpus.nouns import Utterance
from photocast.corpus.sources.records import TurnRecord, as_names, as_number, whole_characters

UNKNOWN = "UNKNOWN"
"""Label of turns that have none."""
SLACK_SECONDS = 60.0
"""How far behind the end of the episode a turn may begin: feeds round, and advertisements come and go."""
_FAR = 1e12

Note = Callable[[str], None]

_names = lru_cache(4096)(as_names)
"""Millions of turns have a few thousand different lists of labels."""


class Labelled(msgspec.Struct, gc=False):
    """A turn of the source, cleaned."""

    speaker: str
    text: str
    start: float | None
    end: float | None
    also: tuple[str, ...]
    number: int
    """Its `turnCount`, or its number in the file."""


def put_together(
    records: Iterable[TurnRecord], seconds: float | None, note: Note
) -> tuple[tuple[Utterance, ...], float | None]:
    """The utterances of an episode, and its length in seconds unless its turns prove that wrong.

    Args:
        records: labelled turns as they are in the source.
        seconds: length of the episode, as the source states it.
        note: told of everything that is mended.
    """
    turns = _without_copies(_cleaned(records, note), note)
    seconds = _check_clock(turns, seconds, note)
    return merged(in_order(turns)), seconds


def in_order(turns: Sequence[Labelled]) -> list[Labelled]:
    """Turns by time, then by number. One without a time stays behind the one that it follows by number."""
    by_number = sorted(turns, key=lambda turn: turn.number)
    times = []
    last = -1.0
    for turn in by_number:
        last = last if turn.start is None else turn.start
        times.append(last)
    order = sorted(range(len(by_number)), key=times.__getitem__)  # stable: the number decides between equal times
    return [by_number[at] for at in order]


def merged(turns: Iterable[Labelled]) -> tuple[Utterance, ...]:
    """Utterances: turns that follow each other and have the same speaker become one, their texts joined by a blank."""
    runs: list[list[Labelled]] = []
    speaker = None
    for turn in turns:
        if turn.speaker == speaker:
            runs[-1].append(turn)
        else:
            runs.append([turn])
            speaker = turn.speaker
    return tuple(_utterance(run) for run in runs)


def _utterance(run: list[Labelled]) -> Utterance:
    first = run[0]
    if len(run) == 1:
        return Utterance(first.speaker, first.text, first.start, first.end, first.also, (first.number,))
    starts = [turn.start for turn in run if turn.start is not None]
    ends = [turn.end for turn in run if turn.end is not None]
    return Utterance(
        first.speaker,
        " ".join([turn.text for turn in run]),
        starts[0] if starts else None,
        max(ends) if ends else None,
        tuple(dict.fromkeys([label for turn in run for label in turn.also])),
        tuple([turn.number for turn in run]),
    )


def _cleaned(records: Iterable[TurnRecord], note: Note) -> list[Labelled]:
    turns = []
    for at, record in enumerate(records):
        text = _text(record.turn_text, note)
        if not text:
            note("empty_turn")
            continue
        speaker, also = _labels(record.speaker, note)
        start, end = _times(record, note)
        number = record.turn_count
        if type(number) is not int:
            number = at if (read := as_number(number)) is None else int(read)
        turns.append(Labelled(speaker, text, start, end, also, number))
    return turns


def _text(value: Any, note: Note) -> str:
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if not text.isascii():
        whole = whole_characters(text)
        if whole != text:
            note("half_character")
            text = whole
    if text.isprintable():
        return text
    lines = text.splitlines()
    if len(lines) > 1:
        note("line_break")  # an episode's text has a line a turn
        text = " ".join(stripped for line in lines if (stripped := line.strip()))
    return text


def _labels(value: Any, note: Note) -> tuple[str, tuple[str, ...]]:
    """Who speaks, and who else is heard. SPoRC lists them in the order in which they began."""
    try:
        labels = _names(tuple(value)) if type(value) is list else as_names(value)
    except TypeError:  # something in it that is no text
        labels = as_names(value)
    if not labels:
        note("no_speaker")
        return UNKNOWN, ()
    return labels[0], labels[1:]


def _times(record: TurnRecord, note: Note) -> tuple[float | None, float | None]:
    start, end = record.start_time, record.end_time
    if type(start) is not float or not -_FAR < start < _FAR:
        start = as_number(start)
    if type(end) is not float or not -_FAR < end < _FAR:
        end = as_number(end)
    if start is not None and end is not None and not end > start:
        note("reversed_times")
        end = None  # where it begins is still the best that is known of its place
    return start, end


def _without_copies(turns: list[Labelled], note: Note) -> list[Labelled]:
    """One of each: SPoRC holds some 80,000 turns twice or more. The same number on other words is only noted."""
    if len({turn.number for turn in turns}) == len(turns):
        return turns
    texts: dict[int, set[str]] = {}
    kept = []
    for turn in turns:
        known = texts.setdefault(turn.number, set())
        if turn.text in known:
            note("duplicate_turn")
            continue
        if known:
            note("duplicate_number")
        known.add(turn.text)
        kept.append(turn)
    return kept


def _check_clock(turns: list[Labelled], seconds: float | None, note: Note) -> float | None:
    """Take times away that lie outside the episode; most of them outside means that its stated length is wrong."""
    latest = float("inf") if seconds is None else seconds + SLACK_SECONDS
    beyond = [turn for turn in turns if turn.start is not None and turn.start > latest]
    if len(beyond) * 2 > len(turns):
        note("wrong_duration")
        beyond, seconds = [], None
    for turn in (*beyond, *(turn for turn in turns if turn.start is not None and turn.start < 0)):
        note("clock_skew")
        turn.start = turn.end = None
    return seconds
