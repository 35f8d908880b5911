"""Copies, near-copies, blurred shots and too many photos; and how any of them comes back."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from photocast.album import Album
from photocast.schema import Reason, SetAside, UsageError

Snap = Callable[..., Path]
Paint = Callable[..., Image.Image]


def used(album: Album) -> list[str]:
    return [photo.source for photo in album.photos]


def one(album: Album) -> SetAside:
    (aside,) = album.set_aside
    assert aside.can_be_kept
    return aside


def test_a_copy_is_set_aside_for_the_first_of_its_name(snap: Snap) -> None:
    photo = snap("b.jpg", 1)
    shutil.copy(photo, photo.with_name("a.jpg"))
    with Album.open(photo.parent) as album:
        assert used(album) == ["a.jpg"]
        assert (one(album).source, one(album).reason, one(album).of) == ("b.jpg", Reason.DUPLICATE, "a.jpg")
    with Album.open(photo.parent, keep=["b.jpg"]) as album:
        assert used(album) == ["b.jpg"]
        assert one(album).of == "b.jpg"
    with Album.open(photo.parent, keep=["a.jpg", "b.jpg"]) as album:
        assert used(album) == ["a.jpg", "b.jpg"]


def test_a_near_copy_is_set_aside_for_the_better_photo(snap: Snap, paint: Paint) -> None:
    small = snap("a.jpg", 1)
    large = paint(1).resize((480, 320), Image.Resampling.LANCZOS)
    ImageEnhance.Brightness(large).enhance(0.9).save(small.with_name("b.jpg"))
    with Album.open(small.parent) as album:
        assert used(album) == ["b.jpg"]
        assert (one(album).reason, one(album).of) == (Reason.NEAR_DUPLICATE, "b.jpg")
        assert "0.28" in one(album).detail
    with Album.open(small.parent, keep=["a.jpg"]) as album:
        assert used(album) == ["a.jpg"]
        assert one(album).source == "b.jpg"
    with Album.open(small.parent, keep=["a.jpg", "b.jpg"]) as album:
        assert used(album) == ["a.jpg", "b.jpg"]


def test_a_mirrored_photo_and_another_colour_are_other_photos(snap: Snap, paint: Paint) -> None:
    photo = snap("a.jpg", 1)
    paint(1).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photo.with_name("b.jpg"))
    red, green, blue = paint(1).split()
    Image.merge("RGB", (blue, green, red)).save(photo.with_name("c.jpg"))
    with Album.open(photo.parent) as album:
        assert used(album) == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_blurred_photo_is_set_aside_with_its_figure(snap: Snap, paint: Paint) -> None:
    photo = snap("a.jpg", 1)
    paint(2).filter(ImageFilter.GaussianBlur(6)).save(photo.with_name("b.jpg"))
    with Album.open(photo.parent) as album:
        assert used(album) == ["a.jpg"]
        assert one(album).reason is Reason.BLURRED
        assert "8 or more" in one(album).detail
    with Album.open(photo.parent, keep=["b.jpg"]) as album:
        assert used(album) == ["a.jpg", "b.jpg"]


def test_when_all_are_blurred_the_sharpest_stays(snap: Snap, paint: Paint) -> None:
    folder = snap("x.jpg", 1).parent
    (folder / "x.jpg").unlink()
    for radius in (9, 6, 12):
        paint(radius).filter(ImageFilter.GaussianBlur(radius)).save(folder / f"{radius}.png")
    with Album.open(folder) as album:
        assert used(album) == ["6.png"]
        assert {aside.reason for aside in album.set_aside} == {Reason.BLURRED}


def test_when_all_are_alike_the_best_stays(snap: Snap, paint: Paint) -> None:
    folder = snap("0.jpg", 1).parent
    for n in range(1, 40):
        paint(1).save(folder / f"{n}.jpg", quality=60 + n % 30)
    with Album.open(folder) as album:
        assert len(album.photos) == 1
        assert len(album.set_aside) == 39
        assert {aside.of for aside in album.set_aside} <= set(used(album)) | {a.source for a in album.set_aside}


def test_pictures_of_one_tone_are_not_blurred(snap: Snap) -> None:
    folder = snap("a.jpg", 1).parent
    Image.new("RGB", (200, 200), "navy").save(folder / "night.png")
    with Album.open(folder) as album:
        assert used(album) == ["a.jpg", "night.png"]


def test_a_thousand_photos(snap: Snap, paint: Paint) -> None:
    folder = snap("0.jpg", 0, size=(64, 48)).parent
    for n in range(1, 1000):
        paint(n, (64, 48)).save(folder / f"{n}.jpg")
    with Album.open(folder, keep=["777.jpg", "778.jpg"]) as album:
        assert len(album.photos) == 300
        assert {"0.jpg", "777.jpg", "778.jpg", "999.jpg"} <= set(used(album))
        assert (album.photos[0].id, album.photos[-1].id) == ("p01", "p300")
        assert album.page_image("p300").is_file()
        assert len(list(album.page_image("p01").parent.iterdir())) == 600
        assert {aside.reason for aside in album.set_aside} == {Reason.NOT_CHOSEN}
        assert len(album.set_aside) == 700
        numbers = [int(name.removesuffix(".jpg")) for name in used(album)]
        assert numbers == sorted(numbers)


def test_more_kept_than_the_album_holds(snap: Snap) -> None:
    folder = snap("a.jpg", 1).parent
    snap("b.jpg", 2)
    with pytest.raises(UsageError, match="cannot keep 2 photos"):
        Album.open(folder, limit=1, keep=["a.jpg", "b.jpg"])
    with Album.open(folder, limit=1) as album:
        assert len(album.photos) == 1
        assert one(album).reason is Reason.NOT_CHOSEN


def test_the_same_folder_gives_the_same_album(snap: Snap) -> None:
    folder = snap("a.jpg", 1).parent
    for n in range(20):
        snap(f"{n}.jpg", n)
    with Album.open(folder) as first, Album.open(folder) as second:
        assert first.model_dump() == second.model_dump()
        assert first.model_image("p05").read_bytes() == second.model_image("p05").read_bytes()
