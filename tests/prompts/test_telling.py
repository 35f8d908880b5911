"""What a model is told beside the pixels: only what is allowed, and nobody's name that is not."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.prompts import Telling
from photocast.schema import AlbumRecord, Brief, FactSheet, Kind, Known, Observation, Permission, Person, Photo, State

ALBUM = AlbumRecord(
    title="rosas holiday",
    photos=tuple(
        Photo(id=f"p0{number}", source=f"{number}.jpg", sha256=f"{number:064d}", width=8, height=6) for number in (1, 2)
    ),
)
KNOWN = {
    Kind.PLACE: ("Lisbon, Portugal", Known.METADATA),
    Kind.TIME: ("morning", Known.METADATA),
    Kind.SEASON: ("summer", Known.METADATA),
    Kind.CAPTION: ("Rosa at the sea", Known.METADATA),
    Kind.KEYWORD: ("swim", Known.METADATA),
    Kind.NAME: ("rosa swims", Known.METADATA),
    Kind.SUBJECT: ("dog", Known.SEEN),
    Kind.SIGN: ("CAFÉ ROSA", Known.SEEN),
    Kind.PRIVATE: ("a screen", Known.SEEN),
}
NEEDS = {
    Permission.PLACES: {"Lisbon"},
    Permission.TIMES: {"morning", "summer"},
    Permission.CAPTIONS: {"at the sea", "swim”"},
    Permission.FILENAMES: {"swims"},
}


def _observation(
    kind: Kind, what: str, known: Known, *, photos: tuple[str, ...] = ("p01",), **more: Any
) -> Observation:
    values = {"sources": ("by hand",), "confidence": 0.9} | more
    return Observation(
        id=f"p01.{kind.value}.{what.lower().replace(' ', '-')}",
        photos=photos,
        kind=kind,
        what=what,
        known=known,
        **values,
    )


def _sheet() -> FactSheet:
    told = _observation(Kind.NOTE, "Rosa's 70th", Known.TOLD, photos=("p01", "p02"))
    return FactSheet(observations=(*(_observation(kind, *one) for kind, one in KNOWN.items()), told))


def _text(telling: Telling) -> str:
    facts = [*telling.notes, *(fact for photo in telling.photos(["p01", "p02"]) for fact in photo.facts)]
    return "\n".join(f"{fact.id}: {fact.words}" for fact in facts)


def _brief(*names: str) -> Brief:
    return Brief(people=tuple(Person(name=name) for name in names))


@pytest.mark.parametrize("permission", list(NEEDS))
def test_each_permission_opens_its_own_door(permission: Permission) -> None:
    telling = Telling(ALBUM, _sheet(), Brief(), allow=[permission], pixels=True)
    text = _text(telling)
    for one, secrets in NEEDS.items():
        for secret in secrets:
            assert (secret in text) == (one is permission), secret
    assert [line.rpartition(" ")[2] for line in telling.withheld()] == [
        one.value for one in NEEDS if one is not permission
    ]


def test_a_model_on_this_machine_is_told_everything_but_what_is_private() -> None:
    text = _text(Telling(ALBUM, _sheet(), _brief("Rosa"), allow=None, pixels=False))
    assert all(secret in text for secrets in NEEDS.values() for secret in secrets)
    assert "Rosa's 70th" in text
    assert "screen" not in text
    assert list(Telling(ALBUM, _sheet(), _brief("Rosa"), allow=None, pixels=False).withheld()) == []


def test_whoever_sees_the_pixels_is_not_told_what_detectors_guess() -> None:
    assert "dog" not in _text(Telling(ALBUM, _sheet(), Brief(), allow=None, pixels=True))
    assert "dog" in _text(Telling(ALBUM, _sheet(), Brief(), allow=None, pixels=False))


def test_what_a_model_noted_goes_before_what_detectors_guess_and_what_is_struck_is_never_told() -> None:
    noted = _observation(Kind.DETAIL, "a wet poodle", Known.SEEN, confidence=0.6)
    struck = _observation(Kind.DETAIL, "a seal", Known.SEEN, state=State.STRUCK)
    sheet = FactSheet(observations=(*_sheet().observations, noted, struck))
    text = _text(Telling(ALBUM, sheet, Brief(), allow=None, pixels=False))
    assert "a wet poodle (not sure)" in text
    assert "seal" not in text
    assert "p01.subject.dog" not in text


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("Rosa Maria Kremer swims", "Person A swims"),
        ("rosa maria kremer's hat and ROSA's", "Person A's hat and Person A's"),
        ("0_rosa-am-see.jpg", "0_Person A-am-see.jpg"),
        ("Kremer, Jo and Mr Will", "Person A, Person B and Mr Person C"),
        ("will you? Will will", "will you? Person C will"),
        ("rosary joke Marias", "rosary joke Marias"),
    ],
)
def test_names_and_their_parts_are_stood_in_for(said: str, sent: str) -> None:
    telling = Telling(ALBUM, _sheet(), _brief("Rosa Maria Kremer", "Jo", "Will"), allow=(), pixels=True)
    assert telling.hide(said) == sent


def test_names_are_not_in_ids_either_and_facts_are_found_again() -> None:
    telling = Telling(ALBUM, _sheet(), _brief("Rosa"), allow=list(Permission)[1:], pixels=False)
    text = _text(telling)
    assert not re.search("rosa", text, re.IGNORECASE)
    given = {fact.id for photo in telling.photos(["p01"]) for fact in photo.facts}
    assert {telling.meant(one) for one in given} >= {"p01.caption.rosa-at-the-sea", "p01.subject.dog"}


names = st.from_regex(r"[A-Z][a-zäöü]{2,9}( [A-Z][a-z]{2,9})?", fullmatch=True)


@given(st.lists(names, min_size=1, max_size=30, unique=True), st.text(max_size=40))
def test_no_name_gets_out_and_every_name_comes_back(people: list[str], around: str) -> None:
    telling = Telling(ALBUM, FactSheet(observations=()), _brief(*people), allow=(), pixels=True)
    for name in people:
        hidden = telling.hide(f"{around} {name}’s hat, and {name.upper()} too")
        assert name not in hidden.replace("Person", "")
    stand_in = telling.hide(people[0])
    assert telling.show(f"and then {stand_in} fell") == f"and then {people[0]} fell"
