import shutil
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.sources import SporcParquet, open_source
from photocast.schema import InputError
from photocast.testing.sporc import write_legacy, write_parquet

CONTENT = {"episodes": 200, "seed": 1, "turns": 70, "diarized": 0.8}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    old, new = tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("new")
    write_legacy(old, **CONTENT)
    write_parquet(new, **CONTENT)
    return old, new


def without_dataset(items: list[PodcastEpisode | Dropped]) -> list[Any]:
    episodes = [
        msgspec.structs.replace(item, origin=msgspec.structs.replace(item.origin, dataset=""))
        for item in items
        if isinstance(item, PodcastEpisode)
    ]
    return sorted(
        [*episodes, *(item for item in items if isinstance(item, Dropped))], key=lambda item: (item.id, repr(item))
    )


def test_both_versions_of_sporc_read_the_same(both: tuple[Path, Path], reading: Any) -> None:
    old, new = (reading(open_source(folder)) for folder in both)
    assert {episode.origin.dataset for episode in new.episodes} == {"sporc-1.1"}
    assert without_dataset(new.items) == without_dataset(old.items)


def test_rules_exclude_the_same(both: tuple[Path, Path], reading: Any, kit: Any) -> None:
    rules = kit.rules(speakers=2, diarized=True, settings="two")
    old, new = (reading(open_source(folder), rules) for folder in both)
    assert 0 < len(new.episodes) < 150
    assert without_dataset(new.items) == without_dataset(old.items)
    assert new.counts["select"] == old.counts["select"]


def test_without_a_shard_map_statistics_say_where_turns_lie(
    tmp_path: Path, both: tuple[Path, Path], reading: Any
) -> None:
    shutil.copytree(both[1], tmp_path / "in", ignore=shutil.ignore_patterns("metadata"))
    assert reading(open_source(tmp_path / "in")).items == reading(open_source(both[1])).items


def test_many_small_parts(both: tuple[Path, Path], reading: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = reading(open_source(both[1]))
    monkeypatch.setattr("photocast.corpus.sources.sporc_parquet.ROWS_A_PART", 20)
    small = reading(open_source(both[1]), _Other())
    assert len(small.parts) > 8
    assert [part.name for part in small.parts] == sorted(part.name for part in small.parts)
    assert [item for item in small.items if isinstance(item, PodcastEpisode)] == whole.episodes


class _Other:
    settings = "other"

    def facts(self, facts: Any) -> None:
        return None

    def main_speakers(self, number: int) -> None:
        return None


def test_other_columns_than_expected(tmp_path: Path, reading: Any) -> None:
    """Lists and maps in strings, a sentinel, a number in a string, no ids, and few columns at all."""
    tables = {
        "episodes/a.parquet": {
            "mp3_url": ["https://a.example/1.mp3"],
            "episode_id": ["e1"],
            "podcast_id": ["p1"],
            "host_predicted_names": ["['Ann', 'Bo']"],
            "guest_predicted_names": ["NO_GUEST_PREDICTED"],
            "host_speaker_labels": ['{"Ann": "SPEAKER_00"}'],
            "num_main_speakers": ["2"],
            "duration_seconds": [float("nan")],
        },
        "turns_text/a.parquet": {
            "episode_id": ["e1", "e1", "other"],
            "podcast_id": ["p1", "p1", "p1"],
            "speaker": ['["SPEAKER_00", "SPEAKER_01"]', "SPEAKER_01", "X"],
            "turn_text": ["Hello.", "Hi.", "No."],
            "start_time": [float("nan"), 2.0, 0.0],
        },
    }
    for name, columns in tables.items():
        (tmp_path / name).parent.mkdir()
        pq.write_table(pa.table(columns), tmp_path / name)
    episode = reading(open_source(tmp_path)).only
    assert (episode.id, episode.origin.podcast) == ("e1", "p1")
    assert (episode.origin.hosts, episode.origin.guests, episode.origin.host_labels) == (
        ("Ann", "Bo"),
        (),
        ("SPEAKER_00",),
    )
    assert (episode.main_speakers, episode.seconds) == (2, None)
    assert [(turn.speaker, turn.text, turn.start, turn.also) for turn in episode.turns] == [
        ("SPEAKER_00", "Hello.", None, ("SPEAKER_01",)),
        ("SPEAKER_01", "Hi.", 2.0, ()),
    ]


def test_what_is_missing_or_damaged(tmp_path: Path, reading: Any) -> None:
    write_parquet(tmp_path, episodes=20)
    turns = next((tmp_path / "turns/text").iterdir())
    data = turns.read_bytes()
    turns.unlink()
    with pytest.raises(InputError, match=r"is not all of SPoRC 1\.1: there are no Parquet files in turns/text/"):
        reading(SporcParquet(tmp_path))
    turns.with_name("other.parquet").write_bytes(data)
    with pytest.raises(InputError, match=r"names 1 files of turns that are not there, such as part-00000\.parquet"):
        reading(SporcParquet(tmp_path))
    turns.with_name("other.parquet").unlink()
    turns.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"cannot read .*part-00000\.parquet"):
        reading(SporcParquet(tmp_path))


def test_what_was_chosen_stays_until_something_changes(tmp_path: Path, reading: Any) -> None:
    write_parquet(tmp_path / "in", episodes=20)
    first = reading(SporcParquet(tmp_path / "in"))
    marker = tmp_path / "store/split/split.done.json"
    before = marker.stat().st_mtime_ns
    assert reading(SporcParquet(tmp_path / "in")).parts == first.parts
    assert marker.stat().st_mtime_ns == before
    write_parquet(tmp_path / "in", episodes=20, seed=5)
    assert reading(SporcParquet(tmp_path / "in")).parts != first.parts
