"""The writer that asks a model: what becomes of every kind of answer, and in how many questions."""

import asyncio
import json
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from photocast.models import Ending, Finish, Request
from photocast.schema import BudgetError, Fault, Host, ModelError, Script, Source, Turn
from photocast.testing import ScriptedModel
from photocast.testing.answers import ENDLESS, NO_LABELS, ONE_GIANT_TURN, WRONG_LANGUAGE
from photocast.writing import Draft, Event, Heard, TakenBack, Work, write_with

MakeWork = Callable[..., Work]


def words(request: Request) -> str:
    """All that a model is told in words."""
    return "\n".join([request.system, *(part for part in request.parts if isinstance(part, str))])


def photos(request: Request) -> list[str]:
    return [image.photo for image in request.images]


def talk(tag: str, count: int = 12, shown: Sequence[str] = ()) -> str:
    """So many lines of six words, no two alike; photos are spread over them."""
    lines = []
    for at in range(count):
        photo = f" [{shown[at * len(shown) // count]}]" if shown else ""
        lines.append(f"{'Maya' if at % 2 == 0 else 'Theo'}: {made_up(f'{tag} {at}', 6)}{photo}")
    return "\n".join(lines)


def made_up(tag: str, count: int) -> str:
    """Words of no language, which occur nowhere else."""
    letters = str.maketrans("0123456789 ", "bdfgklmnprz")
    return " ".join(f"{tag} {at}zu".translate(letters) for at in range(count))


def write(model: ScriptedModel, work: Work, previous: Script | None = None) -> tuple[Draft, list[Event]]:
    events: list[Event] = []
    return asyncio.run(write_with(model, work, previous=previous, tell=events.append)), events


def replayed(events: Sequence[Event]) -> list[Turn]:
    """The turns that somebody has who only listened."""
    turns: dict[str, Turn] = {}
    for event in events:
        if isinstance(event, TakenBack):
            for turn in event.ids:
                del turns[turn]
        else:
            assert (event.turn.id in turns) == event.again
            turns[event.turn.id] = event.turn
    return list(turns.values())


def said(draft: Draft) -> list[str]:
    return [f"{turn.speaker}: {turn.text}" for turn in draft.script.turns]


def test_one_answer_makes_a_script(work: MakeWork) -> None:
    made = work("dogs")
    model = ScriptedModel([talk("a", 10, made.photos)])
    draft, events = write(model, made)
    assert len(model.requests) == 1
    assert photos(model.requests[0]) == list(made.photos)
    assert (draft.problems, draft.notes) == ((), ())
    assert [turn.id for turn in draft.script.turns] == [f"t{at:03d}" for at in range(1, 11)]
    assert draft.script.turns[0].photos == ("p01",)
    assert not draft.script.turns[0].photos_inferred
    assert [speaker.name for speaker in draft.script.speakers] == ["Maya", "Theo"]
    assert draft.script.provenance is not None
    assert (draft.script.provenance.writer, draft.script.provenance.model) == ("direct", "scripted:test")
    assert draft.script.provenance.prompts == made.prompts.version
    assert "scripted:test looked at the photos" in draft.script.provenance.disclosure
    assert replayed(events) == list(draft.script.turns)


def test_turns_are_heard_while_the_rest_is_still_being_written(work: MakeWork) -> None:
    heard: list[str] = []
    seen: list[int] = []

    class Watching(ScriptedModel):
        async def stream(self, request: Request):  # type: ignore[no-untyped-def]
            async for piece in super().stream(request):
                seen.append(len(heard))
                yield piece

    model = Watching([talk("a", 10)])
    asyncio.run(write_with(model, work(), tell=lambda event: heard.append(event.turn.id)))  # type: ignore[union-attr]
    assert sorted(set(seen)) == list(range(10))  # the last comes when the answer is over


def test_from_facts_no_photo_is_sent(work: MakeWork) -> None:
    made = work("dogs", direct=False)
    model = ScriptedModel([talk("a", 10, made.photos)])
    draft, _ = write(model, made)
    assert photos(model.requests[0]) == []
    assert "p05" in words(model.requests[0])
    assert draft.script.provenance is not None
    assert draft.script.provenance.writer == "facts"


