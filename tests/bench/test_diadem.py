"""The evaluator of DiaDemBench: reading, judging, extracting, and what goes into the means."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from photocast.bench.diadem import (
    AliasJudge,
    Asking,
    DiademResult,
    ExactJudge,
    Judge,
    ModelJudge,
    NoAnswer,
    Prediction,
    Question,
    Reference,
    Run,
    evaluate,
    read_aliases,
    read_predictions,
    read_references,
)
from photocast.bench.diadem.extraction import spoken_lines
from photocast.bench.diadem.judges import answers, frames_of
from photocast.bench.diadem.summary import Clip, f1_interval, group, kinds_of, score
from photocast.metrics.attribution import Rates, WordErrors
from photocast.models import Ending, Finish, Image, Request
from photocast.models.budget import Budget
from photocast.models.fake import Answer, ScriptedModel
from photocast.schema import BudgetError, Fault, InputError, ModelError, UsageError


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to one test must not come back in another."""
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def references(**lines: Sequence[str]) -> dict[str, Reference]:
    return {video: Reference(video_id=video, gt_dialogues=tuple(said)) for video, said in lines.items()}


def predictions(**lines: Sequence[str]) -> dict[str, Prediction]:
    return {video: Prediction(video_id=video, dialogues=tuple(said)) for video, said in lines.items()}


def asking(model: ScriptedModel, budget: Budget | None = None) -> Asking:
    return Asking(model.name, "test", run=Run("bench diadem: test"), prompts="1", model=model, budget=budget)


def always(answer: Answer) -> Callable[[Request], Answer]:
    return lambda request: answer


def words_of(request: Request) -> str:
    return "".join(part for part in request.parts if isinstance(part, str))


class Generous:
    """Takes everybody for the same."""

    name, use = "generous", None

    def verdicts(self, questions: Sequence[Question]) -> list[tuple[bool, ...] | NoAnswer]:
        return [(True,) * len(one.pairs) for one in questions]


# What is counted


def test_the_golden_cases_through_the_whole_evaluator(shared: Path) -> None:
    cases: dict[str, Any] = json.loads((shared / "diadem" / "golden_cases.json").read_text("utf-8"))
    result = evaluate(
        predictions(**{name: case["pred"] for name, case in cases.items()}),
        references(**{name: case["gt"] for name, case in cases.items()}),
        Generous(),
        official=True,
    )
    assert {one.video_id: (one.asr_recall, one.asr_precision) for one in result.videos} == {
        name: (100 * case["asr_rec"], 100 * case["asr_prec"]) for name, case in cases.items()
    }
    recall = 100 * sum(case["asr_rec"] for case in cases.values()) / 10
    precision = 100 * sum(case["asr_prec"] for case in cases.values()) / 10
    asr = result.overall.asr
    assert (asr.recall, asr.precision) == pytest.approx((recall, precision))
    assert asr.f1 == pytest.approx(2 * recall * precision / (recall + precision))
    assert (result.n, result.coverage, result.failed) == (10, 1.0, ())


def official_and_corrected(predicted: dict[str, Prediction], meant: dict[str, Reference]) -> list[DiademResult]:
    return [evaluate(predicted, meant, Generous(), official=official) for official in (True, False)]


def test_a_silent_captioner_gains_nothing() -> None:
    # a: all right. b: nothing predicted. Recall (1 + 0)/2; precision (1 + 1)/2 officially, 1/1 over a alone with us.
    official, ours = official_and_corrected(
        predictions(a=["Man: hello"], b=[]), references(a=["Man: hello"], b=["Man: good morning"])
    )
    assert (official.overall.asr.recall, official.overall.asr.precision) == (50.0, 100.0)
    assert official.overall.asr.undefined_precision == 0
    assert (ours.overall.asr.recall, ours.overall.asr.precision) == (50.0, 100.0)
    assert ours.overall.asr.undefined_precision == 1
    # c says only what nobody said: now precision is (1 + 1 + 0)/3 officially, (1 + 0)/2 with us.
    official, ours = official_and_corrected(
        predictions(a=["Man: hello"], b=[], c=["Man: xyz"]),
        references(a=["Man: hello"], b=["Man: good morning"], c=["Man: hello"]),
    )
    assert official.overall.asr.precision == pytest.approx(200 / 3)
    assert ours.overall.asr.precision == 50.0
    assert "precision of 100" in "; ".join(official.notes)
    assert not [note for note in ours.notes if note.startswith("official")]


