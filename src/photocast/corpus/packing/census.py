"""What a dataset consists of: counts, distributions and figures of style, for its card."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from photocast.corpus.packing.samples import Made, Sample
from photocast.corpus.scrub import Replaced
from photocast.metrics.style import switch_rate, turn_length
from photocast.schema import Script, Speaker, Turn, UndefinedMetric

_MAKERS: Mapping[str, Callable[[Made], str]] = {
    "excerpts": lambda made: f"{made.excerpt_model}, prompts {made.excerpt_prompts}",
    "scenes": lambda made: f"{made.scenes_model}, prompts {made.scenes_prompts}",
    "pictures": lambda made: made.image_model,
    "instruction": lambda made: f"photocast, prompts {made.instruction}",
}
"""What was made, and who made it."""
WIDTH = 100
"""Words from one bar of the distribution of lengths to the next."""


class Spread(msgspec.Struct, frozen=True):
    """One figure over all samples."""

    n: int
    mean: float
    p10: float
    p50: float
    p90: float


class SplitCount(msgspec.Struct):
    """What is in one split."""

    samples: int = 0
    pictures: int = 0
    words: int = 0
    podcasts: int = 0
    episodes: int = 0


class Census(msgspec.Struct, frozen=True):
    """What a dataset consists of."""

    splits: dict[str, SplitCount]
    images: dict[int, int]
    """Samples by how many pictures they have."""
    words: dict[int, int]
    """Samples by the hundred that their words lie in, such as 900 for 900 to 999."""
    gaps: dict[str, int]
    """Scenes without a picture, by reason."""
    figures: dict[str, Spread]
    """Words, turn length, switch rate, labels per 1,000 words and words per label."""
    undefined: int
    """Samples that have no figures of style, as in languages that put no space between words."""
    speakers: dict[int, int]
    roles: dict[str, int]
    """Turns by the role of who speaks."""
    models: dict[str, dict[str, int]]
    """Samples by the model that did each thing; what it was asked is in the same name, behind a comma."""
    sources: dict[str, int]
    licences: dict[str, int]
    languages: dict[str, int]
    scrubbed: int
    replaced: Replaced

    @property
    def samples(self) -> int:
        """In all splits."""
        return sum(split.samples for split in self.splits.values())

    @property
    def pictures(self) -> int:
        """In all splits."""
        return sum(split.pictures for split in self.splits.values())

    @property
    def scenes(self) -> int:
        """With a picture and without."""
        return self.pictures + sum(self.gaps.values())


def census_of(samples: Iterable[tuple[Sample, str]]) -> Census:
    """The census of samples, each with its split."""
    counting = _Counting()
    for sample, split in samples:
        counting.add(sample, split)
    return counting.census()


class _Counting:
    """A census while samples come in."""

    def __init__(self) -> None:
        self._splits: dict[str, SplitCount] = {}
        self._among: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._numbers: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._figures: defaultdict[str, list[float]] = defaultdict(list)
        self._undefined = self._scrubbed = 0
        self._replaced: Counter[str] = Counter()

    def add(self, sample: Sample, split: str) -> None:
        """Count one sample."""
        self._add_to_split(sample, split)
        self._numbers["images"][len(sample.pictures)] += 1
        self._numbers["words"][sample.words // WIDTH * WIDTH] += 1
        self._numbers["speakers"][sample.speakers] += 1
        self._counts["gaps"].update(scene.gap for scene in sample.scenes if scene.gap)
        self._counts["roles"].update(turn.role for turn in sample.turns)
        self._counts["sources"][sample.origin.dataset] += 1
        self._counts["licences"][sample.licence] += 1
        self._counts["languages"][sample.origin.language] += 1
        for what, who in _MAKERS.items():
            self._counts[f"model {what}"][who(sample.made)] += 1
        self._scrubbed += sample.scrubbed
        self._replaced.update(msgspec.structs.asdict(sample.replaced))
        self._add_figures(sample)

    def census(self) -> Census:
        """The census of all that was added."""
        for (what, split), found in self._among.items():
            setattr(self._splits[split], what, len(found))
        models = {what: _most_first(self._counts[f"model {what}"]) for what in _MAKERS}
        numbers, counts = self._numbers, self._counts
        return Census(
            splits=self._splits,
            images=dict(sorted(numbers["images"].items())),
            words=dict(sorted(numbers["words"].items())),
            gaps=_most_first(counts["gaps"]),
            figures={name: _spread(values) for name, values in self._figures.items()},
            undefined=self._undefined,
            speakers=dict(sorted(numbers["speakers"].items())),
            roles=_most_first(counts["roles"]),
            models=models,
            sources=_most_first(counts["sources"]),
            licences=_most_first(counts["licences"]),
            languages=_most_first(counts["languages"]),
            scrubbed=self._scrubbed,
            replaced=Replaced(**self._replaced),
        )

    def _add_to_split(self, sample: Sample, split: str) -> None:
        count = self._splits.setdefault(split, SplitCount())
        count.samples += 1
        count.pictures += len(sample.pictures)
        count.words += sample.words
        self._among["podcasts", split].add(sample.podcast)
        self._among["episodes", split].add(sample.origin.episode)

    def _add_figures(self, sample: Sample) -> None:
        script = script_of(sample)
        try:
            found = {"turn_length": turn_length(script), "switch_rate": switch_rate(script)}
        except UndefinedMetric:
            self._undefined += 1
            return
        found |= {
            "words": float(sample.words),
            "labels_rate": 1000 * sample.labels / sample.words,
            "label_length": sample.words / sample.labels,
        }
        for name, value in found.items():
            self._figures[name].append(value)


def script_of(sample: Sample) -> Script:
    """The talk of a sample as metrics know it."""
    return Script(
        title=sample.id,
        speakers=tuple(Speaker(name=name) for name in dict.fromkeys(turn.speaker for turn in sample.turns)),
        turns=tuple(
            Turn(id=f"t{at:03}", speaker=turn.speaker, text=turn.text) for at, turn in enumerate(sample.turns, start=1)
        ),
    )


def _spread(values: Iterable[float]) -> Spread:
    ordered = sorted(values)
    return Spread(len(ordered), sum(ordered) / len(ordered), *(_quantile(ordered, p) for p in (0.1, 0.5, 0.9)))


def _quantile(ordered: list[float], p: float) -> float:
    """Linear between neighbours."""
    place = p * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
