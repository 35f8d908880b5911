"""Whether a batch was submitted, when the process that knew has died: the provider is asked."""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from photocast.models.batches.api import BatchApi, Job, Unreadable
from photocast.models.underway import committed
from photocast.runs import Journal

OURS = "photocast-"
"""How our own names for batches begin: no provider has one that does."""
SLACK = timedelta(hours=1)
"""By how much the provider's clock and ours may differ."""
SETTLED = timedelta(minutes=10)
"""After so long a batch that was submitted is in the list of batches. Nobody promises a time; this one is ours."""


class Undecided(Exception):
    """Nobody can say yet whether a batch was submitted; tells what to look at."""

    def __init__(self, told: str, *, soon: bool) -> None:
        super().__init__(told)
        self.soon = soon
        """Whether it will be known some time."""


def with_moment(token: str, begun: datetime) -> str:
    """Our name for a batch, with the moment at which the provider is asked to begin it."""
    return f"{token} {begun.isoformat(timespec='seconds')}"


def parted(name: str) -> tuple[str, datetime | None]:
    """Our name for a batch, and the moment; None if the provider was never asked."""
    token, _, moment = name.partition(" ")
    return token, datetime.fromisoformat(moment) if moment else None


async def find_submitted(api: BatchApi, journal: Journal, token: str, begun: datetime, ids: set[str]) -> str | None:
    """The provider's name for a batch that may have been submitted; None when it certainly was not.

    Where the provider keeps our name for it, that decides. Where it does not, a batch is ours if it has results for our
    requests: that is known when it is over. The list is read to its end, for no provider promises its order.

    Args:
        api: of the provider.
        journal: which knows the batches that are not in doubt.
        token: our name for it.
        begun: when the provider was asked to begin it.
        ids: of the requests in it.

    Raises:
        Undecided: it is too early to say, or a batch that may be ours does not tell.
    """
    open_ones: list[Job] = []
    async for job in api.recent():
        if job.token == token:
            return job.id
        if job.token is None and job.created > begun - SLACK and await _may_be(job, journal, len(ids)):
            ours = await _has(api, job, ids)
            if ours:
                return job.id
            open_ones += [job] if ours is None else []
    if open_ones:
        soon = not all(job.over for job in open_ones)
        raise Undecided(_look_at(api, open_ones, len(ids), begun), soon=soon)
    if datetime.now(UTC) - begun < SETTLED:
        minutes = int(SETTLED.total_seconds() / 60)
        raise Undecided(
            f"{api.name} lists no such batch yet: it was to be submitted at {begun.astimezone():%H:%M}. "
            f"Look again {minutes} minutes after that",
            soon=True,
        )
    return None


async def _may_be(job: Job, journal: Journal, number: int) -> bool:
    """Whether it has as many requests, and is not one that we know of."""
    return job.total == number and not await committed(journal.find_job(job.id))


async def _has(api: BatchApi, job: Job, ids: set[str]) -> bool | None:
    """Whether a batch is about these requests; None as long as it has no results to tell by."""
    if not job.over or not job.sources:
        return None
    async with aclosing(api.results(job)) as results:  # type: ignore[type-var]
        async for result in results:
            if not isinstance(result, Unreadable):
                return result.id in ids
    return None


def _look_at(api: BatchApi, jobs: Sequence[Job], number: int, begun: datetime) -> str:
    shown = ", ".join(f"{job.id} ({job.word}, {job.created.astimezone():%H:%M})" for job in jobs[:5])
    return (
        f"{number} requests were to be submitted to {api.name} at {begun.astimezone():%d %B %H:%M}, and it keeps no "
        f"name of ours. They may be in {shown}, which can tell when they are over. Look again then; or, if you know "
        "that they are not in there, use --give-up"
    )