def test_nothing_but_silence_has_an_f1_of_zero() -> None:
    ours = evaluate(predictions(a=[], b=[]), references(a=["M: hello"], b=["M: hello"]), ExactJudge())
    assert (ours.overall.ref.recall, ours.overall.ref.precision, ours.overall.ref.f1) == (0.0, None, 0.0)
    assert ours.overall.ref.ci95 == (0.0, 0.0)
    assert ours.cpwer == 100.0


def test_full_width_colons_are_read_but_not_officially() -> None:
    official, ours = official_and_corrected(predictions(a=["男人：你好"]), references(a=["男人: 你好"]))
    assert (official.overall.asr.f1, ours.overall.asr.f1) == (0.0, 100.0)
    assert "1 line of the predictions could not be read: no colon; left out" in official.notes


def test_utterances_without_a_word_drop_a_clip_officially() -> None:
    predicted = predictions(a=["A: ...", "A: hello"], b=["A: yes"])
    official, ours = official_and_corrected(predicted, references(a=["M: !", "M: hello"], b=["M: yes"]))
    assert (official.overall.asr.n, official.coverage) == (1, 0.5)
    assert [(one.video_id, one.stage) for one in official.failed] == [("a", "matching")]
    assert (ours.overall.asr.n, ours.overall.asr.f1, ours.failed) == (2, 100.0, ())
    assert [note for note in ours.notes if note.startswith("1 line")] == [
        f"1 line of the {whose} could not be read: no colon, or no word; left out"
        for whose in ("predictions", "references")
    ]


def test_clips_without_a_prediction_count_and_are_listed() -> None:
    result = evaluate(
        predictions(a=["Man: hello"], z=["Man: hi"]), references(a=["Man: hello"], b=["Man: hello"]), ExactJudge()
    )
    assert (result.n, result.coverage, result.without_reference) == (2, 0.5, ("z",))
    assert [(one.video_id, one.stage) for one in result.failed] == [("b", "prediction")]
    assert result.overall.asr.recall == 50.0


def test_without_a_reference_there_is_nothing_to_score() -> None:
    with pytest.raises(InputError, match="no clip has a reference"):
        evaluate(predictions(a=["A: hi"]), {}, ExactJudge())


def test_ref_needs_the_right_speaker_and_asr_does_not() -> None:
    # Two matches at 1.0, one of them with the right speaker.
    result = evaluate(
        predictions(a=["The MAN: hello there", "the child: who are you"]),
        references(a=["the man: Hello, there!", "the woman: Who are you?"]),
        ExactJudge(),
    )
    assert (result.overall.asr.f1, result.overall.ref.f1) == (100.0, 50.0)
    assert [(one.predicted, one.reference, one.same) for one in result.videos[0].matches] == [
        ("The MAN", "the man", True),
        ("the child", "the woman", False),
    ]
    assert (result.videos[0].word_errors, result.videos[0].words) == (0, 5)


# Means, kinds of clips, intervals


def clip(asr: Rates | None, *, kinds: Sequence[str] = (), words: WordErrors | None = None) -> Clip:
    return Clip(frozenset(kinds), asr, asr, words)


def test_f1_is_of_the_means() -> None:
    # R = (1 + .5)/2, P = (.5 + 1)/2: F1 = .75, while the mean of the F1 of the clips would be 2/3.
    found = score([Rates(1.0, 0.5), Rates(0.5, 1.0)])
    assert (found.recall, found.precision, found.f1) == (75.0, 75.0, 75.0)


