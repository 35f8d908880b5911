"""What each task makes of a story, worked out by hand; and that no answer is anything but what the data says."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.testing.stories import story
from photocast.training.story import TASKS, VisualStory
from photocast.training.story.nouns import MOST_PICTURES, Draft, Lacks, Task
from photocast.training.story.prompts import PHRASINGS, StoryPrompts
from photocast.training.story.tasks import MAKERS, Others


def visual(number: int = 0, pictures: int = 3, **more: Any) -> VisualStory:
    return VisualStory.model_validate(story(number, pictures, source="book", **more))


def ask(task: Task, one: VisualStory, *others: VisualStory, seed: int = 0) -> list[Draft]:
    made = MAKERS[task](one, Others.among([one, *others]), Random(seed))
    assert not isinstance(made, Lacks), made
    return list(made)


def lacks(task: Task, one: VisualStory, *others: VisualStory) -> str:
    made = MAKERS[task](one, Others.among([one, *others]), Random(0))
    assert isinstance(made, Lacks)
    return made.reason


def bare(**frame: Any) -> dict[str, Any]:
    return {"image": "a.png"} | frame


# Caption, continuation, generation


def test_every_caption_is_asked_for_with_its_picture_alone() -> None:
    one = visual(frames=[bare(caption="A fox."), bare(), bare(caption="A den.")])
    assert [(draft.shown, draft.answer) for draft in ask("caption", one)] == [((0,), "A fox."), ((2,), "A den.")]
    assert lacks("caption", visual(frames=[bare()])) == "no_caption"


def test_a_story_of_two_pictures_goes_on_with_the_second() -> None:
    (draft,) = ask("continuation", visual(2, 2))
    assert draft.shown == (0, 1)
    assert draft.values == {"told": 1, "ahead": 1, "so_far": "Bram came to place 0 of tale 2."}
    assert draft.answer == "Bram came to place 1 of tale 2."


@given(st.integers(2, 9), st.integers(0, 99))
def test_what_is_told_and_what_comes_next_are_the_beginning_of_the_story(pictures: int, seed: int) -> None:
    one = visual(1, pictures)
    drafts = ask("continuation", one, seed=seed)
    assert [draft.values["told"] for draft in drafts] == list(range(1, pictures))
    for draft in drafts:
        number = draft.values["told"] + draft.values["ahead"]
        assert draft.shown == tuple(range(number)), "no picture is shown that is not told"
        assert f"{draft.values['so_far']} {draft.answer}" == " ".join(one.texts[:number] if one.texts else ())


def test_the_whole_story_is_told_by_picture_or_in_one() -> None:
    assert ask("generation", visual(1, 2))[0].answer == "Ola came to place 0 of tale 1. Ola came to place 1 of tale 1."
    one = visual(frames=[bare(), bare()], story="They went and came back.")
    assert (ask("generation", one)[0].answer, ask("generation", one)[0].shown) == ("They went and came back.", (0, 1))


@pytest.mark.parametrize("task", ["continuation", "generation"])
def test_stories_that_cannot_be_told(task: Task) -> None:
    without = {"continuation": "picture_without_text", "generation": "no_whole_story"}
    assert lacks(task, visual(pictures=1)) == "one_picture"
    assert lacks(task, visual(pictures=MOST_PICTURES + 1)) == "too_many_pictures"
    assert lacks(task, visual(frames=[bare(text="Once."), bare()])) == without[task]
    assert ask(task, visual(pictures=MOST_PICTURES))


# Emotion


def test_every_noted_feeling_is_asked_for_with_all_pictures() -> None:
    shown = [{"name": "Ada", "emotion": "joy"}, {"name": "Leo"}]
    one = visual(frames=[bare(characters=shown), bare(characters=[{"name": "Leo", "emotion": "fear"}])])
    drafts = ask("emotion", one)
    assert [(draft.values["picture"], draft.values["character"], draft.answer) for draft in drafts] == [
        (1, "Ada", "joy"),
        (2, "Leo", "fear"),
    ]
    assert {draft.shown for draft in drafts} == {(0, 1)}
    assert [draft.label for draft in drafts] == ["joy", "fear"]
    assert lacks("emotion", visual(frames=[bare(characters=[{"name": "Leo"}])])) == "no_emotion_noted"


# Consistency


def looking(name: str, *looks: dict[str, str], **more: Any) -> VisualStory:
    """A story without texts, with one character in every picture."""
    frames = [bare(characters=[{"name": name, "look": look}]) for look in looks]
    return visual(id=name, frames=frames, **more)


def test_a_wrong_look_is_that_of_another_story_and_says_so() -> None:
    one = looking("Ada", {"hair": "red"}, {"hair": "red"})
    right, wrong = ask("consistency", one, looking("Leo", {"Hair": "black"}))
    assert (right.answer, right.made, right.values["telling"]) == ("yes", "", "hair: red")
    assert (wrong.answer, wrong.label, wrong.values["telling"]) == ("no, hair", "no, hair", "hair: black")
    assert wrong.made == "hair: black (of book/Leo) for red"
    assert right.shown == wrong.shown == (0, 1)
    assert right.values["picture"] == wrong.values["picture"]


def test_a_look_that_shares_a_word_is_never_put_against_another() -> None:
    one = looking("Ada", {"hair": "brown"}, {"hair": "brown"})
    assert lacks("consistency", one, looking("Leo", {"hair": "dark brown"})) == "nothing_to_compare"


def test_a_look_that_changes_in_the_story_is_not_asked_about() -> None:
    one = looking("Ada", {"coat": "red", "hair": "grey"}, {"coat": "blue", "hair": "grey"})
    other = looking("Leo", {"coat": "green", "hair": "black"})
    for seed in range(20):
        assert {draft.values["telling"] for draft in ask("consistency", one, other, seed=seed)} == {
            "hair: grey",
            "hair: black",
        }


def test_only_pictures_with_the_character_are_shown() -> None:
    look = {"name": "Ada", "look": {"hair": "red"}}
    frames = [bare(characters=[look]), bare(), bare(characters=[look])]
    other = looking("Leo", {"hair": "black"})
    assert {draft.shown for draft in ask("consistency", visual(frames=frames), other)} == {(0, 2)}
    assert lacks("consistency", visual(frames=frames[:2]), other) == "no_character_twice"


def test_a_wrong_name_is_in_one_sentence_behind_the_first() -> None:
    texts = ["Ada rose.", "It rained on Ada's hat.", "Adam left."]
    frames = [bare(text=text, characters=[{"name": "Ada"}]) for text in texts]
    one = visual(frames=frames)
    right, wrong = ask("consistency", one, looking("Leo", {}))
    assert right.values["telling"] == "Ada rose. It rained on Ada's hat. Adam left."
    assert wrong.values["telling"] == "Ada rose. It rained on Leo's hat. Adam left."
    assert (right.answer, wrong.answer) == ("yes", "no, name")
    assert wrong.made == "name: Leo (of book/Leo) for Ada at picture 2"


def test_a_name_that_the_story_knows_is_not_put_in() -> None:
    frames = [bare(text="Ada and Leo rose.", characters=[{"name": "Ada"}]) for _ in range(2)]
    assert lacks("consistency", visual(frames=frames), looking("Leo", {})) == "nothing_to_compare"


def test_what_people_noted_of_the_story_counts_before_what_is_made() -> None:
    kept = [
        {"character": "ada", "consistent": False, "attribute": "age"},
        {"character": "Leo", "consistent": True},
        {"character": "Tom", "consistent": False},
    ]
    frames = [bare(text="Ada rose.", characters=[{"name": "Ada"}]) for _ in range(2)]
    drafts = ask("consistency", visual(frames=frames, kept=kept), looking("Mia", {}))
    assert [(draft.values["about"], draft.answer, draft.made) for draft in drafts] == [
        ("age", "no, age", ""),
        (None, "yes", ""),
        (None, "no", ""),
    ]
    assert lacks("consistency", visual(frames=[bare(), bare()], kept=kept)) == "no_whole_story"
    assert lacks("consistency", visual(frames=[bare()])) == "no_character_noted"


# All


@given(st.integers(0, 999))
def test_every_answer_is_in_the_data(seed: int) -> None:
    stories = [visual(number) for number in range(4)]
    for one in stories:
        written = {frame.caption for frame in one.frames} | {one.whole}
        texts = " ".join(one.texts or ())
        for task in ("caption", "continuation", "generation"):
            for draft in ask(task, one, *stories, seed=seed):
                assert draft.answer in written or draft.answer in texts
        for draft in ask("emotion", one, *stories, seed=seed):
            (shown,) = one.frames[draft.values["picture"] - 1].characters
            assert draft.answer == shown.emotion
        for draft in ask("consistency", one, *stories, seed=seed):
            look = one.frames[0].characters[0].look
            right = draft.values["telling"] in {texts, "; ".join(f"{what}: {how}" for what, how in look.items())}
            assert (draft.answer == "yes") == right == (not draft.made)


def test_every_phrasing_of_every_task_says_what_is_asked() -> None:
    prompts = StoryPrompts()
    stories = [visual(number) for number in range(4)]
    for task in TASKS:
        for draft in ask(task, stories[0], *stories):
            asked = {prompts.ask(draft, Random(seed)) for seed in range(60)}
            assert len(asked) == PHRASINGS
            for text in asked:
                assert all(str(draft.values[name]) in text for name in ("so_far", "telling") if name in draft.values)
                assert all(name in text for name in draft.values.get("names", ()))
                assert all(word in text for word in draft.values.get("emotions", ()))
                assert task not in ("emotion", "consistency") or draft.values["character"] in text


def test_questions_may_be_ones_own(tmp_path: Path) -> None:
    for number in range(1, PHRASINGS + 1):
        (tmp_path / f"caption_{number}.jinja").write_text("What is this?", "utf-8")
    prompts = StoryPrompts(tmp_path)
    assert prompts.ask(ask("caption", visual())[0], Random(0)) == "What is this?"
    assert prompts.version.startswith("1, caption_1.jinja ")
