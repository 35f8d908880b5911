"""Pictures are kept by what is in them; what is not whole is not kept, and what is gone is said to be gone."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from photocast.models.images import Drawn, PictureFolder, missing, read_drawn
from photocast.models.images.drawn import keep
from photocast.schema import AnswerLost, InputError

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256sum of "hello"


def png(width: int = 40, height: int = 30) -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize((width, height)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def test_a_file_lies_under_its_hash(store: PictureFolder) -> None:
    assert store.put(b"hello", "png") == HELLO
    assert (store.folder / "2c" / f"{HELLO}.png").read_bytes() == b"hello"
    assert store.has(HELLO)
    assert store.get(HELLO) == b"hello"


def test_twice_the_same_is_one_file(store: PictureFolder) -> None:
    assert store.put(b"hello", "png") == store.put(b"hello", "png")
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == [f"{HELLO}.png"]


@pytest.mark.parametrize("name", ["", "*", "../secret", "2c", HELLO.upper()])
def test_what_is_no_hash_is_not_there(name: str, store: PictureFolder) -> None:
    store.put(b"hello", "png")
    assert not store.has(name)


def test_a_file_that_has_changed_is_not_given_out(store: PictureFolder) -> None:
    store.put(b"hello", "png")
    (store.folder / "2c" / f"{HELLO}.png").write_bytes(b"hallo")
    with pytest.raises(InputError, match="its bytes are not those"):
        store.get(HELLO)
    store.put(b"hello", "png")
    assert store.get(HELLO) == b"hello"


def test_a_file_that_is_not_there(store: PictureFolder) -> None:
    with pytest.raises(InputError, match="there is no picture 2cf24dba5fb0"):
        store.get(HELLO)
    gap = missing(Drawn(HELLO, "png", 1, 1, 0), store)
    assert gap is not None
    assert "not drawn, or paid for, a second time" in str(gap)
    store.put(b"hello", "png")
    assert missing(Drawn(HELLO, "png", 1, 1, 0), store) is None


def test_a_picture_is_named_by_what_it_is(store: PictureFolder) -> None:
    drawn = keep(png(), 7, store)
    assert (drawn.format, drawn.width, drawn.height, drawn.seed) == ("png", 40, 30, 7)
    assert store.get(drawn.image) == png()
    assert json.loads(drawn.text) == {"image": drawn.image, "format": "png", "width": 40, "height": 30, "seed": 7}


@given(st.integers(0, len(png()) - 5))
def test_no_part_of_a_picture_is_kept(length: int) -> None:
    """Without its last four bytes, the sum of an empty chunk, all of it is still there."""
    store = PictureFolder(Path("/dev/null/nothing"))
    with pytest.raises(ValueError, match="not whole"):
        keep(png()[:length], 0, store)


@pytest.mark.parametrize("data", [b"", b"<html>", b"GIF89a" + bytes(40)])
def test_what_is_no_picture_is_not_kept(data: bytes, store: PictureFolder) -> None:
    with pytest.raises(ValueError, match="not whole"):
        keep(data, 0, store)
    assert not store.folder.exists()


def test_a_store_that_takes_nothing_says_that_a_picture_was_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AnswerLost, match="was drawn and not kept"):
        keep(png(), 0, PictureFolder(tmp_path / "file"))


@given(st.integers(1, 4096), st.integers(1, 4096), st.none() | st.integers(0, 2**32 - 1))
def test_an_answer_reads_back(width: int, height: int, seed: int | None) -> None:
    drawn = Drawn(HELLO, "png", width, height, seed)
    assert read_drawn(drawn.text) == drawn


@pytest.mark.parametrize("text", ["", "a boat", "[]", "{}", '{"image": 5, "format": "png"}', '"image"', "null"])
def test_other_answers_name_no_picture(text: str) -> None:
    assert read_drawn(text) is None
