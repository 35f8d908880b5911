"""What a model says it sees becomes facts: whatever form its answer has, whatever it leaves out, and refuses."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from photocast.looking import AT_ONCE, Seen, look_request, look_with
from photocast.looking.noted import noted
from photocast.models import Ending, Finish, Image, Request, VisionModel
from photocast.prompts import Prompts, Telling
from photocast.schema import (
    AlbumRecord,
    Brief,
    BudgetError,
    FactSheet,
    Fault,
    Kind,
    Known,
    ModelError,
    Observation,
    Person,
    Photo,
    State,
)
from photocast.testing import ScriptedModel

NOTHING = FactSheet(observations=())
TOO_LONG = ModelError(Fault.TOO_LONG, "too much for it", "its context is small", "Send fewer photos")
Look = Callable[..., Seen]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Has a model look at so many photos."""

    def look(
        model: VisionModel, count: int = 2, facts: FactSheet = NOTHING, brief: Brief | None = None, seed: int = 3
    ) -> Seen:
        photos = [f"p{number:02d}" for number in range(1, count + 1)]
        images = {}
        for photo in photos:
            (tmp_path / photo).write_bytes(photo.encode())
            images[photo] = Image(photo, tmp_path / photo)
        record = AlbumRecord(
            title="a walk",
            photos=tuple(Photo(id=photo, source=photo, sha256=photo, width=9, height=9) for photo in photos),
        )
        telling = Telling(record, facts, brief or Brief(), allow=(), pixels=True)
        return asyncio.run(look_with(model, images, facts, telling, Prompts(), seed=seed))

    return look


def details(seen: Seen) -> list[tuple[str, str, float]]:
    return [(one.photos[0], one.what, one.confidence) for one in seen.facts.observations if one.kind is Kind.DETAIL]


def shown(request: Request) -> tuple[str, ...]:
    return tuple(image.photo for image in request.images)


def about_each(request: Request) -> str:
    return "\n".join(f"{photo}: a thing of {photo} (0.9)" for photo in shown(request))


def test_a_note_is_an_observation_seen_by_that_model(look: Look) -> None:
    seen = look(ScriptedModel(["p01: A dog on wet rock. (0.9)\np02: the sea"], name="openai:any"))
    first, second = seen.facts.observations
    assert (first.id, first.photos, first.kind) == ("p01.detail.a-dog-on-wet-rock", ("p01",), Kind.DETAIL)
    assert (first.what, first.known, first.sources) == ("A dog on wet rock", Known.SEEN, ("openai:any",))
    assert (first.confidence, second.confidence) == (0.9, 0.8)  # 0.8 where the note does not say how sure it is
    assert seen.notes == ()


