"""Talk for the tests of the corpus."""

import gzip
from pathlib import Path

import msgspec
import pytest

from photocast.corpus.nouns import PodcastEpisode
from photocast.testing.talk import episode_of_record


@pytest.fixture(scope="session")
def real_episodes(shared: Path) -> list[PodcastEpisode]:
    """180 episodes of the Changelog's podcasts, with transcripts made by people."""
    with gzip.open(shared / "transcripts" / "dev_180_episodes.jsonl.gz", "rb") as file:
        return [episode_of_record(msgspec.json.decode(line)) for line in file]
