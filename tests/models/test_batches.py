"""Batches cost half, answer like calls by themselves, and no answer is lost or paid for twice, whatever goes wrong."""

import asyncio
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures

from photocast._guard import local_only
from photocast.models import Ending, Finish, Image, Request, Sampling, Usage
from photocast.models.batches import (
    BATCHES,
    Batches,
    Collected,
    Job,
    JobReport,
    NoSuchJob,
    Submitted,
    collect_all,
    open_batches,
    read_batch_runs,
    reconcile,
    submit_all,
)
from photocast.models.budget import Budget
from photocast.models.calls import Calls
from photocast.models.names import open_model
from photocast.models.prices import batch_price, set_price
from photocast.models.vision import Token
from photocast.runs import Attempt, Journal, State
from photocast.schema import BudgetError, Fault, InputError, LocalOnlyError, ModelError, UsageError
from photocast.testing import Behaviour, Fail, FakeProvider, Raw, Received, Say

OPENAI, ANTHROPIC, GOOGLE = "openai:any", "anthropic:any", "google:gemini-2.5-flash"
MODELS = (OPENAI, ANTHROPIC, GOOGLE)
each_provider = pytest.mark.parametrize("model", MODELS)
PRICE = batch_price(set_price(1.0, 10.0))
# Of an answer: 1,000 tokens in at $1 and 100 out at $10 a million are $0.002, and half of it is $0.001.
PAID = 0.001
SHAPE = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}

pytestmark = pytest.mark.usefixtures("no_keys")


def said(received: Received) -> Say:
    return Say(f"I heard: {received.asked.text}", usage=(1000, 100))


def questions(number: int, **changes: Any) -> list[Request]:
    return [Request((f"Question {n}",), purpose="judge", **changes) for n in range(number)]


@pytest.fixture
def server() -> Iterator[FakeProvider]:
    with FakeProvider(said) as provider:
        yield provider


class Desk:
    """Submits and collects for one folder, with the journal opened anew each time, as later processes do."""

    def __init__(self, at: Path, server: FakeProvider, model: str) -> None:
        self.folder, self._state, self._server, self._model = at / "judged", at / "state", server, model
        self.name = open_model(model, base_url=server.url).name
        self.paused: list[float] = []

    def journal(self) -> Journal:
        return Journal(self._state)

    def submit(self, requests: list[Request], **options: Any) -> Submitted:
        with self.journal() as journal:
            given = {"what": "judging", "base_url": self._server.url, "price": PRICE, "journal": journal} | options
            return submit_all(self.folder, self._model, requests, **given)

    def collect(self, **options: Any) -> list[Collected]:
        async def pause(seconds: float) -> None:
            self.paused.append(seconds)

        with self.journal() as journal:
            return collect_all(self.folder, price=PRICE, journal=journal, pause=pause, **options)

    def collect_one(self, **options: Any) -> JobReport:
        (one,) = self.collect(**options)
        (job,) = one.jobs
        return job

    def collect_one_of(self, run: int) -> JobReport:
        """The only batch of one of several runs."""
        (job,) = self.collect()[run].jobs
        return job

    def attempts(self, request: Request) -> tuple[Attempt, ...]:
        with self.journal() as journal:
            return journal.find(request.key(self.name)).result()

    def attempt(self, request: Request) -> Attempt:
        (one,) = self.attempts(request)
        return one

    def ask(self, request: Request) -> tuple[str, Ending]:
        """The same by itself, through `Calls`."""
        with self.journal() as journal:
            model = open_model(self._model, base_url=self._server.url)
            calls = Calls(model, journal, journal.begin("by itself"), price=set_price(1.0, 10.0))
            return asyncio.run(_heard(calls, request))


async def _heard(calls: Calls, request: Request) -> tuple[str, Ending]:
    pieces: list[str] = []
    async with aclosing(calls.stream(request)) as answer:  # type: ignore[type-var]
        async for piece in answer:
            if isinstance(piece, Ending):
                return "".join(pieces), piece
            pieces.append(piece)
    raise AssertionError("the answer has no ending")


@pytest.fixture
def desk(tmp_path: Path, server: FakeProvider) -> Callable[[str], Desk]:
    return lambda model: Desk(tmp_path, server, model)