def test_the_same_question_is_asked_when_the_same_is_written_again(work: MakeWork) -> None:
    """Otherwise the journal could not give back what was paid for."""
    keys = []
    for _ in range(2):
        made = work(40, words=300, about="A long walk.", people=({"name": "Anna Smith", "photos": ("3.jpg",)},))
        model = ScriptedModel(lambda request: talk(f"a{len(photos(request))}", 20))
        write(model, made)
        keys.append([request.key(model.name) for request in model.requests])
    assert keys[0] == keys[1]


# Answers that cannot be used


@pytest.mark.parametrize(
    ("answer", "fault", "why"),
    [
        ("", Fault.EMPTY, "it was empty"),
        ("   \n", Fault.EMPTY, "it was empty"),
        (NO_LABELS, Fault.UNUSABLE, "no line that begins with the name of a host; it begins “The loaf came out"),
        ("{}", Fault.UNUSABLE, "no line that begins with the name of a host"),
        (WRONG_LANGUAGE, Fault.UNUSABLE, "in the language de, and en was asked for"),
        (ONE_GIANT_TURN, Fault.UNUSABLE, "one turn went on for more than 350 words"),
        (ENDLESS, Fault.UNUSABLE, "it said the same again and again"),
        (talk("a", 9).replace("Theo", "Maya"), Fault.UNUSABLE, "only one of the hosts speaks"),
    ],
)
def test_what_is_no_conversation_is_asked_for_once_more_and_then_told(
    answer: str, fault: Fault, why: str, work: MakeWork
) -> None:
    model = ScriptedModel([answer, answer])
    with pytest.raises(ModelError) as failed:
        write(model, work(words=300))
    assert failed.value.fault is fault
    assert f"asked twice, {why}" in str(failed.value) or why in failed.value.why
    assert len(model.requests) == 2
    assert "earlier answer to this could not be used" in words(model.requests[1])
    assert model.requests[0].key("m") != model.requests[1].key("m")


@pytest.mark.parametrize("answer", ["", NO_LABELS, WRONG_LANGUAGE, ONE_GIANT_TURN, ENDLESS])
def test_a_second_answer_that_is_one_is_taken(answer: str, work: MakeWork) -> None:
    model = ScriptedModel([answer, talk("b", 12)])
    draft, events = write(model, work(words=70))
    assert said(draft) == talk("b", 12).splitlines()
    assert replayed(events) == list(draft.script.turns)
    assert [turn.id for turn in draft.script.turns] == [f"t{at:03d}" for at in range(1, 13)]


def test_an_answer_that_runs_in_circles_is_left_at_once_and_its_circles_are_dropped(work: MakeWork) -> None:
    circle = "Maya: That crust is something else.\nTheo: It really is something else.\n"
    model = ScriptedModel([talk("a", 10) + "\n" + circle * 300, talk("b", 3)])
    draft, events = write(model, work(words=120))
    assert said(draft) == [*talk("a", 10).splitlines(), *circle.splitlines(), *talk("b", 3).splitlines()]
    assert any("again and again" in note for note in draft.notes)
    assert len(model.requests) == 2
    assert replayed(events) == list(draft.script.turns)


def test_an_answer_that_does_not_end_is_stopped(work: MakeWork) -> None:
    model = ScriptedModel([talk("a", 500)])
    draft, _ = write(model, work(words=60))
    assert 2 * 60 + 200 < draft.script.words() < 2 * 60 + 200 + 12
    assert draft.notes == ("the model was stopped: it went on after 320 words",)


@pytest.mark.parametrize("size", [1, 3, 50, 100_000])
@pytest.mark.parametrize("answer", [ENDLESS, ONE_GIANT_TURN, talk("a", 500), talk("a", 6) + "\n" + ONE_GIANT_TURN])
def test_an_answer_out_of_the_journal_makes_the_same_script(answer: str, size: int, work: MakeWork) -> None:
    """There it comes in one piece: where it is stopped must not depend on that."""

    class Pieces(ScriptedModel):
        async def stream(self, request: Request):  # type: ignore[no-untyped-def]
            text = "".join([piece async for piece in super().stream(request) if isinstance(piece, str)])
            for at in range(0, len(text), size):
                yield text[at : at + size]

    made = work(words=60)
    expected, _ = write(ScriptedModel([answer, talk("b", 12), talk("c", 12)]), made)
    again, _ = write(Pieces([answer, talk("b", 12), talk("c", 12)]), made)
    assert again.script == expected.script


