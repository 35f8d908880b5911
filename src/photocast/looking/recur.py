"""Subjects that come back."""

from collections.abc import Iterable, Iterator

from photocast.looking.hierarchy import wider
from photocast.looking.naming import ALBUM, identify
from photocast.schema import Kind, Known, Observation, concepts

_KINDS = (Kind.SUBJECT, Kind.SCENE)


def recurring(observations: Iterable[Observation]) -> Iterator[Observation]:
    """Concepts seen in two photos or more, the most frequent first.

    A wider concept counts when it holds more photos together than any one of its kinds: `dough` four times and `loaf`
    once make `dough` and `food` recur, five dogs make only `dog` recur.
    """
    seen: dict[str, dict[str, Observation]] = {}
    for one in observations:
        if one.kind in _KINDS and one.what in concepts():
            for concept in (one.what, *wider(one.what)):
                best = seen.setdefault(concept, {}).get(one.photos[0])
                if best is None or best.confidence < one.confidence:
                    seen[concept][one.photos[0]] = one
    for concept, where in sorted(seen.items(), key=lambda item: -len(item[1])):
        narrower = [len(other) for name, other in seen.items() if name != concept and concept in wider(name)]
        if len(where) >= 2 and len(where) > max(narrower, default=0):
            yield _recurs(concept, where)


def _recurs(concept: str, where: dict[str, Observation]) -> Observation:
    best_first = sorted(where, key=lambda photo: -where[photo].confidence)
    return Observation(
        id=identify(ALBUM, Kind.RECURS, concept),
        photos=(best_first[0], *(photo for photo in where if photo != best_first[0])),
        kind=Kind.RECURS,
        what=concept,
        known=Known.SEEN,
        sources=tuple(sorted({source for one in where.values() for source in one.sources})),
        confidence=round(sum(one.confidence for one in where.values()) / len(where), 2),
        quantity=len(where),
    )
