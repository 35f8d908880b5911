"""`dataset.json`: what a dataset is, for programs, and all that its card is rendered from."""

from typing import Any

import msgspec

from photocast.corpus.packing.census import Census
from photocast.corpus.parts import Count
from photocast.corpus.store import Store
from photocast.schema import InputError

ABOUT = "dataset.json"
_FORMAT = 1


class File(msgspec.Struct, frozen=True):
    """One file of the dataset."""

    rows: int
    bytes: int
    sha256: str


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a dataset is."""

    name: str
    photocast: str
    """Version that packed it."""
    settings: dict[str, Any]
    """Of packing, as the recipe has them."""
    notes: tuple[str, ...]
    """What is not as the settings say."""
    files: dict[str, File]
    funnel: list[Count]
    """Of all stages up to packing."""
    census: Census
    format: int = _FORMAT


def write_about(about: About, dataset: Store) -> None:
    """Put it beside the data."""
    dataset.write(ABOUT, msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n")


def read_about(dataset: Store) -> About:
    """What a dataset says of itself.

    Raises:
        InputError: it does not, or not in a way that this photocast understands.
    """
    do = "Name the folder that photocast corpus pack wrote, or pack it again"
    if not dataset.has(ABOUT):
        raise InputError(f"{dataset.where} is not a dataset", f"it has no {ABOUT}", do)
    try:
        about = msgspec.json.decode(dataset.read(ABOUT), type=About)
    except msgspec.MsgspecError as error:
        raise InputError(f"{ABOUT} of {dataset.where} cannot be read", str(error), do) from error
    if about.format != _FORMAT:
        why = f"it has format {about.format}, and this photocast reads format {_FORMAT}"
        raise InputError(f"{dataset.where} was packed by another photocast", why, do)
    return about
