"""Where photos come from: folders, lists, globs, zips; and what is never followed, opened or unpacked."""

import os
import resource
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from photocast.album import Album, archive
from photocast.album.titles import title_of
from photocast.schema import InputError, Reason, SetAside, UsageError

Snap = Callable[..., Path]
PhotoBytes = Callable[[int], bytes]


def aside(album: Album) -> dict[str, Reason]:
    return {one.source: one.reason for one in album.set_aside}


def names(album: Album) -> list[str]:
    return [photo.source for photo in album.photos]


def test_a_folder_is_read_with_the_folders_in_it_and_without_clutter(snap: Snap, tmp_path: Path) -> None:
    snap("a.jpg", 1)
    snap("day 2/b.jpg", 2)
    snap("__MACOSX/c.jpg", 3)
    snap(".hidden/d.jpg", 4)
    snap(".e.jpg", 5)
    for clutter in ("Thumbs.db", ".DS_Store", "desktop.ini"):
        (tmp_path / "album" / clutter).write_bytes(b"x")
    (tmp_path / "album" / "clip.mov").write_bytes(b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ")
    with Album.open(tmp_path / "album") as album:
        assert names(album) == ["a.jpg", "day 2/b.jpg"]
        assert [(one.source, one.reason, one.detail) for one in album.set_aside] == [
            ("clip.mov", Reason.UNSUPPORTED, "It is a video.")
        ]


def test_an_episode_among_the_photos_does_not_become_part_of_the_album(snap: Snap, tmp_path: Path) -> None:
    snap("a.jpg", 1)
    snap("photocast-out/album/photos/p01.jpg", 2)
    (tmp_path / "album" / "photocast-out" / "album" / ".photocast").mkdir()
    with Album.open(tmp_path / "album") as album:
        assert names(album) == ["a.jpg"]
        assert [(one.source, one.detail) for one in album.set_aside] == [
            ("photocast-out/album", "It is an episode of photocast.")
        ]
    with Album.open(tmp_path / "album" / "photocast-out" / "album") as album:
        assert names(album) == ["photos/p01.jpg"]


def test_a_full_temporary_folder_is_said_with_the_way_out(snap: Snap) -> None:
    folder = snap("a.jpg", 1).parent
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))  # fails in the middle of a picture, as a full disk
    try:
        with pytest.raises(InputError, match="TMPDIR"):
            Album.open(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_list_keeps_its_order_when_asked_to(snap: Snap) -> None:
    files = [snap("b.jpg", 1), snap("a.jpg", 2), snap("sub/c.jpg", 3)]
    with Album.open(files, order="given") as album:
        assert names(album) == ["b.jpg", "a.jpg", "sub/c.jpg"]
    with Album.open([str(file) for file in files], order="name") as album:
        assert names(album) == ["a.jpg", "b.jpg", "sub/c.jpg"]


def test_one_missing_file_does_not_lose_the_list(snap: Snap, tmp_path: Path) -> None:
    with Album.open([snap("a.jpg", 1), tmp_path / "album" / "gone.jpg"]) as album:
        assert names(album) == ["a.jpg"]
        assert aside(album) == {"gone.jpg": Reason.UNREADABLE}


def test_a_glob(snap: Snap, tmp_path: Path) -> None:
    snap("in/a.jpg", 1)
    snap("in/b.png", 2)
    with Album.open(f"{tmp_path}/**/*.jpg") as album:
        assert names(album) == ["a.jpg"]
    with pytest.raises(InputError, match="no file matches it"):
        Album.open(f"{tmp_path}/*.tiff")


def test_a_folder_whose_name_looks_like_a_glob(snap: Snap) -> None:
    folder = snap("trip [1]/a.jpg", 1).parent
    with Album.open(str(folder)) as album:
        assert names(album) == ["a.jpg"]


def test_links_that_lead_out_are_not_followed(snap: Snap, tmp_path: Path) -> None:
    inside = snap("a.jpg", 1)
    outside = shutil.copy(snap("../secret/b.jpg", 2), tmp_path / "b.jpg")
    (tmp_path / "album" / "link.jpg").symlink_to(outside)
    (tmp_path / "album" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "album" / "loop").symlink_to(tmp_path / "album")
    (tmp_path / "album" / "nowhere.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "album" / "same.jpg").symlink_to(inside)
    with Album.open(tmp_path / "album") as album:
        assert names(album) == ["a.jpg"]
        assert aside(album) == {
            "link.jpg": Reason.OUTSIDE,
            "folder": Reason.OUTSIDE,
            "nowhere.jpg": Reason.OUTSIDE,
            "same.jpg": Reason.DUPLICATE,
        }


def test_pipes_are_never_opened(snap: Snap, tmp_path: Path) -> None:
    snap("a.jpg", 1)
    os.mkfifo(tmp_path / "album" / "pipe.jpg")
    with Album.open(tmp_path / "album") as album:
        assert aside(album) == {"pipe.jpg": Reason.UNSUPPORTED}
    with pytest.raises(InputError, match="never opened"):
        Album.open(tmp_path / "album" / "pipe.jpg")


def test_a_name_that_is_not_unicode_can_be_shown(snap: Snap, tmp_path: Path) -> None:
    os.rename(snap("a.jpg", 1), os.fsencode(tmp_path / "album") + b"/caf\xe9\x1b[31m.jpg")
    with Album.open(tmp_path / "album") as album:
        assert names(album) == ["caf? [31m.jpg"]
        assert album.model_dump_json()


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in entries.items():
            out.writestr(name, data)
    return path


def test_a_zip_is_read_without_unpacking(photo_bytes: PhotoBytes, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    path = zipped(
        tmp_path / "03_lake_trip.zip",
        {
            "lake/b.jpg": photo_bytes(1),
            "lake/a.jpg": photo_bytes(2),
            "__MACOSX/lake/._a.jpg": b"x",
            "../up.jpg": photo_bytes(3),
            "lake/../../up2.jpg": photo_bytes(4),
            "/abs.jpg": photo_bytes(5),
            "C:\\disk.jpg": photo_bytes(6),
            "lake/captions.txt": b"a.jpg: The jetty",
        },
    )
    with zipfile.ZipFile(path, "a") as out:
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, "/etc/passwd")
    with Album.open(path) as album:
        assert album.title == "lake trip"
        assert names(album) == ["lake/a.jpg", "lake/b.jpg"]
        assert album.photos[0].caption == "The jetty"
        assert aside(album) == dict.fromkeys(
            ["../up.jpg", "lake/../../up2.jpg", "/abs.jpg", "C:\\disk.jpg", "link.jpg"], Reason.OUTSIDE
        )
    assert set(tmp_path.rglob("*")) - before == {path}


def test_a_zip_that_unpacks_to_too_much_is_cut_off_while_reading(
    photo_bytes: PhotoBytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jpeg = b"\xff\xd8\xff\xe0"
    path = zipped(tmp_path / "z.zip", {"a.jpg": photo_bytes(1), "bomb.jpg": jpeg + bytes(300 * 1024**2)})
    assert path.stat().st_size < 2 * 1024**2
    with Album.open(path) as album:
        assert names(album) == ["a.jpg"]
        assert aside(album) == {"bomb.jpg": Reason.TOO_LARGE}
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 50 * 1024**2)
    with Album.open(path) as album:
        assert names(album) == ["a.jpg"]
        assert aside(album) == {"bomb.jpg": Reason.UNREADABLE}


def test_a_damaged_zip(photo_bytes: PhotoBytes, tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.jpg": photo_bytes(1), "b.jpg": photo_bytes(2)})
    whole = path.read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        Album.open(tmp_path / "cut.zip")
    hurt = bytearray(whole)
    hurt[len(photo_bytes(1)) // 2] ^= 0xFF
    path.write_bytes(hurt)
    with Album.open(path) as album:
        assert names(album) == ["b.jpg"]
        assert aside(album) == {"a.jpg": Reason.UNREADABLE}


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda root: root / "gone", "no such file or folder"),
        (lambda root: root, "no photo at all"),
        (lambda root: [], "list of files is empty"),
    ],
)
def test_nothing_to_open_says_what_why_and_what_to_do(tmp_path: Path, make: Callable[[Path], object], why: str) -> None:
    with pytest.raises(InputError, match=why) as refusal:
        Album.open(make(tmp_path))  # type: ignore[arg-type]
    assert refusal.value.do


def test_a_folder_without_a_usable_photo_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("milk")
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(InputError, match="none of its 2 files can be used") as refusal:
        Album.open(tmp_path)
    assert "1 unsupported" in refusal.value.why
    assert "1 unreadable" in refusal.value.why


def test_a_call_that_cannot_be_meant(snap: Snap) -> None:
    file = snap("a.jpg", 1)
    with pytest.raises(UsageError, match="301"):
        Album.open(file, limit=301)
    with pytest.raises(UsageError, match="'random'"):
        Album.open(file, order="random")
    with pytest.raises(UsageError, match="cannot keep"):
        Album.open(file, keep=["b.jpg"])


def test_the_temporary_folder_goes_with_the_album_and_with_a_failure(
    snap: Snap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    album = Album.open(snap("a.jpg", 1))
    assert album.page_image("p01").is_file()
    with pytest.raises(KeyError):
        album.page_image("p02")
    album.close()
    assert not list(work.iterdir())
    with pytest.raises(InputError):
        Album.open(tmp_path / "gone")
    Album.open(snap("a.jpg", 1))  # dropped at once
    assert not list(work.iterdir())


def test_progress_counts_every_file(snap: Snap, tmp_path: Path) -> None:
    for n in range(4):
        snap(f"{n}.jpg", n)
    seen: list[tuple[int, int]] = []
    Album.open(tmp_path / "album", progress=lambda done, total: seen.append((done, total))).close()
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("05_sourdough_loaf", "sourdough loaf"),
        ("2022_04_30_lisbon", "2022 04 30 lisbon"),
        ("12", "12"),
        ("007 - Bond Night", "Bond Night"),
        ("3 days in Rome", "3 days in Rome"),
        ("07 harbour", "harbour"),
        ("1_2", "1 2"),
        ("évora\u202e_\x07night", "évora night"),
        ("___", "photos"),
    ],
)
def test_titles(name: str, title: str) -> None:
    assert title_of(name) == title


def test_set_aside_is_plain_data(snap: Snap, tmp_path: Path) -> None:
    snap("a.jpg", 1)
    (tmp_path / "album" / "x.psd").write_bytes(b"8BPS\x00\x01")
    with Album.open(tmp_path / "album") as album:
        assert album.set_aside == (
            SetAside(source="x.psd", reason=Reason.UNSUPPORTED, detail="It is a Photoshop document."),
        )
