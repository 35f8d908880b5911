"""Scores from 1 to 5: what is asked, what is read, what is kept, and what the means are made of."""

import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.judging.agreement import Level, krippendorff_alpha
from photocast.bench.judging.lines import add_records, read_records
from photocast.bench.judging.rubric.questions import Text, certain, expected, question, read
from photocast.bench.judging.rubric.run import Judge, Rubric, open_judges
from photocast.bench.judging.rubric.scales import FOR_STORIES, SCALES, Photos, chosen
from photocast.bench.judging.rubric.scores import LOCK, SCORES, Score, read_scores
from photocast.bench.judging.rubric.summary import interval_alpha, summarise
from photocast.bench.judging.rubric.texts import read_texts, with_photos
from photocast.bench.judging.votes import Status
from photocast.models import Ending, Finish, Image, Usage
from photocast.models.budget import Budget
from photocast.models.fake import Answer, ScriptedModel
from photocast.models.tiny import build_tiny
from photocast.models.vision import Token
from photocast.pipeline.front import Front
from photocast.runs import alone_in
from photocast.schema import BudgetError, Fault, InputError, ModelError, UndefinedMetric, UsageError
from photocast.testing import torchvision_shim


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to one test must not come back in another."""
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def ln(chance: float) -> float:
    return math.log(chance)


def likely(answer: str, **chances: float) -> tuple[str, Ending]:
    """An answer whose last letter has these alternatives: `d4=.5` is a chance of .5 for the token `4`."""
    top = tuple((name.removeprefix("d"), ln(chance)) for name, chance in chances.items())
    before = Token(answer[-4:-1], ((answer[-4:-1], -0.01),))
    return answer, Ending(usage=Usage(100, 10), logprobs=(before, Token(answer[-1], top)))


def text(item: str = "a", system: str = "ours", **more: Any) -> Text:
    return Text(system, item, f"Speaker 1: This is {item} by {system}.", 6, **more)


def rubric(
    folder: Path,
    model: ScriptedModel,
    *,
    texts: Sequence[Text] = (text(),),
    scales: Sequence[str] = ("coherence",),
    repeats: int = 3,
    budget: Budget | None = None,
) -> Rubric:
    judge = Judge(model.name, model=model, budget=budget)
    return Rubric(tuple(texts), tuple(SCALES[name] for name in scales), (judge,), folder, repeats)


def one(folder: Path, model: ScriptedModel, **more: Any) -> Score:
    (score,) = rubric(folder, model, **more).ask()
    return score


# Scales and questions


def test_every_scale_says_what_a_one_a_three_and_a_five_are() -> None:
    assert list(SCALES) == ["coherence", "relevance", "emotional_depth", "overall", "conversation", "listenability"]
    assert FOR_STORIES == ("coherence", "relevance", "emotional_depth", "overall")
    words = [words for scale in SCALES.values() for words in (scale.low, scale.middle, scale.high)]
    assert len(set(words)) == 18
    assert all(len(one.split()) > 8 for one in words)


def test_the_page_has_the_scales_as_they_are_asked() -> None:
    page = " ".join((Path(__file__).parents[3] / "docs" / "rubric.md").read_text("utf-8").split())
    for scale in SCALES.values():
        assert f"### {scale.title} (`{scale.name}`" in page
        anchors = f"- **5** {scale.high} - **3** {scale.middle} - **1** {scale.low}"
        assert f"{scale.question} {anchors}" in page


@pytest.mark.parametrize(
    ("photos", "stories", "names"),
    [
        (True, False, list(SCALES)),
        (False, False, ["coherence", "emotional_depth", "overall", "conversation", "listenability"]),
        (True, True, ["coherence", "relevance", "emotional_depth", "overall"]),
        (False, True, ["coherence", "emotional_depth", "overall"]),
    ],
)
def test_all_that_can_be_asked_is_asked(photos: bool, stories: bool, names: list[str]) -> None:
    assert [scale.name for scale in chosen((), photos=photos, stories=stories)] == names


@pytest.mark.parametrize(
    ("name", "said"),
    [("grammar", "there is no criterion 'grammar'"), ("relevance", "no photos"), ("conversation", "nobody speaks")],
)
def test_what_cannot_be_asked_is_refused(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        chosen((name,), photos=False, stories=True)


def test_one_question_holds_one_scale_and_the_photos_come_first(tmp_path: Path) -> None:
    Picture.new("RGB", (32, 32)).save(tmp_path / "p.jpg")
    photo = Image("p01", tmp_path / "p.jpg")
    for name, scale in SCALES.items():
        shown = Text("system_x", "a", "Speaker 1: Here we are.", 3, (photo,))
        asked = question(shown, scale, certain(logprobs=True))
        *seen, words = asked.parts
        assert isinstance(words, str)
        assert [other for other in SCALES if SCALES[other].high in words] == [name]
        assert all(anchor in words for anchor in (scale.low, scale.middle, scale.question))
        assert seen == ([] if scale.photos is Photos.HIDDEN else [photo])
        assert ("You see the photos" in words) == bool(seen)
        assert "Speaker 1: Here we are." in words
        assert "system_x" not in words
    assert "a story" in question(text(story=True), SCALES["overall"], certain(logprobs=False)).parts[0]  # type: ignore[operator]


# Reading


@pytest.mark.parametrize(
    ("answer", "digit", "reason"),
    [
        ("It holds together.\nScore: 4", 4, "It holds together."),
        ("It holds\ntogether.\n\n**Score: 4**\n", 4, "It holds together."),
        ("score：2", 2, ""),
        ("5", 5, ""),
        ("Of 5 photos 3 occur.\n  `1`  ", 1, "Of 5 photos 3 occur."),
        ("Good.\nScore: 3.", 3, "Good."),
    ],
)
def test_a_digit_that_stands_alone_in_the_last_line_is_read(answer: str, digit: int, reason: str) -> None:
    found = read(answer)
    assert found is not None
    assert (found.digit, found.reason) == (digit, reason)


@pytest.mark.parametrize(
    "answer",
    [
        *("", "Score:", "Score: 0", "Score: 6", "Score: 45", "Score: 4/5", "Score: 4.5", "Score: 4 or 5", "Score: -4"),
        *("Score: four", "I give it a 4", "Score: 4\nThat is all.", "4 5", "Score: 4 out of 5", "NaN", "Score: ٤"),
    ],
)
def test_what_has_to_be_guessed_is_not_read(answer: str) -> None:
    assert read(answer) is None


@given(st.text(max_size=40), st.integers(1, 5))
def test_whatever_the_reason_the_digit_is_found(reason: str, digit: int) -> None:
    found = read(f"{reason}\nScore: {digit}")
    assert found is not None
    assert found.digit == digit


# Expected scores


def test_the_expected_score_is_that_of_the_digits_alone() -> None:
    answer, ending = likely("Fine.\nScore: 4", d4=0.5, d5=0.2, d3=0.1, the=0.15)
    found = expected(answer, ending)
    assert found is not None
    # (4 * .5 + 5 * .2 + 3 * .1) / (.5 + .2 + .1) = 3.3 / .8
    assert found.score == pytest.approx(4.125)
    assert found.mass == pytest.approx(0.8)


def test_one_digit_with_and_without_a_blank_is_one_digit() -> None:
    top = (("4", ln(0.3)), (" 4", ln(0.3)), ("2", ln(0.2)), ("9", ln(0.1)), ("44", ln(0.05)))
    found = expected("Score: 4\n", Ending(logprobs=(Token("Score:"), Token(" 4", top), Token("\n"), Token(""))))
    assert found is not None
    # (4 * .6 + 2 * .2) / .8
    assert (found.score, found.mass) == (pytest.approx(3.5), pytest.approx(0.8))


def test_a_digit_in_the_reason_is_not_taken_for_the_score() -> None:
    tokens = (Token("4", (("4", ln(0.9)), ("1", ln(0.1)))), Token("\n"), Token("2", (("2", ln(0.5)), ("1", ln(0.5)))))
    found = expected("4\n2", Ending(logprobs=tokens))
    assert found is not None
    assert found.score == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        ("Score: 4", ()),
        ("Score: 4", (Token(": 4", ((": 4", -0.1), (": 5", -2.0))),)),  # a token that is more than the digit
        ("Score: 4", (Token("4", (("four", -0.1), ("x", -2.0))),)),
        ("Score: 4" + "\n" * 40, (Token("\n"),) * 16),  # the place is beyond what is kept
        ("four", (Token("four", (("4", -0.1),)),)),
    ],
)
def test_without_the_probabilities_of_the_digit_there_is_no_expected_score(answer: str, tokens: Any) -> None:
    assert expected(answer, Ending(logprobs=tokens)) is None


@given(st.dictionaries(st.sampled_from("12345"), st.floats(1e-6, 0.2), min_size=1), st.floats(0, 0.0001))
def test_expected_scores_lie_between_the_digits_that_are_likely(chances: dict[str, float], other: float) -> None:
    digit = max(chances, key=lambda name: chances[name])
    top = tuple((name, ln(chance)) for name, chance in chances.items()) + ((("x", ln(other)),) if other else ())
    found = expected(f"Score: {digit}", Ending(logprobs=(Token(digit, top),)))
    assert found is not None
    assert min(map(int, chances)) - 1e-9 <= found.score <= max(map(int, chances)) + 1e-9
    assert found.mass == pytest.approx(sum(chances.values()))


# Asking


def test_a_judge_that_tells_probabilities_is_asked_once(tmp_path: Path) -> None:
    answer = likely("Fine.\nScore: 4", d4=0.6, d5=0.2)
    model = ScriptedModel([answer], logprobs=True)
    score = one(tmp_path, model)
    # (4 * .6 + 5 * .2) / .8
    assert score.score == pytest.approx(4.25)
    assert (score.how, score.n, score.digits, score.status) == ("expected", 1, (4,), Status.OK)
    assert score.mass == pytest.approx(0.8)
    assert (score.reason, score.raw) == ("Fine.", ("Fine.\nScore: 4",))
    assert (score.input_tokens, score.output_tokens, score.usd) == (100, 10, 0.0)
    (asked,) = model.requests
    assert (asked.sampling.temperature, asked.sampling.logprobs) == (0.0, 20)


def test_a_model_on_this_machine_tells_probabilities(tmp_path: Path) -> None:
    torchvision_shim.install()
    folder = build_tiny("qwen3_vl", tmp_path / "tiny", recites="Fine.\nScore: 4\n")
    judge = Judge(f"hf:{folder}")
    (score,) = Rubric((text(),), (SCALES["coherence"],), (judge,), tmp_path / "judged", 5).ask()
    assert (score.status, score.how, score.n, score.digits) == (Status.OK, "expected", 1, (4,))
    assert score.mass is not None
    assert 0 < score.mass <= 1
    assert 1 <= (score.score or 0) <= 5
    assert score.usd == 0


def test_any_other_is_asked_several_times_at_temperature_one(tmp_path: Path) -> None:
    model = ScriptedModel(["Score: 4", "Score: 5", "Score: 4"])
    score = one(tmp_path, model)
    # (4 + 5 + 4) / 3
    assert score.score == pytest.approx(13 / 3)
    assert (score.how, score.n, score.asked, score.mass) == ("mean", 3, 3, None)
    assert score.digits == (4, 5, 4)
    assert [request.sampling.temperature for request in model.requests] == [1.0] * 3
    assert [request.sampling.seed for request in model.requests] == [0, 1, 2]
    assert [request.sampling.logprobs for request in model.requests] == [0] * 3


def test_one_that_ought_to_tell_probabilities_and_does_not_is_asked_several_times(tmp_path: Path) -> None:
    model = ScriptedModel(["Score: 1", "Score: 4", "Score: 5"], logprobs=True)
    score = one(tmp_path, model, repeats=2)
    assert (score.score, score.how, score.n) == (4.5, "mean", 2)  # the first answer was drawn in another way


def test_an_answer_that_cannot_be_read_is_asked_for_again_and_then_counted(tmp_path: Path) -> None:
    model = ScriptedModel(["Four.", "Score: 4", "Hm.", "Hm again.", "Score: 3"])
    score = one(tmp_path, model)
    assert (score.score, score.n, score.asked, score.status) == (3.5, 2, 3, Status.OK)
    assert score.raw == ("Four.", "Score: 4", "Hm.", "Hm again.", "Score: 3")
    assert "could not be read, twice" in score.detail
    assert "The last line must be" in str(model.requests[1].parts[-1])


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("It is good.", Status.UNREADABLE),
        ("I'm sorry, but I can't help with that.", Status.REFUSED),
        (("No.", Ending(Finish.REFUSED)), Status.REFUSED),
        (("Score: 4", Ending(Finish.LENGTH)), Status.UNREADABLE),
        (ModelError(Fault.FILTERED, "filtered", "a filter", "Change it"), Status.REFUSED),
        (ModelError(Fault.TOO_LONG, "too long", "it is", "Shorten it"), Status.FAILED),
    ],
)
def test_without_a_digit_there_is_no_score_and_the_reason_is_kept(
    answer: Answer, status: Status, tmp_path: Path
) -> None:
    score = one(tmp_path, ScriptedModel(lambda request: answer))
    assert (score.status, score.score, score.n, score.how) == (status, None, 0, None)
    assert score.detail
    assert read_scores(tmp_path) == [score]


def test_who_refuses_is_not_asked_to_refuse_again(tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: ("No.", Ending(Finish.REFUSED)))
    one(tmp_path, model, repeats=20)
    assert len(model.requests) == 1


# Keeping


def test_what_was_scored_is_not_asked_again(tmp_path: Path) -> None:
    first = one(tmp_path, ScriptedModel(["Score: 4"] * 3))
    again = ScriptedModel([])
    assert one(tmp_path, again) == first
    assert again.requests == []


def test_another_text_is_another_question(tmp_path: Path) -> None:
    one(tmp_path, ScriptedModel(["Score: 4"] * 3))
    changed = Text("ours", "a", "Speaker 1: Something else.", 2)
    assert one(tmp_path, ScriptedModel(["Score: 2"] * 3), texts=[changed]).score == 2
    assert [score.score for score in read_scores(tmp_path)] == [2]  # the last one counts
    assert len(read_records(tmp_path / SCORES, Score)) == 2  # and nothing is lost


def test_more_repeats_ask_for_what_is_missing_alone(tmp_path: Path) -> None:
    """The first answers come from the journal."""
    one(tmp_path, ScriptedModel(["Score: 4", "Score: 4"]), repeats=2)
    model = ScriptedModel(["Score: 1"])
    score = one(tmp_path, model, repeats=3)
    assert (score.digits, len(model.requests)) == ((4, 4, 1), 1)
    assert one(tmp_path, ScriptedModel([]), repeats=2) == score  # fewer would be a worse score


def test_what_failed_is_asked_again_and_what_was_refused_is_not(tmp_path: Path) -> None:
    broken = ModelError(Fault.EMPTY, "nothing came", "it was empty", "Try again")
    assert one(tmp_path, ScriptedModel(lambda request: broken)).status is Status.FAILED
    assert one(tmp_path, ScriptedModel(["Score: 4"] * 3)).status is Status.OK
    refused = text("b")
    model = ScriptedModel(lambda request: ("No.", Ending(Finish.REFUSED)))
    one(tmp_path, model, texts=[refused])
    assert one(tmp_path, ScriptedModel([]), texts=[refused]).status is Status.REFUSED


DYING = """
import os, sys
from pathlib import Path
from photocast.bench.judging.rubric.questions import Text
from photocast.bench.judging.rubric.run import Judge, Rubric
from photocast.bench.judging.rubric.scales import SCALES
from photocast.testing import ScriptedModel

