"""Splits by podcast: no voice that a model was trained on is ever in its test."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from photocast.corpus.recipe import PackTable

SPLITS = ("train", "validation", "test")
"""In the order in which they are needed: of two podcasts one is for training and the other for validation."""
_BITS = 64


def split_of(podcast: str, settings: PackTable) -> str:
    """The split of a podcast, whatever else is in the corpus: its hash falls into the share of one.

    A podcast therefore stays where it is when the corpus grows.
    """
    place, edge = _place(podcast, settings.seed), 0.0
    for name, share in _shares(settings):
        edge += share
        if place < edge:
            return name
    return name


@dataclass(frozen=True)
class Splits:
    """The split of every podcast of a corpus.

    Attributes:
        of: split by podcast.
        notes: what is not as the shares say, in a sentence each.
    """

    of: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @classmethod
    def among(cls, podcasts: Iterable[str], settings: PackTable, what: str = "podcast") -> "Splits":
        """Split podcasts by their hashes, and see to it that no split is empty as long as there are podcasts enough.

        A small corpus may leave a split empty. It then gets the podcast that lies nearest to its share, in the order of
        hashes, out of the split that has most. All others stay where `split_of` has them.

        Args:
            podcasts: their ids, or those of whatever else must not be in two splits.
            settings: shares and seed.
            what: what they are called in notes.
        """
        order = sorted(set(podcasts), key=lambda one: (_place(one, settings.seed), one))
        of = {podcast: split_of(podcast, settings) for podcast in order}
        notes = []
        for name, _ in _shares(settings):
            if name in of.values() or not order:
                continue
            moved = _nearest(name, order, of, settings)
            if moved is None:
                number = f"one {what}" if len(order) == 1 else f"{len(order)} {what}s"
                notes.append(f"There is no {name} split: the corpus has only {number}.")
            else:
                of[moved] = name
                notes.append(f"The {name} split would be empty by chance; {what} {moved} was moved into it.")
        return cls(of, tuple(notes))


def _nearest(name: str, order: list[str], of: Mapping[str, str], settings: PackTable) -> str | None:
    """The podcast to move into an empty split; none where each of the others has only one."""
    sizes = {one: sum(split == one for split in of.values()) for one in SPLITS}
    most = max(sizes.values())
    if most < 2:
        return None
    from_edge, to_edge = _edges(name, settings)
    middle = (from_edge + to_edge) / 2
    movable = [podcast for podcast in order if sizes[of[podcast]] == most]
    return min(movable, key=lambda one: (abs(_place(one, settings.seed) - middle), one))


def _edges(name: str, settings: PackTable) -> tuple[float, float]:
    edge = 0.0
    for one, share in _shares(settings):
        if one == name:
            return edge, edge + share
        edge += share
    raise KeyError(name)


def _shares(settings: PackTable) -> list[tuple[str, float]]:
    """The splits that are wanted, and the share of each; together 1."""
    total = sum(settings.shares)
    return [(name, share / total) for name, share in zip(SPLITS, settings.shares, strict=True) if share > 0]


def _place(podcast: str, seed: int) -> float:
    """Where a podcast lies between 0 and 1."""
    digest = hashlib.sha256(f"{seed} {podcast}".encode()).digest()
    return int.from_bytes(digest[: _BITS // 8], "big") / float(2**_BITS)
