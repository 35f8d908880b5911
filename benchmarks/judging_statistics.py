"""How fast the statistics of judging are, whether their intervals hold what they promise, and real judgements.

Run `OMP_NUM_THREADS=1 python benchmarks/judging_statistics.py [FOLDER]`. FOLDER holds squality/pairwise.csv,
squality/ratings_long.csv and hanna/hanna_flat_1056x6_human.csv; without it the last part is left out. `pip install
choix==0.4.1` in an environment of your own sets that library beside; nothing else is needed. All draws are seeded.

CPU seconds are the best of three. The plain loop is what one writes first: the iteration of Zermelo over all votes,
50 rounds, without any interval. It, choix and `rank` must agree on the strengths.
"""

import argparse
import csv
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from photocast.bench import statistics
from photocast.bench.judging.agreement import Level, agreement, krippendorff_alpha
from photocast.bench.judging.length import length_controlled, length_matched
from photocast.bench.judging.prediction_powered import prediction_powered_mean
from photocast.bench.judging.ranking import Ties, rank, resample
from photocast.bench.judging.votes import Status, Vote
from photocast.bench.judging.winning import contests, games, position, scores_of_items, win_rate
from photocast.schema import UndefinedMetric

BLANK = Vote(
    item="i",
    systems=("a", "b"),
    order="AB",
    criterion="overall",
    judge="j",
    status=Status.OK,
    preference=0,
    words=(1, 1),
)
VOTES, SYSTEMS, ITEMS = 100_000, 50, 1_000
Rows = list[tuple[str, str]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path)
    asked = options.parse_args()
    print_speed()
    print_coverage()
    if asked.folder:
        summaries, stories = comparisons(asked.folder / "squality"), Stories(asked.folder / "hanna")
        print_rows("SQuALITY", squality(asked.folder / "squality", summaries))
        print_rows("HANNA", hanna(stories) + hanna_joined(stories))
        print_rows("items drawn from the 100 of SQuALITY", held_shown(squality_coverage(summaries)))
        print_rows("prompts drawn from the 96 of HANNA", held_shown(hanna_coverage(stories)))


def vote(**changes: Any) -> Vote:
    return BLANK.model_copy(update=changes)


def print_rows(title: str, rows: Rows) -> None:
    print(f"\n| {title} | |\n|---|---|")
    for name, figure in rows:
        print(f"| {name} | {figure} |")


def print_speed() -> None:
    votes = many_votes()
    print(f"{VOTES:,} votes, {SYSTEMS} systems, {ITEMS:,} items\n\n| | CPU s |\n|---|---|")
    found = [
        timed(f"rank, ties {ties.value}, with intervals", lambda ties=ties: rank(votes, ties=ties)) for ties in Ties
    ]
    timed("resample, 100 draws", lambda: resample(votes, resamples=100), times=1)
    two = [
        one.model_copy(update={"systems": ("a", "b"), "order": "ABBA"[k % 2 * 2 :][:2]}) for k, one in enumerate(votes)
    ]
    timed("win_rate", lambda: win_rate(two))
    timed("position", lambda: position(two))
    timed("agreement, all coefficients, 10,000 draws", lambda: agreement(two))
    timed("length_controlled", lambda: length_controlled(two))
    loop = timed("plain loop, no intervals", lambda: plain(votes), times=1)
    half = dict(zip(found[0].systems, found[0].strengths.tolist(), strict=True))
    print(f"\nLargest difference from the plain loop: {max(abs(half[name] - loop[name]) for name in half):.1e}")
    try:
        import choix
    except ImportError:
        print("choix is not installed")
        return
    names = sorted(half)
    pairs = [(names.index(better), names.index(worse)) for better, worse in wins(votes)]
    there = timed("choix.opt_pairwise, ties left out", lambda: choix.opt_pairwise(len(names), pairs), times=1)
    ours = rank([one for one in votes if one.preference], ties=Ties.HALF)
    mine = dict(zip(ours.systems, ours.strengths.tolist(), strict=True))
    print(f"Largest difference from choix: {max(abs(mine[name] - there[k]) for k, name in enumerate(names)):.1e}")


