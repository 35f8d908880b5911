"""Who comes back, across turns and across photos."""

from math import sqrt, tanh

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.metrics.characters import (
    Character,
    adjacent_turn_similarity,
    character_coherence,
    character_continuity,
    image_continuity,
    recurring_characters,
    text_continuity,
)
from photocast.schema import (
    AlbumRecord,
    FactSheet,
    Kind,
    Known,
    Observation,
    Person,
    Photo,
    Script,
    Speaker,
    State,
    Turn,
    UndefinedMetric,
)

PHOTOS = ("p01", "p02", "p03", "p04", "p05")


def script(*texts: str) -> Script:
    turns = [Turn(id=f"t{at:03}", speaker=("Ada", "Leo")[at % 2], text=text) for at, text in enumerate(texts)]
    return Script(title="Test", speakers=(Speaker(name="Ada"), Speaker(name="Leo")), turns=tuple(turns))


def named(marks: str) -> Script:
    """A turn for every letter: x names Rosa."""
    return script(*("Rosa laughs." if mark == "x" else "Hm, nice." for mark in marks))


def rosa(*photos: str) -> Character:
    return Character(name="Rosa", photos=photos)


def seen(photo: str, what: str, state: State = State.OPEN) -> Observation:
    return Observation(
        id=f"{photo}.subject.{what}",
        photos=(photo,),
        kind=Kind.SUBJECT,
        what=what,
        known=Known.SEEN,
        sources=("classifier",),
        confidence=0.9,
        state=state,
    )


@pytest.mark.parametrize(("marks", "share"), [("x", 1), ("-x-", 1), ("x-x-", 2 / 3), ("-x--x", 0.5), ("xxxx", 1)])
def test_text_continuity_by_hand(marks: str, share: float) -> None:
    assert text_continuity(named(marks), [rosa()]) == pytest.approx(share)


def test_text_continuity_is_a_mean_over_those_who_are_named() -> None:
    talk = script("Rosa and Max.", "Hm.", "Rosa’s hat.", "Max?")
    # Rosa: 2 of 3 turns; Max: 2 of 4; Otto is not named
    cast = [rosa(), Character(name="Max"), Character(name="Otto")]
    assert text_continuity(talk, cast) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_turns_of_one_speaker_in_a_row_are_one() -> None:
    turns = tuple(
        Turn(id=f"t{at:03}", speaker=speaker, text=text)
        for at, (speaker, text) in enumerate([("Ada", "Rosa!"), ("Leo", "Hm."), ("Leo", "Rosa?"), ("Ada", "Rosa.")])
    )
    talk = Script(title="Test", speakers=(Speaker(name="Ada"), Speaker(name="Leo")), turns=turns)
    assert text_continuity(talk, [rosa()]) == 1


def test_image_continuity_by_hand() -> None:
    assert image_continuity([rosa("p02", "p05")], PHOTOS) == pytest.approx(2 / 4)
    assert image_continuity([rosa("p02", "p05"), rosa("p03"), rosa()], PHOTOS) == pytest.approx(3 / 4)


def test_continuity_of_both_by_hand() -> None:
    # TC 2/3, IC 2/4: tanh(1 - 1/6)
    assert character_continuity(named("x-x"), [rosa("p02", "p05")], PHOTOS) == pytest.approx(tanh(5 / 6))
    # somebody who is only in photos has 0, who is nowhere does not count
    cast = [rosa("p02", "p05"), Character(name="Max", photos=("p01",)), Character(name="Otto")]
    assert character_continuity(named("x-x"), cast, PHOTOS) == pytest.approx(tanh(5 / 6) / 2)
    assert character_continuity(named("x-x"), [rosa()], PHOTOS) == 0


@given(st.text("x-", min_size=1).filter(lambda marks: "x" in marks), st.sets(st.sampled_from(PHOTOS), min_size=1))
def test_continuity_lies_between_nothing_and_tanh_1(marks: str, photos: set[str]) -> None:
    cast = [rosa(*photos)]
    assert 0 < text_continuity(named(marks), cast) <= 1
    assert 0 < character_continuity(named(marks), cast, PHOTOS) <= tanh(1)


