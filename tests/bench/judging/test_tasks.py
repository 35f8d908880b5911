"""Emotion recognition and character consistency: annotations, questions, answers, figures."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.judging.lines import read_records
from photocast.bench.judging.rubric.questions import Text
from photocast.bench.judging.rubric.run import Judge
from photocast.bench.judging.tasks.choices import Choice, Choices, Chosen
from photocast.bench.judging.tasks.contradictions import (
    CONTRADICTIONS,
    Contradiction,
    Found,
    Search,
    read_contradictions,
    verified,
)
from photocast.bench.judging.tasks.measures import (
    Case,
    accuracy,
    accuracy_interval,
    confusion,
    labels,
    macro_f1,
    majority,
)
from photocast.bench.judging.tasks.questions import character_choices, emotion_choices
from photocast.bench.judging.tasks.results import consistency_result, task_result
from photocast.bench.judging.votes import Status
from photocast.models import Ending, Finish, Request
from photocast.models.fake import Answer, ScriptedModel
from photocast.schema import InputError, UndefinedMetric, UsageError
from photocast.stories.notes import (
    EMOTIONS,
    CharacterNote,
    EmotionNote,
    read_characters,
    read_emotions,
)


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to one test must not come back in another."""
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def written(tmp_path: Path, *rows: dict[str, Any] | str) -> Path:
    file = tmp_path / "notes.jsonl"
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return file


ADA = {"item": "a", "character": "Ada", "emotion": "joy"}
TEXTS = [
    Text("ours", "a", "Ada: I could sing!\nLeo: Not again.", 6),
    Text("ours", "b", "Ada: It is raining on us.", 5),
    Text("theirs", "a", "Ada: So.\nLeo: Well.", 2),
]


# Annotations


def test_emotions_are_read_in_any_case_and_once(tmp_path: Path) -> None:
    file = written(tmp_path, ADA | {"emotion": " Joy"}, "", ADA, {**ADA, "photo": "p01", "emotion": "fear"})
    found = read_emotions(file)
    assert found == [EmotionNote(**ADA), EmotionNote(**{**ADA, "photo": "p01", "emotion": "fear"})]


@pytest.mark.parametrize(
    ("row", "why", "do"),
    [
        (ADA | {"emotion": "joyy"}, "'joyy' is none of joy", "Did you mean joy"),
        (ADA | {"emotion": "zzz"}, "'zzz' is none of joy", "--emotions"),
        (ADA | {"emotion": "absent"}, "is none of joy", "--emotions"),
        ({"item": "a", "emotion": "joy"}, "character: Field required", "docs/rubric.md"),
        (ADA | {"mood": "good"}, "mood: Extra inputs are not permitted", "docs/rubric.md"),
        (ADA | {"character": "  "}, "character: String should match", "docs/rubric.md"),
        ('{"item": "a", "character": "Ada", "emotion": NaN}', "emotion: Input should be a valid string", "docs"),
        ('{"item": "a", ', "Invalid JSON", "docs/rubric.md"),
    ],
)
def test_lines_that_cannot_be_used_are_named(tmp_path: Path, row: Any, why: str, do: str) -> None:
    with pytest.raises(InputError) as failed:
        read_emotions(written(tmp_path, ADA, row))
    assert failed.value.what == f"{tmp_path / 'notes.jsonl'}, line 2, cannot be used"
    assert why in failed.value.why
    assert do in failed.value.do


def test_two_opinions_about_one_thing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Ada of a is both joy and fear"):
        read_emotions(written(tmp_path, ADA, ADA | {"emotion": "fear"}))
    with pytest.raises(InputError, match="Ada of a is both yes and no"):
        read_characters(
            written(tmp_path, *({"item": "a", "character": "Ada", "consistent": one} for one in (True, False)))
        )


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe"])
def test_files_without_annotations_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "n.jsonl").write_bytes(content)
    with pytest.raises(InputError, match="annotations"):
        read_characters(tmp_path / "n.jsonl")
    with pytest.raises(InputError, match="cannot read the annotations"):
        read_characters(tmp_path / "missing.jsonl")


@pytest.mark.parametrize("emotions", [("joy",), ("joy", "joy"), ("joy", "absent"), ()])
def test_a_list_of_emotions_has_two_at_least(tmp_path: Path, emotions: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="list of emotions"):
        read_emotions(written(tmp_path, ADA), emotions)


# Questions


