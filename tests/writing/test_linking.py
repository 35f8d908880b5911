"""Which photos a turn is about, and what each claim in it rests on: as the model says, or by the words."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photocast.schema import FactSheet, Kind, Known, Observation, Source, State, Turn
from photocast.writing.prompted.linking import Linker
from photocast.writing.prompted.said import Said, SaidClaim

PHOTOS = ("p01", "p02", "p03", "p04", "p05", "p06")


def fact(photo: str, kind: Kind, what: str, known: Known = Known.SEEN, state: State = State.OPEN) -> Observation:
    return Observation(
        id=f"{photo}.{kind}.{what}", photos=(photo,), kind=kind, what=what, known=known, sources=("by hand",),
        confidence=0.9, state=state,
    )  # fmt: skip


FACTS = FactSheet(
    observations=(
        fact("p01", Kind.SUBJECT, "dog"),
        fact("p02", Kind.SUBJECT, "dog"),
        fact("p02", Kind.PLACE, "Arezzo, Italy", Known.METADATA),
        fact("p03", Kind.SIGN, "LAS VEGAS"),
        fact("p03", Kind.SIGN, "Sale"),
        fact("p04", Kind.CAPTION, "Nan's first bicycle", Known.TOLD),
        fact("p05", Kind.DETAIL, "a red umbrella by a wall"),
        fact("p05", Kind.SUBJECT, "bridge", state=State.STRUCK),
        fact("p06", Kind.LIGHT, "bright"),
        fact("p06", Kind.PLACE, ", "),
        fact("p06", Kind.CAPTION, "of the two people"),
    )
)


def linked(text: str, *claims: SaidClaim, near: tuple[str, ...] = (), **given: object) -> Turn:
    said = Said("Theo", text, claims=claims, **given)  # type: ignore[arg-type]
    turn = Linker(PHOTOS, FACTS).turn(said, "t007", speaker="Theo", near=near)
    assert turn is not None
    return turn


def claims_of(turn: Turn) -> list[tuple[str, str, tuple[str, ...], bool]]:
    return [(turn.text[one.start : one.end], one.source, one.observations, one.inferred) for one in turn.claims]


# What the model marked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("That’s the dog’s bowl.", "the dog's bowl"),
        ("That's the dog's bowl.", "That’s the dog’s bowl."),
        ("He said “no dogs” twice.", 'he said "No Dogs" twice'),
        ("It is a half–empty beach.", "half-empty beach"),
        ("It is a half-empty beach.", "half—empty beach"),
        ("It is a wide, empty beach.", "  “WIDE, EMPTY\n beach…” "),
        ("It is… empty.", "is… empty"),
        ("It is ... empty.", "is … empty"),
        ("Ein Straßenhund, (ja).", "straßenhund, (ja)"),
        ("An *old* dog.", "*old* dog"),
    ],
)
def test_marked_words_are_found_however_they_were_copied(text: str, words: str) -> None:
    turn = linked(text, SaidClaim(words, "seen", ("p01.subject.dog",)))
    ((found, source, observations, inferred),) = claims_of(turn)
    assert len(found.split()) == len(words.split())
    assert (source, observations, inferred) == (Source.SEEN, ("p01.subject.dog",), False)


def test_marked_words_are_whole_words_of_the_turn() -> None:
    assert linked("A hotdog.", SaidClaim("dog", "seen", ())).claims == ()
    assert (
        linked("A cart.", SaidClaim("art", "seen", ()), SaidClaim("", "seen", ()), SaidClaim("…", "told", ())).claims
        == ()
    )


def test_facts_that_are_unknown_or_struck_do_not_count_and_the_claim_is_inferred() -> None:
    facts = ("p09.subject.cat", "p05.subject.bridge", "p01.subject.dog", "p01.subject.dog")
    turn = linked("A cat on the bridge.", SaidClaim("A cat", "seen", facts), SaidClaim("bridge", "told", facts[:2]))
    assert claims_of(turn) == [
        ("A cat", "seen", ("p01.subject.dog",), False),
        ("bridge", "told", (), True),
    ]


def test_what_is_invented_rests_on_nothing() -> None:
    turn = linked("My aunt had a dog.", SaidClaim("My aunt", "invented", ("p01.subject.dog",)))
    assert claims_of(turn) == [("My aunt", "invented", (), False)]
    assert turn.photos == ()


def test_sources_that_do_not_exist_are_dropped_and_the_words_decide() -> None:
    turn = linked("My aunt had a dog.", SaidClaim("My aunt", "guessed", ()), SaidClaim("aunt", "", ()))
    assert claims_of(turn) == [("dog", "seen", ("p01.subject.dog",), True)]


def test_a_claim_counts_once_and_claims_stand_in_their_order() -> None:
    turn = linked(
        "A dog in Arezzo.",
        SaidClaim("Arezzo", "metadata", ("p02.place.Arezzo, Italy",)),
        SaidClaim("a dog", "seen", ("p02.subject.dog",)),
        SaidClaim("A DOG", "told", ()),
    )
    assert [(found, source) for found, source, *_ in claims_of(turn)] == [("A dog", "seen"), ("Arezzo", "metadata")]


# What the words show


@pytest.mark.parametrize(
    ("text", "found", "source", "observation"),
    [
        ("Look at the Dog!", "Dog", "seen", "p01.subject.dog"),
        ("So many dogs here.", "dogs", "seen", "p01.subject.dog"),
        ("That was in arezzo, wasn’t it?", "arezzo", "metadata", "p02.place.Arezzo, Italy"),
        ("It says Las Vegas up there.", "Las Vegas", "seen", "p03.sign.LAS VEGAS"),
        ("There was a sale on.", "sale", "seen", "p03.sign.Sale"),
        ("Was it the first one? Her bicycle.", "first one? Her bicycle", "told", "p04.caption.Nan's first bicycle"),
        ("Somebody’s red old umbrella.", "red old umbrella", "seen", "p05.detail.a red umbrella by a wall"),
    ],
)  # fmt: skip
def test_words_of_an_observation_are_a_claim(text: str, found: str, source: str, observation: str) -> None:
    turn = linked(text)
    assert claims_of(turn) == [(found, source, (observation,), True)]
    assert (turn.photos, turn.photos_inferred) == ((observation[:3],), True)


@pytest.mark.parametrize(
    "text",
    [
        "A hotdog, a dogged saleswoman.",  # parts of words
        "An umbrella. Then something red.",  # two words, in the other order
        "Red was what it was for a very long time, said the umbrella.",  # in their order, and too far apart
        "It was bright.",  # too common to tell a photo by
        "Over the bridge.",  # struck by the user
        "Of two people.",
    ],
)
def test_words_that_show_nothing(text: str) -> None:
    turn = linked(text)
    assert (turn.claims, turn.photos, turn.photos_inferred) == ((), (), False)


def test_photos_that_were_spoken_of_last_decide_which_dog_is_meant() -> None:
    assert linked("The dog again.").photos == ("p01",)
    assert linked("The dog again.", near=("p02",)).photos == ("p02",)
    assert linked("The dog again.", near=("p04", "p02")).photos == ("p02",)


def test_photos_that_the_model_named_decide_before_anything_else() -> None:
    turn = linked("The dog again.", near=("p01",), photos=("p02",))
    assert claims_of(turn) == [("dog", "seen", ("p02.subject.dog",), True)]
    assert (turn.photos, turn.photos_inferred) == (("p02",), False)
    assert linked("The dog again.", photos=("p03",)).claims == ()


def test_photos_that_the_album_does_not_have_are_dropped() -> None:
    turn = linked("Hello.", photos=("p99", "p03", "photo"))
    assert (turn.photos, turn.photos_inferred) == (("p03",), False)
    turn = linked("In Arezzo.", photos=("p99",))
    assert (turn.photos, turn.photos_inferred) == (("p02",), True)


def test_photos_of_marked_claims_are_inferred_from_their_facts() -> None:
    turn = linked("All of it was red.", SaidClaim("red", "seen", ("p05.detail.a red umbrella by a wall",)))
    assert (turn.photos, turn.photos_inferred) == (("p05",), True)


def test_a_turn_that_could_be_about_three_photos_is_about_none() -> None:
    assert linked("The dog in Arezzo.").photos == ("p01", "p02")
    turn = linked("The dog, Arezzo, Las Vegas.")
    assert (len(turn.claims), turn.photos, turn.photos_inferred) == (3, (), False)


# How it is said


@pytest.mark.parametrize(
    ("text", "words", "manner", "events"),
    [
        ("(laughing) Oh no.", "Oh no.", None, ("laugh",)),
        ("(softly) Oh no.", "Oh no.", "softly", ()),
        ("[quietly] Oh no.", "Oh no.", "quietly", ()),
        ("Oh [laughs] no. (sighs)", "Oh no.", None, ("laugh", "sigh")),
        ("*chuckles* Oh no.", "Oh no.", None, ("chuckle",)),
        ("“Oh no.”", "Oh no.", None, ()),
        ('"Oh, no."', "Oh, no.", None, ()),
        ("“Oh” is no “no”", "“Oh” is no “no”", None, ()),
        ("  Oh\n no. ", "Oh no.", None, ()),
        ("A *very* **big** one.", "A very big one.", None, ()),
    ],
)
def test_directions_become_delivery(text: str, words: str, manner: str | None, events: tuple[str, ...]) -> None:
    turn = linked(text)
    assert (turn.text, turn.delivery.manner, turn.delivery.events) == (words, manner, events)


def test_the_label_says_how_before_the_words_do() -> None:
    assert linked("[quietly] Oh no.", manner="slowly").delivery.manner == "slowly"


@pytest.mark.parametrize("text", ["", "  ", "(laughs)", "[music]", "*sighs* …", "“”", '"(laughs)"', "— !"])
def test_a_turn_of_nothing_but_directions_is_none(text: str) -> None:
    assert Linker(PHOTOS, FACTS).turn(Said("Theo", text), "t001", speaker="Theo") is None


def test_id_and_speaker_are_the_ones_given() -> None:
    turn = Linker(PHOTOS, FACTS).turn(Said("Narrator", "Hm, well.", id="t002"), "t123", speaker="Mara")
    assert turn is not None
    assert (turn.id, turn.speaker) == ("t123", "Mara")


# Whatever comes

WORDS = st.sampled_from(
    ["dog", "Dogs", "Arezzo", "las", "vegas", "red", "umbrella", "(laughs)", "[x]", "“", "”", '"', "*"]
)
TEXTS = st.one_of(
    st.text(), st.lists(st.one_of(WORDS, st.sampled_from([" ", ",", "’", "…", "İ", "\0", "| "]))).map("".join)
)
IDS = st.sampled_from([*(one.id for one in FACTS.observations), "nothing"])
SOURCES = st.one_of(st.sampled_from([str(source) for source in Source]), st.text(max_size=3))
CLAIMS = st.builds(SaidClaim, TEXTS, SOURCES, st.lists(IDS, max_size=3).map(tuple))


@given(
    TEXTS, st.lists(CLAIMS, max_size=4), st.lists(st.sampled_from([*PHOTOS, "p99"]), max_size=3, unique=True), st.data()
)
@example("dog", [SaidClaim("\x1f", "seen", ())], [], None)
@example("İİ dog", [SaidClaim("i̇İ DOG", "seen", ())], [], None)
def test_claims_lie_in_the_text_whatever_comes(
    text: str, claims: list[SaidClaim], photos: list[str], data: st.DataObject | None
) -> None:
    near = data.draw(st.lists(st.sampled_from(PHOTOS))) if data else []
    said = Said("Theo", text, photos=tuple(photos), claims=tuple(claims))
    turn = Linker(PHOTOS, FACTS).turn(said, "t001", speaker="Theo", near=near)
    known = {one.id for one in FACTS.usable()}
    if turn is None:
        return
    assert set(turn.photos) <= set(PHOTOS)
    for claim in turn.claims:
        assert 0 <= claim.start < claim.end <= len(turn.text)
        assert set(claim.observations) <= known
        assert (not claim.observations) or claim.source is not Source.INVENTED


@given(TEXTS)
def test_facts_may_say_anything(what: str) -> None:
    facts = FactSheet(observations=tuple(fact("p01", kind, what or " ") for kind in Kind))
    Linker(PHOTOS, facts).turn(Said("Theo", f"{what} and words {what}"), "t001", speaker="Theo")


def test_long_turns_take_no_longer_than_their_length() -> None:
    facts = FactSheet(observations=tuple(fact("p01", Kind.DETAIL, f"{word} dog") for word in ("dog", "red", "so")))
    for unit in ("dog ", "red ", "(", "[", "“", "*", "a*", "dog-", "| "):
        text = "so " + unit * (20_000 // len(unit))
        said = Said(
            "Theo", text, claims=(SaidClaim(text[: len(text) // 2], "seen", ()), SaidClaim(f"{text}x", "seen", ()))
        )
        turn = Linker(PHOTOS, facts).turn(said, "t001", speaker="Theo")
        assert turn is not None
        assert all(claim.end <= len(turn.text) for claim in turn.claims)


def test_nothing_that_hides_in_a_text_gets_into_the_script() -> None:
    assert linked("It\u202e's the\x1b[31m same\x00 dog\u2069.").text == "It's the[31m same dog."
    assert linked("Une photo, 👩‍👧 là.").text == "Une photo, 👩‍👧 là."  # the joiner of an emoji stays
