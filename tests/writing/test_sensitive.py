"""What hosts must not guess about people in photos."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.schema import Claim, FactSheet, Kind, Known, Observation, Script, Source, Speaker, State, Turn
from photocast.writing.sensitive import guesses, guesses_about_people

GUESSES = {
    "an age": [
        "I'd say he's in his late sixties.",
        "There's an elderly woman on the bench.",
        "She looks about forty, maybe.",
        "He must be eighty-two if he's a day.",
        "She’s probably 30 or so.",
        "That five-year-old with the bucket.",
        "And the two teenage boys behind it.",
    ],
    "an origin": [
        "There's an Asian man at the back.",
        "Two white guys with a ladder.",
        "The Black woman holds the rope.",
        "He's probably Japanese.",
        "A woman of Indian descent sells them.",
    ],
    "a faith": ["A Muslim family by the water.", "Those Christian kids are singing."],
    "a body or its health": [
        "What a handsome man.",
        "I think she's pregnant.",
        "He looks rather drunk there.",
        "Those two skinny boys jumped.",
        "She’s so beautiful.",
    ],
    "who belongs to whom": [
        "He's walking down the aisle with his mom.",
        "And her dad is crying.",
        "His new wife does a little spin.",
        "They're clearly married.",
        "These two must be sisters.",
        "A mother and daughter with one ice cream.",
    ],
    "money": ["A homeless man asleep by the door.", "Some rich people on a boat.", "A poor family, by the look of it."],
}
HARMLESS = [
    "Is that a white car? That's a white car.",
    "She has a black coat on, and a black dog.",
    "Black and white, the whole wall.",
    "The white people carrier at the kerb.",
    "There's an Indian restaurant next to it.",
    "He's sixty metres up a crane.",
    "She is 15 minutes late for this.",
    "It was in the eighties, this kind of chair.",
    "How are they related to the bread?",
    "They're a couple of minutes from the sea.",
    "It's the poor man's version of a harbour.",
    "Oh, the poor guy. He has to carry all of it.",
    "What a beautiful door.",
    "It's a seven-year-old car and it looks it.",
    "Her hands are in the dough.",
    "His grand piano, on a beach.",
    "That's their ball.",
    "My neighbour drove down, and his wife never left the car.",
    "A guy I know calls it his mother ship, and her brother agrees.",
    "I'm a rich man now.",
    "Our beautiful children ate the lot.",
]


def script_of(*texts: str, photos: Sequence[str] = ("p01",)) -> Script:
    turns = (Turn(id=f"t{at:03d}", speaker="Maya", text=text, photos=photos) for at, text in enumerate(texts, start=1))
    return Script(title="x", speakers=(Speaker(name="Maya"),), turns=tuple(turns))


def told(what: str, state: State = State.OPEN, known: Known = Known.TOLD) -> FactSheet:
    one = Observation(
        id="album.note.x", photos=("p01",), kind=Kind.NOTE, what=what, known=known, sources=("user",), confidence=1,
        state=state,
    )  # fmt: skip
    return FactSheet(observations=(one,))


NOTHING = FactSheet(observations=())


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in GUESSES.items() for text in texts])
def test_guesses_are_found(what: str, text: str) -> None:
    (problem,) = guesses_about_people(script_of(text), NOTHING)
    assert (problem.turn, problem.rule) == ("t001", "sensitive")
    assert f"guesses {what}," in problem.detail


@pytest.mark.parametrize("text", HARMLESS)
def test_things_and_people_of_the_hosts_own_are_no_guesses(text: str) -> None:
    assert not list(guesses_about_people(script_of(text), NOTHING))


def test_the_words_are_given_as_they_stand_in_the_turn() -> None:
    (problem,) = guesses_about_people(script_of("Well. She’s so beautiful."), NOTHING)
    assert "“She’s so beautiful”" in problem.detail


def test_a_turn_with_two_guesses_of_a_kind_is_told_of_once_and_of_another_kind_again() -> None:
    found = list(guesses_about_people(script_of("His mom, her dad, and an elderly man."), NOTHING))
    assert [problem.detail.split(" guesses ")[1].split(",")[0] for problem in found] == [
        "an age",
        "who belongs to whom",
    ]


def test_a_host_may_speak_of_a_son_where_no_photo_is_spoken_of() -> None:
    about_a_photo = Turn(id="t001", speaker="Maya", text="That's a bag.", photos=("p01",))
    own = Turn(id="t002", speaker="Maya", text="He's in his thirties, and their son is at sea.")
    script = script_of("x").model_copy(update={"turns": (about_a_photo, own)})
    assert not list(guesses_about_people(script, NOTHING))


def test_where_no_turn_names_its_photos_every_turn_may_be_about_one() -> None:
    assert list(guesses_about_people(script_of("He's there with his mom.", photos=()), NOTHING))


def test_what_a_host_makes_up_is_no_guess() -> None:
    text = "There was one at school. His father sold boats."
    claim = Claim(start=0, end=len(text), source=Source.INVENTED)
    turn = Turn(id="t001", speaker="Maya", text=text, photos=("p01",), claims=(claim,))
    assert not list(guesses_about_people(script_of("x").model_copy(update={"turns": (turn,)}), NOTHING))


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("Ana and her mum at the fair", "She's there with her mum."),
        ("Grandad, in his eighties", "He's in his eighties, on a swing."),
        ("they are married since May", "They’re married."),
    ],
)
def test_what_the_user_told_may_be_said(note: str, text: str) -> None:
    assert list(guesses_about_people(script_of(text), NOTHING))
    assert not list(guesses_about_people(script_of(text), told(note)))


def test_what_the_user_struck_out_or_a_model_saw_may_not() -> None:
    script = script_of("She's there with her mum.")
    assert list(guesses_about_people(script, told("her mum", state=State.STRUCK)))
    assert list(guesses_about_people(script, told("her mum", known=Known.SEEN)))


def test_a_note_about_some_person_does_not_allow_every_guess_about_persons() -> None:
    assert list(guesses_about_people(script_of("An elderly person waits."), told("this person is Ana")))


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert all(text[place.start() : place.end()] for _, place in guesses(text))