# From a question to its answer


@each_provider
def test_answers_come_at_half_the_price_and_are_found_by_calls(
    desk: Callable[[str], Desk], server: FakeProvider, model: str
) -> None:
    at, asked = desk(model), questions(10)
    submitted = at.submit(asked)
    assert (len(submitted.jobs), submitted.requests, submitted.answered, submitted.waiting) == (1, 10, 0, 0)
    pending = at.attempt(asked[3])
    assert (pending.state, pending.job, pending.purpose) == (State.SENT, submitted.jobs[0], "judge")
    assert pending.prices == "your own: $1 in and $10 out for a million tokens; half of it, as for batches"
    # At worst 2,048 tokens out are $0.02048, half of it $0.01024; the words of the question come on top.
    assert pending.reserved == pytest.approx(0.01024, rel=0.01)
    assert submitted.usd_at_most == pytest.approx(10 * pending.reserved)

    job = at.collect_one()
    assert (job.answered, job.pending, job.failed, job.usd) == (10, 0, {}, pytest.approx(10 * PAID))
    answered = at.attempt(asked[3])
    assert (answered.state, answered.answer) == (State.ANSWERED, "I heard: Question 3")
    assert (answered.paid, answered.possibly_paid) == (PAID, 0.0)
    assert (answered.input_tokens, answered.output_tokens) == (1000, 100)
    assert json.loads(answered.ending)["raw"]["batch"] == submitted.jobs[0]
    assert answered.bytes_sent > len("Question 3")

    before = len(server.requests)
    assert [at.ask(request)[0] for request in asked] == [f"I heard: Question {n}" for n in range(10)]
    assert (len(server.requests), server.charges) == (before, 10)


@each_provider
def test_a_request_in_a_batch_is_the_request_by_itself(
    desk: Callable[[str], Desk], server: FakeProvider, tmp_path: Path, model: str
) -> None:
    photo = tmp_path / "p01.jpg"
    Pictures.new("RGB", (64, 48), "teal").save(photo)
    schema = SHAPE if open_model(model, base_url=server.url).structured else None
    asked = Request(("Look:", Image("p01", photo), "and say."), "You judge.", Sampling(0.0, 1.0, 99, 7), schema)
    at = desk(model)
    at.submit([asked])
    job = next(iter(server.batches.jobs.values()))
    (row,) = job.requests
    batched = row.get("body") or row.get("params") or row["request"]
    by_itself = replace(asked, purpose="twin")
    at.collect()
    assert at.ask(by_itself)[1].finish is Finish.DONE  # from the journal: the purpose is not part of the question

    with FakeProvider(said) as other:
        asyncio.run(_drain(open_model(model, base_url=other.url), asked))
        (sent,) = other.requests
    for body in (sent.json, batched):
        body.pop("stream", None)
        body.pop("stream_options", None)
    assert sent.json == batched


async def _drain(model: Any, request: Request) -> list[Any]:
    return [piece async for piece in model.stream(request)]


@each_provider
@pytest.mark.parametrize(
    "say",
    [
        Say("Fine – ça va, 日本 😀.", usage=(12, 5)),
        Say("No.", finish="refusal"),
        Say("So far", finish="length", usage=(7, 2)),
        Say("Well", finish="content_filter"),
    ],
    ids=["done", "refused", "length", "filtered"],
)
def test_an_answer_in_a_batch_ends_like_the_same_answer_by_itself(
    desk: Callable[[str], Desk], server: FakeProvider, model: str, say: Say
) -> None:
    at = desk(model)
    one, other = questions(2)
    server.queue(say)
    at.submit([one])
    at.collect()
    batched, ending = at.ask(one)
    server.queue(say)
    alone, alike = at.ask(other)
    assert batched == alone
    assert (ending.finish, ending.usage, ending.answered_by) == (alike.finish, alike.usage, alike.answered_by)


