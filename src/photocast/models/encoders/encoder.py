"""What every encoder can do, and what all of them do alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from photocast.models.pictures import open_picture
from photocast.schema import Fault, InputError, ModelError

Vectors = NDArray[np.float32]
"""(n, d), every row of length 1: the product of two rows is their cosine."""

TEXTS, PHOTOS = 64, 16
"""How many go through a model at once."""
PURPOSE = "an encoder of texts and photos"
OTHERS = "Take one that does, such as hf:openai/clip-vit-base-patch32 or hf:google/siglip2-base-patch16-224"

_T = TypeVar("_T")


class TextImageEncoder(Protocol):
    """Puts texts and photos into one space."""

    name: str
    """Identity written into results, with the revision or the fingerprint of the files."""
    limit: int
    """Tokens that a text may have, special ones included."""

    def fits(self, text: str) -> bool:
        """Whether the encoder reads all of a text."""
        ...

    def texts(self, texts: Sequence[str]) -> Vectors:
        """A row for every text.

        Raises:
            ModelError: a text does not fit; none is cut.
        """
        ...

    def images(self, paths: Sequence[Path]) -> Vectors:
        """A row for every photo.

        Raises:
            InputError: a file cannot be read as a picture.
        """
        ...


def too_long(name: str, text: str, limit: int) -> ModelError:
    """The error of a text that an encoder would have to cut."""
    why = f"with its special tokens it is longer than the {limit} tokens that the encoder reads"
    do = "Split it first, as photocast.metrics.grounding.chunks does"
    return ModelError(Fault.TOO_LONG, f"{name} cannot read all of {text[:40]!r}", why, do)


def unit(rows: Any) -> Vectors:
    """Rows of a tensor of torch, made as long as 1."""
    vectors: Vectors = rows.float().cpu().numpy()
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), np.float32)


def read_picture(path: Path) -> Image.Image:
    """An upright picture in RGB.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return open_picture(path)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError) as error:
        do = "Leave the photo out, or hand in a copy as JPEG"
        raise InputError(f"{path.name} cannot be shown to an encoder", "it cannot be read as a picture", do) from error


def batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """The items, so many at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


def harmless(text: str, specials: Iterable[str]) -> str:
    """The text with every special token in it broken up, in capitals or not.

    An end-of-text token written in a text would end it there, and the rest would count for nothing. Special tokens
    that are plain marks, such as the `!` that some tokenizers pad with, are left alone: they stand in texts by right.
    """
    for token in specials:
        if len(token) > 2 and (token[0], token[-1]) in {("<", ">"), ("[", "]")}:
            text = re.sub(re.escape(token), lambda found: f"{found[0][0]} {found[0][1:]}", text, flags=re.IGNORECASE)
    return text
