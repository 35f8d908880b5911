"""What each stage of the corpus takes on one core, and how much faster two workers are.

Run: python benchmarks/corpus_scale.py [--episodes 3000] [--times 3] [--engines here pool:2 ray]

Stages run one by one on generated SPoRC 1.0 in which every episode has speakers, so that many are kept; seconds are
user and system time of this process, without start and imports, medians. Engines run reading, rules and windows on the
same buckets, from nothing; there the wall clock counts, with the start of the workers, and every engine must make the
same bytes.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from photocast.corpus.choosing import make_chosen
from photocast.corpus.engines import engine_of
from photocast.corpus.nouns import Dropped, PodcastEpisode, Window
from photocast.corpus.parts import Part
from photocast.corpus.recipe import ChooseTable
from photocast.corpus.rules import rule_set
from photocast.corpus.select import Select
from photocast.corpus.sources import open_source, sporc_legacy
from photocast.corpus.store import open_store
from photocast.corpus.talk import make_talk
from photocast.corpus.window import Windows
from photocast.testing.sporc import write_legacy


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--episodes", type=int, default=3000)
    arguments.add_argument("--times", type=int, default=3)
    arguments.add_argument("--engines", nargs="*", default=["here", "pool:2", "ray"])
    asked = arguments.parse_args()
    sporc_legacy.BUCKET_BYTES = 1 << 22  # some ten parts out of so few episodes
    with TemporaryDirectory() as folder:
        made = write_legacy(Path(folder, "sporc"), episodes=asked.episodes, seed=1, diarized=1.0)
        print(f"{made.episodes} episodes, {made.turns} turns, {made.raw_bytes / 1e6:.0f} MB raw\n")
        rates = [stage_rates(Path(folder), f"rates-{turn}", made.raw_bytes / 1e6) for turn in range(asked.times)]
        print("| stage | a CPU second |\n|---|---|")
        for stage, unit in rates[0]:
            print(f"| {stage} | {statistics.median(one[stage, unit] for one in rates):.0f} {unit} |")
        print("\n| engine | wall s | of `here` |\n|---|---|---|")
        if asked.engines:
            compare_engines(Path(folder), asked.engines)


def stage_rates(folder: Path, name: str, megabytes: float) -> dict[tuple[str, str], float]:
    """How much of what each stage does in a second."""
    store, source, rules = open_store(folder / name), open_source(folder / "sporc"), rule_set("strict")
    split, pieces = timed(lambda: source.parts(store, rules, lambda *_: None))
    read, found = timed(lambda: [episode for piece in pieces for episode in source.read(store, piece)])
    episodes = [one for one in found if isinstance(one, PodcastEpisode)]
    select = Select(rules)
    select(episodes[0])  # loads the model that tells languages
    judged, made = timed(lambda: [select(episode) for episode in episodes])
    kept = [one for one in made if not isinstance(one, Dropped)]
    stage = Windows()
    stage(episodes[0])  # loads the lexicon
    fresh = [PodcastEpisode(one.origin, one.turns) for (one,) in kept]
    cut, made = timed(lambda: [stage(one) for (one,) in kept])
    alone, _ = timed(lambda: [stage(one) for one in fresh])
    windows = [window for one in made if not isinstance(one, Dropped) for window in one]
    part = Part("window", "00000", "key", Window)
    written, _ = timed(lambda: part.write(store, windows, [], []))
    table = ChooseTable(windows=len(windows) // 2)
    chosen, _ = timed(lambda: make_chosen(store, [part], table, None, lambda *_: None))
    return {
        ("split", "MB"): megabytes / split,
        ("read", "episodes"): len(episodes) / read,
        ("select", "episodes"): len(episodes) / judged,
        ("window, behind select", "episodes"): len(kept) / cut,
        ("window, alone", "episodes"): len(kept) / alone,
        ("write", "windows"): len(windows) / written,
        ("choose", "windows"): len(windows) / chosen,
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of this process, and what came of them."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def compare_engines(folder: Path, engines: list[str]) -> None:
    """Wall seconds of reading, rules and windows with each engine."""
    source, select = open_source(folder / "sporc"), Select(rule_set("strict"))
    first: tuple[float, dict[str, bytes]] | None = None
    for engine in engines:
        store = open_store(folder / f"engine-{engine}")
        source.parts(store, select.early, lambda *_: None)
        began = time.perf_counter()
        parts = make_talk(
            store, source, select.early, [select, Windows()], engine=engine_of(engine), told=lambda *_: None
        )
        seconds = time.perf_counter() - began
        content = {name: store.read(name) for name in store.names("window")}
        first = first or (seconds, content)
        assert content == first[1], f"{engine} made other bytes"
        print(f"| {engine}, {len(parts)} parts | {seconds:.2f} | {first[0] / seconds:.2f} x |")


if __name__ == "__main__":
    main()
