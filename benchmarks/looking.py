"""How often looking is right: precision and recall against the hand-made labels of `labels/photos.csv`.

Run: python benchmarks/looking.py FOLDER_OF_THE_TEST_DATA [--wrong]

The labels name photos relative to that folder; the photos are not part of the repository. They come in four groups:
`set`, half of the albums, was used to choose thresholds and to fit the linear models; the mistakes in `held` were read
and rules changed for them, so it is no clean test; `blind` was labelled when all was done and nothing was changed for
its sake; `cutout` are things cut out on white, which no album holds. `--wrong` lists every wrong answer.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from photocast.album import Album
from photocast.looking import look
from photocast.schema import Brief, Kind, Known, Observation, concepts

LABELS = Path(__file__).parent / "labels/photos.csv"
GROUPS = ("set", "held", "blind", "cutout")
BINS = ((0.0, 0.7), (0.7, 0.9), (0.9, 1.01))
WORDED = {
    "one person": {"1"},
    "two people": {"2"},
    "three people": {"3-5"},
    "a group": {"3-5", "6+"},
    "a crowd": {"6+"},
}
KINDS = {
    "subject or scene": (Kind.SUBJECT, Kind.SCENE),
    "people": (Kind.PEOPLE,),
    "setting": (Kind.SETTING,),
    "light": (Kind.LIGHT,),
    "sign": (Kind.SIGN,),
}


@dataclass(frozen=True, slots=True)
class Label:
    """What a person saw in a photo. Where two answers can be defended, both are in the set."""

    photo: str
    group: str
    concepts: frozenset[str]
    setting: frozenset[str]
    people: frozenset[str]
    light: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An observation that a label can judge."""

    label: Label
    observation: Observation
    right: bool


def read_labels(path: Path = LABELS) -> list[Label]:
    """All labels, in the order of the file."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Label(
                photo=row["photo"],
                group=row["group"],
                text=row["text"].lower(),
                **{name: frozenset(row[name].split("|")) for name in ("concepts", "setting", "people", "light")},
            )
            for row in csv.DictReader(file)
        ]


def is_right(one: Observation, label: Label) -> bool:
    """Whether the label says the same, or something that is a kind of it."""
    if one.kind is Kind.PEOPLE:
        return bool(WORDED[one.what] & label.people)
    if one.kind is Kind.SETTING:
        return one.what in label.setting
    if one.kind is Kind.LIGHT:
        return one.what in label.light
    if one.kind is Kind.SIGN:
        return one.what.lower() in label.text
    known = concepts()
    return any(there == one.what or (there in known and known[there].is_a(one.what)) for there in label.concepts)


def albums_of(labels: Iterable[Label]) -> Iterator[tuple[Path, list[Label]]]:
    """Folders that were photographed as albums, and single photos as albums of one."""
    together: dict[Path, list[Label]] = defaultdict(list)
    for label in labels:
        path = PurePath(label.photo)
        together[Path(path.parent if path.parts[0] == "albums" else path)].append(label)
    yield from together.items()


def answers(data: Path, labels: Iterable[Label]) -> Iterator[Answer]:
    """Look at everything that is labelled."""
    for path, group in albums_of(labels):
        with Album.open(data / path) as album:
            facts = look(album, Brief())
            source = {photo.id: PurePath(photo.source).name for photo in album.photos}
        by_name = {PurePath(label.photo).name: label for label in group}
        for one in facts.observations:
            label = by_name.get(source[one.photos[0]])
            if label and one.known is Known.SEEN and any(one.kind in kinds for kinds in KINDS.values()):
                yield Answer(label, one, is_right(one, label))


def share(right: int, of: int) -> str:
    return f"{right / of:5.0%} {right:4d}/{of:<4d}" if of else "    –    0/0   "


def precision_rows(given: list[Answer]) -> Iterator[str]:
    """Right answers of all answers, by kind and confidence."""
    yield f"{'':18} {'confidence':12} {'thresholds':>16}  {'held out':>16}  {'blind':>16}  {'cut out':>16}"
    for name, kinds in KINDS.items():
        for low, high in ((0.0, 1.01), *BINS):
            cells = []
            for group in GROUPS:
                mine = [
                    one
                    for one in given
                    if one.label.group == group
                    and one.observation.kind in kinds
                    and low <= one.observation.confidence < high
                ]
                cells.append(share(sum(one.right for one in mine), len(mine)))
            span = "all" if (low, high) == (0.0, 1.01) else f"{low or 0.5:.1f} to {min(high, 1.0):.1f}"
            yield f"{name:18} {span:12} {'  '.join(cells)}"


def recall_rows(labels: list[Label], given: list[Answer]) -> Iterator[str]:
    """Photos about which something right was said, of the photos about which there was something to say."""
    asked = {
        "subject or scene": lambda label: True,
        "people": lambda label: "0" not in label.people,
        "setting": lambda label: bool(label.setting & {"indoors", "outdoors"}),
        "light": lambda label: "none" not in label.light,
        "sign": lambda label: bool(label.text),
    }
    for name, has in asked.items():
        cells = []
        for group in GROUPS:
            wanted = {label.photo for label in labels if label.group == group and has(label)}
            right = {one.label.photo for one in given if one.right and one.observation.kind in KINDS[name]}
            cells.append(share(len(wanted & right), len(wanted)))
        yield f"{name:18} {'photos':12} {'  '.join(cells)}"


def main() -> None:
    """Look, compare, print."""
    parser = argparse.ArgumentParser(description="Error rates of looking")
    parser.add_argument("data", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list every wrong answer")
    asked = parser.parse_args()
    labels = read_labels()
    given = list(answers(asked.data, labels))
    sizes = {group: sum(label.group == group for label in labels) for group in GROUPS}
    print(f"{len(labels)} photos:", ", ".join(f"{group} {size}" for group, size in sizes.items()), "\n")
    print("Precision: answers that are right", *precision_rows(given), sep="\n")
    print("\nRecall: photos about which something right is said", *recall_rows(labels, given), sep="\n")
    if asked.wrong:
        print("\nWrong answers")
        for one in given:
            if not one.right:
                seen = one.observation
                print(f"{one.label.group:7}{one.label.photo[-44:]:46}{seen.kind.value:8} {seen.what} {seen.confidence}")


if __name__ == "__main__":
    main()