def test_coherence_by_hand() -> None:
    # named in turns 0, 1, 3: one pair of neighbours over a spread of 3
    assert character_coherence(named("xx-x"), [rosa()]) == pytest.approx(tanh(1 / 3))
    assert character_coherence(named("xxx"), [rosa()]) == pytest.approx(tanh(1))
    assert character_coherence(named("x--x"), [rosa()]) == 0


def test_aliases_of_several_words_are_names_too() -> None:
    cast = [Character(name="Rosa", aliases=("the old lady", "grandma"))]
    assert text_continuity(script("Grandma!", "That’s the old lady.", "Old, the lady?", "Rosa’s!"), cast) == 0.75


def test_similarity_of_neighbours_by_hand() -> None:
    # {dog, sea} and {dog, dog, loaf}: 2 / (√2 · √5); {dog, dog, loaf} and {sea}: 0
    talk = script("A dog by the sea.", "The dog, the dog and a loaf!", "And the sea?")
    assert adjacent_turn_similarity(talk) == pytest.approx(2 / sqrt(10) / 2)
    assert adjacent_turn_similarity(script("A loaf.", "A loaf?")) == pytest.approx(1)


def test_pairs_without_content_words_are_left_out() -> None:
    assert adjacent_turn_similarity(script("A loaf.", "A loaf?", "Yeah.", "Mine!")) == pytest.approx(1)


def test_who_comes_back_is_told_by_the_user_and_by_the_facts() -> None:
    photos = tuple(Photo(id=name, source=f"IMG_{name}.jpg", sha256="0" * 64, width=10, height=10) for name in PHOTOS)
    album = AlbumRecord(title="Test", photos=photos)
    facts = FactSheet(
        observations=(
            *(seen("p01", "dog"), seen("p03", "dog"), seen("p03", "dog", State.STRUCK), seen("p02", "cat")),
            *(seen("p04", "car"), seen("p05", "car"), seen("p04", "cat", State.STRUCK)),
        )
    )
    people = [
        Person(name="Rosa Meyer", who="my aunt", photos=("IMG_p02.jpg", "lost.jpg")),
        Person(name="Max Meyer"),
        Person(name="Max Kahn", who="the neighbour’s boy"),
    ]
    found = recurring_characters(album, facts, people)
    assert [one.name for one in found] == ["Rosa Meyer", "Max Meyer", "Max Kahn", "dog"]
    assert found[0] == Character(name="Rosa Meyer", aliases=("Rosa", "aunt"), photos=("p02",))
    assert (found[1].aliases, found[2].aliases) == ((), ("neighbour’s boy",))  # two are called Max
    assert (found[3].aliases, found[3].photos) == (("dogs",), ("p01", "p03"))
    assert text_continuity(script("My aunt!", "Hm.", "The dogs, and Rosa."), found) == pytest.approx((2 / 3 + 1) / 2)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (lambda: text_continuity(named("x"), []), "no character is named"),
        (lambda: text_continuity(named("-"), [rosa("p01")]), "no character is named"),
        (lambda: image_continuity([], PHOTOS), "no character is in a photo"),
        (lambda: image_continuity([rosa("p09")], PHOTOS), "no character is in a photo"),
        (lambda: character_continuity(named("x"), [], PHOTOS), "no character"),
        (lambda: character_continuity(named("-"), [rosa()], PHOTOS), "no character is named or in a photo"),
        (lambda: character_coherence(named("-x-"), [rosa()]), "named in two turns"),
        (lambda: adjacent_turn_similarity(script("A loaf.")), "no two turns"),
        (lambda: adjacent_turn_similarity(script("A loaf.", "Yeah.", "A loaf.")), "no two turns"),
    ],
)
def test_what_has_no_value_is_said(what: object, why: str) -> None:
    with pytest.raises(UndefinedMetric, match=why):
        what()  # type: ignore[operator]
