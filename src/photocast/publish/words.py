"""What the page says in words: when and where, what is in a photo, and what a claim rests on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from photocast._page import clean as clean
from photocast.schema import AlbumRecord, Claim, Kind, Known, Observation, Photo, Reason, Source, State, concepts

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Not from `strftime`, which follows the language of the machine: the page has one of its own."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_BY = {
    "classifier": "the classifier",
    "detector": "the detector",
    "ocr": "the text reader",
    "colour": "its colours",
    "exif": "the camera",
    "iptc": "the file’s caption fields",
    "xmp": "the file’s caption fields",
    "sidecar": "a captions file",
    "folder": "the file and folder names",
    "user": "whoever made this page",
    "brief": "whoever made this page",
    "interview": "whoever made this page",
}
_SURE = ((0.9, "very sure"), (0.75, "fairly sure"), (0.5, "not very sure"), (0.0, "unsure"))
_REASONS = {
    Reason.UNREADABLE: "could not be read",
    Reason.TRUNCATED: "cut off",
    Reason.UNSUPPORTED: "not a kind of picture that can be read",
    Reason.TOO_LARGE: "too large",
    Reason.TOO_SMALL: "too small",
    Reason.OUTSIDE: "outside the album",
    Reason.DUPLICATE: "the same as another",
    Reason.NEAR_DUPLICATE: "nearly the same as another",
    Reason.BLURRED: "blurred",
    Reason.NOT_CHOSEN: "not chosen",
}
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])|(?<=s)'(?=\s)")
_DASH = re.compile(r"(?<=\S)—")
_JOINER = "\u2060"
_LONGEST_QUOTE = 60
"""Characters of a quoted claim before it is cut in the middle."""


def typeset(text: str) -> str:
    """The text with the apostrophes of print, character for character."""
    return _APOSTROPHE.sub("’", text)


def dashes_held(text: str, start: int, end: int) -> str:
    """A part of the text in which no dash can slip to the next line without the word it cuts off."""
    part = _DASH.sub(f"{_JOINER}—", text[start:end])
    return _JOINER + part if part.startswith("—") and start and not text[start - 1].isspace() else part


def when(photos: Iterable[Photo]) -> str | None:
    """The dates the photos span, as one would write them on the back of a print; none when no photo has one."""
    dates = sorted(photo.taken_at.date() for photo in photos if photo.taken_at)
    if not dates:
        return None
    first, last = dates[0], dates[-1]
    month, other = _MONTHS[first.month - 1], _MONTHS[last.month - 1]
    if first == last:
        return f"{first.day} {month} {first.year}"
    if first.year != last.year:
        return f"{first.year}–{last.year}"
    if first.month != last.month:
        return f"{month}–{other} {last.year}"
    return f"{first.day}–{last.day} {month} {last.year}"


def day(moment: datetime) -> str:
    """`13 April 2024`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def where(photos: Iterable[Photo]) -> str | None:
    """The cities, at most three by name, with the country when it is one."""
    places = list(dict.fromkeys(photo.place for photo in photos if photo.place))
    if not places:
        return None
    cities = list(dict.fromkeys(place.city for place in places))
    named = listed(cities if len(cities) <= 3 else [*cities[:2], f"{len(cities) - 2} more"])
    countries = {place.country for place in places}
    return clean(f"{named}, {countries.pop()}" if len(countries) == 1 else named)


def clock(photo: Photo) -> str | None:
    """Time of day of one photo."""
    return f"{photo.taken_at:%H:%M}" if photo.taken_at else None


def seen_in(photo: Photo, observations: Iterable[Observation]) -> str:
    """What is known to be in a photo, for those who cannot see it."""
    parts: list[str] = []
    known = [one for one in observations if photo.id in one.photos and one.state is not State.STRUCK]
    if noted := [_perhaps(one, one.what) for one in known if one.kind is Kind.DETAIL]:
        return clean("; ".join(noted))  # the words of a model that saw the photo say more than names of things
    for one in sorted(known, key=lambda one: -one.confidence):
        if one.kind is Kind.SUBJECT:
            parts.append(_perhaps(one, _noun(one)))
        elif one.kind is Kind.PEOPLE:
            parts.append(_perhaps(one, one.what))
        elif one.kind is Kind.SCENE:
            parts.append(_perhaps(one, f"scene: {one.what}"))
        elif one.kind is Kind.SIGN:
            parts.append(f"a text reading “{one.what}”")
        elif one.kind is Kind.SETTING:
            parts.append(one.what)
    return clean("; ".join(dict.fromkeys(parts)))


def grounds(claim: Claim, observations: Mapping[str, Observation], numbers: Mapping[str, int]) -> str:
    """What a claim rests on, in one phrase: `seen in photo 3 by the detector, fairly sure`."""
    if claim.source is Source.INVENTED:
        return "made up by the hosts"
    known = [observations[name] for name in claim.observations if name in observations]
    if not claim.observations:
        return f"{claim.source}, says the model that wrote this; no observation is noted for it"
    if not known:
        phrase = f"{claim.source}, on grounds no longer in the fact sheet"
    else:
        phrase = "; ".join(dict.fromkeys(_ground(one, numbers) for one in known))
    return clean(phrase + (" (linked afterwards)" if claim.inferred else ""))


def reason(of: Reason) -> str:
    """Why a file is not in the album."""
    return _REASONS[of]


def quoted(text: str) -> str:
    """A stretch of speech as a short quotation."""
    said = clean(text).strip(' \n“”"')
    if len(said) <= _LONGEST_QUOTE:
        return said
    return f"{said[:40].rsplit(' ', 1)[0]} … {said[-20:].split(' ', 1)[-1]}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def photo_count(album: AlbumRecord) -> str:
    """`one photo`, `six photos`, `24 photos`."""
    count = len(album.photos)
    return "one photo" if count == 1 else f"{_NUMBERS[count] if count < len(_NUMBERS) else count} photos"


def _ground(one: Observation, numbers: Mapping[str, int]) -> str:
    shown = sorted(numbers[name] for name in one.photos if name in numbers)
    place = f"photo{'s' if len(shown) > 1 else ''} {listed(_runs(shown))}" if shown else "the album"
    by = listed(list(dict.fromkeys(_BY.get(name, name) for name in one.sources))) if one.sources else "photocast"
    if one.known is Known.SEEN:
        sure = next(word for least, word in _SURE if one.confidence >= least)
        phrase = f"seen in {place} by {by}, {sure}"
    elif one.kind is Kind.NAME:
        phrase = f"from the file name of {place}"
    elif one.known is Known.METADATA:
        phrase = f"recorded with {place} by {by}"
    else:
        phrase = f"told by {by}" + (f", about {place}" if len(shown) == 1 and "folder" not in one.sources else "")
    return phrase + (", struck out since" if one.state is State.STRUCK else "")


def _runs(numbers: Sequence[int]) -> list[str]:
    """`1, 2, 3, 6` as `1–3`, `6`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [part for run in runs for part in ([f"{run[0]}–{run[-1]}"] if len(run) > 2 else map(str, run))]


def _noun(one: Observation) -> str:
    concept = concepts().get(one.what)
    if one.quantity and one.quantity > 1 and concept and concept.many:
        return f"{one.quantity:g} {concept.many}"
    if concept is None or concept.form == "mass":
        return one.what
    if concept.form == "the":
        return f"the {one.what}"
    return f"{'an' if one.what[0] in 'aeiou' else 'a'} {one.what}"


def _perhaps(one: Observation, phrase: str) -> str:
    return phrase if one.confidence >= 0.75 or one.known is not Known.SEEN else f"perhaps {phrase}"
