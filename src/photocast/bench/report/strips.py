"""Small drawings in the cells of a table, as SVG by hand: colours come from the style sheet, by class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

At = Callable[[float], float]

_WIDTH, _ROW, _EDGE = 200.0, 14.0, 8.0
MARKS = (
    '<circle cx="{x}" cy="{y}" r="4.2" class="s{key}"/>',
    '<path d="M{x} {y}m-5 0l5 -5 5 5 -5 5z" class="s{key}"/>',
    '<path d="M{x} {y}m-4 -4h8v8h-8z" class="s{key}"/>',
    '<path d="M{x} {y}m-5 4l5 -9 5 9z" class="s{key}"/>',
)
"""By system, so that they can be told apart without their colours."""


@dataclass(frozen=True, slots=True)
class Point:
    """The mean of one system."""

    key: int
    """Place of the system in the run."""
    mean: float
    ci95: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Band:
    """Where people are."""

    low: float
    middle: float
    high: float


def mark(key: int) -> Markup:
    """The mark of a system, for legends; of no meaning to those who hear the page."""
    shape = MARKS[key % len(MARKS)].format(x=6, y=6, key=key % 6)
    return Markup(f'<svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{shape}</svg>')


def strip(points: Sequence[Point], band: Band | None) -> Markup:
    """Means with their intervals, a row each, over the band of people. The figures stand beside it in the table."""
    ends = [end for point in points for end in (point.ci95 or (point.mean, point.mean))]
    ends += [band.low, band.high] if band else []
    if not ends:
        return Markup("")
    low, span = min(ends), max(ends) - min(ends)
    height = _ROW * max(1, len(points))

    def at(value: float) -> float:
        return round(_EDGE + (_WIDTH - 2 * _EDGE) * ((value - low) / span if span > 0 else 0.5), 1)

    parts = [_band(band, at, height)] if band else []
    parts += [_point(point, at, _ROW * (row + 0.5)) for row, point in enumerate(points)]
    return Markup(
        f'<svg class="strip" viewBox="0 0 {_WIDTH:g} {height:g}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def bar(distance: float, ci95: tuple[float, float] | None, key: int, farthest: float) -> Markup:
    """How far a system is from people, from 0 to the farthest; the part to 1 is where people are."""

    def at(value: float) -> float:
        return round(_EDGE + (_WIDTH - 2 * _EDGE) * min(value, farthest) / farthest, 1)

    band = f'<rect x="{at(0)}" y="0" width="{at(1) - at(0):.1f}" height="{_ROW:g}" class="band"/>'
    point = _point(Point(key, distance, ci95), at, _ROW / 2)
    return Markup(
        f'<svg class="strip" viewBox="0 0 {_WIDTH:g} {_ROW:g}" aria-hidden="true" focusable="false">{band}'
        f'<path d="M{at(0)} {_ROW / 2:g}H{at(farthest)}" class="axis"/>{point}</svg>'
    )


def _band(band: Band, at: At, height: float) -> str:
    left, right = at(band.low), at(band.high)
    return (
        f'<rect x="{left}" y="0" width="{max(1.0, right - left):.1f}" height="{height:g}" class="band"/>'
        f'<path d="M{at(band.middle)} 0V{height:g}" class="middle"/>'
    )


def _point(point: Point, at: At, y: float) -> str:
    line = (
        f'<path d="M{at(point.ci95[0])} {y:g}H{at(point.ci95[1])}" class="ci c{point.key % 6}"/>' if point.ci95 else ""
    )
    return line + MARKS[point.key % len(MARKS)].format(x=at(point.mean), y=f"{y:g}", key=point.key % 6)
