"""Seconds until the first turn can be heard: after it was written, and after the engine was opened for it.

    python benchmarks/first_audio.py photocast-out/lisbon
    python benchmarks/first_audio.py photocast-out/lisbon --engine espeak --rounds 5

As in `photocast make --stream`, the engine is loaded while photos are looked at: that time is in the first line alone.
Turns of the episode are said one by one, each in a fresh folder of clips, so that none is there already.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from photocast.models.speech import Line, Samples, SpeechEngine, open_engine
from photocast.publish import EpisodeFolder
from photocast.speech import Clips, cast
from photocast.speech.ahead import Ahead
from photocast.speech.delivered import line_of


def main() -> None:
    """Print one line for a cold start, and one for turns after it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("episode", type=Path)
    parser.add_argument("--engine")
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    script = EpisodeFolder(asked.episode).read().script
    engine = open_engine(asked.engine)
    voices = cast(script, engine.voices)
    took = [
        until_heard(engine, line_of(turn, voices[turn.speaker], engine.abilities))
        for turn in script.turns[: asked.rounds]
    ]
    print(f"{engine.name}, first of all, with its start: {took[0][0]:.2f} s for {took[0][1]:.1f} s of sound")
    later = [seconds for seconds, _ in took[1:]]
    print(
        f"after a turn was written: median {statistics.median(later):.2f} s, longest {max(later):.2f} s, "
        f"of {len(later)} turns of {statistics.median(length for _, length in took[1:]):.1f} s (median)"
    )


def until_heard(engine: SpeechEngine, line: Line) -> tuple[float, float]:
    """Seconds until the clip of a line is there, and how long it is."""
    heard: list[tuple[float, float]] = []

    def note(sound: Samples) -> None:
        heard.append((time.perf_counter(), len(sound) / engine.rate))

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with Ahead(engine, Clips(Path(folder)), heard=note) as ahead:
            ahead.say(line)
    return heard[0][0] - begun, heard[0][1]


if __name__ == "__main__":
    main()
