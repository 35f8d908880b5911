"""From what a provider says about one request of a batch to what the journal keeps of it."""

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from photocast._secrets import redact
from photocast.models.batches.api import Job, Result
from photocast.models.budget import Price
from photocast.models.vision import Ending, Usage
from photocast.runs import Attempt, State
from photocast.schema import Fault, ModelError, PhotocastError

if TYPE_CHECKING:
    from photocast.models.batches.wire import Wire

EXPIRED, CANCELLED, GIVEN_UP, NOT_SUBMITTED = "expired", "cancelled", "given up", "not submitted"
"""Faults that calls by themselves do not have."""


async def settled(attempt: Attempt, result: Result, wire: "Wire", price: Price | None) -> Attempt:
    """The attempt with its result. An answer that cannot be read is kept as it came, and may have been paid for."""
    if not result.status:
        return not_run(attempt, result.fault, result.body.decode("utf-8", "replace"))
    try:
        text, ending = await wire.answer(result.status, result.body)
    except PhotocastError as error:
        return _failed(attempt, error, result)
    if result.status != 200:  # a refusal by the provider's filter, told as an error: nothing was written
        ending = replace(ending, usage=Usage(0, 0))
    return _answered(attempt, text, ending, price)


def not_run(attempt: Attempt, fault: str, told: str) -> Attempt:
    """A request that the provider never ran, which costs nothing."""
    return replace(attempt, state=State.FAILED, fault=fault, paid=0.0, ending=_storable(json.dumps({"error": told})))


def untold(attempt: Attempt, job: Job) -> Attempt:
    """A request that a batch which is over says nothing about."""
    if job.word in {"expired", "cancelled"}:
        return not_run(attempt, job.word, f"the batch {job.id} was {job.word} before it was run")
    if job.refused:
        return not_run(attempt, str(Fault.REJECTED), job.refused)
    told = json.dumps({"error": f"the batch {job.id} is {job.word}, and has no result for it"})
    return replace(
        attempt,
        state=State.FAILED,
        fault=str(Fault.BAD_ANSWER),
        possibly_paid=attempt.at_stake,
        ending=_storable(told),
    )


def given_up(attempt: Attempt) -> Attempt:
    """A request of which nobody will know any more whether it was run."""
    return replace(attempt, state=State.LOST, fault=GIVEN_UP, possibly_paid=attempt.at_stake)


def _answered(attempt: Attempt, text: str, ending: Ending, price: Price | None) -> Attempt:
    ending = replace(ending, bytes_sent=attempt.bytes_sent, raw={**ending.raw, "batch": attempt.job})
    paid = _paid(attempt, ending.usage, price)
    return replace(
        attempt,
        state=State.ANSWERED,
        paid=paid,
        possibly_paid=attempt.at_stake if paid is None else 0.0,
        **asdict(ending.usage),
        answer=_storable(text),
        ending=_storable(json.dumps(asdict(ending), ensure_ascii=False, default=str)),
    )


def _failed(attempt: Attempt, error: PhotocastError, result: Result) -> Attempt:
    """An error in place of an answer costs nothing; an answer in no form that is known may."""
    unread = result.status == 200
    told = {"error": str(error), "raw": result.body.decode("utf-8", "replace")}
    return replace(
        attempt,
        state=State.FAILED,
        fault=str(error.fault) if isinstance(error, ModelError) else type(error).__name__,
        paid=None if unread else 0.0,
        possibly_paid=attempt.at_stake if unread else 0.0,
        ending=_storable(json.dumps(told, ensure_ascii=False)),
    )


def _paid(attempt: Attempt, usage: Usage, price: Price | None) -> float | None:
    """What the answer cost; None when nobody counted its tokens, or knows their price."""
    if price is None:
        return None
    if usage.input_tokens is None or usage.output_tokens is None:
        return None if attempt.reserved else 0.0
    return price.cost(usage)


def _storable(text: str) -> str:
    """Without keys, and without the halves of characters that files cannot hold."""
    return redact(text).encode("utf-8", "replace").decode("utf-8")
