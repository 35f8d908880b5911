"""What is asked before an episode is made, and what becomes of the answers."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.looking.keep import carry_over
from photocast.pipeline import as_told
from photocast.pipeline.interview import open_questions
from photocast.pipeline.moved import moved_facts, new_ids
from photocast.schema import AlbumRecord, FactSheet, Kind, Known, Observation, Photo, State

OCCASION = "What was the occasion, in a sentence?"
FIRST = "Which of the photos would you show first, and why?"


def record(*names: str) -> AlbumRecord:
    photos = tuple(
        Photo(id=f"p{n:02d}", source=name, sha256=name, width=9, height=9) for n, name in enumerate(names, start=1)
    )
    return AlbumRecord(title="walk", photos=photos)


ALBUM = record("a.jpg", "b.jpg", "c.jpg")


def one(photo: str, kind: Kind, what: str = "dog", known: Known = Known.SEEN, **more: object) -> Observation:
    fields = {"id": f"{photo}.{kind}.{what}", "photos": (photo,), "kind": kind, "what": what, "known": known}
    return Observation.model_validate(fields | {"sources": ("by hand",), "confidence": 0.9} | more)


def sheet(*found: Observation) -> FactSheet:
    return FactSheet(observations=found)


def gap(photo: str, hours: float) -> Observation:
    return one(photo, Kind.GAP, f"{hours:g} hours later", Known.METADATA, quantity=hours * 3600)


SEEN_ALL = tuple(one(photo.id, Kind.SUBJECT) for photo in ALBUM.photos)


def test_an_album_that_is_known_is_asked_for_its_occasion_and_its_best_photo() -> None:
    assert open_questions(ALBUM, sheet(*SEEN_ALL)) == (OCCASION, FIRST)


def test_who_told_something_is_not_asked_for_the_occasion() -> None:
    told = one("p01", Kind.NOTE, "the first loaf that rose", Known.TOLD)
    assert OCCASION not in open_questions(ALBUM, sheet(*SEEN_ALL, told))
    struck = told.model_copy(update={"state": State.STRUCK})
    assert OCCASION in open_questions(ALBUM, sheet(*SEEN_ALL, struck))


def test_people_are_asked_for_where_they_are_surest() -> None:
    found = (one("p01", Kind.PEOPLE, "a group", confidence=0.6), one("p03", Kind.PEOPLE, "one person", confidence=0.9))
    assert "Who is in photo p03, and what were they up to?" in open_questions(ALBUM, sheet(*SEEN_ALL, *found))


def test_the_longest_gap_is_asked_for_from_45_minutes_on() -> None:
    asked = open_questions(ALBUM, sheet(*SEEN_ALL, gap("p02", 1), gap("p03", 5)))
    assert "What happened just before photo p03, 5 hours later?" in asked
    assert len(asked) == 3
    assert not [question for question in open_questions(ALBUM, sheet(*SEEN_ALL, gap("p02", 0.7))) if "just" in question]
    assert [question for question in open_questions(ALBUM, sheet(*SEEN_ALL, gap("p02", 0.75))) if "just" in question]


def test_a_photo_that_nobody_made_out_is_asked_for() -> None:
    assert "What is photo p02 of?" in open_questions(ALBUM, sheet(SEEN_ALL[0], SEEN_ALL[2]))
    by_name = one("p02", Kind.NAME, "our boat", Known.METADATA)
    assert "What is photo p02 of?" in open_questions(ALBUM, sheet(SEEN_ALL[0], SEEN_ALL[2], by_name))
    scene = one("p02", Kind.SCENE, "coast")
    assert "What is photo p02 of?" not in open_questions(ALBUM, sheet(SEEN_ALL[0], SEEN_ALL[2], scene))


FINDS = st.lists(
    st.builds(
        one,
        st.sampled_from(["p01", "p02", "p03"]),
        st.sampled_from([Kind.PEOPLE, Kind.SUBJECT, Kind.NOTE, Kind.GAP, Kind.SCENE, Kind.PRIVATE]),
        st.sampled_from(["dog", "sea", "three hours later"]),
        state=st.sampled_from(list(State)),
        quantity=st.sampled_from([None, 60.0, 9000.0]),
    ),
    max_size=8,
    unique_by=lambda found: found.id,
)


@given(FINDS)
def test_at_most_three_and_none_twice_also_after_they_are_answered(found: list[Observation]) -> None:
    facts, asked = sheet(*found), list[str]()
    while questions := open_questions(ALBUM, facts):
        assert len(questions) <= 3
        assert not set(questions) & set(asked)
        asked += questions
        facts = as_told(ALBUM, facts, dict.fromkeys(questions, "It rained"))
    assert len(asked) == len(set(asked))


def notes(facts: FactSheet) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.what, found.photos) for found in facts.observations if found.kind is Kind.NOTE]


@pytest.mark.parametrize(
    ("question", "photos"),
    [
        (OCCASION, ("p01", "p02", "p03")),
        ("Who is in photo p03?", ("p03",)),
        ("What happened between p01 and p03, or was it p01?", ("p01", "p03")),
        ("Why p07?", ("p01", "p02", "p03")),  # the album has no such photo
        ("Was it a 50p02 piece?", ("p01", "p02", "p03")),
    ],
)
def test_an_answer_belongs_to_the_photos_of_its_question(question: str, photos: Sequence[str]) -> None:
    facts = as_told(ALBUM, sheet(*SEEN_ALL), {question: "  We had\n walked all day "})
    assert facts.observations[:3] == SEEN_ALL
    told = facts.observations[3]
    assert (told.what, told.photos) == ("We had walked all day", photos)
    assert (told.kind, told.known, told.sources, told.confidence) == (
        *(Kind.NOTE, Known.TOLD, ("user", "interview")),
        1.0,
    )


def test_an_empty_answer_tells_nothing() -> None:
    assert as_told(ALBUM, sheet(*SEEN_ALL), {OCCASION: "", FIRST: " \n"}) == sheet(*SEEN_ALL)
    assert as_told(ALBUM, sheet(*SEEN_ALL), {}) == sheet(*SEEN_ALL)


def test_another_answer_to_the_same_question_takes_the_place_of_the_first() -> None:
    first = as_told(ALBUM, sheet(), {OCCASION: "a walk", "Who is in photo p02?": "Rosa"})
    second = as_told(ALBUM, first, {OCCASION: "a long walk", FIRST: "the last"})
    everything = ("p01", "p02", "p03")
    assert notes(second) == [("Rosa", ("p02",)), ("a long walk", everything), ("the last", everything)]
    assert notes(as_told(ALBUM, second, {OCCASION: ""})) == notes(second)  # who skips it has not taken it back


def test_answers_survive_another_look() -> None:
    facts = as_told(ALBUM, sheet(*SEEN_ALL), {OCCASION: "a walk", "Who is in photo p02?": "Rosa"})
    again = carry_over(SEEN_ALL[:1], facts, [photo.id for photo in ALBUM.photos])
    assert notes(sheet(*again)) == notes(facts)
    assert again[0] == SEEN_ALL[0]
    assert len(again) == 3  # what was seen before is not seen any more


def test_answers_survive_a_photo_that_is_gone_and_one_that_is_new() -> None:
    facts = as_told(ALBUM, sheet(*SEEN_ALL), {OCCASION: "a walk", "Who is in photo p01?": "Rosa", "And p03?": "Bo"})
    now = record("b.jpg", "new.jpg", "c.jpg")
    moved = moved_facts(facts, new_ids(ALBUM, now))
    assert notes(moved) == [("a walk", ("p01", "p03")), ("Bo", ("p03",))]  # Rosa was in the photo that is gone
    assert [found.photos for found in moved.observations if found.kind is Kind.SUBJECT] == [("p01",), ("p03",)]
    assert notes(sheet(*carry_over((), moved, [photo.id for photo in now.photos]))) == notes(moved)
