"""How far the page is from the voice, in Chromium.

Run `python benchmarks/page_sync.py [EPISODE]`: a copy of an episode (of the ten photos in `examples/` without one) is
spoken with a tone for every word, so that it can be seen in the samples where a turn begins. In milliseconds:

lit        from the start of a turn in the timeline to the time of the audio when the page has lit it, at speed 1. The
           page is moved to a second before each turn and played until it is lit.
in file    from the start of a turn in the timeline to where its tone begins in the decoded file.
after seek from the start of a turn to the time of the audio when its tone comes out of the player, which was moved to
           just before it. It holds the delay of the browser's own sound path. That of WAV, in which a place is found by
           counting, is beside that of MP3: what they differ by is how far off MP3 lands.

Turns that begin while another is heard are left out of all but `lit`: their tone begins in sound.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

from photocast.pipeline.speech import SpeechWishes, speak_episode
from photocast.publish import EpisodeFolder
from photocast.schema import Cue, Timeline

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "sourdough_loaf"
LOUD = 0.02
"""Of full scale: above the tone of the room, and early in a tone."""
LIT = """([id, from]) => new Promise(done => {
  const turn = document.getElementById(id);
  audio.currentTime = from;
  const watch = new MutationObserver(() => {
    if (!turn.classList.contains("heard")) return;
    watch.disconnect();
    done(audio.currentTime);
  });
  turn.classList.remove("heard");
  watch.observe(turn, {attributeFilter: ["class"]});
  audio.play();
})"""
PLAYED = """async from => {
  if (!window.tap) {
    const context = new AudioContext(), source = context.createMediaElementSource(audio);
    window.tap = Object.assign(context.createAnalyser(), {fftSize: 256});
    source.connect(tap).connect(context.destination);
    await context.resume();
  }
  audio.pause();
  audio.currentTime = from;
  await new Promise(done => audio.addEventListener("seeked", done, {once: true}));
  const samples = new Float32Array(tap.fftSize);
  const loud = () => {
    tap.getFloatTimeDomainData(samples);
    return samples.some(value => Math.abs(value) > LOUD);
  };
  const pause = () => new Promise(done => setTimeout(done, 1));
  while (loud()) await pause();   // what was heard before the move
  await audio.play();
  while (!loud() && audio.currentTime < from + 3) await pause();
  return audio.currentTime;
}""".replace("LOUD", str(LOUD))


def main(episode: Path | None) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "episode"
        if episode:
            shutil.copytree(episode, path)
        else:
            command = ["make", str(EXAMPLES), "-o", str(path), "--local", "--yes", "--length", "200w", "--no-audio"]
            subprocess.run([sys.executable, "-m", "photocast", *command], check=True, stdout=subprocess.DEVNULL)
        with sync_playwright() as session:
            browser = session.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
            )
            for kind in ("mp3", "wav"):
                measure(path, kind, browser)
            browser.close()


def measure(path: Path, kind: Literal["mp3", "wav"], browser: Browser) -> None:
    audio = path / f"episode.{kind}"
    speak_episode(path, SpeechWishes(engine="tones", kind=kind))
    timeline = Timeline.model_validate_json((path / "timeline.json").read_bytes())
    clear = [cue for before, cue in _with_end_before(timeline) if cue.start - before > 0.1]
    samples, rate = decoded(audio)
    page = browser.new_page()
    page.goto(EpisodeFolder(path).refresh_page().page.as_uri())
    print(f"{audio.name}: {len(timeline.cues)} turns in {timeline.seconds:.0f} s, {len(clear)} of them after silence")
    row("in file", [1000 * (onset(samples, rate, cue.start) - cue.start) for cue in clear])
    row("lit", [1000 * (lit(page, cue) - cue.start) for cue in timeline.cues])
    row("after seek", [1000 * (played(page, cue) - cue.start) for cue in clear])
    page.close()


def row(name: str, values: list[float]) -> None:
    worst = max(values, key=abs)
    print(f"  {name:11} median {statistics.median(values):7.1f} ms   worst {worst:7.1f} ms   of {len(values)}")


def _with_end_before(timeline: Timeline) -> list[tuple[float, Cue]]:
    """Each cue beside the end of all that began before it."""
    latest, pairs = 0.0, [(0.0, timeline.cues[0])]
    for before, cue in pairwise(timeline.cues):
        latest = max(latest, before.end)
        pairs.append((latest, cue))
    return pairs


def decoded(path: Path) -> tuple[NDArray[np.float32], int]:
    """The samples of a file as their largest over its channels, and how many there are in a second."""
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        planes = av.AudioResampler(format="fltp")
        parts: list[Any] = [one.to_ndarray() for frame in file.decode(stream) for one in planes.resample(frame)]
        rate = int(stream.rate)
    return np.abs(np.concatenate(parts, axis=1)).max(axis=0), rate


def onset(samples: NDArray[np.float32], rate: int, near: float) -> float:
    """Seconds at which it first gets loud, from a little before `near`."""
    first = round((near - 0.08) * rate) if near > 0.08 else 0
    return float(first + np.argmax(samples[first:] > LOUD)) / rate


def lit(page: Page, cue: Cue) -> float:
    return float(page.evaluate(LIT, [cue.turn, max(0, cue.start - 1)]))


def played(page: Page, cue: Cue) -> float:
    return float(page.evaluate(PLAYED, max(0, cue.start - 0.08)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
