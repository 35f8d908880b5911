"""What nobody has to look for: captions, keywords, names of files, places, and what the user says."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import PurePath

from photocast.looking.naming import ALBUM, identify, listed
from photocast.schema import Brief, Kind, Known, Observation, Person, Photo

_MOST_KEYWORDS = 8

# How cameras, phones and chat programs call their files: no words of the user's.
_NOT_WORDS = listed(
    "img image images dsc dscn dscf dcim pxl mvi vid mov gopr gopro pano burst screenshot whatsapp signal telegram "
    "received photo photos foto picture pic scan scanned untitled unnamed snapchat fb export edited edit copy thumb "
    "resized"
)


def from_file(photo: Photo) -> Iterator[Observation]:
    """What the file and the files beside it say in words or coordinates."""
    if photo.caption:
        yield _known(photo, Kind.CAPTION, photo.caption, "file")
    for keyword in photo.keywords[:_MOST_KEYWORDS]:
        yield _known(photo, Kind.KEYWORD, keyword, "file")
    if photo.place:
        yield _known(photo, Kind.PLACE, f"{photo.place.city}, {photo.place.country}", "exif", confidence=0.95)
    name = words_of_name(photo.source)
    if name:
        yield _known(photo, Kind.NAME, name, "folder")


def _known(photo: Photo, kind: Kind, what: str, source: str, *, confidence: float = 1.0) -> Observation:
    return Observation(
        id=identify(photo.id, kind, what),
        photos=(photo.id,),
        kind=kind,
        what=what,
        known=Known.METADATA,
        sources=(source,),
        confidence=confidence,
    )


def words_of_name(source: str) -> str | None:
    """The words in the name of a file (`09_oven-example.jpg` → `oven example`); none when a camera named it."""
    stem = PurePath(source.replace("\\", "/")).stem
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", stem)
    words = [word for word in re.split(r"[\s_\-.,+()\[\]]+", apart) if word]
    words = [re.sub(r"(?<=[a-z])\d+$", "", word) for word in words if word.lower() not in _NOT_WORDS]
    while words and words[0].isdigit():
        words.pop(0)
    while words and words[-1].isdigit():
        words.pop()
    if len(words) > 8 or any(re.search(r"\d", word) and not re.fullmatch(r"\d{1,2}", word) for word in words):
        return None
    if not any(_is_chosen(word) for word in words):
        return None
    return " ".join(words)


def _is_chosen(word: str) -> bool:
    """Whether somebody typed it: small letters or a name, with a vowel, not an abbreviation."""
    plain = len(word) > 2 and word.isalpha() and (word.islower() or word.istitle() or len(word) > 4)
    return plain and re.search(r"[aeiouy]|[^\x00-\x7f]", word.lower()) is not None


def from_brief(brief: Brief, photos: Sequence[Photo]) -> Iterator[Observation]:
    """What the user says the album is about, and who is in it."""
    everywhere = tuple(photo.id for photo in photos)
    if brief.about:
        yield _told(brief.about, everywhere)
    for person in brief.people:
        yield _told(_introduced(person), _photos_of(person, photos) or everywhere)


def _told(what: str, photos: tuple[str, ...]) -> Observation:
    return Observation(
        id=identify(ALBUM, Kind.NOTE, what),
        photos=photos,
        kind=Kind.NOTE,
        what=what,
        known=Known.TOLD,
        sources=("user", "brief"),
        confidence=1.0,
    )


def _introduced(person: Person) -> str:
    return f"{person.name}, {person.who}" if person.who else person.name


def _photos_of(person: Person, photos: Sequence[Photo]) -> tuple[str, ...]:
    """The photos that the user names, by their whole name, their last part, or that without its ending."""
    wanted = {name.casefold() for name in person.photos}

    def is_meant(photo: Photo) -> bool:
        path = PurePath(photo.source.replace("\\", "/"))
        return not wanted.isdisjoint(name.casefold() for name in (photo.id, photo.source, path.name, path.stem))

    return tuple(photo.id for photo in photos if is_meant(photo))


def words_beside(photo: Photo, title: str) -> frozenset[str]:
    """Lower-case words, alone and in neighbouring pairs, of the name, the title, the caption and the keywords."""
    beside = " . ".join(filter(None, (words_of_name(photo.source), title, photo.caption, *photo.keywords)))
    words = re.findall(r"[a-z]+|\.", beside.lower())
    return frozenset(words) | {f"{one} {two}" for one, two in pairwise(words)}
