"""What a model is told beside the pixels, and what stays here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from photocast.prompts.stand_ins import StandIns
from photocast.schema import AlbumRecord, Brief, FactSheet, Kind, Known, Observation, Permission

_NEEDS: Mapping[Kind, Permission] = {
    Kind.PLACE: Permission.PLACES,
    Kind.TIME: Permission.TIMES,
    Kind.SEASON: Permission.TIMES,
    Kind.GAP: Permission.TIMES,
    Kind.CAPTION: Permission.CAPTIONS,
    Kind.KEYWORD: Permission.CAPTIONS,
    Kind.NAME: Permission.FILENAMES,
}
"""What has to be allowed before an observation of that kind leaves this machine."""
_CALLED = {
    Permission.NAMES: "names of people",
    Permission.PLACES: "places",
    Permission.TIMES: "times of day, seasons and gaps",
    Permission.CAPTIONS: "captions and keywords",
    Permission.FILENAMES: "names of files and of the folder",
}
_IN_WORDS = {
    Kind.SIGN: "can be read there: “{}”",
    Kind.CAPTION: "its caption: “{}”",
    Kind.KEYWORD: "a keyword of its file: “{}”",
    Kind.NAME: "its file is called “{}”",
    Kind.NOTE: "told: “{}”",
    Kind.PLACE: "taken in {}",
    Kind.CHANGE: "{}, unlike the photo before",
    Kind.RECURS: "{}, and again in other photos",
}
_CONCEPTS = frozenset({Kind.SUBJECT, Kind.SCENE, Kind.RECURS})
_BY_CLOCK = frozenset({"night"})
"""What a change between two photos says when it is one of time; otherwise it names a place."""
_SURE = 0.85
_FAINT = 0.5
"""Below this a detector is wrong as often as right, and nothing is said."""
_LONGEST = 500
"""Characters of somebody else's text that are passed on."""
_NO_TITLE = "photos"
"""What an album is called whose folder has no name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One observation as the model reads it."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class ToldPhoto:
    """A photo and what may be said of it."""

    id: str
    facts: tuple[Fact, ...]


class Telling:
    """The facts of an album as one model may know them, with stand-ins for names that must not leave.

    Args:
        album: the photos.
        facts: all that is known.
        brief: what the user asks for and tells.
        allow: what may be told beside the pixels; None when nothing leaves this machine.
        pixels: whether the model sees the photos itself. Then it is not told what detectors made out.
    """

    def __init__(
        self,
        album: AlbumRecord,
        facts: FactSheet,
        brief: Brief,
        *,
        allow: Iterable[Permission] | None,
        pixels: bool,
    ) -> None:
        self._allow = frozenset(Permission) if allow is None else frozenset(allow)
        self._pixels = pixels
        self._everywhere = frozenset(photo.id for photo in album.photos)
        usable = [one for one in facts.usable() if one.kind is not Kind.PRIVATE]
        self._described = {one.photos[0] for one in usable if one.kind is Kind.DETAIL}
        self._known = [one for one in usable if self._is_told(one)]
        self._kept_back = {need for one in usable if (need := _need(one)) and need not in self._allow}
        self._named = bool(brief.people) and Permission.NAMES in self._allow
        self._stand_ins = StandIns([] if self._named else [person.name for person in brief.people])
        self._ids = {self._name_of(one, number): one.id for number, one in enumerate(self._known, start=1)}
        self._name = {real: name for name, real in self._ids.items()}
        self._title = album.title if album.title.casefold() != _NO_TITLE else None

    @property
    def title(self) -> str | None:
        """What the folder of the album is called; none where it has no name or may not be told."""
        return self.hide(_folded(self._title)) if self._title and Permission.FILENAMES in self._allow else None

    @property
    def notes(self) -> tuple[Fact, ...]:
        """What is known of the album as a whole: the user's own words."""
        return tuple(
            Fact(self._name[one.id], self.hide(f"“{_folded(one.what)}”")) for one in self._known if self._is_note(one)
        )

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """What stands for the names of people: `Person A`, `Person B`."""
        return tuple(self._stand_ins)

    def photos(self, ids: Sequence[str]) -> tuple[ToldPhoto, ...]:
        """What may be said of each photo."""
        return tuple(
            ToldPhoto(name, tuple(self._fact(one) for one in self._known if self._is_about(one, name))) for name in ids
        )

    def hide(self, text: str) -> str:
        """The text with stand-ins for the names that must not leave."""
        return self._stand_ins.hide(text)

    def show(self, text: str) -> str:
        """The text with the names back in the place of their stand-ins."""
        return self._stand_ins.show(text)

    def meant(self, fact: str) -> str:
        """The id of the observation that a model knows as `fact`: those with a name in them were told under others."""
        return self._ids.get(fact, fact)

    def told(self) -> Iterator[str]:
        """What is told beside the pixels, a line each, for the plan."""
        for one in self._known:
            if one.known is Known.TOLD and _need(one) is None:
                about = "" if self._is_note(one) else f"about {', '.join(one.photos)}, "
                yield f"{about}as you wrote it: “{self.hide(_folded(one.what))}”"
        needed = {_need(one) for one in self._known} | ({Permission.NAMES} if self._named else set())
        needed |= {Permission.FILENAMES} if self.title else set()
        yield from (_CALLED[need] for need in Permission if need in needed)
        if not self._pixels:
            yield "the fact sheet: what was seen in each photo, in words"

    def withheld(self) -> Iterator[str]:
        """What is known and stays here, a line each."""
        if count := len(self._stand_ins):
            people = "person" if count == 1 else "people"
            yield f"names of {count} {people} (“{next(iter(self._stand_ins))}” stands in): --allow names"
        kept_back = self._kept_back | ({Permission.FILENAMES} if self._title and not self.title else set())
        yield from (f"{_CALLED[need]}: --allow {need}" for need in Permission if need in kept_back)

    def _is_told(self, one: Observation) -> bool:
        need = _need(one)
        if need is not None and need not in self._allow:
            return False
        if one.known is not Known.SEEN:
            return True
        if self._pixels or one.confidence < _FAINT:
            return False
        # What a model wrote down after looking is better than what detectors guess.
        return one.kind in {Kind.DETAIL, Kind.SIGN} or one.photos[0] not in self._described

    def _is_note(self, one: Observation) -> bool:
        return one.kind is Kind.NOTE and self._everywhere <= set(one.photos)

    def _is_about(self, one: Observation, photo: str) -> bool:
        if self._is_note(one):
            return False
        return photo in one.photos if one.kind is Kind.NOTE else one.photos[0] == photo

    def _name_of(self, one: Observation, number: int) -> str:
        """The id of an observation, or another where it holds a name."""
        return one.id if self.hide(one.id) == one.id else f"{one.id.partition('.')[0]}.{one.kind}.{number}"

    def _fact(self, one: Observation) -> Fact:
        what = one.what.replace("_", " ") if one.kind in _CONCEPTS else one.what
        words = _IN_WORDS.get(one.kind, "{}").format(_folded(what))
        unsure = one.known is Known.SEEN and one.confidence < _SURE
        return Fact(self._name[one.id], self.hide(f"{words} (not sure)" if unsure else words))


def _need(one: Observation) -> Permission | None:
    """What has to be allowed before it leaves this machine; nothing for what is seen or told."""
    if one.kind is Kind.CHANGE and one.known is Known.METADATA:
        return Permission.TIMES if one.what in _BY_CLOCK else Permission.PLACES
    if one.known is Known.METADATA:
        return _NEEDS.get(one.kind, Permission.CAPTIONS)
    return _NEEDS.get(one.kind)


def _folded(text: str) -> str:
    """Somebody's text on one line, so that it cannot pass for part of the prompt around it."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()}…"
