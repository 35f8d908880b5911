"""kill -9 at every step of a batch: nothing is submitted twice, nothing that was answered is lost."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from photocast.models import Request
from photocast.models.batches import JobReport, collect_all, reconcile
from photocast.models.prices import batch_price, set_price
from photocast.runs import Attempt, Journal, State
from photocast.testing import Behaviour, Fail, FakeProvider, Received, Say

OPENAI, ANTHROPIC, GOOGLE = "openai:any", "anthropic:any", "google:gemini-2.5-flash"
PRICE = batch_price(set_price(1.0, 10.0))
WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from photocast.models import Request
from photocast.models.batches import collect_all, reconcile, submit_all
from photocast.models.prices import batch_price, set_price

folder, url, model, number, settled, *steps = sys.argv[1:]
reconcile.SETTLED = timedelta(seconds=float(settled))
price = batch_price(set_price(1.0, 10.0))
requests = [Request((f"Question {n}",)) for n in range(int(number))]
if "submit" in steps:
    submit_all(Path(folder), model, requests, what="storm", base_url=url, price=price)
if "collect" in steps:
    collect_all(Path(folder), price=price)
"""

pytestmark = pytest.mark.usefixtures("no_keys")


def said(received: Received) -> Behaviour:
    number = int(received.asked.text.split()[-1])
    return Fail("rejected") if number % 2 else Say(f"I heard {number}", usage=(1000, 100))


@pytest.fixture
def server() -> Iterator[FakeProvider]:
    with FakeProvider(said) as provider:
        yield provider


class Scene:
    """Workers in processes of their own, which the server kills, and what the journal says afterwards."""

    def __init__(self, at: Path, server: FakeProvider, model: str, number: int = 3) -> None:
        self.folder, self.state = at / "judged", at / "state"
        self.server, self.model, self.number = server, model, number

    def work(
        self, *steps: str, kill_at: str | None = None, nth: int = 1, arrives: bool = True, settled: float = 600.0
    ) -> int:
        """Run a worker; the server kills it when a request has come so far. Its exit code."""
        arguments = [str(self.folder), self.server.url, self.model, str(self.number), str(settled), *steps]
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, *arguments], env=os.environ | {"PHOTOCAST_STATE": str(self.state)}
        )
        self.server.batches.at = _killing(worker, kill_at, nth, arrives=arrives) if kill_at else lambda stage: None
        worker.wait(timeout=100)
        self.server.batches.at = lambda stage: None
        return worker.returncode

    def collect(self) -> list[JobReport]:
        with Journal(self.state) as journal:
            return [job for one in collect_all(self.folder, price=PRICE, journal=journal) for job in one.jobs]

    def attempts(self) -> list[Attempt]:
        keys = [Request((f"Question {n}",)).key(f"{self.model}@{self.server.url[7:]}") for n in range(self.number)]
        with Journal(self.state) as journal:
            return [one for key in keys for one in journal.find(key).result()]

    def states(self) -> Counter[State]:
        return Counter(one.state for one in self.attempts())

    def submitted(self) -> Counter[int]:
        """How often each question has reached the provider."""
        rows = [json.dumps(row) for job in self.server.batches.jobs.values() for row in job.requests]
        return Counter(int(row.partition("Question ")[2].partition('"')[0]) for row in rows)


def _killing(worker: "subprocess.Popen[bytes]", at: str, nth: int, *, arrives: bool) -> Callable[[str], None]:
    left = [nth]

    def told(stage: str) -> None:
        if stage == at:
            left[0] -= 1
            if left[0] == 0:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                if not arrives:
                    raise ConnectionResetError  # what it had sent is gone with it

    return told


