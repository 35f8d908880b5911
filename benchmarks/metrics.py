"""How fast the metrics without weights are, beside the libraries that one would reach for.

Run: pip install nltk==3.10.4 lexical-diversity==0.1.1 "setuptools<81" (which the latter needs),
then python benchmarks/metrics.py [FOLDER_OF_TRANSCRIPTS]

Without a folder, scripts are written for the albums that ship with photocast. Megabytes are those of the transcript,
CPU seconds the least of several rounds. Reading a transcript is timed apart from measuring it.
"""

import argparse
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from photocast.album import Album
from photocast.bench.transcripts import find_transcripts
from photocast.looking import look
from photocast.metrics import METRICS, Needs, across, measure, reference
from photocast.metrics.reading import Reading, read
from photocast.schema import AlbumRecord, Brief, Script, TranscriptError, parse_transcript, print_transcript
from photocast.writing import write

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = (ROOT / "examples/sourdough_loaf", ROOT / "src/photocast/demo/dog_at_the_beach")
ROUNDS = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    asked = options.parse_args()
    files = find_transcripts([asked.folder]) if asked.folder else []
    texts = [file.read_text("utf-8") for file in files] or written()
    texts = [text for text in texts if parses(text)]
    whole = "\n\n".join(text.rpartition("====\n")[2] for text in texts)
    whole *= math.ceil(1e6 / len(whole))
    print(f"{len(texts)} transcripts of {fmean(map(len, texts)) / 1000:.1f} kB, and all of them as one of 1 MB\n")
    print("| | MB | reading: MB a CPU second | all metrics without weights: MB a CPU second |\n|---|---|---|---|")
    speed("each by itself", texts)
    speed("as one", [whole])
    scripts = [parse_transcript(text) for text in texts]
    print("\n| metric | ours: µs | other: µs | ratio | largest difference |\n|---|---|---|---|---|")
    for name, ours, other in rivals():
        compare(name, ours, other, scripts)
    self_bleu(scripts)


def written() -> list[str]:
    """Transcripts of scripts by pocket, with 25 seeds for each album that ships."""
    found = []
    for folder in SHIPPED:
        with Album.open(folder) as album:
            record = AlbumRecord(title=album.title, photos=album.photos, set_aside=album.set_aside)
            facts = look(album, Brief())
        for seed in range(25):
            found.append(print_transcript(write(record, facts, Brief(seed=seed, words=700)).script))
    return found


def parses(text: str) -> bool:
    try:
        parse_transcript(text)
    except TranscriptError:
        return False
    return True


def speed(name: str, texts: Sequence[str]) -> None:
    size = sum(len(text.encode()) for text in texts) / 1e6
    people = reference("panel")
    scripts = [parse_transcript(text) for text in texts]
    reading = least(lambda: [parse_transcript(text) for text in texts])
    measuring = least(lambda: [measure(fresh(script), reference=people) for script in scripts])
    print(f"| {name} | {size:.2f} | {size / reading:.2f} | {size / measuring:.2f} |")


def fresh(script: Script) -> Script:
    """The same script, of which nothing is remembered."""
    return script.model_copy()


def least(work: Callable[[], Any]) -> float:
    """CPU seconds of the fastest of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        rounds.append(time.process_time() - start)
    return min(rounds)


def rivals() -> list[tuple[str, Callable[[Script], float], Callable[[list[str]], float]]]:
    """Metrics with the obvious other way to work them out from the words."""
    from lexical_diversity import lex_div
    from nltk.util import ngrams

    def of(name: str) -> Callable[[Script], float]:
        return METRICS[name].function

    def distinct(n: int) -> Callable[[list[str]], float]:
        return lambda words: len(set(ngrams(words, n))) / len(list(ngrams(words, n)))

    def windowed(words: list[str]) -> float:
        pairs = list(ngrams(words, 2))
        return fmean(len(set(pairs[at : at + 99])) / 99 for at in range(len(pairs) - 98))

    return [
        ("distinct_2", of("distinct_2"), distinct(2)),
        ("rep_4", of("rep_4"), lambda words: 1 - distinct(4)(words)),
        ("distinct_2_window", of("distinct_2_window"), windowed),
        ("mtld", of("mtld"), lex_div.mtld),
        ("mattr", of("mattr"), lambda words: lex_div.mattr(words, window_length=100)),
    ]


def compare(
    name: str, ours: Callable[[Script], float], other: Callable[[list[str]], float], scripts: Sequence[Script]
) -> None:
    """Time of both from the words on, and how far they are apart."""
    scripts = [script for script in scripts if len(read(script).tokens) >= 150]
    words = [read(script).tokens for script in scripts]
    tokenised = least(lambda: [Reading(script).tokens for script in scripts])
    mine = least(lambda: [ours(fresh(script)) for script in scripts]) - tokenised
    theirs = least(lambda: [other(one) for one in words])
    apart = max(abs(ours(script) - other(one)) for script, one in zip(scripts, words, strict=True))
    each = 1e6 / len(scripts)
    print(f"| {name} | {mine * each:.0f} | {theirs * each:.0f} | {theirs / mine:.1f} | {apart:.2g} |")


def self_bleu(scripts: Sequence[Script]) -> None:
    from nltk.translate.bleu_score import sentence_bleu

    words = [read(script).tokens for script in scripts]
    ours = least(lambda: across.self_bleu(scripts))
    start = time.process_time()
    theirs = [sentence_bleu([*words[:at], *words[at + 1 :]], one) for at, one in enumerate(words)]
    seconds = time.process_time() - start
    apart = max(abs(one - other) for one, other in zip(across.self_bleu(scripts), theirs, strict=True))
    each = 1e6 / len(scripts)
    print(f"| self_bleu | {ours * each:.0f} | {seconds * each:.0f} | {seconds / ours:.1f} | {apart:.2g} |")
    left_out = [metric.name for metric in METRICS.values() if metric.needs not in (Needs.SCRIPT, Needs.REFERENCE)]
    print(f"\nNot among the metrics above, since they need more than a transcript: {', '.join(left_out)}.")


if __name__ == "__main__":
    main()
