"""Encoders of texts and photos: nothing is cut, rows have length 1, errors say what to do.

And the proof about the published CLIPScore: it is the same for all long texts, where our path tells them apart.
"""

import json
import re
import shutil
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photocast.models.encoders import TextImageEncoder, open_encoder, published_clip_score
from photocast.models.encoders.encoder import harmless
from photocast.models.encoders.published import published_text_features
from photocast.models.tiny import build_tiny
from photocast.schema import Fault, InputError, ModelError, UndefinedMetric
from photocast.testing import torchvision_shim
from photocast.testing.tiny_encoders import (
    build_tiny_clip,
    build_tiny_open_clip,
    build_tiny_siglip,
    build_tiny_siglip2,
)

KINDS: dict[str, tuple[str, Callable[..., Path], dict[str, Any], int]] = {
    "clip": ("hf", build_tiny_clip, {}, 77),
    "old-clip": ("hf", build_tiny_clip, {"old_ending": True}, 77),
    "long-clip": ("hf", build_tiny_clip, {"positions": 248}, 248),
    "siglip": ("hf", build_tiny_siglip, {}, 64),
    "siglip2": ("hf", build_tiny_siglip2, {}, 64),
    "open-clip": ("open_clip", build_tiny_open_clip, {}, 77),
}
TALKS = (
    "Speaker 1: So I was looking through some old photos the other day, and I came across a wrecked bus.",
    "Speaker 1: You ever just walk into a place and feel like time forgot it? Like this one corner just stopped?",
    "Ada: The loaf rose overnight, and in the morning the whole kitchen smelled of it; nobody spoke, we ate.",
    "Leo: 1999, was it? No: 2003. The summer of the flood, when the boats lay in the street with the geese.",
)
"""More letters than a tiny CLIP has places."""

Opened = Callable[[str], TextImageEncoder]


@pytest.fixture(scope="session", autouse=True)
def usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    shelf = tmp_path_factory.mktemp("encoders")

    @cache
    def built(kind: str) -> Path:
        _, build, settings, _ = KINDS[kind]
        return build(shelf / kind, **settings)

    return built