calls = 0

def answer(request):
    global calls
    calls += 1
    if calls > 12:
        os.kill(os.getpid(), 9)
    return "Score: 4"

model = ScriptedModel(answer)
texts = tuple(Text("ours", str(number), f"Speaker 1: {number}", 1) for number in range(20))
Rubric(texts, (SCALES["coherence"],), (Judge(model.name, model=model),), Path(sys.argv[1]), 1).ask()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_a_run_that_is_killed_keeps_what_it_has(tmp_path: Path) -> None:
    """The journal is gone with the machine: what is in the folder is enough."""
    folder = tmp_path / "judged"
    done = subprocess.run(
        [sys.executable, "-c", DYING, folder], env=os.environ | {"PHOTOCAST_STATE": str(tmp_path / "lost")}, check=False
    )
    assert done.returncode == -9
    kept = read_scores(folder)
    assert 0 < len(kept) <= 12
    with (folder / SCORES).open("a") as file:
        file.write('{"item": "b", "system": "ou')  # and a line was under way
    texts = [Text("ours", str(number), f"Speaker 1: {number}", 1) for number in range(20)]
    model = ScriptedModel(lambda request: "Score: 2")
    scores = rubric(folder, model, texts=texts, repeats=1).ask()
    assert sorted(score.score or 0 for score in scores) == [2.0] * (20 - len(kept)) + [4.0] * len(kept)
    assert len(model.requests) == 20 - len(kept)
    assert len(read_scores(folder)) == 20


