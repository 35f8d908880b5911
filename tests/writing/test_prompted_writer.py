"""The writer that asks a model: parts, what goes wrong on the way, the one repair, and what is told to whom."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.models import Ending, Finish, Image, Request
from photocast.models.fake import ScriptedModel
from photocast.prompts import Prompts
from photocast.schema import (
    AlbumRecord,
    Brief,
    BudgetError,
    FactSheet,
    Fault,
    Host,
    InputError,
    ModelError,
    Photo,
    Script,
    UsageError,
)
from photocast.writing import Draft, Event, Heard, TakenBack, Work, in_parts, questions_by, redo_with, write_with

CAST = (Host(name="Maya", character="keeps count"), Host(name="Theo", character="dry"))
DOGS = """\
Maya: It's the same dog. In all of them. [p01]
Theo: How many is all?
Maya: Six, and there's a rock in this one, and the dog's on the rock. [p02]
Theo: You'd be on the rock.
Maya: I would be on the rock! But where's my beach? [p03]
Theo: Pebbles.
Maya: You can't—
Theo: I've been to Brighton, I'm counting pebbles, and I counted them there as well, one wet Sunday. [p04]
Maya: Oh, there it is. Sea. Behind the dog. [p05]
Theo: And then a blanket, and nothing left of the dog. [p06]
"""


def _work(album: AlbumRecord, facts: FactSheet, *, words: int = 100, **changes: Any) -> Work:
    brief = Brief(cast=CAST, words=words)
    values = {
        "album": album,
        "facts": facts,
        "brief": brief,
        "words": words,
        "images": {},
        "prompts": Prompts(),
        "structured": False,
        "allow": None,
    }
    return Work(**values | changes)


def _many(count: int) -> AlbumRecord:
    photos = tuple(
        Photo(id=f"p{number:02d}", source=f"{number}.jpg", sha256=f"{number:064d}", width=8, height=6)
        for number in range(1, count + 1)
    )
    return AlbumRecord(title="many", photos=photos)


def _written(model: ScriptedModel, work: Work, **more: Any) -> Draft:
    return asyncio.run(write_with(model, work, **more))


def _question(request: Request) -> str:
    return str(request.parts[-1])


def _texts(script: Script) -> list[str]:
    return [turn.text for turn in script.turns]


@pytest.fixture
def dogs(sheet: Callable[[str], Any]) -> tuple[AlbumRecord, FactSheet]:
    return sheet("dogs")


def test_a_good_answer_is_the_script_in_one_call(dogs: Any) -> None:
    model = ScriptedModel([DOGS])
    draft = _written(model, _work(*dogs))
    assert len(model.requests) == 1
    assert [turn.speaker for turn in draft.script.turns][:2] == ["Maya", "Theo"]
    assert [turn.id for turn in draft.script.turns] == [f"t{number:03d}" for number in range(1, 11)]
    assert draft.problems == ()
    assert draft.notes == ()
    assert draft.script.provenance is not None
    assert draft.script.provenance.model == "scripted:test"
    assert draft.script.provenance.prompts == Prompts().version


def test_turns_are_heard_as_soon_as_they_are_whole_and_make_up_the_script(dogs: Any) -> None:
    heard: list[Event] = []
    model = ScriptedModel(
        [DOGS.replace("And then a blanket", "This photo shows a blanket"), "t010 Theo: And a blanket. [p06]"]
    )
    draft = _written(model, _work(*dogs), tell=heard.append)
    assert _replayed(heard) == list(draft.script.turns)
    assert sum(isinstance(one, Heard) and one.again for one in heard) == 1


def _replayed(events: Sequence[Event]) -> list[Any]:
    turns: dict[str, Any] = {}
    for event in events:
        if isinstance(event, TakenBack):
            for name in event.ids:
                del turns[name]
        else:
            assert event.again == (event.turn.id in turns)
            turns[event.turn.id] = event.turn
    return list(turns.values())


def test_failing_turns_are_written_anew_once_and_only_they(dogs: Any) -> None:
    bad = DOGS.replace("Oh, there it is. Sea.", "Welcome back to the show! This photo shows the sea.")
    model = ScriptedModel([bad, "t009 Maya: Welcome back to the show! Here we see the sea."])
    draft = _written(model, _work(*dogs))
    assert len(model.requests) == 2
    assert model.requests[1].purpose == "repair"
    assert "t009 (Maya): " in _question(model.requests[1])
    assert "t008 (Theo)" not in _question(model.requests[1])
    assert "photo_talk" in {one.rule for one in draft.problems}  # it got no better, and that is said
    assert "Welcome back to the show! This photo shows the sea. Behind the dog." in _texts(draft.script)


def test_a_better_turn_is_taken(dogs: Any) -> None:
    bad = DOGS.replace("Theo: Pebbles.\n", "Theo: This picture shows pebbles.\n")
    model = ScriptedModel([bad, "t006 Theo: Pebbles, all of it. [p03]"])
    draft = _written(model, _work(*dogs))
    assert draft.script.turns[5].text == "Pebbles, all of it."
    assert draft.problems == ()


@pytest.mark.parametrize(
    "failure",
    [
        ModelError(Fault.SERVER_ERROR, "it", "cannot answer now", "Wait"),
        BudgetError("the next call", "there is no money left", "Pay"),
        ("I will not.", Ending(Finish.REFUSED)),
    ],
)
def test_a_repair_that_fails_leaves_the_script_and_says_so(failure: Any, dogs: Any) -> None:
    bad = DOGS.replace("Theo: Pebbles.\n", "Theo: This picture shows pebbles.\n")
    draft = _written(ScriptedModel([bad, failure]), _work(*dogs))
    assert "This picture shows pebbles." in _texts(draft.script)
    assert any("could not be written anew" in note for note in draft.notes)
    assert [one.rule for one in draft.problems] == ["photo_talk"]


def test_a_stranger_is_replaced_by_a_host_and_rewritten(dogs: Any) -> None:
    model = ScriptedModel(
        [DOGS.replace("Theo: Pebbles.", "Narrator: And so they came to the pebbles."), "t006 Theo: Pebbles."]
    )
    draft = _written(model, _work(*dogs))
    assert "“Narrator”" in _question(model.requests[1])
    assert (draft.script.turns[5].speaker, draft.script.turns[5].text) == ("Theo", "Pebbles.")


def test_what_a_model_says_twice_is_noticed_across_parts(dogs: Any) -> None:
    """The second part tells the story of the first again: it is shown what was said, and has to write it anew."""
    story = "We had this neighbour who drove three hours to the sea every August and never once got out of the car."
    first = f"Maya: There's a dog. [p01]\nTheo: {story}\nMaya: Did he like it?\nTheo: He loved it."
    second = f"Theo: Another rock. [p17]\nMaya: You know, {story.lower()}\nTheo: You don't say.\nMaya: I do say."
    album = _many(20)
    model = ScriptedModel([first, second, "t006 Maya: That one's been sat on before. [p17]"])
    draft = _written(model, _work(album, FactSheet(observations=()), words=80))
    assert "What has been said so far" in _question(model.requests[1])
    assert story in _question(model.requests[1])
    assert "it says again what was said in t002" in _question(model.requests[2])
    assert draft.script.turns[5].text == "That one's been sat on before."
    assert not {"said_before", "repeated"} & {one.rule for one in draft.problems}


@given(st.integers(1, 300), st.integers(60, 6000))
def test_each_photo_is_in_one_part_and_the_words_add_up(photos: int, words: int) -> None:
    names = [f"p{number:02d}" for number in range(1, photos + 1)]
    parts = in_parts(names, words)
    assert [photo for part in parts for photo in part.photos] == names
    assert all(len(part.photos) <= 16 and part.words <= 900 for part in parts)
    assert abs(sum(part.words for part in parts) - words) <= len(parts)
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert {part.of for part in parts} == {len(parts)}


def _answers(request: Request, refused: set[str], how: Any) -> Any:
    photos = [image.photo for image in request.images]
    if refused & set(photos):
        return how
    lines = [f"There, {photo}, number {at} of the {photo} ones. [{photo}]" for at, photo in enumerate(photos * 2)]
    return "\n".join(f"{('Maya', 'Theo')[at % 2]}: {line}" for at, line in enumerate(lines))


def _seen(album: AlbumRecord, tmp_path: Any) -> dict[str, Image]:
    path = tmp_path / "one.jpg"
    path.write_bytes(b"not looked at")
    return {photo.id: Image(photo.id, path) for photo in album.photos}


@pytest.mark.parametrize("how", [("", Ending(Finish.FILTERED, detail="safety")), ("No.", Ending(Finish.REFUSED))])
@pytest.mark.parametrize("bad", ["p01", "p05", "p16"])
def test_one_refused_photo_is_found_by_halves(bad: str, how: Any, tmp_path: Any) -> None:
    album = _many(16)
    model = ScriptedModel(lambda request: _answers(request, {bad}, how))
    work = _work(album, FactSheet(observations=()), words=200, images=_seen(album, tmp_path))
    draft = _written(model, work)
    spoken = {photo for turn in draft.script.turns for photo in turn.photos}
    assert spoken == {photo.id for photo in album.photos} - {bad}
    assert f"the provider refused photo {bad}; nobody speaks of it" in draft.notes
    asked = [request for request in model.requests if request.purpose == "script"]
    assert sum(bad in [image.photo for image in request.images] for request in asked) == 5  # 16, 8, 4, 2, 1


def test_when_everything_is_refused_it_ends_after_a_few_calls(tmp_path: Any) -> None:
    album = _many(16)
    model = ScriptedModel(lambda request: ("", Ending(Finish.FILTERED, detail="blocked by policy")))
    work = _work(album, FactSheet(observations=()), words=200, images=_seen(album, tmp_path))
    with pytest.raises(ModelError, match="blocked by policy") as refused:
        _written(model, work)
    assert refused.value.fault is Fault.REFUSED
    assert len(model.requests) <= 8


def test_what_is_too_long_is_asked_for_in_halves(tmp_path: Any) -> None:
    album = _many(16)
    too_long = ModelError(Fault.TOO_LONG, "this", "is too much", "Use fewer photos")
    model = ScriptedModel(lambda request: too_long if len(request.images) > 4 else _answers(request, set(), None))
    draft = _written(model, _work(album, FactSheet(observations=()), words=200, images=_seen(album, tmp_path)))
    assert {photo for turn in draft.script.turns for photo in turn.photos} == {photo.id for photo in album.photos}
    hopeless = ScriptedModel(lambda request: too_long)
    with pytest.raises(ModelError, match="is too much"):
        _written(hopeless, _work(album, FactSheet(observations=()), words=200, images=_seen(album, tmp_path)))
    assert len(hopeless.requests) == 5  # 16, 8, 4, 2, 1


def test_a_cut_answer_goes_on_where_it_stopped(dogs: Any) -> None:
    first, rest = DOGS[:250], DOGS[DOGS.index("Theo: Pebbles") :]
    model = ScriptedModel([(first, Ending(Finish.CUT)), rest])
    draft = _written(model, _work(*dogs))
    assert "Maya: It's the same dog. In all of them." in _question(model.requests[1])
    texts = _texts(draft.script)
    assert len(texts) == len(set(texts))
    assert texts[-1].startswith("And then a blanket")


def test_answers_that_are_cut_again_and_again_come_to_an_end(dogs: Any) -> None:
    lines = iter(range(1000))
    model = ScriptedModel(
        lambda request: (
            f"Maya: Line {next(lines)} of it.\nTheo: Line {next(lines)} of that.\nMaya: And",
            Ending(Finish.LENGTH),
        )
    )
    draft = _written(model, _work(*dogs))
    assert len([one for one in model.requests if one.purpose == "script"]) == 4
    assert any("cut off 4 times" in note for note in draft.notes)


@pytest.mark.parametrize(
    ("answer", "fault", "says"),
    [
        ("", Fault.EMPTY, "it was empty"),
        ("A dog on a rock. " * 30, Fault.UNUSABLE, "no line that begins with the name of a host"),
        (
            "Maya: Only I speak here, and I go on and on about it.\n" + "Maya: And on, line after line.\nMaya: Yes.\n",
            Fault.UNUSABLE,
            "only one of the hosts",
        ),
        ("Maya: " + "and then the dog went on " * 100, Fault.UNUSABLE, "one turn went on"),
    ],
)
def test_what_is_no_conversation_is_asked_for_once_more(answer: str, fault: Fault, says: str, dogs: Any) -> None:
    events: list[Event] = []
    good = _written(ScriptedModel([answer, DOGS]), _work(*dogs), tell=events.append)
    assert _replayed(events) == list(good.script.turns)
    assert len(good.script.turns) == 10
    model = ScriptedModel([answer, answer])
    with pytest.raises(ModelError) as useless:
        _written(model, _work(*dogs))
    assert useless.value.fault is fault
    assert says in useless.value.why
    assert len(model.requests) == 2
    assert model.requests[0].key("m") != model.requests[1].key("m")


def test_circles_are_stopped_and_said(dogs: Any) -> None:
    loop = "Maya: It is the same dog again, you know.\nTheo: It is the same rock again, I know.\n"
    draft = _written(ScriptedModel([DOGS + loop * 40, ""]), _work(*dogs, words=400))
    assert len(draft.script.turns) <= 14
    assert "the model was stopped: it said the same again and again" in draft.notes


def test_locked_turns_stay_word_for_word_with_whoever_says_them(dogs: Any) -> None:
    first = _written(ScriptedModel([DOGS]), _work(*dogs)).script
    kept = first.turns[4].model_copy(update={"locked": True})
    previous = first.model_copy(update={"turns": (*first.turns[:4], kept, *first.turns[5:])})
    other = _work(*dogs, brief=Brief(cast=(Host(name="Zoe"), Host(name="Bob")), words=100))
    answer = (
        "Maya: Something else. [p01]\nTheo: Entirely. [p02]\nMaya: With a rock. [p04]\nTheo: And a blanket. [p06]\n"
    )
    model = ScriptedModel([answer, ""])
    draft = _written(model, other, previous=previous)
    assert kept.text in _question(model.requests[0])
    assert kept in draft.script.turns
    ids = [turn.id for turn in draft.script.turns]
    assert len(set(ids)) == len(ids)


def test_redo_asks_for_one_turn_and_changes_one(dogs: Any) -> None:
    script = _written(ScriptedModel([DOGS]), _work(*dogs)).script
    model = ScriptedModel(["t006 Theo: Stones, then."])
    changed, turns = asyncio.run(redo_with(model, _work(*dogs), script, "t006", "shorter. Funnier."))
    assert "t006 (Theo): shorter. Funnier" in _question(model.requests[0])
    assert [turn.text for turn in turns] == ["Stones, then."]
    assert [one.id for one, two in zip(changed.turns, script.turns, strict=True) if one != two] == ["t006"]
    again = asyncio.run(redo_with(ScriptedModel(["t006 Theo: Gravel."]), _work(*dogs), changed, "t006", None))
    assert again[1][0].text == "Gravel."


@pytest.mark.parametrize("answer", ["t006 Theo: Pebbles.", "", "t009 Maya: Something else.", "A pebble."])
def test_redo_without_other_words_is_an_error(answer: str, dogs: Any) -> None:
    script = _written(ScriptedModel([DOGS]), _work(*dogs)).script
    with pytest.raises(InputError, match="t006 cannot be said otherwise"):
        asyncio.run(redo_with(ScriptedModel([answer]), _work(*dogs), script, "t006", None))


def test_redo_of_what_is_not_there_or_locked_asks_nobody(dogs: Any) -> None:
    script = _written(ScriptedModel([DOGS]), _work(*dogs)).script
    with pytest.raises(UsageError, match="t099"):
        asyncio.run(redo_with(ScriptedModel([]), _work(*dogs), script, "t099", None))


def test_the_paper_is_asked_as_in_the_paper(dogs: Any, tmp_path: Any) -> None:
    album, facts = dogs
    work = _work(album, facts, images=_seen(album, tmp_path), brief=Brief(style="paper", hosts=3), structured=True)
    model = ScriptedModel(
        ["Speaker 1: So they set off.\nSpeaker 2: For the beach.\nSpeaker 3: There isn't one, in this picture."]
    )
    draft = _written(model, work)
    request = model.requests[0]
    assert request.system == ""
    assert request.schema is None
    assert [isinstance(part, Image) for part in request.parts] == [True] * 6 + [False]
    assert (request.sampling.temperature, request.sampling.top_p, request.sampling.max_tokens) == (0.7, 0.8, 2048)
    assert [speaker.name for speaker in draft.script.speakers] == ["Speaker 1", "Speaker 2", "Speaker 3"]
    assert "photo_talk" in {one.rule for one in draft.problems}


def test_json_is_asked_for_where_the_model_can_be_held_to_it(dogs: Any) -> None:
    import json

    turns = [
        {
            "speaker": "Maya",
            "text": "It's the same dog, on a rock.",
            "photos": ["p02"],
            "claims": [{"words": "dog, on a rock", "source": "seen", "facts": ["p02.subject.dog", "p02.subject.rock"]}],
        },
        {
            "speaker": "Theo",
            "text": "I had a rock once, a brown one.",
            "photos": [],
            "claims": [{"words": "I had a rock once", "source": "invented", "facts": []}],
        },
    ]
    model = ScriptedModel([json.dumps({"turns": turns}), "{}"], structured=True)
    draft = _written(model, _work(*dogs, structured=True))
    assert model.requests[0].schema is not None
    (claim,) = draft.script.turns[0].claims
    assert claim.observations == ("p02.subject.dog", "p02.subject.rock")
    assert not claim.inferred
    assert draft.script.turns[1].claims[0].source == "invented"
    assert not draft.script.turns[0].photos_inferred


def test_questions_are_three_at_most_and_questions(dogs: Any) -> None:
    text = "Some:\n1. Who is the dog waiting for in p02?\n- Why that rock?\nI like it.\nWhat happened next?\nAnd then?"
    found = asyncio.run(questions_by(ScriptedModel([text]), _work(*dogs)))
    assert found == ("Who is the dog waiting for in p02?", "Why that rock?", "What happened next?")
    with pytest.raises(ModelError, match="asked nothing"):
        asyncio.run(questions_by(ScriptedModel(["Nothing to ask."]), _work(*dogs)))