# Answers that break off


@pytest.mark.parametrize("finish", [Finish.LENGTH, Finish.CUT])
def test_an_answer_that_breaks_off_is_gone_on_with(finish: Finish, work: MakeWork) -> None:
    made = work("dogs", words=120)
    first = talk("a", 8, made.photos[:3])
    model = ScriptedModel([(first + "\nTheo: unfinish", Ending(finish)), talk("b", 12, made.photos[3:])])
    draft, events = write(model, made)
    assert len(model.requests) == 2
    assert photos(model.requests[1]) == ["p04", "p05", "p06"]
    asked = words(model.requests[1])
    assert talk("a", 1) in asked
    assert "unfinish" not in asked
    assert "Go on with a conversation" in asked
    assert "whole conversation" not in asked
    spoken = said(draft)
    assert len(spoken) == len(set(spoken)) == 20
    assert replayed(events) == list(draft.script.turns)


def test_one_that_had_nearly_all_its_words_is_whole(work: MakeWork) -> None:
    model = ScriptedModel([(talk("a", 9), Ending(Finish.LENGTH))])
    draft, _ = write(model, work(words=60))
    assert len(draft.script.turns) == 8  # the last one may have been cut
    assert len(model.requests) == 1


def test_one_that_breaks_off_again_and_again_is_given_up(work: MakeWork) -> None:
    answers = [(talk(tag, 5), Ending(Finish.CUT)) for tag in "abcdefgh"]
    model = ScriptedModel(answers)
    draft, _ = write(model, work(words=600))
    assert len(model.requests) == 4
    assert draft.notes == ("the answers of the model were cut off 4 times; the conversation is shorter",)


def test_one_that_breaks_off_before_its_first_turn_is_asked_for_once_more(work: MakeWork) -> None:
    model = ScriptedModel([("Maya: Wh", Ending(Finish.CUT)), talk("b", 10)])
    draft, _ = write(model, work())
    assert said(draft) == talk("b", 10).splitlines()
    assert "it broke off in its first line" in words(model.requests[1])


# Answers that are refused

TOO_LONG = ModelError(Fault.TOO_LONG, "too long", "too many photos", "Use fewer")
REFUSED = ("", Ending(Finish.REFUSED, detail="refusal"))
FILTERED = ("", Ending(Finish.FILTERED, detail="content_filter"))
EXCUSE = "I'm sorry, but I can't help with that."


def declining(*bad: str, how: object = REFUSED) -> Callable[[Request], object]:
    """A model that declines whenever one of these photos is before it."""
    count = iter(range(1000))

    def answer(request: Request) -> object:
        if set(bad) & set(photos(request)):
            return how
        return talk(f"n{next(count)}y", 10, photos(request))

    return answer


@pytest.mark.parametrize("how", [REFUSED, FILTERED, EXCUSE], ids=["refused", "filtered", "in words"])
@pytest.mark.parametrize("bad", ["p01", "p05", "p16"])
def test_one_photo_that_is_refused_is_found_by_halving_and_the_rest_is_written(
    bad: str, how: object, work: MakeWork
) -> None:
    made = work(16, words=320)
    model = ScriptedModel(declining(bad, how=how))  # type: ignore[arg-type]
    draft, events = write(model, made)
    spoken_of = {photo for turn in draft.script.turns for photo in turn.photos}
    assert spoken_of == set(made.photos) - {bad}
    assert f"the provider refused photo {bad}; nobody speaks of it" in draft.notes
    assert not [one for one in draft.problems if one.rule == "unused"]
    # 16, 8, 4, 2 and 1 that hold it, and 8, 4, 2 and 1 that do not; after p16 one more to end the conversation.
    assert len(model.requests) == (10 if bad == "p16" else 9)
    assert replayed(events) == list(draft.script.turns)


def test_the_conversation_is_ended_when_its_last_photo_is_refused(work: MakeWork) -> None:
    model = ScriptedModel(declining("p02"))  # type: ignore[arg-type]
    write(model, work(2, words=120))
    assert [photos(request) for request in model.requests] == [["p01", "p02"], ["p01"], ["p02"], []]
    assert "does not end here" in words(model.requests[1])
    assert "bring the conversation to its end" in words(model.requests[3])


