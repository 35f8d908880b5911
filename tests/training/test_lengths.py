"""Nothing is cut in silence, and nothing that is broken is found out in the middle of a run."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models.tiny import FAMILIES
from photocast.schema import InputError, UsageError
from photocast.training.base import open_processor
from photocast.training.collator import DialogueCollator
from photocast.training.dataset import open_data
from photocast.training.lengths import Length, Lengths, kept_rows, measure
from photocast.training.noise import noise_of
from photocast.training.recipe import DataTable, ImageTable
from training.conftest import picture, row, write_parquet

ONE = DataTable(validation="")


def collator_of(folder: Path, dataset: Path) -> DialogueCollator:
    processor, fit = open_processor("tiny", folder, ImageTable(tokens=16))
    return DialogueCollator(processor, fit, dataset)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_lengths_are_those_of_the_batches(family: str, bases: Callable[..., Path], tmp_path: Path) -> None:
    rows = [row(number) for number in range(3)]
    rows[1]["images"][0] = picture(3, (900, 120))
    rows[2]["images"][1] = picture(9, (120, 900))
    data = open_data(write_parquet(tmp_path / "some.parquet", rows), ONE)
    collator = collator_of(bases(family), tmp_path)
    lengths = measure(data.train, collator)
    assert [one.all for one in lengths.rows] == [collator([one])["input_ids"].shape[1] for one in data.train]
    assert [one.shown for one in lengths.rows] == [1, 2, 3]


def test_what_is_broken_is_listed_before_anything_begins(bases: Callable[..., Path], tmp_path: Path) -> None:
    rows = [row(number) for number in range(6)]
    rows[0]["images"][0]["bytes"] = rows[0]["images"][0]["bytes"][:60]
    rows[1]["images"][0]["bytes"] = b"no picture at all"
    rows[2]["images"].pop()
    rows[3]["completion"][0]["content"][0]["text"] = " \n"
    rows[4]["images"][0] = {"bytes": None, "path": "gone.jpg"}
    data = open_data(write_parquet(tmp_path / "some.parquet", rows), ONE)
    with pytest.raises(InputError) as told:
        measure(data.train, collator_of(bases("qwen3_vl"), tmp_path))
    assert told.value.what == "5 of 6 samples cannot be used"
    for part in (
        "talk-0: ",
        "talk-1: a picture is no picture that can be read",
        "talk-2: it has 2 pictures, and its question has places for 3",
        "talk-3: its answer is empty",
        "talk-4: gone.jpg is not there",
    ):
        assert part in told.value.why


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"messages": [["hello"]]}, "no column prompt, completion, images; its columns are messages"),
        ({"prompt": ["?"], "completion": ["!"]}, "no column images"),
    ],
)
def test_other_columns(columns: dict[str, Any], why: str, tmp_path: Path) -> None:
    import datasets

    datasets.disable_progress_bars()
    datasets.Dataset.from_dict(columns).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(InputError, match=why):
        open_data(tmp_path / "other.parquet", ONE)


def test_datasets_that_are_none(tmp_path: Path, talks: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        open_data(tmp_path / "nothing", ONE)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="cannot be read as a dataset"):
        open_data(tmp_path / "broken.parquet", ONE)
    with pytest.raises(UsageError, match=r"no split 'test' with samples in it, but train \(7 samples\), validation"):
        open_data(talks, DataTable(validation="test"))


def test_pictures_may_lie_beside_lines_of_json(tmp_path: Path, bases: Callable[..., Path]) -> None:
    import json

    one = row(0)
    (tmp_path / "a.png").write_bytes(one["images"][0]["bytes"])
    (tmp_path / "some.jsonl").write_text(json.dumps(one | {"images": ["a.png"]}) + "\n")
    data = open_data(tmp_path / "some.jsonl", ONE)
    assert measure(data.train, collator_of(bases("qwen3_vl"), tmp_path)).rows[0].shown == 1


LENGTHS = Lengths(
    fingerprint="",
    texts="",
    rows=(
        Length(pictures=40, words=10, answer=50, shown=2),
        Length(pictures=80, words=10, answer=110, shown=4),
        Length(pictures=0, words=10, answer=10, shown=0),
    ),
)


def test_samples_that_are_too_long() -> None:
    assert kept_rows(LENGTHS, 200, "stop", split="train") == [0, 1, 2]
    assert kept_rows(LENGTHS, 199, "leave out", split="train") == [0, 2]
    with pytest.raises(UsageError) as told:
        kept_rows(LENGTHS, 199, "stop", split="train")
    assert "1 of 3 samples of train are longer than 199 tokens" in str(told.value)
    assert "the longest has 200: 80 of 4 pictures, 10 of the question and 110 of the answer" in str(told.value)
    assert "data.max_length=200" in str(told.value)
    with pytest.raises(UsageError, match="3 of 3"):
        kept_rows(LENGTHS, 19, "leave out", split="train")


def test_how_much_noise_reaches_the_words() -> None:
    """alpha 5 and 64 numbers: bounds 5 / sqrt(100 * 64), 5 / sqrt(200 * 64), 5 / sqrt(20 * 64)."""
    noise = noise_of(5.0, LENGTHS, hidden=64)
    assert noise.bound == pytest.approx((0.0625 + 0.044194 + 0.139754) / 3, abs=1e-6)
    assert noise.effective_alpha == pytest.approx(5 * (0.6**0.5 + 0.6**0.5 + 1) / 3)
