"""Whether a drawn picture is one: whole, with something on it, unlike its neighbours, about what was asked for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photocast.album.likeness import Likeness, likeness_of, twin
from photocast.models.images import decode

MOST_EVEN = 12
"""Levels, of 255, that 98 % of a blank picture's pixels lie within, in every colour: noise and a soft shade count as
blank, a fog with a tree in it does not."""
MARGIN = 0.02
"""By which cosine another prompt must fit better. A guess: nobody has compared it with what people say."""


def open_whole(data: bytes) -> Image.Image | None:
    """The picture in RGB; None when the file is damaged or ends too early."""
    try:
        return decode(data).convert("RGB")
    except ValueError:
        return None


def is_blank(picture: Image.Image) -> bool:
    """Whether nothing is to be seen: it is black, as when a model computes nonsense, or even in any other colour."""
    low, high = np.percentile(np.asarray(picture).reshape(-1, 3), (1, 99), axis=0)
    return bool((high - low <= MOST_EVEN).all())


def duplicate_of(picture: Image.Image, others: Sequence[Likeness]) -> int | None:
    """Position of the first of `others` that shows the same, as albums judge it; None if none does."""
    found = twin(likeness_of(picture), others)
    return None if found is None else found[0]


def better_prompt(picture: NDArray[np.float32], prompts: NDArray[np.float32], own: int) -> int | None:
    """Which other prompt of the same excerpt fits a picture better than its own, by more than `MARGIN`; None if none.

    Args:
        picture: (d,), of length 1, by an encoder of texts and photos.
        prompts: (n, d), rows of length 1, by the same encoder.
        own: the row of the prompt that the picture was drawn from.
    """
    fits = prompts @ picture
    best = int(fits.argmax())
    return best if fits[best] - fits[own] > MARGIN else None
