"""Photos as a local model gets them: no larger than the tokens that one may cost allow."""

from dataclasses import dataclass, field
from math import inf, isqrt, sqrt
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

_CELL = 32
"""Side in pixels of what a token covers, where the processor does not tell: as for Qwen3-VL."""
_GEMMA4_BUDGETS = (70, 140, 280, 560, 1120)
_MARKS = 3
"""Tokens that mark where a tile begins and which it is, beside those that show it."""


@dataclass(frozen=True)
class Fit:
    """How photos are kept within a number of tokens."""

    pixels: int
    """A photo is made no larger than this before the processor sees it."""
    longest: float = inf
    """Neither is one of its sides: a strip is never thinner than one token."""
    settings: dict[str, Any] = field(default_factory=dict)
    """What the processor is told besides."""


def fit_to(processor: Any, tokens: int) -> Fit:
    """How a processor is to be used so that a photo costs at most so many tokens.

    What a token costs in pixels differs by family, and can be told from what the image processor has:

    - Qwen2-VL to Qwen3.6 and GLM-V read photos of any size, a token for each square of 28 or 32 pixels: the photo's
      size is its price. Their own limits are set as well, or they would enlarge small photos beyond the budget.
    - Gemma 4 is like them, with squares of 48 pixels, and fills one of five budgets.
    - Idefics3 and SmolVLM enlarge every photo to a fixed length, cut it into square tiles and add a small picture of
      the whole, each of one fixed price (64 to 169 tokens): the fixed length is lowered until the tiles fit.
    - InternVL chooses the grid of tiles (256 tokens each) nearest to the photo's shape: the number of tiles is limited.
    - Gemma 3 squeezes every photo into one square of 256 tokens: it cannot cost less, and is kept from costing more.
    - What is not known gets the photo at the size that would fit Qwen3-VL.

    One small picture of the whole is always shown, even if it alone costs more than the budget.
    """
    pictures = processor.image_processor
    if hasattr(pictures, "merge_size") and "shortest_edge" in pictures.size and "longest_edge" in pictures.size:
        return _by_pixels(pictures, tokens)
    if hasattr(pictures, "max_soft_tokens"):
        budget = max((size for size in _GEMMA4_BUDGETS if size <= tokens), default=_GEMMA4_BUDGETS[0])
        cell = pictures.patch_size * pictures.pooling_kernel_size
        return Fit(budget * cell**2, settings={"max_soft_tokens": budget})
    if hasattr(pictures, "do_image_splitting"):
        if hasattr(pictures, "max_image_size") and hasattr(processor, "image_seq_len"):
            return _tiles_of_fixed_size(pictures, processor.image_seq_len, tokens)
        return Fit(tokens * _CELL**2, settings={"do_image_splitting": False})
    if hasattr(pictures, "crop_to_patches") and hasattr(processor, "image_seq_length"):
        tiles = max(1, tokens // (processor.image_seq_length + _MARKS) - 1)
        pixels = tiles * pictures.size["height"] ** 2
        return Fit(pixels, settings={"crop_to_patches": tiles > 1, "max_patches": tiles})
    if hasattr(pictures, "do_pan_and_scan"):
        return Fit(max(tokens * _CELL**2, pictures.size["height"] ** 2), settings={"do_pan_and_scan": False})
    return Fit(tokens * _CELL**2)


def _by_pixels(pictures: Any, tokens: int) -> Fit:
    cell = pictures.patch_size * pictures.merge_size
    pixels = tokens * cell**2
    least = min(pictures.size["shortest_edge"], pixels)
    return Fit(pixels, tokens * cell, {"size": {"shortest_edge": least, "longest_edge": pixels}})


def _tiles_of_fixed_size(pictures: Any, price: int, tokens: int) -> Fit:
    side = int(pictures.max_image_size["longest_edge"])
    tiles = tokens // (price + _MARKS) - 1
    across = min(isqrt(max(0, tiles)), max(1, int(pictures.size["longest_edge"]) // side))
    if across < 2:
        return Fit(side * side, settings={"do_image_splitting": False, "size": {"longest_edge": side}})
    return Fit((across * side) ** 2, settings={"do_image_splitting": True, "size": {"longest_edge": across * side}})


def read_photo(path: Path | BinaryIO, fit: Fit) -> Image.Image:
    """The picture in RGB, made as small as it has to be.

    A JPEG is decoded no larger than needed, which takes a fraction of the time.
    """
    with Image.open(path) as picture:
        width, height = picture.size
        scale = min(1.0, sqrt(fit.pixels / (width * height)), fit.longest / max(width, height))
        size = max(1, int(width * scale)), max(1, int(height * scale))
        picture.draft("RGB", size)
        colours = picture.convert("RGB")
    return colours.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0) if colours.size != size else colours