def test_a_budget_ends_the_run_and_keeps_what_was_paid_for(tmp_path: Path) -> None:
    usage = Usage(1000, 100)
    model = ScriptedModel(
        lambda request: ("Score: 4", Ending(usage=usage)), name="openai:gpt-4o-mini", host="api.openai.com"
    )
    judge = Judge(model.name, model=model, budget=Budget(0.0035))
    texts = tuple(text(str(number)) for number in range(40))
    with pytest.raises(BudgetError):
        Rubric(texts, (SCALES["coherence"],), (judge,), tmp_path / "judged", 1).ask()
    scored = read_scores(tmp_path / "judged")
    assert 0 < len(scored) == len(model.requests) < 40
    # gpt-4o-mini: $0.15 and $0.60 for a million tokens
    assert all(score.usd == pytest.approx(1000 * 0.15e-6 + 100 * 0.60e-6) for score in scored)
    assert judge.asking.use.usd == pytest.approx(len(scored) * 0.00021)


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path, LOCK), pytest.raises(InputError, match="another run is writing"):
        one(tmp_path, ScriptedModel([]))


def test_a_line_that_is_no_score_is_named(tmp_path: Path) -> None:
    score = one(tmp_path, ScriptedModel(["Score: 4"] * 3))
    for line, said in (
        (score.model_dump_json().replace('"score":4.0', '"score":7.0'), "score: Input should be less than or equal"),
        (score.model_dump_json().replace('"status":"ok"', '"status":"fine"'), "status"),
        ('{"a": 1}', "item: Field required"),
    ):
        (tmp_path / SCORES).write_text(f"{score.model_dump_json()}\n{line}\n", "utf-8")
        with pytest.raises(InputError, match=f"line 2, cannot be used: {said}"):
            read_scores(tmp_path)


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    model = ScriptedModel(["Score: 4"] * 3)
    with pytest.raises(InputError, match="cannot write"):
        one(tmp_path / "file" / "judged", model)
    assert model.requests == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    score = one(tmp_path, ScriptedModel(["Score: 4"] * 3))
    (tmp_path / "full.jsonl").symlink_to("/dev/full")
    with pytest.raises(InputError, match="cannot write"):
        add_records(tmp_path / "full.jsonl", [score])


