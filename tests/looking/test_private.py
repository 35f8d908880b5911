"""What its owner may not want to show is noticed, said once, and never talked about."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.looking.colours import Colours
from photocast.looking.glimpses import Glimpse
from photocast.looking.look import Sight, gather
from photocast.looking.private import private
from photocast.models import Box, Line
from photocast.prompts import Telling
from photocast.schema import AlbumRecord, Brief, FactSheet, Kind, Known, Permission, Photo, State
from photocast.writing import write

PAGE = "a page full of text"
NUMBER = "a long number, as on a card or a document"
PLATE = "what may be a number plate"
SCREEN = "a screen"
EVERYTHING = (
    [Line(f"a line of a letter {word}", 0.95, 0.1, 0.1, 0.9, 0.2) for word in "abcdefgh"]
    + [Line("4012 8888 8888 1881", 0.9, 0.1, 0.5, 0.9, 0.6), Line("AB 123 CD", 0.9, 0.45, 0.75, 0.55, 0.8)],
    [Box("car", 0.9, 0.3, 0.6, 0.7, 0.9), Box("laptop", 0.8, 0.0, 0.0, 0.3, 0.3)],
)


def line(text: str, confidence: float = 0.95, x: float = 0.5, y: float = 0.5) -> Line:
    return Line(text, confidence, x - 0.05, y - 0.01, x + 0.05, y + 0.01)


def found(
    lines: Sequence[Line] = (), boxes: Sequence[Box] = (), probabilities: Mapping[str, float] | None = None
) -> list[str]:
    return [one.what for one in private("p04", probabilities or {}, boxes, lines)]


def test_a_page_is_many_lines_of_many_letters() -> None:
    words = "fifteen letters"  # 14 of them: eight lines are 112, nine are 126
    assert found([line(words)] * 9) == [PAGE]
    assert found([line(words)] * 8) == []
    assert found([line(words + words)] * 7) == []  # letters enough, and a shop front has as few lines
    assert found([line(words, 0.79)] * 12) == []  # not read surely


@pytest.mark.parametrize(
    ("text", "is_long"),
    [
        ("4012 8888 8888 1881", True),
        ("DE89 3704 0044 0532 0130 00", True),
        ("123-456-789", True),
        ("12345678", False),
        ("1 2 3 4 5 6 7 8 9", True),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<", True),
        ("OPEN 24 HOURS", False),
        ("Gate 12, 10:45", False),
    ],
)
def test_a_long_number_by_its_digits(text: str, is_long: bool) -> None:
    assert found([line(text)]) == ([NUMBER] if is_long else [])
    assert found([line(text, 0.5)]) == []


CAR = Box("car", 0.8, 0.2, 0.2, 0.8, 0.8)


@pytest.mark.parametrize(
    ("text", "boxes", "is_plate"),
    [
        ("AB 123 CD", [CAR], True),
        ("ab·123·cd", [CAR], True),
        ("M-XY 4711", [CAR], True),
        ("AB 123 CD", [], False),
        ("AB 123 CD", [Box("boat", 0.8, 0.2, 0.2, 0.8, 0.8)], False),
        ("AB 123 CD", [Box("car", 0.3, 0.2, 0.2, 0.8, 0.8)], False),
        ("AB 123 CD", [Box("car", 0.8, 0.6, 0.6, 0.8, 0.8)], False),  # the text is beside it
        ("TAXI", [CAR], False),
        ("12345", [CAR], False),
    ],
)
def test_a_plate_is_letters_and_digits_on_a_vehicle(text: str, boxes: list[Box], is_plate: bool) -> None:
    assert found([line(text)], boxes) == ([PLATE] if is_plate else [])


def test_a_screen_is_detected_or_classified() -> None:
    assert found(boxes=[Box("tv", 0.5, 0, 0, 1, 1)]) == [SCREEN]
    assert found(boxes=[Box("tv", 0.49, 0, 0, 1, 1), Box("laptop", 0.4, 0, 0, 1, 1)]) == []
    assert found(probabilities={"screen": 0.3, "monitor": 0.2}) == [SCREEN]  # classes of one thing count together
    assert found(probabilities={"screen": 0.3, "web site": 0.1, "tabby": 0.6}) == []
    (seen,) = private("p04", {"monitor": 0.9}, [Box("tv", 0.6, 0, 0, 1, 1)], [])
    assert (seen.id, seen.photos, seen.kind, seen.known) == (
        *("p04.private.a-screen", ("p04",), Kind.PRIVATE),
        Known.SEEN,
    )
    assert seen.sources == ("detector",)


def test_all_of_it_at_once() -> None:
    assert found(*EVERYTHING) == [PAGE, NUMBER, PLATE, SCREEN]


LINES = st.builds(
    line,
    st.sampled_from(["AB 123 CD", "4012 8888 8888 1881", "1234567890", "a letter to you", "OPEN"]),
    st.sampled_from([0.5, 0.85, 0.99]),
)
BOXES = st.builds(
    lambda label, score: Box(label, score, 0.1, 0.1, 0.9, 0.9),
    st.sampled_from(["car", "truck", "tv", "laptop", "cell phone", "person"]),
    st.sampled_from([0.3, 0.6, 0.9]),
)
GREY = Colours(0.5, 0, 0, 0.1, 0, 0, 0, 0)


def sight(lines: Sequence[Line], boxes: Sequence[Box]) -> Sight:
    return Sight({}, Glimpse(0, -3, 0, 0), tuple(boxes), tuple(lines), GREY)


def photos(count: int) -> tuple[Photo, ...]:
    return tuple(
        Photo(
            id=f"p{n:02d}", source=f"{n}.jpg", sha256=str(n), width=9, height=9, taken_at=datetime(2024, 5, n, 10, 30)
        )
        for n in range(1, count + 1)
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.lists(LINES, max_size=12), st.lists(BOXES, max_size=5)), min_size=1, max_size=4),
    st.sampled_from(list(State)),
)
def test_a_fact_sheet_says_it_once_also_after_another_look(
    seen: list[tuple[list[Line], list[Box]]], state: State
) -> None:
    sights = [sight(*one) for one in seen]
    first = gather(photos(len(seen)), "walk", sights, Brief())
    decided = FactSheet(observations=tuple(one.model_copy(update={"state": state}) for one in first.observations))
    for facts in (first, gather(photos(len(seen)), "walk", sights, Brief(), decided)):
        told = [(one.photos[0], one.what) for one in facts.observations if one.kind is Kind.PRIVATE]
        assert len(told) == len(set(told))
        assert len({one.id for one in facts.observations}) == len(facts.observations)


@pytest.fixture(scope="module")
def album() -> tuple[AlbumRecord, FactSheet]:
    """Four photos in which all there is to see is private, the first time open and then locked by the user."""
    record = AlbumRecord(title="walk", photos=photos(4))
    facts = gather(record.photos, record.title, [sight(*EVERYTHING)] * 4, Brief())
    locked = tuple(
        one.model_copy(update={"state": State.LOCKED}) if one.photos[0] > "p02" else one for one in facts.observations
    )
    return record, FactSheet(observations=locked)


@pytest.mark.parametrize("allow", [None, (), tuple(Permission)])
@pytest.mark.parametrize("pixels", [True, False])
def test_no_model_is_told_of_it(
    album: tuple[AlbumRecord, FactSheet], allow: tuple[Permission, ...] | None, pixels: bool
) -> None:
    telling = Telling(*album, Brief(), allow=allow, pixels=pixels)
    ids = tuple(photo.id for photo in album[0].photos)
    said = [fact for photo in telling.photos(ids) for fact in photo.facts] + list(telling.notes)
    words = "\n".join([*(f"{fact.id} {fact.words}" for fact in said), *telling.told(), *telling.withheld()])
    assert "private" not in words
    for what in (PAGE, NUMBER, PLATE, SCREEN, "8888", "AB 123"):
        assert what not in words


def test_pocket_does_not_talk_of_it(album: tuple[AlbumRecord, FactSheet]) -> None:
    private_ids = {one.id for one in album[1].observations if one.kind is Kind.PRIVATE}
    assert len(private_ids) == 16
    for seed in range(8):
        script = write(*album, Brief(seed=seed, playful=seed % 3 / 2)).script
        assert not private_ids & {one for turn in script.turns for claim in turn.claims for one in claim.observations}
        text = " ".join(turn.text for turn in script.turns).lower()
        for what in ("page full", "long number", "number plate", "a screen", "8888", "ab 123"):
            assert what not in text