def test_the_question_names_each_photo_and_asks_for_json_where_that_can_be_held(look: Look) -> None:
    plain, held = ScriptedModel(about_each), ScriptedModel(about_each, structured=True)
    look(plain)
    look(held)
    (lines,), (objects,) = plain.requests, held.requests
    assert [part if isinstance(part, str) else part.photo for part in lines.parts[:4]] == [
        *("p01\n", "p01", "p02\n", "p02")
    ]
    assert lines.schema is None
    assert objects.schema is not None
    assert objects.schema["properties"]["notes"]["items"]["properties"]["photo"]["enum"] == ["p01", "p02"]
    assert (lines.purpose, lines.sampling.seed, lines.sampling.max_tokens) == ("look", 3, 1024)  # at least, for two


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"notes": [{"photo": "p01", "note": "a dog", "sure": 0.9}]}', [("p01", "a dog", 0.9)]),
        ('```json\n{"notes": [{"photo": "p01", "note": "a dog", "sure": 1}]}\n```', [("p01", "a dog", 1.0)]),
        ('Here you are:\n[{"photo": "p01", "note": "a dog"}]\nAnything else?', [("p01", "a dog", 0.8)]),
        (
            '{"notes": [{"photo": "p01", "note": "a dog", "sure": 0.9}, {"photo": "p02", "note": "the s',
            [("p01", "a dog", 0.9)],
        ),
        ('{"notes": [{"photo": "p01", "note": "a dog", "sure": 0.9}, {"photo": "p0', [("p01", "a dog", 0.9)]),
        ("p01: a dog (0,7)\n\n- p02: the sea", [("p01", "a dog", 0.7), ("p02", "the sea", 0.8)]),
        ("**p01**：  the word “OPEN”\n**p02:** rain at 12:30.", [("p01", "the word “OPEN”", 0.8),
                                                              ("p02", "rain at 12:30.", 0.8)]),
        ("### p01\n- a dog (0.9)\n* the sea\n\np02:\n• rain (0.1)",
         [("p01", "a dog", 0.9), ("p01", "the sea", 0.8), ("p02", "rain", 0.1)]),
        ("<think>p01: perhaps a cat (0.2)\nNo.</think>\np01: a dog (0.9)", [("p01", "a dog", 0.9)]),
        ("<think>p01: perhaps a cat (0.2)", []),
        ("Sure! Two photos of a dog.", []),
        ("- a dog\n- the sea", []),  # nobody knows of which photo
        ("", []),
    ],
)  # fmt: skip
def test_every_form_of_an_answer(answer: str, expected: list[tuple[str, str, float]]) -> None:
    assert list(noted(answer)) == expected


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        ({"photo": "p01", "note": "a dog", "sure": 1.7}, [("p01", "a dog", 1.0)]),
        ({"photo": "p01", "note": "a dog", "sure": -3}, [("p01", "a dog", 0.0)]),
        ({"photo": "p01", "note": "a dog", "sure": "0,4"}, [("p01", "a dog", 0.4)]),
        ({"photo": "p01", "note": "a dog", "sure": "high"}, [("p01", "a dog", 0.8)]),
        ({"photo": "p01", "note": "a dog", "sure": None}, [("p01", "a dog", 0.8)]),
        ({"photo": "p01", "note": "a dog", "sure": True}, [("p01", "a dog", 0.8)]),
        ({"photo": "p01", "note": "a dog", "sure": float("nan")}, [("p01", "a dog", 0.8)]),
        ({"photo": "p01", "note": "a dog", "sure": [1]}, [("p01", "a dog", 0.8)]),
        ({"photo": 3, "note": "a dog"}, []),
        ({"photo": "p01", "note": None}, []),
        ({"photo": "p01", "note": ["a dog"]}, []),
        ({"photo": "p01"}, []),
        ("a dog", []),
        (None, []),
    ],
)
def test_one_note_of_a_wrong_type_costs_no_other(entry: object, read: list[tuple[str, str, float]]) -> None:
    answer = json.dumps({"notes": [{"photo": "p02", "note": "before"}, entry, {"photo": "p02", "note": "after"}]})
    assert list(noted(answer)) == [("p02", "before", 0.8), *read, ("p02", "after", 0.8)]


@pytest.mark.parametrize("answer", ['{"notes": "none"}', '{"notes": {"p01": "a dog"}}', '[{"a": ' + "[" * 50_000])
def test_json_of_another_shape_holds_no_note(answer: str) -> None:
    assert list(noted(answer)) == []


def test_photos_are_asked_for_eight_at_a_time_and_come_back_in_order(look: Look) -> None:
    model = ScriptedModel(about_each)
    seen = look(model, 20)
    assert [len(shown(request)) for request in model.requests] == [AT_ONCE, AT_ONCE, 4]
    assert [photo for request in model.requests for photo in shown(request)] == [f"p{n:02d}" for n in range(1, 21)]
    assert [photo for photo, _, _ in details(seen)] == [f"p{n:02d}" for n in range(1, 21)]


class Counting:
    """A model that knows how many questions it is asked at once."""

    name, host, structured, context = "test:counting", None, False, None

    def __init__(self) -> None:
        self.open, self.most = 0, 0

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        self.open += 1
        self.most = max(self.most, self.open)
        for _ in range(20):
            await asyncio.sleep(0)
        yield about_each(request)
        self.open -= 1
        yield Ending()


def test_at_most_four_questions_are_under_way(look: Look) -> None:
    model = Counting()
    seen = look(model, 7 * AT_ONCE)
    assert model.most == 4
    assert len(details(seen)) == 56