def test_records_are_added_behind_a_line_that_was_cut(tmp_path: Path) -> None:
    score = one(tmp_path, ScriptedModel(["Score: 4"] * 3))
    (tmp_path / SCORES).write_bytes(b'{"item": "')
    add_records(tmp_path / SCORES, [score])
    assert read_scores(tmp_path) == [score]


# Planning


def test_a_plan_counts_calls_and_asks_nothing(tmp_path: Path) -> None:
    texts = [text("a"), text("b")]
    model = ScriptedModel(["Score: 4"] * 3)
    asked = rubric(tmp_path, model, texts=texts, scales=["coherence", "overall"])
    (plan,) = asked.plan()
    assert (plan.questions, plan.done, plan.calls) == (4, 0, (12, 24))
    assert plan.output_tokens == 12 * 120
    assert model.requests == []
    rubric(tmp_path, model, texts=texts[:1]).ask()
    (plan,) = rubric(tmp_path, model, texts=texts, scales=["coherence", "overall"]).plan()
    assert (plan.questions, plan.done, plan.calls) == (4, 1, (9, 18))
    (plan,) = rubric(tmp_path / "new", ScriptedModel([], logprobs=True), texts=texts).plan()
    assert plan.calls == (2, 16)  # at most: two tries with probabilities, and 3 repeats of two tries without


