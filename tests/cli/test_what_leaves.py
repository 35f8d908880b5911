"""What really goes over the wire, read from the wire: pixels and words that were allowed, and nothing else."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photocast.testing import FakeProvider

KEY = "k-for-this-server-0123456789"
OTHER_KEY = "sk-for-somebody-else-9876543210"
TALK = """\
Ada: There's Person A again. [p01]
Leo: By the water.
Ada: Person A's hat, though. [p02]
Leo: It's quite a hat, and I say that as somebody who has owned three of them and lost two at sea.
"""
SECRETS = (
    *("Rosalinde", "ROSALINDE", "Quitterie", "Kremer", "Schwanensee", "holiday_of_rosalinde", "Geheimfoto"),
    *(
        "Lisbon",
        "Portugal",
        "38.7",
        "9.13",
        "2021:07",
        "2021-07",
        "TestCam",
        "Canon",
        "Exif",
        "http://ns.adobe.com",
    ),
)
"""Whatever of this is on the wire has leaked."""


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(TALK) as server:
        yield server


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three photos that know where and when they were taken, by what, who is on them, and what somebody thought."""
    folder = tmp_path / "holiday_of_rosalinde"
    folder.mkdir()
    for number in range(3):
        picture = Image.effect_mandelbrot((640, 480), (-2 + number, -1.2, 1 + number, 1.2), 50).convert("RGB")
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "TestCam", "Canon Geheimfoto"
        exif[0x010E] = "Rosalinde Kremer by the Schwanensee"
        exif.get_ifd(0x8769)[0x9003] = f"2021:07:0{number + 1} 10:00:00"
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = "N", (38.0, 43.0, 20.0), "W", (9.0, 8.0, 22.0)  # Lisbon
        name = f"{number}_Rosalinde am Schwanensee.jpg"
        picture.save(folder / name, exif=exif, comment=b"Geheimfoto", quality=92)
    (tmp_path / "people.toml").write_text(
        '[[person]]\nname = "Rosalinde Kremer"\nwho = "my aunt"\n\n[[person]]\nname = "Quitterie"\n', "utf-8"
    )
    return folder


def _flags(tmp_path: Path) -> tuple[str | Path, ...]:
    about = "Rosalinde Kremer's birthday, and ROSALINDE hates swans; Quitterie drove"
    return (
        *("--model", "openai:any", "--base-url", "http://models.example/v1", "--people", tmp_path / "people.toml"),
        *("--about", about, "--hosts", "Ada; Leo", "--length", "60w", "--yes"),
    )


def _env(provider: FakeProvider) -> dict[str, str]:
    return {"HTTP_PROXY": provider.url, "PHOTOCAST_API_KEY": KEY, "OPENAI_API_KEY": OTHER_KEY}


def _wire(provider: FakeProvider) -> bytes:
    """All that was sent: request lines, headers, bodies, and the bytes of the pictures inside them."""
    parts: list[bytes] = []
    for one in provider.requests:
        parts += [one.method.encode(), one.path.encode(), one.body, *one.asked.images]
        parts += [f"{name}: {value}".encode() for name, value in one.headers]
    return b"\n".join(parts)


@pytest.mark.parametrize("way", ["direct", "facts"])
def test_no_metadata_no_name_and_no_foreign_key_leaves(
    way: str, album: Path, tmp_path: Path, inside: Any, provider: FakeProvider
) -> None:
    if way == "facts":
        provider.queue("p01: swirls (0.9)\np02: swirls again (0.9)\np03: fewer swirls (0.8)")
    ran = inside("make", album, "-o", tmp_path / "out", *_flags(tmp_path), "--way", way, "--json", env=_env(provider))
    assert ran.code == 0, ran.err
    wire = _wire(provider)
    for secret in (*SECRETS, OTHER_KEY):
        assert secret.encode() not in wire, secret
    assert "Person A's birthday, and Person A hates swans; Person B drove" in provider.requests[0].asked.text

    bodies = b"".join(one.path.encode() + one.body for one in provider.requests)
    assert KEY.encode() not in bodies
    assert {one.header["authorization"] for one in provider.requests} == {f"Bearer {KEY}"}

    images = provider.requests[0].asked.images
    assert len(images) == 3
    for data in images:
        with Image.open(io.BytesIO(data)) as picture:
            assert max(picture.size) <= 1024
            assert not picture.getexif()
            assert not {"exif", "comment", "xmp", "icc_profile", "photoshop"} & set(picture.info)

    folder = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    state = b"".join(path.read_bytes() for path in Path(_state()).rglob("*") if path.is_file())
    for key in (KEY, OTHER_KEY):
        assert key.encode() not in folder + state
        assert key not in ran.out + ran.err

    script = json.loads((tmp_path / "out" / "script.json").read_text("utf-8"))
    assert "Rosalinde Kremer" in " ".join(turn["text"] for turn in script["turns"])
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    by_the_proxy = len("http://models.example")  # it is told where to go in every request
    assert report["bytes_sent"] == sum(one.total_bytes - by_the_proxy for one in provider.requests)
    assert report["model"]["host"] == "models.example"


def test_what_is_allowed_is_sent_and_only_that(
    album: Path, tmp_path: Path, inside: Any, provider: FakeProvider
) -> None:
    def sent(*allow: str) -> str:
        flags = [part for one in allow for part in ("--allow", one)]
        ran = inside("make", album, "-o", tmp_path / "-".join(allow), *_flags(tmp_path), *flags, env=_env(provider))
        assert ran.code == 0, ran.err
        return "\n".join(one.asked.text for one in provider.requests)

    for permission, secret in {
        "places": "Portugal",
        "times": "morning",
        "captions": "by the Schwanensee",
        "filenames": "am Schwanensee",
        "names": "Rosalinde Kremer's birthday",
    }.items():
        provider.requests.clear()
        text = sent(permission)
        assert secret in text, permission
        others = {"Portugal", "morning", "by the Schwanensee", "am Schwanensee", "Rosalinde Kremer's"} - {secret}
        assert not [one for one in others if one in text and not one.startswith(secret[:18])], permission


def test_the_plan_names_what_stays(album: Path, tmp_path: Path, inside: Any, provider: FakeProvider) -> None:
    flags = [one for one in _flags(tmp_path) if one != "--yes"]
    ran = inside("plan", album, *flags, "--allow", "places", env=_env(provider))
    assert ran.code == 0, ran.err
    assert provider.requests == []
    assert "3 photos of at most 1024 pixels, no metadata" in ran.out
    assert "to models.example" in ran.out
    for line in (
        "           places",
        "  Keeps    names of 2 people (“Person A” stands in): --allow names",
        "  Keeps    times of day, seasons and gaps: --allow times",
        "  Keeps    captions and keywords: --allow captions",
        "  Keeps    names of files and of the folder: --allow filenames",
        "           Not noticed: small print, handwriting, and whether anybody is a child",
        "  Costs    not known: no price table has this model",
    ):
        assert line in ran.out.splitlines(), line


def _state() -> str:
    import os

    return os.environ["PHOTOCAST_STATE"]
