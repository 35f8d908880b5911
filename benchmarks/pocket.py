"""How the talk of pocket is shaped beside people's, how much two scripts share, and how long writing takes.

Run: python benchmarks/pocket.py [FOLDER_OF_ALBUMS …] [--seeds 10]

Each album is opened and looked at once and then written with several seeds. Without folders the albums that ship with
photocast are used: the example and the photos of `photocast demo`.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean, median

from photocast.album import Album
from photocast.looking import look
from photocast.metrics import METRICS, measure, reference
from photocast.schema import AlbumRecord, Brief, FactSheet, Script
from photocast.writing import write

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = (ROOT / "examples/sourdough_loaf", ROOT / "src/photocast/demo/dog_at_the_beach")


@dataclass(frozen=True, slots=True)
class Written:
    """One script and what it took."""

    album: str
    seed: int
    script: Script
    problems: int
    seconds: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("albums", nargs="*", type=Path)
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--hosts", type=int, default=2)
    asked = options.parse_args()
    scripts = [
        written
        for folder in asked.albums or SHIPPED
        for written in written_with(folder, range(asked.seeds), asked.hosts)
    ]
    print(f"{len(scripts)} scripts of {len({one.album for one in scripts})} albums, {asked.seeds} seeds each\n")
    print_shape(scripts, asked.hosts)
    print_likeness(scripts)
    seconds = [one.seconds for one in scripts]
    print(f"\nproblems found by the check: {sum(one.problems for one in scripts)}")
    print(f"CPU seconds to write one script: median {median(seconds):.2f}, longest {max(seconds):.2f}")


def written_with(folder: Path, seeds: range, hosts: int) -> Iterator[Written]:
    """The scripts of one album."""
    with Album.open(folder) as album:
        record = AlbumRecord(title=album.title, photos=album.photos, set_aside=album.set_aside)
        facts = look(album, Brief())
    yield from (one_script(folder.name, record, facts, seed, hosts) for seed in seeds)


def one_script(name: str, album: AlbumRecord, facts: FactSheet, seed: int, hosts: int) -> Written:
    start = time.process_time()
    draft = write(album, facts, Brief(seed=seed, hosts=hosts))
    return Written(name, seed, draft.script, len(draft.problems), time.process_time() - start)


def print_shape(scripts: list[Written], hosts: int) -> None:
    """Median over the scripts, the share inside the human band, and the band."""
    people = reference("interview" if hosts == 2 else "panel")
    print(f"| metric | pocket: median | inside people's p10 to p90 | people: p10, p50, p90 |\n{'|---' * 4}|")
    figures = [measure(one.script, reference=people).values for one in scripts]
    for name in METRICS:
        values = [one[name] for one in figures if name in one]
        if name not in people.figures or not values:
            continue
        low, middle, high = (people.figures[name].at(p) for p in (0.1, 0.5, 0.9))
        inside = fmean(low <= value <= high for value in values)
        print(
            f"| {name} | {median(values):.2f} | {inside:.0%} of {len(values)} | {low:.2f}, {middle:.2f}, {high:.2f} |"
        )
    print(f"\nPeople: {people.title}; {people.recipe}.")


def print_likeness(scripts: list[Written]) -> None:
    """The share of turns of more than three words that two scripts have in common."""
    same = [shared(one, two) for one, two in combinations(scripts, 2) if one.album == two.album]
    other = [shared(one, two) for one, two in combinations(scripts, 2) if one.album != two.album]
    for name, values in (("two seeds of one album", same), ("two albums", other)):
        if values:
            print(f"\nturns shared by {name}: median {median(values):.1%}, most {max(values):.1%}", end="")
    print()


def shared(one: Written, two: Written) -> float:
    turns = [{turn.text for turn in script.turns if len(turn.text.split()) > 3} for script in (one.script, two.script)]
    return len(turns[0] & turns[1]) / min(map(len, turns))


if __name__ == "__main__":
    main()
