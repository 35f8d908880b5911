"""How often the watermark is found after what happens to podcasts, and how often in sound that has none.

    python benchmarks/watermark.py ../shared/data/transcripts/dev_180_episodes.jsonl.gz

The file holds a JSON object with a `transcript` a line, plain or gzipped: its sentences are said, by two speakers to
the left and right of the middle, by Kokoro, by hibari-tts (a small voice of the extra `speech`) and by espeak-ng.
Marked sound is mastered as an episode is, and then attacked. Clips are cut from a random place on, and do not overlap.
Intervals are Wilson's, of 95 %.

False alarms are counted in clips without a mark, as they are and after MP3 at 64 kb/s, and with other keys than the one
that was put in, in the same clips and in marked ones.
"""

import argparse
import gzip
import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require
from photocast.bench.statistics import wilson
from photocast.models.speech.espeak import Espeak
from photocast.models.speech.kokoro import Kokoro
from photocast.models.speech.voice import Line
from photocast.provenance.watermark import MOST_CHANCE, detect, embed, judge, levels
from photocast.schema import PhotocastError
from photocast.speech.container import Labels, write_container
from photocast.speech.heard import decode
from photocast.speech.master import mastered

Sound = NDArray[np.float32]
RATE = 24_000
LENGTHS = (5, 10, 20, 60)
CLEAN_SECONDS = 12
KEYS = 10
PLACES = (-0.22, 0.22)
PAUSE_S = 0.25
ROOM_DBFS = -66


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("texts", type=Path)
    options.add_argument("--minutes", type=float, nargs=3, default=(3, 10, 10), metavar=("KOKORO", "HIBARI", "ESPEAK"))
    options.add_argument(
        "--clean", type=int, nargs=4, default=(5, 400, 400, 300), metavar=("KOKORO", "HIBARI", "ESPEAK", "OTHER")
    )
    asked = options.parse_args()
    texts = sentences(asked.texts)
    engines = {"kokoro": kokoro(texts), "hibari": hibari(texts), "espeak": espeak(texts)}
    for (name, said), minutes in zip(engines.items(), asked.minutes, strict=True):
        if minutes:
            robustness(name, conversation(said, minutes * 60))
    for (name, said), count in zip(engines.items(), asked.clean[:3], strict=True):
        if count:
            false_alarms(name, (conversation(said, CLEAN_SECONDS) for _ in range(count)))
    if asked.clean[3]:
        false_alarms("noise, chords, clicks, glides", (unspoken(number) for number in range(asked.clean[3])))


def robustness(name: str, mix: Sound) -> None:
    """Print how often the mark is found in clips of a long recording, and what it did to the sound."""
    start = time.process_time()
    marked = embed(mix, RATE)
    took = time.process_time() - start
    print(f"\n{name}: {len(mix) / RATE:.0f} s; embedding {took:.2f} s of processor; {damage(mix, marked)}")
    master = mastered(marked, RATE).samples
    for attack, change in ATTACKS.items():
        sound, rate = change(master)
        cut = int(np.random.default_rng(len(sound)).integers(rate, 3 * rate))  # anywhere in a slot
        energy = of(sound[cut:], rate)
        cells = [" ".join(found(energy, length)) for length in LENGTHS]
        print(f"| {attack} | {' | '.join(cells)} |", flush=True)


def found(energy: NDArray[np.float32], length: int) -> tuple[str, str, str]:
    """How many of the clips hold the mark, the interval, and the least z."""
    size = length * 100 - 3  # looks at whole slots within the clip
    told = [judge(energy[at : at + size]) for at in range(0, len(energy) - size, length * 100)]
    if not told:
        return "-", "", ""
    hits = sum(one.state == "found" for one in told)
    low, high = wilson(hits, len(told))
    return f"{hits}/{len(told)}", f"({low:.3f}-{high:.3f})", f"z {min(one.z for one in told):.1f}"


def damage(mix: Sound, marked: Sound) -> str:
    """Signal over what was added, whole and by stretches of 20 ms (each within -10 and 35 dB, silence left out)."""
    signal, added = (np.square(part.astype(np.float64)).sum(axis=1) for part in (mix, marked - mix))
    size = RATE // 50
    rows = len(mix) // size * size
    whole = 10 * np.log10(signal.sum() / added.sum())
    parts = [part[:rows].reshape(-1, size).sum(axis=1) for part in (signal, added)]
    loud = parts[0] > 1e-4 * np.percentile(parts[0], 95)
    each = np.clip(10 * np.log10(parts[0][loud] / (parts[1][loud] + 1e-20)), -10, 35)
    peak = 20 * np.log10(np.abs(marked).max() / np.abs(mix).max())
    return f"SNR {whole:.1f} dB, segmental {each.mean():.1f} dB, peak {peak:+.2f} dB"


