"""How fast windows are scored, and what scores high and low.

Run: python benchmarks/richness.py TALK [--lexicon FILE] [--encoder NAME]

Cuts windows out of real episodes, times their score, and prints how the three richest and the three poorest begin, each
of another episode. With an encoder, as in `photocast score --encoder`, the order by sentences is printed as well, and
how well the two agree (Spearman). To be read by a person.
"""

import argparse
import time
from collections.abc import Callable, Sequence

from corpus_talk import episodes_of

from photocast.corpus.embedded import Embedded
from photocast.corpus.nouns import Dropped, Window
from photocast.corpus.richness import lexicon, richness
from photocast.corpus.window import Windows

ROUNDS = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("path")
    options.add_argument("--lexicon", default="")
    options.add_argument("--encoder", default="")
    asked = options.parse_args()
    stage = Windows(lexicon=asked.lexicon)
    made = [stage(one) for one in episodes_of(asked.path)]
    windows = [one for found in made if not isinstance(found, Dropped) for one in found]
    words = lexicon(asked.lexicon)
    texts = [one.text for one in windows]
    print(f"{len(windows)} windows; {speed(lambda text: richness([words.seen(text)]), texts):.0f} per CPU-s by words")
    show(windows, [one.richness for one in windows])
    if asked.encoder:
        from photocast.models.encoders import open_encoder

        scorer = Embedded(open_encoder(asked.encoder))
        scores = [scorer.score(text) for text in texts]
        print(f"\nby sentences, {scorer.name}: agreement {spearman([one.richness for one in windows], scores):.2f}")
        show(windows, scores)


def speed(score: Callable[[str], float], texts: Sequence[str]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            score(text)
        best = min(best, time.process_time() - began)
    return len(texts) / best


def show(windows: Sequence[Window], scores: Sequence[float]) -> None:
    ranked = sorted(zip(scores, windows, strict=True), key=lambda pair: -pair[0])
    for title, order in (("richest", ranked), ("poorest", ranked[::-1])):
        print(f"\n{title}:")
        seen: set[str] = set()
        for score, window in order:
            if window.origin.episode not in seen and len(seen) < 3:
                seen.add(window.origin.episode)
                print(f"  {score:.4f} {window.origin.title}: {window.text[:300]!r}")


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    import numpy as np

    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


if __name__ == "__main__":
    main()
