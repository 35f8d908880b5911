from pathlib import Path
from typing import Any

import pytest

from photocast.corpus.engines import Here
from photocast.corpus.funnel import read_funnel
from photocast.corpus.sources import open_source
from photocast.corpus.sources.dealing import read_split
from photocast.corpus.store import open_store
from photocast.corpus.talk import make_talk
from photocast.testing.sporc import write_legacy, write_parquet


def funnel_of(folder: Path, corpus: Path, rules: Any) -> dict[str, Any]:
    store, source = open_store(corpus), open_source(folder)
    make_talk(store, source, rules, [], engine=Here(), told=lambda stage, done, size: None)
    funnel = read_funnel(store)
    return {count.stage: count for count in funnel.counts}


@pytest.mark.parametrize("write", [write_legacy, write_parquet])
def test_every_episode_is_accounted_for(tmp_path: Path, kit: Any, write: Any) -> None:
    """Those left out while the files are dealt and those read later are all that were written, and mended ones show."""
    manifest = write(tmp_path / "in", episodes=150, seed=4, turns=40)
    counts = funnel_of(tmp_path / "in", tmp_path / "all", kit.rules())
    read = counts["read"]
    assert read.taken == manifest.episodes == read.kept + sum(read.dropped.values())
    assert read.noted["empty_turn"] == manifest.traps["empty_turn"]

    counts = funnel_of(tmp_path / "in", tmp_path / "two", kit.rules(speakers=2, settings="two"))
    read = counts["read"]
    split = read_split(open_store(tmp_path / "two"))
    assert split
    select = split.counts[1]
    assert read.taken == manifest.episodes
    assert select.taken == sum(select.dropped.values())  # the others are still to come: no stage was run on them
    assert read.kept > select.taken > 50
