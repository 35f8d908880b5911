"""What the rule sets make of real episodes, one after the other, and how far those are from the bounds.

Run: python benchmarks/corpus_rules.py TALK [--rules strict paper mine.toml]

TALK is any source, or a .jsonl.gz with an episode and its turns a line. Prints the funnels side by side; quantiles of
what the rules measure, so that bounds can be chosen; how many windows there are and what others fail at; and episodes
per CPU second.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence

from corpus_talk import episodes_of

from photocast.corpus.noise import count_marks
from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.rules import SHIPPED, RuleSet, Talk, rule_set
from photocast.corpus.rules import on_words as measured
from photocast.corpus.window import Windows

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
MEASURES: dict[str, Callable[[Talk], float]] = {
    "words": lambda talk: talk.words,
    "turns in 1,000 words": lambda talk: 1000 * len(talk.lengths) / max(talk.words, 1),
    "greatest share of words": lambda talk: talk.shares[0],
    "share of all but two": lambda talk: sum(talk.shares[2:]),
    "sentence ends in 100 words": measured.sentence_ends,
    "marks in 1,000 words": lambda talk: 1000 * count_marks(talk.episode.text) / max(talk.words, 1),
    "common words": measured.common_share,
    "share in loops": lambda talk: float(measured.looping(talk.episode.spoken.ids).mean()),
    "runs of four said before": lambda talk: measured.repeated_share(talk.episode.spoken.ids),
    "share in adverts": measured.advert_share,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("path")
    options.add_argument("--rules", nargs="+", default=list(SHIPPED))
    asked = options.parse_args()
    episodes = list(episodes_of(asked.path))
    sets = [rule_set(name) for name in asked.rules]
    funnels(episodes, sets)
    each_rule_alone(episodes, sets[0])
    quantiles(episodes)
    windows(episodes, sets[0])


def funnels(episodes: Sequence[PodcastEpisode], sets: Sequence[RuleSet]) -> None:
    """How many episodes each set drops, by the first rule that does not hold."""
    found = []
    for rules in sets:
        rules.judge(episodes[0])  # the model of languages is loaded
        began = time.process_time()
        reasons = Counter(broken.reason if (broken := rules.judge(one)) else "kept" for one in episodes)
        found.append((rules.name, reasons, len(episodes) / (time.process_time() - began)))
    print(f"{len(episodes)} episodes\n\n| | {' | '.join(name for name, _, _ in found)} |\n|---|{'---|' * len(found)}")
    for reason in sorted({reason for _, reasons, _ in found for reason in reasons} - {"kept"}):
        print(f"| {reason} | {' | '.join(str(reasons[reason] or '-') for _, reasons, _ in found)} |")
    print(f"| **kept** | {' | '.join(str(reasons['kept']) for _, reasons, _ in found)} |")
    print(f"| episodes per CPU-s | {' | '.join(f'{speed:.0f}' for _, _, speed in found)} |")


def each_rule_alone(episodes: Sequence[PodcastEpisode], rules: RuleSet) -> None:
    """How many episodes each rule of a set would drop if it were the only one."""
    print(f"\n| rule of {rules.name} | drops alone |\n|---|---|")
    for rule in rules.rules:
        alone = RuleSet(rule.name, (rule,))
        print(f"| {rule.name} | {sum(alone.judge(one) is not None for one in episodes)} |")


def quantiles(episodes: Sequence[PodcastEpisode]) -> None:
    """Of all that the rules measure."""
    print(f"\n| | {' | '.join(f'{part:.0%}' for part in QUANTILES)} |\n|---|{'---|' * len(QUANTILES)}")
    talks = [Talk(one) for one in episodes]
    for name, measure in MEASURES.items():
        values = sorted(measure(talk) for talk in talks)
        cells = (values[min(int(part * len(values)), len(values) - 1)] for part in QUANTILES)
        print(f"| {name} | {' | '.join(f'{cell:.4g}' for cell in cells)} |")


def windows(episodes: Sequence[PodcastEpisode], rules: RuleSet) -> None:
    """How many windows there are in what a set keeps, and why there are none."""
    stage = Windows()
    _ = stage.settings  # the lexicon is read
    kept = [one for one in episodes if rules.judge(one) is None]
    began = time.process_time()
    made = [stage(one) for one in kept]
    speed = len(kept) / (time.process_time() - began)
    found = [one for one in made if not isinstance(one, Dropped)]
    print(f"\n{sum(map(len, found))} windows of {len(found)} episodes of {len(kept)}; {speed:.0f} episodes per CPU-s")
    print(Counter(one.detail.partition(":")[0] for one in made if isinstance(one, Dropped)) or "none has none")


if __name__ == "__main__":
    main()
