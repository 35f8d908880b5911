"""Every colour mode to sRGB, and nothing decoded that should not be."""

import io
import struct
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, features

from photocast.album import Album
from photocast.album.decode import Refused, load, open_picture, read_bytes
from photocast.album.kinds import Kind, kind_of
from photocast.schema import InputError, Reason

Snap = Callable[..., Path]
Paint = Callable[..., Image.Image]


def colour(path: Path, at: tuple[float, float] = (0.5, 0.5)) -> tuple[int, ...]:
    with Album.open(path) as album, Image.open(album.page_image("p01")) as page:
        pixel = page.getpixel((int(page.width * at[0]), int(page.height * at[1])))
    assert isinstance(pixel, tuple)
    return pixel


def near(one: tuple[int, ...], other: tuple[int, ...], within: int = 6) -> bool:
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("mode", "value", "suffix", "expected"),
    [
        ("1", 255, ".png", (255, 255, 255)),
        ("L", 100, ".png", (100, 100, 100)),
        ("LA", (100, 0), ".png", (255, 255, 255)),
        ("RGBA", (255, 0, 0, 128), ".png", (255, 127, 127)),
        ("RGBA", (255, 0, 0, 0), ".webp", (255, 255, 255)),
        ("P", 0, ".gif", (0, 0, 0)),
        ("CMYK", (0, 255, 255, 0), ".jpg", (254, 0, 0)),
        ("CMYK", (0, 255, 255, 0), ".tif", (255, 0, 0)),
        ("YCbCr", (100, 128, 128), ".jpg", (100, 100, 100)),
        ("I;16", 256 * 200, ".tif", (200, 200, 200)),
        ("I;16", 256 * 200, ".png", (200, 200, 200)),
        ("RGB", (10, 200, 30), ".avif", (10, 200, 30)),
        ("RGB", (10, 200, 30), ".webp", (10, 200, 30)),
    ],
)
def test_colour_modes(tmp_path: Path, mode: str, value: object, suffix: str, expected: tuple[int, ...]) -> None:
    path = tmp_path / f"a{suffix}"
    Image.new(mode, (64, 64), value).save(path)  # type: ignore[arg-type]
    assert near(colour(path), expected)


def test_one_see_through_colour_of_a_png_turns_white(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (10, 20, 30)).save(tmp_path / "a.png", transparency=(10, 20, 30))
    assert colour(tmp_path / "a.png") == (255, 255, 255)


def test_floats_are_stretched_to_what_can_be_seen(tmp_path: Path) -> None:
    ramp = np.linspace(-3, 5, 64, dtype=np.float32)[None, :].repeat(64, axis=0)
    ramp[0, 0] = np.nan
    Image.fromarray(ramp).save(tmp_path / "a.tif")
    assert colour(tmp_path / "a.tif", (0.02, 0.5))[0] < 20
    assert colour(tmp_path / "a.tif", (0.98, 0.5))[0] > 235


def test_what_is_infinite_does_not_darken_the_rest(tmp_path: Path) -> None:
    ramp = np.linspace(2, 10, 64, dtype=np.float32)[None, :].repeat(64, axis=0)
    ramp[:8], ramp[-8:] = np.inf, -np.inf
    Image.fromarray(ramp).save(tmp_path / "a.tif")
    assert colour(tmp_path / "a.tif", (0.5, 0.02)) == (255, 255, 255)
    assert near(colour(tmp_path / "a.tif"), (127, 127, 127))
    assert colour(tmp_path / "a.tif", (0.5, 0.98)) == (0, 0, 0)


def test_whole_numbers_of_any_range_are_stretched(tmp_path: Path) -> None:
    ramp = np.linspace(1_000_000_000, 1_000_000_100, 64).astype(np.int32)[None, :].repeat(64, axis=0)
    Image.fromarray(ramp).save(tmp_path / "a.tif")
    assert near(colour(tmp_path / "a.tif"), (127, 127, 127))


@pytest.mark.parametrize(
    ("size", "decoded"),
    [
        ((4000, 3000), (2000, 1500)),
        ((3000, 4001), (1500, 2001)),
        ((3199, 2400), (3199, 2400)),
        ((6400, 33), (1600, 9)),
        ((200, 100), (200, 100)),
    ],
)
def test_a_jpeg_is_decoded_no_larger_than_it_is_needed(size: tuple[int, int], decoded: tuple[int, int]) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, "JPEG")
    picture = open_picture(Kind.JPEG, buffer.getvalue())
    load(picture, Kind.JPEG, buffer.getvalue(), 1600)
    assert picture.size == decoded


def test_a_profile_changes_the_numbers_and_a_broken_one_does_not_matter(tmp_path: Path) -> None:
    lab = ImageCms.createProfile("LAB")
    picture = Image.new("LAB", (64, 64), (128, 128, 128))
    picture.save(tmp_path / "lab.tif")
    assert near(colour(tmp_path / "lab.tif"), (119, 119, 119), 8)
    broken = ImageCms.ImageCmsProfile(lab).tobytes()[:200]
    Image.new("RGB", (64, 64), (10, 200, 30)).save(tmp_path / "a.png", icc_profile=broken)
    assert near(colour(tmp_path / "a.png"), (10, 200, 30))