@pytest.mark.parametrize(
    ("model", "stage"),
    [(OPENAI, "file"), (OPENAI, "create"), (ANTHROPIC, "create"), (GOOGLE, "file"), (GOOGLE, "create")],
)
def test_killed_before_the_batch_was_submitted(
    tmp_path: Path, server: FakeProvider, model: str, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(tmp_path, server, model)
    assert scene.work("submit", kill_at=stage, arrives=False) == -signal.SIGKILL
    assert server.batches.jobs == {}
    assert scene.states() == {State.SENT: 3}
    assert {(one.job or "")[:10] for one in scene.attempts()} == {"photocast-"}

    assert scene.work("submit") == 0  # nobody knows yet, so it waits
    assert server.batches.jobs == {}
    if stage == "create":
        (job,) = scene.collect()
        assert "lists no such batch yet" in job.trouble
        monkeypatch.setattr(reconcile, "SETTLED", timedelta(0))
    before = len(server.requests)
    (job,) = scene.collect()
    assert len(server.requests) - before == (stage == "create")  # whoever died at the upload has not asked for a batch
    assert (job.failed, job.pending) == ({"not submitted": 3}, 0)
    assert scene.work("submit", "collect") == 0
    assert set(scene.submitted().values()) == {1}
    assert scene.states() == {State.ANSWERED: 2, State.FAILED: 4}  # question 1 is rejected, and 3 were not submitted


@pytest.mark.parametrize("model", [OPENAI, ANTHROPIC, GOOGLE])
def test_killed_when_the_batch_was_submitted_and_its_name_not_known(
    tmp_path: Path, server: FakeProvider, model: str
) -> None:
    scene = Scene(tmp_path, server, model)
    assert scene.work("submit", kill_at="created") == -signal.SIGKILL
    assert len(server.batches.jobs) == 1
    assert scene.work("submit") == 0
    assert len(server.batches.jobs) == 1
    jobs = scene.collect()
    if model == ANTHROPIC:  # it keeps no name of ours: only its results can tell whose it is
        assert "(in_progress" in jobs[0].trouble
        server.batches.end_all()
        jobs = scene.collect()
    (job,) = jobs
    assert (job.answered, job.failed, job.pending) == (2, {"rejected": 1}, 0)
    assert set(scene.submitted().values()) == {1}
    assert {one.job for one in scene.attempts()} == set(_names(server))


def _names(server: FakeProvider) -> list[str]:
    return [f"batches/{name}" if name.startswith("g") else name for name in server.batches.jobs]


@pytest.mark.parametrize(
    ("model", "stage", "nth"),
    [(OPENAI, "look", 1), (OPENAI, "results", 1), (OPENAI, "results", 2), (ANTHROPIC, "results", 1)],
    ids=["looking", "before the first file", "between the files", "of anthropic"],
)
def test_killed_while_collecting(tmp_path: Path, server: FakeProvider, model: str, stage: str, nth: int) -> None:
    scene = Scene(tmp_path, server, model, number=700)
    assert scene.work("submit") == 0
    assert scene.work("collect", kill_at=stage, nth=nth) == -signal.SIGKILL
    before = [one for one in scene.attempts() if one.state is not State.SENT]
    if nth == 2:  # the answers of the first file were being written down
        assert 256 <= len(before) <= 350
    (job,) = scene.collect()
    assert (job.answered + sum(job.failed.values()), job.pending) == (700 - len(before), 0)
    assert scene.states() == {State.ANSWERED: 350, State.FAILED: 350}
    kept = {one.id: one for one in scene.attempts()}
    assert [kept[one.id] for one in before] == before
    assert sum(one.paid or 0.0 for one in kept.values()) == pytest.approx(0.35)  # 350 answers at half of $0.002
    assert set(scene.submitted().values()) == {1}


@pytest.mark.parametrize(
    ("model", "kills"),
    [
        (OPENAI, 3),
        pytest.param(OPENAI, 25, marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
        pytest.param(ANTHROPIC, 25, marks=[pytest.mark.slow, pytest.mark.timeout(900)]),
    ],
)
def test_a_storm(tmp_path: Path, server: FakeProvider, model: str, kills: int) -> None:
    chance = random.Random(kills)
    scene = Scene(tmp_path, server, model, number=0)
    stages = ("create", "created", "list", "look", "results") + ("file",) * (model == OPENAI)
    died = 0
    while died < kills:
        scene.number += 40  # there is always something new to submit
        arrives = chance.random() < 0.5
        died += scene.work("submit", "collect", kill_at=chance.choice(stages), arrives=arrives, settled=0.0) != 0
        server.batches.end_all()
    for _ in range(2):  # what is found not to have been submitted is submitted now
        assert scene.work("submit", "collect", settled=0.0) == 0
        server.batches.end_all()
    scene.collect()
    submitted = scene.submitted()
    assert {submitted[n] for n in range(0, scene.number, 2)} == {1}  # the others are rejected, and asked anew each time
    attempts = scene.attempts()
    assert sum(one.state is State.ANSWERED for one in attempts) == scene.number // 2
    assert {one.state for one in attempts} == {State.ANSWERED, State.FAILED}
    assert {one.possibly_paid for one in attempts} == {0.0}
    print(f"{kills} kills, {scene.number // 2} answers, {len(server.batches.jobs)} batches, nothing answered twice")
