"""The rules of English that slots rely on, by hand-picked words."""

import pytest

from photocast.schema import concepts
from photocast.writing.pocket.english import a_or_an, length_of, named, number, ordinal, sentence_case


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("dog", "a dog"),
        ("apple", "an apple"),
        ("hour", "an hour"),
        ("house", "a house"),
        ("university", "a university"),
        ("umbrella", "an umbrella"),
        ("uninvited guest", "an uninvited guest"),
        ("one-way street", "a one-way street"),
        ("old building", "an old building"),
        ("8-track", "an 8-track"),
        ("European city", "a European city"),
    ],
)
def test_the_article_follows_the_sound(phrase: str, expected: str) -> None:
    assert a_or_an(phrase) == expected


@pytest.mark.parametrize(
    ("value", "words", "place"),
    [
        (1, "one", "first"),
        (2, "two", "second"),
        (12, "twelve", "twelfth"),
        (20, "twenty", "twentieth"),
        (21, "twenty-one", "twenty-first"),
        (45, "forty-five", "forty-fifth"),
        (99, "ninety-nine", "ninety-ninth"),
        (111, "111", "111th"),
        (122, "122", "122nd"),
        (300, "300", "300th"),
    ],
)
def test_numbers_are_words_up_to_ninety_nine(value: int, words: str, place: str) -> None:
    assert number(value) == words
    assert ordinal(value) == place


def test_sentences_begin_with_capitals_and_what_trails_off_goes_on() -> None:
    assert sentence_case("well. two dogs? “no.” hm… and then") == "Well. Two dogs? “No.” Hm… and then"
    assert sentence_case("—and so on. right") == "—and so on. Right"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "one minute"),
        (8 * 60, "eight minutes"),
        (18 * 60, "twenty minutes"),
        (3600, "an hour"),
        (5400, "an hour and a half"),
        (3 * 3600, "three hours"),
        (24 * 3600, "a day"),
        (3 * 86400, "three days"),
        (7 * 86400 * 4, "four weeks"),
        (100 * 86400, "three months"),
        (3 * 365.25 * 86400, "three years"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert length_of(seconds) == words


def test_every_concept_is_named_with_the_right_article() -> None:
    for concept in concepts().values():
        name = named(concept)
        if concept.form == "mass":
            assert name == concept.id
        elif concept.form == "the":
            assert name.startswith("the ")
        else:
            assert name in (f"a {concept.id}", f"an {concept.id}")
            assert concept.many
            assert named(concept, quantity=2) == f"two {concept.many}"
    assert named(concepts()["old building"]) == "an old building"
    assert named(concepts()["snow"]) == "snow"
