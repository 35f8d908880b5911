import gzip
import json
import zlib
from pathlib import Path

from photocast.testing.sporc import NONE, Flaws, write_legacy, write_parquet


def lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines()


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_legacy(tmp_path / name, episodes=12, seed=seed)
    data = {
        name: [
            (tmp_path / name / file).read_bytes() for file in ("episodeLevelData.jsonl.gz", "speakerTurnData.jsonl.gz")
        ]
        for name in "abc"
    }
    assert data["a"] == data["b"]
    assert data["a"][0] != data["c"][0]


def test_it_has_the_form_of_sporc(tmp_path: Path) -> None:
    manifest = write_legacy(tmp_path, episodes=60, seed=1, traps=False, flaws=NONE)
    episodes, turns = lines(tmp_path / "episodeLevelData.jsonl.gz"), lines(tmp_path / "speakerTurnData.jsonl.gz")
    assert (len(episodes), len(turns)) == (manifest.episodes, manifest.turns)
    assert sum(len(line) + 1 for line in (*episodes, *turns)) == manifest.raw_bytes
    first = json.loads(episodes[0])
    assert isinstance(first["episodeDateLocalized"], str)
    assert len(first["episodeDateLocalized"]) == 13
    records = [json.loads(line) for line in episodes]
    assert {type(record["hostPredictedNames"]) for record in records} == {list, str}
    assert {type(record["hostSpeakerLabels"]) for record in records} == {dict, str}
    transcripts = [len(record["transcript"]) for record in records]
    assert 25_000 < sum(transcripts) / len(transcripts) < 45_000
    spoken = [json.loads(line) for line in turns]
    assert 0.2 < sum(len(turn["speaker"]) > 1 for turn in spoken) / len(spoken) < 0.5


def test_it_compresses_as_talk_does(tmp_path: Path) -> None:
    """Of the paper's sample 2.7 and 3.6; made-up sentences come near that."""
    write_legacy(tmp_path, episodes=100, flaws=NONE)
    for name, low, high in (("episodeLevelData", 2.4, 3.6), ("speakerTurnData", 3.2, 4.6)):
        data = gzip.decompress((tmp_path / f"{name}.jsonl.gz").read_bytes())
        assert low < len(data) / len(zlib.compress(data, 6)) < high


def test_flaws_are_as_frequent_as_asked(tmp_path: Path) -> None:
    flaws = Flaws(0.25, 0.25, 0, 0, 0, 0, 0.25)
    manifest = write_legacy(tmp_path, episodes=200, turns=8, flaws=flaws)
    assert set(manifest.flawed) == {"near_duplicates", "advertisements", "foreign"}
    assert all(30 < len(ids) < 70 for ids in manifest.flawed.values())


def test_parquet_has_a_row_group_a_podcast(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    write_parquet(tmp_path, episodes=30, diarized=1.0, turns=20)
    file = pq.ParquetFile(tmp_path / "turns/text/part-00000.parquet")
    assert file.num_row_groups == 6
    for group in range(6):
        assert len(set(file.read_row_group(group, columns=["podcast_id"])["podcast_id"].to_pylist())) == 1
