"""What the eyes see on real photos and on pictures drawn here."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from photocast.models import Eyes, Line, coco_names, imagenet_names

LOAF = Path(__file__).parents[2] / "examples" / "sourdough_loaf"
BAKING = ("dough", "French loaf", "bakery", "bagel")


@pytest.fixture(scope="module")
def eyes() -> Eyes:
    return Eyes()


def test_dough_is_seen_while_it_is_shaped(eyes: Eyes) -> None:
    for number in ("01", "03", "04", "05", "06", "08"):
        (photo,) = LOAF.glob(f"{number}_*.jpg")
        (best, chance), *_ = eyes.classify(photo).items()
        assert best == "dough", photo.name
        assert chance > 0.5, photo.name


def test_the_baked_loaf_is_bread(eyes: Eyes) -> None:
    seen = eyes.classify(LOAF / "10_free-standing-loaf.jpg")
    assert next(iter(seen)) == "French loaf"
    assert sum(seen.get(name, 0) for name in BAKING) > 0.35


def test_the_oven_is_found_where_it_is(eyes: Eyes) -> None:
    (oven,) = [box for box in eyes.detect(LOAF / "09_oven-example.jpg") if box.label == "oven"]
    assert oven.score > 0.8
    assert oven.area > 0.5


def test_a_glance_has_all_classes_in_order_and_features_of_length_one(eyes: Eyes) -> None:
    glance = eyes.glance(LOAF / "10_free-standing-loaf.jpg")
    chances = list(glance.probabilities.values())
    assert set(glance.probabilities) == set(imagenet_names())
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=1e-4)
    assert glance.features.shape == (1280,)
    assert np.linalg.norm(glance.features) == pytest.approx(1)
    assert list(eyes.classify(LOAF / "10_free-standing-loaf.jpg")) == list(glance.probabilities)[:50]


def test_like_looks_alike(eyes: Eyes, tmp_path: Path) -> None:
    loaf = LOAF / "10_free-standing-loaf.jpg"
    with Image.open(loaf) as photo:
        photo.crop((40, 30, photo.width - 20, photo.height)).save(tmp_path / "nearly.jpg")
    same = eyes.features(loaf) @ eyes.features(tmp_path / "nearly.jpg")
    other = eyes.features(loaf) @ eyes.features(LOAF / "02_window-pane-effect.jpg")
    assert same > 0.9 > other


def test_another_pair_of_eyes_sees_the_same(eyes: Eyes) -> None:
    photo = LOAF / "09_oven-example.jpg"
    fresh = Eyes()
    assert fresh.detect(photo) == eyes.detect(photo)
    assert fresh.classify(photo) == eyes.classify(photo)
    assert fresh.read(photo) == eyes.read(photo)


def test_a_file_that_changes_is_looked_at_again(eyes: Eyes, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes((LOAF / "03_bulk-finished-dough.jpg").read_bytes())
    before = eyes.glance(path)
    assert eyes.glance(path) is before
    path.write_bytes((LOAF / "09_oven-example.jpg").read_bytes())
    os.utime(path, (0, 0))
    assert next(iter(eyes.classify(path))) != "dough"


def draw(path: Path, *lines: str, tilt: float = 0) -> Path:
    """Black letters on a light ground."""
    picture = Image.new("RGB", (900, 600), (225, 222, 210))
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        pen.text((90, 130 + 150 * row), line, fill=(25, 25, 40), font=ImageFont.load_default(72))
    picture.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=(225, 222, 210)).save(path)
    return path


def letters(line: Line) -> str:
    return line.text.replace(" ", "")


def test_drawn_text_is_read_where_it_stands(eyes: Eyes, tmp_path: Path) -> None:
    lines = eyes.read(draw(tmp_path / "sign.png", "Open until 17:30", "Bread & Butter"))
    assert [letters(line) for line in lines] == ["Openuntil17:30", "Bread&Butter"]
    assert all(line.confidence > 0.9 for line in lines)
    assert all(0.05 < line.x0 < 0.15 and line.x1 < 0.85 for line in lines)
    assert lines[0].y1 <= lines[1].y0 + 0.02


@pytest.mark.parametrize("tilt", [-12, 10])
def test_tilted_text_is_read(eyes: Eyes, tmp_path: Path, tilt: float) -> None:
    lines = eyes.read(draw(tmp_path / "sign.png", "MARKET STREET", tilt=tilt))
    assert [letters(line) for line in lines] == ["MARKETSTREET"]


def test_letters_it_does_not_know_well_are_not_left_out_silently(eyes: Eyes, tmp_path: Path) -> None:
    lines = eyes.read(draw(tmp_path / "sign.png", "Café"))
    assert all(letters(line) == "Café" or line.confidence < 0.6 for line in lines)


def test_a_blank_wall_says_nothing(eyes: Eyes, tmp_path: Path) -> None:
    path = draw(tmp_path / "wall.png")
    assert eyes.read(path) == []
    assert eyes.detect(path) == []


@pytest.mark.parametrize("size", [(1, 1), (1024, 3), (5, 900)])
def test_pictures_of_any_shape_are_looked_at(eyes: Eyes, tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, (90, 120, 60)).save(tmp_path / "odd.png")
    assert sum(eyes.glance(tmp_path / "odd.png").probabilities.values()) == pytest.approx(1, abs=1e-4)
    assert eyes.read(tmp_path / "odd.png") == []
    assert all(box.label in coco_names() for box in eyes.detect(tmp_path / "odd.png"))


def test_cars_and_people_at_the_car_show(eyes: Eyes, shared: Path) -> None:
    photos = sorted((shared / "albums" / "13_classic_car_show").glob("*.jpg"))
    found = [{box.label for box in eyes.detect(photo) if box.score > 0.5} for photo in photos]
    assert sum(bool(labels & {"car", "truck"}) for labels in found) >= 8
    assert sum("person" in labels for labels in found) >= 4
    ((first, chance), *_) = eyes.classify(photos[0]).items()
    assert first == "sports car"
    assert chance > 0.5


def test_the_name_on_the_van_is_read(eyes: Eyes, shared: Path) -> None:
    lines = eyes.read(shared / "albums" / "13_classic_car_show" / "04_20220430_13_32_29.jpg")
    assert "VIKAFJELL" in {line.text for line in lines if line.confidence > 0.9}
