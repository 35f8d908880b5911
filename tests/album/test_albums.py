"""The real albums: nothing is set aside that a person would keep."""

import itertools
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from photocast.album import Album
from photocast.album.likeness import difference, likeness_of
from photocast.album.sharpness import sharpness_of


def test_every_photo_of_every_real_album_is_used(shared: Path) -> None:
    for folder in sorted(path for path in (shared / "albums").iterdir() if path.is_dir()):
        with Album.open(folder) as album:
            assert len(album.photos) == len(list(folder.iterdir())), folder.name
            assert album.set_aside == ()
            assert album.title == folder.name[3:].replace("_", " ")
            assert [photo.id for photo in album.photos] == [f"p{n:02d}" for n in range(1, len(album.photos) + 1)]


def test_the_time_of_an_edit_is_not_the_time_of_the_photo(shared: Path) -> None:
    with Album.open(shared / "albums" / "13_classic_car_show") as album:
        first, last = album.photos[0].taken_at, album.photos[-1].taken_at
    assert first is not None
    assert last is not None
    assert (first.isoformat(), last.isoformat()) == ("2022-04-30T13:26:34", "2022-04-30T13:43:12")


def test_a_city_comes_from_gps_and_cameras_write_no_captions(shared: Path) -> None:
    with Album.open(shared / "albums" / "01_arezzo_walk") as album:
        assert {(p.place.city, p.place.country) for p in album.photos if p.place} == {("Arezzo", "Italy")}
    with Album.open(shared / "albums" / "20_friends_night_out") as album:
        assert {photo.caption for photo in album.photos} == {None}


def test_captions_and_keywords_come_from_iptc_and_xmp(shared: Path) -> None:
    with Album.open(shared / "albums" / "19_wildflowers") as album:
        falcon = next(photo for photo in album.photos if "falcon" in photo.source)
        rocks = next(photo for photo in album.photos if "rocks" in photo.source)
    assert falcon.caption is not None
    assert falcon.caption.startswith("Adult female prairie falcon")
    assert {"raptors", "prairie falcons"} <= set(falcon.keywords)
    assert rocks.caption is None  # SONY DSC


def test_photos_without_a_time_stay_with_their_neighbours_by_name(shared: Path) -> None:
    with Album.open(shared / "albums" / "02_lgm_london_trip") as album:
        assert [int(photo.source[:2]) for photo in album.photos] == list(range(1, 11))


@pytest.fixture(scope="module")
def pictures(shared: Path) -> list[Image.Image]:
    return [Image.open(path).convert("RGB") for path in sorted((shared / "albums").glob("*/*.jpg"))[::4]]


def test_blur_is_told_from_sharpness_on_real_photos(pictures: list[Image.Image]) -> None:
    for picture in pictures:
        assert not sharpness_of(picture).blurred
        fog = picture.point(lambda value: 150 + value // 5)
        assert not sharpness_of(fog).blurred
        shaken = picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 128))
        assert sharpness_of(shaken).blurred


def test_a_burst_is_told_from_another_photo(pictures: list[Image.Image]) -> None:
    bursts = 0
    for picture in pictures:
        width, height = picture.size
        one = picture.crop((0, 0, int(width * 0.96), int(height * 0.96)))
        other = picture.crop((int(width * 0.03), int(height * 0.02), int(width * 0.99), int(height * 0.98)))
        bursts += difference(likeness_of(one), likeness_of(other)).negligible
    assert bursts / len(pictures) >= 0.75
    for one, other in itertools.pairwise(pictures):
        assert not difference(likeness_of(one), likeness_of(other)).negligible
