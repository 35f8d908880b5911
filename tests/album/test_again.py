"""The pictures of an episode go to a model as those of an album do: small, upright, and with nothing but pixels."""

import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from photocast.album import for_models
from photocast.schema import InputError

Snap = Callable[..., Path]

HUGE = struct.pack(">4sIIBBBBB", b"IHDR", 20_000, 20_000, 8, 2, 0, 0, 0)
HUGE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + HUGE + struct.pack(">I", zlib.crc32(HUGE)) + b"\0\0\0\0IEND"
"""The head of a PNG of 400 million pixels."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that is the test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_picture_gets_smaller_never_larger(snap: Snap) -> None:
    wide, small = snap("p01.jpg", 1, size=(1600, 900)), snap("p02.jpg", 2, size=(300, 200))
    with for_models({"p01": wide, "p02": small}) as ready:
        assert list(ready) == ["p01", "p02"]
        with Image.open(ready["p01"]) as first, Image.open(ready["p02"]) as second:
            assert (first.size, second.size) == ((1024, 576), (300, 200))  # 900 * 1024 / 1600


def test_nothing_but_pixels_is_in_them(snap: Snap, paint: Callable[..., Image.Image], tmp_path: Path) -> None:
    told = snap(
        "p01.jpg",
        1,
        exif={0x010E: "Rosalinde at home", 0x010F: "TestCam"},
        ifd={0x9003: "2021:07:01 10:00:00"},
        gps={1: "N", 2: (38.0, 43.0, 20.0), 3: "W", 4: (9.0, 8.0, 22.0)},
        comment=b"Geheimfoto",
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    painted = tmp_path / "p02.png"
    text = PngInfo()
    text.add_text("Description", "Geheimfoto")
    paint(2).convert("RGBA").save(painted, pnginfo=text)
    with for_models({"p01": told, "p02": painted}) as ready:
        for path in ready.values():
            data = path.read_bytes()
            for secret in (b"Rosalinde", b"TestCam", b"2021:07", b"Geheimfoto", b"Exif", b"ICC_PROFILE"):
                assert secret not in data
            with Image.open(path) as picture:
                assert (picture.format, picture.mode) == ("JPEG", "RGB")
                assert not picture.getexif()
                assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_of_a_phone_is_turned_upright(snap: Snap) -> None:
    on_its_side = snap("p01.jpg", 1, size=(240, 160), exif={0x0112: 6})
    with for_models({"p01": on_its_side}) as ready, Image.open(ready["p01"]) as picture:
        assert picture.size == (160, 240)


def test_the_folder_goes_with_the_block(snap: Snap, temporary: Path) -> None:
    with for_models({"p01": snap("p01.jpg", 1)}) as ready:
        assert ready["p01"].parent.parent == temporary
        assert list(temporary.iterdir()) == [ready["p01"].parent]
    assert list(temporary.iterdir()) == []


def test_no_pictures_are_no_pictures() -> None:
    with for_models({}) as ready:
        assert ready == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"this is no picture at all", "text"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 400, "cannot be decoded|ends before"),
        (HUGE, "it claims 20000 x 20000 pixels"),
        (None, "no such file"),
    ],
    ids=["empty", "text", "broken", "huge", "gone"],
)
def test_what_cannot_be_read_is_named(
    content: bytes | None, why: str, snap: Snap, tmp_path: Path, temporary: Path
) -> None:
    broken = tmp_path / "photos" / "p02.jpg"
    broken.parent.mkdir()
    if content is not None:
        broken.write_bytes(content)
    with pytest.raises(InputError, match=why) as failed, for_models({"p01": snap("p01.jpg", 1), "p02": broken}):
        pass
    assert failed.value.what == f"cannot read {broken}"
    assert failed.value.do
    assert list(temporary.iterdir()) == []


def test_a_photo_cut_short_is_refused(snap: Snap) -> None:
    path = snap("p01.jpg", 1, size=(800, 600))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(InputError, match="ends before the picture does"), for_models({"p01": path}):
        pass
