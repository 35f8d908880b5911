"""Engines: which there are, and that they really speak."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np
import pytest

from photocast.models.speech import Line, SpeechEngine, open_engine
from photocast.schema import Fault, ModelError, UsageError

needs_kokoro = pytest.mark.skipif(not find_spec("hibari"), reason="the extra speech is not installed")
needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not on this machine")


@pytest.fixture(scope="module")
def kokoro() -> SpeechEngine:
    return open_engine("kokoro")


def said(engine: SpeechEngine, text: str, voice: str | None = None, speed: float = 1.0) -> np.ndarray:
    return np.concatenate([*engine.speak(Line(text, voice or engine.voices[0].id, speed))])


def test_tones_are_as_long_as_their_letters() -> None:
    tones = open_engine("tones")
    assert len(said(tones, "abc de")) == (5 * 0.06 + 2 * 0.04) * 24_000
    assert len(said(tones, "abc de", speed=2)) == (5 * 0.06 + 2 * 0.04) * 12_000


@needs_kokoro
def test_the_embedded_voices_speak_as_long_as_people_would(kokoro: SpeechEngine) -> None:
    """Ten words take between two and six seconds, and no voice is silent or too loud."""
    for voice in kokoro.voices:
        sound = said(kokoro, "Hold on, which one of these two doors is it?", voice.id)
        assert 1.5 < len(sound) / kokoro.rate < 6
        assert 0.05 < np.abs(sound).max() <= 1.5
        assert np.isfinite(sound).all()


@needs_kokoro
def test_the_same_line_sounds_the_same_from_two_threads_at_once(kokoro: SpeechEngine) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda text: said(kokoro, text), ["Six of them."] * 2)
    assert np.array_equal(first, second)


@needs_kokoro
def test_speed_makes_it_shorter(kokoro: SpeechEngine) -> None:
    text = "There are pebbles, and then there is the sea."
    assert len(said(kokoro, text, speed=1.4)) < 0.85 * len(said(kokoro, text))


@needs_kokoro
def test_sentences_come_one_by_one(kokoro: SpeechEngine) -> None:
    pieces = list(kokoro.speak(Line("Wait. That is a dog.", "kokoro:george")))
    assert len(pieces) == 3  # a sentence, a short silence, a sentence
    assert not pieces[1].any()


@needs_kokoro
@pytest.mark.parametrize(
    ("text", "fault"),
    [("😀", Fault.EMPTY), ("…", Fault.EMPTY), ("Привет, мир", Fault.UNUSABLE), ("你好", Fault.UNUSABLE)],
)
def test_what_cannot_be_spoken_is_told(kokoro: SpeechEngine, text: str, fault: Fault) -> None:
    with pytest.raises(ModelError) as error:
        said(kokoro, text)
    assert error.value.fault is fault


@needs_kokoro
def test_mixed_scripts_are_spoken_where_most_is_english(kokoro: SpeechEngine) -> None:
    assert len(said(kokoro, "The sign says Привет, I think 😀.")) > kokoro.rate


@needs_espeak
def test_espeak_speaks_in_another_process() -> None:
    engine = open_engine("espeak")
    assert engine.name.startswith("espeak-ng@1.")
    assert 1 < len(said(engine, "Hold on, which one of these two doors is it?")) / engine.rate < 6


@needs_espeak
def test_what_looks_like_an_option_is_only_read() -> None:
    assert len(said(open_engine("espeak"), "--version and -w /tmp/x")) > 0


def test_espeak_that_is_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ModelError, match="espeak-ng is not installed") as error:
        said(open_engine("espeak"), "Hello")
    assert "photocast[speech]" in error.value.do


def test_unknown_names() -> None:
    with pytest.raises(UsageError, match="no engine"):
        open_engine("flite")
    for engine in ("tones", "kokoro", "espeak"):
        with pytest.raises(UsageError, match="no voice"):
            said(open_engine(engine), "Hello", "nobody")
