"""What a model is told beside the pixels, and what stays here."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

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
    Kind.RECURS: "{}, and again in other photos",
}
_SURE = 0.85
_FAINT = 0.5
"""Below this a detector is wrong as often as right, and nothing is said."""
_PART = re.compile(r"[^\W\d_](?:[^\W\d_]|[’'])+[^\W\d_]")
"""A part of a name, from three letters on."""
_WORDS_TOO = frozenset(
    re.findall(
        r"\w+",
        "amber and art august aunt autumn bill bob brook chase dad daisy dale dawn dean del den der dos drew faith "
        "frank gene grace grant guy hazel heather holly hope hunter iris ivy jack jasmine jean joy june lance lily "
        "mark mason may melody mercy miles mom mum nick olive page pat penny poppy ray rich rob robin rose ruby "
        "sandy skip sky stone summer sunny teddy the tom uncle van victor viola violet von wade will willow winter "
        "young",
    )
)


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
        usable = facts.usable()
        self._described = any(one.kind is Kind.DETAIL for one in usable)
        self._known = [one for one in usable if self._is_told(one)]
        self._kept_back = {need for one in usable if (need := _NEEDS.get(one.kind)) and need not in self._allow}
        hidden = Permission.NAMES not in self._allow
        self._stand_ins = {f"Person {_letters(at)}": person.name for at, person in enumerate(brief.people) if hidden}
        self._given: dict[str, str] = {}

    @property
    def notes(self) -> tuple[Fact, ...]:
        """What is known of the album as a whole: the user's own words."""
        return tuple(self._fact(one) for one in self._known if self._is_note(one))

    def photos(self, ids: Sequence[str]) -> tuple[ToldPhoto, ...]:
        """What may be said of each photo."""
        return tuple(
            ToldPhoto(name, tuple(self._fact(one) for one in self._known if self._is_about(one, name))) for name in ids
        )

    def hide(self, text: str) -> str:
        """The text with stand-ins for the names that must not leave, and for every part of them."""
        for stand_in, name in self._stand_ins.items():
            for part in (name, *_PART.findall(name)):
                text = _name(part).sub(stand_in, text)
        return text

    def meant(self, fact: str) -> str:
        """The observation behind the id of a fact as the model was given it."""
        return self._given.get(fact, fact)

    def show(self, text: str) -> str:
        """The text with the names back in the place of their stand-ins."""
        for stand_in, name in self._stand_ins.items():
            text = re.sub(rf"\b{stand_in.replace(' ', '[ -]')}\b", lambda _, name=name: name, text)  # type: ignore[misc]
        return text

    def told(self) -> Iterator[str]:
        """What is told beside the pixels, a line each, for the plan."""
        yield from (f"as you wrote it: {fact.words.removeprefix('told: ')}" for fact in self.notes)
        groups = {_NEEDS[one.kind] for one in self._known if one.kind in _NEEDS}
        yield from (_CALLED[need] for need in Permission if need in groups)
        if not self._pixels:
            yield "the fact sheet: what was seen in each photo, in words"

    def withheld(self) -> Iterator[str]:
        """What is known and stays here, a line each."""
        if self._stand_ins:
            count = len(self._stand_ins)
            people = "person" if count == 1 else "people"
            yield f"names of {count} {people} (“{next(iter(self._stand_ins))}” stands in): --allow names"
        yield from (f"{_CALLED[need]}: --allow {need}" for need in Permission if need in self._kept_back)

    def _is_told(self, one: Observation) -> bool:
        need = _NEEDS.get(one.kind)
        if need is not None and need not in self._allow:
            return False
        if one.kind is Kind.PRIVATE:
            return False
        if one.known is not Known.SEEN:
            return True
        if self._pixels or one.confidence < _FAINT:
            return False
        # What a model wrote down after looking is better than what detectors guess.
        return one.kind in {Kind.DETAIL, Kind.SIGN} or not self._described

    def _is_note(self, one: Observation) -> bool:
        return one.kind is Kind.NOTE and self._everywhere <= set(one.photos)

    def _is_about(self, one: Observation, photo: str) -> bool:
        if self._is_note(one):
            return False
        return photo in one.photos if one.kind is Kind.NOTE else one.photos[0] == photo

    def _fact(self, one: Observation) -> Fact:
        words = _IN_WORDS.get(one.kind, "{}").format(one.what)
        unsure = one.known is Known.SEEN and one.confidence < _SURE
        return Fact(self._id(one), self.hide(f"{words} (not sure)" if unsure else words))

    def _id(self, one: Observation) -> str:
        """The id of an observation; where it is made of words with a name in them, one that is not."""
        if self.hide(spaced := re.sub(r"[-_]", " ", one.id)) == spaced:
            return one.id
        given = f"{one.photos[0]}.{one.kind.value}.{sha256(one.id.encode()).hexdigest()[:6]}"
        self._given[given] = one.id
        return given


def _name(name: str) -> re.Pattern[str]:
    """A name as a whole word, also in the name of a file, where words are joined by hyphens and underscores.

    One that is a word too (may, rose, will) is told by its capitals.
    """
    forms = {name, name.upper()} if name.casefold() in _WORDS_TOO else {name}
    words = "|".join(r"[\s_-]+".join(map(re.escape, form.split())) for form in sorted(forms))
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", 0 if len(forms) > 1 else re.IGNORECASE)


def _letters(at: int) -> str:
    """A, B, … Z, then AA, AB and so on."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(65 + at % 26)
