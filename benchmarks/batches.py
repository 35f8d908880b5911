"""What a batch costs here, beside the provider's price: submitting and collecting 10,000 requests.

Run `python benchmarks/batches.py [FOLDER]`; the disk of FOLDER holds the journal, by default that of temporary files.
The fake provider works in a process of its own, on another core if there is one; only the time of this process is
counted. A question has 600 words, as two short transcripts have; an answer has 120.
"""

import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from photocast.models import Request
from photocast.models.batches import Batches, open_batches
from photocast.models.prices import batch_price, set_price
from photocast.runs import Journal
from photocast.testing import FakeProvider, Say

NUMBER = 10_000
MODELS = ("openai:gpt-4.1-mini", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash")
QUESTION = "Look at that crust, it is darker on one side than on the other. " * 43
ANSWER = "The second sounds more like people, for they interrupt each other and remember things. " * 9


def main(place: str | None) -> None:
    print(f"{NUMBER} requests              CPU ms a request   wall s   MB at most")
    ours, theirs = multiprocessing.Pipe()
    provider = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    provider.start()
    url = ours.recv()
    for model in MODELS:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            asyncio.run(measured(model, url, Path(folder)))
    provider.kill()


def serve(line: Connection) -> None:
    """The provider, which has every job ready at the first look."""
    server = FakeProvider(Say(ANSWER))
    line.send(server.url)
    server.serve()


async def measured(model: str, url: str, folder: Path) -> None:
    requests = [Request((QUESTION, f"Question {n}"), "You judge.") for n in range(NUMBER)]
    with Journal(folder) as journal:
        async with open_batches(model, base_url=url) as api:
            batches = Batches(api, journal, journal.begin("benchmark"), price=batch_price(set_price(1.0, 10.0)))
            await api.wire.body(requests[0])  # loads the libraries
            with told(f"{model}, submit"):
                await batches.submit(requests)
            await batches.poll()  # the provider answers all of it now
            with told(f"{model}, collect"):
                reports = await batches.collect()
            assert sum(report.answered for report in reports) == NUMBER


@contextmanager
def told(name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<36} {1000 * cpu / NUMBER:>7.2f}  {wall:>7.1f}  {most:>8.0f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
