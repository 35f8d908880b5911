"""What it takes to write a call down: through the journal alone, and through `Calls` with a model that takes no time.

Run `python benchmarks/journal.py [FOLDER]`; the disk of FOLDER decides, by default that of temporary files. A call is
two writes that survive a loss of power, with an answer of 6 kB in 250 pieces in between. Milliseconds are of one call,
from its reservation to its ending. As the model takes no time, many at once keep a processor and the disk busy without
a pause, which no provider's model does: there the calls a second are what counts.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from photocast.models import Ending, Request, Usage
from photocast.models.budget import Free
from photocast.models.calls import Calls
from photocast.runs import Attempt, Journal, State

ANSWER = "Ada: Look at that crust.\n" * 240
AT_ONCE = (1, 32, 256)
CALLS = {1: 500, 32: 3200, 256: 7680}


class Instant:
    """Knows its answer already."""

    name, host, structured, context = "bench:instant", None, False, None

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the answer in pieces of a few words."""
        for at in range(0, len(ANSWER), 24):
            yield ANSWER[at : at + 24]
        yield Ending(usage=Usage(5000, 1500))


def main(place: str | None) -> None:
    print("                  at once  calls/s  median ms  p99 ms  CPU ms a call")
    with tempfile.TemporaryDirectory(dir=place) as folder, Journal(Path(folder)) as journal:
        run = journal.begin("benchmark")
        model = Instant()
        calls = Calls(model, journal, run, price=Free())

        async def written(key: str) -> None:
            attempt = Attempt(key=key, run=run, model="bench", reserved=0.01)
            await asyncio.wrap_future(journal.reserve(attempt))
            answered = replace(attempt, state=State.ANSWERED, answer=ANSWER, paid=0.01)
            await asyncio.wrap_future(journal.settle(answered))

        async def asked(key: str) -> None:
            async for _ in calls.stream(Request((key,))):
                pass

        async def bare(key: str) -> None:
            async for _ in model.stream(Request((key,))):
                pass

        for name, one in (("journal", written), ("Calls", asked), ("model alone", bare), ("Calls, replayed", asked)):
            for at_once in AT_ONCE:
                report(name, at_once, one)


def report(name: str, at_once: int, one: Callable[[str], Awaitable[None]]) -> None:
    kind = "journal" if name == "journal" else "Calls"  # what is replayed was asked under the same keys
    took: list[float] = []

    async def worker(keys: list[str]) -> None:
        for key in keys:
            began = time.perf_counter()
            await one(key)
            took.append(time.perf_counter() - began)

    async def all_of_them() -> None:
        keys = [f"{kind} {at_once} {number}" for number in range(CALLS[at_once])]
        await asyncio.gather(*(worker(keys[start::at_once]) for start in range(at_once)))

    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(all_of_them())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    took.sort()
    median, late = (1000 * took[int(share * len(took))] for share in (0.5, 0.99))
    rate = len(took) / wall
    print(
        f"{name:<16}  {at_once:7}  {rate:7,.0f}  {median:9.2f}  {late:6.2f}  {1000 * cpu / len(took):13.3f}", flush=True
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
