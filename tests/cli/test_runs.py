"""What was asked and what it cost can be read, and old runs can be cleared away."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from photocast.runs import Attempt, Journal, State


def _run_of(journal: Journal, what: str, *models: str, price: float | None = 0.0105, lost: int = 0) -> str:
    """A run with an answered call to each model, and some whose answers never came."""
    run = journal.begin(what)
    for number, model in enumerate([*models, *models[:1] * lost]):
        attempt = Attempt(key=f"{what} {number}", run=run, model=model, reserved=price)
        journal.reserve(attempt).result()
        if number < len(models):
            answered = replace(attempt, state=State.ANSWERED, paid=price, input_tokens=9000, output_tokens=876)
            journal.settle(replace(answered, answer="word " * 2000)).result()
        else:
            journal.settle(replace(attempt, state=State.LOST, possibly_paid=price or 0.0)).result()
    return run


@pytest.fixture
def state(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a user who has made two episodes."""
    with Journal(tmp_path / "state") as journal:
        journal.replayed(_run_of(journal, "photocast-out/lisbon", "openai:gpt-5-mini", "anthropic:claude-haiku-4-5"))
        _run_of(journal, "photocast-out/loaf\x1b[31m", "openai:mine@127.0.0.1", price=None, lost=1)
    return {"PHOTOCAST_STATE": str(tmp_path / "state")}


def test_the_list_for_people(run: Any, state: dict[str, str]) -> None:
    ran = run("runs", env=state)
    assert ran.code == 0, ran.err
    head, *lines = ran.out.splitlines()
    assert head.split() == ["started", "calls", "tokens", "paid", "possibly", "paid"]
    rows = [line for line in lines if not line.startswith(" ")]
    for row in rows[:2]:
        started = datetime.strptime(row[:16], "%Y-%m-%d %H:%M").astimezone()
        assert datetime.now(UTC) - started < timedelta(minutes=5)
    newest, other, together = (row[16:].split() for row in rows)
    assert newest == ["1", "9,876", "?"]
    assert other == ["2", "19,752", "$0.021"]
    assert together == ["3", "29,628", "$0.021", "+", "?"]
    assert [line for line in lines if line.startswith(" ")] == [
        r"    photocast-out/loaf\x1b[31m",  # a name cannot colour the terminal
        "    openai:mine@127.0.0.1",
        "    1 call cut off",
        "    photocast-out/lisbon",
        "    openai:gpt-5-mini, anthropic:claude-haiku-4-5",
        "    1 answer from earlier runs, not paid again",
    ]
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    assert "nobody knows whether they were charged" in ran.err


def test_the_list_for_programs(run: Any, state: dict[str, str], tmp_path: Path) -> None:
    ran = run("runs", "--json", env=state)
    assert ran.code == 0, ran.err
    assert ran.document["journal"] == str(tmp_path / "state" / "journal.sqlite")
    newest, other = ran.document["runs"]
    assert (other["calls"], other["from_journal"], other["paid"], other["unpriced"]) == (2, 1, 0.021, 0)
    assert (newest["calls"], newest["lost"], newest["paid"], newest["unpriced"]) == (1, 1, 0.0, 2)
    assert datetime.now(UTC) - datetime.fromisoformat(newest["started"]) < timedelta(minutes=5)


def test_looking_makes_no_journal(run: Any, tmp_path: Path) -> None:
    nowhere = {"PHOTOCAST_STATE": str(tmp_path / "nothing")}
    assert run("runs", env=nowhere).out == "No model was asked yet.\n"
    assert run("runs", "--json", env=nowhere).document["runs"] == []
    assert run("runs", "prune", "--all", env=nowhere).out == "0 runs removed\n"
    assert not (tmp_path / "nothing").exists()


def test_young_runs_are_kept_and_all_are_not(run: Any, state: dict[str, str]) -> None:
    assert run("runs", "prune", env=state).out == "0 runs removed\n"
    assert len(run("runs", "--json", env=state).document["runs"]) == 2
    ran = run("runs", "prune", "--all", "--json", env=state)
    assert (ran.document["runs"], ran.document["attempts"]) == (2, 4)
    assert ran.document["bytes"] > 20_000
    assert run("runs", env=state).out == "No model was asked yet.\n"


def test_a_run_that_is_under_way_is_kept(run: Any, state: dict[str, str]) -> None:
    with Journal(Path(state["PHOTOCAST_STATE"])) as journal:
        _run_of(journal, "going on", "openai:gpt-5-mini")
        assert run("runs", "prune", "--all", env=state).out.startswith("2 runs removed")
        (left,) = run("runs", "--json", env=state).document["runs"]
        assert (left["what"], left["alive"]) == ("going on", True)
        assert "    under way" in run("runs", env=state).out.splitlines()


@pytest.mark.parametrize("age", ["30", "soon", "-1d", "1y"])
def test_an_age_that_is_none(age: str, run: Any, state: dict[str, str]) -> None:
    ran = run("runs", "prune", f"--older-than={age}", env=state)
    assert ran.code == 2
    assert "write 12h, 30d or 8w" in ran.err


def test_a_damaged_journal_is_refused_in_words(run: Any, state: dict[str, str]) -> None:
    file = Path(state["PHOTOCAST_STATE"]) / "journal.sqlite"
    file.write_bytes(b"rubbish" * 1000)
    ran = run("runs", "--json", env=state)
    assert ran.code == 4
    assert ran.document["error"]["what"] == f"the journal {file} is damaged"
    assert "Move it away" in ran.err
    assert file.read_bytes() == b"rubbish" * 1000


@pytest.mark.parametrize(
    ("answer", "flags", "code", "left"), [("n\n", [], 130, 2), ("y\n", [], 0, 0), ("", ["--yes"], 0, 0)]
)
def test_on_a_terminal_it_asks_first(
    answer: str, flags: list[str], code: int, left: int, run: Any, state: dict[str, str]
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "photocast", "runs", "prune", "--all", *flags],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"COLUMNS": "80", "TERM": "xterm"} | state,
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    assert process.wait() == code
    assert (b"2 runs with 3 answers" in shown) == (not flags)
    assert (b"is to pay again" in shown) == (not flags)
    assert len(json.loads(run("runs", "--json", env=state).out)["runs"]) == left
