"""How quick speech is, beside the sound it makes.

    python benchmarks/speech.py photocast-out/lisbon

In one run: seconds until the first turn can be heard, with the engine's start in it; the whole episode; the same again;
one turn changed. The figures are wall time, and processor time of this process, over seconds of sound.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from photocast.models.speech import open_engine
from photocast.publish import EpisodeFolder
from photocast.speech import Clips, cast, speak
from photocast.speech.master import mastered


def main() -> None:
    """Print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("episode", type=Path)
    parser.add_argument("--engine")
    parser.add_argument("--at-once", type=int, default=2)
    asked = parser.parse_args()
    script = EpisodeFolder(asked.episode).read().script
    folder = Path(tempfile.mkdtemp())
    try:
        engine = open_engine(asked.engine)
        voices = cast(script, engine.voices)
        first: list[float] = []
        for what in ("all of it", "the same again", "one turn changed"):
            if what == "one turn changed":
                middle = len(script.turns) // 2
                turn = script.turns[middle].model_copy(update={"text": f"Well. {script.turns[middle].text}"})
                turns = (*script.turns[:middle], turn, *script.turns[middle + 1 :])
                script = script.model_copy(update={"turns": turns})
            start, cpu = time.perf_counter(), time.process_time()
            done = speak(
                script,
                engine,
                voices,
                Clips(folder),
                at_once=asked.at_once,
                heard=lambda number, sound, begun=start: first.append(time.perf_counter() - begun),
            )
            wall, used = time.perf_counter() - start, time.process_time() - cpu
            seconds = done.timeline.seconds
            print(
                f"{what}: {done.made} clips, {seconds:.1f} s of sound in {wall:.2f} s, real-time factor "
                f"{wall / seconds:.3f} (processor {used / seconds:.3f})"
            )
        print(f"first turn can be heard after {first[0]:.2f} s")
        start = time.perf_counter()
        mastered(done.mix, done.rate)
        print(f"mastering: {time.perf_counter() - start:.2f} s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