def choices(*rows: dict[str, Any], albums: EvaluationSet | None = None) -> tuple[list[Choice], list[str]]:
    with ExitStack() as stack:
        return emotion_choices([EmotionNote(**row) for row in rows], EMOTIONS, TEXTS, albums, stack)


def test_an_annotation_is_about_the_texts_of_all_systems_or_of_one() -> None:
    found, strangers = choices(ADA, ADA | {"system": "theirs"}, ADA | {"item": "z"}, ADA | {"item": "b", "system": "x"})
    assert [(one.item, one.system) for one in found] == [("a", "ours"), ("a", "theirs"), ("a", "theirs")]
    assert strangers == ["z: there is no text about it", "b: there is no text by x about it"]
    words = found[0].request.parts[0]
    assert isinstance(words, str)
    assert "Ada: I could sing!" in words
    assert "what Ada feels" in words
    assert words.endswith("and nothing else: joy, sadness, anger, fear, disgust, surprise, neutral, absent")


def test_annotations_that_fit_nothing_at_all_are_an_error() -> None:
    with pytest.raises(InputError, match="no annotation fits") as failed:
        choices(ADA | {"item": "z"})
    assert "z: there is no text about it" in failed.value.why


def test_a_photo_is_shown_alone(tmp_path: Path) -> None:
    (tmp_path / "albums" / "a").mkdir(parents=True)
    Picture.effect_noise((64, 64), 50).convert("RGB").save(tmp_path / "albums" / "a" / "beach.jpg")
    albums = EvaluationSet.open(tmp_path / "albums")
    rows = [ADA | {"photo": name, "character": "the man"} for name in ("beach.jpg", "p01", "none.jpg")]
    with ExitStack() as stack:
        found, strangers = emotion_choices([EmotionNote(**row) for row in rows], EMOTIONS, TEXTS, albums, stack)
        assert [(one.system, one.about, len(one.request.images)) for one in found] == [
            ("", "beach.jpg", 1),
            ("", "p01", 1),
        ]
        assert "Ada: I could sing!" not in str(found[0].request.parts)
        assert found[0].request.images[0].path.read_bytes().startswith(b"\xff\xd8")
    assert strangers == ["a: there is no photo none.jpg"]
    with pytest.raises(UsageError, match="Add --albums DIR"):
        choices(ADA | {"photo": "p01"})


def test_a_character_stays_the_same_or_does_not() -> None:
    notes = [
        CharacterNote(item="a", character="Ada", consistent=False, attribute="her age"),
        CharacterNote(item="b", character="Ada", consistent=True),
    ]
    found, strangers = character_choices(notes, TEXTS)
    assert [(one.item, one.system, one.right) for one in found] == [
        ("a", "ours", "no"),
        ("a", "theirs", "no"),
        ("b", "ours", "yes"),
    ]
    assert "Does Ada stay the same in the text as to her age?" in str(found[0].request.parts)
    assert "Does Ada stay the same in the text?" in str(found[2].request.parts)
    assert strangers == []


# Answers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("She sings.\nAnswer: joy", "joy"),
        ("She sings.\n\n**Answer: Joy.**\n", "joy"),
        ("neutral", "neutral"),
        ("Answer: absent", "absent"),
        ("Answer: joy or surprise", None),
        ("Answer: happiness", None),
        ("Answer: joy\nI am sure.", None),
        ("It is joy", None),
        ("", None),
    ],
)
def test_one_word_of_the_list_is_read_and_nothing_else(answer: str, said: str | None) -> None:
    (choice, *_), _ = choices(ADA)
    assert choice.read(answer) == said


def asked(folder: Path, model: ScriptedModel, found: Sequence[Choice]) -> list[Chosen]:
    return Choices(found, (Judge(model.name, model=model),), folder).ask()


def test_answers_are_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    found, _ = choices(ADA, ADA | {"item": "b", "emotion": "sadness"})
    said = iter(["Answer: joy", "Answer: fear", ("No.", Ending(Finish.REFUSED))])
    model = ScriptedModel(said)
    answers = asked(tmp_path, model, found)
    assert sorted((one.item, one.system) for one in answers) == [("a", "ours"), ("a", "theirs"), ("b", "ours")]
    assert sorted(str(one.status) for one in answers) == ["ok", "ok", "refused"]
    assert all(one.raw and one.key for one in answers)
    again = ScriptedModel([])
    assert asked(tmp_path, again, found) == answers
    assert again.requests == []
    # what is right may be corrected without asking again
    corrected, _ = choices(ADA | {"emotion": "anger"}, ADA | {"item": "b", "emotion": "sadness"})
    assert {one.right for one in asked(tmp_path, ScriptedModel([]), corrected)} == {"anger", "sadness"}


