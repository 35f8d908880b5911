"""The judge that rewards: what it is asked, what is read, what it costs, and that it judges nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench.judging.criteria import criteria
from photocast.bench.judging.rubric.scales import SCALES
from photocast.models import Ending, Finish, Request, Usage
from photocast.models.budget import Budget
from photocast.models.fake import Answer, ScriptedModel
from photocast.schema import BudgetError, Fault, ModelError, UsageError
from photocast.training.rewards import Judge, Judged, check_apart
from photocast.training.rewards.rubric import STATEMENTS, VERSION, question, verdicts

TALK = "Speaker 1: It went into the tree.\n\nSpeaker 2: Not again."
ALL = len(STATEMENTS)


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to one test must not come back in another."""
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def saying(*yes: int) -> str:
    return "\n".join(f"{number}: {'yes' if number in yes else 'no'}" for number in range(1, ALL + 1))


def judge(answer: Callable[[Request], Answer] | Answer, **more: object) -> tuple[Judge, ScriptedModel]:
    model = ScriptedModel(answer if callable(answer) else lambda request: answer)
    return Judge(model.name, model=model, **more), model  # type: ignore[arg-type]


def test_the_reward_is_the_share_of_true_statements() -> None:
    def answer(request: Request) -> str:
        return saying(1, 4) if "Not again" in str(request.parts[0]) else saying(*range(1, ALL + 1))

    one, model = judge(answer)
    assert one.rewards([TALK, TALK.replace("again", "now")]) == [2 / ALL, 1.0]
    assert len(model.requests) == 2


def test_what_it_is_asked() -> None:
    one, model = judge(saying())
    one.rewards([f"# A title\n\n{TALK}\n\n(both laugh)"])
    asked = str(model.requests[0].parts[0])
    assert "~~~~~~~~\nSpeaker 1: It went into the tree.\nSpeaker 2: Not again.\n~~~~~~~~" in asked
    assert all(f"{number}: {statement}" in asked for number, statement in enumerate(STATEMENTS, start=1))
    assert model.requests[0].sampling.temperature == 0


def test_no_statement_is_a_criterion_or_a_scale_of_the_evaluation() -> None:
    evaluation = [scale.question for scale in SCALES.values()]
    evaluation += [line for one in criteria().values() for line in (one.question, *one.look)]
    for statement in STATEMENTS:
        words = statement.casefold().split()
        runs = {" ".join(words[at : at + 6]) for at in range(len(words) - 5)}
        assert not [line for line in evaluation if any(run in line.casefold() for run in runs)], statement


def test_a_text_in_which_nobody_speaks_earns_nothing_and_is_asked_of_nobody() -> None:
    one, model = judge(saying(1))
    assert one.rewards(["", "Nobody speaks.", TALK]) == [0.0, 0.0, 1 / ALL]
    assert len(model.requests) == 1
    assert (one.judged.texts, one.judged.empty, one.judged.unanswered) == (3, 2, 0)


def test_an_answer_that_cannot_be_read_is_asked_for_once_more_and_then_counted() -> None:
    one, model = judge(lambda request: saying(2) if "such as `1: no`" in str(request.parts) else "Well, most of them.")
    assert one.rewards([TALK]) == [1 / ALL]
    assert len(model.requests) == 2
    one, model = judge("I like it.")
    assert one.rewards([f"{TALK} Oh no."]) == [None]
    assert (len(model.requests), one.judged.unanswered) == (2, 1)


def test_a_refusal_is_no_zero() -> None:
    one, _ = judge(("I would rather not.", Ending(Finish.REFUSED)))
    assert one.rewards([TALK]) == [None]
    assert one.judged.unanswered == 1


def test_what_was_answered_is_not_asked_again() -> None:
    first, model = judge(saying(1, 2))
    assert first.rewards([TALK, TALK]) == [2 / ALL] * 2
    assert len(model.requests) == 1
    again, silent = judge(ModelError(Fault.UNREACHABLE, "it is gone", "the line is cut", "Wait"))
    assert again.rewards([TALK]) == [2 / ALL]
    assert not silent.requests
    assert (again.judged.use.calls, again.judged.use.from_journal) == (0, 1)


def test_a_budget_is_a_hard_stop_and_what_was_paid_for_is_kept() -> None:
    def model() -> ScriptedModel:
        answer = (saying(3), Ending(usage=Usage(1000, 100)))
        return ScriptedModel(lambda request: answer, name="openai:gpt-4o-mini", host="api.openai.com")

    texts = [f"{TALK} {number} times." for number in range(40)]
    poor = model()
    one = Judge(poor.name, model=poor, budget=Budget(0.006))
    with pytest.raises(BudgetError, match="could cost more"):
        one.rewards(texts)
    assert 0 < len(poor.requests) < 40
    # gpt-4o-mini: $0.15 and $0.60 for a million tokens
    assert one.judged.use.usd == pytest.approx(len(poor.requests) * (1000 * 0.15e-6 + 100 * 0.60e-6))
    rich = model()
    assert Judge(rich.name, model=rich).rewards(texts) == [1 / ALL] * 40
    assert len(rich.requests) == 40 - len(poor.requests)


def test_an_outage_ends_it() -> None:
    one, _ = judge(ModelError(Fault.WRONG_KEY, "the key is not accepted", "it is wrong", "Set another"))
    with pytest.raises(ModelError, match="key is not accepted"):
        one.rewards([TALK])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (saying(1, 8), (True, *[False] * 6, True)),
        (saying(1).replace(":", "."), (True, *[False] * 7)),
        (f"\n{saying(2)}\n".replace("2: yes", "- **2:** Yes."), (False, True, *[False] * 6)),
        ("\n".join(reversed(saying(1).splitlines())), (True, *[False] * 7)),
        (saying(1).replace("8: no", ""), None),
        (saying(1).replace("8: no", "7: no"), None),
        (f"{saying(1)}\n9: yes", None),
        (f"Here they are:\n{saying(1)}", None),
        (saying(1).replace("3: no", "3: perhaps"), None),
        ("", None),
    ],
)
def test_what_is_read(answer: str, expected: tuple[bool, ...] | None) -> None:
    assert verdicts(answer) == expected


@given(st.text())
def test_any_answer_can_be_read_or_not(answer: str) -> None:
    assert verdicts(answer) is None


@given(st.text(alphabet="~{}%\n1: yes", max_size=60))
def test_any_talk_can_be_asked_about(talk: str) -> None:
    assert talk in question(talk)


def test_who_rewarded_is_on_record() -> None:
    one, _ = judge(saying())
    one.rewards([TALK])
    record = Judged.model_validate_json(one.judged.model_dump_json())
    assert (record.judge, record.prompts, record.use.way) == ("scripted:test", VERSION, "reward")


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("openai:gpt-5-mini", True),
        ("openrouter:openai/gpt-5-mini", True),
        ("openai:GPT-5-mini?effort=low", True),
        ("openai:gpt-5", False),
        ("anthropic:claude-haiku-4-5", False),
    ],
)
def test_whoever_rewarded_a_training_does_not_judge_it(name: str, same: bool) -> None:
    one, _ = judge(saying())
    record = one.judged.model_copy(update={"judge": "openai:gpt-5-mini"})
    check_apart([], [name])
    if same:
        with pytest.raises(UsageError, match="its training was rewarded by openai:gpt-5-mini"):
            check_apart([record], ["google:gemini-3-pro", name])
    else:
        check_apart([record], [name])