def test_notes_on_photos_of_other_batches_are_ignored(look: Look) -> None:
    seen = look(ScriptedModel(lambda request: about_each(request) + "\np01: a wrong thing\np99: nowhere\n"), 9)
    assert [what for photo, what, _ in details(seen) if photo == "p01"] == ["a thing of p01", "a wrong thing"]
    assert len(details(seen)) == 10  # nine photos, and the second note on p01 from its own batch


def test_the_same_note_counts_once_and_no_photo_gets_more_than_ten(look: Look) -> None:
    many = "\n".join(f"p01: thing number {number}" for number in range(14))
    seen = look(ScriptedModel([f"p02: a dog\np02: A dog.\n{many}\np02: {'long ' * 90}"]))
    assert len([1 for photo, _, _ in details(seen) if photo == "p01"]) == 10
    assert [len(what) for photo, what, _ in details(seen) if photo == "p02"] == [5, 195]  # at most 200 letters


def test_a_note_is_one_line_without_anything_that_cannot_be_seen(look: Look) -> None:
    seen = look(ScriptedModel(['[{"photo": "p01", "note": "a \\u001b[31mred\\n\\u202edog\\u202c 👩‍🚀"}]']))
    assert [what for _, what, _ in details(seen)] == ["a [31mred dog 👩‍🚀"]


def refusing(*photos: str, ending: Ending | ModelError) -> ScriptedModel:
    """A model that does not answer when one of these photos is shown."""
    return ScriptedModel(lambda request: ending if set(photos) & set(shown(request)) else about_each(request))


@pytest.mark.parametrize("finish", [Finish.REFUSED, Finish.FILTERED])
def test_a_refused_photo_is_found_by_halves_left_out_and_said(finish: Finish, look: Look) -> None:
    model = refusing("p03", "p08", ending=Ending(finish))
    seen = look(model, 8)
    assert [photo for photo, _, _ in details(seen)] == ["p01", "p02", "p04", "p05", "p06", "p07"]
    assert seen.notes == ("the provider refused to look at p03, p08",)
    # 8; then 4 4; of the left half 2 2, of its right half 1 1; the right half the same
    assert sorted(len(shown(request)) for request in model.requests) == [1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 8]


def test_too_much_at_once_is_asked_for_in_halves(look: Look) -> None:
    model = ScriptedModel(lambda request: TOO_LONG if len(shown(request)) > 2 else about_each(request))
    seen = look(model, 8)
    assert len(details(seen)) == 8
    assert seen.notes == ()
    with pytest.raises(ModelError) as failed:
        look(ScriptedModel(lambda request: TOO_LONG), 2)
    assert failed.value is TOO_LONG  # one photo alone is too much: halving helps no more


def test_all_refused_is_an_error(look: Look) -> None:
    with pytest.raises(ModelError, match="will not look at these photos") as failed:
        look(ScriptedModel(lambda request: Ending(Finish.REFUSED)), 9)
    assert (failed.value.fault, failed.value.exit_code) == (Fault.REFUSED, 5)


@pytest.mark.parametrize(
    ("answer", "fault", "why"),
    [
        ("", Fault.EMPTY, "its answer was empty"),
        (" \n", Fault.EMPTY, "its answer was empty"),
        ("Two nice photos of a dog.", Fault.UNUSABLE, "it begins “Two nice photos of a dog.”"),
        ('{"notes": []}', Fault.UNUSABLE, "holds no note"),
    ],
)
def test_an_answer_without_a_note_is_asked_for_once_more(answer: str, fault: Fault, why: str, look: Look) -> None:
    second = ScriptedModel([answer, "p01: a dog\np02: the sea"])
    assert len(details(look(second))) == 2
    first, again = second.requests
    assert again.parts[:-1] == first.parts
    assert "could not be used" in str(again.parts[-1])
    assert again.sampling.seed == 4  # another question, or the journal would give the same answer
    with pytest.raises(ModelError, match=why) as failed:
        look(ScriptedModel([answer, answer]))
    assert failed.value.fault is fault
    assert "--model" in failed.value.do