def test_probabilities_come_back_like_those_of_an_answer_by_itself(
    desk: Callable[[str], Desk], server: FakeProvider
) -> None:
    at = desk("openai:gpt-4o")
    one, other = questions(2, sampling=Sampling(0.0, 1.0, 8, 0, logprobs=2))
    say = Say("score 4", logprobs=(Token("4", (("4", -0.1), ("5", -2.5))),), usage=(9, 2))
    server.queue(say)
    at.submit([one])
    at.collect()
    _, ending = at.ask(one)
    server.queue(say)
    _, alike = at.ask(other)
    assert ending.logprobs == alike.logprobs == (Token("4", (("4", -0.1), ("5", -2.5))),)


def test_what_is_answered_or_submitted_is_not_submitted_again(
    desk: Callable[[str], Desk], server: FakeProvider
) -> None:
    at, asked = desk(OPENAI), questions(6)
    at.ask(asked[0])
    assert at.submit([*asked[:4], asked[1]]) == Submitted(("batch_2",), 3, 1, 0, pytest.approx(0.0307, rel=0.01))
    again = at.submit(asked)
    assert (again.requests, again.answered, again.waiting) == (2, 1, 3)
    assert at.submit(asked) == Submitted((), 0, 1, 5, 0.0)
    assert sum(len(job.requests) for job in server.batches.jobs.values()) == 5
    first, second, third = at.collect()
    assert (first.summary.calls, second.summary.calls, third.summary.calls) == (3, 2, 0)
    assert server.charges == 6


