"""What comes after a training, on one that has really run: its card, its two models, talks by its adapter."""

import json
from pathlib import Path

import pytest
from PIL import Image

from photocast.models.local import open_local
from photocast.models.names import parse_name
from photocast.schema import InputError
from photocast.training import read_recipe
from photocast.training.after.before_after import before_after
from photocast.training.after.card import write_card
from photocast.training.after.known import gather
from photocast.training.after.leaks import leak_between, trained_pictures
from photocast.training.dataset import open_data
from photocast.training.generate import read_answers
from photocast.training.recipe import DataTable
from training.conftest import Train


def test_the_card_of_a_run(train: Train) -> None:
    run = train()
    text = write_card(gather(run), run.final).read_text("utf-8")
    for line in (
        "library_name: peft",
        "| steps | 4 |",
        f"| samples in a step | {read_recipe(str(run.recipe)).batch.size} |",
        "| `model.base` | tiny:qwen3\\_vl |",
        "| `optimisation.max_steps` | 4 |",
        "- what is in the dataset: it is not where it was, or says nothing of itself",
    ):
        assert line in text, line
    assert "| training loss | 4 | " in text
    used = text.partition("## How it was trained")[2].partition("\n\n|")[0]
    assert "not recorded" not in used
    assert str(run.path) not in text


def test_the_two_models_of_a_run(train: Train, tmp_path: Path) -> None:
    run = train()
    for path in (run.path, run.final):
        two = before_after(path, tmp_path / "scratch")
        assert two.before == f"hf:{run.path / 'base' / 'tiny-qwen3_vl'}?image_tokens=16"
        assert two.after == f"hf:{run.path / 'base' / 'tiny-qwen3_vl'}+{run.final}?image_tokens=16"
        open_local(parse_name(two.after))
    run.recipe.unlink()  # a folder that was copied away from its run: its base is built again
    alone = before_after(run.final, tmp_path / "scratch")
    assert alone.run is None
    assert (tmp_path / "scratch" / "tiny-qwen3_vl" / "config.json").is_file()


def test_an_adapter_writes_about_albums(train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from photocast.cli.main import run as command

    run = train()
    for name in ("one", "two"):
        (tmp_path / "albums" / name).mkdir(parents=True)
        Image.new("RGB", (64, 48), "teal").save(tmp_path / "albums" / name / "1.png")
    args = ["train", "generate", str(tmp_path / "albums"), "--model", str(run.final), "-o", str(tmp_path / "out")]
    code = command([*args, "--json"])
    one, two = read_answers(tmp_path / "out")
    assert (code, one["error"]) == (0, None)
    assert json.loads(capsys.readouterr().out)["written"] == 2
    assert one["text"] == two["text"] != ""  # the same picture, the same seed
    assert one["tokens"] > 0


def test_pictures_of_both_splits_count(talks: Path, tmp_path: Path) -> None:
    data = open_data(talks, DataTable())
    trained = trained_pictures(talks, DataTable())
    rows = [*data.train, *data.validation]
    assert len(trained) == len({picture["bytes"] for row in rows for picture in row["images"]})
    for name, split in (("learned", data.train), ("watched", data.validation)):
        (tmp_path / name).write_bytes(split[0]["images"][0]["bytes"])
    (tmp_path / "new").write_bytes(b"another")
    files = {name: [tmp_path / name] for name in ("learned", "watched", "new")}
    leak = leak_between(trained, files)
    assert (leak.pictures, leak.items) == (2, ("learned", "watched"))
    only_trained = trained_pictures(talks, DataTable(validation=""))
    assert leak_between(only_trained, files).items == ("learned",)


def test_a_picture_that_is_not_there_can_be_compared_with_none(tmp_path: Path) -> None:
    line = {
        "prompt": [{"role": "user", "content": "?"}],
        "completion": [{"role": "assistant", "content": "!"}],
        "images": ["gone.png"],
    }
    (tmp_path / "data.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    with pytest.raises(InputError, match=r"a picture of .* cannot be read"):
        trained_pictures(tmp_path / "data.jsonl", DataTable(validation=""))
