"""A script becomes sound: clips made side by side, in order, and laid into time."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from photocast.models.speech import Line, Samples, SpeechEngine
from photocast.schema import ModelError, Script, Timeline
from photocast.speech.clips import Clips, key_of
from photocast.speech.delivered import line_of, unheard
from photocast.speech.levels import levelled
from photocast.speech.mix import mixed, seats_of
from photocast.speech.timing import timed


@dataclass(frozen=True, eq=False)
class Spoken:
    """What came of speaking a script."""

    mix: NDArray[np.float32]
    """(n, 2), before mastering."""
    rate: int
    timeline: Timeline
    made: int
    """Clips that were made now; the others were there."""
    unheard: Mapping[str, int] = field(default_factory=dict)
    """How often what the script asks for is not heard, because the engine cannot do it: `{"laugh": 3}`."""


def speak(
    script: Script,
    engine: SpeechEngine,
    voices: Mapping[str, str],
    clips: Clips,
    *,
    speed: float = 1.0,
    at_once: int = 2,
    heard: Callable[[int, Samples], None] = lambda number, sound: None,
) -> Spoken:
    """Speak all turns.

    Args:
        script: what is said.
        engine: which says it.
        voices: of the engine, by the name of the speaker.
        clips: where they are kept; what is there is not made again.
        speed: 1 is the voices' own.
        at_once: how many clips are made side by side.
        heard: is given each clip, in the order of the turns, as soon as it and all before it are there.

    Raises:
        ModelError: a turn cannot be spoken, or the engine fails; clips that are finished are kept.
        InputError: a clip cannot be kept.
    """
    lines = [line_of(turn, voices[turn.speaker], engine.abilities, speed) for turn in script.turns]
    sounds, made = _clips(script, engine, lines, clips, at_once, heard)
    timeline = timed(script, [len(sound) / engine.rate for sound in sounds])
    places = seats_of([speaker.name for speaker in script.speakers])
    level = levelled(sounds, [turn.speaker for turn in script.turns], engine.rate)
    mix = mixed(level, [places[turn.speaker] for turn in script.turns], timeline, engine.rate)
    return Spoken(mix, engine.rate, timeline, made, unheard(script.turns, lines))


def clip_of(engine: SpeechEngine, line: Line, clips: Clips) -> Samples:
    """The clip of a line, which is made and kept if it is not there.

    Raises:
        ModelError: it cannot be spoken, or the engine fails.
        InputError: it cannot be kept.
    """
    key = key_of(engine.name, line)
    kept = clips.get(key, engine.rate)
    return clips.put(key, np.concatenate([*engine.speak(line)]), engine.rate) if kept is None else kept


def to_be_made(
    script: Script, engine: SpeechEngine, voices: Mapping[str, str], clips: Clips, *, speed: float = 1.0
) -> list[Line]:
    """The lines whose clips are not there yet, each once; arguments as for `speak`."""
    lines = [line_of(turn, voices[turn.speaker], engine.abilities, speed) for turn in script.turns]
    by_key = {key_of(engine.name, line): line for line in lines}
    return [line for key, line in by_key.items() if clips.get(key, engine.rate) is None]


def _clips(
    script: Script,
    engine: SpeechEngine,
    lines: Sequence[Line],
    clips: Clips,
    at_once: int,
    heard: Callable[[int, Samples], None],
) -> tuple[list[Samples], int]:
    """The clip of every line, in order, and how many had to be made."""
    keys = [key_of(engine.name, line) for line in lines]
    with ThreadPoolExecutor(at_once) as pool:
        there = {key: clips.get(key, engine.rate) for key in keys}
        first = {key: line for key, line in zip(reversed(keys), reversed(lines), strict=True) if there[key] is None}
        waiting = {key: pool.submit(clip_of, engine, first[key], clips) for key in keys if key in first}
        sounds: list[Samples] = []
        for number, (key, turn) in enumerate(zip(keys, script.turns, strict=True)):
            kept = there[key]
            try:
                sounds.append(waiting[key].result() if kept is None else kept)
            except ModelError as error:
                pool.shutdown(wait=False, cancel_futures=True)
                what = f"turn {turn.id} was not spoken: {error.what}"
                raise ModelError(error.fault, what, error.why, error.do) from error
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            heard(number, sounds[-1])
    return sounds, len(first)
