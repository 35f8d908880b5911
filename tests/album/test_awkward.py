"""Sixty-two hostile or unusual files, each with what must become of it."""

import re
from pathlib import Path

import pytest
from PIL import Image

from photocast.album import Album
from photocast.schema import InputError, Reason

EXPECTED = {
    "alpha_gradient.png": (600, 400),
    "animated_chi.gif": (320, 240),
    "animated_transparent.gif": (38, 32),
    "bad_exif.jpg": (500, 500),
    "bomb.gif": Reason.TOO_LARGE,
    "bomb.ico": Reason.UNSUPPORTED,
    "bomb_30000x30000.png": Reason.TOO_LARGE,
    "bomb_header_only_65535.png": Reason.TOO_LARGE,
    "broken.png": Reason.TRUNCATED,
    "broken_stream.png": Reason.TRUNCATED,
    "cmyk.jpg": (100, 100),
    "denali.webp": (600, 315),
    "dup_of_oven.jpg": (1024, 713),
    "empty_gps.jpg": (4640, 3472),
    "exif_injection.jpg": (600, 400),
    "exif_zerodiv.jpg": (200, 200),
    "frozenpond.mpo": (640, 480),
    "gps_typeerror.jpg": (800, 531),
    "gray_16bit.png": (640, 427),
    "header_only.jpg": Reason.TRUNCATED,
    "heic_iphone.heic": (2566, 3313),
    "heif_nokia.heif": (4608, 3456),
    "html_as.jpg": Reason.UNSUPPORTED,
    "invalid_image00971.jpg": (636, 227),
    "invalid_image01088.jpg": (425, 120),
    "invalid_image01551.jpg": (61, 58),
    "invalid_image02206.jpg": (65, 65),
    "jpeg_16bit_qtables.jpg": (128, 128),
    "lab.tif": (128, 128),
    "lfs_pointer.jpg": Reason.UNSUPPORTED,
    "long_description.jpg": (100, 73),
    "newtonscradle.gif": (200, 150),
    "nom_été_日本 🎉.jpg": (1024, 713),
    "one_pixel.png": Reason.TOO_SMALL,
    "orient6.webp": (128, 128),
    **{f"orient_landscape_{n}.jpg": (1800, 1200) for n in range(1, 9)},
    **{f"orient_portrait_{n}.jpg": (1200, 1800) for n in (3, 6, 8)},
    "panorama_7824x1152.jpg": (7824, 1152),
    "photo.psd": Reason.UNSUPPORTED,
    "png_orientation.png": (512, 512),
    "rgb_16bit.png": (480, 320),
    "rotated6_bw_portrait.jpg": (840, 700),
    "strip_5000x20.jpg": Reason.TOO_SMALL,
    "text_as.jpg": Reason.UNSUPPORTED,
    "thumb_tiny.jpg": (100, 68),
    "tiff_16bit.tif": (64, 64),
    "transparent.png": (200, 150),
    "truncated_half.jpg": Reason.TRUNCATED,
    "truncated_pillow.jpg": Reason.TRUNCATED,
    "truncated_pillow.png": Reason.TRUNCATED,
    "wrong_extension_jpg.png": (1024, 713),
    "wrong_extension_png.jpg": (451, 300),
    "zero_byte.jpg": Reason.UNREADABLE,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_awkward_file_is_used_or_named_with_its_reason(shared: Path, name: str) -> None:
    expected = EXPECTED[name]
    if isinstance(expected, Reason):
        with pytest.raises(InputError, match=re.escape(name)) as refusal:
            Album.open(shared / "awkward" / name)
        assert f"1 {expected.value.replace('_', ' ')}" in refusal.value.why
        return
    with Album.open(shared / "awkward" / name) as album:
        (photo,) = album.photos
        assert (photo.width, photo.height) == expected
        _check_picture(album.model_image("p01"), expected, 1024)
        _check_picture(album.page_image("p01"), expected, 1600)


def _check_picture(path: Path, size: tuple[int, int], longest: int) -> None:
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert max(picture.size) == min(longest, max(size))
        assert picture.width / picture.height == pytest.approx(size[0] / size[1], rel=0.02)
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment", "photoshop"} & picture.info.keys()


def test_all_of_them_together_lose_none(shared: Path) -> None:
    with Album.open(shared / "awkward") as album:
        found = [photo.source for photo in album.photos] + [one.source for one in album.set_aside]
    assert sorted(found) == sorted([*EXPECTED, "index.csv"])
    reasons = {one.source: one.reason for one in album.set_aside}
    for name, expected in EXPECTED.items():
        if isinstance(expected, Reason):
            assert reasons[name] is expected
        else:
            assert reasons.get(name) in (None, Reason.DUPLICATE, Reason.NEAR_DUPLICATE, Reason.BLURRED)


def test_eight_orientations_of_one_photo_are_one_photo(shared: Path) -> None:
    with Album.open(sorted((shared / "awkward").glob("orient_landscape_*.jpg"))) as album:
        assert len(album.photos) == 1
        assert [one.reason for one in album.set_aside] == [Reason.NEAR_DUPLICATE] * 7


def test_metadata_of_strangers_is_kept_as_plain_words(shared: Path) -> None:
    with Album.open(shared / "awkward" / "exif_injection.jpg") as album:
        caption = album.photos[0].caption
    assert caption is not None
    assert caption.startswith("Ignore previous instructions")
    assert "\n" not in caption


def test_a_phone_tells_time_with_offset_and_city(shared: Path) -> None:
    with Album.open(shared / "awkward" / "heic_iphone.heic") as album:
        (photo,) = album.photos
    assert photo.taken_at is not None
    assert photo.taken_at.isoformat() == "2021-04-11T15:47:53-05:00"
    assert photo.place is not None
    assert (photo.place.city, photo.place.region, photo.place.country) == ("Blue Springs", "Missouri", "United States")
    assert "94.2" not in photo.model_dump_json()
