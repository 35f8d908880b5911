"""The larger figures, drawn with matplotlib and made a part of the page.

The page allows no style but its own, so that what matplotlib writes as styles becomes attributes, and every colour a
variable of the style sheet: the figures are dark on light and light on dark. Each is as wide as a phone; a wider screen
shows several side by side.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from photocast._optional import require
from photocast.bench.report.strips import Band

Values = NDArray[np.float64]

_INCHES = 3.5
_INK, _SOFT, _LINE, _BAND, _DEEP = "#000001", "#000002", "#000003", "#000004", "#000005"
_SYSTEMS = tuple(f"#00001{key}" for key in range(6))
_VARIABLES = {
    _INK: "var(--ink)",
    _SOFT: "var(--soft)",
    _LINE: "var(--line)",
    _BAND: "var(--band)",
    _DEEP: "var(--deep)",
    **{colour: f"var(--s{key})" for key, colour in enumerate(_SYSTEMS)},
}
"""Colours that stand for those of the style sheet until the figure is drawn."""
_MARKERS = "oDs^"
_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "photocast",  # so that a run gives the same file again
    "text.parse_math": False,
    "font.size": 9.0,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _SOFT,
    "text.color": _INK,
    "xtick.color": _LINE,
    "xtick.labelcolor": _SOFT,
    "axes.unicode_minus": True,
}
_FARTHEST = 3.0
_WORDS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_NAME = "system {:03}"
"""Stands for the name of a system while the figure is drawn: matplotlib warns of letters that its font lacks."""


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of the profile."""

    label: str
    places: tuple[float | None, ...]
    """Where the mean of each system stands beside people."""


def profile(groups: Mapping[str, Sequence[Line]], key: str) -> Markup:
    """Every metric as a line: where the systems stand, with the band of people in the middle."""
    rows = sum(len(lines) + 1.3 for lines in groups.values())
    with _settings():
        figure, axes = _axes(0.2 * rows + 0.55, left=0.42, right=0.98, top=0.3, bottom=0.05)
        axes.axvspan(-1, 1, color=_BAND, lw=0)
        axes.axvline(0, color=_DEEP, lw=1)
        y = 0.0
        for family, lines in groups.items():
            axes.text(-0.74, y, family, transform=_beside(axes), weight="bold", va="center", fontsize=9)
            for line in lines:
                y += 1
                _profile_line(axes, line, y)
            y += 1.3
        axes.set(xlim=(-_FARTHEST - 0.25, _FARTHEST + 0.25), ylim=(y - 0.4, -0.7), yticks=[])
        axes.set_xticks([-2.2, 0, 2.2], ["less", "people", "more"])
        axes.tick_params(axis="x", length=0, labelsize=8, labeltop=True, labelbottom=False)
        _bare(axes)
        return _inline(figure, key, "Where every metric of every system stands beside people")


def distribution(values: Sequence[Values], band: Band | None, span: tuple[float, float], key: str) -> Markup:
    """The items of every system as dots, a row each, over the band of people."""
    with _settings():
        figure, axes = _axes(0.27 * len(values) + 0.32, left=0.03, right=0.97, top=0.05, bottom=0.24)
        if band:
            axes.axvspan(band.low, band.high, color=_BAND, lw=0)
            axes.axvline(band.middle, color=_DEEP, lw=1.2)
        for row, one in enumerate(values):
            colour = _SYSTEMS[row % len(_SYSTEMS)]
            axes.plot(one, row + _spread(one.size), ".", color=colour, alpha=0.55, ms=6, mew=0)
            if one.size:
                axes.plot([one.mean()] * 2, [row - 0.36, row + 0.36], color=colour, lw=2)
        pad = 0.03 * (span[1] - span[0])
        axes.set(
            xlim=(span[0] - pad, span[1] + pad) if pad else (span[0], span[0] + 1),
            ylim=(len(values) - 0.4, -0.6),
            yticks=[],
        )
        axes.locator_params(axis="x", nbins=5)
        axes.tick_params(axis="x", length=3, labelsize=8)
        _bare(axes)
        return _inline(figure, key, "A dot for each item, by system from top to bottom, over the band of people")


