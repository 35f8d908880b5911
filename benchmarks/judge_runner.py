"""What a panel of judges costs beside its calls: processor time of a question, through the panel and through `Calls`.

Run `python benchmarks/judge_runner.py [FOLDER]`; the disk of FOLDER decides how long a vote takes to be safe, by
default that of temporary files. A fake provider in another process answers on loopback under the interface of OpenAI;
64 questions are under way at a time. The panel is measured in its own process, from the transcripts that are read
already to the last vote on the disk; then `Calls` alone, with the same requests and a fresh journal. The difference of
the best rounds is what rendering, reading answers, looking up quotes and writing votes take. Then both again with a
model that takes no time, which leaves less room for noise. Processor time is that of all threads.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

from photocast._concurrency import map_bounded
from photocast.bench.judging.pairs import contestants, pair_up
from photocast.bench.judging.panel import Panel
from photocast.bench.judging.questions import Question, Terms, questions
from photocast.models import Ending, Request, Usage, VisionModel
from photocast.models.asking import Asking, Run
from photocast.models.calls import Calls
from photocast.models.names import open_model
from photocast.models.prices import price_of
from photocast.runs import Journal

AT_ONCE = 64
ITEMS, CRITERIA = 100, ("flow", "reaction", "personality", "overall")
WORDS = 900
"""Of a transcript, as in the paper."""
ROUNDS = 3
ANSWER = json.dumps(
    {
        "reason": "The first one moves from turn to turn for a reason.",
        "quotes": [{"conversation": side, "quote": "word1 word2 word3"} for side in ("first", "second")],
        "verdict": "first better",
    }
)
SERVER = """
from photocast.testing import FakeProvider
from photocast.testing.judges import PlantedJudge, panel
server = FakeProvider(panel({"judge": PlantedJudge()}))
print(server.url, flush=True)
server.serve()
"""


class Instant:
    """Gives one answer, which quotes nothing that is there."""

    name, host, structured, context = "bench:instant", None, True, None

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield it."""
        yield ANSWER
        yield Ending(usage=Usage(3000, 60))


def main(place: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=place) as folder:
        asked = written(Path(folder))
        server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            print(f"{len(asked)} questions of two transcripts with {WORDS} words, {AT_ONCE} at once")
            compare("on loopback", Path(folder) / "far", asked, lambda: open_model("openai:judge", base_url=url))
        finally:
            server.terminate()
            server.wait()
        compare("at no time", Path(folder) / "near", asked, Instant)


def compare(name: str, folder: Path, asked: Sequence[Question], model: Callable[[], VisionModel]) -> None:
    """Measure the panel and `Calls` alone by turns, and print how much more the panel takes."""
    print(f"\n{name:<13}  calls/s  CPU ms a call")
    requests = [one.request(structured=True, evidence=True) for one in asked]
    through_panel(folder / "first", model(), asked[:1])  # what is imported and compiled for the first call
    panel: list[float] = []
    bare: list[float] = []
    for number in range(ROUNDS):
        panel.append(timed("panel", len(asked), partial(through_panel, folder / f"panel-{number}", model(), asked)))
        bare.append(timed("Calls alone", len(asked), partial(through_calls, folder / f"{number}", model(), requests)))
    print(f"the panel takes {min(panel) - min(bare):.2f} ms of CPU a call beyond Calls")


def through_panel(folder: Path, model: VisionModel, asked: Sequence[Question]) -> None:
    os.environ["PHOTOCAST_STATE"] = str(folder / "state")
    judge = Asking(model.name, "judge", run=Run("benchmark"), prompts="1", model=model)
    votes = Panel(folder / "judged", asked, [judge], evidence=True, at_once=AT_ONCE).run()
    assert len(votes) == len(asked)


def through_calls(state: Path, model: VisionModel, requests: Sequence[Request]) -> None:
    with Journal(state) as journal:
        calls = Calls(model, journal, journal.begin("benchmark"), price=price_of(model))

        async def one(request: Request) -> None:
            async with aclosing(calls.stream(request)) as answer:  # type: ignore[type-var]
                async for _ in answer:
                    pass

        asyncio.run(map_bounded(one, requests, limit=AT_ONCE))


def timed(name: str, calls: int, work: Callable[[], None]) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<13}  {calls / wall:7,.0f}  {1000 * cpu / calls:13.2f}", flush=True)
    return 1000 * cpu / calls


def written(folder: Path) -> list[Question]:
    """The questions about two systems with transcripts of the usual length."""
    chance = random.Random(0)
    words = [f"word{number}" for number in range(300)]
    for name in ("ours", "theirs"):
        (folder / name).mkdir()
        for item in range(ITEMS):
            turns = [f"Speaker {1 + at % 2}: {' '.join(chance.choices(words, k=15))}." for at in range(WORDS // 15)]
            (folder / name / f"i{item:03}.md").write_text("\n".join(turns), "utf-8")
    pairs = pair_up(contestants([str(folder / "ours"), str(folder / "theirs")])).pairs
    return questions(pairs, Terms(CRITERIA, evidence=True), {})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
