"""What our side of a call to a remote model costs, in time and memory, beside a bare client that sends the same bytes.

Run `python benchmarks/remote_model.py` on Linux. The provider is `photocast.testing.FakeProvider` in a process of its
own. Calls take turns: one through photocast and pydantic-ai, one over a bare connection of `http.client`; both open a
connection for each call, send the same request with the same photos, and read the stream to its end. The
difference is ours; that of a long answer is spread over the time in which a real model writes it. Photos have
1024 x 768 pixels with grain, about 200 kB each. All figures but peaks are medians of 40 calls.
"""

import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image as Pictures

from photocast.models import Ending, Image, Request, VisionModel
from photocast.models.names import open_model
from photocast.testing import FakeProvider, Received

ROUNDS = 40
MODELS = ("openai:qwen3-vl", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash")
CALLS = ((0, 5), (6, 5), (6, 800))
"""Photos that are sent, and words that are asked for."""
FRESH = """
import asyncio, re, sys, time
from pathlib import Path
from photocast.models import Image, Request
from photocast.models.names import open_model

def high_water():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

async def call(model, request):
    async for piece in model.stream(request):
        pass

began = time.perf_counter()
model = open_model(sys.argv[1], base_url=sys.argv[2])
asyncio.run(call(model, Request(parts=("about 40 words",))))
first, before = time.perf_counter() - began, high_water()
photos = [Image(path.stem, path) for path in map(Path, sys.argv[3:])]
asyncio.run(call(model, Request(parts=("about 40 words", *photos))))
print(first, before, high_water())
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place, Server() as url:
        photos = make_photos(Path(place), 100)
        size = sum(photo.path.stat().st_size for photo in photos) / len(photos)
        print(f"photos of {size / 1e3:.0f} kB\n")
        print(f"{'model':26}  photos  events  wall ms: ours   bare   difference  CPU ms: ours   bare   difference")
        for name in MODELS:
            for shown, words in CALLS:
                request = Request(parts=(f"about {words} words by Ada and Leo", *photos[:shown]), system="You write.")
                compare(name, url, request)
        print("\nmodel                       import and first call s   peak MB before   peak MB with 100 photos")
        for name in MODELS:
            first, before, after = fresh(name, url, photos)
            print(f"{name:26}  {first:24.2f}   {before:14.0f}   {after:23.0f}")


class Server:
    """The fake provider in a process of its own."""

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "photocast.testing.provider"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()


def compare(name: str, url: str, request: Request) -> None:
    model = open_model(name, base_url=url)
    sent = recorded(name, request)
    ours, bare, events = [], [], post(url, sent)
    with asyncio.Runner() as loop:
        loop.run(listen(model, request))  # imports and certificates are measured apart
        for _ in range(ROUNDS):
            ours.append(timed(lambda: loop.run(listen(model, request))))
            bare.append(timed(lambda: post(url, sent)))
    columns = []
    for mine, theirs in zip(zip(*ours, strict=True), zip(*bare, strict=True), strict=True):
        one, other = statistics.median(mine) * 1e3, statistics.median(theirs) * 1e3
        columns.append(f"{one:13.1f}  {other:5.1f}  {one - other:11.1f}")
    print(f"{name:26}  {len(request.images):6}  {events:6}", *columns, flush=True)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


async def listen(model: VisionModel, request: Request) -> None:
    async for piece in model.stream(request):
        assert isinstance(piece, Ending | str)


def recorded(name: str, request: Request) -> Received:
    """The request as it goes over the wire."""
    with FakeProvider("Ada: Oh.") as server:
        asyncio.run(listen(open_model(name, base_url=server.url), request))
        return server.requests[0]


def post(url: str, sent: Received) -> int:
    """Send the same bytes over a bare connection, and read everything; how many events came."""
    line = HTTPConnection(urlsplit(url).netloc)
    line.request("POST", sent.path, sent.body, {name: value for name, value in sent.headers if name.lower() != "host"})
    answer = line.getresponse().read()
    line.close()
    return answer.count(b"data: ")


def make_photos(folder: Path, count: int) -> list[Image]:
    dice = np.random.default_rng(0)
    photos = []
    for number in range(count):
        smooth = Pictures.fromarray(dice.integers(0, 255, (24, 32, 3), dtype=np.uint8)).resize((1024, 768))
        grain = dice.integers(-14, 15, (768, 1024, 3), dtype=np.int16)
        grainy = (np.asarray(smooth, dtype=np.int16) + grain).clip(0, 255).astype(np.uint8)
        path = folder / f"p{number:03}.jpg"
        Pictures.fromarray(grainy).save(path, quality=85)
        photos.append(Image(path.stem, path))
    return photos


def fresh(name: str, url: str, photos: list[Image]) -> tuple[float, float, float]:
    """Seconds to the end of the first call, and peak megabytes before and after one with all photos."""
    command = [sys.executable, "-c", FRESH, name, url, *(str(photo.path) for photo in photos)]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    first, before, after = re.findall(r"[\d.]+", done.stdout)
    return float(first), float(before), float(after)


if __name__ == "__main__":
    main()