def test_judges_have_different_names() -> None:
    with pytest.raises(UsageError, match="named twice"):
        open_judges(["a:b", "a:b"], Budget(), Front(), what="rubric", prompts="1", urls={})
    with pytest.raises(UsageError, match="nobody is there"):
        open_judges([], Budget(), Front(), what="rubric", prompts="1", urls={})


# Texts


def written(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in texts.items():
        (folder / f"{name}.txt").write_text(words, "utf-8")
    return folder


TALK = "Ada: Look at the loaf, Leo.\nLeo: [laughs] It rose!\nAda: **Finally.**\n"


def test_texts_are_blinded_and_what_cannot_be_read_is_listed(tmp_path: Path) -> None:
    ours = written(tmp_path / "ours", a=TALK, b=TALK, c="Nobody in particular.")
    found = read_texts([str(ours)])
    assert [(one.system, one.item) for one in found.texts] == [("ours", "a"), ("ours", "b")]
    assert found.texts[0].body.startswith("Speaker 1: Look at the loaf, Leo.\nSpeaker 2: It rose!")
    assert "**" not in found.texts[0].body
    assert found.texts[0].words == 8
    assert [Path(one.file).name for one in found.failed] == ["c.txt"]
    assert read_texts([str(ours)], names=True).texts[0].body.startswith("Ada: Look at")


def test_stories_need_nobody_who_speaks(tmp_path: Path) -> None:
    ours = written(tmp_path / "ours", a="The loaf rose.\nIt was noon.", b="  ")
    found = read_texts([f"human={ours}"], stories=True)
    assert [(one.system, one.item, one.body, one.story) for one in found.texts] == [
        ("human", "a", "The loaf rose.\nIt was noon.", True)
    ]
    assert [Path(one.file).name for one in found.failed] == ["b.txt"]
    with pytest.raises(InputError, match="there is nothing to rate"):
        read_texts([str(ours)])


def test_photos_of_the_item_are_shown_and_an_item_without_any_is_listed(tmp_path: Path) -> None:
    for item in ("a", "b"):
        (tmp_path / "albums" / item).mkdir(parents=True)
        for number in range(2):
            Picture.effect_noise((64, 64), 50 + number).convert("RGB").save(
                tmp_path / "albums" / item / f"{number}.jpg"
            )
    for file in (tmp_path / "albums" / "b").iterdir():
        file.write_bytes(file.read_bytes()[:200])
    ours = written(tmp_path / "ours", a=TALK, b=TALK, z=TALK)
    albums = EvaluationSet.open(tmp_path / "albums")
    read = read_texts([str(ours)], albums)
    assert read.notes == ("ours: the albums have no z; left out",)
    with with_photos(read, albums) as texts:
        assert [(one.item, len(one.photos)) for one in texts.texts] == [("a", 2)]
        assert [Path(one.file).name for one in texts.failed] == ["b"]
        assert texts.texts[0].photos[0].sha256 != texts.texts[0].photos[1].sha256


# Summary


def score(item: str, system: str, value: float | None, judge: str = "j1", **more: Any) -> Score:
    fields = {"item": item, "system": system, "criterion": "overall", "judge": judge, "score": value}
    known = {"status": Status.OK, "how": "mean", "n": 1} if value is not None else {"status": Status.REFUSED}
    return Score.model_validate(fields | known | more)


def test_means_are_over_items_that_every_judge_scored(tmp_path: Path) -> None:
    scores = [
        *(score("a", "ours", 4), score("b", "ours", 5), score("c", "ours", 3)),
        *(score("a", "ours", 3, "j2"), score("b", "ours", 4, "j2"), score("c", "ours", None, "j2")),
    ]
    result = summarise(scores, resamples=500)
    (mean,) = result.means
    # a: (4 + 3) / 2, b: (5 + 4) / 2; c lacks a judge
    assert (mean.mean, mean.n, mean.left_out) == (4.0, 2, 1)
    assert mean.ci95 == (3.5, 4.5)
    assert [(one.judge, one.mean, one.n) for one in result.by_judge] == [("j1", 4.0, 3), ("j2", 3.5, 2)]
    assert [(one.item, one.judge, one.status) for one in result.missing] == [("c", "j2", Status.REFUSED)]
    assert result.judges[1].statuses == {"ok": 2, "refused": 1}


def test_a_judge_without_any_score_takes_the_means_of_the_others_away_from_nobody() -> None:
    scores = [score("a", "ours", 4), score("b", "ours", 2), score("a", "ours", None, "j2")]
    result = summarise(scores)
    assert (result.means[0].mean, result.means[0].n) == (3.0, 2)
    assert "j2 gave no score at all, and is in no mean" in result.notes


def test_differences_are_paired_and_allow_for_how_many_there_are() -> None:
    ours, theirs = {"a": 5.0, "b": 4.0, "c": 4.0, "d": 4.0}, {"a": 3.0, "b": 3.0, "c": 3.0, "e": 1.0}
    scores = [score(item, "ours", value) for item, value in ours.items()]
    scores += [score(item, "theirs", value) for item, value in theirs.items()]
    scores += [one.model_copy(update={"criterion": "coherence", "score": 3.0}) for one in scores]
    result = summarise(scores)
    better, same = result.differences
    # a: 2, b: 1, c: 1; of the 4 patterns of signs up to turning all around one sums to 4 or more: p = 1 / 4
    assert (better.a, better.b, better.n) == ("ours", "theirs", 3)
    assert better.difference == pytest.approx(4 / 3)
    assert (better.p, better.p_holm) == (0.25, 0.5)
    assert better.ci95 == (1.0, 2.0)
    assert (same.difference, same.p_holm) == (0.0, 1.0)


def test_agreement_is_that_of_interval_scores() -> None:
    first, second = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0]
    scores = [score(str(at), "ours", value, "j1") for at, value in enumerate(first)]
    scores += [score(str(at), "ours", value, "j2") for at, value in enumerate(second)]
    (found,) = summarise(scores).agreement
    # D_o = (1/8) * 2 * (4-5)^2 = .25. Values 1,1,2,2,3,3,4,5: Σ over ordered pairs (c-k)^2 = 2 (n Σv² - (Σv)²)
    # = 2 (8 * 69 - 21²) = 222, D_e = 222 / (8 * 7). α = 1 - .25 * 56 / 222
    assert found.alpha == pytest.approx(1 - 0.25 * 56 / 222)
    assert found.ci95 is not None
    (pair,) = found.pairs
    # deviations -1.5, -.5, .5, 1.5 and -1.75, -.75, .25, 2.25: 6.5 / √(5 * 8.75)
    assert pair.pearson == pytest.approx(6.5 / math.sqrt(5 * 8.75))
    assert (pair.judges, pair.n, pair.difference) == (("j1", "j2"), 4, -0.25)


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(10, 50)), min_size=3, max_size=3), min_size=2, max_size=8))
def test_alpha_by_sums_is_alpha_by_coincidences(rows: list[list[int | None]]) -> None:
    table = np.array([[np.nan if one is None else one / 10 for one in row] for row in rows])
    alpha, ci95 = interval_alpha(table, [str(at) for at in range(len(rows))], resamples=20)
    try:
        assert alpha == pytest.approx(krippendorff_alpha(table, Level.INTERVAL), abs=1e-9)
    except UndefinedMetric:
        assert (alpha, ci95) == (None, None)