def timed(name: str, work: Callable[[], Any], times: int = 3) -> Any:
    best, found = math.inf, None
    for _ in range(times):
        begun = time.process_time()
        found = work()
        best = min(best, time.process_time() - begun)
    print(f"| {name} | {best:.2f} |")
    return found


def many_votes() -> list[Vote]:
    random = np.random.default_rng(0)
    truth = random.normal(size=SYSTEMS)
    first = random.integers(SYSTEMS, size=VOTES)
    second = (first + random.integers(1, SYSTEMS, size=VOTES)) % SYSTEMS
    tied = random.random(VOTES) < 0.2
    outcome = np.where(tied, 0, np.sign(truth[first] - truth[second] + random.logistic(size=VOTES))).astype(int)
    words = random.integers(600, 1_000, size=(VOTES, 2))
    return [
        vote(
            item=f"i{k % ITEMS}",
            systems=(f"s{first[k]}", f"s{second[k]}"),
            judge=f"j{k // ITEMS % 5}",
            repeat=k // ITEMS // 10,
            preference=int(outcome[k]),
            words=(int(words[k, 0]), int(words[k, 1])),
        )
        for k in range(VOTES)
    ]


def wins(votes: Iterable[Vote]) -> list[tuple[str, str]]:
    return [one.systems if one.preference > 0 else one.systems[::-1] for one in votes if one.preference]


def plain(votes: Sequence[Vote]) -> dict[str, float]:
    """Zermelo (1929): the strength is the points over the sum of 1 / (own + other's strength) of all games."""
    strength = dict.fromkeys({name for one in votes for name in one.systems}, 1.0)
    points: Counter[str] = Counter()
    for one in votes:
        points[one.systems[0]] += one.score
        points[one.systems[1]] += 1 - one.score
    for _ in range(50):
        below = dict.fromkeys(strength, 0.0)
        for one in votes:
            a, b = one.systems
            share = 1 / (strength[a] + strength[b])
            below[a] += share
            below[b] += share
        strength = {name: points[name] / below[name] for name in strength}
    middle = fmean(map(math.log, strength.values()))
    return {name: math.log(value) - middle for name, value in strength.items()}


def print_coverage() -> None:
    print("\nIntervals of 95 % that hold the truth: three judges, both orders, every item with an effect of its own\n")
    print("| win rate | items | t over items | bootstrap over items | votes as if independent |\n|---|---|---|---|---|")
    for quality in (0.0, 2.5):
        for items in (10, 25, 50):
            print_win_rates(quality, items)
    print("\n| strengths of five systems, 30 votes an item | items | clustered | votes as if independent |")
    print("|---|---|---|---|")
    for items in (10, 25, 50, 100):
        print_strengths(items)
    print("\n| people joined with a biased judge | labelled | joined | people alone | width against people alone |")
    print("|---|---|---|---|---|")
    for labelled in (20, 50, 150):
        print_joined(labelled)


def print_win_rates(quality: float, items: int, samples: int = 1_000) -> None:
    random = np.random.default_rng(items)
    truth = fmean(sigmoid(quality + random.normal(0, 1.5, 1_000_000)).tolist())
    held = np.zeros(3)
    for _ in range(samples):
        chances = sigmoid(quality + random.normal(0, 1.5, items))
        won = random.random((3, 2, items)) < chances
        votes = [
            vote(item=f"i{item}", judge=f"j{judge}", order=order, preference=1 if won[judge, place, item] else -1)
            for judge in range(3)
            for place, order in enumerate(("AB", "BA"))
            for item in range(items)
        ]
        ends = [
            win_rate(votes, resamples=1).ci95,
            statistics.interval(won.mean(axis=(0, 1)).tolist(), resamples=1_000),
            statistics.wilson(int(won.sum()), won.size),
        ]
        held += [low <= truth <= high for low, high in ends]
    print(f"| {truth:.2f} | {items} | " + " | ".join(f"{share:.1%}" for share in held / samples) + " |")


