"""What there is to talk about: the fact sheet arranged by photo, with what comes back and what leads where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from photocast.schema import AlbumRecord, Brief, Concept, FactSheet, Kind, Known, Observation, Person, Photo, concepts
from photocast.writing.check import SURE

SAYABLE = 0.5
"""Confidence below which a thing is not named at all."""
_GAPS = ((90, "minutes"), (20 * 60, "hours"), (40 * 60, "day"), (45 * 24 * 60, "days"), (330 * 24 * 60, "months"))
_PEOPLE = {1: "one", 2: "two", 3: "few", 4: "few"}


@dataclass(frozen=True, slots=True)
class Focus:
    """Something about one photo that a bit can be about."""

    moment: str
    """`first`, `again`, `people`, `sign`, `name`, `caption`, `note`, `gap`, `place`, `light`, `change`, …"""
    tags: tuple[str, ...]
    """What it is, from the particular to the general; the last one matches every bit of the moment."""
    photo: int
    """Position of the photo, from 0."""
    observation: Observation | None = None
    concept: Concept | None = None
    nth: int = 1
    """For things that come back: the how manieth photo with it this is."""

    @property
    def sure(self) -> bool:
        """Whether it may be said without a hedge."""
        return self.observation is None or self.observation.confidence >= SURE


@dataclass(frozen=True)
class Material:
    """The album, the facts and the brief, with what follows from them."""

    album: AlbumRecord
    facts: FactSheet
    brief: Brief

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each photo by its id."""
        return {photo.id: index for index, photo in enumerate(self.album.photos)}

    @cached_property
    def by_photo(self) -> tuple[tuple[Observation, ...], ...]:
        """Sayable observations of each photo, the surest first."""
        rows: list[list[Observation]] = [[] for _ in self.album.photos]
        for one in self.facts.usable():
            if one.confidence >= SAYABLE and one.photos[0] in self.position:
                rows[self.position[one.photos[0]]].append(one)
        return tuple(tuple(sorted(row, key=lambda one: (-one.confidence, one.id))) for row in rows)

    @cached_property
    def sightings(self) -> dict[str, tuple[int, ...]]:
        """Positions of the photos in which each concept, or a kind of it, was seen."""
        rows: dict[str, set[int]] = {}
        for index, row in enumerate(self.by_photo):
            for one in row:
                if concept := self.concept(one):
                    for name in (concept.id, *concept.kinds):
                        rows.setdefault(name, set()).add(index)
        return {name: tuple(sorted(row)) for name, row in rows.items()}

    def concept(self, one: Observation) -> Concept | None:
        """The concept that an observation saw."""
        return concepts().get(one.what) if one.kind in (Kind.SUBJECT, Kind.SCENE) else None

    def seen(self, concept: str) -> tuple[int, ...]:
        """Positions of the photos in which a concept was seen."""
        return self.sightings.get(concept, ())

    @cached_property
    def theme(self) -> Concept | None:
        """What the album is full of: the narrowest concept in at least half of the photos, and in three."""
        known = concepts()
        least = max(3, (len(self.album.photos) + 1) // 2)
        found = [known[name] for name, row in self.sightings.items() if name in known and len(row) >= least]
        wide = {"scene", "thing", "nature", "place", "indoors", "device", "plant", "building", "tool"}
        found = [one for one in found if one.id not in wide and one.form != "the"]
        return max(found, key=lambda one: (len(one.kinds), len(self.seen(one.id)), one.id), default=None)

    @cached_property
    def promise(self) -> Concept | None:
        """A concept that the title or the brief names, and that the photos show or fail to show."""
        text = f"{self.album.title} {self.brief.about or ''}".casefold()
        found = [
            one
            for one in concepts().values()
            if re.search(rf"\b(?:{re.escape(one.id)}|{re.escape(one.many or one.id)})\b", text)
            and not (self.theme and (one.id == self.theme.id or one.is_a(self.theme.id)))
        ]
        return max(found, key=lambda one: (bool(self.seen(one.id)), len(one.id), one.id), default=None)

    @cached_property
    def odd(self) -> int | None:
        """Position of the one photo without the theme, when there is exactly one."""
        if not self.theme:
            return None
        rest = set(range(len(self.album.photos))) - set(self.seen(self.theme.id))
        return rest.pop() if len(rest) == 1 else None

    def photo(self, index: int) -> Photo:
        """The photo at a position."""
        return self.album.photos[index]

    def of_kind(self, index: int, kind: Kind) -> Observation | None:
        """The surest observation of a kind for one photo."""
        return next((one for one in self.by_photo[index] if one.kind is kind), None)

    def anywhere(self, kind: Kind) -> Observation | None:
        """The surest observation of a kind in the album."""
        found = [one for row in self.by_photo for one in row if one.kind is kind]
        return max(found, key=lambda one: one.confidence, default=None)

    def focuses(self, index: int) -> tuple[Focus, ...]:
        """All that a photo gives to talk about."""
        return self._all_focuses[index]

    @cached_property
    def _all_focuses(self) -> tuple[tuple[Focus, ...], ...]:
        return tuple(tuple(self._focuses_at(index)) for index in range(len(self.album.photos)))

    def _focuses_at(self, index: int) -> Iterator[Focus]:
        for one in self.by_photo[index]:
            yield from self._focuses_of(one, index)
        yield from self._people_told(index)
        if not any(self.concept(one) or one.kind is Kind.PEOPLE for one in self.by_photo[index]):
            yield Focus("nothing", ("any",), index)
        yield Focus("photo", ("any",), index)

    def _people_told(self, index: int) -> Iterator[Focus]:
        """People whom the user named: in the photos the user named, else once, where somebody is seen."""
        for one in self.facts.usable():
            person = self.person(one)
            if person is None:
                continue
            places = [self.position[photo] for photo in one.photos if photo in self.position]
            if not person.photos:
                places = [place for place in places if self.of_kind(place, Kind.PEOPLE)][:1] or places[:1]
            if index in places:
                nth = places.index(index) + 1
                tag = "again" if nth > 1 else "here" if person.photos else "somewhere"
                yield Focus("person", (tag, "any"), index, one, nth=nth)

    def person(self, one: Observation) -> Person | None:
        """The person whom an observation names, when the user told it."""
        if one.known is not Known.TOLD:
            return None
        named = (person for person in self.brief.people if one.what.partition(",")[0].strip() == person.name)
        return next(named, None)

    def _is_news(self, one: Observation, index: int) -> bool:
        """Whether no earlier photo says the same: the city, the season or a file name is worth saying once."""
        return one.kind in (Kind.NOTE, Kind.CHANGE) or not any(
            other.kind is one.kind and other.what == one.what for row in self.by_photo[:index] for other in row
        )

    def _focuses_of(self, one: Observation, index: int) -> Iterator[Focus]:
        if concept := self.concept(one):
            nth = self.seen(concept.id).index(index) + 1
            yield Focus("first" if nth == 1 else "again", (concept.id, *concept.kinds, "any"), index, one, concept, nth)
        elif one.kind is Kind.PEOPLE:
            count = int(one.quantity or 0)
            size = _PEOPLE.get(count, "crowd" if count > 9 else "group")
            yield Focus("people", (size, "any"), index, one)
        elif one.kind is Kind.GAP:
            minutes = (one.quantity or 0) / 60
            size = next((name for limit, name in _GAPS if minutes < limit), "years")
            yield Focus("gap", (size, "any"), index, one)
        elif one.kind in (Kind.RECURS, Kind.KEYWORD) or self.person(one) or one.what == self.brief.about:
            return  # what is true of the whole album is said in its frame, and people have a moment of their own
        elif self._is_news(one, index):
            tag = one.what if one.kind in _WORDED else "any"
            yield Focus(one.kind.value, (tag, "any"), index, one)


_WORDED = (Kind.LIGHT, Kind.SETTING, Kind.TIME, Kind.SEASON, Kind.CHANGE)