def test_cpwer_of_a_group_is_over_all_words() -> None:
    clips = [clip(None, words=WordErrors(1, 2)), clip(None, words=WordErrors(0, 8)), clip(None)]
    assert group(clips).cpwer == 10.0  # 1 of 10, not the mean of 50 and 0
    assert group(clips).n == 3
    assert group(clips).asr.f1 is None


def test_an_interval_by_hand() -> None:
    # Drawing two of a perfect clip and a void one: F1 is 1, .5 (twice) or 0, at 1/4, 1/2 and 1/4.
    assert f1_interval(np.array([[1.0, 1.0], [0.0, 0.0]])) == (0.0, 1.0)
    assert f1_interval(np.array([[1.0, 1.0]])) is None
    assert f1_interval(np.array([[np.nan, np.nan]] * 3)) is None
    assert f1_interval(np.array([[0.5, 0.5]] * 9)) == (0.5, 0.5)


def test_an_interval_is_that_of_a_plain_bootstrap() -> None:
    random = np.random.default_rng(5)
    table = random.uniform(size=(30, 2))
    table[::7, 1] = np.nan
    values = []
    for _ in range(4000):
        drawn = table[random.integers(0, 30, 30)]
        recall, precision = np.nanmean(drawn, axis=0)
        values.append(2 * recall * precision / (recall + precision))
    assert f1_interval(table) == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])), abs=0.01)


rates = st.one_of(st.none(), st.floats(0, 1))


@given(st.lists(st.builds(Rates, rates, rates), min_size=2, max_size=12))
def test_intervals_are_ordered_and_repeatable(some: list[Rates]) -> None:
    table = np.array([[one.recall, one.precision] for one in some], dtype=np.float64)
    found = f1_interval(table, resamples=50)
    assert found == f1_interval(table, resamples=50)
    assert found is None or 0 <= found[0] <= found[1] <= 1 + 1e-12


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, set()),
        ({"speaker_num": 0}, {"speakers_overlap"}),
        ({"speaker_num": 5, "people_num_in_screen": 0}, {"speakers_3_or_more"}),
        ({"is_single_shot": 0}, {"multi_shot"}),
        ({"has_same_sex_speakers": 1, "only_opposite_sex_speakers": 0}, {"same_sex"}),
        (
            {"is_single_shot": 1, "speaker_num": 2, "people_num_in_screen": 1, "has_off_screen_speaker": True},
            {
                *("single_shot", "speakers_2", "people_1", "off_screen"),
                *("single_shot/speakers_2", "single_shot/people_1", "single_shot/off_screen"),
            },
        ),
    ],
)
def test_kinds_of_clips(fields: dict[str, Any], kinds: set[str]) -> None:
    assert kinds_of(Reference(video_id="1", gt_dialogues=(), **fields)) == kinds


def test_strata_add_up() -> None:
    meant = {
        str(at): Reference(
            video_id=str(at),
            gt_dialogues=("M: hello",),
            speaker_num=at % 4,
            is_single_shot=at % 2,
            people_num_in_screen=3,
        )
        for at in range(8)
    }
    result = evaluate({}, meant, ExactJudge())
    sizes = {name: one.n for name, one in result.strata.items()}
    assert sum(sizes[f"speakers_{kind}"] for kind in ("1", "2", "3_or_more", "overlap")) == 8
    assert (sizes["single_shot"], sizes["multi_shot"], sizes["people_3_or_more"]) == (4, 4, 8)
    assert (sizes["single_shot/speakers_1"], sizes["multi_shot/speakers_overlap"]) == (2, 2)
    assert "off_screen" not in sizes
    assert "single_shot/speakers_2" not in sizes


# Judges


CLIP = {"predicted": ["Man in red: hello there", "Girl: who are you"], "meant": ["A: hello there", "B: who are you"]}


def judged_by(judge: Judge, *, official: bool = False) -> DiademResult:
    return evaluate(predictions(v1=CLIP["predicted"]), references(v1=CLIP["meant"]), judge, official=official)


