"""Real files of every kind that can carry a mark, and a certificate of this machine."""

import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from photocast.provenance.certificate import own_certificate
from photocast.provenance.credentials import Credentials
from photocast.provenance.marks import KINDS

COMMENT = "Spoken by synthetic voices, made with photocast."
CODECS = {".mp3": "libmp3lame", ".m4a": "aac", ".opus": "libopus"}
CHAPTERS = [(0, 400, "The market"), (400, 1000, "The harbour")]
"""Milliseconds from and to, and the title."""


@pytest.fixture(autouse=True)
def settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of settings of the test's own."""
    folder = tmp_path_factory.mktemp("settings")
    monkeypatch.setenv("PHOTOCAST_CONFIG", str(folder))
    return folder


@pytest.fixture
def own(settings: Path) -> Credentials:
    """The certificate that this machine made for itself."""
    return own_certificate(settings)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a file of a kind, by the end of its name."""

    def made(kind: str) -> Path:
        path = tmp_path / f"file{kind}"
        if kind == ".wav":
            _wav(path)
        elif kind == ".mp4":
            _film(path)
        elif kind in CODECS:
            _sound(path)
        else:
            _picture(path)
        return path

    return made


@pytest.fixture(params=sorted(KINDS))
def file(request: pytest.FixtureRequest, make: Callable[[str], Path]) -> Path:
    """One of each kind that can carry a mark."""
    return make(request.param)


def _tone() -> np.ndarray:
    return (np.sin(np.arange(24_000) / 20) * 8000).astype(np.int16)


def _wav(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(_tone().tobytes())


def _sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        container.metadata.update(title="Lisbon", comment=COMMENT)
        if path.suffix != ".opus":
            container.set_chapters(
                [
                    {
                        "id": number,
                        "start": start,
                        "end": end,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": title},
                    }
                    for number, (start, end, title) in enumerate(CHAPTERS)
                ]
            )
        stream = container.add_stream(CODECS[path.suffix], rate=24_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(_tone()[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = 24_000, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])


def _film(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in range(0, 250, 50):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _picture(path: Path) -> None:
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(path)
