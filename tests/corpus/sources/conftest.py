import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.parts import Count
from photocast.corpus.sources import Facts, Source, SourcePart
from photocast.corpus.sources.dealing import read_split
from photocast.corpus.store import open_store


@dataclass
class Rules:
    """Rules on episodes that are as strict as a test wants them."""

    speakers: int | None = None
    diarized: bool = False
    settings: Any = "all"

    def facts(self, facts: Facts) -> str | None:
        if self.diarized and not facts.diarized:
            return "not_diarized"
        return None if self.speakers in (None, facts.main_speakers) else "other_number"

    def main_speakers(self, number: int) -> str | None:
        return None if self.speakers in (None, number) else "other_number"


@dataclass
class Outcome:
    parts: Sequence[SourcePart]
    items: list[PodcastEpisode | Dropped]
    counts: dict[str, Count]

    @property
    def episodes(self) -> list[PodcastEpisode]:
        return [item for item in self.items if isinstance(item, PodcastEpisode)]

    @property
    def dropped(self) -> list[str]:
        return [item.reason for item in self.items if isinstance(item, Dropped)]

    @property
    def only(self) -> PodcastEpisode:
        (episode,) = self.episodes
        return episode


Reading = Callable[..., Outcome]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Reads all of a source through a store."""

    def read(source: Source, rules: Rules | None = None) -> Outcome:
        store = open_store(tmp_path / "store")
        parts = source.parts(store, rules or Rules(), lambda stage, done, size: None)
        items = [item for part in parts for item in source.read(store, part)]
        split = read_split(store)
        return Outcome(parts, items, {count.stage: count for count in split.counts} if split else {})

    return read


URL = "https://a.example/1.mp3"


def episode_line(**changes: Any) -> bytes:
    record = {
        "transcript": " Hello there.",
        "rssUrl": "https://a.example/feed",
        "epTitle": "One",
        "mp3url": URL,
        "podTitle": "A",
        "durationSeconds": 100.0,
        "language": "en",
        "explicit": 0,
        "category1": "arts",
        "hostPredictedNames": ["Ann Lee"],
        "guestPredictedNames": "NO_GUEST_PREDICTED",
        "mainEpSpeakers": ["SPEAKER_00", "SPEAKER_01"],
        "numMainSpeakers": 2,
        "hostSpeakerLabels": {"Ann Lee": "SPEAKER_00"},
        "guestSpeakerLabels": "SPEAKER_DATA_UNAVAILABLE",
    }
    return json.dumps(record | changes).encode()


def turn_line(text: Any, speaker: Any, start: Any, end: Any, number: Any, url: str = URL) -> bytes:
    keys = ("mp3url", "speaker", "turnText", "startTime", "endTime", "turnCount")
    return json.dumps(dict(zip(keys, (url, speaker, text, start, end, number), strict=True))).encode()


def write_sporc(folder: Path, episodes: Sequence[bytes], turns: Sequence[bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("episodeLevelData", episodes), ("speakerTurnData", turns)):
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))
    return folder


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What tests of sources write with."""
    return SimpleNamespace(url=URL, rules=Rules, episode=episode_line, turn=turn_line, sporc=write_sporc)