def test_judges_that_always_say_the_same_have_no_agreement_to_speak_of() -> None:
    scores = [score(item, "ours", 4.0, judge) for item in "ab" for judge in ("j1", "j2")]
    (found,) = summarise(scores).agreement
    assert (found.alpha, found.ci95, found.pairs[0].pearson) == (None, None, None)


def test_one_judge_agrees_with_nobody() -> None:
    assert summarise([score("a", "ours", 4.0)]).agreement == ()
    assert summarise([score("a", "ours", 4.0)]).means[0].ci95 is None


def test_how_scores_came_about_is_counted() -> None:
    scores = [
        score("a", "ours", 4.2, how="expected", mass=0.9, usd=0.5, input_tokens=10, output_tokens=1, n=1),
        score("b", "ours", 3.5, how="expected", mass=0.7, usd=0.25, input_tokens=20, output_tokens=2, n=1),
        score("c", "ours", 3.0, n=3, asked=5, usd=None),
    ]
    (judge,) = summarise(scores).judges
    assert (judge.expected, judge.averaged, judge.answers, judge.lost) == (2, 1, 5, 2)
    assert (judge.mass, judge.least_mass) == (pytest.approx(0.8), 0.7)
    assert (judge.input_tokens, judge.output_tokens, judge.usd) == (30, 3, None)
    assert summarise(scores[:2]).judges[0].usd == 0.75


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y"]), st.sampled_from(["j1", "j2"]), st.floats(1, 5)),
        min_size=1,
        max_size=20,
        unique_by=lambda row: row[:3],
    )
)
def test_means_stay_on_the_scale(rows: list[tuple[str, str, str, float]]) -> None:
    result = summarise([score(item, system, value, judge) for item, system, judge, value in rows], resamples=50)
    for mean in (*result.means, *result.by_judge):
        assert mean.mean is None or 1 <= mean.mean <= 5 + 1e-9
        if mean.ci95:
            assert mean.ci95[0] - 1e-9 <= (mean.mean or 0) <= mean.ci95[1] + 1e-9
    assert all(abs(one.difference) <= 4 for one in result.differences)
