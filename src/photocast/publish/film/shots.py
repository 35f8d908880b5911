"""Which photo is seen when."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from photocast.publish.timed import timed
from photocast.schema import Script, Timeline, Turn

_LEAST = 3.0
"""Seconds that each photo is seen when one turn talks about several."""

_CARD = 6.0
"""Seconds of the title card when photos can follow it."""
_GLIMPSE = 4.0
"""Seconds at least that each photo is seen before the talk comes to the first."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo for a while."""

    photo: str | None
    """Its id; None is the title card."""
    start: float
    """Seconds from the beginning."""
    end: float


def shots(script: Script, timeline: Timeline, there: Collection[str]) -> tuple[Shot, ...]:
    """What is seen, from 0 to the end of the audio without a gap.

    A turn shows its photo from the moment in which it begins. Of several it shows those first that were not seen yet:
    as many as it has 3 seconds for, and one at least. Small talk leaves the picture as it is. Before the first photo
    the title card is seen, and if that is long, after 6 seconds of it the other photos once, 4 seconds or more each.

    Args:
        script: what is said.
        timeline: when.
        there: the photos that have a picture, in the order of the album.

    Raises:
        InputError: the timeline is of other turns.
    """
    moves: list[tuple[float, str | None]] = [(0.0, None)]
    told = list(_moves(script, timeline, there))
    first, until = (told[0][1], told[0][0]) if told else (None, timeline.seconds)
    for at, photo in [*_glimpses([photo for photo in there if photo != first], until), *told]:
        if photo != moves[-1][1]:
            if at <= moves[-1][0]:
                moves.pop()
            moves.append((at, photo))
    ends = [*(at for at, _ in moves[1:]), timeline.seconds]
    return tuple(Shot(photo, at, end) for (at, photo), end in zip(moves, ends, strict=True))


def _glimpses(photos: Sequence[str], until: float) -> Iterator[tuple[float, str]]:
    """Photos between the title card and the first that is talked about, spread over the album if not all have time."""
    room = until - _CARD
    count = min(len(photos), int(room / _GLIMPSE))
    for place in range(count):
        yield _CARD + room * place / count, photos[place * len(photos) // count]


def _moves(script: Script, timeline: Timeline, there: Collection[str]) -> Iterator[tuple[float, str]]:
    pairs = timed(script, timeline)
    nexts = [*(cue.start for _, cue in pairs[1:]), timeline.seconds]
    seen: set[str] = set()
    now: str | None = None
    for (turn, cue), following in zip(pairs, nexts, strict=True):
        until = min(cue.end, following)
        photos = _of_turn(turn, there, seen, now, until - cue.start)
        times = [cue.start + (until - cue.start) * place / len(photos) for place in range(len(photos))]
        for at, photo in zip(times, photos, strict=True):
            seen.add(photo)
            now = photo
            yield at, photo


def _of_turn(turn: Turn, there: Collection[str], seen: set[str], now: str | None, seconds: float) -> list[str]:
    photos = [photo for photo in turn.photos if photo in there]
    new = [photo for photo in photos if photo not in seen]
    if not new and now in photos:
        return []
    return (new or photos)[: max(1, int(seconds / _LEAST))]
