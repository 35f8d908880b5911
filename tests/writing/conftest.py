"""Albums written down by hand, as looking would see them."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from photocast.looking.told import from_brief
from photocast.models import Image
from photocast.prompts import Prompts
from photocast.schema import (
    AlbumRecord,
    Brief,
    FactSheet,
    Host,
    Kind,
    Known,
    Observation,
    Permission,
    Photo,
    Place,
    concepts,
)
from photocast.writing import Work

Sheet = tuple[AlbumRecord, FactSheet]
MAYA, THEO = Host(name="Maya"), Host(name="Theo")

ALBUMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dogs": ("dog at the beach", ("dog", "dog rock", "dog ?rock", "dog", "dog sea people:1", "dog blanket @indoors")),
    "bread": (
        "sourdough loaf",
        ("dough =being_glued", "?dough glass =window_pane", "dough", "dough", "dough ?bowl", "bread oven", "loaf"),
    ),
    "town": (
        "arezzo walk",
        ("tree *Arezzo", "park bench", "street people:2 +600", "church", "street car", "old_building +4000", "tower"),
    ),
    "years": ("travels", ("cliff people:2", "coast +80000000", "sea", "beach people:6 !LAS_VEGAS", "snow +6800000")),
    "nothing": ("DCIM", ("", "", "", "")),
    "one": ("kitchen", ("cat @indoors",)),
    "crowd": ("party", ("people:12 ^dark", "people:7", "people:3", "?piano people:2", "=qt_logo")),
}


@pytest.fixture(scope="session")
def sheet() -> Callable[[str], Sheet]:
    """An album by its name in `ALBUMS`."""
    return lambda name: _sheet(*ALBUMS[name])


@pytest.fixture(scope="session", params=sorted(ALBUMS))
def every_sheet(request: pytest.FixtureRequest) -> Sheet:
    """Each of the albums in turn."""
    return _sheet(*ALBUMS[request.param])


@pytest.fixture
def work(tmp_path: Path) -> Callable[..., Work]:
    """Something to write for a model: an album of `ALBUMS`, or one of so many photos, and a brief for Maya and Theo."""

    def made(
        album: str | int = "dogs",
        *,
        direct: bool = True,
        structured: bool = False,
        allow: Sequence[Permission] | None = (),
        prompts: Prompts | None = None,
        **brief: Any,
    ) -> Work:
        record, facts = _sheet(*ALBUMS[album]) if isinstance(album, str) else _sheet("walk", ("dog",) * album)
        asked = Brief(**{"words": 60, "cast": (MAYA, THEO), "disclosure": False, **brief})
        told = tuple(from_brief(asked, record.photos))
        images = {}
        for photo in record.photos if direct else ():
            path = tmp_path / f"{photo.id}.jpg"
            path.write_bytes(photo.id.encode())
            images[photo.id] = Image(photo.id, path)
        return Work(
            album=record,
            facts=FactSheet(observations=(*facts.observations, *told)),
            brief=asked,
            words=asked.words or 60,
            images=images,
            prompts=prompts or Prompts(),
            structured=structured,
            allow=None if allow is None else tuple(allow),
        )

    return made


def _sheet(title: str, rows: tuple[str, ...]) -> Sheet:
    """An album from one row a photo.

    `dog` is seen surely, `?dog` is not; `=` a file name, `@` a setting, `^` a light, `*` a city, `!` a sign, `+` a gap.
    """
    photos: list[Photo] = []
    found: list[Observation] = []
    clock = datetime(2024, 5, 4, 10, 0)
    for number, row in enumerate(rows, start=1):
        place = None
        for word in row.replace("_", "\N{NO-BREAK SPACE}").split(" "):
            word = word.replace("\N{NO-BREAK SPACE}", " ")
            if word.startswith("+"):
                clock += timedelta(seconds=int(word[1:]))
            if word.startswith("*"):
                place = Place(city=word[1:], country="Italy")
            if word:
                found.append(_observation(f"p{number:02d}", word))
        digest = hashlib.sha256(f"{title} {number}".encode()).hexdigest()
        photos.append(
            Photo(
                id=f"p{number:02d}",
                source=f"{number}.jpg",
                sha256=digest,
                width=800,
                height=600,
                taken_at=clock,
                place=place,
            )
        )
    return AlbumRecord(title=title, photos=tuple(photos)), FactSheet(observations=tuple(found))


def _observation(photo: str, word: str) -> Observation:
    marks = {"=": Kind.NAME, "@": Kind.SETTING, "^": Kind.LIGHT, "*": Kind.PLACE, "!": Kind.SIGN, "+": Kind.GAP}
    kind, what, quantity, confidence = Kind.SUBJECT, word.lstrip("?"), None, 0.6 if word.startswith("?") else 0.93
    if word[0] in marks:
        kind, what = marks[word[0]], word[1:]
    if kind is Kind.GAP:
        quantity, what = float(what), "some time later"
    if word.startswith("people:"):
        kind, quantity = Kind.PEOPLE, float(word.removeprefix("people:"))
        what = {1: "one person", 2: "two people", 3: "three people"}.get(int(quantity), "a group")
    if kind is Kind.SUBJECT:
        assert what in concepts(), what
    known = Known.METADATA if kind in (Kind.NAME, Kind.GAP, Kind.PLACE) else Known.SEEN
    return Observation(
        id=f"{photo}.{kind}.{what}", photos=(photo,), kind=kind, what=what, known=known, sources=("by hand",),
        confidence=confidence, quantity=quantity,
    )  # fmt: skip
