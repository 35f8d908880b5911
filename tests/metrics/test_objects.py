"""What is said to be in the photos, beside what is known to be in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.metrics.objects import (
    fact_coverage,
    fact_coverage_against_null,
    find_mentions,
    hallucinated_object_share,
    supported_concepts,
)
from photocast.schema import (
    FactSheet,
    Kind,
    Known,
    Observation,
    Script,
    Speaker,
    State,
    Turn,
    UndefinedMetric,
    concepts,
)


def script(*turns: str | tuple[str, str]) -> Script:
    """Turns by two speakers in alternation; a pair is a photo and the text about it."""
    made = []
    for number, turn in enumerate(turns):
        photo, text = turn if isinstance(turn, tuple) else ("", turn)
        speaker = ("Ada", "Leo")[number % 2]
        made.append(Turn(id=f"t{number:03}", speaker=speaker, text=text, photos=(photo,) if photo else ()))
    return Script(title="Test", speakers=(Speaker(name="Ada"), Speaker(name="Leo")), turns=tuple(made))


def sheet(*seen: tuple[str, str], kind: Kind = Kind.SUBJECT, state: State = State.OPEN) -> FactSheet:
    """Photos and what is in them."""
    return FactSheet(
        observations=tuple(
            Observation(
                id=f"{photo}.{kind}.{what}",
                photos=(photo,),
                kind=kind,
                what=what,
                known=Known.SEEN,
                sources=("classifier",),
                confidence=0.9,
                state=state,
            )
            for photo, what in seen
        )
    )


def names(text: str) -> list[str]:
    return [mention.concept for mention in find_mentions(text)]


def test_mentions_are_the_longest_and_none_inside_another() -> None:
    assert names("A HOT dog, two street lamps and the dog’s bowls in the street") == [
        "hot dog",
        "street lamp",
        "dog",
        "bowl",
        "street",
    ]
    assert names("The dogma of a catalogue") == []
    assert [(one.first, one.words) for one in find_mentions("oh, two street lamps")] == [(2, 2)]


def test_a_thing_is_no_thing() -> None:
    assert names("One thing, and the things I said.") == []


@given(st.sampled_from(sorted(set(concepts()) - {"thing"})))
def test_every_concept_is_found_by_its_singular_and_its_plural(name: str) -> None:
    concept = concepts()[name]
    for form in filter(None, (concept.id, concept.many)):
        assert names(f"look, {form} there") == [name] or form in {
            other.many for other in concepts().values() if other.id != name
        }


def test_hallucinated_share_by_hand() -> None:
    talk = script("A dog in the snow, and snow, and a cat.", "That dog! And the sea.")
    # pairs of turn and thing: dog, snow, cat; dog, sea. Seen: dog, snow. Without support: cat and sea.
    assert hallucinated_object_share(talk, sheet(("p01", "dog"), ("p02", "snow"))) == pytest.approx(2 / 5)


def test_only_turns_about_a_photo_count_if_any_is() -> None:
    talk = script("My cat at home hates the sea.", ("p01", "A dog and a boat."))
    assert hallucinated_object_share(talk, sheet(("p01", "dog"))) == 0.5
    unlinked = script("My cat at home hates the sea.", "A dog and a boat.")
    assert hallucinated_object_share(unlinked, sheet(("p01", "dog"))) == 0.75


def test_a_wider_word_is_supported_and_a_narrower_is_not() -> None:
    assert hallucinated_object_share(script("An animal!"), sheet(("p01", "dog"))) == 0
    assert hallucinated_object_share(script("A dog!"), sheet(("p01", "animal"))) == 1


def test_a_thing_is_supported_wherever_in_the_album_it_is() -> None:
    assert hallucinated_object_share(script(("p02", "A dog!")), sheet(("p01", "dog"), ("p02", "sea"))) == 0


def test_the_words_of_captions_and_notes_are_support() -> None:
    note = sheet(("p01", "Our boats in the harbour"), kind=Kind.NOTE)
    assert {"boat", "harbour", "vehicle"} <= supported_concepts(note)
    assert hallucinated_object_share(script("A boat and a dog"), note) == 0.5


def test_what_the_user_struck_is_no_support() -> None:
    assert hallucinated_object_share(script("A dog!"), sheet(("p01", "dog"), state=State.STRUCK)) == 1


def test_no_facts_support_nothing() -> None:
    assert hallucinated_object_share(script("A dog!"), FactSheet(observations=())) == 1


def test_coverage_by_hand() -> None:
    facts = sheet(("p01", "dog"), ("p01", "sea"), ("p02", "cat"), ("p03", "loaf"))
    # an animal is in p01 and p02, no word for p03
    assert fact_coverage(script("What an animal, by the sea"), facts) == pytest.approx(2 / 3)
    assert fact_coverage(script("Hm, nothing."), facts) == 0
    # what is narrower than what was seen is not what was seen
    assert fact_coverage(script("A poodle, a dog!"), sheet(("p01", "animal"))) == 0


def test_coverage_minus_that_of_other_albums() -> None:
    talk = script("A dog by the sea")
    own, others = sheet(("p01", "dog")), [sheet(("p01", "sea"), ("p02", "cat")), sheet(("p01", "loaf"))]
    found = fact_coverage_against_null(talk, own, others)
    assert (found.raw, found.null, found.lift, found.others) == (1, 0.25, 0.75, 2)  # (1/2 + 0) / 2
    blind = FactSheet(observations=())
    assert fact_coverage_against_null(talk, own, [*others, blind]).others == 2


@given(st.lists(st.sampled_from(["dog", "cat", "sea", "loaf"]), min_size=1, max_size=5))
def test_saying_all_that_was_seen_covers_all_and_invents_nothing(things: list[str]) -> None:
    facts = sheet(*{(f"p{number:02}", thing): None for number, thing in enumerate(things)})
    talk = script(" and ".join(things))
    assert fact_coverage(talk, facts) == 1
    assert hallucinated_object_share(talk, facts) == 0


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (lambda: hallucinated_object_share(script("Hm."), sheet(("p01", "dog"))), "no thing of the vocabulary"),
        (
            lambda: hallucinated_object_share(script("A dog", ("p01", "Hm.")), sheet(("p01", "dog"))),
            "no thing of the vocabulary",
        ),
        (lambda: fact_coverage(script("A dog"), FactSheet(observations=())), "nothing of the vocabulary was seen"),
        (lambda: fact_coverage_against_null(script("A dog"), sheet(("p01", "dog")), []), "no other album"),
        (
            lambda: fact_coverage(
                script("Der Hund lief über die Straße, und wir haben alle gelacht, weil er nicht wusste, wohin. " * 3),
                sheet(("p01", "dog")),
            ),
            "another language",
        ),
    ],
)
def test_what_has_no_value_is_said(what: object, why: str) -> None:
    with pytest.raises(UndefinedMetric, match=why):
        what()  # type: ignore[operator]
