"""What every frame of a film looks like."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path

from PIL import Image

from photocast.publish.film.captioned import Shown, Writing
from photocast.publish.film.motion import eased, motion
from photocast.publish.film.planes import Box, Overlay, Planes
from photocast.publish.film.shots import Shot
from photocast.publish.film.stills import spared, still

_FADE = 0.5
"""Seconds in which a photo gives way to the next; the moment of the change is in the middle."""
_NOTICE = 6.0
"""Seconds for which the film says who made it."""
_STEP = 1.0
"""Pixels of motion between two poses of a still. A frame between them is a blend of both, which is far less work than a
pose, and is 53 dB or more from what one would be: nearer than what the encoder makes of it."""


class Picture:
    """A film's frames by their time, with each still, pose and caption made when it is first seen.

    Made for frames in the order of time, and for one thread.
    """

    def __init__(
        self,
        shots: Sequence[Shot],
        stretches: Sequence[Shown],
        images: Mapping[str, Path],
        card: Callable[[], Image.Image],
        writing: Writing,
        notice: str,
        size: tuple[int, int],
    ) -> None:
        self._shots, self._starts = shots, [shot.start for shot in shots]
        self._stretches, self._begins = stretches, [one.start for one in stretches]
        self._writing, self._notice, self._size = writing, notice, size
        self._still = lru_cache(maxsize=3)(
            lambda photo: Planes.of(card() if photo is None else still(images[photo], size))
        )
        self._pose = lru_cache(maxsize=4)(self._posed)
        self._captions = lru_cache(maxsize=2)(writing.captions)
        self._top = lru_cache(maxsize=1)(writing.notice)

    def at(self, seconds: float) -> Planes:
        """The frame at a time.

        Raises:
            InputError: a photo cannot be read.
        """
        number = max(0, bisect_right(self._starts, seconds) - 1)
        shot = self._shots[number]
        before, after = self._fade_into(number), self._fade_into(number + 1)
        seen = self._moved(number, seconds)
        if seconds < shot.start + before / 2:
            seen = self._moved(number - 1, seconds).faded(seen, 0.5 + (seconds - shot.start) / before)
        elif seconds > shot.end - after / 2:
            seen = seen.faded(self._moved(number + 1, seconds), 0.5 - (shot.end - seconds) / after)
        for overlay in self._overlays(seconds):
            overlay.over(seen)
        return seen

    def _fade_into(self, number: int) -> float:
        """Seconds that the change to this shot takes: less where it or the one before is short."""
        if not 0 < number < len(self._shots):
            return 0.0
        return min(_FADE, *(shot.end - shot.start for shot in self._shots[number - 1 : number + 1]))

    def _moved(self, number: int, seconds: float) -> Planes:
        """The still of a shot, as far on its way as it is by now; the caller may draw on it."""
        shot = self._shots[number]
        start, end = shot.start - _FADE / 2, shot.end + _FADE / 2
        way = motion(shot.photo or "", number, end - start)
        large = spared(self._size)
        steps = max(1, ceil(way.pixels(large) / _STEP))
        done = eased(min(1.0, max(0.0, (seconds - start) / (end - start)))) * steps
        step = min(int(done), steps - 1)
        boxes = (way.box(at / steps, large) for at in (step, step + 1))
        one, other = (self._pose(shot.photo, box) for box in boxes)
        return one.faded(other, done - step)

    def _posed(self, photo: str | None, box: Box) -> Planes:
        return self._still(photo).seen_through(box, self._size)

    def _overlays(self, seconds: float) -> tuple[Overlay, ...]:
        now = self._stretches[max(0, bisect_right(self._begins, seconds) - 1)]
        seen = self._captions(now.captions), self._top(self._notice) if seconds < _NOTICE else None
        return tuple(overlay for overlay in seen if overlay)
