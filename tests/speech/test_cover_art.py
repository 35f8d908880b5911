"""A cover goes along in the audio file, and changes nothing of what is heard."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from photocast.speech.encode import Chapter, decode, encode
from photocast.speech.master import mastered
from speech.conftest import Talk

RATE = 24_000


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus", ".wav"])
def test_the_cover_is_found_by_a_reader(tmp_path: Path, talk: Talk, suffix: str) -> None:
    out = BytesIO()
    Image.new("RGB", (300, 300), (200, 30, 30)).save(out, "JPEG")
    samples = mastered(talk(3), RATE).samples
    chapters = (Chapter(0, 1, "One"), Chapter(1, 3, "Two"))
    plain, art = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    for path, cover in ((plain, None), (art, out.getvalue())):
        heard = encode(path, samples, RATE, title="A day", chapters=chapters, tags={}, cover=cover)
    assert heard.seconds == pytest.approx(3, abs=0.1)
    assert np.array_equal(decode(plain)[0], decode(art)[0])
    with av.open(str(art)) as file:
        pictures = [bytes(packet) for packet in file.demux(video=0) if packet.size] if file.streams.video else []
        marks = [one for one in file.chapters() if one["time_base"]]
    assert pictures == ([out.getvalue()] if suffix in (".mp3", ".m4a") else [])
    assert len(marks) == (0 if suffix == ".wav" else 2)