def test_a_refusal_in_the_middle_leaves_what_was_said(work: MakeWork) -> None:
    made = work(4, words=240)

    def answer(request: Request) -> object:
        if len(model.requests) == 1:
            return talk("a", 8, ["p01", "p02"]) + "\nMaya: And", Ending(Finish.FILTERED)
        return declining("p03")(request)

    model = ScriptedModel(answer)  # type: ignore[arg-type]
    draft, _ = write(model, made)
    assert [photos(request) for request in model.requests] == [
        ["p01", "p02", "p03", "p04"],
        ["p03", "p04"],
        ["p03"],
        ["p04"],
    ]
    assert said(draft)[:7] == talk("a", 8).splitlines()[:7]
    assert {photo for turn in draft.script.turns for photo in turn.photos} == {"p01", "p02", "p04"}


@pytest.mark.parametrize(("count", "calls"), [(1, 1), (2, 3), (5, 6), (16, 7), (48, 7)])
def test_a_model_that_refuses_everything_is_left_after_a_few_questions(count: int, calls: int, work: MakeWork) -> None:
    model = ScriptedModel(lambda request: REFUSED)
    with pytest.raises(ModelError, match="it or its provider refused: refusal") as failed:
        write(model, work(count, words=300))
    assert failed.value.fault is Fault.REFUSED
    assert len(model.requests) == calls


def test_a_model_that_refuses_by_an_error_has_refused(work: MakeWork) -> None:
    error = ModelError(Fault.FILTERED, "blocked", "the content policy forbids it", "Change it")
    with pytest.raises(ModelError, match="the content policy forbids it") as failed:
        write(ScriptedModel(lambda request: error), work(1))
    assert failed.value.fault is Fault.REFUSED


def test_too_many_photos_at_once_are_asked_for_in_halves_down_to_one(work: MakeWork) -> None:
    def answer(request: Request) -> object:
        return TOO_LONG if len(photos(request)) > 1 else talk(photos(request)[0], 6, photos(request))

    model = ScriptedModel(answer)  # type: ignore[arg-type]
    draft, events = write(model, work(5, words=200))
    assert {photo for turn in draft.script.turns for photo in turn.photos} == {"p01", "p02", "p03", "p04", "p05"}
    ids = [turn.id for turn in draft.script.turns]
    assert len(ids) == len(set(ids)) == 30
    assert len(model.requests) == 9  # 5, 2, 1, 1, 3, 1, 2, 1, 1
    assert replayed(events) == list(draft.script.turns)


def test_one_photo_that_is_too_much_is_told_as_it_is(work: MakeWork) -> None:
    model = ScriptedModel(lambda request: TOO_LONG)
    with pytest.raises(ModelError) as failed:
        write(model, work(4))
    assert failed.value is TOO_LONG
    assert [len(photos(request)) for request in model.requests] == [4, 2, 1]


@pytest.mark.parametrize(
    "error", [BudgetError("no", "no", "No"), ModelError(Fault.WRONG_KEY, "no", "no", "No")], ids=["budget", "key"]
)
def test_other_failures_are_told_as_they_are(error: Exception, work: MakeWork) -> None:
    model = ScriptedModel([talk("a", 30), error])
    with pytest.raises(type(error)) as failed:
        write(model, work(40, words=300))
    assert failed.value is error


# Long albums and long episodes


def test_later_parts_are_told_what_has_been_said_and_what_is_to_come(work: MakeWork) -> None:
    made = work(40, words=600)
    model = ScriptedModel(lambda request: talk(photos(request)[0], 33, photos(request)))
    draft, _ = write(model, made)
    assert [len(photos(request)) for request in model.requests] == [14, 13, 13]
    first, second, third = (words(request) for request in model.requests)
    assert "first of 3 parts" in first
    assert "p15, p16" in first.partition("come later")[2]
    assert "What has been said so far" not in first
    for line in talk("p01", 33).splitlines():
        assert line in second
        assert line in third
    assert talk("p15", 33).splitlines()[-1] in third
    assert "part 2 of 3" in second
    assert "come later" not in third
    assert "bring the conversation to its end" in third
    assert draft.problems == ()