def test_an_answer_that_cannot_be_read_is_asked_for_again(tmp_path: Path) -> None:
    found, _ = choices(ADA | {"system": "ours"})
    model = ScriptedModel(["Happy.", "Answer: joy"])
    (answer,) = asked(tmp_path, model, found)
    assert (answer.said, answer.raw) == ("joy", ("Happy.", "Answer: joy"))
    found, _ = choices(ADA | {"system": "theirs"})
    (answer,) = asked(tmp_path, ScriptedModel(["Happy.", "Happy!"]), found)
    assert (answer.status, answer.said) == (Status.UNREADABLE, None)
    assert len(read_records(tmp_path / "rubric-emotion.jsonl", Chosen)) == 2


def test_a_plan_for_a_task(tmp_path: Path) -> None:
    found, _ = choices(ADA)
    model = ScriptedModel(["Answer: joy", "Answer: joy"])
    judge = Judge(model.name, model=model)
    (plan,) = Choices(found, (judge,), tmp_path).plan()
    assert (plan.questions, plan.done, plan.calls) == (2, 0, (2, 4))
    Choices(found, (judge,), tmp_path).ask()
    (plan,) = Choices(found, (judge,), tmp_path).plan()
    assert (plan.questions, plan.done, plan.calls) == (2, 2, (0, 0))


# Figures

CASES = [
    *(Case("a", "joy", "joy"), Case("a", "joy", "joy"), Case("a", "joy", "fear")),
    *(Case("b", "fear", "joy"), Case("b", "fear", "fear"), Case("c", "anger", "absent")),
]


def test_accuracy_and_f1_by_hand() -> None:
    assert accuracy(CASES) == 3 / 6
    found = labels(CASES)
    # joy: 2 of 3 said are right, 2 of 3 right are said; F1 = 2 * 2 / (3 + 3)
    assert (found["joy"].precision, found["joy"].recall, found["joy"].f1) == (2 / 3, 2 / 3, 4 / 6)
    # fear: said twice, right twice, once both
    assert (found["fear"].precision, found["fear"].recall, found["fear"].f1) == (0.5, 0.5, 2 / 4)
    assert (found["anger"].precision, found["anger"].recall, found["anger"].f1) == (None, 0.0, 0.0)
    assert (found["absent"].precision, found["absent"].recall, found["absent"].f1) == (0.0, None, 0.0)
    # over joy, fear and anger; absent is never right
    assert macro_f1(CASES) == pytest.approx((4 / 6 + 2 / 4 + 0) / 3)
    assert majority(CASES) == 3 / 6
    assert confusion(CASES) == {"anger": {"absent": 1}, "fear": {"fear": 1, "joy": 1}, "joy": {"fear": 1, "joy": 2}}


def test_intervals_are_over_items() -> None:
    """All cases of an item are drawn together: with two items that are all right and all wrong, half of the draws have
    both, and the ends are 0 and 1, however many cases there are."""
    cases = [Case("a", "joy", "joy")] * 50 + [Case("b", "joy", "fear")] * 50
    assert accuracy_interval(cases, resamples=500) == (0.0, 1.0)
    assert accuracy_interval(cases[:50]) is None
    uneven = [Case("a", "x", "x")] * 3 + [Case("b", "x", "y")]
    low, high = accuracy_interval(uneven, resamples=500) or (9, 9)
    assert (low, high) == (0.0, 1.0)


@pytest.mark.parametrize("figure", [accuracy, macro_f1, majority])
def test_without_answers_there_is_no_figure(figure: Any) -> None:
    with pytest.raises(UndefinedMetric):
        figure([])


@given(st.lists(st.builds(Case, st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from("xyzw")), min_size=1))
def test_figures_lie_between_nothing_and_one(cases: list[Case]) -> None:
    assert 0 <= macro_f1(cases) <= 1
    assert 0 <= accuracy(cases) <= 1
    assert sum(count for row in confusion(cases).values() for count in row.values()) == len(cases)
    assert (accuracy(cases) == 1) == (macro_f1(cases) == 1)


def chosen(item: str, right: str, said: str | None, judge: str = "j", system: str = "ours") -> Chosen:
    return Chosen(
        task="emotion",
        item=item,
        system=system,
        character="Ada",
        judge=judge,
        status=Status.OK if said else Status.REFUSED,
        right=right,
        said=said,
    )


