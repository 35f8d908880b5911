"""What a model says, as it gives it: turns, their photos and their claims."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from photocast.schema.labels import Label, Strength, label_on

LONGEST_LABEL = 120
"""Characters within which a label and the first of its words stand."""
_ROLE = re.compile(r"(?:(?:speaker|host|co-?host|guest|voice)\s*[#_-]?\s*(\d|[a-f])|person\s*(\d))", re.IGNORECASE)
"""A letter behind `Person` is no role: `Person A` stands for somebody in the photos."""
_NUMBERED = re.compile(r"[-*•>#_`(\[ ]{0,8}(?P<id>t\d{3,6})\b[\])*_`.]{0,4}(?: ?[:：,–—-](?=\s))?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"^\s{0,4}\(([^()\n]{1,40})\)(?=\s?[:：])")
_SHOWN = r"(?:photos?|images?|pictures?)\s?[:#]?\s?"
_MARK = rf"[\[(]\s?(?:{_SHOWN}p?|p)\d{{1,3}}(?:(?:[\s,;&/–—-]|and|to)+p?\d{{1,3}})*\s?[\])]"
_MARKS = re.compile(rf"\s?{_MARK}", re.IGNORECASE)
_MARKED_LABEL = re.compile(rf"([^:：\[(]*)({_MARK})([^:：]*[:：])", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3}) ?(?:to|–|—|-) ?p?(\d{1,3})", re.IGNORECASE)
_WIDEST_RANGE = 30
_ALONE = re.compile(r"\s*(?=[#*_])(?:#{1,6}\s+)?[*_]{0,3}([^#*_].{0,60}?)[*_]{0,3}\s*[:：]?[*_]{0,3}\s*")
"""A heading, or a line in bold, and nothing else."""
_MOST_WORDS_OF_A_STRANGER = 2
_NOBODY = re.compile(
    "alright|background|cast|certainly|characters|conversation|dialogue|format|great|here|hosts|introduction|json|mood|"
    "okay|output|participants|podcast|script|setting|sure|theme|tone|voices"
)
"""Words that end the labels of a preface, not names."""


@dataclass(frozen=True, slots=True)
class SaidClaim:
    """A claim as the model marks it."""

    words: str
    source: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as the model gives it."""

    speaker: str
    """A host; or what the model wrote, when it is no host; empty where it only gave the id of a turn."""
    text: str
    photos: tuple[str, ...] = ()
    claims: tuple[SaidClaim, ...] = ()
    manner: str | None = None
    id: str | None = None
    """The turn that it replaces, where that was asked."""
    sounds: tuple[str, ...] = ()
    """Before the words, by their names in `schema.delivery.SOUNDS`."""
    stress: tuple[str, ...] = ()
    """Words of the text that are stressed, as the model copies them."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a turn on its line."""

    speaker: str
    manner: str | None
    rest: str
    is_host: bool
    id: str | None = None
    """The turn that it says anew, where the line begins with one: `t004 Maya: …`."""

    @property
    def is_sure(self) -> bool:
        """Whether it cannot be anything but the beginning of a turn."""
        return self.is_host or self.id is not None


def host_named(name: str, cast: Sequence[str]) -> str | None:
    """The host that a name means: by the whole of it, by the first word where that is enough, or as `Speaker 2`."""
    name = " ".join(name.split()).casefold()
    whole = next((host for host in cast if host.casefold() == name), None)
    first = [host for host in cast if host.split()[0].casefold() == name]
    if whole or len(first) == 1:
        return whole or first[0]
    role = _ROLE.fullmatch(name)
    if role is None:
        return None
    mark = role[1] or role[2]
    nth = int(mark) if mark.isdigit() else ord(mark) - 96
    return cast[nth - 1] if 1 <= nth <= len(cast) else None


def opening_of(line: str, cast: Sequence[str]) -> Opening | None:
    """The turn that a line begins, if it begins one: with a host, with what looks like a name, or with its id.

    The mark of a photo before the colon goes with the words behind it.
    """
    numbered = _NUMBERED.match(line)
    if numbered is None:
        return _labelled(line, cast)
    rest = _IN_BRACKETS.sub(r"\1", line[numbered.end() :])
    label = _labelled(rest, cast)
    opening = label if label and label.is_host else Opening("", None, rest.strip(), is_host=False)
    return replace(opening, id=numbered["id"].lower())


def _labelled(line: str, cast: Sequence[str]) -> Opening | None:
    head = line[:LONGEST_LABEL]
    if marked := _MARKED_LABEL.match(head):
        opening = _labelled(f"{marked[1]}{marked[3]}{line[marked.end() :]}", cast)
        if opening and opening.is_host:
            return replace(opening, rest=f"{marked[2]} {opening.rest}")
    for name in sorted(cast, key=len, reverse=True):  # names that look like none, such as `2Pac` or `anna: the cook`
        if head[: len(name)].casefold() == name.casefold() and head[len(name) :].lstrip()[:1] in {":", "："}:
            return Opening(name, None, line[len(name) :].lstrip()[1:].strip(), is_host=True)
    if (alone := _ALONE.fullmatch(line)) and (host := host_named(alone[1], cast)):
        return Opening(host, None, "", is_host=True)
    label = label_on(head)
    if label is None:
        return None
    rest = line[len(head.rstrip()) - len(label.rest) :].strip()
    known = host_named(label.name, cast) or (host_named(label.role, cast) if label.role else None)
    if known:
        return Opening(known, label.manner, rest, is_host=True)
    return Opening(label.name, label.manner, rest, is_host=False) if _is_somebody(label) else None


def _is_somebody(label: Label) -> bool:
    """Whether a label that names no host names anybody; in brackets without a colon it may be a sound."""
    words = label.name.casefold().split()
    if not label.colon or _NOBODY.fullmatch(words[-1]):
        return False
    named = label.strength is Strength.NAMED and len(words) <= _MOST_WORDS_OF_A_STRANGER
    return named or label.strength is Strength.CERTAIN


def photo_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """The words without the marks of photos among them, and the photos that these name.

    `[p01]`, `(p01, p02)`, `[p01–p03]`, `[photo 3]`, `[Photos: p1 and p2]`.
    """
    text = " ".join(text.split())
    photos = [photo for found in _MARKS.finditer(text) for photo in _photos_in(found[0])]
    return " ".join(_MARKS.sub("", text).split()), tuple(dict.fromkeys(photos))


def _photos_in(marks: str) -> list[str]:
    numbers: list[int] = []
    for first, last in _RANGE.findall(marks):
        if 0 < int(last) - int(first) <= _WIDEST_RANGE:
            numbers += range(int(first), int(last) + 1)
    numbers += map(int, re.findall(r"\d+", marks))
    return [f"p{number:02d}" for number in sorted(set(numbers))]