def print_strengths(items: int, samples: int = 300) -> None:
    """An item prefers some system, so that votes on it are alike; the truth is the strength from very many items."""
    random = np.random.default_rng(items)
    truth = strengths_of(tilted(random, 5_000))
    held, count = np.zeros(2), 0
    for _ in range(samples):
        votes = tilted(random, items)
        apart = [one.model_copy(update={"item": f"{one.item}-{k}"}) for k, one in enumerate(votes)]
        try:
            both = [rank(each, ties=Ties.HALF) for each in (votes, apart)]
        except UndefinedMetric:
            continue
        count += 1
        for which, found in enumerate(both):
            wanted = np.array([truth[name] for name in found.systems])
            held[which] += ((found.ci95[:, 0] <= wanted) & (wanted <= found.ci95[:, 1])).mean()
    print(f"| {count} of {samples} samples have strengths | {items} | {held[0] / count:.1%} | {held[1] / count:.1%} |")


def tilted(random: np.random.Generator, items: int) -> list[Vote]:
    base, votes = np.linspace(-1, 1, 5), []
    for item in range(items):
        here = base + random.normal(0, 0.8, 5)
        for i, j in combinations(range(5), 2):
            chance = sigmoid(here[i] - here[j])
            votes += [
                vote(item=f"i{item}", systems=(f"s{i}", f"s{j}"), judge=judge, preference=1 if told < chance else -1)
                for judge, told in zip("abc", random.random(3), strict=True)
            ]
    return votes


def strengths_of(votes: list[Vote]) -> dict[str, float]:
    found = rank(votes, ties=Ties.HALF)
    return dict(zip(found.systems, found.strengths.tolist(), strict=True))


def print_joined(labelled: int, samples: int = 2_000) -> None:
    random = np.random.default_rng(labelled)
    joined, alone, width = 0, 0, []
    for _ in range(samples):
        chance = random.beta(3, 2, labelled + 1_000)
        people = (random.random(len(chance)) < chance).astype(float)
        judged = np.where(random.random(len(chance)) < 0.85, people, 1 - people) * 0.8 + 0.2
        found = prediction_powered_mean(people[:labelled], judged[:labelled], judged[labelled:])
        joined += found.ci95[0] <= 0.6 <= found.ci95[1]
        alone += found.people_ci95[0] <= 0.6 <= found.people_ci95[1]
        width.append((found.ci95[1] - found.ci95[0]) / (found.people_ci95[1] - found.people_ci95[0]))
    shares = f"{joined / samples:.1%} | {alone / samples:.1%}"
    print(f"| 1,000 items without people | {labelled} | {shares} | {fmean(width):.2f} |")


def comparisons(folder: Path) -> list[Vote]:
    """Summaries by people and two systems: 100 questions, three reviewers each (Wang et al. 2022, CC BY 4.0)."""
    return [
        vote(
            item=f"{row['passage']}/{row['question']}",
            systems=(row["a"], row["b"]),
            judge=row["worker"],
            kind="human",
            preference=1 if row["winner"] == row["a"] else -1,
            words=(int(row["words_a"]), int(row["words_b"])),
        )
        for row in read(folder / "pairwise.csv")
    ]


def squality(folder: Path, votes: list[Vote]) -> Rows:
    rows: Rows = [("comparisons, items, reviewers", f"{len(votes)}, {len({one.item for one in votes})}, 4")]
    for found in contests(votes):
        name = " over ".join(found.systems)
        rows.append((f"{name}: win rate", shown(found.overall.rate, found.overall.ci95)))
        rates = [one.rate for one in found.by_judge.values()]
        rows.append((f"{name}: by reviewer; design effect", f"{low_high(rates)}; {found.overall.design_effect:.2f}"))
        mine = [one for one in votes if one.systems == found.systems]
        rows.append((f"{name}: at equal length", shown(*value_and_ends(length_controlled(mine).rate))))
        rows.append((f"{name}: texts of like length only", shown(*value_and_ends(length_matched(mine)))))
    agreed = agreement(votes)
    for name, one in (("raw", agreed.raw), ("Fleiss' κ", agreed.fleiss), ("AC1 (q = 3)", agreed.ac1)):
        rows.append((f"agreement, {name}", shown(*value_and_ends(one))))
    rows.append(("agreement, Krippendorff's α", shown(*value_and_ends(agreed.alpha))))
    table, means = scores_of_reviewers(folder / "ratings_long.csv")
    rows += [(f"α of their scores 0-100, {level.value}", f"{krippendorff_alpha(table, level):.3f}") for level in Level]
    found = rank(votes)
    rows.append(
        ("mean score 0-100", ", ".join(f"{name} {means[name]:.1f}" for name in sorted(means, key=means.get)[::-1]))
    )
    rows.append(("Bradley-Terry, log-odds", strengths_shown(found)))
    rows.append(("the same, bootstrap over items", ends_shown(resample(votes))))
    return rows


