"""What is told about batches: when they are submitted, and after every look at them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from photocast.runs import Attempt, State


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of questions that were to be submitted."""

    jobs: tuple[str, ...] = ()
    """The provider's names for the new batches."""
    requests: int = 0
    """Questions in them."""
    answered: int = 0
    """Questions that the journal has the answers to."""
    waiting: int = 0
    """Questions that were submitted or asked before, and will be answered."""
    usd_at_most: float | None = 0.0
    """What the new batches may cost at most; None when the price is not known."""


@dataclass(slots=True)
class JobReport:
    """What is known about one batch, and what was taken from it."""

    job: str
    """The provider's name; ours as long as that is not known."""
    word: str = ""
    """How far it is, in the provider's own word."""
    pending: int = 0
    answered: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    """Requests that came to nothing, by what was wrong."""
    lost: int = 0
    """Requests that were given up, and may have been paid for."""
    usd: float = 0.0
    possibly_paid_usd: float = 0.0
    repeated: int = 0
    """Results that were there twice."""
    unknown: int = 0
    """Results of requests that nobody here has asked."""
    unreadable: int = 0
    """Lines among the results that are none: what is missing stays pending, to be taken the next time."""
    trouble: str = ""
    """Why it could not be looked at, or what somebody has to decide."""
    stuck: bool = False
    """Waiting will not help it: somebody has to decide."""
    retry_after: float | None = None
    """Seconds that the provider asks for."""

    @property
    def settled(self) -> int:
        """Requests that something came of."""
        return self.answered + sum(self.failed.values()) + self.lost

    def add(self, attempt: Attempt) -> None:
        """Count a request that has been settled."""
        self.answered += attempt.state is State.ANSWERED
        self.lost += attempt.state is State.LOST
        if attempt.state is State.FAILED:
            self.failed[attempt.fault] = self.failed.get(attempt.fault, 0) + 1
        self.usd += attempt.paid or 0.0
        self.possibly_paid_usd += attempt.possibly_paid

    def take(self, before: "JobReport") -> None:
        """Add what came of the same batch at an earlier look."""
        for name in ("answered", "lost", "usd", "possibly_paid_usd", "repeated", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(before, name))
        for fault, number in before.failed.items():
            self.failed[fault] = self.failed.get(fault, 0) + number


def joined(before: Iterable[JobReport], now: Iterable[JobReport]) -> tuple[JobReport, ...]:
    """The reports of several looks as one for each batch: what came of it, and how it is now."""
    earlier = {job.job: job for job in before if job.settled}
    later = list(now)
    for job in later:
        if job.job in earlier:
            job.take(earlier.pop(job.job))
    return (*earlier.values(), *later)
