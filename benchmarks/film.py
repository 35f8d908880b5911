"""How long a film takes, how large it is, and how far picture and sound are apart.

    python benchmarks/film.py
    python benchmarks/film.py --seconds 60 --size 1280x720

An episode of so many seconds, in which each turn is a tone about a photo of its own. In the finished file, the frame in
which a photo is more of the new one than of the old is compared with the first loud sample of its turn.
"""

import argparse
import tempfile
import time
import wave
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from PIL import Image

from photocast.publish.film import write_film
from photocast.schema import Cue, Script, Speaker, Timeline, Turn

RATE = 24_000
EACH = 7.31


def episode(folder: Path, seconds: float) -> tuple[Script, Timeline, dict[str, Path]]:
    """Photos of noise in two colours, by turns: as hard to encode as photos, and easy to tell apart."""
    count = int((seconds - 2) / EACH)
    rng = np.random.default_rng(0)
    images = {}
    for number in range(count):
        name = f"p{number + 1:02d}"
        detail = Image.fromarray(rng.integers(0, 60, (90, 160, 3), np.uint8)).resize(
            (1600, 900), Image.Resampling.BICUBIC
        )
        flat = Image.new("RGB", detail.size, (170, 40, 40) if number % 2 else (40, 40, 170))
        images[name] = folder / f"{name}.jpg"
        Image.blend(flat, detail, 0.3).save(images[name], quality=88)
    turns = tuple(
        Turn(
            id=f"t{n + 1:03d}",
            speaker="AB"[n % 2],
            text="And this is what comes next, as far as I can tell.",
            photos=(p,),
        )
        for n, p in enumerate(images)
    )
    cues = tuple(Cue(turn=turn.id, start=1 + EACH * n, end=1 + EACH * n + EACH - 1.5) for n, turn in enumerate(turns))
    script = Script(title="Benchmark", speakers=(Speaker(name="A"), Speaker(name="B")), turns=turns)
    return script, Timeline(seconds=seconds, cues=cues), images


def tones(path: Path, timeline: Timeline) -> None:
    sound = np.zeros(round(timeline.seconds * RATE), np.float32)
    for cue in timeline.cues:
        at = np.arange(round(cue.start * RATE), round(cue.end * RATE))
        sound[at] = 0.3 * np.sin(2 * np.pi * 440 * at / RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())


def apart(path: Path, timeline: Timeline) -> list[float]:
    """Milliseconds by which each change of photo is later than its sound."""
    with av.open(str(path)) as file:
        frames = [(one.time, one.to_ndarray(format="rgb24")[200:400].mean((0, 1))) for one in file.decode(video=0)]
    with av.open(str(path)) as file:
        sound = np.abs(np.concatenate([one.to_ndarray()[0] for one in file.decode(audio=0)]))
    redder = [(when, mean[0] > mean[2]) for when, mean in frames if when > timeline.cues[0].end]
    changes = [after[0] for before, after in pairwise(redder) if before[1] != after[1]]
    late = []
    for cue, changed in zip(timeline.cues[1:], changes, strict=True):
        first = round((cue.start - 0.3) * RATE)
        began = (first + int(np.argmax(sound[first:] > 0.1))) / RATE
        late.append(1000 * (changed - began))
    return late


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--size", default="1280x720")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script, timeline, images = episode(folder, asked.seconds)
        tones(folder / "episode.wav", timeline)
        start, cpu = time.perf_counter(), time.process_time()
        path = folder / "episode.mp4"
        done = write_film(
            path,
            title=script.title,
            script=script,
            timeline=timeline,
            images=images,
            audio=folder / "episode.wav",
            size=(width, height),
        )
        wall, used = time.perf_counter() - start, time.process_time() - cpu
        late = apart(path, timeline)
        rows = {
            "film": f"{done.seconds:.1f} s, {width} x {height}, {done.photos} photos, {done.frames} frames",
            "wall time": f"{wall:.1f} s ({wall / done.seconds:.2f} of its length)",
            "processor time": f"{used:.1f} s ({used / done.seconds:.2f} of its length)",
            "size": f"{path.stat().st_size / 1e6:.1f} MB",
            "sound and picture apart": f"{max(map(abs, late)):.0f} ms at most, over {len(late)} changes of photo",
        }
        for what, value in rows.items():
            print(f"{what:<24}{value}")


if __name__ == "__main__":
    main()
