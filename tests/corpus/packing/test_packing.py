from pathlib import Path
from typing import Any

import msgspec
import pytest

from photocast.corpus.nouns import Illustration, Pair, Utterance
from photocast.corpus.packing import Packed, Replaced, pack, read_about, read_split, sample_of, splits_in
from photocast.corpus.packing.samples import turns_of
from photocast.corpus.packing.shards import shares_of
from photocast.corpus.recipe import PackTable
from photocast.corpus.store import LocalStore
from photocast.prompts import Prompts
from photocast.schema import InputError
from photocast.testing.pairs import COLOURS, MadePairs, make_pairs, write_dataset


@pytest.fixture(scope="module")
def loaded(folder: Path, hugging_face: None) -> Any:
    datasets = pytest.importorskip("datasets")
    return datasets.load_dataset(str(folder))


def test_hugging_face_loads_it(loaded: Any, made: MadePairs) -> None:
    datasets = pytest.importorskip("datasets")
    assert set(loaded) == {"train", "validation", "test"}
    assert sum(len(split) for split in loaded.values()) == len(made.pairs)
    assert loaded["train"].features["images"] == datasets.List(datasets.Image())
    podcasts = [set(split["podcast"]) for split in loaded.values()]
    assert sum(map(len, podcasts)) == len(set.union(*podcasts)) == 6


def test_its_pictures_are_those_that_were_drawn(loaded: Any, made: MadePairs) -> None:
    pairs = {pair.id: pair for pair in made.pairs}
    for row in loaded["test"]:
        pictures = pairs[row["id"]].pictures
        assert [image.size for image in row["images"]] == [(448, 256)] * len(pictures)
        assert [scene["sha256"] for scene in row["scenes"] if scene["image"] is not None] == [
            one.image for one in pictures
        ]


def test_what_is_painted_is_what_is_said(loaded: Any) -> None:
    """The dataset has a signal: the colour in the middle of the thing is named in the turns that the picture shows."""
    seen = 0
    for row in loaded["test"]:
        for scene in (scene for scene in row["scenes"] if scene["image"] is not None):
            colours = row["images"][scene["image"]].convert("RGB").getcolors(448 * 256)
            painted = {name for name, code in COLOURS.items() if _is_painted(colours, code)}
            said = " ".join(turn["text"] for turn in row["turns"] if scene["first"] <= turn["first"] <= scene["last"])
            named = {name for name in COLOURS if f" {name} " in said}
            assert named <= painted
            seen += bool(named)
    assert seen > 15


def _is_painted(colours: list[tuple[int, tuple[int, int, int]]], code: str) -> bool:
    wanted = tuple(int(code[at : at + 2], 16) for at in (1, 3, 5))
    near = sum(count for count, rgb in colours if max(abs(a - b) for a, b in zip(rgb, wanted, strict=True)) < 12)
    return near > 2000


def test_prompt_and_completion_are_as_trainers_want_them(loaded: Any) -> None:
    for row in loaded["validation"]:
        (user,), (assistant,) = row["prompt"], row["completion"]
        *places, asked = user["content"]
        assert (user["role"], assistant["role"]) == ("user", "assistant")
        assert [one["type"] for one in places] == ["image"] * len(row["images"])
        assert f"Take the {len(row['images'])} pictures" in asked["text"]
        assert assistant["content"] == [{"type": "text", "text": row["transcript"]}]
        low = row["words"] // 100 * 100
        assert f"about {low} to {low + 100} words" in asked["text"]


def test_the_transcript_is_the_talk_with_numbers_for_names(loaded: Any) -> None:
    row = loaded["train"][0]
    lines = row["transcript"].split("\n\n")
    assert lines == [f"{turn['speaker']}: {turn['text']}" for turn in row["turns"]]
    assert [turn["speaker"] for turn in row["turns"][:3]] == ["Speaker 1", "Speaker 2", "Speaker 1"]
    assert row["words_with_labels"] == row["words"] + 2 * len(lines)  # `Speaker` and `1:`
    assert {turn["role"] for turn in row["turns"]} == {"host", "guest"}


def test_the_same_pairs_give_the_same_bytes_in_any_order(made: MadePairs, folder: Path, tmp_path: Path) -> None:
    backwards = MadePairs(made.pairs[::-1], made.files, made.episodes)
    write_dataset(tmp_path, backwards)
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(names) == 5
    assert all((folder / name).read_bytes() == (tmp_path / name).read_bytes() for name in names)


def test_files_are_cut_by_size_and_old_ones_go(tmp_path: Path, hugging_face: None) -> None:
    datasets = pytest.importorskip("datasets")
    made = _heavy(make_pairs(24, podcasts=2, exchanges=1))
    store = LocalStore(tmp_path)
    write_dataset(tmp_path, make_pairs(2, podcasts=1), PackTable(shares=(1, 0, 0)))
    packed = write_dataset(tmp_path, made, PackTable(shares=(1, 0, 0), shard_mb=1))
    names = store.names("data")
    count = len(names)
    assert count > 2
    assert names == [f"data/train-{at:05}-of-{count:05}.parquet" for at in range(count)] == sorted(packed.about.files)
    assert max(one.bytes for one in packed.about.files.values()) < 1_100_000
    assert len(datasets.load_dataset(str(tmp_path), split="train")) == 24


def _heavy(made: MadePairs) -> MadePairs:
    """The same with 200 kB behind the end of every picture, which no reader minds."""
    from photocast.runs import sha256_of_bytes

    files: dict[str, bytes] = {}

    def heavy(one: Illustration) -> Illustration:
        if not one.image:
            return one
        file = made.files[one.image] + bytes(40_000)
        files[sha256_of_bytes(file)] = file
        return msgspec.structs.replace(one, image=sha256_of_bytes(file))

    pairs = tuple(
        msgspec.structs.replace(pair, illustrations=tuple(map(heavy, pair.illustrations))) for pair in made.pairs
    )
    return MadePairs(pairs, files, made.episodes)