def test_photos_that_an_answer_cut_off_did_not_come_to_are_asked_for(look: Look) -> None:
    model = ScriptedModel([("p01: a dog\np02: the s", Ending(Finish.LENGTH)), "p03: a hill"])
    seen = look(model, 3)
    assert [photo for photo, _, _ in details(seen)] == ["p01", "p02", "p03"]
    assert shown(model.requests[1]) == ("p03",)


def test_photos_that_a_model_leaves_out_are_said(look: Look) -> None:
    seen = look(ScriptedModel(["p02: the sea"]), 3)
    assert seen.notes == ("the model wrote nothing about p01, p03",)


def test_what_the_model_raises_comes_through_as_it_is(look: Look) -> None:
    error = BudgetError("the next call could cost more", "nothing is left", "Raise --max-cost")
    with pytest.raises(BudgetError) as failed:
        look(ScriptedModel(lambda request: error), 20)  # three questions fail, one error is told
    assert failed.value is error


def of_model(photo: str, what: str, **changes: object) -> Observation:
    one = Observation(
        id=f"{photo}.detail.{what.replace(' ', '-')}",
        photos=(photo,),
        kind=Kind.DETAIL,
        what=what,
        known=Known.SEEN,
        sources=("an:earlier-model",),
        confidence=0.9,
    )
    return one.model_copy(update=changes)


def whats(observations: Sequence[Observation]) -> list[tuple[str, str]]:
    return [(one.photos[0], one.what) for one in observations]


def test_a_new_look_replaces_the_notes_of_a_model_and_nothing_of_the_users(look: Look) -> None:
    struck = of_model("p01", "a cat", state=State.STRUCK)
    edited = of_model("p02", "the sea").model_copy(update={"what": "the lake"})
    added = of_model("p02", "our boat", sources=("user",))
    subject = of_model("p01", "rock", kind=Kind.SUBJECT, id="p01.subject.rock", sources=("detector",))
    before = FactSheet(observations=(subject, struck, of_model("p01", "a stone"), edited, added))
    answer = "p01: a cat\np01: a dog\np02: the sea\np02: rain"
    seen = look(ScriptedModel([answer]), 2, before)
    assert whats(seen.facts.observations) == [
        ("p01", "rock"),
        ("p01", "a cat"),
        ("p01", "a dog"),
        ("p02", "the lake"),
        ("p02", "rain"),
        ("p02", "our boat"),
    ]
    assert [one.what for one in seen.facts.observations if one.state is State.STRUCK] == ["a cat"]
    twice = look(ScriptedModel([answer]), 2, seen.facts)
    assert twice.facts == seen.facts


def test_a_photo_of_which_nothing_new_is_said_keeps_the_notes_it_has(look: Look) -> None:
    before = FactSheet(observations=(of_model("p01", "a stone"), of_model("p02", "the lake")))
    seen = look(refusing("p02", ending=Ending(Finish.REFUSED)), 2, before)
    assert whats(seen.facts.observations) == [("p01", "a thing of p01"), ("p02", "the lake")]


def test_stand_ins_for_names_come_back_as_the_names(look: Look) -> None:
    brief = Brief(people=(Person(name="Rosalinde"), Person(name="Quitterie")))
    seen = look(ScriptedModel(["p01: a sign that says Person-B\np02: Person A in a hat"]), 2, NOTHING, brief)
    assert [what for _, what, _ in details(seen)] == ["a sign that says Quitterie", "Rosalinde in a hat"]


def test_the_question_of_a_plan_is_the_question_that_is_asked(look: Look, tmp_path: Path) -> None:
    model = ScriptedModel(about_each)
    look(model, 2)
    record = AlbumRecord(
        title="a walk", photos=tuple(Photo(id=one, source=one, sha256=one, width=9, height=9) for one in ("p01", "p02"))
    )
    images = {photo: Image(photo, tmp_path / photo) for photo in ("p01", "p02")}
    telling = Telling(record, NOTHING, Brief(), allow=(), pixels=True)
    planned = look_request(model, images, telling, Prompts(), seed=3)
    assert planned.key(model.name) == model.requests[0].key(model.name)
