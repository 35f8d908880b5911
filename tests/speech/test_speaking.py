"""A script becomes sound: what is kept, what is made again, what happens when something fails."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from photocast.models.speech import Abilities, Line, Samples, Voice, open_engine
from photocast.schema import Fault, InputError, ModelError, Script, Speaker, Turn, UsageError
from photocast.speech import Clips, Spoken, cast, speak
from photocast.speech.mix import mixed, seats_of
from photocast.speech.timing import timed

TALK = ("It is the same dog.", "How many is all?", "Six.", "I have no problem with six.", "Good.", "Six it is.")


def talk(*texts: str) -> Script:
    turns = (Turn(id=f"t{n:03}", speaker="AB"[n % 2], text=text) for n, text in enumerate(texts, 1))
    return Script(title="Six", speakers=(Speaker(name="A"), Speaker(name="B")), turns=tuple(turns))


def spoken(script: Script, folder: Path) -> Spoken:
    tones = open_engine("tones")
    return speak(script, tones, cast(script, tones.voices), Clips(folder))


def test_a_second_time_nothing_is_made_and_it_sounds_the_same(tmp_path: Path) -> None:
    first, again = (spoken(talk(*TALK), tmp_path) for _ in range(2))
    assert (first.made, again.made) == (6, 0)
    assert np.array_equal(first.mix, again.mix)
    assert first.timeline == again.timeline


def test_a_changed_turn_is_one_clip(tmp_path: Path) -> None:
    spoken(talk(*TALK), tmp_path)
    assert spoken(talk(*TALK[:3], "I have no problem with seven.", *TALK[4:]), tmp_path).made == 1


def test_words_that_are_said_twice_in_one_voice_are_made_once(tmp_path: Path) -> None:
    assert spoken(talk("Yes.", "No.", "Yes.", "No."), tmp_path).made == 2


def test_a_clip_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    spoken(talk(*TALK), tmp_path)
    broken, empty = sorted(tmp_path.iterdir())[:2]
    broken.write_bytes(broken.read_bytes()[:-100])
    empty.write_bytes(b"")
    assert spoken(talk(*TALK), tmp_path).made == 2


def test_each_clip_is_heard_in_order(tmp_path: Path) -> None:
    heard: list[int] = []
    tones = open_engine("tones")
    script = talk(*TALK)
    speak(script, tones, cast(script, tones.voices), Clips(tmp_path), heard=lambda n, sound: heard.append(n))
    assert heard == list(range(6))


class _Dies:
    """An engine of somebody else's that ends in the middle of a turn."""

    name, rate, abilities = "dies@1", 24_000, Abilities()
    voices = (Voice("dies:a", "one"), Voice("dies:b", "another"))

    def speak(self, line: Line) -> Iterator[Samples]:
        yield np.full(2400, 0.1, np.float32)
        if "no problem" in line.text:
            raise ModelError(Fault.SERVER_ERROR, "the engine ended", "it crashed", "Try again")


def test_an_engine_that_dies_names_the_turn_and_keeps_what_is_finished(tmp_path: Path) -> None:
    script, engine = talk(*TALK), _Dies()
    with pytest.raises(ModelError, match=r"turn t004 was not spoken: the engine ended"):
        speak(script, engine, cast(script, engine.voices), Clips(tmp_path), at_once=1)
    assert len(list(tmp_path.glob("*.wav"))) >= 3
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot write"):
        spoken(talk(*TALK), tmp_path / "file")


def test_killed_and_started_again_only_the_rest_is_made(tmp_path: Path) -> None:
    code = f"""
    import sys
    from pathlib import Path
    sys.path.insert(0, {str(Path(__file__).parent)!r})
    from test_speaking import TALK, talk
    from photocast.models.speech import open_engine
    from photocast.speech import Clips, cast, speak
    tones, script = open_engine("tones"), talk(*TALK)
    def wait(number, sound):
        print(number, flush=True)
        if number == 2:
            sys.stdin.read()
    speak(script, tones, cast(script, tones.voices), Clips(Path({str(tmp_path)!r})), heard=wait, at_once=1)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    assert [int(child.stdout.readline()) for _ in range(3)] == [0, 1, 2]
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    there = len(list(tmp_path.glob("*.wav")))
    assert there >= 3
    assert spoken(talk(*TALK), tmp_path).made == 6 - there


def test_casting() -> None:
    voices = open_engine("tones").voices
    script = talk("Yes.", "No.")
    assert cast(script, voices) == {"A": "tones:low", "B": "tones:high"}
    assert cast(script, voices, {"B": "tones:low"}) == {"A": "tones:high", "B": "tones:low"}
    of_its_own = script.model_copy(update={"speakers": (Speaker(name="A"), Speaker(name="B", voice="tones:top"))})
    assert cast(of_its_own, voices) == {"A": "tones:low", "B": "tones:top"}
    with pytest.raises(UsageError, match="nobody here is called"):
        cast(script, voices, {"C": "tones:low"})
    with pytest.raises(UsageError, match="no voice"):
        cast(script, voices, {"A": "tones:none"})


def test_overlapping_turns_are_both_in_the_mix() -> None:
    """Where two constant clips overlap, their levels add up; each sits on its side."""
    script = talk("It is the same—", "No, it is not.")
    clips = [np.full(24_000, 0.2, np.float32)] * 2
    timeline = timed(script, [1.0, 1.0])
    mix = mixed(clips, [-1.0, 1.0], timeline, 24_000)
    both = round((timeline.cues[1].start + 0.09) * 24_000)
    alone = round(0.9 * 24_000)
    assert mix[both] == pytest.approx([0.2 * 2**0.5] * 2, abs=0.01)
    assert mix[alone] == pytest.approx([0.2 * 2**0.5, 0.0], abs=0.01)
    assert len(mix) == round(timeline.seconds * 24_000)


def test_seats() -> None:
    assert seats_of(["A"]) == {"A": 0.0}
    assert seats_of(["A", "B", "C"]) == pytest.approx({"A": -0.22, "B": 0.0, "C": 0.22})
