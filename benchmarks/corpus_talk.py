"""Episodes for the benchmarks of the corpus."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from photocast.corpus.nouns import PodcastEpisode
from photocast.corpus.rules import RuleSet
from photocast.corpus.sources import Source, open_source
from photocast.corpus.store import LocalStore
from photocast.testing.talk import episode_of_record


def episodes_of(path: str) -> Iterator[PodcastEpisode]:
    """The episodes of any source, or of a .jsonl.gz with an episode a line whose turns say who is a host."""
    if not path.endswith(".jsonl.gz"):
        yield from _read(open_source(path))
        return
    with gzip.open(path, "rb") as file:
        for line in file:
            yield episode_of_record(msgspec.json.decode(line))


def _read(source: Source) -> Iterator[PodcastEpisode]:
    with tempfile.TemporaryDirectory() as folder:
        store = LocalStore(Path(folder))
        for part in source.parts(store, RuleSet("all", ()), lambda *_: None):
            yield from (found for found in source.read(store, part) if isinstance(found, PodcastEpisode))
