"""What the colours of a photo say as a whole, in a handful of figures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

_SIDE = 96


@dataclass(frozen=True, slots=True)
class Colours:
    """Figures between 0 and 1 over the whole photo."""

    brightness: float
    """Median of the luma."""
    dark: float
    """Share of pixels that are nearly black."""
    glare: float
    """Share of pixels that are nearly white."""
    chroma: float
    """95th percentile of the distance between the strongest and the weakest channel."""
    blue_above: float
    """Share of the upper third that is blue as a clear sky."""
    pale_above: float
    """Share of the upper third that is bright and without colour or texture, as an overcast sky."""
    green: float
    """Share of pixels that are green as leaves and grass."""
    ember: float
    """Share of pixels in the saturated orange and red of a low sun."""


def colours_of(image: Path) -> Colours:
    """Read the figures off the photo at thumbnail size."""
    with Image.open(image) as opened:
        opened.draft("RGB", (2 * _SIDE, 2 * _SIDE))
        pixels = np.asarray(opened.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float32) / 255
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    strongest, weakest = pixels.max(axis=-1), pixels.min(axis=-1)
    chroma = strongest - weakest
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    upper = slice(0, _SIDE // 3)
    steep = np.abs(np.diff(luma, axis=1, append=luma[:, -1:])) + np.abs(np.diff(luma, axis=0, append=luma[-1:]))
    pale = (luma > 0.6) & (chroma < 0.15) & (steep < 0.04)
    sky = (blue > red + 0.08) & (blue > green) & (blue > 0.35) & (steep < 0.06)
    leaves = (green > red + 0.02) & (green > blue + 0.05) & (green > 0.12)
    ember = (red > 0.5) & (red > 1.5 * green) & (green > 1.1 * blue) & (chroma > 0.35)
    return Colours(
        brightness=float(np.median(luma)),
        dark=float((luma < 0.12).mean()),
        glare=float((luma > 0.94).mean()),
        chroma=float(np.percentile(chroma, 95)),
        blue_above=float(sky[upper].mean()),
        pale_above=float(pale[upper].mean()),
        green=float(leaves.mean()),
        ember=float(ember.mean()),
    )
