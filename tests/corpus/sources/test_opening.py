import gzip
import os
import pickle
from pathlib import Path
from types import SimpleNamespace

import pytest

from photocast.corpus.sources import SporcLegacy, SporcParquet, Transcripts, open_source
from photocast.schema import InputError
from photocast.testing.sporc import write_legacy, write_parquet


def test_what_lies_there_is_found_out(tmp_path: Path) -> None:
    write_legacy(tmp_path / "old", episodes=2)
    write_parquet(tmp_path / "new", episodes=2)
    (tmp_path / "texts/show").mkdir(parents=True)
    (tmp_path / "texts/show/one.txt").write_text("Ann: Hello.\nBo: Hi.\n")
    (tmp_path / "texts/show/.hidden.txt").write_text("x")
    (tmp_path / "texts/notes.pdf").write_text("x")

    old = open_source(tmp_path / "old")
    assert old == open_source(tmp_path / "old", kind="sporc")
    assert old == open_source(tmp_path / "old/speakerTurnData.jsonl.gz")
    assert isinstance(old, SporcLegacy)
    assert isinstance(open_source(str(tmp_path / "new")), SporcParquet)
    texts = open_source(tmp_path / "texts")
    assert texts == Transcripts(tmp_path / "texts", ("show/one.txt",))
    assert open_source(tmp_path / "texts/show/one.txt") == Transcripts(tmp_path / "texts/show", ("one.txt",))
    assert open_source(tmp_path / "texts/**/*.txt") == Transcripts(tmp_path / "texts/show", ("one.txt",))
    for source in (old, texts):
        assert pickle.loads(pickle.dumps(source)) == source


def test_samples_and_plain_files(tmp_path: Path) -> None:
    write_legacy(tmp_path, episodes=2, name="Sample", compressed=False)
    sample = open_source(tmp_path)
    assert isinstance(sample, SporcLegacy)
    assert sample.episodes.name == "episodeLevelDataSample.jsonl"
    write_legacy(tmp_path, episodes=2)
    whole = open_source(tmp_path)
    assert isinstance(whole, SporcLegacy)
    assert whole.episodes.name == "episodeLevelData.jsonl.gz"
    assert open_source(tmp_path / "speakerTurnDataSample.jsonl") == sample


def test_terms_are_those_of_the_owner(tmp_path: Path, kit: SimpleNamespace) -> None:
    write_legacy(tmp_path / "old", episodes=2)
    terms = open_source(tmp_path / "old").hosted or ""
    for words in ("gated", "research or education only", "not for profit", "third party", "for you to decide"):
        assert words in terms
    own, theirs = tmp_path / "own.jsonl.gz", tmp_path / "theirs.jsonl"
    own.write_bytes(gzip.compress(kit.episode(licence="CC0-1.0", turns=[])))
    theirs.write_bytes(kit.episode(turns=[]))
    assert open_source(own).hosted is None
    assert open_source(theirs).hosted == terms


@pytest.mark.parametrize(
    ("files", "kind", "told"),
    [
        ([], "auto", "holds no talk that photocast can read"),
        (["a.pdf"], "transcripts", "no file in it ends in .json, .vtt, .srt, .txt, .md"),
        (["a.txt"], "sporc", "holds no SPoRC"),
        (
            ["episodeLevelData.jsonl.gz"],
            "auto",
            "there is no speakerTurnData.jsonl.gz beside episodeLevelData.jsonl.gz",
        ),
        (["speakerTurnDataSample.jsonl"], "auto", "there is no episodeLevelDataSample.jsonl.gz beside"),
        (
            ["episodeLevelData.jsonl.gz", "episodeLevelData.jsonl", "speakerTurnData.jsonl"],
            "auto",
            "episodeLevelData.jsonl, episodeLevelData.jsonl.gz could each be meant",
        ),
        (["a.jsonl", "b.jsonl"], "auto", "a.jsonl, b.jsonl could each be meant"),
        (
            ["episodeLevelData.jsonl", "speakerTurnData.jsonl", "episodes/x", "turns/text/x"],
            "auto",
            "holds SPoRC twice",
        ),
    ],
)
def test_nothing_or_too_much(tmp_path: Path, files: list[str], kind: str, told: str) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    with pytest.raises(InputError) as refused:
        open_source(tmp_path, kind=kind)  # type: ignore[arg-type]
    assert told in str(refused.value)


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder has that name"):
        open_source(tmp_path / "none")
    with pytest.raises(InputError, match="holds no talk"):
        open_source(f"{tmp_path}{os.sep}*.vtt")
