"""What matching a whole DiaDemBench costs, beside the definition read off in plain Python.

    python benchmarks/diadem.py

1,039 made-up clips, as many as the benchmark has, with 15 utterances a side: of two speakers and of three who take
turns at random, and of one who says everything, where the most lines can be put together and which is the worst case.
Predictions are the reference with letters lost, lines split and lines left out; four clips in ten are in traditional
Chinese, which cleaning simplifies. Seconds are CPU of this process.

`plain` is the obvious program: for every cell of the table it joins every run of up to six lines on both sides and
compares them, with a Levenshtein distance in Python, or with rapidfuzz's. It is timed on the first clips and scaled
up. What both find is compared, match by match.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from rapidfuzz.distance import Levenshtein

from photocast.metrics.attribution import Match, Utterance, clean, cpwer, match, transcription

CLIPS, LINES = 1039, 15
SAMPLE = {"plain": 3, "plain with rapidfuzz": 30}
"""Clips on which the obvious program is timed."""
ENGLISH = """
    i you we they the a this that it is was go going home tomorrow really think thought about what why never always
    car door red blue kitchen call tell told said look listen wait sorry thanks please maybe morning night coffee
""".split()  # noqa: SIM905
CHINESE = "我你他們這那是不了來去說話聽見過還沒有會能為什麼時候開門車飯學電視裡邊對錯謝請問認識關係現實樂"


def main() -> None:
    warm = clean(["甲: 你好"])
    match(warm, warm)  # loading packages is not what is timed
    cpwer(warm, warm)
    print(f"{CLIPS} clips, {LINES} utterances a side; seconds of CPU for all of them")
    for name, speakers in (("two speakers", "AB"), ("three speakers", "ABC"), ("one speaker", "A")):
        row(name, clips(speakers))


def row(name: str, raw: Sequence[tuple[list[str], list[str]]]) -> None:
    cleaning, sides = timed(lambda: [(clean(said), clean(meant)) for said, meant in raw])
    matching, found = timed(lambda: [match(*one) for one in sides])
    counting, _ = timed(lambda: [transcription(one) for one in found])
    words, _ = timed(lambda: [cpwer(*one) for one in sides])
    merged = sum(len(one.predicted) > 1 or len(one.reference) > 1 for some in found for one in some.matches)
    print(f"\n{name}: {sum(len(one.matches) for one in found)} matches, {merged} of lines put together")
    print(f"  cleaning {cleaning:.2f}, matching {matching:.2f}, rates {counting:.3f}, cpWER {words:.2f}")
    for how, distance in (("plain", edits), ("plain with rapidfuzz", Levenshtein.distance)):
        some = sides[: SAMPLE[how]]
        slow, theirs = timed(lambda some=some, distance=distance: [plain(*one, distance) for one in some])
        same = theirs == [list(one.matches) for one in found[: len(some)]]
        total = slow * CLIPS / len(some)
        print(f"  {how}: {total:.1f} s, {total / matching:.0f} times as long; the same matches: {same}")


def clips(speakers: str) -> list[tuple[list[str], list[str]]]:
    """Predicted and true lines of each clip."""
    drawn = random.Random(7)
    return [clip(drawn, speakers, chinese=at % 10 < 4) for at in range(CLIPS)]


def clip(drawn: random.Random, speakers: str, *, chinese: bool) -> tuple[list[str], list[str]]:
    meant = [(drawn.choice(speakers), sentence(drawn, chinese=chinese)) for _ in range(LINES)]
    said: list[str] = []
    for speaker, words in meant:
        heard = [word for word in words if drawn.random() > 0.07]
        parts = [heard[:4], heard[4:]] if drawn.random() < 0.25 and len(heard) > 6 else [heard]
        said += [f'the person {speaker}: "{joined(part, chinese=chinese)}."' for part in parts if part]
    return said[:LINES], [f"{speaker}: {joined(words, chinese=chinese)}!" for speaker, words in meant]


def sentence(drawn: random.Random, *, chinese: bool) -> list[str]:
    return drawn.choices(CHINESE if chinese else ENGLISH, k=drawn.randint(2, 14))


def joined(words: Sequence[str], *, chinese: bool) -> str:
    return ("" if chinese else " ").join(words)


def plain(said: list[Utterance], meant: list[Utterance], distance: Callable[[str, str], int]) -> list[Match]:
    """The definition, cell by cell."""
    best: list[list[tuple[float, list[Match]]]] = [[(0.0, [])] * (len(meant) + 1) for _ in range(len(said) + 1)]
    for i in range(1, len(said) + 1):
        for j in range(1, len(meant) + 1):
            most = max(best[i - 1][j], best[i][j - 1], key=lambda one: one[0])
            for k in range(1, min(6, i) + 1):
                for m in range(1, min(6, j) + 1):
                    ours, theirs = said[i - k : i], meant[j - m : j]
                    if len({one.speaker for one in ours}) > 1 or len({one.speaker for one in theirs}) > 1:
                        continue
                    a, b = ("".join(" ".join(one.text for one in lines).split()) for lines in (ours, theirs))
                    alike = 1 - distance(a, b) / max(len(a), len(b))
                    total, matches = best[i - k][j - m]
                    if alike > 0.6 and total + alike > most[0]:
                        most = total + alike, [*matches, Match(range(i - k, i), range(j - m, j), alike)]
            best[i][j] = most
    return best[-1][-1][1]


def edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


if __name__ == "__main__":
    main()