def test_the_machine_lets_on_what_it_is_once(work: MakeWork) -> None:
    model = ScriptedModel(lambda request: talk(photos(request)[0], 33))
    write(model, work(40, words=600, disclosure=True))
    assert ["made by a machine" in words(request) for request in model.requests] == [True, False, False]


def test_of_a_very_long_conversation_only_the_beginnings_of_early_turns_are_shown(work: MakeWork) -> None:
    long = "\n".join(f"{'Maya' if at % 2 else 'Theo'}: {made_up(f'%s {at}', 30)}" for at in range(30))
    model = ScriptedModel(lambda request: long.replace("%s", "k" + "oeiau"[len(model.requests) - 1]))
    write(model, work(6, words=4500))
    last = words(model.requests[-1])
    assert len(model.requests) == 5
    first, *_, end = made_up("ko 0", 30).split()
    assert first in last  # the beginning of the first turn, and not its end
    assert end not in last
    assert made_up("ka 29", 30) in last
    assert len(last.partition("said so far")[2].split()) < 0.7 * 4 * 900


STORY = (
    "My gran had a jar of buttons on her windowsill, and every Sunday after church she would count them all over "
    "again, as if one of them might have left for the coast during the week."
)
AGAIN = (
    "So my gran, she kept buttons in a jar, on the windowsill, and on Sunday, after church, she would count them "
    "again, in case one might have left for the coast that week."
)


@pytest.mark.parametrize("again", [STORY, AGAIN], ids=["in the same words", "in others"])
def test_a_story_told_a_second_time_in_a_later_part_is_noticed_and_written_anew(again: str, work: MakeWork) -> None:
    made = work(20, words=300)
    other = "Then somebody had better feed that dog before it eats the whole beach."

    def answer(request: Request) -> str:
        if request.purpose == "repair":
            return f"{told[0]} Maya: {other}"
        tag = photos(request)[0]
        story = STORY if tag == "p01" else again
        return f"{talk(tag, 20, photos(request))}\nMaya: {story}\n{talk(tag + 'b', 4).replace('Maya', 'Theo', 1)}"

    told: list[str] = []
    model = ScriptedModel(answer)
    told += ["t046"]
    draft, events = write(model, made)
    assert len(model.requests) == 3
    assert STORY in words(model.requests[1])  # it had been told
    asked = words(model.requests[2])
    assert "was said in t021; say something new" in asked.partition("t046 (Maya): ")[2]
    assert [turn.text for turn in draft.script.turns if turn.id == "t046"] == [other]
    assert draft.problems == ()
    assert replayed(events) == list(draft.script.turns)


# Who speaks


def test_names_of_the_models_own_are_those_of_the_hosts(work: MakeWork) -> None:
    answer = "Alex: One two three.\nAlex: And another thing.\nSam: Four five six.\nAlex: Seven.\nSam: Eight nine ten."
    draft, _ = write(ScriptedModel([answer]), work())
    assert [turn.speaker for turn in draft.script.turns] == ["Maya", "Maya", "Theo", "Maya", "Theo"]
    assert not [one for one in draft.problems if one.rule == "label"]
    assert "the model calls the hosts Alex and Sam; the names in the script are yours" in draft.notes


def test_somebody_who_is_no_host_is_said_by_one_and_written_anew(work: MakeWork) -> None:
    answer = f"{talk('a', 5)}\nNarrator: The sun sets slowly over them.\n{talk('b', 5)}"
    model = ScriptedModel([answer, "t006 Theo: Is that the sun? That's the sun."])
    draft, events = write(model, work())
    assert "“Narrator” say this, who is no host" in words(model.requests[1])
    assert draft.script.turns[5].speaker == "Theo"
    assert draft.script.turns[5].text == "Is that the sun? That's the sun."
    assert (draft.problems, draft.notes) == ((), ())
    assert isinstance(events[-1], Heard)
    assert events[-1].again
    assert replayed(events) == list(draft.script.turns)


def test_a_host_who_never_speaks_is_told(work: MakeWork) -> None:
    cast = (Host(name="Maya"), Host(name="Theo"), Host(name="Ola"))
    draft, _ = write(ScriptedModel([talk("a", 10)]), work(cast=cast, hosts=3))
    assert [(one.rule, one.detail) for one in draft.problems] == [
        ("silent", "Ola is one of the hosts and says nothing")
    ]


