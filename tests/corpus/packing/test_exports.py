import json
import re
import tarfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from photocast.corpus.exports import FORMATS, Talk, Written, export, read_outlines
from photocast.corpus.exports.outline import outline_of
from photocast.corpus.packing import read_split, sample_of, splits_in
from photocast.corpus.store import LocalStore
from photocast.prompts import Prompts
from photocast.schema import InputError, UsageError
from photocast.testing.pairs import MadePairs, write_dataset


@pytest.fixture
def exported(dataset: LocalStore, tmp_path: Path) -> Any:
    def made(format: str) -> tuple[Path, Written]:
        return tmp_path / format, export(dataset, format, LocalStore(tmp_path / format))

    return made


def _rows(dataset: LocalStore) -> dict[str, Any]:
    return {
        sample.id: (sample, files, split)
        for split in splits_in(dataset)
        for sample, files in read_split(dataset, split)
    }


def test_qwen(exported: Any, dataset: LocalStore) -> None:
    folder, written = exported("qwen")
    rows = _rows(dataset)
    assert written.samples == len(rows) == 26
    for split in splits_in(dataset):
        for one in json.loads((folder / f"{split}.json").read_text("utf-8")):
            sample, files, theirs = rows.pop(one["id"])
            human, answer = one["conversations"]
            assert theirs == split
            assert human["value"] == "<image>" * len(files) + "\n" + sample.instruction
            assert (human["from"], answer) == ("human", {"from": "gpt", "value": sample.transcript})
            assert [(folder / name).read_bytes() for name in one["image"]] == list(files)
    assert not rows


def test_llama_factory(exported: Any, dataset: LocalStore) -> None:
    folder, _ = exported("llama-factory")
    described = json.loads((folder / "dataset_info.json").read_text("utf-8"))
    assert list(described) == ["spoken_pictures_train", "spoken_pictures_validation", "spoken_pictures_test"]
    entry = described["spoken_pictures_test"]
    tags, columns = entry["tags"], entry["columns"]
    for one in json.loads((folder / entry["file_name"]).read_text("utf-8")):
        user, assistant = one[columns["messages"]]
        assert [user[tags["role_tag"]], assistant[tags["role_tag"]]] == [tags["user_tag"], tags["assistant_tag"]]
        assert user[tags["content_tag"]].count("<image>") == len(one[columns["images"]])
        assert all((folder / name).is_file() for name in one[columns["images"]])


def test_ms_swift(exported: Any, hugging_face: None) -> None:
    datasets = pytest.importorskip("datasets")
    folder, _ = exported("ms-swift")
    read = datasets.load_dataset("json", data_files=str(folder / "train.jsonl"), split="train")
    for one in read:
        assert [message["role"] for message in one["messages"]] == ["user", "assistant"]
        assert one["messages"][0]["content"].count("<image>") == len(one["images"])
        assert all((folder / name).is_file() for name in one["images"])


def test_webdataset(exported: Any, dataset: LocalStore) -> None:
    reading = pytest.importorskip("webdataset.tariterators")
    folder, _ = exported("webdataset")
    rows = _rows(dataset)
    for split in splits_in(dataset):
        with (folder / f"{split}-000000.tar").open("rb") as stream:
            for one in reading.group_by_keys(reading.tar_file_expander([{"url": split, "stream": stream}])):
                sample, files, _ = rows.pop(one["__key__"])
                said = json.loads(one["json"])
                assert said["transcript"] == sample.transcript
                assert [one[name] for name in said["images"]] == list(files)
    assert not rows


def test_tars_are_the_same_bytes_again(exported: Any, dataset: LocalStore, tmp_path: Path) -> None:
    folder, _ = exported("webdataset")
    export(dataset, "webdataset", LocalStore(tmp_path / "again"))
    for tar in folder.glob("*.tar"):
        assert tar.read_bytes() == (tmp_path / "again" / tar.name).read_bytes()
        with tarfile.open(tar) as opened:
            assert {(one.mtime, one.uid, one.mode) for one in opened.getmembers()} == {(0, 0, 0o644)}


