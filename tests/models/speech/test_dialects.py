"""A line in the forms that engines take, and what of it can be heard."""

import shutil
from importlib.util import find_spec
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.models.speech import Line, open_engine
from photocast.models.speech.dialects import (
    BARK,
    CHATTERBOX,
    DIA,
    ELEVENLABS_V3,
    GEMINI_3_8,
    ORPHEUS,
    Tags,
    abilities_of,
    instructions,
    plain,
    tagged,
    told,
)
from photocast.models.speech.ssml import PROSODY, to_ssml
from photocast.schema.delivery import MANNERS, SOUNDS
from photocast.schema.ssml import from_ssml

NEVER = Line("I never said that.", "v", manner="whispering", events=("laugh", "music"), emphasis=((2, 7),))
SSML = "{http://www.w3.org/2001/10/synthesis}"
needs_kokoro = pytest.mark.skipif(not find_spec("hibari"), reason="the extra speech is not installed")
needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not on this machine")


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        (ELEVENLABS_V3, "[laughs] [whispers] I NEVER said that."),
        (ORPHEUS, "<laugh> I never said that."),
        (DIA, "(laughs) I never said that."),
        (CHATTERBOX, "[laugh] I never said that."),
        (BARK, "[laughs] [music] I NEVER said that."),
        (GEMINI_3_8, "I never said that."),
    ],
)
def test_tags_of_an_engine(tags: Tags, text: str) -> None:
    assert tagged(NEVER, tags) == text
    assert tagged(Line("Yes.", "v"), tags) == "Yes."


@pytest.mark.parametrize("tags", [ELEVENLABS_V3, ORPHEUS, DIA, CHATTERBOX, BARK, GEMINI_3_8])
def test_a_dialect_promises_what_it_has_a_tag_for(tags: Tags) -> None:
    able = abilities_of(tags)
    assert able.events <= set(SOUNDS)
    assert able.manners <= set(MANNERS)
    for name in able.events:
        assert tagged(Line("Yes.", "v", events=(name,)), tags) != "Yes."
    for name in able.manners:
        assert tagged(Line("Yes.", "v", manner=name), tags) != "Yes."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (NEVER, "Say it in a whisper, with a short laugh and music before it. Stress “never”."),
        (Line("Yes.", "v", manner="excited"), "Say it excitedly."),
        (Line("Yes.", "v", events=("sigh",)), "Say it with a short sigh before it."),
        (Line("Yes.", "v", manner="like a pirate"), "Say it like a pirate."),
        (Line("Yes.", "v"), ""),
    ],
)
def test_instructions_in_words(line: Line, said: str) -> None:
    assert instructions(line) == said


def test_instructions_and_words_in_one_text() -> None:
    assert told(Line("Yes.", "v", manner="sad")) == "Say it sadly: Yes."
    assert told(Line("Yes.", "v")) == plain(Line("*Yes.*", "v")) == "Yes."


def test_ssml_of_a_line() -> None:
    line = Line("Do not & never.", "v", manner="slow", emphasis=((3, 6),))
    assert to_ssml(line, pause_ms=300) == (
        '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US"><break time="300ms"/>'
        '<prosody rate="85%">Do <emphasis level="strong">not</emphasis> &amp; never.</prosody></speak>'
    )


@given(st.text(max_size=50), st.integers(0, 50), st.integers(0, 50), st.sampled_from([*MANNERS, None]))
def test_ssml_is_well_formed_whatever_the_words_are(text: str, one: int, two: int, manner: str | None) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    line = Line(text, "v", manner=manner, emphasis=((start, end),) if start < end else ())
    root = ElementTree.fromstring(to_ssml(line))
    assert {one.tag for one in root.iter()} <= {f"{SSML}{name}" for name in ("speak", "prosody", "emphasis")}
    assert bool(root.findall(f"{SSML}prosody")) == (manner in PROSODY)


@given(st.lists(st.from_regex(r"[a-z&<>'\"]{1,6}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_ssml_that_is_written_is_read_as_it_was(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    text = plain(Line(" ".join(words), "v"))
    start = len(" ".join(text.split()[:at])) + (at > 0)
    end = start + len((text.split()[at : at + 1] or [""])[0])
    emphasis = ((start, end),) if end > start else ()
    read, delivery = from_ssml(to_ssml(Line(text, "v", manner="quiet", emphasis=emphasis)))
    assert (read, delivery.emphasis, delivery.manner) == (text, emphasis, "quiet")


@needs_espeak
def test_espeak_whispers_stresses_and_changes_its_pace_and_its_loudness() -> None:
    espeak = open_engine("espeak")

    def said(**how: object) -> np.ndarray:
        line = Line("I never said that, you know.", "espeak:us", **how)  # type: ignore[arg-type]
        return np.concatenate([*espeak.speak(line)])

    usual = said()
    assert len(said(manner="slow")) > 1.1 * len(usual) > 1.1 * 1.05 * len(said(manner="fast"))
    assert np.abs(said(manner="quiet")).mean() < 0.8 * np.abs(usual).mean() < 0.8 * np.abs(said(manner="loud")).mean()
    assert not np.array_equal(said(emphasis=((2, 7),)), usual)
    whispered = said(manner="whispering")
    assert _voiced(whispered) < 0.7 * _voiced(usual)


@needs_kokoro
def test_kokoro_changes_its_pace_and_its_level_and_nothing_else() -> None:
    kokoro = open_engine("kokoro")

    def said(manner: str | None = None) -> np.ndarray:
        return np.concatenate([*kokoro.speak(Line("I never said that.", "kokoro:heart", manner=manner))])

    usual = said()
    assert len(said("fast")) < len(usual) < len(said("slow"))
    assert np.allclose(said("quiet"), 0.6 * usual)
    assert not kokoro.abilities.events
    assert not kokoro.abilities.emphasis


def _voiced(sound: np.ndarray, rate: int = 22_050) -> float:
    """How much of the sound lies where voices hum (80 to 400 Hz), against all of it."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / rate)
    return float(power[(at > 80) & (at < 400)].sum() / power.sum())
