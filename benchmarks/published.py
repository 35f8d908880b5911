"""What the printed figures of SPoRC-VIST are, what they ought to be, and how far people and models are apart.

Run: python benchmarks/published.py FOLDER

FOLDER holds a folder for each story with `transcript_32b.txt` and `transcript_235b.txt`, as the authors published them.
"""

import sys
from pathlib import Path

from photocast.bench.compare import compare
from photocast.bench.results import Scores
from photocast.bench.score import score, score_as_published
from photocast.metrics import METRICS, reference, reference_names

SYSTEMS = ("32b", "235b")
PRINTED = {
    "words": (972.1, 918.6),
    "turns": (15.8, 24.5),
    "turn_length": (57.5, 38.0),
    "switch_rate": (16.0, 27.0),
    "distinct_2": (0.82, 0.85),
}
"""Tables 4 and 5, over 50 stories."""
SHOWN = (
    *("turn_length", "turn_length_median", "turn_length_cv", "turn_length_w1", "switch_rate", "speaker_share_entropy"),
    *("short_turn_share", "backchannel_share", "cutoff_share", "question_share", "agreement_opening_share"),
    *("reaction_lag", "filler_rate", "recollection_rate", "round_robin", "mtld", "distinct_2", "rep_4"),
    *("compression_ratio", "image_reference_rate", "meta_framing_rate"),
)


def main() -> None:
    folder = Path(sys.argv[1])
    files = {system: sorted(folder.glob(f"*/transcript_{system}.txt")) for system in SYSTEMS}
    published = [score_as_published(files[system]) for system in SYSTEMS]
    corrected = [score(files[system], reference_name="panel") for system in SYSTEMS]
    print(f"{len(files['32b'])} of the 50 stories\n")
    print_tables(published, corrected)
    for name in reference_names():
        print_apart(name, [score(files[system], reference_name=name) for system in SYSTEMS])
    print_difference(corrected)


def print_tables(published: list[Scores], corrected: list[Scores]) -> None:
    """The paper's table three times: as printed, by its definitions on the stories at hand, and as it ought to be."""
    print("| | 32b printed | as published | corrected | 235b printed | as published | corrected |\n" + "|---" * 7 + "|")
    for name, printed in PRINTED.items():
        cells = [
            f"{value} | {as_was.metrics[name].mean:.3f} | {now.metrics[name].mean:.3f}"
            for value, as_was, now in zip(printed, published, corrected, strict=True)
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    zeros = sum(not one.values["turns"] for one in published[0].files)
    print(f"\ncounted as zeros: {zeros} of 32b, {sum(not one.values['turns'] for one in published[1].files)} of 235b")


def print_apart(name: str, scored: list[Scores]) -> None:
    """Means beside people, and the area under the curve: P(people > model) + ½ P(equal)."""
    people = reference(name)
    print(f"\n{name}: {people.title}, {people.windows} windows\n")
    print("| metric | 32b | 235b | people 10, 50, 90 % | people above 32b | above 235b |\n" + "|---" * 6 + "|")
    for metric in SHOWN:
        if metric not in people.figures:
            continue
        both = [one.metrics[metric] for one in scored]
        band = ", ".join(f"{people.figures[metric].at(p):.3g}" for p in (0.1, 0.5, 0.9))
        above = " | ".join("" if one.people_above is None else f"{one.people_above:.2f}" for one in both)
        print(f"| {metric} | {both[0].mean:.3g} | {both[1].mean:.3g} | {band} | {above} |")


def print_difference(scored: list[Scores]) -> None:
    """32b less 235b on the same stories."""
    found = compare(*scored, names=SYSTEMS, reference=reference("panel"))
    print("\n| metric | 32b less 235b | 95 % |\n|---|---|---|")
    for one in found.metrics:
        if one.metric in SHOWN and one.ci95:
            print(f"| {one.metric} | {one.difference:+.3f} | {one.ci95[0]:+.3f} to {one.ci95[1]:+.3f} |")


if __name__ == "__main__":
    assert set(SHOWN) <= set(METRICS)
    main()
