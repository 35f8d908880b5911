"""The part of `pack`: the dataset beside it, what was left out, and the counts."""

from collections.abc import Iterator, Sequence
from typing import Any

from photocast.corpus.funnel import read_funnel
from photocast.corpus.kept import KeptPictures
from photocast.corpus.nouns import Pair
from photocast.corpus.packing import pack
from photocast.corpus.parts import Part, forget_others, key_of
from photocast.corpus.recipe import PackTable
from photocast.corpus.sources.source import Told
from photocast.corpus.store import Store, open_store
from photocast.prompts import Prompts

DATASET = "dataset"
"""Its folder in the corpus."""
NAME = "pack"
_VERSION = 1
"""Raised when the same pairs are packed otherwise than before."""


def make_packed(store: Store, before: Sequence[Part[Pair]], table: PackTable, told: Told) -> tuple[Part[Any], ...]:
    """Write the dataset, unless it is there and made of the same."""
    prompts = Prompts()
    key = key_of([part.key for part in before], NAME, _VERSION, table.model_dump(mode="json"), prompts.version)
    made: Part[Any] = Part(NAME, "00000", key, Pair)
    dataset = open_store(f"{store.where}/{DATASET}")
    if made.marker(store) and dataset.has("README.md"):
        told(NAME, 1, 1)
        return (made,)
    forget_others(store, NAME, ())

    def pairs() -> Iterator[Pair]:
        return (pair for part in before for pair in part.read(store))

    funnel = read_funnel(store).counts
    packed = pack(pairs(), KeptPictures(store).of, dataset, table, funnel=funnel, prompts=prompts, told=told)
    made.write(store, (), packed.dropped, [packed.count])
    return (made,)
