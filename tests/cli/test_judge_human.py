"""`photocast judge human` as labs run it: another process, ended in every way, and begun again."""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from photocast.bench.judging.votes import Status, read_votes

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TALK = "Ada: {0}, the first one.\n\nLeo: And then?\n\nAda: Then the second.\n"


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Two systems on five items, one more of the second, and photos of two items."""
    for system in ("ours", "theirs"):
        (tmp_path / system).mkdir()
        for number in range(5):
            (tmp_path / system / f"st_{number}.txt").write_text(TALK.format(f"{system} {number}"))
    (tmp_path / "theirs" / "st_9.txt").write_text(TALK.format("alone"))
    for number in (0, 1):
        (tmp_path / "albums" / f"st_{number}").mkdir(parents=True)
        photo = Image.effect_noise((400, 300), 60 + 60 * number).convert("RGB")
        photo.save(tmp_path / "albums" / f"st_{number}" / "a.jpg")
    return tmp_path


class Served:
    """A server in a process of its own."""

    def __init__(self, lab: Path, *more: str) -> None:
        command = [sys.executable, "-m", "photocast", "judge", "human", "ours", "theirs", "-o", "judged", *more]
        self.process = subprocess.Popen(
            [*command, "--json"],
            cwd=lab,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        text = ""
        while not text.endswith("\n}\n"):
            line = self.process.stdout.readline()
            assert line, self.process.stderr and self.process.stderr.read()
            text += line
        self.document = json.loads(text)
        self.url = str(self.document["url"])

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        origin = re.match(r"http://[^/]+", self.url)
        assert origin
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Origin": origin[0]},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def join(self) -> str:
        return str(self.ask("join", {"agreed": True})["rater"])

    def kill(self, how: int = signal.SIGKILL) -> int:
        self.process.send_signal(how)
        code = self.process.wait(20)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code


@pytest.fixture
def served(lab: Path) -> Iterator[Any]:
    running: list[Served] = []

    def start(*more: str) -> Served:
        running.append(Served(lab, *more))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.kill()


def _judge_until_it_dies(served: Served, code: str, given: dict[tuple[str, str], int], draws: random.Random) -> None:
    """Vote as fast as it goes; in `given` is what was acknowledged, by pair and criterion."""
    try:
        while pair := served.ask(f"next/{code}")["pair"]:
            for question in pair["questions"]:
                if (name := question["criterion"]) in pair["answers"]:
                    continue
                answer = draws.randint(1, 5)
                served.ask("vote", {"rater": code, "pair": pair["id"], "criterion": name, "answer": answer})
                given[pair["id"], name] = answer
    except (OSError, urllib.error.URLError, http.client.HTTPException, ValueError):
        return  # the server is dead


def test_kill_9_loses_no_vote_that_was_acknowledged(served: Any, lab: Path) -> None:
    draws = random.Random(5)
    server = served()
    codes = [server.join() for _ in range(3)]
    given: dict[str, dict[tuple[str, str], int]] = {code: {} for code in codes}
    urls = {server.url}
    for round_ in range(4):
        threads = [
            threading.Thread(target=_judge_until_it_dies, args=(server, code, given[code], random.Random(f"{code}")))
            for code in codes
        ]
        for thread in threads:
            thread.start()
        if round_ < 3:
            threads[0].join(draws.uniform(0.02, 0.12))
            assert server.kill() == -signal.SIGKILL
        for thread in threads:
            thread.join(30)
        for code in codes:
            kept = sum(vote.status is Status.OK for vote in read_votes(lab / "judged" / f"human-{code}.jsonl"))
            assert len(given[code]) <= kept <= len(given[code]) + 1 + round_  # one may be written and not acknowledged
        if round_ < 3:
            server = served()
            urls.add(server.url)
    assert len(urls) == 1  # the page that was open went on working
    for code in codes:
        votes = read_votes(lab / "judged" / f"human-{code}.jsonl")
        assert len(votes) == len({vote.question[:4] for vote in votes}) == 5 * 4
        kept_answers = sorted(json.loads(vote.raw)["answer"] for vote in votes)
        missing = list(kept_answers)
        for answer in given[code].values():
            missing.remove(answer)  # fails if an acknowledged answer is not among those kept
        assert len(missing) <= 3
    assert server.kill(signal.SIGINT) == 0


def test_the_page_is_announced_and_photos_are_shown(served: Any, lab: Path) -> None:
    server = served("--albums", "albums", "--per-rater", "1", "--controls", "1")
    assert server.document["pairs"] == 2  # the items of which there are albums
    assert server.document["photos"] == 2
    code = server.join()
    state = server.ask(f"next/{code}")
    assert state["total"] == 2
    assert state["pair"]["photos"] == 1
    with urllib.request.urlopen(f"{server.url}photo/{code}/{state['pair']['id']}/0/large", timeout=20) as photo:
        assert photo.read(3) == b"\xff\xd8\xff"
    assert server.kill(signal.SIGINT) == 0


def test_a_second_server_and_another_study_are_refused(served: Any, lab: Path, run: "Run") -> None:
    server = served()
    again = run("judge", "human", "ours", "theirs", "-o", "judged", cwd=lab)
    assert again.code == 4
    assert "another photocast judge human is at work there" in again.err
    server.kill()
    (lab / "ours" / "st_0.txt").write_text(TALK.format("changed since"))
    changed = run("judge", "human", "ours", "theirs", "-o", "judged", cwd=lab)
    assert changed.code == 4
    assert "Choose another folder with -o" in changed.err


def test_status_tells_who_is_how_far(served: Any, lab: Path, run: "Run") -> None:
    server = served()
    code = server.join()
    pair = server.ask(f"next/{code}")["pair"]
    for question in pair["questions"]:
        body = {"rater": code, "pair": pair["id"], "criterion": question["criterion"], "answer": 2}
        server.ask("vote", body)
    while_it_runs = run("judge", "human", "--status", "-o", "judged", "--json", cwd=lab)
    [status] = while_it_runs.document["raters"]
    assert (status["rater"], status["pairs"], status["answers"], status["left_preferred"]) == (code, 1, 4, 1.0)
    in_words = run("judge", "human", "--status", "-o", "judged", cwd=lab)
    assert re.search(rf"^{code} +1 +4 +- +100 %", in_words.out, re.MULTILINE)
    assert "1 rater" in in_words.err


def test_a_consent_text_of_the_lab_is_shown(served: Any, lab: Path) -> None:
    (lab / "consent.txt").write_text("Ours.\n\nApproved by nobody.\n", "utf-8")
    server = served("--consent", "consent.txt")
    assert server.ask("consent") == {"consent": "Ours.\n\nApproved by nobody."}


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("ours", "-o", "judged"), 2, "only one system is given"),
        (("-o", "judged"), 2, "system"),
        (("ours", "theirs"), 2, "-o"),
        (("ours", "missing", "-o", "judged"), 4, "missing"),
        (("ours", "theirs", "-o", "judged", "--consent", "missing.txt"), 4, "missing.txt"),
        (("ours", "theirs", "-o", "judged", "--consent", "empty.txt"), 4, "it is empty"),
        (("ours", "theirs", "-o", "judged", "--albums", "missing"), 4, "missing"),
        (("ours", "theirs", "-o", "ours/st_0.txt"), 4, "ours/st_0.txt"),
        (("ours", "theirs", "-o", "judged", "--host", "203.0.113.7"), 3, "cannot listen at 203.0.113.7"),
        (("ours", "theirs", "-o", "judged", "--per-rater", "0"), 2, "per-rater"),
        (("--status", "-o", "nowhere"), 4, "no rater in nowhere"),
    ],
)
def test_bad_input_is_said(lab: Path, run: "Run", args: tuple[str, ...], code: int, said: str) -> None:
    (lab / "empty.txt").touch()
    ran = run("judge", "human", *args, cwd=lab)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_network_is_warned_of(lab: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "photocast", "judge", "human", "ours", "theirs", "-o", "judged", "--host", "0.0.0.0"],
        cwd=lab,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://")
    process.send_signal(signal.SIGINT)
    _, notes = process.communicate(timeout=20)
    assert "Nothing is encrypted" in notes
    assert "Ended. Every answer is in judged" in notes
