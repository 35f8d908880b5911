"""The names of models that draw: what they say is what a picture depends on, and nothing else."""

import shutil
from pathlib import Path

import pytest

from photocast.models.images import PictureFolder, open_image_model, picture_request
from photocast.schema import Fault, ModelError

BEDROCK = "bedrock:stability.sd3-5-large-v1:0"


def test_a_name_says_what_a_picture_depends_on(amazon: None, store: PictureFolder, sd3: Path) -> None:
    drawn = open_image_model(f"{BEDROCK}?timeout=300&aspect=16:9", store)
    assert drawn.name == f"{BEDROCK}?aspect=16:9"
    assert drawn.host == "bedrock-runtime.us-west-2.amazonaws.com"
    local = open_image_model(f"diffusers:{sd3}?steps=28&guidance=4.50&device=cpu&size=64x32", store)
    assert local.name.partition("@")[0] == "diffusers:tiny"
    assert local.name.partition("?")[2] == "size=64x32&steps=28&guidance=4.5"
    assert local.host is None


def test_another_form_is_another_question(amazon: None, store: PictureFolder) -> None:
    request = picture_request("a boat", seed=3)
    names = [open_image_model(name, store).name for name in (BEDROCK, f"{BEDROCK}?aspect=1:1", f"{BEDROCK}?aspect=3:2")]
    assert len({request.key(name) for name in names}) == 3
    assert request.key(BEDROCK) != picture_request("a boat", seed=4).key(BEDROCK)
    assert request.key(BEDROCK) != picture_request("a boat", seed=3, negative="fog").key(BEDROCK)


def test_other_weights_are_another_model(sd3: Path, store: PictureFolder, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sd3, tmp_path / "tiny"))
    before = open_image_model(f"diffusers:{copy}", store).name
    assert before == open_image_model(f"diffusers:{sd3}", store).name
    weights = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert open_image_model(f"diffusers:{copy}", store).name != before


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (f"{BEDROCK}?aspekt=16:9", "Write aspect instead"),
        (f"{BEDROCK}?aspect=4:3", "one of 16:9, 1:1"),
        (f"{BEDROCK}?size=64x64", "it knows these: aspect"),
        (f"{BEDROCK}?timeout=0", "a number of seconds above 0"),
        ("diffusers:a/b?size=64", "such as 1344x768"),
        ("diffusers:a/b?size=0x64", "such as 1344x768"),
        ("diffusers:a/b?steps=0", "a number from 1 to 1000"),
        ("diffusers:a/b?steps=many", "a number from 1 to 1000"),
        ("diffusers:a/b?guidance=nan", "a number, 0 or more"),
        ("diffusers:a/b?dtype=int8", "bfloat16, float16, float32"),
        ("diffusers:a/b?device=gpu", "cuda, cuda:1, mps or cpu"),
        ("openai:gpt-image-1?steps=4", "it knows these: size"),
    ],
)
def test_options_that_cannot_be_meant(name: str, hint: str, amazon: None, store: PictureFolder) -> None:
    with pytest.raises(ModelError) as refused:
        open_image_model(name, store)
    assert refused.value.fault is Fault.REJECTED
    assert hint in str(refused.value)


@pytest.mark.parametrize("name", ["sd3", "midjourney:7", "diffusers:", "anthropic:claude-haiku-4-5"])
def test_models_that_are_not_there(name: str, store: PictureFolder) -> None:
    with pytest.raises(ModelError, match="bedrock:, diffusers:, openai:") as refused:
        open_image_model(name, store)
    assert refused.value.fault is Fault.UNKNOWN_MODEL


def test_folders_and_repositories_that_are_not_there(store: PictureFolder, sd3: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        open_image_model("diffusers:./not-there", store)
    with pytest.raises(ModelError, match="without an adapter"):
        open_image_model(f"diffusers:{sd3}+lora/adapter", store)


def test_without_a_key_openai_is_not_asked(no_keys: None, store: PictureFolder) -> None:
    with pytest.raises(ModelError, match="there is no key for openai"):
        open_image_model("openai:gpt-image-1", store)


THEIRS = """
class Mine:
    host, structured, context = None, False, None

    def __init__(self, spec, store):
        self.name, self.store = f"{spec.name}?{spec.options['big']}", store
"""


def test_packages_may_bring_models(store: PictureFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "their_module.py").write_text(THEIRS)
    (tmp_path / "theirs-1.0.dist-info").mkdir()
    (tmp_path / "theirs-1.0.dist-info" / "entry_points.txt").write_text(
        "[photocast.images]\nmine = their_module:Mine\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    model = open_image_model("mine:large?big=yes", store)
    assert (model.name, model.store) == ("mine:large?yes", store)  # type: ignore[attr-defined]
