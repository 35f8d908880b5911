"""Files are written by real encoders and read by real decoders; what is not as meant is told and not left there."""

import errno
import os
import resource
import signal
import stat
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from photocast.schema import InputError, UsageError
from photocast.speech.encode import Chapter, Heard, check_audio, decode, encode
from photocast.speech.master import Mastered, mastered
from speech.conftest import Talk

RATE = 24_000
SECONDS = 6
CHAPTERS = (Chapter(0, 2.5, "Der Wald – morgens"), Chapter(2.5, 4, "海"), Chapter(4, 6, "Home"))
TAGS = {"artist": "Ann & Ben", "album": "Summer", "comment": "Made by machine"}
KINDS = [".wav", ".mp3", ".m4a", ".opus"]


@pytest.fixture(scope="module")
def mono(talk: Talk) -> Mastered:
    return mastered(talk(SECONDS), RATE)


@pytest.fixture(scope="module")
def stereo(talk: Talk) -> Mastered:
    return mastered(talk(SECONDS, channels=2), RATE)


def written(path: Path, samples: NDArray[np.float32], *, rate: int = RATE, kbps: int = 64) -> Heard:
    return encode(path, samples, rate, title="A day", chapters=CHAPTERS, tags=TAGS, bitrate_kbps=kbps)


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_kind_is_what_was_meant(
    tmp_path: Path, mono: Mastered, stereo: Mastered, suffix: str, channels: int
) -> None:
    master = mono if channels == 1 else stereo
    path = tmp_path / "new" / f"episode{suffix}"
    heard = written(path, master.samples)
    assert os.listdir(path.parent) == [path.name]
    assert heard.seconds == pytest.approx(SECONDS, abs=0.1)
    assert heard.lufs == pytest.approx(master.lufs, abs=1)
    assert heard.true_peak <= -1
    assert check_audio(path, seconds=SECONDS, lufs=master.lufs) == heard
    assert decode(path)[0].shape[1:] == master.samples.shape[1:]


@pytest.mark.parametrize("suffix", KINDS)
def test_what_is_heard_is_the_same_sound_at_the_same_time(tmp_path: Path, mono: Mastered, suffix: str) -> None:
    """Captions rest on it: what an encoder puts before the first sample is not heard."""
    path = tmp_path / f"a{suffix}"
    written(path, mono.samples, kbps=96)
    samples, rate = decode(path)
    assert rate == (48_000 if suffix == ".opus" else RATE)
    heard, meant = (_envelope(samples, rate), _envelope(mono.samples, RATE))
    shared = min(len(heard), len(meant))
    late = [np.corrcoef(np.roll(heard[:shared], -shift), meant[:shared])[0, 1] for shift in range(-50, 51)]
    assert abs(int(np.argmax(late)) - 50) <= 1  # milliseconds
    assert max(late) > 0.97


@pytest.mark.parametrize("suffix", KINDS)
def test_a_tone_comes_back_as_loud_as_it_was(tmp_path: Path, suffix: str) -> None:
    """LAME turns down what it is given by 0.45 dB, which is made up for."""
    tone = (0.2 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)).astype(np.float32)
    path = tmp_path / f"a{suffix}"
    written(path, tone)
    middle = decode(path)[0][RATE : 2 * RATE]
    assert np.sqrt(np.mean(np.square(middle))) == pytest.approx(0.2 / np.sqrt(2), rel=0.01)