def test_shares_are_even() -> None:
    assert shares_of([10] * 10, 40) == [slice(0, 3), slice(3, 7), slice(7, 10)]
    assert shares_of([100, 1, 1], 40) == [slice(0, 1), slice(1, 3)]
    assert shares_of([], 40) == []


def test_only_the_pictures_are_not_compressed(folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    metadata = parquet.ParquetFile(folder / "data" / "train-00000-of-00001.parquet").metadata
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    columns = [groups[0].column(at) for at in range(metadata.num_columns)]
    assert [one.path_in_schema for one in columns if one.compression != "ZSTD"] == ["images.list.element.bytes"]
    assert all(group.num_rows == 10 for group in groups[:-1])


def test_what_is_read_back_is_what_was_packed(dataset: LocalStore, made: MadePairs) -> None:
    wanted = {pair.id: sample_of(pair, Prompts()) for pair in made.pairs}
    found = {sample.id: sample for split in splits_in(dataset) for sample, _ in read_split(dataset, split)}
    assert found == wanted
    bare = [files for _, files in read_split(dataset, "train", pictures=False)]
    assert set(bare) == {()}


def test_what_cannot_be_used_is_counted(made: MadePairs, tmp_path: Path) -> None:
    few = _with_pictures(made.pairs[0], 1)
    lost = msgspec.structs.replace(made.pairs[1], illustrations=(*made.pairs[1].illustrations[:-1], _none(4)))
    files = dict(made.files)
    files[made.pairs[2].pictures[0].image or ""] = b"not a picture"
    damaged = MadePairs((few, lost, *made.pairs[2:], made.pairs[-1]), files, made.episodes)
    packed = write_dataset(tmp_path, damaged)
    reasons = {one.id: one.reason for one in packed.dropped}
    assert reasons[few.id] == "too_few_pictures"
    assert reasons[lost.id] == "picture_missing"
    assert reasons[made.pairs[2].id] == "picture_damaged"
    assert packed.count.dropped["same_id"] == 1
    assert packed.count.taken == packed.count.kept + sum(packed.count.dropped.values()) == 27


def _with_pictures(pair: Pair, number: int) -> Pair:
    kept = pair.illustrations[:number]
    gaps = (msgspec.structs.replace(one, image=None, gap="blank") for one in pair.illustrations[number:])
    return msgspec.structs.replace(pair, illustrations=(*kept, *gaps))


def _none(scene: int) -> Illustration:
    return Illustration(scene, "lost", "0" * 64, "jpeg")


def test_nothing_to_pack_is_an_error_that_says_why(made: MadePairs, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too_few_pictures: 26"):
        write_dataset(tmp_path, made, PackTable(min_images=9))
    with pytest.raises(InputError, match="there is none"):
        pack((), made.fetch, LocalStore(tmp_path))


def test_gaps_keep_their_place_and_pictures_their_numbers(made: MadePairs) -> None:
    sample = sample_of(made.pairs[3], Prompts())
    assert [(scene.image, scene.gap) for scene in sample.scenes] == [
        (0, ""),
        (1, ""),
        (None, "filtered"),
        (2, ""),
        (3, ""),
    ]
    assert sample.picture_name(sample.scenes[3]) == f"{sample.id}-2.jpg"


def test_neighbouring_turns_of_one_speaker_are_one(made: MadePairs) -> None:
    said = [Utterance("B", "hello"), Utterance("B", "there"), Utterance("A", "hi"), Utterance("B", "so")]
    turns = turns_of(said, made.pairs[0].staged.excerpt.origin, 7)
    assert [(turn.speaker, turn.text, turn.first, turn.role) for turn in turns] == [
        ("Speaker 1", "hello there", 7, "unknown"),
        ("Speaker 2", "hi", 9, "unknown"),
        ("Speaker 1", "so", 10, "unknown"),
    ]


def test_scrubbing_leaves_the_place_and_takes_the_names(made: MadePairs, tmp_path: Path) -> None:
    packed = write_dataset(tmp_path, made, PackTable(scrub=True))
    assert packed.about.census.scrubbed == 26
    assert packed.about.census.replaced.names > 20
    places = {pair.id: pair.staged.excerpt.place for pair in made.pairs}
    names = {word for pair in made.pairs for name in pair.staged.excerpt.origin.guests for word in name.split()}
    for split in splits_in(LocalStore(tmp_path)):
        for sample, _ in read_split(LocalStore(tmp_path), split, pictures=False):
            assert sample.scrubbed
            assert sample.place == places[sample.id]
            whole = msgspec.json.encode(sample).decode()
            assert not [name for name in names if name in whole]


def test_the_dataset_says_what_it_is(packed: Packed, dataset: LocalStore) -> None:
    about = read_about(dataset)
    assert about == packed.about
    assert about.census.images == {3: 1, 4: 4, 5: 21}
    assert about.census.gaps == {"filtered": 4}
    assert about.census.replaced == Replaced()
    assert sum(one.rows for one in about.files.values()) == 26


def test_what_is_no_dataset_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="is not a dataset"):
        read_about(LocalStore(tmp_path))
    with pytest.raises(InputError, match="is not a dataset"):
        splits_in(LocalStore(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train-00000-of-00001.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(InputError, match="cannot be read"):
        list(read_split(LocalStore(tmp_path), "train"))