def test_a_model_judges_all_pairs_of_a_clip_at_once() -> None:
    model = ScriptedModel(["Yes\nNo"])
    result = judged_by(ModelJudge(asking(model)))
    (request,) = model.requests
    assert "1. Man in red | A\n2. Girl | B\n" in words_of(request)
    assert "Answer with 2 words" in words_of(request)
    assert (request.purpose, request.sampling.temperature, request.images) == ("judge", 0.0, ())
    assert (result.overall.ref.f1, result.overall.asr.f1, result.coverage) == (50.0, 100.0, 1.0)
    assert (result.judge, [(use.way, use.calls) for use in result.use]) == ("scripted:test", [("test", 1)])


def test_a_clip_without_a_match_needs_no_question() -> None:
    model = ScriptedModel([])
    result = evaluate(predictions(a=["A: xyz"]), references(a=["B: hello there"]), ModelJudge(asking(model)))
    assert (model.requests, result.overall.ref.f1, result.coverage) == ([], 0.0, 1.0)


def test_a_wrong_number_of_answers_is_asked_for_once_more() -> None:
    model = ScriptedModel(["Yes", "Yes Yes"])
    result = judged_by(ModelJudge(asking(model)))
    first, second = model.requests
    assert words_of(second).startswith(words_of(first))
    assert words_of(second).endswith("Answer with exactly 2 words, each Yes or No. No explanation.")
    assert (result.overall.ref.f1, result.failed) == (100.0, ())


@pytest.mark.parametrize("official", [False, True])
def test_a_clip_that_cannot_be_judged_is_counted(official: bool) -> None:
    result = judged_by(ModelJudge(asking(ScriptedModel(always("Yes, I think so")))), official=official)
    (failure,) = result.failed
    assert (failure.video_id, failure.stage) == ("v1", "judge")
    assert "could not be read, twice; it begins 'Yes, I think so'" in failure.reason
    assert (result.overall.ref.n, result.overall.ref.f1, result.coverage) == (0, None, 0.0)
    assert result.overall.asr.n == (0 if official else 1)  # the published script discards the whole clip
    assert [one.same for one in result.videos[0].matches] == [None, None]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (("", Ending(Finish.REFUSED)), "refused"),
        (("Yes", Ending(Finish.LENGTH)), "was not whole, twice"),
        (ModelError(Fault.TOO_LONG, "too long", "it does not fit", "Less"), "it does not fit"),
    ],
)
def test_trouble_with_one_clip_does_not_stop_the_others(answer: Answer, reason: str) -> None:
    def say(request: Request) -> Answer:
        return answer if "Girl" in words_of(request) else "Yes"

    result = evaluate(
        predictions(v1=CLIP["predicted"], v2=["Man: good morning"]),
        references(v1=CLIP["meant"], v2=["C: good morning"]),
        ModelJudge(asking(ScriptedModel(say))),
    )
    (failure,) = result.failed
    assert (failure.video_id, reason in failure.reason) == ("v1", True)
    assert (result.overall.ref.n, result.overall.ref.f1) == (1, 100.0)


def test_trouble_with_the_model_stops() -> None:
    wrong = ModelError(Fault.WRONG_KEY, "the key is wrong", "the provider says so", "Correct it")
    with pytest.raises(ModelError, match="the key is wrong"):
        judged_by(ModelJudge(asking(ScriptedModel(always(wrong)))))


def test_answers_of_an_earlier_run_are_not_paid_again() -> None:
    first, second = ScriptedModel(["Yes No"]), ScriptedModel([])
    before, after = (judged_by(ModelJudge(asking(model))) for model in (first, second))
    assert (second.requests, before.overall, before.videos) == ([], after.overall, after.videos)
    assert [(use.calls, use.from_journal) for use in after.use] == [(0, 1)]


def test_a_call_beyond_the_budget_is_not_made() -> None:
    model = ScriptedModel(["Yes No"], name="openai:gpt-5-mini", host="api.openai.com")
    with pytest.raises(BudgetError, match="could cost more than --max-cost leaves"):
        judged_by(ModelJudge(asking(model, Budget(0.0001))))
    assert model.requests == []