# Repair

BAD = f"{talk('a', 9)}\nTheo: This photo shows something wet."


def test_a_failing_turn_is_written_anew_once(work: MakeWork) -> None:
    model = ScriptedModel([BAD, "t010 Theo: That's a dog with opinions. [p02]"])
    draft, events = write(model, work())
    asked = words(model.requests[1])
    assert model.requests[1].purpose == "repair"
    assert "t010 (Theo): “This photo shows” talks about a picture" in asked
    assert draft.script.turns[9].text == "That's a dog with opinions."
    assert draft.script.turns[9].photos == ("p02",)
    assert (draft.problems, draft.notes) == ((), ())
    assert replayed(events) == list(draft.script.turns)


@pytest.mark.parametrize(
    ("second", "note"),
    [
        ("t010 Theo: This picture shows it.", "no better in other words"),
        ("t010 Theo: This photo shows something wet.", "no better in other words"),
        ("t999 Theo: Who?", "no better in other words"),
        ("", "no better in other words"),
        (EXCUSE, "could not be written anew: it or its provider refused"),
        (REFUSED, "could not be written anew: it or its provider refused"),
        (ModelError(Fault.RATE_LIMITED, "no", "too many", "Wait"), "could not be written anew: too many"),
        (BudgetError("no", "nothing is left", "Pay"), "could not be written anew: nothing is left"),
    ],
)
def test_a_repair_that_fails_leaves_the_script_and_says_so(second: object, note: str, work: MakeWork) -> None:
    model = ScriptedModel([BAD, second])  # type: ignore[list-item]
    draft, events = write(model, work())
    assert len(model.requests) == 2
    assert said(draft) == BAD.splitlines()
    assert [one.rule for one in draft.problems] == ["photo_talk"]
    assert len(draft.notes) == 1
    assert note in draft.notes[0]
    assert replayed(events) == list(draft.script.turns)


def test_only_turns_that_are_better_are_taken(work: MakeWork) -> None:
    bad = BAD.replace("Maya: ", "Maya: Welcome to the show. ", 1)
    model = ScriptedModel([bad, "t001 Maya: Hello everyone.\nt010 Theo: Dog."])
    draft, _ = write(model, work())
    assert draft.script.turns[0].text.startswith("Welcome")
    assert draft.script.turns[9].text == "Dog."
    assert draft.notes == ("1 turn that fail a check were no better in other words, and stay as they were",)


def test_when_most_of_a_script_fails_the_worst_half_is_written_anew_and_that_is_said(work: MakeWork) -> None:
    bad = "\n".join(f"{'Maya' if at % 2 else 'Theo'}: This photo shows {made_up(str(at), 3)}." for at in range(10))
    bad = bad.replace("This photo shows", "Welcome to the show! This photo shows", 1)
    model = ScriptedModel([bad, "t001 Theo: A dog, then.\nt002 Maya: And a rock."])
    draft, _ = write(model, work())
    assert len(model.requests) == 2
    asked = str(model.requests[1].parts[-1]).partition("anew, said by the same host")[2]
    assert [f"t{at:03d} (" in asked for at in range(1, 11)] == [True] * 5 + [False] * 5
    assert [turn.text for turn in draft.script.turns[:2]] == ["A dog, then.", "And a rock."]
    assert draft.notes[0].startswith("10 of 10 turns fail a check; only the worst 5 were asked for anew")


def test_a_photo_that_nobody_speaks_of_is_shown_again_with_the_turn_that_is_to_bring_it_in(work: MakeWork) -> None:
    made = work("dogs")
    answer = talk("a", 10, ["p01", "p02", "p03", "p04", "p06"])
    model = ScriptedModel([answer, "t009 Maya: Well. There it is. Actual sea. [p05, p06]"])
    draft, _ = write(model, made)
    assert "nobody says anything about p05; bring it in here" in words(model.requests[1])
    assert photos(model.requests[1])[0] == "p05"
    assert draft.script.turns[8].photos == ("p05", "p06")
    assert draft.problems == ()


