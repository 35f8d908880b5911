"""Packing: pairs as a dataset that Hugging Face `datasets`, TRL and the Hub read as it is, with its card."""

from photocast.corpus.packing.about import About, read_about
from photocast.corpus.packing.card import render_card
from photocast.corpus.packing.pack import Fetch, Packed, pack
from photocast.corpus.packing.samples import Sample, SampleScene, SampleTurn, sample_of
from photocast.corpus.packing.shards import read_split, splits_in
from photocast.corpus.packing.splits import SPLITS, Splits, split_of
from photocast.corpus.scrub import Replaced, Scrubber

__all__ = [
    "SPLITS",
    "About",
    "Fetch",
    "Packed",
    "Replaced",
    "Sample",
    "SampleScene",
    "SampleTurn",
    "Scrubber",
    "Splits",
    "pack",
    "read_about",
    "read_split",
    "render_card",
    "sample_of",
    "split_of",
    "splits_in",
]
