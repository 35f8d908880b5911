"""Pipelines of diffusers on this machine: tiny, random, and read by the code that reads large ones."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast import local_only
from photocast.models import Finish, Request, Usage, VisionModel
from photocast.models.images import PictureFolder, open_image_model, picture_request
from photocast.schema import Fault, InputError, ModelError
from photocast.testing import torchvision_shim
from photocast.testing.tiny_pictures import SIDE, build_tiny_sd1

Ask = Callable[[VisionModel, Request], Any]
BOAT = picture_request("a red boat", seed=3)
QUICK = "steps=2&device=cpu"


@pytest.fixture
def copied(sd3: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model, to be damaged."""
    return Path(shutil.copytree(sd3, tmp_path / "tiny"))


def test_a_picture_is_drawn_and_stored(ask: Ask, store: PictureFolder, sd3: Path) -> None:
    model = open_image_model(f"diffusers:{sd3}?{QUICK}", store)
    with local_only():
        heard = ask(model, BOAT)
    drawn = heard.drawn
    assert (drawn.format, drawn.width, drawn.height, drawn.seed) == ("png", SIDE, SIDE, 3)
    assert store.get(drawn.image).startswith(b"\x89PNG")
    assert (heard.ending.finish, heard.ending.usage) == (Finish.DONE, Usage(0, 0))
    assert heard.ending.answered_by == model.name


def test_the_same_seed_is_the_same_picture(ask: Ask, store: PictureFolder, sd3: Path) -> None:
    """Byte for byte, also by a model that was loaded anew and has drawn something else in between."""
    one, other = (open_image_model(f"diffusers:{sd3}?{QUICK}", store) for _ in range(2))
    first = ask(one, BOAT).drawn
    different = [
        ask(one, picture_request("a red boat", seed=4)).drawn,
        ask(one, picture_request("a blue horse on a hill", seed=3)).drawn,
        ask(one, picture_request("a red boat", negative="fog", seed=3)).drawn,
        ask(open_image_model(f"diffusers:{sd3}?{QUICK}&guidance=2", store), BOAT).drawn,
    ]
    assert ask(one, BOAT).drawn == ask(other, BOAT).drawn == first
    assert len({first.image, *(drawn.image for drawn in different)}) == 5


def test_without_a_seed_the_one_that_was_drawn_from_is_told(ask: Ask, store: PictureFolder, sd3: Path) -> None:
    model = open_image_model(f"diffusers:{sd3}?{QUICK}", store)
    drawn = ask(model, picture_request("a red boat", seed=None)).drawn
    assert ask(model, picture_request("a red boat", seed=drawn.seed)).drawn == drawn


def test_pictures_have_the_size_that_was_asked_for(ask: Ask, store: PictureFolder, sd3: Path) -> None:
    drawn = ask(open_image_model(f"diffusers:{sd3}?{QUICK}&size=48x32", store), BOAT).drawn
    assert (drawn.width, drawn.height) == (48, 32)


@pytest.mark.parametrize(
    ("size", "fault", "why"),
    [("50x33", Fault.REJECTED, "divisible by"), ("1000000x1000000", Fault.OUT_OF_MEMORY, "too much for cpu")],
)
def test_sizes_that_cannot_be_drawn(
    size: str, fault: Fault, why: str, ask: Ask, store: PictureFolder, sd3: Path
) -> None:
    with pytest.raises(ModelError, match=why) as refused:
        ask(open_image_model(f"diffusers:{sd3}?{QUICK}&size={size}", store), BOAT)
    assert refused.value.fault is fault


def test_the_models_own_filter_is_an_ending(ask: Ask, store: PictureFolder, tmp_path: Path) -> None:
    strict = build_tiny_sd1(tmp_path / "strict", filters=True)
    heard = ask(open_image_model(f"diffusers:{strict}?{QUICK}", store), BOAT)
    assert (heard.drawn, heard.ending.finish) == (None, Finish.FILTERED)
    assert heard.ending.detail == "the model's own safety checker"
    lax = build_tiny_sd1(tmp_path / "lax", filters=False)
    assert ask(open_image_model(f"diffusers:{lax}?{QUICK}", store), BOAT).drawn


def _without_index(folder: Path) -> None:
    (folder / "model_index.json").unlink()


def _index_cut_off(folder: Path) -> None:
    (folder / "model_index.json").write_text('{"_class_name": "Stable')


