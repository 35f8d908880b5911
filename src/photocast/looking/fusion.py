"""Classifier, detector and the rest of the album outvote each other about what is in a photo."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from photocast.looking.hierarchy import labels, masses, trust, wider
from photocast.looking.naming import listed
from photocast.models import Box
from photocast.schema import concepts

THRESHOLD = 0.5
"""Below this nothing is said."""
PARTICULAR = 0.62
"""From here the particular thing is named; below it the wider one that holds it."""

# What an answer is worth, read off the labelled photos of the group `set`: (answer, share that was right).
_CLASSIFIER = ((0.08, 0.0), (0.2, 0.3), (0.35, 0.5), (0.5, 0.7), (0.65, 0.85), (0.8, 0.93), (0.95, 0.97))
_DETECTOR = ((0.3, 0.0), (0.45, 0.35), (0.55, 0.55), (0.7, 0.72), (0.85, 0.88), (0.95, 0.95), (1.0, 0.97))
_LARGEST = 0.98
# The detector takes a van for a truck and a roll for a doughnut, never a vehicle for food: there the wider thing is
# sure where the particular one is not.
_SAFE = frozenset({"vehicle", "food", "animal", "fruit"})
_REAL_INSECT = 0.5
_AN_ANIMAL, _HARDLY = 0.25, 0.25
# So wide that they are worth saying only when they are sure.
_VAGUE, _VAGUE_THRESHOLD = frozenset({"device", "furniture", "clothes", "building"}), 0.7
_FROM_OTHERS = 0.7
"""The most that the other photos of the album can close of the distance to certainty."""
_FROM_WORDS = 0.4
"""The same for a word in the name of the file or the album: only for what the pixels suggest as well."""

# Animals are told apart by their fur as often as by their shape. Which of them an album is about is decided by all of
# its photos; the white dog that is a sheep in one photo and a bear in the next stays one dog.
_MISTAKEN = listed("dog,cat,sheep,goat,bear,cow,horse,pig,rabbit,hamster,fox,monkey,lizard,squirrel,teddy bear", ",")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a concept in one photo."""

    mass: float = 0.0
    """Probability the classifier gives it."""
    score: float = 0.0
    """Best score of a box of the detector."""
    boxes: int = 0
    """Boxes of a score above .5."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A concept in a photo, and how sure it is."""

    concept: str
    confidence: float
    sources: tuple[str, ...]
    boxes: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What fusion needs to know of one photo."""

    probabilities: Mapping[str, float]
    boxes: Sequence[Box]
    words: Collection[str] = field(default=())
    """Words of the file's name, the album's title, the caption and the keywords, in lower case."""


def find_subjects(photos: Sequence[Looked]) -> list[list[Finding]]:
    """The findings of each photo, surest first; only what can be said."""
    evidence = [_evidence(photo) for photo in photos]
    evidence = _settle_mistaken_animals(evidence)
    alone = [{concept: _alone(concept, one) for concept, one in photo.items()} for photo in evidence]
    return [
        _most_particular(
            [_with_company(concept, one, index, alone, photos[index].words) for concept, one in evidence[index].items()]
        )
        for index in range(len(photos))
    ]


def _evidence(photo: Looked) -> dict[str, Evidence]:
    """Everything either model says, for each concept and the wider ones that hold it."""
    mass = masses(photo.probabilities)
    if mass.get("insect", 0.0) < _REAL_INSECT:
        # The classifier learned insects on the flowers they sit on: a faint one is a flower without it.
        mass["plant"] = mass.get("plant", 0.0) + mass.get("insect", 0.0)
        mass["animal"] = mass.get("animal", 0.0) - mass.pop("insect", 0.0)
        mass.pop("butterfly", None)
    score: dict[str, float] = {}
    boxes: dict[str, int] = {}
    for box in photo.boxes:
        concept = labels().get(box.label)
        if concept is None:
            continue
        for holder in (concept, *wider(concept)):
            worth = box.score if holder == concept or holder in _SAFE else box.score * trust(concept)
            score[holder] = max(score.get(holder, 0.0), worth)
            boxes[holder] = boxes.get(holder, 0) + (box.score >= 0.5)
    return {name: Evidence(mass.get(name, 0.0), score.get(name, 0.0), boxes.get(name, 0)) for name in mass | score}


def _settle_mistaken_animals(evidence: Sequence[dict[str, Evidence]]) -> list[dict[str, Evidence]]:
    """Give the box of an animal to the one that the classifier sees, where the album as a whole sees it too.

    Where the album is about another animal the two stay in doubt: the box then speaks for an animal and no more.
    """
    total = {name: sum(photo.get(name, Evidence()).mass for photo in evidence) for name in _MISTAKEN}
    settled = []
    for photo in evidence:
        present = {name: photo[name] for name in _MISTAKEN if name in photo}
        winner = max(present, key=lambda name: present[name].mass, default="")
        if not winner or present[winner].mass < 0.1:
            settled.append(_without_contradicted_boxes(photo))
            continue
        rivals = [one for name, one in present.items() if name != winner]
        agreed = total[winner] >= 2 * max((total[name] for name in present if name != winner), default=0)
        lent = rivals if agreed else []
        own = Evidence(
            present[winner].mass,
            max(one.score for one in (present[winner], *lent)),
            max(one.boxes for one in (present[winner], *lent)),
        )
        settled.append({**{name: one for name, one in photo.items() if name not in present}, winner: own})
    return settled


def _without_contradicted_boxes(photo: dict[str, Evidence]) -> dict[str, Evidence]:
    """Take the box from an animal where the classifier sees an animal too, and hardly that one."""
    animal = photo.get("animal", Evidence()).mass
    return {
        name: Evidence(one.mass) if name in _MISTAKEN and animal >= _AN_ANIMAL and one.mass < _HARDLY * animal else one
        for name, one in photo.items()
    }


def _alone(concept: str, one: Evidence) -> float:
    """How sure a concept is from its own photo: each model errs in its own way, so two together err seldom."""
    believed = trust(concept)
    missed = (1 - believed * _at(_CLASSIFIER, one.mass)) * (1 - believed * _at(_DETECTOR, one.score))
    return min(_LARGEST, 1 - missed)


def _with_company(
    concept: str, one: Evidence, index: int, alone: Sequence[Mapping[str, float]], words: Collection[str]
) -> Finding:
    """The same with the other photos and the words beside the photo; both only strengthen what is there."""
    own = alone[index][concept]
    sources = [name for name, there in (("classifier", one.mass >= 0.1), ("detector", one.score >= 0.45)) if there]
    others = sum(photo.get(concept, 0.0) for at, photo in enumerate(alone) if at != index)
    if own >= 0.25:
        own = 1 - (1 - own) * (1 - min(_FROM_OTHERS, 0.25 * others))
    if own >= 0.15 and _is_named(concept, words):
        own = 1 - (1 - own) * (1 - _FROM_WORDS)
        sources.append("folder")
    return Finding(concept, round(min(own, _LARGEST), 2), tuple(sources), one.boxes)


def _is_named(concept: str, words: Collection[str]) -> bool:
    many = concepts()[concept].many
    return concept in words or (many is not None and many in words)


def _most_particular(findings: Sequence[Finding]) -> list[Finding]:
    """Of a chain such as sports car, car, vehicle only the most particular one that is sure enough."""
    sure = [one for one in findings if one.sources and one.confidence >= _threshold(one.concept)]
    named = {one.concept for one in sure if one.confidence >= PARTICULAR}
    covered = {kind for concept in named for kind in wider(concept)}
    general = [one for one in sure if one.concept not in covered]
    # Between .5 and .62 a particular thing gives way to a wider one that is surer.
    said = [
        one
        for one in general
        if one.confidence >= PARTICULAR
        or not any(other.concept in wider(one.concept) and other.confidence > one.confidence for other in sure)
    ]
    return sorted(said, key=lambda one: (-one.confidence, one.concept))


def _threshold(concept: str) -> float:
    return _VAGUE_THRESHOLD if concept in _VAGUE else THRESHOLD


def _at(curve: Sequence[tuple[float, float]], value: float) -> float:
    """Linear interpolation along a curve; flat beyond its ends."""
    if value <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return curve[-1][1]
