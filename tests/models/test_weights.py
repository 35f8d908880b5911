"""The files of weights: complete, licensed, and refused when they are not what was published."""

import shutil
from pathlib import Path

import pytest

from photocast.models import coco_names, imagenet_names, shelf
from photocast.models.weights import WEIGHTS, open_session
from photocast.schema import ConfigError

FOLDER = Path(str(WEIGHTS))


def test_every_file_is_described_and_every_description_has_a_file() -> None:
    assert {one.file for one in shelf().values()} == {path.name for path in FOLDER.glob("*.onnx")}
    assert {one.licence for one in shelf().values()} == {"Apache-2.0"}
    assert "Apache License" in (FOLDER / "LICENSE-Apache-2.0.txt").read_text("utf-8")
    notice = (FOLDER / "NOTICE.md").read_text("utf-8")
    assert all(one.file in notice for one in shelf().values())


def test_the_scripts_that_made_them_are_here() -> None:
    root = Path(__file__).parents[2]
    assert all((root / one.made_by).is_file() for one in shelf().values())


def test_all_together_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 40e6


def test_labels_are_told_apart() -> None:
    assert len(set(map(str.lower, imagenet_names()))) == len(imagenet_names()) == 1000
    assert len(set(coco_names())) == len(coco_names()) == 80
    assert imagenet_names()[0] == "tench"
    assert imagenet_names()[-1] == "toilet tissue"
    assert coco_names()[0] == "person"
    assert coco_names()[-1] == "toothbrush"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A shelf with the smallest network, to be damaged."""
    shutil.copy(FOLDER / "weights.toml", tmp_path)
    shutil.copy(FOLDER / shelf()["find_text"].file, tmp_path)
    return tmp_path


def test_a_whole_copy_opens(copy: Path) -> None:
    assert [one.name for one in open_session("find_text", copy).get_inputs()] == ["pixels"]


def test_one_changed_byte_is_refused(copy: Path) -> None:
    path = copy / shelf()["find_text"].file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"find_text\.onnx are damaged.*Reinstall"):
        open_session("find_text", copy)


def test_a_missing_file_is_refused(copy: Path) -> None:
    (copy / shelf()["find_text"].file).unlink()
    with pytest.raises(ConfigError, match=r"find_text\.onnx cannot be read.*Reinstall"):
        open_session("find_text", copy)
