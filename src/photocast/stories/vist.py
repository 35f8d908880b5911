"""VIST's official JSON (Huang et al., NAACL 2016): stories in sequence, and descriptions of single photos.

A file (`sis/test.story-in-sequence.json` out of `SIS-with-labels.tar.gz`) holds `images`, `albums` and `annotations`.
An annotation is a list of one object: one sentence of one story, with the photo it is about and its place in the story.
In `dii/….description-in-isolation.json` an annotation is what one person wrote of one photo, without a place.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.runs import sha256_of_bytes
from photocast.schema import InputError

TEXT = "text"
"""Tokenised, in lower case, with `[male]` and `[location]` for names: what the literature measures against."""
_ORIGINAL = "original_text"
"""As it was written."""
_GET = "Take the story-in-sequence JSON out of SIS-with-labels.tar.gz, from visionandlanguage.net/VIST"
_GET_DESCRIPTIONS = "Take the description-in-isolation JSON out of DII-with-labels.tar.gz, from the same place"
_ID = r"\w[\w.-]*"
"""What an id may look like: it becomes part of a path."""


@dataclass(frozen=True, slots=True)
class VistPhoto:
    """A photo of Flickr, and where it was when VIST was made."""

    id: str
    url: str
    """Of the original, else of the medium size; empty when the file names none."""


@dataclass(frozen=True, slots=True)
class Story:
    """One story: as many texts as photos, in order."""

    id: str
    album: str
    photos: tuple[str, ...]
    """Ids; one may come twice."""
    texts: tuple[str, ...]
    originals: tuple[str, ...] = ()
    """The texts as they were written, as people read them; the tokenised ones where the file lacks them."""


@dataclass(frozen=True, slots=True)
class Description:
    """What one person wrote of one photo, without a story in mind."""

    photo: str
    text: str
    """As it was written; tokenised where the file lacks that."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """A whole file."""

    stories: tuple[Story, ...]
    """In the order in which the file begins them."""
    photos: Mapping[str, VistPhoto]
    dropped: Mapping[str, str]
    """Stories that cannot be used, with the reason."""
    sha256: str


def read_annotations(path: Path) -> Annotations:
    """Read the stories of a file.

    Raises:
        InputError: it cannot be read, or is not VIST's story-in-sequence JSON.
    """
    data = _read(path, _GET)
    try:
        document = json.loads(data)
        sentences = list(_sentences(document["annotations"]))
        photos = {str(image["id"]): VistPhoto(str(image["id"]), _url(image)) for image in document["images"]}
        stories, dropped = _stories(sentences, photos)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"it is not VIST's story-in-sequence JSON ({_briefly(error)})"
        raise InputError(f"cannot use {path}", why, _GET) from error
    if not stories:
        raise InputError(f"cannot use {path}", "it holds no story", _GET)
    return Annotations(stories, photos, dropped, sha256_of_bytes(data))


def read_descriptions(path: Path) -> tuple[Description, ...]:
    """Read the descriptions of single photos in a file, in its order; empty ones are left out.

    Raises:
        InputError: it cannot be read, or is not VIST's description-in-isolation JSON.
    """
    data = _read(path, _GET_DESCRIPTIONS)
    try:
        found = [_described(one) for one in _sentences(json.loads(data)["annotations"])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"it is not VIST's description-in-isolation JSON ({_briefly(error)})"
        raise InputError(f"cannot use {path}", why, _GET_DESCRIPTIONS) from error
    descriptions = tuple(one for one in found if one.text and re.fullmatch(_ID, one.photo))
    if not descriptions:
        raise InputError(f"cannot use {path}", "it holds no description", _GET_DESCRIPTIONS)
    return descriptions


def _read(path: Path, do: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}", (error.strerror or "the system refused").lower(), do) from error


def _described(one: Mapping[str, Any]) -> Description:
    if one.get("story_id"):
        raise ValueError("its texts belong to stories")
    return Description(str(one["photo_flickr_id"]), _written(one))


def _written(part: Mapping[str, Any]) -> str:
    """The text as it was written, on one line."""
    return " ".join(str(part.get(_ORIGINAL) or part[TEXT]).split())


def _briefly(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return str(error)[:100] or type(error).__name__


def _sentences(annotations: list[Any]) -> Iterator[Mapping[str, Any]]:
    for one in annotations:
        yield from one if isinstance(one, list) else [one]


def _url(image: Mapping[str, Any]) -> str:
    return str(image.get("url_o") or image.get("url_m") or "")


def _stories(
    sentences: list[Mapping[str, Any]], photos: Mapping[str, VistPhoto]
) -> tuple[tuple[Story, ...], dict[str, str]]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for sentence in sentences:
        grouped.setdefault(str(sentence["story_id"]), []).append(sentence)
    stories, dropped = [], {}
    for name, parts in grouped.items():
        ordered = sorted(parts, key=_place)
        if reason := _flaw(ordered, photos):
            dropped[name] = reason
            continue
        stories.append(
            Story(
                id=name,
                album=str(ordered[0].get("album_id", "")),
                photos=tuple(str(part["photo_flickr_id"]) for part in ordered),
                texts=tuple(" ".join(str(part[TEXT]).split()) for part in ordered),
                originals=tuple(_written(part) for part in ordered),
            )
        )
    return tuple(stories), dropped


def _place(sentence: Mapping[str, Any]) -> int:
    return int(sentence["worker_arranged_photo_order"])


def _names(ordered: list[Mapping[str, Any]]) -> list[str]:
    """The ids that become parts of paths."""
    return [str(ordered[0]["story_id"]), *(str(part["photo_flickr_id"]) for part in ordered)]


def _flaw(ordered: list[Mapping[str, Any]], photos: Mapping[str, VistPhoto]) -> str:
    places = [_place(part) for part in ordered]
    if places != list(range(len(places))):
        return f"its sentences stand at places {', '.join(map(str, places))}"
    if unknown := [part["photo_flickr_id"] for part in ordered if str(part["photo_flickr_id"]) not in photos]:
        return f"the file does not describe its photo {unknown[0]}"
    if strange := [name for name in _names(ordered) if not re.fullmatch(_ID, name)]:
        return f"{strange[0][:40]!r} is no id"
    if not all(str(part[TEXT]).strip() for part in ordered):
        return "a sentence of it is empty"
    return ""
