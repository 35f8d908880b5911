"""What people, models and broken talk earn, and whether the rewards tell them apart.

Run: python benchmarks/rewards.py PEOPLE [MODELS]

PEOPLE is a file or folder of conversations as `photocast bench reference build` reads them; of each the middle stretch
of about 900 words is taken. From these are made: a strict round (the same turns, dealt to the speakers in turn), a loop
(the first four turns, four times or as often as it takes to be as long), and equal turns (the same words, cut every
40). MODELS holds a folder for each story with `transcript_*.txt` and `human_story.txt`, as the authors of SPoRC-VIST
published them. Every talk is taken to have been asked for with its own number of speakers, and with 900 words.

In brackets: P(people > group) + ½ P(equal). Coverage is of the sentences that people wrote about the pictures of a
story, beside that of the sentences about another one.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import fmean

from photocast.bench.conversations import conversations
from photocast.bench.reference import windows
from photocast.schema import TranscriptError, parse_transcript
from photocast.training.rewards import REWARDS, Asked, coverage

Talk = list[tuple[str, str]]
WORDS = 900
SHOWN = ("labels", "shape", "compliance", "length", "repetition", "length_limit")


def main() -> None:
    people = [stretch for one in conversations(Path(sys.argv[1])) if (stretch := middle(one.turns))]
    for title, fits in (("Two speakers", lambda n: n == 2), ("Three or more", lambda n: n > 2)):
        talks = [talk for talk in people if fits(speakers(talk))]
        groups = {"people": [written(talk) for talk in talks]}
        made: dict[str, Callable[[Talk], Talk]] = {"strict round": dealt, "loop": looped, "equal turns": equal}
        groups |= {name: [written(make(talk)) for talk in talks] for name, make in made.items()}
        groups |= published(Path(sys.argv[2]), fits) if len(sys.argv) > 2 else {}
        table(title, {name: texts for name, texts in groups.items() if texts})
    if len(sys.argv) > 2:
        covered(Path(sys.argv[2]))


def middle(turns: Sequence[tuple[str, str]]) -> Talk | None:
    cut = list(windows(turns, WORDS))
    talk = numbered(cut[len(cut) // 2]) if cut else []
    return talk if speakers(talk) > 1 else None


def numbered(turns: Sequence[tuple[str, str]]) -> Talk:
    names: dict[str, str] = {}
    return [(names.setdefault(who, f"Speaker {len(names) + 1}"), said) for who, said in turns]


def speakers(talk: Talk) -> int:
    return len({who for who, _ in talk})


def dealt(talk: Talk) -> Talk:
    count = speakers(talk)
    return [(f"Speaker {at % count + 1}", said) for at, (_, said) in enumerate(talk)]


def looped(talk: Talk) -> Talk:
    return talk[:4] * max(4, len(talk) // 4)


def equal(talk: Talk) -> Talk:
    count, words = speakers(talk), " ".join(said for _, said in talk).split()
    parts = (words[start : start + 40] for start in range(0, len(words), 40))
    return [(f"Speaker {at % count + 1}", " ".join(part)) for at, part in enumerate(parts)]


def published(folder: Path, fits: Callable[[int], bool]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*/transcript_*.txt")):
        text = file.read_text("utf-8").rpartition("====\n")[2]
        if (count := heard(text)) > 1 and fits(count):
            found.setdefault(file.stem.removeprefix("transcript_"), []).append(text)
    return found


def heard(text: str) -> int:
    try:
        return len({turn.speaker for turn in parse_transcript(text).turns})
    except TranscriptError:
        return 0


def written(talk: Talk) -> str:
    return "\n\n".join(f"{who}: {said}" for who, said in talk)


def table(title: str, groups: dict[str, list[str]]) -> None:
    start = time.process_time()
    earned = {name: [list(rewards(text)) for text in texts] for name, texts in groups.items()}
    each = 1000 * (time.process_time() - start) / sum(map(len, groups.values()))
    print(f"\n{title}; {each:.1f} ms of CPU for all of them together, a talk\n")
    print(f"| reward | {' | '.join(f'{name}, {len(texts)}' for name, texts in groups.items())} |")
    print("|---" * (len(groups) + 1) + "|")
    for at, reward in enumerate(SHOWN):
        people = [one[at] for one in earned["people"]]
        cells = (cell(people, [one[at] for one in found]) for name, found in earned.items() if name != "people")
        print(f"| {reward} | {fmean(people):.3f} | {' | '.join(cells)} |")


def rewards(text: str) -> Iterator[float]:
    asked = Asked(speakers=heard(text), words=WORDS)
    for name in SHOWN:
        earned = REWARDS[name](text, asked)
        yield 0.0 if earned is None else earned


def cell(people: Sequence[float], group: Sequence[float]) -> str:
    above = fmean((one > other) + (one == other) / 2 for one in people for other in group)
    return f"{fmean(group):.3f} ({above:.2f})"


def covered(folder: Path) -> None:
    stories = {file.parent: captions(file) for file in sorted(folder.glob("*/human_story.txt"))}
    places = list(stories)
    print(
        "\n| coverage | own story | another's | own, less others | another's, less others | own is higher |\n"
        + "|---" * 6
        + "|"
    )
    for system in sorted({file.name for place in places for file in place.glob("transcript_*.txt")}):
        sums = []
        for at, place in enumerate(places):
            text = (place / system).read_text("utf-8").rpartition("====\n")[2]
            wrong = places[(at + 1) % len(places)]
            others = tuple(chain.from_iterable(stories[one] for one in places if one not in (place, wrong)))
            asked = [Asked(captions=stories[one], others=null) for null in ((), others) for one in (place, wrong)]
            sums.append([coverage(text, one) or 0.0 for one in asked])
        means = [f"{fmean(column):.3f}" for column in zip(*sums, strict=True)]
        higher = fmean((own > other) + (own == other) / 2 for _, _, own, other in sums)
        print(f"| {system}, {len(sums)} | {' | '.join(means)} | {higher:.2f} |")


def captions(story: Path) -> tuple[str, ...]:
    return tuple(re.findall(r"^\[Image \d+\]: (.+)$", story.read_text("utf-8"), re.MULTILINE))


if __name__ == "__main__":
    main()
