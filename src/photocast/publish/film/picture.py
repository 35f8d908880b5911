"""What every frame of a film looks like."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

from photocast.publish.film.captioned import Shown, Writing
from photocast.publish.film.motion import motion
from photocast.publish.film.planes import Overlay, Planes
from photocast.publish.film.shots import Shot
from photocast.publish.film.stills import still

_FADE = 0.5
"""Seconds in which a photo gives way to the next; the moment of the change is in the middle."""
_NOTICE = 6.0
"""Seconds for which the film says who made it."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A still on its way."""

    still: Planes
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Everything that one frame is made from; it is put together in a thread of its own."""

    layers: tuple[Layer, ...]
    """One, or two in a fade."""
    fade: float
    """How much of the second is seen."""
    overlays: tuple[Overlay, ...]
    size: tuple[int, int]

    def drawn(self) -> Planes:
        """The finished picture."""
        seen = [layer.still.seen_through(layer.box, self.size) for layer in self.layers]
        picture = seen[0].faded(seen[1], self.fade) if len(seen) == 2 else seen[0]
        for overlay in self.overlays:
            overlay.over(picture)
        return picture


class Picture:
    """A film's frames by their time, with each still and each caption made when it is first seen."""

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
        self._captions = lru_cache(maxsize=2)(writing.captions)
        self._top = lru_cache(maxsize=1)(writing.notice)

    def at(self, seconds: float) -> Frame:
        """The frame at a time.

        Raises:
            InputError: a photo cannot be read.
        """
        number = max(0, bisect_right(self._starts, seconds) - 1)
        shot = self._shots[number]
        before, after = self._fade_into(number), self._fade_into(number + 1)
        first, second, fade = number, None, 0.0
        if seconds < shot.start + before / 2:
            first, second, fade = number - 1, number, 0.5 + (seconds - shot.start) / before
        elif seconds > shot.end - after / 2:
            second, fade = number + 1, 0.5 - (shot.end - seconds) / after
        layers = tuple(self._layer(one, seconds) for one in (first, second) if one is not None)
        return Frame(layers, fade, self._overlays(seconds), self._size)

    def _fade_into(self, number: int) -> float:
        """Seconds that the change to this shot takes: less where it or the one before is short."""
        if not 0 < number < len(self._shots):
            return 0.0
        return min(_FADE, *(shot.end - shot.start for shot in self._shots[number - 1 : number + 1]))

    def _layer(self, number: int, seconds: float) -> Layer:
        shot = self._shots[number]
        planes = self._still(shot.photo)
        start, end = shot.start - _FADE / 2, shot.end + _FADE / 2
        way = motion(shot.photo or "", number, end - start)
        part = min(1.0, max(0.0, (seconds - start) / (end - start)))
        return Layer(planes, way.box(part, planes.luma.size))

    def _overlays(self, seconds: float) -> tuple[Overlay, ...]:
        now = self._stretches[max(0, bisect_right(self._begins, seconds) - 1)]
        seen = self._captions(now.captions), self._top(self._notice) if seconds < _NOTICE else None
        return tuple(overlay for overlay in seen if overlay)