def _weights_gone(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink()


def _weights_cut_off(folder: Path) -> None:
    weights = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def _part_gone(folder: Path) -> None:
    shutil.rmtree(folder / "scheduler")


def _weights_of_another_size(folder: Path) -> None:
    config = folder / "transformer" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"num_attention_heads": 2}))


def _tensor_gone(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    del tensors["norm_out.linear.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})


def _file_of_an_index_gone(folder: Path) -> None:
    index = {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors"}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_without_index, "there is no model_index.json in it"),
        (_index_cut_off, "model_index.json cannot be read"),
        (_weights_gone, "vae has no weights"),
        (_weights_cut_off, "is cut off"),
        (_part_gone, "scheduler has no"),
        (_tensor_gone, "its parts cannot be loaded"),
        (_weights_of_another_size, "its parts cannot be loaded"),
        (_file_of_an_index_gone, "transformer has no diffusion_pytorch_model-00001-of-00002"),
    ],
)
def test_files_that_are_not_whole(
    damage: Callable[[Path], None], why: str, ask: Ask, store: PictureFolder, copied: Path
) -> None:
    damage(copied)
    with pytest.raises(ModelError, match=why) as refused:
        ask(open_image_model(f"diffusers:{copied}?{QUICK}", store), BOAT)
    assert refused.value.fault is Fault.BROKEN_FILES


def test_a_pipeline_that_draws_from_no_text(ask: Ask, store: PictureFolder, copied: Path) -> None:
    index = json.loads((copied / "model_index.json").read_text())
    (copied / "model_index.json").write_text(json.dumps(index | {"_class_name": "AudioLDM2Pipeline"}))
    with pytest.raises(ModelError, match="does not draw from texts") as refused:
        ask(open_image_model(f"diffusers:{copied}?{QUICK}", store), BOAT)
    assert refused.value.fault is Fault.UNKNOWN_MODEL


def test_weights_that_no_machine_has_room_for(ask: Ask, store: PictureFolder, copied: Path) -> None:
    """The file says that it holds four terabytes, and takes none: it is sparse."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}).encode()
    with (copied / "vae" / "diffusion_pytorch_model.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + 4 * 10**12)
    with pytest.raises(ModelError, match="its weights alone take 4000") as refused:
        ask(open_image_model(f"diffusers:{copied}?{QUICK}", store), BOAT)
    assert refused.value.fault is Fault.OUT_OF_MEMORY


def test_a_model_that_is_not_on_this_machine(ask: Ask, store: PictureFolder) -> None:
    with pytest.raises(ModelError, match="the hub cannot be reached") as refused:
        ask(open_image_model("diffusers:stabilityai/stable-diffusion-3.5-large", store), BOAT)
    assert refused.value.fault is Fault.UNREACHABLE


def test_a_store_that_takes_nothing(ask: Ask, sd3: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="was drawn and not kept"):
        ask(open_image_model(f"diffusers:{sd3}?{QUICK}", PictureFolder(tmp_path / "file")), BOAT)


def test_who_goes_away_ends_the_work(store: PictureFolder, sd3: Path) -> None:
    """A thousand steps would take minutes; and the model can be asked again."""
    model = open_image_model(f"diffusers:{sd3}?steps=1000&size=256x256&device=cpu", store)

    async def listen() -> None:
        async for _ in model.stream(BOAT):
            pass

    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(listen(), 0.5)

    asyncio.run(impatient())
    assert not store.folder.exists()


DRAW = """
import asyncio, sys
from pathlib import Path
from photocast.models.images import PictureFolder, open_image_model, picture_request

async def main():
    async for _ in open_image_model(sys.argv[1], PictureFolder(Path(sys.argv[2]))).stream(picture_request("a " * 99)):
        pass

asyncio.run(main())
"""


def test_nothing_is_written_on_the_terminal(
    ask: Ask, store: PictureFolder, sd3: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not of prompts that are cut, of bars, or of what is deprecated."""
    ask(open_image_model(f"diffusers:{sd3}?{QUICK}", store), picture_request("a " * 99))
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_nothing_is_written_on_the_terminal_while_the_libraries_are_loaded(sd3: Path, tmp_path: Path) -> None:
    (tmp_path / "shim").mkdir()
    shim = torchvision_shim.folder_for_subprocesses(tmp_path / "shim")
    path = os.pathsep.join([str(shim), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", DRAW, f"diffusers:{sd3}?{QUICK}", tmp_path / "out"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert len(list((tmp_path / "out").rglob("*.png"))) == 1
