"""A call is paid once: what was answered is not asked again, what was lost is not repeated in silence, limits hold."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast._secrets import remember
from photocast.models import Ending, Finish, Request, Usage, VisionModel
from photocast.models.budget import Budget, Free, Price, Spent
from photocast.models.calls import Calls
from photocast.runs import Attempt, Journal, State
from photocast.schema import BudgetError, Fault, LocalOnlyError, ModelError, UsageError
from photocast.testing import ScriptedModel

HELLO = Request(("Say hello.",), purpose="script")
TALK = "Ada: Hello there, Leo.\nLeo: Hello, Ada."


@dataclass(frozen=True)
class PerToken:
    """A cent for a hundred tokens; at most so much for any request."""

    most: float = 0.05
    table: str = "test 2026-11-01"

    def cost(self, usage: Usage) -> float:
        assert usage.input_tokens is not None
        assert usage.output_tokens is not None
        return (usage.input_tokens + usage.output_tokens) / 10_000

    def worst(self, request: Request) -> float:
        return self.most


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "state") as opened:
        yield opened


@pytest.fixture
def calls(journal: Journal) -> Callable[..., Calls]:
    """Wraps a model, in one and the same run."""
    run = journal.begin("lisbon")

    def wrapped(model: VisionModel, *, price: Price | None = PerToken(), **settings: Any) -> Calls:
        return Calls(model, journal, run, price=price, **settings)

    return wrapped


async def _answer(model: VisionModel, request: Request = HELLO) -> tuple[str, Ending]:
    pieces: list[str] = []
    endings: list[Ending] = []
    async for piece in model.stream(request):
        assert not endings, "something came after the ending"
        (endings if isinstance(piece, Ending) else pieces).append(piece)  # type: ignore[attr-defined]
    return "".join(pieces), endings[0]


def _ask(model: VisionModel, request: Request = HELLO) -> tuple[str, Ending]:
    return asyncio.run(_answer(model, request))


def _attempts(journal: Journal, model: str = "scripted:test", request: Request = HELLO) -> tuple[Attempt, ...]:
    return journal.find(request.key(model)).result()


def _fault(fault: Fault, retry_after: float | None = 0.01) -> ModelError:
    return ModelError(fault, "the model failed", "it was told to", "Tell it otherwise", retry_after)


def test_a_call_is_written_down_with_all_that_is_known(journal: Journal, calls: Callable[..., Calls]) -> None:
    ending = Ending(Finish.DONE, Usage(900, 100, 50), 4321, "gpt-5-mini-2026", "stop", {"id": "resp_1", "n": [1]})
    asked = calls(ScriptedModel([(TALK, ending)]))
    assert _ask(asked) == (TALK, ending)
    (attempt,) = _attempts(journal)
    assert (attempt.state, attempt.answer, attempt.purpose) == (State.ANSWERED, TALK, "script")
    assert (attempt.reserved, attempt.paid, attempt.possibly_paid) == (0.05, 0.1, 0.0)
    assert (attempt.input_tokens, attempt.output_tokens, attempt.cached_tokens) == (900, 100, 50)
    assert (attempt.bytes_sent, attempt.prices) == (4321, "test 2026-11-01")
    assert json.loads(attempt.ending)["raw"] == {"id": "resp_1", "n": [1]}
    assert asked.spent == Spent(calls=1, input_tokens=900, output_tokens=100, usd=0.1, bytes_sent=4321)


def test_it_is_the_model_that_it_wraps(calls: Callable[..., Calls]) -> None:
    model = ScriptedModel([TALK], name="openai:m", host="api.example.org", structured=True, context=8192)
    asked: VisionModel = calls(model)
    assert (asked.name, asked.host, asked.structured, asked.context) == ("openai:m", "api.example.org", True, 8192)
    _ask(asked)
    assert model.requests == [HELLO]


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (("Ada: \ud83d", "\ude00!"), "Ada: 😀!"),  # an emoji in two halves
        (("Ada: \ud83d\ude00", "!"), "Ada: 😀!"),
        (("\ud83d", "\ude00", "\ud83d", "\ude00"), "😀😀"),
        (("Ada: \ud83d", "!"), "Ada: �!"),  # the other half never came
        (("Ada: \ude00!",), "Ada: �!"),
        (("Ada: Oh\ud83d",), "Ada: Oh"),
        (("Zoë: é, 日本, 😀.",), "Zoë: é, 日本, 😀."),
    ],
)
def test_halves_of_characters_become_whole_or_are_marked(
    calls: Callable[..., Calls], pieces: tuple[str, ...], text: str
) -> None:
    heard, _ = _ask(calls(ScriptedModel([pieces])))
    assert heard == text
    assert _ask(calls(ScriptedModel([])))[0] == text  # out of the journal the same


def test_the_words_come_while_they_are_said(calls: Callable[..., Calls]) -> None:
    async def first_piece() -> str | Ending:
        async with aclosing(calls(ScriptedModel([TALK])).stream(HELLO)) as pieces:  # type: ignore[type-var]
            return await anext(pieces)

    assert asyncio.run(first_piece()) == TALK[:7]


@pytest.mark.parametrize("finish", list(Finish))
def test_every_answer_is_asked_for_once(finish: Finish, calls: Callable[..., Calls]) -> None:
    text = "" if finish in {Finish.REFUSED, Finish.FILTERED} else TALK
    ending = Ending(finish, Usage(10, 5), 77, "exactly this one", "their word", {"id": "resp_1"})
    answered = _ask(calls(ScriptedModel([(text, ending)])))
    silent = calls(ScriptedModel([]))
    assert _ask(silent) == (text, replace(ending, bytes_sent=0)) == (answered[0], replace(answered[1], bytes_sent=0))
    assert silent.spent == Spent(from_journal=1)


def test_another_run_another_day_finds_the_answer(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        _ask(Calls(ScriptedModel([TALK]), journal, journal.begin("monday"), price=PerToken()))
    with Journal(tmp_path) as journal:
        again = Calls(ScriptedModel([]), journal, journal.begin("tuesday"), price=PerToken())
        assert _ask(again)[0] == TALK
    with Journal(tmp_path) as journal:
        tuesday, monday = journal.runs()
        assert (monday.calls, monday.from_journal) == (1, 0)
        assert (tuesday.calls, tuesday.from_journal, tuesday.paid) == (0, 1, 0.0)


@pytest.mark.parametrize(
    "other",
    [
        Request(("Say goodbye.",)),
        replace(HELLO, system="You are Ada."),
        replace(HELLO, sampling=replace(HELLO.sampling, seed=1)),
        replace(HELLO, schema={"type": "object"}),
    ],
)
def test_another_question_is_asked(other: Request, calls: Callable[..., Calls]) -> None:
    asked = calls(ScriptedModel([TALK, "Something else."]))
    assert _ask(asked)[0] == TALK
    assert _ask(asked, other)[0] == "Something else."


def test_another_model_is_asked(calls: Callable[..., Calls]) -> None:
    _ask(calls(ScriptedModel([TALK])))
    assert _ask(calls(ScriptedModel(["Otherwise."], name="scripted:other")))[0] == "Otherwise."


def test_two_who_ask_the_same_at_once_get_one_answer(calls: Callable[..., Calls]) -> None:
    asked = calls(ScriptedModel([TALK]))

    async def both() -> list[tuple[str, Ending]]:
        return await asyncio.gather(*(_answer(asked) for _ in range(5)))

    assert {text for text, _ in asyncio.run(both())} == {TALK}
    assert (asked.spent.calls, asked.spent.from_journal) == (1, 4)


def test_an_answer_without_an_ending_is_done(calls: Callable[..., Calls], journal: Journal) -> None:
    class Plain:
        name, host, structured, context = "mine:plain", None, False, None

        async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
            yield "One "
            yield ""
            yield "two."

    assert _ask(calls(Plain(), price=Free())) == ("One two.", Ending())
    assert [one.paid for one in _attempts(journal, "mine:plain")] == [0.0]


def test_no_key_and_no_half_character_stops_an_answer_from_being_kept(
    calls: Callable[..., Calls], journal: Journal
) -> None:
    secret = remember("sk-very-secret-0123456789")
    ending = Ending(detail=f"for {secret}", raw={"auth": {"key": secret}, "half": "\ud83d", "odd": object()})
    _ask(calls(ScriptedModel([(f"half \ud83d of {secret}", ending)])))
    (attempt,) = _attempts(journal)
    assert attempt.answer == "half � of [key]"
    with pytest.raises(ModelError):
        _ask(calls(ScriptedModel([ModelError(Fault.WRONG_KEY, f"{secret} is wrong", "no", "no")], name="scripted:b")))
    with sqlite3.connect(journal.path) as file:
        assert secret not in "".join(file.iterdump())
    file.close()
    assert _ask(calls(ScriptedModel([])))[0] == "half � of [key]"


def test_neither_words_nor_pictures_are_kept(calls: Callable[..., Calls], journal: Journal) -> None:
    _ask(calls(ScriptedModel([TALK])), Request(("the garden of my aunt",), system="our secret recipe", purpose="look"))
    with sqlite3.connect(journal.path) as file:
        kept = "".join(file.iterdump())
    file.close()
    assert "Hello there" in kept
    assert "aunt" not in kept
    assert "recipe" not in kept


# ----------------------------------------------------------------------------------------------------------- retries


def test_a_passing_fault_is_tried_again_and_every_attempt_is_written_down(
    calls: Callable[..., Calls], journal: Journal
) -> None:
    waits: list[tuple[float, str]] = []
    faults = [Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.UNREACHABLE, Fault.TIMED_OUT, Fault.BAD_ANSWER]
    model = ScriptedModel([*map(_fault, faults), TALK])
    asked = calls(model, waiting=lambda seconds, why: waits.append((seconds, why)))
    assert _ask(asked)[0] == TALK
    assert len(model.requests) == 6
    assert [(one.state, one.fault) for one in _attempts(journal)] == [
        *((State.FAILED, str(fault)) for fault in faults),
        (State.ANSWERED, ""),
    ]
    assert all(0.01 <= seconds <= 0.011 for seconds, _ in waits)
    assert [why for _, why in waits] == ["the model failed: it was told to"] * 5
    assert asked.spent.calls == 1


@pytest.mark.parametrize("fault", [fault for fault in Fault if not _fault(fault).retryable])
def test_a_lasting_fault_is_not_tried_again(fault: Fault, calls: Callable[..., Calls], journal: Journal) -> None:
    model = ScriptedModel([_fault(fault), TALK])
    with pytest.raises(ModelError) as failed:
        _ask(calls(model))
    assert (failed.value.fault, failed.value.do) == (fault, "Tell it otherwise")
    assert len(model.requests) == 1
    assert [(one.state, one.fault, one.possibly_paid) for one in _attempts(journal)] == [
        (State.FAILED, str(fault), 0.0)
    ]


def test_patience_has_an_end_and_says_so(calls: Callable[..., Calls]) -> None:
    model = ScriptedModel(lambda request: _fault(Fault.RATE_LIMITED, 0.2))
    with pytest.raises(ModelError) as failed:
        _ask(calls(model, patience=2.0))
    assert 2 <= len(model.requests) <= 10
    assert failed.value.fault is Fault.RATE_LIMITED
    assert failed.value.why.startswith(f"it was told to; it was tried {len(model.requests)} times in ")
    assert failed.value.do.startswith("Tell it otherwise. The same command, run again, pays for nothing")


def test_a_wait_that_patience_does_not_cover_is_not_begun(calls: Callable[..., Calls]) -> None:
    waits: list[float] = []
    model = ScriptedModel([_fault(Fault.RATE_LIMITED, 300.0)])
    with pytest.raises(ModelError) as failed:
        _ask(calls(model, waiting=lambda seconds, why: waits.append(seconds)))
    assert waits == []
    assert failed.value.why == "it was told to; it was tried once, and the provider asks for 300 s of patience"


def test_without_a_hint_the_waits_grow(calls: Callable[..., Calls]) -> None:
    waits: list[float] = []
    model = ScriptedModel(lambda request: _fault(Fault.SERVER_ERROR, None))

    class Enough(Exception):
        pass

    def waiting(seconds: float, why: str) -> None:
        waits.append(seconds)
        raise Enough  # no need to sit it out

    with pytest.raises(Enough):
        _ask(calls(model, waiting=waiting))
    assert 1.0 <= waits[0] <= 2.0


def test_after_the_first_words_nothing_is_tried_again(calls: Callable[..., Calls], journal: Journal) -> None:
    model = ScriptedModel([("Ada: Hello th", _fault(Fault.UNREACHABLE)), TALK])
    text, ending = _ask(calls(model))
    assert (text, ending.finish) == ("Ada: Hello th", Finish.CUT)
    assert "the model failed" in ending.detail
    (attempt,) = _attempts(journal)
    assert (attempt.state, attempt.answer) == (State.ANSWERED, "Ada: Hello th")
    assert (attempt.paid, attempt.possibly_paid) == (None, 0.05)  # nobody has told how many tokens it was
    assert _ask(calls(ScriptedModel([])))[0] == "Ada: Hello th"


@pytest.mark.parametrize(
    ("error", "possibly"),
    [
        (_fault(Fault.TIMED_OUT), 0.05),
        (_fault(Fault.BAD_ANSWER), 0.05),
        (_fault(Fault.UNREACHABLE), 0.05),
        (_fault(Fault.RATE_LIMITED), 0.0),
        (_fault(Fault.SERVER_ERROR), 0.0),
        (LocalOnlyError("a connection was refused", "it is local", "Leave it"), 0.0),
        (RuntimeError("an adapter has a mistake"), 0.05),
    ],
)
def test_what_a_failure_may_have_cost(
    error: Exception, possibly: float, calls: Callable[..., Calls], journal: Journal
) -> None:
    asked = calls(ScriptedModel([error]), patience=0.0)
    with pytest.raises(type(error)):
        _ask(asked)
    assert [one.possibly_paid for one in _attempts(journal)] == [possibly]
    assert asked.spent == Spent(possibly_paid_usd=possibly)


@pytest.mark.parametrize(("sent", "possibly"), [(0, 0.0), (4321, 0.05), (None, 0.05)])
def test_a_server_that_nothing_was_sent_to_cannot_have_charged(
    sent: int | None, possibly: float, calls: Callable[..., Calls], journal: Journal
) -> None:
    error = _fault(Fault.UNREACHABLE)
    error.bytes_sent = sent
    asked = calls(ScriptedModel([error]), patience=0.0)
    with pytest.raises(ModelError):
        _ask(asked)
    assert [(one.bytes_sent, one.possibly_paid) for one in _attempts(journal)] == [(sent or 0, possibly)]
    assert asked.spent == Spent(bytes_sent=sent or 0, possibly_paid_usd=possibly)


# ------------------------------------------------------------------------------------------------------------ budget


def test_a_call_that_does_not_fit_is_not_sent(calls: Callable[..., Calls], journal: Journal) -> None:
    usage = Ending(usage=Usage(100, 100))  # 2 cents
    model = ScriptedModel(lambda request: (TALK, usage))
    budget = Budget(0.10)
    asked = calls(model, budget=budget)
    for number in range(3):  # 10 cents and nothing spent, 2 spent, 4 spent: each time 5 cents fit
        _ask(asked, Request((str(number),)))
    with pytest.raises(BudgetError) as refused:
        _ask(asked, Request(("3",)))
    assert refused.value.exit_code == 6
    assert refused.value.why == "it may cost up to $0.05, and $0.04 of $0.10 is left after $0.06 paid"
    assert "--max-cost" in refused.value.do
    assert len(model.requests) == 3
    assert _attempts(journal, request=Request(("3",))) == ()
    assert _ask(asked, Request(("0",)))[0] == TALK  # what is in the journal costs nothing


def test_many_at_once_do_not_spend_the_same_money(calls: Callable[..., Calls]) -> None:
    under_way = asyncio.Event()

    class Slow:
        name, host, structured, context = "mine:slow", "somewhere", False, None
        asked = 0

        async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
            self.asked += 1
            await under_way.wait()
            yield TALK
            yield Ending(usage=Usage(100, 100))

    model = Slow()
    asked = calls(model, budget=Budget(0.30))

    async def all_of_them() -> list[Any]:
        questions = [asyncio.create_task(_answer(asked, Request((str(number),)))) for number in range(32)]
        refused, _ = await asyncio.wait(questions, return_when=asyncio.FIRST_COMPLETED)
        while len(refused) < 26:
            refused, _ = await asyncio.wait(questions, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0)
        under_way.set()
        return await asyncio.gather(*questions, return_exceptions=True)

    outcomes = asyncio.run(all_of_them())
    assert sum(isinstance(one, BudgetError) for one in outcomes) == 26
    assert model.asked == 6  # 6 times 5 cents
    assert "held for calls under way" in str(next(one for one in outcomes if isinstance(one, BudgetError)))
    assert asked.spent.usd == pytest.approx(0.12)


@pytest.mark.parametrize(("price", "goes"), [(None, False), (Free(), True)])
def test_without_a_price_a_limit_cannot_be_kept(price: Price | None, goes: bool, calls: Callable[..., Calls]) -> None:
    model = ScriptedModel([TALK])
    asked = calls(model, price=price, budget=Budget(5.0))
    if goes:
        assert _ask(asked)[0] == TALK
    else:
        with pytest.raises(BudgetError, match="the price of scripted:test is not known"):
            _ask(asked)
        assert model.requests == []


def test_without_a_price_and_a_limit_calls_are_counted(calls: Callable[..., Calls]) -> None:
    asked = calls(ScriptedModel([TALK]), price=None)
    _ask(asked)
    assert (asked.spent.unpriced, asked.spent.usd) == (1, 0.0)


def test_failed_attempts_that_may_have_been_paid_use_up_the_budget(calls: Callable[..., Calls]) -> None:
    model = ScriptedModel(lambda request: _fault(Fault.TIMED_OUT, 0.001))
    with pytest.raises(BudgetError) as refused:
        _ask(calls(model, budget=Budget(0.12)))
    assert len(model.requests) == 2
    assert refused.value.why.endswith("$0.02 of $0.12 is left after $0.10 possibly paid for nothing")


@pytest.mark.parametrize("amount", [-1.0, float("nan")])
def test_a_limit_is_an_amount(amount: float) -> None:
    with pytest.raises(UsageError):
        Budget(amount)


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0, 2),
    st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 1), st.sampled_from(["paid", "lost", "failed", "held"]))),
)
def test_the_sums_never_pass_the_limit(limit: float, plan: list[tuple[float, float, str]]) -> None:
    """Whatever the calls come to, as long as none costs more than its worst case."""
    budget = Budget(limit)
    held = 0.0
    for worst, share, outcome in plan:
        attempt = Attempt(key="k", run="r", model="m", reserved=worst)
        try:
            budget.hold(attempt)
        except BudgetError:
            continue
        if outcome == "paid":
            budget.settle(replace(attempt, state=State.ANSWERED, paid=worst * share))
        elif outcome == "lost":
            budget.settle(replace(attempt, state=State.LOST, possibly_paid=worst))
        elif outcome == "failed":
            budget.settle(replace(attempt, state=State.FAILED))
        else:
            held += worst
        assert budget.spent.usd + budget.spent.possibly_paid_usd + held <= limit + 1e-6


# ----------------------------------------------------------------------------------------------- lost and interrupted


def _lose(journal: Journal, **values: Any) -> Attempt:
    """An attempt of an earlier run whose process died."""
    attempt = Attempt(key=HELLO.key("scripted:test"), run="earlier", model="scripted:test", reserved=0.05, **values)
    journal.reserve(attempt).result()
    return attempt


def test_a_lost_call_is_not_repeated_unasked(calls: Callable[..., Calls], journal: Journal) -> None:
    _lose(journal)
    model = ScriptedModel([TALK])
    with pytest.raises(BudgetError) as refused:
        _ask(calls(model))
    assert model.requests == []
    assert refused.value.what == "a question to scripted:test was not asked again"
    assert "the answer never came, so it may have been paid for already, for up to $0.05" in refused.value.why
    assert "--yes" in refused.value.do


def test_a_lost_call_to_a_model_that_is_free_is_repeated_without_a_question(
    calls: Callable[..., Calls], journal: Journal
) -> None:
    free = Attempt(key=HELLO.key("scripted:test"), run="earlier", model="scripted:test", reserved=0.0)
    journal.reserve(free).result()
    text, _ = _ask(calls(ScriptedModel([TALK]), price=Free()))
    assert text == TALK


def test_a_lost_call_is_repeated_when_that_is_wanted_and_counts(calls: Callable[..., Calls], journal: Journal) -> None:
    lost = _lose(journal)
    seen: list[list[str]] = []

    def repeat(attempts: Sequence[Attempt]) -> bool:
        seen.append([one.id for one in attempts])
        return True

    # the first attempt fails and is tried again: nobody is asked twice
    model = ScriptedModel([_fault(Fault.RATE_LIMITED), (TALK, Ending(usage=Usage(100, 100)))])
    asked = calls(model, repeat=repeat, budget=Budget(0.10))
    assert _ask(asked)[0] == TALK
    assert seen == [[lost.id]]
    assert (asked.spent.usd, asked.spent.possibly_paid_usd) == (0.02, 0.05)
    with pytest.raises(BudgetError, match=r"\$0.03 of \$0.10 is left after \$0.02 paid, \$0.05 possibly paid"):
        _ask(asked, Request(("more",)))


def test_what_is_in_a_batch_is_not_asked_besides(calls: Callable[..., Calls], journal: Journal) -> None:
    attempt = _lose(journal)
    journal.submitted([attempt.id], "batch_1").result()
    model = ScriptedModel([TALK])
    with pytest.raises(BudgetError, match="submitted in a batch") as caught:
        _ask(calls(model, repeat=lambda unknown: True))  # as with --yes
    assert "photocast collect" in caught.value.do
    assert not model.requests


class _Stuck:
    """Says two pieces, then nothing; remembers whether it was told that nobody listens."""

    name, host, structured, context = "mine:stuck", "somewhere", False, None

    def __init__(self, *, words: bool = True) -> None:
        self.words, self.waiting, self.closed = words, asyncio.Event(), False

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        try:
            if self.words:
                yield "Ada: Hello "
                yield "there"
            self.waiting.set()
            await asyncio.Event().wait()
        finally:
            self.closed = True


@pytest.mark.parametrize(("words", "text"), [(True, "Ada: Hello there"), (False, "")])
def test_a_cancelled_call_is_lost_with_what_was_heard(
    words: bool, text: str, calls: Callable[..., Calls], journal: Journal
) -> None:
    async def cancel() -> None:
        task = asyncio.create_task(_answer(asked))
        await model.waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [one.state for one in _attempts(journal, "mine:stuck")] == [State.LOST]  # at once

    model = _Stuck(words=words)
    asked = calls(model)
    asyncio.run(cancel())
    (attempt,) = _attempts(journal, "mine:stuck")
    assert (attempt.answer, attempt.possibly_paid) == (text, 0.05)
    assert model.closed
    assert asked.spent == Spent(possibly_paid_usd=0.05)
    with pytest.raises(BudgetError, match="not asked again"):
        _ask(asked)


def test_who_has_had_enough_keeps_what_was_heard(calls: Callable[..., Calls], journal: Journal) -> None:
    async def listen() -> None:
        async with aclosing(calls(model).stream(HELLO)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                assert piece == "Ada: Hello "
                break

    model = _Stuck()
    asyncio.run(listen())
    assert model.closed
    assert [(one.state, one.answer) for one in _attempts(journal, "mine:stuck")] == [(State.ANSWERED, "Ada: Hello ")]
    again = _Stuck()
    heard, ending = _ask(calls(again))
    assert (heard, ending.finish, ending.detail) == ("Ada: Hello ", Finish.CUT, "the reader had enough")
    assert not again.closed


def test_a_reader_that_fails_loses_no_answer_that_had_ended(calls: Callable[..., Calls]) -> None:
    async def read() -> None:
        async for piece in asked.stream(HELLO):
            if isinstance(piece, Ending):
                raise ValueError("this cannot be parsed")

    asked = calls(ScriptedModel([TALK]))
    with pytest.raises(ValueError, match="parsed"):
        asyncio.run(read())
    assert _ask(calls(ScriptedModel([])))[0] == TALK


def test_a_question_that_another_run_is_asking_is_waited_for(tmp_path: Path) -> None:
    """Two journals stand in for two processes: each sees what the other has under way."""
    with Journal(tmp_path) as theirs, Journal(tmp_path) as ours:
        attempt = Attempt(key=HELLO.key("scripted:test"), run=theirs.begin("a"), model="scripted:test", reserved=0.05)
        theirs.reserve(attempt).result()
        why: list[str] = []

        def waiting(seconds: float, reason: str) -> None:
            why.append(reason)
            ending = json.dumps({"finish": "done", "usage": {}, "answered_by": None, "detail": "", "raw": {}})
            theirs.settle(replace(attempt, state=State.ANSWERED, answer=TALK, ending=ending)).result()

        asked = Calls(ScriptedModel([]), ours, ours.begin("b"), price=PerToken(), waiting=waiting)
        assert _ask(asked)[0] == TALK
        assert why == ["another run is asking scripted:test the same question: it has no answer yet"]


def test_another_run_is_not_waited_for_without_end(tmp_path: Path) -> None:
    with Journal(tmp_path) as theirs, Journal(tmp_path) as ours:
        attempt = Attempt(key=HELLO.key("scripted:test"), run=theirs.begin("a"), model="scripted:test", reserved=0.05)
        theirs.reserve(attempt).result()
        model = ScriptedModel([TALK])
        with pytest.raises(ModelError) as failed:
            _ask(Calls(model, ours, ours.begin("b"), price=PerToken(), patience=0.1))
        assert failed.value.do.startswith("Wait until that run is done, or end it")
        assert model.requests == []