def test_wide_gamut_of_a_phone_comes_out_as_srgb(shared: Path) -> None:
    path = next((shared / "albums" / "14_dog_at_the_beach").glob("*.jpg"))
    with Image.open(path) as original, Album.open(path) as album, Image.open(album.page_image("p01")) as page:
        profile = ImageCms.getOpenProfile(io.BytesIO(original.info["icc_profile"]))
        expected = ImageCms.profileToProfile(original, profile, ImageCms.createProfile("sRGB"))
        assert expected is not None
        difference = np.abs(np.asarray(expected, dtype=int) - np.asarray(page, dtype=int))
        assert difference.mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_as_the_standard_draws_it(tmp_path: Path, orientation: int) -> None:
    """A red corner at the top left of the upright photo, stored as each orientation stores it."""
    upright = Image.new("RGB", (96, 64), "white")
    upright.paste((255, 0, 0), (0, 0, 32, 32))
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.rotate(180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    with Album.open(tmp_path / "a.png") as album:
        assert (album.photos[0].width, album.photos[0].height) == (96, 64)
    assert near(colour(tmp_path / "a.png", (0.1, 0.1)), (255, 0, 0), 20)
    assert near(colour(tmp_path / "a.png", (0.9, 0.9)), (255, 255, 255), 20)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


def webp_header(width: int, height: int) -> bytes:
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + body


@pytest.mark.parametrize("data", [png_header(12000, 10001), webp_header(16383, 16383)])
def test_a_bomb_is_refused_from_its_header(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bomb").write_bytes(data)
    tracemalloc.start()
    with pytest.raises(InputError, match="too large"):
        Album.open(tmp_path / "bomb")
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_a_panorama_beyond_pillows_own_warning_is_fine(tmp_path: Path) -> None:
    Image.new("L", (30000, 3200), 90).save(tmp_path / "wide.png")  # 96 million pixels
    assert colour(tmp_path / "wide.png") == (90, 90, 90)
    assert Image.MAX_IMAGE_PIXELS == 89478485


def test_a_strip_is_too_small(tmp_path: Path) -> None:
    Image.new("RGB", (9000, 40)).save(tmp_path / "strip.png")
    with pytest.raises(InputError, match="narrow"):
        Album.open(tmp_path / "strip.png")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".tif", ".avif"])
def test_a_photo_cut_anywhere_never_passes_for_whole(tmp_path: Path, paint: Paint, suffix: str) -> None:
    paint(1, (400, 300)).save(tmp_path / f"whole{suffix}")
    whole = (tmp_path / f"whole{suffix}").read_bytes()
    folder = tmp_path / "cut"
    folder.mkdir()
    for percent in (1, 10, 50, 90):
        (folder / f"{percent}{suffix}").write_bytes(whole[: len(whole) * percent // 100])
    (folder / f"good{suffix}").write_bytes(whole)
    with Album.open(folder) as album:
        assert [photo.source for photo in album.photos] == [f"good{suffix}"]
        assert {one.reason for one in album.set_aside} <= {Reason.TRUNCATED, Reason.UNREADABLE, Reason.UNSUPPORTED}
        assert Reason.TRUNCATED in {one.reason for one in album.set_aside}


@pytest.mark.parametrize("name", ["heic_iphone.heic", "heif_nokia.heif"])
def test_a_heif_cut_anywhere_never_passes_for_whole(shared: Path, tmp_path: Path, name: str) -> None:
    whole = (shared / "awkward" / name).read_bytes()
    for percent in (1, 50, 97):
        (tmp_path / "cut.heic").write_bytes(whole[: len(whole) * percent // 100])
        with pytest.raises(InputError, match="1 truncated"):
            Album.open(tmp_path / "cut.heic")


def test_a_jpeg_of_a_thousand_scans_is_refused(paint: Paint) -> None:
    buffer = io.BytesIO()
    paint(1).save(buffer, "JPEG")
    with pytest.raises(Refused, match="scans"):
        open_picture(Kind.JPEG, buffer.getvalue() + b"\xff\xda" * 1000)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Kind.HEIF),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", Kind.AVIF),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42", None),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom", None),
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", None),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", None),
        (b"8BPS\x00\x01", None),
        (b"", None),
    ],
)
def test_what_a_file_is_by_its_first_bytes(head: bytes, kind: Kind | None) -> None:
    assert kind_of(head) is kind


def test_the_preview_in_a_raw_file_does_not_pass_for_the_photo(tmp_path: Path) -> None:
    Image.new("RGB", (160, 120), "red").save(tmp_path / "a.dng", "TIFF", tiffinfo={254: 1})
    with pytest.raises(InputError, match="raw file"):
        Album.open(tmp_path / "a.dng")


def test_a_file_too_long_is_not_read_whole() -> None:
    class Endless(io.RawIOBase):
        read_so_far = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            buffer[:] = (b"\xff\xd8\xff" * len(buffer))[: len(buffer)]
            Endless.read_so_far += len(buffer)
            return len(buffer)

    with pytest.raises(Refused, match="200 MB"):
        read_bytes(lambda: io.BufferedReader(Endless(), 1 << 20))
    assert Endless.read_so_far < 210 * 1024**2


def test_a_full_disk_is_an_error_that_says_so(snap: Snap, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    photo = snap("a.jpg", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(InputError, match="cannot write"):
        Album.open(photo)


def test_avif_can_be_read_here() -> None:
    assert features.check("avif")