def test_length_and_language_are_told_and_not_repaired(work: MakeWork) -> None:
    model = ScriptedModel([talk("a", 10)])
    draft, _ = write(model, work(words=400))
    assert len(model.requests) == 1
    assert [one.detail for one in draft.problems] == ["the conversation has 60 words, and 400 were asked for"]


# Turns that stay


def locked_in(draft: Draft, *ids: str) -> Script:
    turns = [turn.model_copy(update={"locked": turn.id in ids}) for turn in draft.script.turns]
    return draft.script.model_copy(update={"turns": tuple(turns)})


def test_locked_turns_stay_word_for_word_and_ids_stay_unique(work: MakeWork) -> None:
    made = work("dogs", words=120)
    first, _ = write(ScriptedModel([talk("a", 20, made.photos)]), made)
    previous = locked_in(first, "t002", "t009")
    model = ScriptedModel([talk("b", 18, made.photos)])
    draft, events = write(model, made, previous)
    ids = [turn.id for turn in draft.script.turns]
    assert len(ids) == len(set(ids)) == 20
    kept = {turn.id: turn for turn in draft.script.turns if turn.locked}
    assert kept == {turn.id: turn for turn in previous.turns if turn.locked}
    assert replayed(events) == [turn for turn in draft.script.turns if not turn.locked]
    asked = words(model.requests[0])
    assert previous.turns[1].text in asked.partition("lines are settled")[2]
    assert "about 108 words" in asked


def test_locked_turns_bring_their_hosts(work: MakeWork) -> None:
    made = work("dogs")
    first, _ = write(ScriptedModel([talk("a", 10, made.photos)]), made)
    others = work("dogs", cast=(), hosts=2, seed=5)
    model = ScriptedModel([talk("b", 10, made.photos)])
    draft, _ = write(model, others, locked_in(first, "t002"))
    assert [speaker.name for speaker in draft.script.speakers] == ["Maya", "Theo"]


def test_a_locked_turn_is_shown_with_the_part_it_belongs_to(work: MakeWork) -> None:
    made = work(20, words=200)
    answer = lambda request: talk(photos(request)[0], 16, photos(request))  # noqa: E731
    first, _ = write(ScriptedModel(answer), made)
    late = next(turn for turn in first.script.turns if "p20" in turn.photos)
    model = ScriptedModel(lambda request: talk("b" + photos(request)[0], 16, photos(request)))
    write(model, made, locked_in(first, late.id))
    assert ["lines are settled" in words(request) for request in model.requests] == [False, True]


def test_a_locked_turn_is_never_repaired(work: MakeWork) -> None:
    made = work("dogs")
    first, _ = write(ScriptedModel([talk("a", 10, made.photos)]), made)
    bad = [
        turn.model_copy(update={"text": "This photo shows a dog.", "locked": True}) if turn.id == "t004" else turn
        for turn in first.script.turns
    ]
    previous = first.script.model_copy(update={"turns": tuple(bad)})
    model = ScriptedModel([talk("b", 10, made.photos)])
    draft, _ = write(model, made, previous)
    assert len(model.requests) == 1
    assert [(one.turn, one.rule) for one in draft.problems] == [("t004", "photo_talk")]


# Photos and claims


def test_claims_that_the_model_marks_are_taken_and_others_are_inferred(work: MakeWork) -> None:
    turns = [
        {
            "speaker": "Maya",
            "text": "That’s a dog on “wet” rock.",
            "photos": ["p02"],
            "claims": [
                {"words": 'A dog on "wet" rock', "source": "seen", "facts": ["p02.subject.dog", "p02.nothing"]},
                {"words": "no such words", "source": "seen", "facts": []},
                {"words": "dog", "source": "guessed", "facts": []},
            ],
        },
        {"speaker": "Theo", "text": "My uncle had a dog.", "photos": [], "claims": [
            {"words": "My uncle had a dog", "source": "invented", "facts": ["p01.subject.dog"]}]},
        {"speaker": "Maya", "text": "And then the blanket.", "photos": ["p99"], "claims": []},
    ]  # fmt: skip
    made = work("dogs", direct=False, structured=True, words=60)
    model = ScriptedModel([json.dumps({"turns": turns})], structured=True)
    first, second, third = write(model, made)[0].script.turns[:3]
    assert [(one.source, one.observations, one.inferred) for one in first.claims] == [
        (Source.SEEN, ("p02.subject.dog",), False)
    ]
    assert first.text[first.claims[0].start : first.claims[0].end] == "a dog on “wet” rock"
    assert [(one.source, one.observations) for one in second.claims] == [(Source.INVENTED, ())]
    assert (third.photos, third.photos_inferred) == (("p06",), True)
    assert third.claims[0].inferred
    schema = model.requests[0].schema
    assert schema is not None
    assert schema["properties"]["turns"]["items"]["properties"]["speaker"]["enum"] == ["Maya", "Theo"]