@pytest.mark.parametrize("format", ["recipe", "recipe-with-pictures"])
def test_no_five_words_of_the_talk_are_in_a_recipe(format: str, exported: Any, made: MadePairs) -> None:
    folder, _ = exported(format)
    said = {
        tuple(words[at : at + 5])
        for pair in made.pairs
        for words in [_words(pair.staged.excerpt.text)]
        for at in range(len(words) - 4)
    }
    texts = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "pictures"]
    assert {path.name for path in texts} == {"README.md", "recipe.json", "samples.jsonl"}
    for path in texts:
        words = _words(path.read_text("utf-8"))
        assert not said & {tuple(words[at : at + 5]) for at in range(len(words))}
    names = {
        name for pair in made.pairs for name in (*pair.staged.excerpt.origin.hosts, pair.staged.excerpt.origin.title)
    }
    whole = "".join(path.read_text("utf-8") for path in texts)
    assert not [name for name in names if name in whole]
    assert len(list(folder.glob("pictures/*"))) == (0 if format == "recipe" else len(made.files))


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def test_a_prompt_that_quotes_the_talk_is_withheld(made: MadePairs, tmp_path: Path) -> None:
    pair = made.pairs[0]
    said = " ".join(pair.staged.excerpt.text.split()[4:12]).upper()
    scenes = (msgspec.structs.replace(pair.staged.scenes[0], prompt=f"Somebody: {said}!"), *pair.staged.scenes[1:])
    quoting = msgspec.structs.replace(pair, staged=msgspec.structs.replace(pair.staged, scenes=scenes))
    write_dataset(tmp_path / "packed", MadePairs((quoting, *made.pairs[1:]), made.files, made.episodes))
    written = export(LocalStore(tmp_path / "packed"), "recipe", LocalStore(tmp_path / "recipe"))
    assert written.noted == {"prompt_withheld": 1}
    outline = next(one for one in read_outlines(LocalStore(tmp_path / "recipe")) if one.id == pair.id)
    assert (outline.scenes[0].prompt, outline.scenes[0].drawn, outline.scenes[0].withheld) == ("", "", True)
    assert said.lower() not in (tmp_path / "recipe" / "samples.jsonl").read_text("utf-8").lower()


def test_what_models_said_is_checked_as_well(made: MadePairs) -> None:
    sample = sample_of(made.pairs[0], Prompts())
    quote = sample.turns[1].text
    made_by = msgspec.structs.replace(sample.made, safety=msgspec.structs.replace(sample.made.safety, why=quote))
    scene = msgspec.structs.replace(sample.scenes[0], tries=(quote, "refused"))
    outline = outline_of(msgspec.structs.replace(sample, made=made_by, scenes=(scene,)), "train")
    assert outline.safety.why == ""
    assert outline.scenes[0].tries == ("refused",)


def test_eight_words_in_a_row_are_a_quotation() -> None:
    talk = Talk(["One two, three four.", "Five six seven — don’t stop"])
    assert talk.is_quoted_in("he said ONE TWO THREE FOUR five six seven don't")
    assert not talk.is_quoted_in("one two three four five six seven")
    assert not talk.is_quoted_in("one two three four and five six seven don't stop")
    assert not talk.is_quoted_in("")


def test_talk_with_the_tag_of_a_picture_is_left_out(made: MadePairs, tmp_path: Path) -> None:
    excerpt = made.pairs[0].staged.excerpt
    turns = (msgspec.structs.replace(excerpt.turns[0], text="you write <image> there"), *excerpt.turns[1:])
    staged = msgspec.structs.replace(made.pairs[0].staged, excerpt=msgspec.structs.replace(excerpt, turns=turns))
    pairs = (msgspec.structs.replace(made.pairs[0], staged=staged), *made.pairs[1:])
    write_dataset(tmp_path / "packed", MadePairs(pairs, made.files, made.episodes))
    written = export(LocalStore(tmp_path / "packed"), "qwen", LocalStore(tmp_path / "qwen"))
    assert (written.samples, written.left_out) == (25, {"image_tag_in_talk": 1})


def test_refusals(dataset: LocalStore, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"qwen, llama-factory, ms-swift, webdataset, recipe, recipe-with-pictures"):
        export(dataset, "csv", LocalStore(tmp_path))
    assert "csv" not in FORMATS
    with pytest.raises(UsageError, match="is not empty"):
        export(dataset, "qwen", LocalStore(folder))
    with pytest.raises(InputError, match="is not a dataset"):
        export(LocalStore(tmp_path), "qwen", LocalStore(tmp_path / "new"))
    with pytest.raises(InputError, match="is not a recipe"):
        read_outlines(LocalStore(tmp_path))