def test_results_are_by_judge_and_system_and_count_what_is_missing() -> None:
    answers = [
        *(chosen("a", "joy", "joy"), chosen("b", "fear", None), chosen("c", "fear", "joy")),
        *(chosen("a", "joy", "joy", system="theirs"), chosen("a", "joy", None, judge="k")),
    ]
    result = task_result(answers, unmatched=["z: there is no text about it"])
    ours, theirs, other = result.measured
    assert (ours.judge, ours.system, ours.n, ours.missing, ours.accuracy) == ("j", "ours", 2, 1, 0.5)
    assert ours.labels["fear"].f1 == 0
    assert (theirs.system, theirs.accuracy, theirs.ci95) == ("theirs", 1.0, None)
    assert (other.n, other.missing, other.accuracy, other.macro_f1) == (0, 1, None, None)
    assert [(one.item, one.judge, one.character) for one in result.unanswered] == [("b", "j", "Ada"), ("a", "k", "Ada")]
    assert result.unmatched == ("z: there is no text about it",)


# Contradictions

STORY = "Ada: My sister Eva — she is “nine” today.\nLeo: And yesterday she was twelve.\nAda: Eva is my cousin."


@pytest.mark.parametrize("answer", ["None", "none.", " **None** \n"])
def test_none_is_no_contradiction(answer: str) -> None:
    assert read_contradictions(answer) == ()


def test_lines_are_contradictions() -> None:
    answer = 'Eva | "she is nine" | yesterday she was twelve | her age\n\n- Eva | my sister | my cousin | kin'
    found = read_contradictions(answer)
    assert found is not None
    assert [(one.character, one.why) for one in found] == [("Eva", "her age"), ("Eva", "kin")]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "There are none that I can see.",
        "Eva | nine | twelve",
        "Eva | nine | | age",
        "None\nEva | a | b | c",
        "a|b|c|d|e",
    ],
)
def test_anything_else_is_not_read(answer: str) -> None:
    assert read_contradictions(answer) is None


@pytest.mark.parametrize(
    ("first", "second", "there"),
    [
        ("My sister Eva", "Eva is my cousin", True),
        ('"she is "nine" today"', "yesterday  she was\ttwelve", True),
        ("My sister Eva -- she", "she was twelve.", True),
        ("Her sister Eva", "Eva is my cousin", False),
        ("my sister eva", "Eva is my cousin", False),  # case counts
        ("Eva is my cousin", "Eva is my cousin", False),  # one passage contradicts nothing
        ("Eva", "...", False),
    ],
)
def test_passages_must_be_in_the_text(first: str, second: str, there: bool) -> None:
    found = Contradiction(character="Eva", first=first, second=second, why="")
    assert verified(found, STORY).verified is there


def test_what_is_found_is_checked_kept_and_counted(tmp_path: Path) -> None:
    texts = [Text("ours", "a", STORY, 14), Text("ours", "b", "Ada: Hello.", 1), Text("ours", "c", "Ada: So.", 1)]

    def answer(request: Request) -> Answer:
        words = str(request.parts[0])
        if "Hello" in words:
            return "None"
        if "So." in words:
            return "No, Ending", Ending(Finish.REFUSED)
        return "Eva | My sister Eva | Eva is my cousin | kin\nEva | she is ninety | she was twelve | age"

    model = ScriptedModel(answer)
    found = Search(texts, (Judge(model.name, model=model),), tmp_path).ask()
    result = consistency_result(found)
    (ours,) = result.measured
    assert (ours.n, ours.missing, ours.with_contradictions, ours.share) == (2, 1, 1, 0.5)
    assert (ours.contradictions, ours.unverified) == (1, 1)
    assert ours.per_1000_words == pytest.approx(1000 * 1 / 15)
    # Wilson, 1 of 2: (.5 + z²/4 ± z √(.25/2 + z²/16)) / (1 + z²/2), z = 1.96: .0945 and .9055
    assert ours.ci95 == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert [(one.item, one.verified) for one in result.contradictions] == [("a", True), ("a", False)]
    assert [(one.item, one.status) for one in result.unanswered] == [("c", Status.REFUSED)]
    again = ScriptedModel([])
    assert Search(texts, (Judge(again.name, model=again),), tmp_path).ask() == found
    assert len(read_records(tmp_path / CONTRADICTIONS, Found)) == 3