def test_two_models_share_a_budget_and_have_their_own_sums() -> None:
    budget = Budget(5.0)
    extractor = ScriptedModel(["Man in red: hello there\nGirl: who are you"], name="openai:gpt-5-mini", host="api")
    judge = ScriptedModel(["Yes Yes"], name="openai:gpt-5-mini", host="api")
    result = evaluate(
        {"v1": Prediction(video_id="v1", pred="A man in red greets a girl. 'Hello there.' 'Who are you?'")},
        references(v1=CLIP["meant"]),
        ModelJudge(asking(judge, budget)),
        extractor=asking(extractor, budget),
    )
    extracting, judging = result.use
    assert (extracting.calls, judging.calls, budget.spent.calls) == (1, 1, 2)
    assert extracting.usd is not None
    assert judging.usd is not None
    assert extracting.usd + judging.usd == pytest.approx(budget.spent.usd)
    assert 0 < judging.usd < 5.0


def frames(folder: Path, *names: str) -> None:
    folder.mkdir()
    for shade, name in enumerate(names):
        Picture.new("RGB", (64, 48), (shade, shade, shade)).save(folder / f"{name}.jpg")


def test_a_model_sees_the_frames_of_the_clip(tmp_path: Path) -> None:
    frames(tmp_path / "v1", "frame_10", "frame_2", "frame_1")
    model = ScriptedModel(["Yes Yes"])
    result = judged_by(ModelJudge(asking(model), tmp_path))
    (request,) = model.requests
    assert [one.photo for one in request.images] == ["frame_1", "frame_2", "frame_10"]
    assert isinstance(request.parts[0], Image)
    assert "whose 3 frames you see above" in words_of(request)
    assert (result.judge, result.coverage) == ("scripted:test with frames", 1.0)


def test_frames_that_are_not_there_or_are_no_pictures(tmp_path: Path) -> None:
    result = judged_by(ModelJudge(asking(ScriptedModel([])), tmp_path))
    assert [one.reason for one in result.failed] == [f"there is no .jpg in {tmp_path / 'v1'}"]
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "a.jpg").write_text("hello")
    assert frames_of(tmp_path, "v1") == NoAnswer(f"{tmp_path / 'v1' / 'a.jpg'} is no JPEG file")
    with pytest.raises(UsageError, match="it is no folder"):
        ModelJudge(asking(ScriptedModel([])), tmp_path / "nowhere")


def test_of_many_frames_some_are_taken_at_equal_distances(tmp_path: Path) -> None:
    frames(tmp_path / "v", *map(str, range(64)))
    found = frames_of(tmp_path, "v")
    assert not isinstance(found, NoAnswer)
    assert [one.photo for one in found] == [str(number) for number in range(0, 64, 2)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Yes\nNo", (True, False)),
        (" yes no ", (True, False)),
        ("1. Yes\n2. No.", (True, False)),
        ("**Yes**,\nNo", (True, False)),
        ("Yes", None),
        ("Yes No No", None),
        ("Yes nothing", None),
        ("Yes, both are men. No", None),
        ("YesNo", None),
        ("", None),
    ],
)
def test_answers_are_read_strictly(text: str, found: tuple[bool, ...] | None) -> None:
    assert answers(text, 2) == found


def test_thoughts_before_the_answers_are_not_answers() -> None:
    assert judged_by(ModelJudge(asking(ScriptedModel(["<think>No. Yes?</think>\nYes\nYes"])))).overall.ref.f1 == 100.0


TOML = """
[all]
"lady in green" = ["the woman in the green coat"]
[videos.v1]
"A" = ["man in red"]
"B" = ["Girl", "lady in green"]
"""