def held_shown(held: dict[int, tuple[float, float]]) -> Rows:
    return [
        (f"{items}: clustered by item, votes as if independent", f"{a:.1%}, {b:.1%}") for items, (a, b) in held.items()
    ]


def squality_coverage(votes: list[Vote], draws: int = 2_000) -> dict[int, tuple[float, float]]:
    """How often the interval of items drawn from the hundred holds the win rate of all: of items, of votes.

    Of the two systems; people win nearly always.
    """
    values = np.array([*scores_of_items(games(one for one in votes if "human" not in one.systems)).values()])
    random, held = np.random.default_rng(0), {}
    for items in (25, 50):
        clustered = naive = 0
        for _ in range(draws):
            drawn = random.choice(values, items)
            low, high = interval_of(drawn)
            clustered += low <= values.mean() <= high
            low, high = statistics.wilson(round(drawn.sum() * 3), 3 * items)
            naive += low <= values.mean() <= high
        held[items] = (clustered / draws, naive / draws)
    return held


def interval_of(drawn: np.ndarray) -> tuple[float, float]:
    """Of `win_rate`, from scores of items in thirds: three reviewers in one order."""
    votes = [
        vote(item=f"i{k}", judge=f"j{judge}", preference=1 if judge < round(3 * score) else -1)
        for k, score in enumerate(drawn.tolist())
        for judge in range(3)
    ]
    return win_rate(votes, resamples=1).ci95


def scores_of_reviewers(path: Path) -> tuple[np.ndarray, dict[str, float]]:
    given: dict[tuple[str, ...], dict[str, float]] = {}
    for row in read(path):
        given.setdefault((row["passage"], row["question"], row["system"]), {})[row["worker"]] = float(row["overall"])
    workers = sorted({worker for by in given.values() for worker in by})
    table = np.array([[by.get(worker, math.nan) for worker in workers] for by in given.values()])
    systems = sorted({unit[2] for unit in given})
    return table, {
        one: fmean(s for unit, by in given.items() if unit[2] == one for s in by.values()) for one in systems
    }


class Stories:
    """Of ten systems and people on 96 prompts, means of three raters (Chhun et al. 2022, MIT)."""

    def __init__(self, folder: Path) -> None:
        rows = read(folder / "hanna_flat_1056x6_human.csv")
        criteria = ("Relevance", "Coherence", "Empathy", "Surprise", "Engagement", "Complexity")
        self.score = {(row["prompt_idx"], row["system"]): fmean(float(row[one]) for one in criteria) for row in rows}
        self.judged = {(row["prompt_idx"], row["system"]): float(row["Mistral-7B AVG 1"] or "nan") for row in rows}
        self.prompts, self.systems = (sorted({key[place] for key in self.score}) for place in (0, 1))
        self.votes = [
            vote(item=prompt, systems=pair, preference=self.preferred(self.score, prompt, *pair), kind="human")
            for prompt in self.prompts
            for pair in combinations(self.systems, 2)
        ]

    @staticmethod
    def preferred(score: dict[tuple[str, str], float], prompt: str, a: str, b: str) -> int:
        """1 where the story of `a` has the higher score, 0 for a tie."""
        apart = round(score[prompt, a] - score[prompt, b], 9)  # means of thirds
        return (apart > 0) - (apart < 0)