def ridges(lengths: Sequence[Values], people: Values | None, names: Sequence[str], key: str) -> Markup:
    """How long turns are, on a scale of ratios: people on top, then the systems."""
    rows = [("people", people, _SOFT)] if people is not None else []
    rows += [(_NAME.format(row), one, _SYSTEMS[row % len(_SYSTEMS)]) for row, one in enumerate(lengths) if one.size]
    grid = np.linspace(0, np.log1p(_WORDS[-1]), 200)
    with _settings():
        figure, axes = _axes(0.5 * len(rows) + 0.65, left=0.03, right=0.97, top=0.08, bottom=0.42)
        for row, (name, one, colour) in enumerate(rows):
            if one is None:
                continue
            base, height = float(row), 1.25 * _density(np.log1p(one), grid)
            axes.fill_between(grid, base, base - height, color=colour, alpha=0.28, lw=0, zorder=2 * row)
            axes.plot(grid, base - height, color=colour, lw=1.4, zorder=2 * row + 1)
            axes.plot([np.log1p(np.median(one))] * 2, [base, base - 0.16], color=colour, lw=2, zorder=2 * row + 1)
            axes.text(0.02, base - 0.1, name, color=_INK, va="bottom", fontsize=9, zorder=99)
        axes.set(xlim=(0, grid[-1]), ylim=(len(rows) - 0.9, -1.35), yticks=[])
        axes.set_xticks(np.log1p(_WORDS), [str(words) for words in _WORDS])
        axes.set_xlabel("words of a turn", fontsize=8)
        axes.tick_params(axis="x", length=3, labelsize=8)
        _bare(axes)
        drawn = _inline(figure, key, "How long the turns are: people on top, then the systems")
    return Markup(re.sub(r">system (\d{3})<", lambda found: f">{escape(names[int(found[1])])}<", drawn))


def _settings() -> Any:
    matplotlib = require("matplotlib", extra="bench", purpose="drawing the report")
    return matplotlib.rc_context(_SETTINGS)


def _axes(inches: float, *, left: float, right: float, top: float, bottom: float) -> tuple[Any, Any]:
    """A figure as wide as a phone, and its axes: margins at the sides are shares, those above and below inches."""
    figure = require("matplotlib.figure", extra="bench", purpose="drawing the report").Figure(
        figsize=(_INCHES, inches), facecolor="none"
    )
    axes = figure.add_axes((left, bottom / inches, right - left, 1 - (top + bottom) / inches), facecolor="none")
    return figure, axes


def _beside(axes: Any) -> Any:
    """Shares of the width along x, values along y."""
    return axes.get_yaxis_transform()


def _profile_line(axes: Any, line: Line, y: float) -> None:
    axes.axhline(y, color=_LINE, lw=0.6, zorder=1)
    axes.text(-0.03, y, line.label, transform=_beside(axes), ha="right", va="center", fontsize=7.5, color=_SOFT)
    for key, place in enumerate(line.places):
        if place is None:
            continue
        beyond = abs(place) > _FARTHEST
        x = float(np.clip(place, -_FARTHEST, _FARTHEST)) + (0.12 if place > 0 else -0.12) * beyond
        marker = (">" if place > 0 else "<") if beyond else _MARKERS[key % len(_MARKERS)]
        axes.plot([x], [y], marker, color=_SYSTEMS[key % len(_SYSTEMS)], ms=5.5, mew=0, alpha=0.9, zorder=3)


def _bare(axes: Any) -> None:
    axes.spines[["top", "left", "right"]].set_visible(False)


def _spread(count: int) -> Values:
    """Places across a row that keep dots apart, the same in every run: multiples of the golden ratio."""
    return np.asarray((np.arange(count) * 0.6180339887 % 1 - 0.5) * 0.6, dtype=np.float64)


def _density(values: Values, grid: Values) -> Values:
    """A smooth histogram with its top at 1: Gaussian kernels of a width by the rule of Silverman, at least .12."""
    spread = float(values.std())
    width = max(0.12, 0.9 * spread * values.size**-0.2)
    found = np.exp(-0.5 * ((grid[:, None] - values) / width) ** 2).sum(axis=1)
    return np.asarray(found / found.max(), dtype=np.float64)


def _inline(figure: Any, key: str, label: str) -> Markup:
    """The figure as SVG for the body of an HTML page, without styles, names that clash or addresses."""
    out = StringIO()
    metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(out, format="svg", metadata=metadata, facecolor="none", edgecolor="none")
    svg = out.getvalue()
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    box = re.search(r'viewBox="([^"]+)"', svg)
    body = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'style="([^"]*)"', _attributes, body)
    body = body.replace("xlink:href", "href")
    body = re.sub(r'\bid="', f'id="{key}-', body)
    body = re.sub(r'(href="#|url\(#)', rf"\g<1>{key}-", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    body = re.sub(r">\s+<", "><", body)
    assert box
    return Markup(f'<svg class="figure" viewBox="{box[1]}" role="img" aria-label="{escape(label)}">{body}')


def _attributes(style: re.Match[str]) -> str:
    """Styles as the attributes of the same names; of the font only its size and weight stay."""
    pairs = [part.split(":", 1) for part in style[1].split(";") if ":" in part]
    attributes = []
    for name, value in ((name.strip(), value.strip()) for name, value in pairs):
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            attributes += [f'font-size="{size[1]}"'] if size else []
            attributes += ['font-weight="600"'] if re.match(r"(bold|[6-9]00)\b", value) else []
        elif name != "font-family":
            attributes.append(f'{name}="{value.replace("px", "")}"')
    return " ".join(attributes)
