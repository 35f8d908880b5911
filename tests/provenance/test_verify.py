"""What is said of files that are signed, changed, stripped and never marked."""

import io
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import c2pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from photocast.provenance.certificate import own_certificate
from photocast.provenance.choosing import trusted_roots
from photocast.provenance.credentials import Credentials
from photocast.provenance.marks import Source, sign
from photocast.provenance.verify import LIMITS, Mark, verify
from photocast.schema import InputError

Make = Callable[[str], Path]


def test_a_signed_file_is_valid_and_trusted_here(file: Path, own: Credentials) -> None:
    sign(file, title="Lisbon", credentials=own)
    mark = verify(file).c2pa
    assert (mark.state, mark.trusted, mark.reasons) == ("valid", True, ())
    assert (mark.signer, mark.title, mark.source) == ("photocast on this machine", "Lisbon", Source.TRAINED)
    assert mark.generator.startswith("photocast ")
    assert mark.when.endswith("Z")


def test_elsewhere_nobody_trusts_it(
    make: Make, own: Credentials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(".mp3")
    sign(path, title="Lisbon", credentials=own)
    monkeypatch.setenv("PHOTOCAST_CONFIG", str(tmp_path / "another machine"))
    assert (verify(path).c2pa.state, verify(path).c2pa.trusted) == ("valid", False)
    assert trusted_roots() == b""  # looking makes no certificate
    own_certificate(tmp_path / "another machine")
    assert (verify(path).c2pa.state, verify(path).c2pa.trusted) == ("valid", False)


def test_an_unsigned_file_has_none(file: Path) -> None:
    assert verify(file).c2pa == Mark("none")


def test_one_bit_of_the_content_makes_it_invalid(file: Path, own: Credentials) -> None:
    content = file.read_bytes()[-40:-20]
    sign(file, title="Lisbon", credentials=own)
    data = bytearray(file.read_bytes())
    data[data.index(content) + 5] ^= 1
    file.write_bytes(data)
    mark = verify(file).c2pa
    assert (mark.state, mark.trusted) == ("invalid", False)
    assert mark.reasons[0].startswith("the file was changed after it was signed (assertion.")


def _outside_the_mark(data: bytes) -> list[int]:
    """Where a signed file holds anything but its mark, and the name of its format, which C2PA leaves out in MP4."""
    mark = data.index(b"jumb") - 4
    (size,) = struct.unpack(">I", data[mark : mark + 4])
    head, tail = 64, 4  # the box around it, and the checksum behind it in a PNG
    name = 28 if data[4:8] == b"ftyp" else 0
    return [*range(name, max(mark - head, name)), *range(mark + size + tail, len(data))]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data(), bit=st.integers(0, 7))
