"""What is found in scripts by models: each rule by what it must find, and by what people say that it must not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.schema import (
    Brief,
    Claim,
    FactSheet,
    Kind,
    Known,
    Observation,
    Provenance,
    Script,
    Source,
    Speaker,
    Turn,
)
from photocast.writing import Problem, check
from photocast.writing.habits import one_line

NOTHING = FactSheet(observations=())
FILLER = ("Is that a bag?", "That's a bag.", "Go on.", "And behind it the sea, sort of.", "Mm.", "It isn't the sea.")


def script_of(
    *texts: str, writer: str = "direct", photos: Sequence[Sequence[str]] = (), language: str = "en"
) -> Script:
    """A script by a model; `photos` are those of each turn."""
    turns = tuple(
        Turn(id=f"t{at:03d}", speaker="Maya" if at % 2 else "Theo", text=text, photos=tuple(photo))
        for at, (text, photo) in enumerate(zip(texts, photos or [()] * len(texts), strict=True), start=1)
    )
    by = Provenance(writer=writer, writer_version="0", model="a model", disclosure="Made by a machine.")
    speakers = (Speaker(name="Maya"), Speaker(name="Theo"))
    return Script(title="x", speakers=speakers, turns=turns, language=language, provenance=by)


def problems(script: Script, rule: str, brief: Brief | None = None, **photos: Sequence[str]) -> list[Problem]:
    return [one for one in check(script, NOTHING, brief, **photos) if one.rule == rule]


def turns(script: Script, rule: str, brief: Brief | None = None) -> list[str]:
    return [one.turn for one in problems(script, rule, brief)]


@pytest.mark.parametrize(
    "text",
    [
        "Welcome to Photo Talk, I'm Maya.",
        "Hey everyone, and welcome back to the show.",
        "Hello, listeners!",
        "Good evening, everybody.",
        "In today's episode there's a dog.",
        "Today, we’re diving into an album of six.",
        "So I was looking through some old photos the other day.",
        "So, I was thinking about that weekend.",
        "Man, I still can’t believe we pulled that off.",
        "I was just scrolling through these photos.",
    ],
)
def test_openings(text: str) -> None:
    assert "t001" in turns(script_of(text, *FILLER), "opening")


@pytest.mark.parametrize(
    "text",
    [
        "I'm looking at this bus and I want to know who left it there.",
        "There's a sign, “Welcome to Arezzo”, with a hole in it.",
        "That dog makes everyone welcome.",
        "You'd be welcome to it.",
        "Today we have no sea.",
        "Hey, everyone else got out of the car.",
        "I was going to say it's a bag.",
        "I can't believe that's the same dog.",
    ],
)
def test_beginnings_in_mid_talk(text: str) -> None:
    assert not turns(script_of(text, *FILLER), "opening")


def test_what_opens_a_show_may_be_said_later() -> None:
    assert not turns(script_of(*FILLER, "Welcome to my world.", *FILLER), "opening")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for listening, everyone.",
        "Thank you all so much for joining us.",
        "Until next time, keep looking.",
        "That’s it for today.",
        "That's all from us.",
        "See you next week!",
        "Stay tuned.",
    ],
)
def test_goodbyes(text: str) -> None:
    assert turns(script_of(*FILLER, text), "sign_off") == ["t007"]


@pytest.mark.parametrize(
    "text",
    [
        "That's it for sugar.",
        "That's all it is. A bag.",
        "She never listened to him, thank you.",
        "We'll see. Next one's a gate.",
        "The piano's not been tuned in years.",
        "Thanks for the flask.",
    ],
)
def test_endings_because_something_ended(text: str) -> None:
    assert not turns(script_of(*FILLER, text), "sign_off")


@pytest.mark.parametrize(
    "text",
    [
        "It's not just a dog, it's a whole adventure.",
        "It’s not just a party — it’s a sacred moment.",
        "They're not just snapshots. They're stories.",
        "It wasn't just about the money; it was about us.",
        "Some places aren't just seen—they're lived.",
        "Exactly. And the light is lovely.",
        "Absolutely! I love how quiet it is.",
        "That’s what makes these walks so special.",
        "You can almost hear the band.",
    ],
)
def test_what_models_always_say(text: str) -> None:
    assert turns(script_of("Is it?", text, "No."), "cliche") == ["t002"]


@pytest.mark.parametrize(
    "text",
    [
        "It's not a dog, it's a bag.",
        "It's just a rock, it's wet.",
        "I only just saw it. It was behind the gate.",
        "You're not just leaving it there!",
        "It's not just me, then?",
        "Exactly.",
        "Totally empty, the whole beach.",
        "That's what makes it so hard to park.",
        "You can almost reach it.",
    ],
)
def test_what_people_say(text: str) -> None:
    assert not turns(script_of("Is it?", text, "No."), "cliche")


@pytest.mark.parametrize(
    "text",
    [
        "This photo shows a dog on leaves.",
        "And in the next picture there's a rock.",
        "Here we see a gate.",
        "Look at that last photo.",
        "The second shot is darker.",
        "These images capture it.",
    ],
)
@pytest.mark.parametrize("style", ["banter", "paper"])
def test_photos_announced(text: str, style: str) -> None:
    assert turns(script_of("Is it?", text, "No."), "photo_talk", Brief(style=style)) == ["t002"]


@pytest.mark.parametrize("text", ["I like these old photos.", "There's another picture with it.", "A photo of a bus."])
def test_photos_mentioned_at_all_only_where_the_paper_forbids_it(text: str) -> None:
    script = script_of("Is it?", text, "No.")
    assert turns(script, "photo_talk", Brief(style="paper")) == ["t002"]
    assert not turns(script, "photo_talk", Brief(style="banter"))


@pytest.mark.parametrize(
    "text",
    [
        "Second one, woods.",
        "We shot two rolls that day.",
        "He's the picture of health.",
        "She took the photos and he held the ladder.",
        "Everybody's posing for the picture.",
        "My phone couldn't take a picture of it.",
        "In the first place it's a rock.",
        "Two shots of espresso, and these shot glasses.",
        "I get the picture.",
        "Can you picture it?",
        "I'm looking at this bus.",
        "There's a photo booth by the door.",
    ],
)
@pytest.mark.parametrize("style", ["banter", "paper"])
def test_what_is_in_photos_is_not_about_photos(text: str, style: str) -> None:
    assert not turns(script_of("Is it?", text, "No."), "photo_talk", Brief(style=style))


@pytest.mark.parametrize(
    "text",
    [
        "That's a bag. [laughs]",
        "That (chuckling) is a bag.",
        "It's a bag. *sighs*",
        "(soft music) A bag.",
        "[p01] A bag.",
    ],
)
def test_directions(text: str) -> None:
    assert turns(script_of("Is it?", text, "No."), "direction") == ["t002"]


@pytest.mark.parametrize(
    "text", ["You really *see* it.", "A bag (and a flask).", "2 * 3 * 4 makes 24.", "He (sighted) it."]
)
def test_stress_and_asides_are_no_directions(text: str) -> None:
    assert not turns(script_of("Is it?", text, "No."), "direction")


def words(count: int) -> str:
    return " ".join(f"word{at}" for at in range(count))


def test_one_turn_that_is_most_of_the_script() -> None:
    script = script_of("Is it?", words(90), "No.", "Mm.")
    assert turns(script, "giant", Brief(style="interview")) == ["t002"]


def test_a_long_answer_is_for_an_interview_and_not_for_banter() -> None:
    script = script_of(words(210), words(150), words(170))
    assert turns(script, "giant", Brief(style="banter")) == ["t001"]
    assert not turns(script, "giant", Brief(style="interview"))


def test_a_short_script_is_no_giant() -> None:
    assert not turns(script_of(words(60)), "giant")


def test_the_same_said_again() -> None:
    story = "We had a neighbour who drove to the sea every August and never once got out of the car"
    script = script_of(f"{story}.", "Did he?", f"Well, {story}, you see.")
    (problem,) = problems(script, "said_before")
    assert (problem.turn, "t001" in problem.detail) == ("t003", True)


def test_a_turn_is_told_of_once_for_saying_a_sentence_again() -> None:
    story = "We had a neighbour who drove to the sea every August and never got out."
    found = check(script_of(story, "Did he?", story), NOTHING)
    assert [one.rule for one in found if one.turn == "t003"] == ["repeated"]


def test_going_round_in_one_turn() -> None:
    assert turns(script_of("Is it?", "and the rock and the dog " * 8), "said_before") == ["t002"]


@pytest.mark.parametrize(
    "text", ["Pebbles. I'm counting pebbles.", "One photo of the sea. One.", "You'd be pleased, no?"]
)
def test_a_call_back_is_no_repetition(text: str) -> None:
    earlier = ("Pebbles, and I'm counting pebbles.", "You can't count pebbles.", "The dog is very pleased about it.")
    assert not turns(script_of(*earlier, text), "said_before")


@pytest.mark.parametrize("writer", ["facts", "direct"])
def test_claims_that_no_fact_says_where_facts_were_all(writer: str) -> None:
    seen = Claim(start=0, end=5, source=Source.SEEN, inferred=True)
    invented = Claim(start=6, end=8, source=Source.INVENTED)
    script = script_of("A bag by the sea.", "No.", writer=writer)
    first = script.turns[0].model_copy(update={"claims": (seen, invented)})
    script = script.model_copy(update={"turns": (first, script.turns[1])})
    assert turns(script, "ungrounded") == (["t001"] if writer == "facts" else [])


def test_photos_that_nobody_speaks_of_are_laid_to_their_place() -> None:
    script = script_of("A bag.", "A rock.", "The sea.", photos=[["p01"], [], ["p04"]])
    found = problems(script, "unused", photos=["p01", "p02", "p04", "p05"])
    assert [(one.turn, one.detail.split()[4].strip(";")) for one in found] == [("t003", "p02"), ("t003", "p05")]


def test_without_an_album_the_facts_say_which_photos_there_are() -> None:
    facts = FactSheet(
        observations=(
            Observation(
                id="album.note.x", photos=("p01", "p02"), kind=Kind.NOTE, what="a walk", known=Known.TOLD,
                sources=("user",), confidence=1,
            ),
        )
    )  # fmt: skip
    found = check(script_of("A bag.", "No.", photos=[["p01"], []]), facts)
    assert [one.turn for one in found if one.rule == "unused"] == ["t001"]


def test_a_model_that_names_no_photos_is_not_told_to_use_them() -> None:
    script = script_of("A bag.", "No.")
    assert not problems(script, "unused", photos=["p01", "p02"])


def test_another_language_than_asked_for() -> None:
    german = (
        "Also wir sind den Berg hinauf, und da war niemand, was komisch war, weil es doch ein Sonntag war und die "
        "Sonne schien. Dann kam ein Hund um die Ecke, als hätte er auf uns gewartet, und er hat die Tasche angeschaut."
    )
    assert turns(script_of(german, "Ja?"), "language", Brief(language="en")) == ["t001"]
    assert not turns(script_of(german, "Ja?", language="de"), "language", Brief(language="de"))


@pytest.mark.parametrize(("asked", "wrong"), [(100, False), (130, False), (80, False), (160, True), (70, True)])
def test_a_length_far_from_the_one_asked_for(asked: int, wrong: bool) -> None:
    script = script_of(words(50), words(50))
    assert turns(script, "length", Brief(words=asked)) == (["t002"] if wrong else [])


def test_no_length_is_wrong_where_none_was_asked_for() -> None:
    assert not turns(script_of("No."), "length", Brief(words=None))


def test_a_host_who_never_speaks() -> None:
    assert turns(script_of("A bag."), "silent") == ["t001"]
    assert not turns(script_of("A bag.", "No."), "silent")


def test_all_that_is_wrong_with_a_turn_as_one_line() -> None:
    found = check(script_of("Is it?", "Exactly. And this photo shows it.", "No."), NOTHING)
    line = one_line(one for one in found if one.turn == "t002")
    assert line.count("; ") >= 1
    assert "“this photo shows”" in line
    assert "“Exactly. And”" in line


def test_a_good_conversation_has_nothing_wrong() -> None:
    talk = (
        "Okay, so I should say this up front, so nobody feels tricked. It's the same dog. In all of them.",
        "How many is all?",
        "Six.",
        "I have no problem with six.",
        "And it opens on… leaves. There's a, like, a whole hedge situation.",
        "Maybe that's the car park.",
        "Second one, woods. There's a rock, the dog is on the rock, the dog is extremely pleased about the—",
        "You'd be pleased.",
        "I would be pleased! But where's my beach?",
        "I've been to Brighton, I'm counting pebbles. We had this neighbour when I was a kid, right, drove three hours "
        "to the sea every August and never once got out of the car. Had a flask. Looked at it through the windscreen.",
        "Took them four photos, and it's sort of behind the dog, like it's not the important part.",
        "It isn't the important part.",
        "One photo of the sea. One. I think your neighbour would've understood.",
        "He'd have stayed in the car.",
    )
    assert check(script_of(*talk, photos=[["p01"]] * len(talk)), NOTHING, Brief(words=150)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "these old " * 2_000,
        "his son " * 2_500,
        "it's not just a " * 1_300,
        "looking at the " * 1_400,
        "(laugh" * 3_500,
        "*" * 20_000,
        "that's what makes " + "a " * 9_000,
        "took " + "the photo " * 2_000,
        ". hey, " * 3_000,
        "my " * 7_000,
        "a" * 20_000,
        " ".join(map(str, range(4_000))),
    ],
    ids=lambda text: text[:12],
)
def test_a_line_without_end_is_read_within_the_time_that_a_test_has(text: str) -> None:
    script = script_of("Is it?", 10 * text, photos=[["p01"], ["p01"]])
    for style in ("paper", "banter"):
        check(script, NOTHING, Brief(style=style))


@given(
    st.lists(st.text(min_size=1, max_size=200).filter(str.strip), min_size=1, max_size=8),
    st.sampled_from(["banter", "paper"]),
)
def test_any_script_is_read(texts: list[str], style: str) -> None:
    script = script_of(*texts, photos=[["p01"]] * len(texts))
    ids = {turn.id for turn in script.turns}
    assert all(one.turn in ids for one in check(script, NOTHING, Brief(style=style)))