def test_the_last_look_finds_nothing_and_needs_no_key(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at = desk(ANTHROPIC)
    at.submit(questions(2))
    at.collect()
    server.key = "sk-another"
    before = len(server.requests)
    (one,) = at.collect()
    assert (one.jobs, one.summary.calls, one.summary.paid) == ((), 2, pytest.approx(2 * PAID))
    assert len(server.requests) == before


def test_lines_of_any_length_become_batches_within_the_limits(tmp_path: Path, server: FakeProvider) -> None:
    asked = questions(10)

    async def submit(requests: int, size: int) -> list[int]:
        server.batches.jobs.clear()
        with Journal(tmp_path / f"{requests} {size}") as journal:
            async with open_batches(OPENAI, base_url=server.url) as api:
                api.limits = replace(api.limits, requests=requests, bytes=size)
                await Batches(api, journal, journal.begin("split"), price=PRICE).submit(asked)
        return [len(job.requests) for job in server.batches.jobs.values()]

    assert asyncio.run(submit(4, 10**9)) == [4, 4, 2]
    assert asyncio.run(submit(100, 1)) == [1] * 10  # each by itself is too large, and the provider may refuse it
    line = 160 + len('{"messages":[{"role":"user","content":[{"text":"Question 0","type":"text"}]}],"model":"any",')
    by_size = asyncio.run(submit(100, 4 * line))
    assert sum(by_size) == 10
    assert max(by_size) < 4


# What comes back


@each_provider
@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(5)), twice=st.sets(st.integers(0, 4)), strangers=st.integers(0, 2))
def test_results_in_any_order_twice_and_of_strangers(
    tmp_path_factory: pytest.TempPathFactory, model: str, order: list[int], twice: set[int], strangers: int
) -> None:
    def arrange(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        name = "key" if "key" in rows[0] else "custom_id"
        mixed = [rows[n] for n in order] + [rows[n] for n in sorted(twice)]
        return [{**rows[0], name: f"stranger-{n}"} for n in range(strangers)] + mixed

    with FakeProvider(said) as server:
        server.batches.arrange = arrange
        at, asked = Desk(tmp_path_factory.mktemp("desk"), server, model), questions(5)
        at.submit(asked)
        job = at.collect_one()
        assert (job.answered, job.repeated, job.unknown, job.pending) == (5, len(twice), strangers, 0)
        assert [at.attempt(one).answer for one in asked] == [f"I heard: Question {n}" for n in range(5)]
        (one,) = at.collect()
        assert one.summary.paid == pytest.approx(5 * PAID)


@each_provider
def test_requests_fail_one_by_one(desk: Callable[[str], Desk], server: FakeProvider, model: str) -> None:
    wrong = Raw(b'{"nobody": "knows this form"}', "application/json")
    troubles: dict[int, Behaviour] = {0: Fail("rejected"), 1: Fail("rate_limited"), 2: Fail("server_error"), 3: wrong}
    at, asked = desk(model), questions(5)
    server.queue(*troubles.values())
    at.submit(asked)
    job = at.collect_one()
    assert job.failed == {"rejected": 1, "rate_limited": 1, "server_error": 1, "bad_answer": 1}
    assert (job.answered, job.pending, job.usd) == (1, 0, PAID)
    rejected, *_, unread, good = [at.attempt(one) for one in asked]
    assert (rejected.state, rejected.paid, rejected.possibly_paid) == (State.FAILED, 0.0, 0.0)
    assert json.loads(rejected.ending)["raw"]
    assert unread.possibly_paid == unread.reserved
    assert "knows this form" in json.loads(unread.ending)["raw"]
    assert good.state is State.ANSWERED
    assert at.submit(asked).requests == 4  # what failed may be asked again


@each_provider
@pytest.mark.parametrize("ends", ["expired", "cancelled"])
def test_a_batch_that_ends_early_keeps_what_was_answered(
    desk: Callable[[str], Desk], server: FakeProvider, model: str, ends: Any
) -> None:
    server.batches.ends, server.batches.run_before_end = ends, 2
    at, asked = desk(model), questions(5)
    at.submit(asked)
    job = at.collect_one()
    assert (job.answered, job.failed, job.usd) == (2, {ends: 3}, pytest.approx(2 * PAID))
    assert {at.attempt(one).possibly_paid for one in asked} == {0.0}
    server.batches.ends = "completed"
    assert at.submit(asked).requests == 3
    assert [one.summary.calls for one in at.collect()] == [2, 3]


def test_a_batch_that_the_provider_does_not_begin_costs_nothing(
    desk: Callable[[str], Desk], server: FakeProvider
) -> None:
    server.batches.ends = "failed"
    at, asked = desk(OPENAI), questions(3)
    at.submit(asked)
    job = at.collect_one()
    assert (job.failed, job.usd, job.possibly_paid_usd) == ({"rejected": 3}, 0.0, 0.0)
    assert "not parseable" in at.attempt(asked[0]).ending


def test_a_job_of_google_that_failed_may_have_charged(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    server.batches.ends = "failed"
    at, asked = desk(GOOGLE), questions(3)
    at.submit(asked)
    job = at.collect_one()
    assert (job.failed, job.usd, job.possibly_paid_usd) == (
        {"bad_answer": 3},
        0.0,
        pytest.approx(3 * _reserved(at, asked[0])),
    )


@each_provider
def test_results_that_end_too_soon_are_fetched_again(
    desk: Callable[[str], Desk], server: FakeProvider, model: str
) -> None:
    at, asked = desk(model), questions(6)
    at.submit(asked)
    server.batches.cut_results = 1500
    job = at.collect_one(wait=True)  # does not wait: waiting does not help
    assert job.unreadable == 1
    assert job.stuck
    assert 0 < job.answered < 6
    assert job.pending == 6 - job.answered
    server.batches.cut_results = None
    assert at.collect_one().answered == 6 - job.answered
    assert {at.attempt(one).state for one in asked} == {State.ANSWERED}


def test_a_batch_that_is_over_and_silent_about_a_request_may_have_charged_for_it(
    desk: Callable[[str], Desk], server: FakeProvider
) -> None:
    server.batches.arrange = lambda rows: rows[1:]
    at, asked = desk(OPENAI), questions(2)
    at.submit(asked)
    job = at.collect_one()
    assert (job.answered, job.failed) == (1, {"bad_answer": 1})
    missing = at.attempt(asked[0])
    assert missing.possibly_paid == missing.reserved
    assert job.possibly_paid_usd == missing.reserved


# Waiting


def test_waiting_looks_until_all_is_there(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    server.batches.looks = 4
    at = desk(OPENAI)
    at.submit(questions(3))
    told: list[int] = []
    (one,) = at.collect(wait=True, told=lambda collected: told.append(sum(job.pending for job in collected[0].jobs)))
    assert told == [3, 3, 3, 0]
    assert at.paused == [60.0] * 3
    assert (one.summary.calls, one.summary.pending) == (3, 0)


@each_provider
def test_a_look_takes_nothing(tmp_path: Path, server: FakeProvider, model: str) -> None:
    server.batches.looks = 2

    async def looks() -> list[list[tuple[bool, bool]]]:
        with Journal(tmp_path / "state") as journal:
            async with open_batches(model, base_url=server.url) as api:
                batches = Batches(api, journal, journal.begin("look"), price=PRICE)
                (job,) = (await batches.submit(questions(2))).jobs
                found = [await batches.poll() for _ in range(2)]
                server.batches.jobs.clear()
                (gone,) = await batches.poll()
                assert isinstance(gone, NoSuchJob)
                assert journal.runs()[0].pending == 2
                return [[(one.id == job, one.over) for one in jobs if isinstance(one, Job)] for jobs in found]

    assert asyncio.run(looks()) == [[(True, False)], [(True, True)]]


@each_provider
def test_a_rate_limit_while_looking_is_waited_for(
    desk: Callable[[str], Desk], server: FakeProvider, model: str
) -> None:
    at = desk(model)
    at.submit(questions(3))
    server.batches.trouble += ["rate_limited"]
    job = at.collect_one()
    assert "wants fewer requests" in job.trouble
    assert (job.pending, job.answered, job.stuck) == (3, 0, False)
    server.batches.trouble += ["rate_limited", "unavailable", "drop"]
    (one,) = at.collect(wait=True)
    assert (one.summary.calls, len(at.paused)) == (3, 3)
    if model == GOOGLE:
        assert at.paused[0] == 60.0  # it asks for 14 s, and a look a minute is enough


@each_provider
def test_a_wrong_key_while_looking_changes_nothing(
    desk: Callable[[str], Desk], server: FakeProvider, model: str
) -> None:
    at, asked = desk(model), questions(2)
    at.submit(asked)
    server.key = "sk-another"
    with pytest.raises(ModelError) as refused:
        at.collect(wait=True)
    assert refused.value.fault in {Fault.NO_KEY, Fault.WRONG_KEY}
    assert at.attempt(asked[0]).state is State.SENT
    server.key = None
    assert at.collect_one().answered == 2


@each_provider
def test_a_batch_that_the_provider_does_not_know_any_more(
    desk: Callable[[str], Desk], server: FakeProvider, model: str
) -> None:
    at, asked = desk(model), questions(2)
    at.submit(asked)
    server.batches.jobs.clear()
    job = at.collect_one(wait=True)
    assert job.stuck
    assert "there is no batch" in job.trouble
    job = at.collect_one(give_up=True)
    assert (job.lost, job.pending, job.possibly_paid_usd) == (2, 0, pytest.approx(2 * _reserved(at, asked[0])))
    with pytest.raises(BudgetError, match="not asked again"):
        at.submit(asked)
    assert at.submit(asked, repeat=lambda lost: len(lost) == 2).requests == 2


def _reserved(at: Desk, request: Request) -> float:
    return at.attempt(request).reserved or 0.0


def test_two_who_collect_at_once_write_every_answer_once(tmp_path: Path, server: FakeProvider) -> None:
    async def both() -> list[list[JobReport]]:
        with Journal(tmp_path / "state") as journal:
            run = journal.begin("both")
            async with (
                open_batches(OPENAI, base_url=server.url) as one,
                open_batches(OPENAI, base_url=server.url) as two,
            ):
                batches = [Batches(api, journal, run, price=PRICE) for api in (one, two)]
                await batches[0].submit(questions(40))
                found = await asyncio.gather(*(each.collect() for each in batches))
                (summary,) = journal.runs()
                assert (summary.calls, summary.pending, summary.paid) == (40, 0, pytest.approx(40 * PAID))
                return found

    (first,), (second,) = asyncio.run(both())
    assert first.answered + second.answered == 40
    assert first.repeated + second.repeated <= 40


@pytest.mark.skipif(sys.platform != "linux", reason="there the limit on files may be raised again")
def test_a_full_disk_while_collecting_loses_no_answer(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at, asked = desk(OPENAI), questions(300)
    server.queue(*[Say("Ada: Hm. " * 400)] * 300)
    at.submit(asked)
    with no_file_over(400_000), pytest.raises(InputError, match="cannot write"):
        at.collect()
    at.collect()
    (one,) = at.collect()
    assert (one.summary.calls, one.summary.pending, server.charges) == (300, 0, 300)


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """The limit on the size of files stands in for a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_two_who_submit_the_same_at_once_share_it(tmp_path: Path, server: FakeProvider) -> None:
    async def both() -> list[Submitted]:
        with Journal(tmp_path / "one") as journal, Journal(tmp_path / "one") as other:
            async with (
                open_batches(ANTHROPIC, base_url=server.url) as api,
                open_batches(ANTHROPIC, base_url=server.url) as another,
            ):
                one = Batches(api, journal, journal.begin("one"), price=PRICE)
                two = Batches(another, other, other.begin("two"), price=PRICE)
                return await asyncio.gather(one.submit(questions(30)), two.submit(questions(30)))

    first, second = asyncio.run(both())
    assert first.requests + second.requests == 30
    assert first.waiting + second.waiting == 30
    assert sum(len(job.requests) for job in server.batches.jobs.values()) == 30


# Money


def test_all_of_it_has_to_fit_or_nothing_is_sent(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at, asked = desk(OPENAI), questions(10)
    with pytest.raises(BudgetError, match="--max-cost"):
        at.submit(asked, budget=Budget(0.1))  # each may cost $0.01025
    assert server.requests == []
    assert at.attempts(asked[0]) == ()
    at.submit(asked[:9], budget=Budget(0.1))
    with pytest.raises(BudgetError, match="possibly paid"):
        at.submit(asked, budget=Budget(0.1))  # what waits for its results may still cost as much
    at.collect()
    at.submit(asked, budget=Budget(0.1))
    with pytest.raises(BudgetError, match="price of"):
        _without_price(at, server)


def _without_price(at: Desk, server: FakeProvider) -> None:
    async def submit() -> None:
        with at.journal() as journal:
            async with open_batches(OPENAI, base_url=server.url) as api:
                batches = Batches(api, journal, journal.begin("dear"), price=None, budget=Budget(9.0))
                await batches.submit(questions(1, system="Be brief."))

    asyncio.run(submit())


def test_a_budget_holds_what_is_submitted_and_then_what_it_cost(tmp_path: Path, server: FakeProvider) -> None:
    budget = Budget(0.05)

    async def run() -> None:
        with Journal(tmp_path / "state") as journal:
            async with open_batches(OPENAI, base_url=server.url) as api:
                batches = Batches(api, journal, journal.begin("budget"), price=PRICE, budget=budget)
                await batches.submit(questions(4))
                with pytest.raises(BudgetError, match="held for calls under way"):
                    await batches.submit(questions(5))
                await batches.collect()
                assert budget.spent.usd == pytest.approx(4 * PAID)
                assert (budget.spent.calls, budget.spent.possibly_paid_usd) == (4, 0.0)
                await batches.submit(questions(8))

    asyncio.run(run())


# Submissions that fail, and those of which nobody knows


@each_provider
@pytest.mark.parametrize(
    ("trouble", "fault"),
    [("rate_limited", "rate_limited"), ("rejected", "rejected"), ("no_money", "quota"), ("too_large", "too_long")],
)
def test_a_refused_submission_costs_nothing_and_can_be_repeated(
    desk: Callable[[str], Desk], server: FakeProvider, model: str, trouble: Any, fault: str
) -> None:
    at, asked = desk(model), questions(3)
    server.batches.trouble.append(trouble)
    with pytest.raises(ModelError) as refused:
        at.submit(asked)
    assert refused.value.fault == fault
    failed = at.attempt(asked[0])
    assert (failed.state, failed.fault, failed.paid, failed.possibly_paid) == (State.FAILED, fault, 0.0, 0.0)
    assert at.submit(asked).requests == 3
    assert [one.summary.calls for one in at.collect()] == [0, 3]


@each_provider
def test_a_wrong_key_is_told_as_such(desk: Callable[[str], Desk], server: FakeProvider, model: str) -> None:
    server.key = "sk-another"
    at = desk(model)
    with pytest.raises(ModelError) as refused:
        at.submit(questions(1))
    assert refused.value.fault in {Fault.NO_KEY, Fault.WRONG_KEY}


def _break_after_creation(server: FakeProvider) -> None:
    """The next batch is begun, and the connection is lost before anybody is told."""

    def at(stage: str) -> None:
        if stage == "created":
            server.batches.at = lambda stage: None
            raise ConnectionResetError

    server.batches.at = at


@each_provider
def test_a_batch_whose_creation_was_not_answered_is_found(
    desk: Callable[[str], Desk], server: FakeProvider, model: str
) -> None:
    at, asked = desk(model), questions(3)
    _break_after_creation(server)
    with pytest.raises(ModelError, match="not known whether a batch of 3 requests was submitted"):
        at.submit(asked)
    assert at.attempt(asked[0]).state is State.SENT
    assert at.submit(asked) == Submitted((), 0, 0, 3, 0.0)  # asking again does not submit it again
    job = at.collect_one_of(0) if model != ANTHROPIC else _of_anthropic(at, server)
    assert (job.answered, job.pending, server.charges) == (3, 0, 3)
    assert len(server.batches.jobs) == 1


def _of_anthropic(at: Desk, server: FakeProvider) -> JobReport:
    """It keeps no name of ours: as long as the batch is not over, it may be anybody's."""
    job = at.collect_one_of(0)
    assert "msgbatch_1 (in_progress" in job.trouble
    assert "--give-up" in job.trouble
    assert (job.pending, job.stuck) == (3, False)
    server.batches.end_all()
    return at.collect_one_of(0)


def test_batches_of_others_are_not_taken_for_ours(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at, other = desk(ANTHROPIC), questions(3, system="Of somebody else.")
    with Journal(at.folder / "elsewhere") as journal:
        submit_all(
            at.folder / "elsewhere", ANTHROPIC, other, what="x", base_url=server.url, price=PRICE, journal=journal
        )
    _break_after_creation(server)
    with pytest.raises(ModelError, match="not known"):
        at.submit(questions(3))
    assert "msgbatch_2 (in_progress" in at.collect_one().trouble
    server.batches.end_all()
    assert at.collect_one().answered == 3
    assert at.attempt(questions(1)[0]).job == "msgbatch_2"


@each_provider
def test_what_never_arrived_is_asked_again_after_a_while(
    desk: Callable[[str], Desk], server: FakeProvider, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, asked = desk(model), questions(3)
    server.batches.at = _breaks("create", server)
    with pytest.raises(ModelError, match="not known"):
        at.submit(asked)
    job = at.collect_one()
    assert "lists no such batch yet" in job.trouble
    assert (job.pending, job.stuck) == (3, False)
    monkeypatch.setattr(reconcile, "SETTLED", timedelta(0))
    job = at.collect_one()
    assert (job.failed, job.possibly_paid_usd) == ({"not submitted": 3}, 0.0)
    assert at.submit(asked).requests == 3
    assert len(server.batches.jobs) == 1


def _breaks(at: str, server: FakeProvider) -> Callable[[str], None]:
    def breaks(stage: str) -> None:
        if stage == at:
            server.batches.at = lambda stage: None
            raise ConnectionResetError

    return breaks


def test_giving_up_counts_as_possibly_paid(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at, asked = desk(ANTHROPIC), questions(3)
    _break_after_creation(server)
    with pytest.raises(ModelError, match="not known"):
        at.submit(asked)
    job = at.collect_one(give_up=True)
    assert (job.lost, job.pending) == (3, 0)
    lost = at.attempt(asked[0])
    assert (lost.state, lost.fault, lost.possibly_paid) == (State.LOST, "given up", lost.reserved)
    with pytest.raises(BudgetError):
        at.submit(asked)
    with pytest.raises(BudgetError):
        at.ask(asked[0])  # nor by itself


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC])
def test_a_server_without_batches_says_so(desk: Callable[[str], Desk], server: FakeProvider, model: str) -> None:
    server.batches.trouble.append("unknown_model")
    with pytest.raises(ModelError, match="seems to have no batches"):
        desk(model).submit(questions(1))


@each_provider
def test_a_run_that_is_local_only_submits_nothing(tmp_path: Path, model: str) -> None:
    beyond = "http://192.0.2.1:9"  # reserved for documentation, RFC 5737; the guard refuses before anything is sent
    with Journal(tmp_path / "state") as journal:
        with pytest.raises(LocalOnlyError), local_only():
            submit_all(tmp_path, model, questions(1), what="x", base_url=beyond, price=PRICE, journal=journal)
        (run,) = journal.runs()
        assert (run.failed, run.pending, run.possibly_paid) == (1, 0, 0.0)


def test_a_trouble_at_the_upload_is_no_doubt(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at, asked = desk(OPENAI), questions(2)
    server.batches.at = _breaks("file", server)
    with pytest.raises(ModelError) as broken:
        at.submit(asked)
    assert broken.value.fault is Fault.UNREACHABLE
    assert at.attempt(asked[0]).state is State.FAILED
    assert at.submit(asked).requests == 2


# Folders, and the command


def test_models_without_batches_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be asked in a batch"):
        submit_all(tmp_path, "ollama:qwen3-vl", questions(1), what="x")
    assert not (tmp_path / BATCHES).exists()


def test_the_file_of_a_folder(tmp_path: Path, desk: Callable[[str], Desk]) -> None:
    with pytest.raises(InputError, match="nothing was submitted"):
        read_batch_runs(tmp_path)
    at = desk(OPENAI)
    at.submit(questions(1))
    file = at.folder / BATCHES
    whole = file.read_text()
    file.write_text(whole + whole[:40])  # killed while it wrote, before anything was sent
    at.submit(questions(2))
    assert [one.model for one in read_batch_runs(at.folder)] == [OPENAI, OPENAI]
    file.write_text('{"run": 1}\n')
    with pytest.raises(InputError, match="line 1 cannot be read"):
        read_batch_runs(at.folder)


def test_a_run_that_was_pruned_is_passed_over(desk: Callable[[str], Desk]) -> None:
    at = desk(OPENAI)
    at.submit(questions(1))
    at.collect()
    with at.journal() as journal:
        assert journal.prune().runs == 1
    assert at.collect() == []


def test_who_is_still_submitting_is_left_alone(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at = desk(OPENAI)
    with at.journal() as journal:
        submit_all(at.folder, OPENAI, questions(1), what="x", base_url=server.url, price=PRICE, journal=journal)
        (one,) = at.collect()
        assert (one.at_work, one.jobs) == (True, ())
    assert at.collect_one().answered == 1


def _command(at: Desk, *arguments: str) -> "subprocess.CompletedProcess[str]":
    import os

    return subprocess.run(
        [sys.executable, "-m", "photocast", "collect", str(at.folder), *arguments],
        env=os.environ | {"PHOTOCAST_STATE": str(at.folder.parent / "state")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_says_what_is_done_pending_and_failed(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    server.batches.looks = 2
    at = desk(OPENAI)
    server.queue(Fail("rejected"))
    at.submit(questions(3))
    ran = _command(at)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0] == "0 answered, 3 pending; $0.00 paid"
    assert "batch_2 is in_progress; 3 pending" in ran.stderr
    ran = _command(at, "--wait", "--json")
    (run,) = json.loads(ran.stdout)["runs"]
    (job,) = run["jobs"]
    assert (job["answered"], job["failed"], job["pending"]) == (2, {"rejected": 1}, 0)
    assert (run["run"]["calls"], run["run"]["failed"]) == (2, 1)
    ran = _command(at)
    assert ran.stdout.splitlines()[0] == "2 answered, 1 failed, 0 pending; $0.00 paid"


def test_the_command_says_when_somebody_has_to_decide(desk: Callable[[str], Desk], server: FakeProvider) -> None:
    at = desk(OPENAI)
    at.submit(questions(2))
    server.batches.jobs.clear()
    ran = _command(at)
    assert ran.returncode == 5
    assert "--give-up" in ran.stderr
    ran = _command(at, "--give-up")
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, "0 answered, 2 lost, 0 pending; $0.00 paid")


def test_half_the_price_by_hand() -> None:
    # 3,000 tokens in at $2 and 500 out at $8 for a million: $0.006 + $0.004
    assert set_price(2.0, 8.0).cost(Usage(3000, 500)) == pytest.approx(0.01)
    assert batch_price(set_price(2.0, 8.0)).cost(Usage(3000, 500)) == pytest.approx(0.005)
