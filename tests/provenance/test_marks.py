"""Marks put into real files, read back by the C2PA library itself."""

import json
import resource
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import av
import c2pa
import numpy as np
import pytest
from PIL import Image

from photocast import __version__
from photocast.provenance.credentials import Credentials
from photocast.provenance.marks import Source, sign
from photocast.schema import InputError, UsageError
from provenance.conftest import CHAPTERS, COMMENT

Make = Callable[[str], Path]


def _read(path: Path) -> dict:
    with c2pa.Reader(path) as reader:
        return json.loads(reader.json())


def test_the_mark_says_what_made_it(file: Path, own: Credentials) -> None:
    sign(file, title="Lisbon", credentials=own)
    store = _read(file)
    assert store["validation_state"] == "Valid"
    (manifest,) = store["manifests"].values()
    assert manifest["title"] == "Lisbon"
    (generator,) = manifest["claim_generator_info"]
    assert (generator["name"], generator["version"]) == ("photocast", __version__)
    (action,) = next(one for one in manifest["assertions"] if one["label"] == "c2pa.actions.v2")["data"]["actions"]
    assert action["action"] == "c2pa.created"
    assert action["digitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    assert "time" not in manifest["signature_info"]  # no authority was asked


def test_another_source_can_be_said(make: Make, own: Credentials) -> None:
    path = make(".mp4")
    sign(path, title="Film", credentials=own, source=Source.COMPOSITE)
    assert "compositeWithTrainedAlgorithmicMedia" in json.dumps(_read(path))


@pytest.mark.parametrize("kind", [".mp3", ".m4a"])
def test_sound_chapters_and_tags_survive(kind: str, make: Make, own: Credentials) -> None:
    path = make(kind)
    before = _heard(path)
    sign(path, title="Lisbon", credentials=own)
    assert np.array_equal(before, _heard(path))
    with av.open(str(path)) as container:
        found = [
            (one["start"] * one["time_base"] * 1000, one["end"] * one["time_base"] * 1000, one["metadata"]["title"])
            for one in container.chapters()
        ]
        assert found == CHAPTERS
        assert (container.metadata["title"], container.metadata["comment"]) == ("Lisbon", COMMENT)


def _heard(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
def test_pixels_survive(kind: str, make: Make, own: Credentials) -> None:
    path = make(kind)
    with Image.open(path) as before:
        pixels = before.tobytes()
    sign(path, title="Cover", credentials=own)
    with Image.open(path) as after:
        assert after.tobytes() == pixels


def test_what_cannot_carry_a_mark(make: Make, own: Credentials) -> None:
    with pytest.raises(UsageError, match=r"a file \.opus carries no C2PA mark"):
        sign(make(".opus"), title="Lisbon", credentials=own)


@pytest.mark.parametrize("data", [b"", b"words, and no sound at all" * 40])
def test_what_is_not_what_its_name_says(data: bytes, file: Path, own: Credentials) -> None:
    file.write_bytes(data)
    with pytest.raises(InputError, match="cannot be read as"):
        sign(file, title="Lisbon", credentials=own)
    assert file.read_bytes() == data


def test_a_missing_file(tmp_path: Path, own: Credentials) -> None:
    with pytest.raises(InputError, match="no such file"):
        sign(tmp_path / "gone.mp3", title="Lisbon", credentials=own)


def test_a_mark_is_never_replaced(file: Path, own: Credentials) -> None:
    sign(file, title="Lisbon", credentials=own)
    before = file.read_bytes()
    with pytest.raises(InputError, match="carries a mark already"):
        sign(file, title="Porto", credentials=own)
    assert file.read_bytes() == before


def test_a_private_file_stays_private_and_a_link_a_link(make: Make, own: Credentials) -> None:
    path = make(".wav")
    path.chmod(0o640)
    link = path.with_name("link.wav")
    link.symlink_to(path.name)
    sign(link, title="Lisbon", credentials=own)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert _read(path)["validation_state"] == "Valid"


def test_a_full_disk_leaves_the_file_as_it_was(make: Make, own: Credentials) -> None:
    path = make(".wav")
    original = path.read_bytes()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(original) // 2, before[1]))  # fails in the middle, as a full disk
    try:
        with pytest.raises(InputError, match="cannot write"):
            sign(path, title="Lisbon", credentials=own)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == original
    assert [one.name for one in path.parent.iterdir()] == [path.name]