@pytest.fixture(scope="session")
def opened(folder: Callable[[str], Path]) -> Opened:
    return cache(lambda kind: open_encoder(f"{KINDS[kind][0]}:{folder(kind)}"))


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four photos of noise, upright and lying."""
    shelf = tmp_path_factory.mktemp("noise")
    random = np.random.default_rng(0)
    paths = [shelf / f"{number}.png" for number in range(4)]
    for number, path in enumerate(paths):
        noise = random.integers(0, 256, (6 + 3 * (number % 2), 6, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((90, 90 + 60 * (number % 2))).save(path)
    return paths


@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_length_one_and_tell_texts_and_photos_apart(kind: str, opened: Opened, photos: list[Path]) -> None:
    encoder = opened(kind)
    texts, images = encoder.texts(["a dog", "a boat at sea", "bread"]), encoder.images(photos)
    assert texts.dtype == images.dtype == np.float32
    assert texts.shape[1] == images.shape[1]
    for rows in (texts, images):
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
        cosines = rows @ rows.T
        assert cosines[~np.eye(len(rows), dtype=bool)].max() < 0.9999


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_is_read_alike_alone_and_among_longer_ones(kind: str, opened: Opened) -> None:
    encoder = opened(kind)
    alone = encoder.texts(["a dog"])[0]
    among = encoder.texts(["a dog", "an old bus in the yard, and a man in the light"])[0]
    assert alone == pytest.approx(among, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_gives_no_rows_of_the_same_width(kind: str, opened: Opened) -> None:
    encoder = opened(kind)
    width = encoder.texts(["a"]).shape[1]
    assert encoder.texts([]).shape == encoder.images([]).shape == (0, width)


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_decided_to_the_token(kind: str, opened: Opened) -> None:
    # One token a letter; CLIPs add a start and an end, the tokenizer of SigLIP 2 an end alone.
    encoder, limit = opened(kind), KINDS[kind][3]
    room = limit - (1 if kind.startswith("siglip") else 2)
    assert encoder.limit == limit
    longest = "7" * room  # a digit is one token in every one of the tokenizers
    assert encoder.fits(longest)
    assert encoder.texts([longest]).shape[0] == 1
    assert not encoder.fits(longest + "7")
    with pytest.raises(ModelError, match="Split it first") as caught:
        encoder.texts(["fine", longest + "7"])
    assert caught.value.fault is Fault.TOO_LONG


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_word_that_fits_is_read(kind: str, opened: Opened) -> None:
    encoder = opened(kind)
    room = encoder.limit - 2
    one, other = encoder.texts(["7" * (room - 1) + "1", "7" * (room - 1) + "2"])
    assert np.abs(one - other).max() > 1e-4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("token", ["<|endoftext|>", "<|EndOfText|>", "<end_of_text>", "<eos>", "<pad>"])
def test_a_token_written_in_a_text_does_not_end_it(kind: str, token: str, opened: Opened) -> None:
    one, other = opened(kind).texts([f"{token} dog", f"{token} sea"])
    assert np.abs(one - other).max() > 1e-4


def test_only_marked_tokens_are_broken_up() -> None:
    assert harmless("Oh! <EOS> [SEP]<eos>", ["!", "<eos>", "[SEP]"]) == "Oh! < EOS> [ SEP]< eos>"


@pytest.mark.parametrize("kind", ["siglip", "siglip2"])
def test_a_siglip_gets_rows_of_its_own_length_without_a_mask(kind: str, opened: Opened) -> None:
    import torch

    encoder = opened(kind)
    words = encoder.tokenizer("a dog")["input_ids"]
    assert words[-1] == encoder.tokenizer.eos_token_id
    row = torch.tensor([words + [encoder.tokenizer.pad_token_id] * (64 - len(words))])
    with torch.inference_mode():
        right = encoder.model.get_text_features(input_ids=row).pooler_output[0]
        short = encoder.model.get_text_features(input_ids=row[:, :20]).pooler_output[0]
    ours = encoder.texts(["a dog"])[0]
    assert ours == pytest.approx((right / right.norm()).numpy(), abs=1e-5)
    assert np.abs(ours - (short / short.norm()).numpy()).max() > 1e-3  # so the length does matter


def _with_tokenizer(copy: Path, **settings: object) -> str:
    file = copy / "tokenizer_config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | settings), "utf-8")
    return f"hf:{copy}"


def test_a_siglip_reads_lower_case_from_its_start_whatever_its_tokenizer_does(
    tmp_path: Path, folder: Callable[[str], Path], opened: Opened
) -> None:
    # The checkpoints of SigLIP 2 name the tokenizer of Gemma, which keeps capitals and by itself pads on the left.
    copy = Path(shutil.copytree(folder("siglip"), tmp_path / "copy"))
    gemma = open_encoder(_with_tokenizer(copy, tokenizer_class="GemmaTokenizer", padding_side="left"))
    ours = opened("siglip").texts(["a dog at the sea"])
    assert np.array_equal(gemma.texts(["A DOG at the Sea"]), ours)
    assert np.array_equal(opened("siglip").texts(["A DOG at the Sea"]), ours)


def test_a_tokenizer_that_needs_another_package(tmp_path: Path, folder: Callable[[str], Path]) -> None:
    if find_spec("sentencepiece") is not None:
        pytest.skip("sentencepiece is installed")
    copy = Path(shutil.copytree(folder("siglip"), tmp_path / "copy"))
    with pytest.raises(ModelError, match="pip install sentencepiece") as caught:
        open_encoder(_with_tokenizer(copy, tokenizer_class="SiglipTokenizer"))
    assert caught.value.fault is Fault.NOT_INSTALLED


@pytest.mark.parametrize("kind", ["clip", "old-clip"])
def test_the_published_path_reads_the_same_off_all_long_texts(kind: str, opened: Opened, photos: list[Path]) -> None:
    encoder = opened(kind)
    assert encoder.model.config.text_config.eos_token_id == (2 if kind == "old-clip" else 513)
    assert not any(encoder.fits(talk) for talk in TALKS)
    features = [published_text_features(encoder, talk) for talk in TALKS]
    assert all(np.array_equal(features[0], one) for one in features)  # to the last bit
    assert len({published_clip_score(encoder, talk, photos) for talk in TALKS}) == 1


@pytest.mark.parametrize("kind", ["clip", "old-clip"])
def test_the_published_path_reads_the_same_off_both_systems(kind: str, opened: Opened, shared: Path) -> None:
    files = sorted((shared / "paper").glob("*/transcript_*.txt"))
    texts = [file.read_text("utf-8").partition("=" * 60 + "\n")[2].lstrip() for file in files]
    assert len(texts) == 50
    assert not any(opened(kind).fits(text[:500]) for text in texts)
    features = [published_text_features(opened(kind), text) for text in texts]
    assert all(np.array_equal(features[0], one) for one in features)


@pytest.mark.parametrize("kind", ["clip", "old-clip"])
def test_our_path_tells_the_same_texts_apart(kind: str, opened: Opened) -> None:
    from photocast.metrics.grounding import chunks

    encoder = opened(kind)
    rows = [encoder.texts(chunks(talk, encoder.fits)).mean(axis=0) for talk in TALKS]
    for number, one in enumerate(rows):
        assert all(np.abs(one - other).max() > 1e-3 for other in rows[:number])


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=90, max_size=200), st.integers(1, 80))
def test_no_change_in_a_long_text_changes_what_the_published_path_reads(opened: Opened, text: str, at: int) -> None:
    changed = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
    before, after = (published_text_features(opened("clip"), one) for one in (text, changed))
    assert np.array_equal(before, after)


def test_a_text_that_the_published_path_does_not_cut_is_read(opened: Opened) -> None:
    one, other = (published_text_features(opened("clip"), text) for text in ("Host: a dog", "Host: the sea"))
    assert np.abs(one - other).max() > 1e-3


def test_the_published_score_is_that_of_the_first_token(opened: Opened, photos: list[Path]) -> None:
    import torch

    encoder = opened("clip")
    with torch.inference_mode():
        start = torch.tensor([[encoder.tokenizer.bos_token_id]])
        first = encoder.model.get_text_features(input_ids=start).pooler_output[0]
    squeezed = [Image.open(photo).resize((224, 224), Image.Resampling.BILINEAR) for photo in photos]
    cosines = encoder.picture_features(squeezed) @ (first / first.norm()).numpy()
    expected = np.mean([100 * max(float(cosine), 0) for cosine in cosines])
    assert published_clip_score(encoder, TALKS[0], photos) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("kind", ["siglip", "open-clip"])
def test_the_published_score_is_of_a_clip_of_transformers(kind: str, opened: Opened, photos: list[Path]) -> None:
    with pytest.raises(ModelError, match="cannot reproduce"):
        published_clip_score(opened(kind), TALKS[0], photos)


def test_the_published_score_needs_photos(opened: Opened) -> None:
    with pytest.raises(UndefinedMetric, match="no photos"):
        published_clip_score(opened("clip"), TALKS[0], [])


def test_names_tell_the_files_and_not_where_they_lie(opened: Opened, folder: Callable[[str], Path]) -> None:
    name = opened("clip").name
    assert name.startswith("hf:clip@")
    assert str(folder("clip").parent) not in name
    assert name != opened("old-clip").name
    assert opened("open-clip").name.startswith("open_clip:open-clip@")


def test_weights_in_the_older_format_are_read(tmp_path: Path, folder: Callable[[str], Path], opened: Opened) -> None:
    import torch

    copy = Path(shutil.copytree(folder("clip"), tmp_path / "older"))
    (copy / "model.safetensors").unlink()
    torch.save(opened("clip").model.state_dict(), copy / "pytorch_model.bin")
    older = open_encoder(f"hf:{copy}")
    # Where the weights lie in memory changes the order of sums, and with it the last digits.
    assert np.allclose(older.texts(["a dog"]), opened("clip").texts(["a dog"]), atol=1e-6)


def test_a_photo_is_shown_upright(tmp_path: Path, opened: Opened, photos: list[Path]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    with Image.open(photos[1]) as upright:
        upright.save(tmp_path / "upright.png")
        upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.png", exif=exif)
    upright_row, lying_row = opened("clip").images([tmp_path / "upright.png", tmp_path / "lying.png"])
    assert upright_row == pytest.approx(lying_row, abs=1e-5)


def test_what_is_no_picture_is_named(tmp_path: Path, opened: Opened) -> None:
    (tmp_path / "letter.jpg").write_text("Dear all", "utf-8")
    with pytest.raises(InputError, match=r"letter\.jpg"):
        opened("clip").images([tmp_path / "letter.jpg"])


@pytest.mark.parametrize(
    ("name", "fault", "says"),
    [
        ("openai/clip-vit-base-patch32", Fault.UNKNOWN_MODEL, "hf:, open_clip:"),
        ("openclip:some/model", Fault.UNKNOWN_MODEL, "Write open_clip: before it"),
        ("hf:", Fault.UNKNOWN_MODEL, "there is no encoder"),
        ("hf:no folder of this name", Fault.UNKNOWN_MODEL, "no such folder"),
        ("hf:some/model?quantize=4bit", Fault.REJECTED, "device= and dtype="),
        ("hf:some/model?colour=blue", Fault.REJECTED, "colour"),
        ("hf:some/model+adapter", Fault.REJECTED, "adapter"),
        ("hf:openai/clip-vit-base-patch32", Fault.UNREACHABLE, "not on this machine"),
        ("hf:openai/clip-vit-base-patch32@3d74acf", Fault.UNREACHABLE, "not on this machine"),
        ("open_clip:ViT-B-320/openai", Fault.UNKNOWN_MODEL, "no architecture"),
        ("open_clip:ViT-B-32/nowhere.pt", Fault.UNKNOWN_MODEL, "laion2b_s34b_b79k"),
        ("open_clip:ViT-B-32/laion2b_s34b_b79k", Fault.UNREACHABLE, "cannot be reached"),
    ],
)
def test_a_name_that_cannot_be_opened(
    name: str, fault: Fault, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=says) as caught:
        open_encoder(name)
    assert caught.value.fault is fault


@pytest.mark.parametrize(("name", "package"), [("hf:x/y", "transformers"), ("open_clip:ViT-B-32/openai", "open_clip")])
def test_a_missing_package_is_named_with_the_extra(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [module for module in sys.modules if module == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr("importlib.util.find_spec", lambda asked: None if asked == package else object())
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModelError, match=r"photocast\[encoders\]") as caught:
        open_encoder(name)
    assert caught.value.fault is Fault.NOT_INSTALLED


def test_a_model_that_answers_is_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no encoder of texts and photos") as caught:
        open_encoder(f"hf:{build_tiny('qwen3_vl', tmp_path / 'talker')}")
    assert caught.value.fault is Fault.NO_IMAGES


def test_files_that_are_not_whole(tmp_path: Path, folder: Callable[[str], Path]) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    copy = Path(shutil.copytree(folder("clip"), tmp_path / "copy"))
    weights = load_file(copy / "model.safetensors")
    save_file({name: rows for name, rows in weights.items() if "text_projection" not in name}, copy / "half.bin")
    (copy / "half.bin").replace(copy / "model.safetensors")
    with pytest.raises(ModelError, match="1 parts of the weights are missing") as caught:
        open_encoder(f"hf:{copy}")
    assert caught.value.fault is Fault.BROKEN_FILES
    (copy / "config.json").write_text(json.dumps({"model_type": "clap2000"}), "utf-8")
    with pytest.raises(ModelError, match="clap2000"):
        open_encoder(f"hf:{copy}")
    assert torch.is_tensor(weights["logit_scale"])


@pytest.mark.parametrize("missing", ["tokenizer.json", "processor_config.json"])
def test_an_encoder_without_what_prepares_for_it(missing: str, tmp_path: Path, folder: Callable[[str], Path]) -> None:
    copy = Path(shutil.copytree(folder("clip"), tmp_path / "copy"))
    (copy / missing).unlink()
    with pytest.raises(ModelError, match=r"cannot be read|tokenizer is missing") as caught:
        open_encoder(f"hf:{copy}")
    assert caught.value.fault is Fault.BROKEN_FILES


def test_smaller_numbers_are_part_of_the_name(folder: Callable[[str], Path], opened: Opened) -> None:
    small = open_encoder(f"hf:{folder('clip')}?dtype=bfloat16&device=cpu")
    assert small.name == f"{opened('clip').name}?dtype=bfloat16"
    rows = small.texts(["a dog"])
    assert rows.dtype == np.float32
    assert rows[0] @ opened("clip").texts(["a dog"])[0] > 0.99


def test_the_example_of_the_grounding_page_runs(
    tmp_path: Path,
    folder: Callable[[str], Path],
    photos: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "grounding.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for album, shown in (("loaf", photos[:2]), ("walk", photos[2:])):
        (tmp_path / "albums" / album).mkdir(parents=True)
        for photo in shown:
            Image.open(photo).save(tmp_path / "albums" / album / f"{photo.stem}.jpg")
    (tmp_path / "loaf.txt").write_text("Ada: The loaf rose. Look!\nLeo: " + "It smelled of bread, " * 9, "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(example.replace("hf:openai/clip-vit-base-patch32", f"hf:{folder('clip')}"), {})
    assert re.fullmatch(r"-?0\.\d{3} - -?0\.\d{3} = -?0\.\d{3}\n\{.*\}\n", capsys.readouterr().out)