def false_alarms(name: str, clips: Iterator[Sound]) -> None:
    """Print how many clips without a mark seem to have one, and the quantiles of z."""
    z: dict[str, list[float]] = {"clean": [], "clean, MP3 64": [], "other keys": [], "marked, other keys": []}
    for clip in clips:
        energy = of(clip, RATE)
        z["clean"].append(judge(energy).z)
        z["clean, MP3 64"].append(detect(*encoded(".mp3", 64)(clip)).z)
        z["other keys"] += [judge(energy, key=str(key)).z for key in range(KEYS)]
        other = of(embed(clip, RATE), RATE)
        z["marked, other keys"] += [judge(other, key=str(key)).z for key in range(KEYS)]
    threshold = (2 * np.log(512 / MOST_CHANCE)) ** 0.5
    for what, values in z.items():
        alarms = int((np.array(values) > threshold).sum())
        quantiles = " ".join(f"{value:.2f}" for value in np.quantile(values, (0.5, 0.99, 0.999, 1)))
        low, high = wilson(alarms, len(values))
        print(f"| {name} | {what} | {alarms}/{len(values)} ({low:.5f}-{high:.5f}) | z {quantiles} |", flush=True)


def of(sound: Sound, rate: int) -> NDArray[np.float32]:
    return levels([sound if sound.ndim == 1 else sound.mean(axis=1)], rate)


# Attacks: mastered sound in stereo to whatever is left of it, and its rate


def encoded(suffix: str, kbps: int) -> Callable[[Sound], tuple[Sound, int]]:
    """Written as an episode is, and decoded."""

    def attack(sound: Sound) -> tuple[Sound, int]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"sound{suffix}"
            write_container(path, sound, RATE, Labels({}, ()), kbps)
            return decode(path)

    return attack


