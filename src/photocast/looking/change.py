"""What is different from the photo before."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from photocast.looking.naming import identify
from photocast.schema import Kind, Observation, Photo

# What has to be sure on both sides before their difference is worth a word.
_SURE = 0.7
_DAY, _NIGHT = frozenset({"morning", "midday", "afternoon"}), frozenset({"night"})


def changes(photos: Sequence[Photo], observations: Iterable[Observation]) -> Iterator[Observation]:
    """Indoors against outdoors, one city against another, and day against night, between neighbours."""
    of: dict[str, list[Observation]] = {photo.id: [] for photo in photos}
    for one in observations:
        if one.confidence >= _SURE and len(one.photos) == 1:
            of[one.photos[0]].append(one)
    for before, after in pairwise(photos):
        yield from _differing(of[before.id], of[after.id], Kind.SETTING)
        yield from _differing(of[before.id], of[after.id], Kind.PLACE)
        yield from _nightfall(of[before.id], of[after.id])


def _differing(before: Sequence[Observation], after: Sequence[Observation], kind: Kind) -> Iterator[Observation]:
    then = next((one for one in before if one.kind is kind), None)
    now = next((one for one in after if one.kind is kind), None)
    if then and now and then.what != now.what:
        yield _change(then, now, now.what)


def _nightfall(before: Sequence[Observation], after: Sequence[Observation]) -> Iterator[Observation]:
    then = next((one for one in before if one.kind is Kind.TIME), None)
    now = next((one for one in after if one.kind is Kind.TIME), None)
    if then and now and (then.what in _DAY and now.what in _NIGHT):
        yield _change(then, now, "night")


def _change(then: Observation, now: Observation, what: str) -> Observation:
    return Observation(
        id=identify(now.photos[0], Kind.CHANGE, what),
        photos=(now.photos[0], then.photos[0]),
        kind=Kind.CHANGE,
        what=what,
        known=now.known,
        sources=now.sources,
        confidence=min(then.confidence, now.confidence),
    )
