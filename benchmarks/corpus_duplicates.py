"""How many planted copies of windows are found, at what speed, beside datasketch where it is installed.

Run: python benchmarks/corpus_duplicates.py TALK [--windows 4000] [--threshold 0.6]

Real windows, and made-up ones in the words of the real ones where these are too few. A tenth have a copy in which 3 %
of the words are others (Jaccard of runs of five words about .75), another tenth a copy with 1 %. What ought to be found
is counted: copies whose true Jaccard with their original is at least the threshold. What else is found may be right as
well, for real podcasts repeat episodes. datasketch looks for what is like an earlier window at the same threshold, and
does not verify it.
"""

import argparse
import importlib.util
import random
import resource
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from corpus_talk import episodes_of

from photocast.corpus.choose import choose
from photocast.corpus.nouns import Dropped, Origin, Place, Utterance, Window
from photocast.corpus.recipe import ChooseTable
from photocast.corpus.spoken import spoken_letters
from photocast.corpus.window import Windows

WORDS = 1000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("path")
    options.add_argument("--windows", type=int, default=4000)
    options.add_argument("--threshold", type=float, default=0.6)
    asked = options.parse_args()
    real = real_texts(asked.path)
    originals = [*real, *made_up(real, max(0, asked.windows - len(real)))][: asked.windows]
    copies = {
        f"copy-{share}-{at:06}": (at, changed(originals[at], share, at))
        for share, start in ((0.03, 0), (0.01, 5))
        for at in range(start, len(originals), 10)
    }
    windows = [window(f"{at:06}", text, 1.0) for at, text in enumerate(originals)]
    windows += [window(name, text, 0.5) for name, (_, text) in copies.items()]
    random.Random(0).shuffle(windows)
    print(f"{len(originals)} windows ({min(len(real), len(originals))} real), {len(copies)} copies planted\n")
    alike = {name for name, (at, text) in copies.items() if jaccard(originals[at], text) >= asked.threshold}
    print(f"true Jaccard of at least {asked.threshold}: {len(alike)} of {len(copies)} copies\n")
    print("| | of those found | found that are no copies | windows per CPU-s |\n|---|---|---|---|")
    report("photocast choose", lambda: dropped(windows, asked.threshold), windows, alike, set(copies))
    if importlib.util.find_spec("datasketch"):
        report("datasketch MinHashLSH", lambda: by_datasketch(windows, asked.threshold), windows, alike, set(copies))
    print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def report(
    name: str, find: Callable[[], set[str]], windows: Sequence[Window], alike: set[str], copies: set[str]
) -> None:
    began = time.process_time()
    found = find()
    speed = len(windows) / (time.process_time() - began)
    print(f"| {name} | {len(found & alike) / len(alike):.3f} | {len(found - copies)} | {speed:.0f} |")


def dropped(windows: Sequence[Window], threshold: float) -> set[str]:
    table = ChooseTable(windows=len(windows), per_podcast=len(windows), near_duplicate=threshold)
    return {one.id for one in choose(lambda: iter(windows), table).dropped}


def by_datasketch(windows: Sequence[Window], threshold: float) -> set[str]:
    """Each that is like an earlier one, with originals before copies."""
    from datasketch import MinHash, MinHashLSH

    index, found = MinHashLSH(threshold=threshold, num_perm=128), set()
    for one in sorted(windows, key=lambda one: one.id):
        words = spoken_letters(one.text)
        row = MinHash(num_perm=128)
        row.update_batch([" ".join(words[at : at + 5]).encode() for at in range(len(words) - 4)])
        if index.query(row):
            found.add(one.id)
        index.insert(one.id, row)
    return found


def real_texts(path: str) -> list[str]:
    stage = Windows(per_episode=20)
    made = (stage(one) for one in episodes_of(path))
    return [one.text for found in made if not isinstance(found, Dropped) for one in found]


def made_up(real: Sequence[str], number: int) -> list[str]:
    """Texts in which each word follows the one before as it does somewhere in the real ones."""
    follows: dict[str, list[str]] = {}
    words = " ".join(real).split()
    for before, after in pairwise(words):
        follows.setdefault(before, []).append(after)
    chance = random.Random(1)
    texts = []
    for _ in range(number):
        text = [chance.choice(words[:-1])]
        while len(text) < WORDS:
            text.append(chance.choice(follows.get(text[-1], words)))
        texts.append(" ".join(text))
    return texts


def changed(text: str, share: float, seed: int) -> str:
    chance = random.Random(seed)
    words = text.split()
    for place in chance.sample(range(len(words)), round(share * len(words))):
        words[place] = chance.choice(words) + "ish"
    return " ".join(words)


def jaccard(one: str, other: str) -> float:
    sets = [{tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in map(spoken_letters, (one, other))]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def window(name: str, text: str, rich: float) -> Window:
    origin = Origin(episode=name, podcast="p", dataset="planted")
    return Window(name, origin, "", Place(0, 0, 0, len(text), ""), (Utterance("A", text),), WORDS, rich)


if __name__ == "__main__":
    main()