def test_no_bit_outside_the_mark_changes_unseen(file: Path, own: Credentials, draw: st.DataObject, bit: int) -> None:
    if verify(file).c2pa.state == "none":
        sign(file, title="Lisbon", credentials=own)
    data = bytearray(file.read_bytes())
    place = draw.draw(st.sampled_from(_outside_the_mark(data)))
    changed = file.with_name(f"changed{file.suffix}")
    changed.write_bytes(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
    assert verify(changed).c2pa.state != "valid"


def test_a_file_cut_short_is_not_valid(make: Make, own: Credentials) -> None:
    path = make(".wav")
    sign(path, title="Lisbon", credentials=own)
    data = path.read_bytes()
    for length in (len(data) - 1, len(data) - 2000, len(data) // 2):
        path.write_bytes(data[:length])
        assert verify(path).c2pa.state != "valid"


def test_a_changed_mark_is_invalid(make: Make, own: Credentials) -> None:
    path = make(".png")
    sign(path, title="Lisbon", credentials=own)
    path.write_bytes(path.read_bytes().replace(b"Lisbon", b"Porto!"))
    mark = verify(path).c2pa
    assert mark.state == "invalid"
    assert mark.reasons


def test_a_mark_moved_to_another_file_is_invalid(make: Make, own: Credentials) -> None:
    """The sound of one file under the mark of another."""
    path = make(".wav")
    sign(path, title="Lisbon", credentials=own)
    data = bytearray(path.read_bytes())
    start = data.index(b"data") + 8
    data[start : start + 40_000] = bytes(40_000)
    path.write_bytes(data)
    assert verify(path).c2pa.state == "invalid"


def test_encoding_anew_takes_the_mark_away(make: Make, own: Credentials) -> None:
    path = make(".mp3")
    sign(path, title="Lisbon", credentials=own)
    again = path.with_name("again.mp3")
    with av.open(str(path)) as source, av.open(str(again), "w") as target:
        stream = target.add_stream("libmp3lame", rate=24_000, layout="mono")
        for frame in source.decode(audio=0):
            frame.pts = None
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    assert verify(again).c2pa == Mark("none")
    assert "it is enough to encode a file anew" in LIMITS


def test_saving_a_picture_anew_takes_the_mark_away(make: Make, own: Credentials) -> None:
    path = make(".jpg")
    sign(path, title="Lisbon", credentials=own)
    with Image.open(path) as picture:
        picture.load()
    picture.save(path)
    assert verify(path).c2pa == Mark("none")


def test_a_mark_on_a_server_is_not_fetched(make: Make, own: Credentials) -> None:
    path, out = make(".jpg"), io.BytesIO()
    info = c2pa.C2paSignerInfo(own.algorithm, own.chain, own.key, None)
    created = {"action": "c2pa.created", "digitalSourceType": Source.TRAINED.value}
    manifest = {"title": "x", "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}]}
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(manifest) as builder, path.open("rb") as source:
        builder.set_no_embed()
        builder.set_remote_url("http://127.0.0.1:9/mark.c2pa")
        builder.sign(signer, "image/jpeg", source, out)
    path.write_bytes(out.getvalue())
    assert verify(path).c2pa == Mark("none", reasons=("its mark lies on a server, which was not asked",))


@pytest.mark.parametrize("name", ["words.txt", "nothing", "sound.opus"])
def test_kinds_that_carry_no_mark(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"OggS" if name.endswith("opus") else b"words")
    mark = verify(tmp_path / name).c2pa
    assert mark == Mark("none", reasons=("a file of this kind carries no C2PA mark that can be read here",))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        verify(tmp_path / "gone.mp3")
    with pytest.raises(InputError, match="is a directory"):
        verify(tmp_path)


@pytest.mark.parametrize("kind", [".mp3", ".m4a", ".opus"])
def test_the_comment_is_read(kind: str, make: Make) -> None:
    tags = verify(make(kind)).tags
    assert (tags.looked, tags.machine, tags.comment) == (True, True, "Spoken by synthetic voices, made with photocast.")


def test_files_without_a_comment(make: Make) -> None:
    tags = verify(make(".wav")).tags
    assert (tags.looked, tags.machine, tags.comment) == (True, False, "")
    tags = verify(make(".png")).tags
    assert (tags.looked, tags.why) == (False, "it is no sound or film that can be read")


def test_a_playlist_opens_nothing(tmp_path: Path) -> None:
    (tmp_path / "list.mp3").write_text("#EXTM3U\n#EXTINF:1,\nsecret.ts\n")
    assert not verify(tmp_path / "list.mp3").tags.looked


def test_without_av_the_tags_are_not_looked_at_and_that_is_said(make: Make) -> None:
    code = (
        "import sys; sys.modules['av'] = None; from pathlib import Path\n"
        "from photocast.provenance.tags import read_tags; print(read_tags(Path(sys.argv[1])))"
    )
    done = subprocess.run([sys.executable, "-c", code, make(".mp3")], capture_output=True, text=True, check=True)
    assert "looked=False" in done.stdout
    assert "the package av is not installed" in done.stdout


def test_tags_in_no_known_alphabet_are_read_as_far_as_they_can_be(make: Make) -> None:
    path = make(".mp4")
    path.write_bytes(path.read_bytes().replace(b"VideoHandler", b"\xff\xfedeoHandler"))
    marks = verify(path)
    assert marks.tags.looked
    assert marks.watermark.why == "there is no sound in it"
