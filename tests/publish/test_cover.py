"""A cover is what podcast directories take, whatever the album and its title."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from photocast.publish.cover import cover
from photocast.publish.lettering import Letters
from photocast.schema import UsageError

TITLES = ["Sea", "", "旅行", "word " * 200, "Donaudampfschifffahrtsgesellschaftskapitän" * 3, "Лиссабон 🎉"]


def photos(folder: Path, count: int) -> list[Path]:
    shapes = [(400, 300), (30, 900), (900, 30), (1, 1), (300, 300)]
    for number in range(count):
        Image.new("RGB", shapes[number], (200, 40 * number, 30)).save(folder / f"{number}.jpg")
    return [folder / f"{number}.jpg" for number in range(count)]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_it_is_a_square_jpeg_of_a_size_that_directories_take(tmp_path: Path, title: str, count: int) -> None:
    data = cover(title, images := photos(tmp_path, count), size=1400)
    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (1400, 1400), "RGB")
        grey = picture.convert("L")
    edges = [grey.crop((left, 1240, left + 60, 1400)).getextrema()[1] for left in (0, 1340)]
    assert max(edges) < 120  # no letter runs out of the ground below the photos
    assert len(data) < 512_000
    assert data == cover(title, images, size=1400)


def test_a_size_that_directories_refuse_is_told() -> None:
    with pytest.raises(UsageError, match="1400 to 3000"):
        cover("Sea", [], size=1000)


def test_words_without_letters_are_left_out_and_sentences_are_not_cut() -> None:
    letters = Letters()
    assert letters.words("Lissabon 旅行 🎉 Ærøskøbing Ελλάδα") == "Lissabon Ærøskøbing Ελλάδα"
    assert letters.sentence("Look at that 🎉\nnow!") == "Look at that\nnow!"
    assert letters.sentence("This says 海.") is None
