"""Chapters of an MP3 get their pictures, and nothing else in it changes."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from photocast.schema import InputError
from photocast.speech.encode import Chapter, decode, encode
from photocast.speech.id3 import picture_chapters
from photocast.speech.master import mastered
from speech.conftest import Talk

RATE = 24_000
TITLES = ("Der Wald – morgens", "海", "Home")


def jpeg(colour: tuple[int, int, int], side: int = 400) -> bytes:
    out = BytesIO()
    Image.effect_noise((side, side), 40).convert("RGB").point(lambda value: value // 2 + colour[0] // 2).save(
        out, "JPEG"
    )
    return out.getvalue()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, talk: Talk) -> Path:
    """An MP3 with three chapters and a cover, without pictures in the chapters."""
    path = tmp_path_factory.mktemp("mp3") / "plain.mp3"
    chapters = [Chapter(number, number + 1, title) for number, title in enumerate(TITLES)]
    tags = {"artist": "Ann & Ben", "comment": "Made by machine"}
    encode(
        path, mastered(talk(3), RATE).samples, RATE, title="A day", chapters=chapters, tags=tags, cover=jpeg((9,) * 3)
    )
    return path


def copied(plain: Path, tmp_path: Path) -> Path:
    path = tmp_path / "a.mp3"
    path.write_bytes(plain.read_bytes())
    return path


def read(path: Path) -> tuple[list[tuple[float, float, str]], list[bytes], dict[str, str]]:
    """Chapters, covers and tags, as FFmpeg reads them."""
    with av.open(str(path)) as file:
        marks = [
            (float(one["start"] * one["time_base"]), float(one["end"] * one["time_base"]), one["metadata"]["title"])
            for one in file.chapters()
        ]
        covers = [bytes(packet) for packet in file.demux(*file.streams.video) if packet.size]
        return marks, covers if file.streams.video else [], dict(file.metadata)


def size_of(four: bytes) -> int:
    return sum(byte << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))


def sound(path: Path) -> bytes:
    """What comes after the tag."""
    data = path.read_bytes()
    return data[10 + size_of(data[6:10]) :]


def pictures(path: Path) -> list[bytes | None]:
    """The picture of each chapter: the JPEG that its APIC frame ends with."""
    tag, found = path.read_bytes()[: -len(sound(path))], []
    for part in tag.split(b"CHAP")[1:]:
        _, name, frame = part[6 : 6 + size_of(part[:4])].partition(b"APIC")
        found.append(frame[6 : 6 + size_of(frame[:4])].partition(b"image/jpeg\0\x03\0")[2] if name else None)
    return found


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | st.integers(8, 700), min_size=3, max_size=3))
def test_every_chapter_has_its_picture_and_the_rest_is_as_it_was(
    plain: Path, tmp_path: Path, sides: list[int | None]
) -> None:
    path = copied(plain, tmp_path)
    given_pictures = [jpeg((50 * number, 0, 0), side) if side else None for number, side in enumerate(sides)]
    picture_chapters(path, given_pictures)
    assert sound(path) == sound(plain)
    assert read(path) == read(plain)
    assert pictures(path) == given_pictures
    assert np.array_equal(decode(path)[0], decode(plain)[0])


def test_what_an_encoder_wrote_has_its_pictures(tmp_path: Path, talk: Talk) -> None:
    art = [jpeg((number * 40, 0, 0)) for number in range(3)]
    chapters = [Chapter(n, n + 1, title, art[n]) for n, title in enumerate(TITLES)]
    path = tmp_path / "new" / "a.mp3"
    heard = encode(path, mastered(talk(3), RATE).samples, RATE, title="A day", chapters=chapters, tags={})
    assert heard.seconds == pytest.approx(3, abs=0.1)
    assert pictures(path) == art
    assert [mark[2] for mark in read(path)[0]] == list(TITLES)
    assert [file.name for file in path.parent.iterdir()] == ["a.mp3"]


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


@pytest.mark.parametrize("version", [3, 4])
def test_frames_of_others_stay_and_sizes_are_those_of_the_version(tmp_path: Path, version: int) -> None:
    """By hand: 14 bytes of type and kind and 200 of JPEG are 0x0156 as a safe size, which FFmpeg takes for 342."""

    def frame(name: bytes, body: bytes, flags: bytes = b"\0\0") -> bytes:
        size = synchsafe(len(body)) if version == 4 else len(body).to_bytes(4, "big")
        return name + size + flags + body

    other, mark = frame(b"XYZW", bytes(range(200)), b"\x40\0"), b"ch0\0" + bytes(16)
    tag = other + frame(b"CHAP", mark) + other + bytes(30)
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3" + bytes([version, 0, 0]) + synchsafe(len(tag)) + tag + b"the sound")
    picture = b"\xff\xd8\xff" + bytes(197)
    picture_chapters(path, [picture])
    inner = frame(b"APIC", b"\0image/jpeg\0\x03\0" + picture)
    room = frame(b"PRIV", b"photocast\0" + bytes(342 - 214))
    new = other + frame(b"CHAP", mark + inner + room) + other + bytes(30)
    assert path.read_bytes() == b"ID3" + bytes([version, 0, 0]) + synchsafe(len(new)) + new + b"the sound"


_EMPTY = b"ID3\x04\0\0" + bytes(4)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no ID3v2 tag"),
        (b"\xff\xfb\x90\x00 sound", "no ID3v2 tag"),
        (b"ID3\x02\0\0" + bytes(4), r"ID3v2\.2"),
        (b"ID3\x04\0\x80" + bytes(4), "flags 0x80"),
        (b"ID3\x04\0\0\0\0\0\x64", "longer than the file"),
        (b"ID3\x04\0\0\0\0\0\xff" + bytes(300), "is no size"),
        (b"ID3\x04\0\0\0\0\0\x0aCHAP\0\0\0\x63\0\0", "longer than the tag"),
        (b"ID3\x04\0\0\0\0\0\x0a" + bytes(5) + b"trash", "something other than frames"),
        (_EMPTY, "0 chapters"),
    ],
)
def test_what_is_not_understood_is_told_and_left_alone(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    with pytest.raises(InputError, match=why):
        picture_chapters(path, [b"a picture"])
    assert path.read_bytes() == data


@given(st.binary(max_size=80))
def test_no_tag_of_any_kind_brings_it_down(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    path = tmp_path_factory.mktemp("junk") / "a.mp3"
    data = b"ID3\x04\0\0" + synchsafe(len(junk)) + junk
    path.write_bytes(data)
    try:
        picture_chapters(path, [b"a picture"])
    except InputError:
        assert path.read_bytes() == data


def test_a_signed_file_is_valid_and_has_its_pictures(plain: Path, tmp_path: Path) -> None:
    pytest.importorskip("c2pa", reason="the extra provenance is not installed: pip install photocast[provenance]")
    from photocast.provenance.choosing import find_credentials
    from photocast.provenance.marks import sign
    from photocast.provenance.verify import verify

    path, art = copied(plain, tmp_path), [jpeg((number * 40, 0, 0)) for number in range(3)]
    picture_chapters(path, art)
    before = read(path)
    sign(path, title="A day", credentials=find_credentials())
    marks = verify(path)
    assert marks.c2pa.state == "valid"
    assert read(path) == before
    assert pictures(path) == art
