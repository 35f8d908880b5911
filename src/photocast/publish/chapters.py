"""Chapters: where the talk moves on to another photo."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from urllib.parse import urljoin

from photocast.publish.timed import in_milliseconds, timed, visible_words
from photocast.schema import Script, Timeline, Turn

_VERSION = "1.2.0"
_SHORTEST = 8.0
"""Seconds of a chapter that is worth skipping to."""
_EACH = 20.0
"""Seconds for which there may be a chapter: a list of more is no help."""
_FEW = 3
"""Photos that a turn can talk about one by one."""
_LONGEST_TITLE = 40


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """A chapter in time."""

    start: float
    """Seconds from the beginning of the audio."""
    end: float
    title: str
    """In one line of at most 40 characters."""
    photo: str | None
    """Id of the first photo that it talks about; none for small talk."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring turns about the same photos."""

    start: float
    photos: frozenset[str] = frozenset()
    first: str | None = None
    """The photo that it moves to."""
    turn: Turn | None = None
    """The one that names this photo."""


def chapters(script: Script, timeline: Timeline) -> tuple[ChapterMark, ...]:
    """The chapters, from 0 to the end of the audio without a gap.

    A chapter begins where the talk moves to a photo that the chapter before did not have. Small talk stays in the
    chapter it is in, and so does a turn about most photos of the album at once. What is shorter than 8 seconds is
    joined with what comes next, as is the shortest while there is more than a chapter for each 20 seconds begun.

    Raises:
        InputError: the timeline is of other turns.
    """
    stretches = _joined(list(_stretches(script, timeline)), timeline.seconds)
    ends = [*(one.start for one in stretches[1:]), timeline.seconds]
    return tuple(ChapterMark(one.start, end, _title(one), one.first) for one, end in zip(stretches, ends, strict=True))


def chapters_json(marks: Sequence[ChapterMark], image_of: Mapping[str, str]) -> str:
    """The chapters as Podcasting 2.0 has them in JSON.

    Args:
        marks: the chapters.
        image_of: address of the picture of a photo, by its id; a chapter whose photo has none is without a picture.
    """
    listed: list[dict[str, object]] = []
    for mark in marks:
        start, end = in_milliseconds(mark.start, mark.end)
        image = image_of.get(mark.photo) if mark.photo else None
        listed.append(
            {"startTime": start / 1000, "endTime": end / 1000, "title": mark.title, **({"img": image} if image else {})}
        )
    return json.dumps({"version": _VERSION, "chapters": listed}, ensure_ascii=False, indent=2) + "\n"


def with_addresses(written: str, base: str) -> str:
    """Chapters in JSON with whole addresses of their pictures.

    Args:
        written: as `chapters_json` writes them, with addresses from the folder that they lie in.
        base: address of this folder, with a slash at its end.

    Raises:
        ValueError: it is something else.
    """
    said = json.loads(written)
    if not isinstance(said, dict) or not isinstance(listed := said.get("chapters"), list):
        raise ValueError("no list of chapters")
    for one in listed:
        if isinstance(one, dict) and isinstance(image := one.get("img"), str):
            one["img"] = urljoin(base, image)
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _stretches(script: Script, timeline: Timeline) -> Iterator[_Stretch]:
    many = max(_FEW, len({photo for turn in script.turns for photo in turn.photos}) / 2)
    now = _Stretch(start=0.0)
    for turn, cue in timed(script, timeline):
        new = [photo for photo in turn.photos if photo not in now.photos]
        if not new or len(turn.photos) > many:
            continue
        begun = _Stretch(cue.start, frozenset(turn.photos), new[0], turn)
        if cue.start > now.start:
            yield now
            now = begun
        else:
            now = _both(now, begun)
    yield now


def _joined(stretches: list[_Stretch], seconds: float) -> list[_Stretch]:
    """As many as there may be, and none too short, unless it is the only one."""
    most = ceil(seconds / _EACH)
    while len(stretches) > 1:
        starts = [*(one.start for one in stretches), seconds]
        lengths = [end - start for start, end in pairwise(starts)]
        shortest = min(range(len(lengths)), key=lengths.__getitem__)
        if lengths[shortest] >= _SHORTEST and len(stretches) <= most:
            break
        at = min(shortest, len(stretches) - 2)  # the last has no next, and goes to the one before it
        stretches[at : at + 2] = [_both(*stretches[at : at + 2])]
    return stretches


def _both(one: _Stretch, other: _Stretch) -> _Stretch:
    named = one if one.first else other
    return replace(named, start=one.start, photos=one.photos | other.photos)


def _title(stretch: _Stretch) -> str:
    """A few words of the turn that comes to the photo, which give away no more than its first seconds do."""
    if stretch.first is None or stretch.turn is None:
        return "Opening"
    words = visible_words(stretch.turn.text)
    text = " ".join(words)
    if len(text) > _LONGEST_TITLE:
        text = text[:_LONGEST_TITLE].rpartition(" ")[0]
        words = text.split()
        text = f"{text.rstrip('.,;:—–- ')}…"
    return text if len(words) > 2 else f"Photo {stretch.first.removeprefix('p').lstrip('0')}"