def _envelope(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """How strong each millisecond is."""
    step = rate // 1000
    return np.sqrt(np.square(samples[: len(samples) // step * step]).reshape(-1, step).mean(axis=1))


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".opus"])
def test_chapters_and_tags_are_found_by_a_reader(tmp_path: Path, mono: Mastered, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    written(path, mono.samples)
    with av.open(str(path)) as file:
        found = [
            (float(one["start"] * one["time_base"]), float(one["end"] * one["time_base"]), one["metadata"]["title"])
            for one in file.chapters()
            if one["time_base"]
        ]
        said = {**file.metadata, **file.streams.audio[0].metadata}
    assert [(start, title) for start, _, title in found] == [(one.start, one.title) for one in CHAPTERS]
    assert [end for _, end, _ in found] == pytest.approx([one.end for one in CHAPTERS], abs=0.02)
    assert {key: said[key] for key in ("title", *TAGS)} == {"title": "A day", **TAGS}


def test_a_wav_holds_the_samples_to_sixteen_bits(tmp_path: Path, stereo: Mastered) -> None:
    path = tmp_path / "a.WAV"
    written(path, stereo.samples)
    with wave.open(str(path)) as file:
        assert file.getparams()[:4] == (2, 2, RATE, len(stereo.samples))
    samples, rate = decode(path)
    assert rate == RATE
    assert np.abs(samples - stereo.samples).max() <= 0.5 / 32768 + 1e-6


def test_a_rate_that_an_encoder_does_not_take_is_changed(tmp_path: Path, talk: Talk) -> None:
    master = mastered(talk(3, rate=20_000), 20_000)
    written(tmp_path / "a.mp3", master.samples, rate=20_000)
    assert decode(tmp_path / "a.mp3")[1] == 48_000


def test_peaks_that_an_encoder_lifts_are_limited_again(tmp_path: Path, mono: Mastered) -> None:
    """At -1.02 dBTP there is no room at all for what 48 kb/s do to a peak."""
    hot = mono.samples * np.float32(10 ** ((-1.02 - mono.true_peak) / 20))
    heard = written(tmp_path / "a.mp3", hot, kbps=48)
    assert heard.true_peak <= -1


@pytest.mark.parametrize("suffix", KINDS)
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, mono: Mastered, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    written(path, mono.samples)
    data = path.read_bytes()
    for length in (0, 3, 100, len(data) // 2, len(data) * 9 // 10):
        path.write_bytes(data[:length])
        with pytest.raises(InputError, match=r"cannot be heard|is not the audio that was meant|has no loudness"):
            check_audio(path, seconds=SECONDS, lufs=mono.lufs)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda samples: samples[: -RATE // 5], r"it lasts 5\.80 s instead of 6\.00 s"),
        (lambda samples: np.pad(samples, (0, RATE // 5)), r"it lasts 6\.20 s instead of 6\.00 s"),
        (lambda samples: samples * 0.8, r"it is at -2\d\.\d LUFS instead of -1\d\.\d LUFS"),
        (lambda samples: np.where(np.arange(len(samples)) == 9000, 0.99, samples), r"it peaks at -0\.\d\d dBTP"),
    ],
)
def test_what_is_not_as_meant_is_told(
    tmp_path: Path, mono: Mastered, change: Callable[[NDArray[np.float32]], NDArray[np.float32]], why: str
) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((change(mono.samples) * 32767).astype("<i2").tobytes())
    with pytest.raises(InputError, match=why):
        check_audio(path, seconds=SECONDS, lufs=mono.lufs)


def test_what_cannot_be_kept_under_the_peak_leaves_the_old_file(tmp_path: Path) -> None:
    """Clicks at full scale: limiting them takes more than 1 LU away, so nothing that fits can be written."""
    clicks = np.zeros(3 * RATE, np.float32)
    clicks[::6000] = 1.6
    path = tmp_path / "a.mp3"
    path.write_bytes(b"old")
    with pytest.raises(InputError, match=r"a\.mp3 was not written: it (is at|peaks)"):
        written(path, clicks)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.mp3"]


@pytest.mark.parametrize("suffix", KINDS)
def test_a_full_disk_leaves_nothing(tmp_path: Path, mono: Mastered, suffix: str) -> None:
    """The limit on the size of files stands in for a full disk: the system refuses in the middle of the writing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(InputError) as refused:
            written(tmp_path / f"a{suffix}", mono.samples)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert refused.value.what == f"cannot write {tmp_path / f'a{suffix}'}"
    assert refused.value.why == "the file would be larger than this system allows"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path: Path, mono: Mastered, suffix: str) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write anywhere")
    with pytest.raises(InputError, match="you may not write there"):
        written(closed / f"a{suffix}", mono.samples)


@pytest.mark.parametrize("suffix", [".wav", ".mp3"])
def test_a_path_through_a_file_is_told(tmp_path: Path, mono: Mastered, suffix: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="a part of its path is a file, not a folder"):
        written(tmp_path / "file" / f"a{suffix}", mono.samples)


@pytest.mark.parametrize("name", ["a.flac", "a", "mp3"])
def test_a_name_that_says_no_known_kind_is_told(tmp_path: Path, mono: Mastered, name: str) -> None:
    for ask in (lambda path: written(path, mono.samples), decode):
        with pytest.raises(UsageError, match=r"Give it one of these: \.wav, \.mp3, \.m4a, \.opus\."):
            ask(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_silence_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="silence"):
        written(tmp_path / "a.mp3", np.zeros(RATE, np.float32))
    assert os.listdir(tmp_path) == []


def test_a_bitrate_that_an_encoder_refuses_is_told(tmp_path: Path, mono: Mastered) -> None:
    with pytest.raises(InputError, match=r"the encoder refuses this sound \(.*, 24000 samples a second, 9999 kb/s\)"):
        written(tmp_path / "a.opus", mono.samples, kbps=9999)
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_not_there_or_not_audio_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=os.strerror(errno.ENOENT).lower()):
        decode(tmp_path / "a.mp3")
    (tmp_path / "a.m4a").write_text("#EXTM3U\nhttp://example.invalid/a.ts\n")
    with pytest.raises(InputError, match="it is damaged, or not what its name says"):
        decode(tmp_path / "a.m4a")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (float("nan"), 2)])
def test_a_chapter_has_a_beginning_and_an_end(start: float, end: float) -> None:
    with pytest.raises(UsageError, match="the chapter 'Sea' cannot be"):
        Chapter(start, end, "Sea")