def hanna(stories: Stories) -> Rows:
    score, prompts, votes = stories.score, stories.prompts, stories.votes
    found = rank(votes)
    means = [fmean(score[prompt, name] for prompt in prompts) for name in found.systems]
    rho = float(spearmanr(means, found.strengths).statistic)
    by_mean = sorted(found.systems, key=dict(zip(found.systems, means, strict=True)).get)[::-1]
    rows: Rows = [
        ("stories, prompts, pairs", f"{len(score)}, {len(prompts)}, {len(votes)}"),
        ("order by mean score", ", ".join(by_mean)),
        ("order by Bradley-Terry", ", ".join(found.systems)),
        ("Spearman's ρ of the strengths with the means", f"{rho:.3f}"),
    ]
    for ties in (Ties.HALF, Ties.RAO_KUPPER):
        other = rank(votes, ties=ties)
        rows.append((f"order with ties {ties.value}", "the same" if other.systems == found.systems else "another"))
    return rows


def hanna_coverage(stories: Stories, draws: int = 200) -> dict[int, tuple[float, float]]:
    """How often the interval of a strength from prompts drawn holds that of all 96: of items, of votes.

    Without the stories by people, who lose so rarely that many draws would have no finite strengths.
    """
    votes = [one for one in stories.votes if "Human" not in one.systems]
    whole = strengths_of(votes)
    by_prompt = {prompt: [one for one in votes if one.item == prompt] for prompt in stories.prompts}
    random, shares = np.random.default_rng(0), {}
    for items in (16, 32, 64):
        held = np.zeros(2)
        for _ in range(draws):
            drawn = [
                one.model_copy(update={"item": str(k)})
                for k, prompt in enumerate(random.choice(stories.prompts, items).tolist())
                for one in by_prompt[prompt]
            ]
            apart = [one.model_copy(update={"item": str(k)}) for k, one in enumerate(drawn)]
            for which, each in enumerate((drawn, apart)):
                found = rank(each, ties=Ties.HALF)
                wanted = np.array([whole[name] for name in found.systems])
                held[which] += ((found.ci95[:, 0] <= wanted) & (wanted <= found.ci95[:, 1])).mean() / draws
        shares[items] = (float(held[0]), float(held[1]))
    return shares


def hanna_joined(stories: Stories, draws: int = 2_000) -> Rows:
    """GPT-2 against BertGeneration by people on 30 prompts and by a language model on 90, drawn from the 96."""
    pair = ("GPT-2", "BertGeneration")
    kept = [p for p in stories.prompts if not math.isnan(sum(stories.judged[p, one] for one in pair))]
    people, model = (
        np.array([(1 + stories.preferred(score, p, *pair)) / 2 for p in kept])
        for score in (stories.score, stories.judged)
    )
    random, held, width = np.random.default_rng(0), np.zeros(2), []
    for _ in range(draws):
        some, rest = random.integers(len(kept), size=30), random.integers(len(kept), size=90)
        found = prediction_powered_mean(people[some], model[some], model[rest])
        ends = (found.ci95, found.people_ci95)
        held += [low <= people.mean() <= high for low, high in ends]
        width.append((ends[0][1] - ends[0][0]) / (ends[1][1] - ends[1][0]))
    return [
        (
            f"{pair[0]} over {pair[1]}: people, Mistral-7B, same verdict",
            f"{people.mean():.3f}, {model.mean():.3f}, {(people == model).mean():.3f}",
        ),
        (
            "30 prompts with people, 90 with the model: joined, people alone",
            ", ".join(f"{one:.1%}" for one in held / draws),
        ),
        ("width of the interval against people alone", f"{fmean(width):.2f}"),
    ]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def value_and_ends(one: Any) -> tuple[float, Any]:
    return one.value, one.ci95


def shown(value: float, ends: tuple[float, float] | None) -> str:
    return f"{value:.3f}" + (f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else "")


def low_high(values: list[float]) -> str:
    return f"{min(values):.3f} to {max(values):.3f}"


def strengths_shown(found: Any) -> str:
    rows = zip(found.systems, found.strengths.tolist(), found.ci95.tolist(), strict=True)
    return ", ".join(f"{name} {value:.2f} [{low:.2f}, {high:.2f}]" for name, value, (low, high) in rows)


def ends_shown(found: Any) -> str:
    return ", ".join(
        f"{n} [{low:.2f}, {high:.2f}]" for n, (low, high) in zip(found.systems, found.ci95.tolist(), strict=True)
    )


if __name__ == "__main__":
    main()