def test_what_is_said_of_facts_without_one_is_written_anew(work: MakeWork) -> None:
    claim = {"words": "red", "source": "seen", "facts": []}
    turns = [
        {"speaker": who, "text": f"word{at} is red", "photos": [f"p0{at + 1}"], "claims": [claim] if at == 3 else []}
        for at, who in enumerate(["Maya", "Theo"] * 3)
    ]
    again = {"turns": [{"id": "t004", "speaker": "Theo", "text": "Wet.", "photos": ["p04"], "claims": []}]}
    model = ScriptedModel([json.dumps({"turns": turns}), json.dumps(again)], structured=True)
    draft, _ = write(model, work("dogs", direct=False, structured=True, words=60))
    assert "t004 (Theo): “red” is said as seen, and no fact says it" in words(model.requests[1])
    assert not [one for one in draft.problems if one.rule == "ungrounded"]


def test_asterisks_are_not_read_out(work: MakeWork) -> None:
    answer = "Maya: It was *so* good, **really**. *laughs*\nTheo: 3 * 4 is twelve *."
    first, second = write(ScriptedModel([answer]), work())[0].script.turns
    assert (first.text, first.delivery.events) == ("It was so good, really.", ("laugh",))
    assert second.text == "3 * 4 is twelve *."


def test_turns_of_nothing_but_marks_are_left_out(work: MakeWork) -> None:
    answer = "Maya: One two.\nTheo: …\nMaya: [laughs]\nTheo: Three.\nMaya: [p01]\nTheo: —"
    assert said(write(ScriptedModel([answer]), work())[0]) == ["Maya: One two.", "Theo: Three."]


# The conditions of SPoRC-VIST


def test_style_paper_asks_as_the_paper_does(work: MakeWork) -> None:
    made = work("dogs", style="paper", cast=(), hosts=3, words=800, structured=True)
    answer = (
        talk("a", 133).replace("Maya", "Speaker 1").replace("Theo", "Speaker 3").replace("Speaker 1", "Speaker 2", 9)
    )
    model = ScriptedModel([answer], structured=True)
    draft, _ = write(model, made)
    (request,) = model.requests
    assert [part if isinstance(part, str) else part.photo for part in request.parts[:-1]] == list(made.photos)
    assert "Speaker 1, Speaker 2, Speaker 3" in str(request.parts[-1])
    assert "800 to 900 words" in str(request.parts[-1])
    assert (request.system, request.schema) == ("", None)
    sampling = request.sampling
    assert (sampling.max_tokens, sampling.temperature, sampling.top_p) == (2048, 0.7, 0.8)
    assert [speaker.name for speaker in draft.script.speakers] == ["Speaker 1", "Speaker 2", "Speaker 3"]


def test_style_paper_wants_no_word_of_pictures(work: MakeWork) -> None:
    turn = "Theo: Look at those old photos of the pier, said my sister, and took a picture of it."
    for style, rules in (("banter", []), ("paper", ["photo_talk"])):
        model = ScriptedModel([f"{talk('a', 10)}\n{turn}", "t011 Theo: Look at that photo."])
        draft, _ = write(model, work(style=style))
        assert [one.rule for one in draft.problems] == rules


def test_no_turn_answers_itself_at_a_seam(work: MakeWork) -> None:
    model = ScriptedModel(lambda request: talk(photos(request)[0], 21, photos(request)))
    draft, _ = write(model, work(20, words=250))
    seams = [one for one, two in pairwise(draft.script.turns) if one.speaker == two.speaker]
    assert len(seams) == 1  # as the model wrote it: who goes on is the model's to decide
