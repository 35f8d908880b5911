"""Checks of drawn pictures."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from photocast.album.likeness import likeness_of
from photocast.corpus.pictures import better_prompt, duplicate_of, is_blank, open_whole


def scene(seed: int, size: tuple[int, int] = (160, 96)) -> Image.Image:
    """Coarse patches of colour, other ones for every seed."""
    grid = np.random.default_rng(seed).integers(0, 256, (6, 10, 3), np.uint8)
    return Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_whole_file_is_opened_and_half_a_file_is_not(form: str) -> None:
    file = BytesIO()
    scene(1).save(file, form)
    opened = open_whole(file.getvalue())
    assert opened is not None
    assert (opened.size, opened.mode) == ((160, 96), "RGB")
    assert open_whole(file.getvalue()[: len(file.getvalue()) // 2]) is None
    assert open_whole(b"<html>") is None


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (128, 128, 128), (200, 30, 90)])
def test_an_even_colour_is_blank_with_noise_as_well(colour: tuple[int, int, int]) -> None:
    even = np.full((96, 160, 3), colour, np.int16)
    noisy = even + np.random.default_rng(0).integers(-3, 4, even.shape)
    assert is_blank(Image.fromarray(even.astype(np.uint8)))
    assert is_blank(Image.fromarray(noisy.clip(0, 255).astype(np.uint8)))


def test_little_is_not_nothing() -> None:
    """A dark room with a lamp on a fiftieth of the picture; and a red sky with a green sun that is as bright."""
    lamp = Image.new("L", (100, 100))
    lamp.paste(40, (0, 0, 10, 20))
    assert not is_blank(lamp.convert("RGB"))
    sky = Image.new("RGB", (100, 100), (90, 0, 0))
    sky.paste((0, 46, 0), (40, 40, 60, 60))  # 0.299 * 90 = 0.587 * 46
    assert not is_blank(sky)
    assert not is_blank(scene(1))


def test_the_same_scene_again_is_found() -> None:
    others = [likeness_of(scene(seed)) for seed in (1, 2, 3)]
    assert duplicate_of(scene(2), others) == 1
    darker = scene(2).point([level * 9 // 10 for level in range(256)] * 3)
    assert duplicate_of(darker, others) == 1
    assert duplicate_of(scene(4), others) is None
    assert duplicate_of(scene(1), []) is None


def unit(*rows: tuple[float, float]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    vectors = np.array(rows, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_another_prompt_must_fit_better_by_a_margin() -> None:
    """Cosines with (1, 0): 0.8, 0.6, and 0.81 / sqrt(0.81² + 0.6²) = 0.8036."""
    prompts, picture = unit((4, 3), (3, 4), (0.81, 0.6)), unit((1, 0))[0]
    assert better_prompt(picture, prompts, own=1) == 2  # 0.8036 is more than 0.02 above 0.6
    assert better_prompt(picture, prompts, own=0) is None  # and not above 0.8
    assert better_prompt(picture, prompts, own=2) is None
    assert better_prompt(picture, prompts[:1], own=0) is None
