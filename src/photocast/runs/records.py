"""What the journal keeps and tells: attempts, runs, and what was removed."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """How far an attempt has come."""

    SENT = "sent"
    """It was to be sent, written down before anything left; what became of it is not known yet."""
    ANSWERED = "answered"
    """It has a result, be it a refusal or half an answer: it is not paid for again."""
    FAILED = "failed"
    """It came to nothing, and `fault` says why."""
    LOST = "lost"
    """Nobody waited for the result: the process died or was stopped. It may have been paid for."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at one call. Neither the question's words nor its pictures are kept, only their hash."""

    key: str
    """What tells the question from every other; the journal does not look into it."""
    run: str
    model: str
    reserved: float | None
    """The most it may cost, in US dollars; None when the price is not known."""
    purpose: str = ""
    prices: str = ""
    """Name and date of the price table."""
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    job: str | None = None
    """The provider's name for the batch it was submitted with: the answer outlives the process that asked."""
    state: State = State.SENT
    fault: str = ""
    sent: datetime = field(default_factory=_now)
    ended: datetime | None = None
    paid: float | None = None
    """US dollars; None when not known."""
    possibly_paid: float = 0.0
    """US dollars that it may have cost without anybody being told."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    bytes_sent: int = 0
    answer: str = ""
    """The text as it came."""
    ending: str = ""
    """Everything else that the provider said, as JSON."""

    @property
    def at_stake(self) -> float:
        """US dollars at most that are gone if it is given up as it is now, without a result."""
        return (self.reserved or 0.0) if self.state is State.SENT else self.possibly_paid


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run asked and what it cost."""

    id: str
    started: datetime
    what: str
    """What it was about, such as the episode's folder."""
    models: tuple[str, ...]
    alive: bool
    """Whether its process is still there."""
    calls: int
    """Calls that were answered."""
    from_journal: int
    """Answers taken from earlier runs, which cost nothing."""
    failed: int
    """Attempts that came to nothing."""
    lost: int
    """Attempts that may have been paid for although no answer came."""
    pending: int
    """Attempts without a result so far: under way, or submitted in a batch."""
    input_tokens: int
    output_tokens: int
    paid: float
    """US dollars, of the calls whose price is known."""
    possibly_paid: float
    """US dollars at most, beyond what was paid."""
    unpriced: int
    """Calls, answered or lost, of which nobody knows the price."""

    @property
    def over(self) -> bool:
        """Whether nothing of it is still to come."""
        return not self.alive and not self.pending

    def is_older_than(self, age: timedelta | None) -> bool:
        """Whether it began longer ago than that; every run did if no age is given."""
        return age is None or self.started < _now() - age


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed from the journal."""

    runs: int
    attempts: int
    bytes: int
    """By how much its file is smaller now."""


def dollars(amount: float) -> str:
    """An amount as people read it: cents, and of small amounts what is below a cent."""
    if 0 < amount < 0.00005:
        return "<$0.0001"
    whole, _, part = f"{amount:,.{2 if amount >= 1 else 3 if amount >= 0.1 else 4}f}".partition(".")
    return f"${whole}.{part.rstrip('0'):0<2}"