def filtered(*filters: tuple[str, str], rate: int = RATE) -> Callable[[Sound], tuple[Sound, int]]:
    """Through filters of FFmpeg, in stereo."""

    def attack(sound: Sound) -> tuple[Sound, int]:
        import av
        from av.filter import Graph

        graph = Graph()
        chain = [graph.add_abuffer(format="flt", sample_rate=RATE, layout="stereo")]
        chain += [graph.add(name, options) for name, options in filters]
        chain += [graph.add("aformat", "sample_fmts=flt:channel_layouts=stereo"), graph.add("abuffersink")]
        graph.link_nodes(*chain).configure()
        parts = []
        for start in range(0, len(sound), RATE):
            packed = np.ascontiguousarray(sound[start : start + RATE]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
            frame.sample_rate, frame.pts = RATE, start
            graph.push(frame)
            parts += pulled(graph)
        graph.push(None)
        return np.concatenate([*parts, *pulled(graph)]), rate

    return attack


def pulled(graph: object) -> list[Sound]:
    """All that a graph has ready."""
    import av

    parts = []
    while True:
        try:
            parts.append(graph.pull().to_ndarray().reshape(-1, 2).copy())  # type: ignore[attr-defined]
        except (av.BlockingIOError, av.EOFError):
            return parts


def noisy(sound: Sound) -> tuple[Sound, int]:
    """White noise 20 dB below the sound."""
    noise = np.random.default_rng(1).standard_normal(sound.shape, np.float32)
    return sound + noise * np.float32(0.1 * np.sqrt(np.mean(sound**2))), RATE


def twice(sound: Sound) -> tuple[Sound, int]:
    """MP3, and MP3 of it."""
    once, _ = encoded(".mp3", 96)(sound)
    return encoded(".mp3", 64)(once)


ATTACKS: dict[str, Callable[[Sound], tuple[Sound, int]]] = {
    "none (mastered)": lambda sound: (sound, RATE),
    "MP3 128 kb/s": encoded(".mp3", 128),
    "MP3 96 kb/s": encoded(".mp3", 96),
    "MP3 64 kb/s": encoded(".mp3", 64),
    "MP3 32 kb/s": encoded(".mp3", 32),
    "MP3 96, then MP3 64": twice,
    "AAC 64 kb/s": encoded(".m4a", 64),
    "Opus 32 kb/s": encoded(".opus", 32),
    "mono, MP3 64 kb/s": lambda sound: encoded(".mp3", 64)(sound.mean(axis=1)),
    "resampled to 44.1 kHz": filtered(("aresample", "44100"), rate=44_100),
    "resampled to 16 kHz": filtered(("aresample", "16000"), rate=16_000),
    "resampled to 8 kHz": filtered(("aresample", "8000"), rate=8_000),
    "white noise, 20 dB below": noisy,
    "an echo": filtered(("aecho", "0.8:0.6:40:0.3")),
    "bass up, treble down, 6 dB": filtered(("bass", "g=6"), ("treble", "g=-6")),
    "speed 0.1 % up": filtered(("asetrate", "24024"), ("aresample", "24000")),
    "speed 1 % up": filtered(("asetrate", "24240"), ("aresample", "24000")),
    "tempo 1 % up": filtered(("atempo", "1.01")),
    "tempo 10 % up": filtered(("atempo", "1.1")),
}


# Sound


def sentences(path: Path) -> Iterator[str]:
    """In an order that is always the same, and never of one episode in a row."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        whole = [json.loads(line)["transcript"] for line in lines]
    found = [one for text in whole for one in re.split(r"(?<=[.?!])\s+", text) if 40 < len(one) < 200]
    for number in np.random.default_rng(8).permutation(len(found)):
        yield found[number]


def conversation(said: Iterator[Sound], seconds: float) -> Sound:
    """Sentences with pauses, from two places, over the tone of a room."""
    size = round(seconds * RATE)
    out = np.random.default_rng(size).standard_normal((size, 2), np.float32) * np.float32(10 ** (ROOM_DBFS / 20))
    at, turn = 0, 0
    while at < size:
        sound, angle = next(said)[: size - at], (PLACES[turn % 2] + 1) * np.pi / 4
        out[at : at + len(sound)] += sound[:, None] * np.array([np.cos(angle), np.sin(angle)], np.float32)
        at, turn = at + len(sound) + round(PAUSE_S * RATE), turn + 1
    return out


def kokoro(texts: Iterator[str]) -> Iterator[Sound]:
    yield from spoken(Kokoro(), texts)


def espeak(texts: Iterator[str]) -> Iterator[Sound]:
    for sound in spoken(Espeak(), texts):
        spots = np.arange(0, len(sound), Espeak.rate / RATE)
        yield np.interp(spots, np.arange(len(sound)), sound).astype(np.float32)


def spoken(engine: Kokoro | Espeak, texts: Iterator[str]) -> Iterator[Sound]:
    for number, text in enumerate(texts):
        try:
            voice = engine.voices[number % len(engine.voices)].id
            yield np.concatenate(list(engine.speak(Line(text, voice, speed=(0.9, 1.0, 1.15)[number % 3]))))
        except PhotocastError:
            continue


def hibari(texts: Iterator[str]) -> Iterator[Sound]:
    engine = require("hibari", extra="speech", purpose="a quick voice").Hibari()
    for number, text in enumerate(texts):
        yield np.asarray(engine(text, speed=(0.9, 1.0, 1.15)[number % 3], seed=number), np.float32)


def unspoken(number: int) -> Sound:
    """What is no speech: noise of a colour, a chord that changes, a beat of clicks, tones that glide."""
    random = np.random.default_rng(number)
    size = CLEAN_SECONDS * RATE
    seconds = np.arange(size) / RATE
    kinds: Sequence[Callable[[], NDArray[np.float64]]] = (
        lambda: np.fft.irfft(
            np.fft.rfft(random.standard_normal(size)) / np.arange(1, size // 2 + 2) ** random.uniform(0, 1), size
        ),
        lambda: sum((chord(seconds, random, 2.0) for _ in range(4)), np.zeros(size)),
        lambda: np.where(seconds % random.uniform(0.1, 1) < 0.01, random.standard_normal(size), 0),
        lambda: np.sin(
            2 * np.pi * np.cumsum(3000 + 2500 * np.sin(2 * np.pi * random.uniform(0.05, 3) * seconds)) / RATE
        ),
    )
    sound = kinds[number % len(kinds)]()
    both: Sound = (np.stack([sound, sound], axis=1) * 0.2 / np.abs(sound).max()).astype(np.float32)
    return both


def chord(seconds: NDArray[np.float64], random: np.random.Generator, length: float) -> NDArray[np.float64]:
    """A voice of a chord: a note with its overtones, another one every two seconds."""
    notes = 110 * 2 ** (random.integers(0, 36, int(seconds[-1] / length) + 1) / 12)
    phase = 2 * np.pi * np.cumsum(notes[(seconds / length).astype(int)]) / RATE
    fade = np.exp(-2 * (seconds % length))
    tones = [np.sin(number * phase) / number for number in range(1, 12)]
    played: NDArray[np.float64] = fade * np.sum(tones, axis=0)
    return played


if __name__ == "__main__":
    main()
