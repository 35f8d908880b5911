"""What of a script's delivery an engine is asked for, and what nobody hears."""

from pathlib import Path
from typing import Any

import pytest

from photocast.models.speech import Abilities, Line, open_engine
from photocast.schema import Delivery, Script, Speaker, Turn
from photocast.speech import Clips, Spoken, cast, speak
from photocast.speech.delivered import line_of, unheard
from photocast.speech.timing import timed

ABLE = Abilities(manners=frozenset({"whispering"}), events=frozenset({"laugh"}), emphasis=True)
ANYTHING = Abilities(manners=frozenset({"*"}), events=frozenset({"*"}), emphasis=True)


def turn(number: int = 1, **delivery: Any) -> Turn:
    said = Delivery(**delivery)
    return Turn(id=f"t{number:03}", speaker="AB"[number % 2], text="It is my dog.", delivery=said)


def talk(*turns: Turn) -> Script:
    return Script(title="Dog", speakers=(Speaker(name="A"), Speaker(name="B")), turns=turns)


@pytest.mark.parametrize(
    ("delivery", "able", "line", "missing"),
    [
        ({"manner": "in a whisper"}, ABLE, {"manner": "whispering"}, {}),
        ({"manner": "in a whisper"}, Abilities(), {}, {"whispering": 1}),
        ({"manner": "like a pirate"}, ABLE, {}, {"like a pirate": 1}),
        ({"manner": "like a pirate"}, ANYTHING, {"manner": "like a pirate"}, {}),
        ({"events": ("laugh", "sigh")}, ABLE, {"events": ("laugh",)}, {"sigh": 1}),
        ({"events": ("beat",)}, Abilities(), {}, {}),
        ({"events": ("beat", "laugh")}, ANYTHING, {"events": ("laugh",)}, {}),
        ({"emphasis": ((3, 5), (6, 8))}, ABLE, {"emphasis": ((3, 5), (6, 8))}, {}),
        ({"emphasis": ((3, 5), (6, 8))}, Abilities(), {}, {"emphasis": 2}),
        ({"manner": "laughing"}, ABLE, {"events": ("laugh",)}, {}),
        ({"manner": "laughing"}, Abilities(), {}, {"laughing": 1}),
    ],
)
def test_a_line_has_what_the_engine_can_do(
    delivery: dict[str, Any], able: Abilities, line: dict[str, Any], missing: dict[str, int]
) -> None:
    asked = line_of(turn(**delivery), "v", able)
    assert asked == Line("It is my dog.", "v", **line)
    assert unheard([turn(**delivery)], [asked]) == missing


def spoken(script: Script, folder: Path) -> Spoken:
    tones = open_engine("tones")
    return speak(script, tones, cast(script, tones.voices), Clips(folder))


def test_what_is_not_heard_is_counted_and_makes_no_clip(tmp_path: Path) -> None:
    plain = talk(turn(1), turn(2), turn(3))
    asked = talk(turn(1, manner="sad", events=("laugh",)), turn(2, events=("laugh", "beat")), turn(3))
    assert spoken(plain, tmp_path).made == 2
    again = spoken(asked, tmp_path)
    assert again.made == 0
    assert again.unheard == {"laugh": 2, "sad": 1}


def test_a_beat_is_silence_before_a_turn() -> None:
    """.7 s instead of the .28 s of an answer; what is written in milliseconds counts more."""
    plain, beat, written = (
        timed(talk(turn(1), turn(2, **said)), [1, 1]).cues[1].start
        for said in ({}, {"events": ("beat",)}, {"events": ("beat",), "pause_before_ms": 100})
    )
    assert beat - plain == pytest.approx(0.7 - 0.28)
    assert written - plain == pytest.approx(0.1 - 0.28)