def test_aliases(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text(TOML, "utf-8")
    judge = read_aliases(tmp_path / "names.toml")
    pairs = (("Man, in RED", "A"), ("girl", "B"), ("the woman in the green coat", "Lady in green"), ("Girl", "a"))
    (here, elsewhere) = judge.verdicts([Question("v1", pairs), Question("v2", pairs)])
    assert (here, elsewhere) == ((True, True, False, False), (False, False, True, False))
    (tmp_path / "names.json").write_text(json.dumps({"all": {"A": ["man in red"]}}))
    assert judged_by(read_aliases(tmp_path / "names.json")).overall.ref.f1 == 50.0


def test_a_description_without_a_word_is_nobodys() -> None:
    pairs = (("???", "!"), ("", ""))
    assert ExactJudge().verdicts([Question("v", pairs)]) == [(False, False)]
    assert AliasJudge({}, {}).verdicts([Question("v", pairs)]) == [(False, False)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[all", "it is not TOML"),
        ("[some]", "'some' is neither all nor videos"),
        ("all = 3", "all is no table"),
        ("videos = 3", "videos is no table"),
        ('[all]\nA = "man"', "'A' in all has no list of descriptions"),
        ('[videos.v1]\nA = ["man"]\nB = ["Man"]', "'Man' in videos.v1 stands for two speakers"),
    ],
)
def test_aliases_that_cannot_be_used(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "names.toml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=why):
        read_aliases(tmp_path / "names.toml")


# Extraction


def test_a_model_takes_the_lines_out_of_captions() -> None:
    model = ScriptedModel(
        lambda request: "None." if "rain" in words_of(request) else "Here they are:\n- Man: Hello there\n- Girl: Hi"
    )
    result = evaluate(
        {
            "a": Prediction(video_id="a", pred='A man says: "Hello there" and a girl answers "Hi".'),
            "b": Prediction(video_id="b", pred="Only rain is heard."),
            "c": Prediction(video_id="c", dialogues=("Man: Good morning",)),
            "d": Prediction(video_id="d", pred="None."),
        },
        references(a=["Man: Hello there", "Girl: Hi"], b=[], c=["Man: good morning"], d=[]),
        ExactJudge(),
        extractor=asking(model),
    )
    assert len(model.requests) == 2  # what is lines already, or empty, is not asked about
    assert {one.purpose for one in model.requests} == {"extract"}
    assert result.extractor == "scripted:test"
    assert [(one.video_id, one.ref_recall, one.asr_precision) for one in result.videos] == [
        ("a", 100.0, 100.0),
        ("b", None, None),
        ("c", 100.0, 100.0),
        ("d", None, None),
    ]
    assert result.overall.asr.undefined_recall == 2


def test_a_caption_that_cannot_be_extracted_has_no_figures_and_is_counted() -> None:
    result = evaluate(
        {"a": Prediction(video_id="a", pred="A story."), "b": Prediction(video_id="b", dialogues=("M: hello",))},
        references(a=["M: hello"], b=["M: hello"]),
        ExactJudge(),
        extractor=asking(ScriptedModel(always("I see nobody who speaks"))),
    )
    assert [(one.video_id, one.stage) for one in result.failed] == [("a", "extraction")]
    assert (result.coverage, result.overall.asr.n, result.overall.asr.recall) == (0.5, 1, 100.0)
    assert (result.videos[0].asr_recall, result.videos[0].words) == (None, None)


def test_reading_an_extraction() -> None:
    assert spoken_lines("None.") == []
    assert spoken_lines("1. Man: Hi\n\n* 女人：你好\nremark") == ["Man: Hi", "女人：你好"]
    assert spoken_lines("A story without speech") is None
    assert spoken_lines("  ") is None


# Reading


@pytest.mark.parametrize(
    "pred",
    [
        'A man in a kitchen says, "Hello there," and leaves.',
        "The clip opens in a kitchen. A man says: Hello there",
        'A man says: "Hello." The woman answers: "Hi."',
        "Man: hello\nThen the music swells.",
        "x" * 101 + ": hello",
    ],
)
def test_prose_is_not_taken_for_lines(pred: str) -> None:
    with pytest.raises(InputError, match="--extract-with MODEL"):
        Prediction(video_id="7", pred=pred).lines()


@pytest.mark.parametrize(
    ("pred", "lines"),
    [
        ("None", []),
        ("none.", []),
        ("", []),
        ("\nMan: hello\n\n女人：你好\n", ["Man: hello", "女人：你好"]),
        ('Mr. Smith: "Hello there: it is late."', ['Mr. Smith: "Hello there: it is late."']),
        ("Man: ", ["Man: "]),
    ],
)
def test_lines_of_a_prediction(pred: str, lines: list[str]) -> None:
    assert Prediction(video_id="7", pred=pred).lines() == lines


def test_predictions_of_every_form(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    rows = [
        {"video_id": 12, "pred": "None"},
        {"video_id": "b", "dialogues": ["A: hi", {"speaker": "B: the tall one", "utterance": "oh: well", "start": 2}]},
    ]
    file.write_text("\ufeff" + "\n\n".join(json.dumps(row) for row in rows), "utf-8")
    found = read_predictions(file)
    assert list(found) == ["12", "b"]
    assert found["b"].lines() == ["A: hi", "B  the tall one: oh: well"]


GOOD = '{"video_id": "1", "gt_dialogues": ["A: hi"]}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "r.jsonl is empty"),
        ("\n \n", "r.jsonl is empty"),
        (f"{GOOD}\n{{", "line 2, cannot be used: it is not JSON"),
        (f"{GOOD}\n\n{GOOD}", "line 3, cannot be used: video_id '1' was in line 1 already"),
        ('{"video_id": "1", "gt_dialogues": [], "speaker_num": NaN}', "NaN is no number"),
        ('{"video_id": "1", "gt_dialogues": [], "speaker_num": Infinity}', "Infinity is no number"),
        ('{"video_id": "1", "gt_dialogues": [], "speaker_num": -1}', "speaker_num: input should be greater"),
        ('{"video_id": "1", "gt_dialogues": [], "speaker_num": 1.5}', "speaker_num: input should be a valid integer"),
        ('{"video_id": "1", "gt_dialogues": [], "is_single_shot": 2}', "is_single_shot: is 0 or 1, true or false"),
        ('{"video_id": "1", "gt_dialogues": "A: hi"}', "gt_dialogues: input should be a valid tuple"),
        ('{"video_id": "1", "gt_dialogues": [3]}', "gt_dialogues.0: input should be a valid string"),
        ('{"video_id": "1"}', "gt_dialogues: field required"),
        ('{"video_id": "../1", "gt_dialogues": []}', "video_id: is a number, or a text without a slash"),
        ('{"video_id": true, "gt_dialogues": []}', "video_id: is a number"),
        ("[1]", "line 1, cannot be used: it is no JSON object"),
    ],
)
def test_references_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "r.jsonl").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_references(tmp_path / "r.jsonl")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"video_id": "1"}', "a prediction has either pred or dialogues"),
        ('{"video_id": "1", "pred": "None", "dialogues": []}', "a prediction has either pred or dialogues"),
        ('{"video_id": "1", "pred": 3}', "pred: input should be a valid string"),
        ('{"video_id": "1", "dialogues": [{"speaker": "A"}]}', "dialogues.0"),
    ],
)
def test_predictions_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.jsonl").write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        read_predictions(tmp_path / "p.jsonl")
    assert said in str(error.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name, why in (("missing", "no such file"), ("binary", "it is not UTF-8 text")):
        with pytest.raises(InputError, match=why):
            read_references(tmp_path / name)


# Documents


def test_the_example_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "diadem.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(code, {})
    # of the two matches, at 1.0 each, one has the right speaker
    assert capsys.readouterr().out == "1.0 1.0 1.0\n100.0 50.0 0.0\n"


def test_the_table_of_aliases_of_the_page_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "diadem.md").read_text("utf-8")
    (table,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "names.toml").write_text(table, "utf-8")
    pairs = (("the man in red", "man with the microphone"), ("lady in green", "woman in a green coat"))
    assert read_aliases(tmp_path / "names.toml").verdicts([Question("123", pairs)]) == [(True, True)]
