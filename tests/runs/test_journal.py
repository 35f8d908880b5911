"""What is written down stays written down, whoever dies; a question has one answer; and what may be paid is known."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from photocast.runs import Attempt, Journal, Pruned, State, dollars, state_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def journal(folder: Path) -> Iterator[Journal]:
    with Journal(folder) as opened:
        yield opened


def _attempt(run: str, key: str = "k", **values: Any) -> Attempt:
    return Attempt(**{"key": key, "run": run, "model": "openai:gpt-5-mini", "reserved": 0.02} | values)


def _answered(attempt: Attempt, **values: Any) -> Attempt:
    return replace(attempt, state=State.ANSWERED, answer="Ada: Hello.", ending='{"finish": "done"}', **values)


def _elsewhere(folder: Path, code: str) -> str:
    """What a program prints that has the journal open as `journal` in a process of its own."""
    head = (
        "import os, signal, sys; from pathlib import Path; from photocast.runs import Attempt, Journal\n"
        "journal = Journal(Path(sys.argv[1])); run = journal.begin('elsewhere')\n"
        "def attempt(key): return Attempt(key=key, run=run, model='openai:gpt-5-mini', reserved=0.02)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", head + code, str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode in (0, -9), done.stderr
    return done.stdout


def test_everything_that_is_known_comes_back(journal: Journal) -> None:
    attempt = _attempt(journal.begin("lisbon"), purpose="script", prices="genai-prices 2026-11-01")
    assert journal.reserve(attempt).result()
    (stored,) = journal.find("k").result()
    assert stored.state is State.SENT
    assert stored == replace(attempt, sent=stored.sent)
    assert abs(stored.sent - attempt.sent) < timedelta(milliseconds=1)

    answer = _answered(attempt, paid=0.0123, input_tokens=900, output_tokens=700, cached_tokens=100, bytes_sent=123456)
    journal.settle(answer).result()
    (stored,) = journal.find("k").result()
    assert stored.ended is not None
    assert stored.ended >= stored.sent
    assert stored == replace(answer, sent=stored.sent, ended=stored.ended)


def test_a_settled_call_is_there_for_another_process_at_once(journal: Journal, folder: Path) -> None:
    attempt = _attempt(journal.begin("here"))
    journal.reserve(attempt).result()
    journal.settle(_answered(attempt, paid=0.01)).result()
    assert _elsewhere(folder, "print(*[one.answer for one in journal.find('k').result()])") == "Ada: Hello.\n"


def test_a_question_that_is_answered_or_being_asked_is_not_reserved_again(journal: Journal) -> None:
    run = journal.begin("lisbon")
    first = _attempt(run)
    assert journal.reserve(first).result()
    assert not journal.reserve(_attempt(run)).result()
    journal.settle(replace(first, state=State.FAILED, fault="rate_limited")).result()
    second = _attempt(run)
    assert journal.reserve(second).result()
    journal.settle(_answered(second)).result()
    assert not journal.reserve(_attempt(run)).result()
    assert [one.state for one in journal.find("k").result()] == [State.FAILED, State.ANSWERED]


def test_what_a_dead_process_left_under_way_is_lost_and_possibly_paid(folder: Path) -> None:
    _elsewhere(folder, "journal.reserve(attempt('k')).result(); os.kill(os.getpid(), signal.SIGKILL)")
    with Journal(folder) as journal:
        (left,) = journal.find("k").result()
        assert (left.state, left.possibly_paid, left.paid) == (State.LOST, 0.02, None)
        (run,) = journal.runs()
        assert (run.what, run.lost, run.possibly_paid, run.alive) == ("elsewhere", 1, 0.02, False)


def test_what_a_living_process_has_under_way_is_not_lost_until_it_dies(folder: Path, journal: Journal) -> None:
    code = (
        "import sys; from pathlib import Path; from photocast.runs import Attempt, Journal\n"
        "journal = Journal(Path(sys.argv[1])); run = journal.begin('long')\n"
        "journal.reserve(Attempt(key='k', run=run, model='m', reserved=0.5)).result()\n"
        "print('asked', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "asked\n"
        with Journal(folder) as third:
            assert [one.state for one in third.find("k").result()] == [State.SENT]
            assert [(run.alive, run.pending) for run in third.runs()] == [(True, 1)]
        other.kill()
        other.wait()
    (left,) = journal.find("k").result()  # it was open all the time, and finds out when it looks
    assert (left.state, left.possibly_paid) == (State.LOST, 0.5)


def test_a_lost_attempt_can_still_be_found_to_be_answered_but_an_answer_stays(journal: Journal) -> None:
    attempt = _attempt(journal.begin("lisbon"))
    journal.reserve(attempt).result()
    journal.settle(replace(attempt, state=State.LOST, possibly_paid=0.02)).result()
    journal.settle(_answered(attempt, paid=0.01)).result()
    with pytest.raises(ValueError, match="not under way"):
        journal.settle(replace(attempt, state=State.LOST)).result()
    with pytest.raises(ValueError, match="not under way"):
        journal.settle(_attempt(attempt.run)).result()
    (run,) = journal.runs()
    assert (run.paid, run.possibly_paid, run.lost) == (0.01, 0.0, 0)


def test_a_batch_outlives_the_process_that_submitted_it(folder: Path) -> None:
    _elsewhere(
        folder,
        "attempts = [attempt(f'k{n}') for n in range(1000)]\n"
        "reserved = [journal.reserve(one) for one in attempts]\n"
        "assert all(one.result() for one in reserved)\n"
        "journal.submitted([one.id for one in attempts[:999]], 'batch_7').result()\n"
        "os.kill(os.getpid(), signal.SIGKILL)",
    )
    with Journal(folder) as journal:
        waiting = journal.find_job("batch_7").result()
        assert len(waiting) == 999
        assert {one.state for one in waiting} == {State.SENT}
        (last,) = journal.find("k999").result()
        assert last.state is State.LOST  # it died before anybody could know whether this one was submitted
        (run,) = journal.runs()
        assert (run.pending, run.lost, run.over) == (999, 1, False)
        assert journal.prune().runs == 0  # answers are still to come

        journal.submitted([last.id], "batch_7").result()  # found in the provider's list
        results = [journal.settle(_answered(one, paid=0.001)) for one in journal.find_job("batch_7").result()]
        assert not wait(results, timeout=30).not_done
        assert all(one.exception() is None for one in results)
        (run,) = journal.runs()
        assert (run.calls, run.pending, run.lost, run.paid, run.over) == (1000, 0, 0, 1.0, True)


def test_a_run_is_summed_up(journal: Journal) -> None:
    run = journal.begin("lisbon")
    tokens = {"input_tokens": 100, "output_tokens": 50}
    outcomes: list[dict[str, Any]] = [
        {"state": State.ANSWERED, "paid": 0.01, **tokens},
        {"state": State.ANSWERED, "paid": 0.02, **tokens, "model": "anthropic:claude"},
        {"state": State.ANSWERED, "reserved": None, **tokens},
        {"state": State.FAILED, "fault": "server_error"},
        {"state": State.FAILED, "fault": "timed_out", "possibly_paid": 0.02},
        {"state": State.LOST, "possibly_paid": 0.02},
        {"state": State.LOST, "reserved": None},
    ]
    for number, outcome in enumerate(outcomes):
        attempt = _attempt(run, f"k{number}", **{k: outcome[k] for k in ("model", "reserved") if k in outcome})
        journal.reserve(attempt).result()
        journal.settle(replace(attempt, **outcome)).result()
    journal.replayed(run).result()
    journal.begin("porto")
    newer, summary = journal.runs()
    assert (newer.what, newer.calls, newer.paid, newer.models) == ("porto", 0, 0.0, ())
    assert summary.models == ("openai:gpt-5-mini", "anthropic:claude")
    assert (summary.calls, summary.failed, summary.lost, summary.pending, summary.from_journal) == (3, 2, 2, 0, 1)
    assert (summary.input_tokens, summary.output_tokens) == (300, 150)
    assert (summary.paid, summary.possibly_paid, summary.unpriced) == (0.03, 0.04, 2)
    assert summary.alive
    assert datetime.now(UTC) - summary.started < timedelta(minutes=2)


def test_pruning_leaves_living_and_younger_runs_and_shrinks_the_file(folder: Path) -> None:
    with Journal(folder) as before:
        run = before.begin("old")
        for number in range(300):
            attempt = _attempt(run, f"k{number}")
            before.reserve(attempt)
            before.settle(replace(_answered(attempt), answer="word " * 1000))
    with sqlite3.connect(folder / "journal.sqlite") as file:
        file.execute("UPDATE runs SET started = '2020-01-01T00:00:00.000+00:00'")
    file.close()
    with Journal(folder) as journal:
        living = journal.begin("living")
        journal.reserve(_attempt(living)).result()
        size = journal.size
        assert size > 1_500_000
        assert journal.prune(timedelta(days=10_000)) == Pruned(0, 0, 0)
        gone = journal.prune(timedelta(days=30))
        assert (gone.runs, gone.attempts) == (1, 300)
        assert gone.bytes == size - journal.size > 1_400_000
        assert b"word word" not in journal.path.read_bytes()
        assert [run.what for run in journal.runs()] == ["living"]
        assert journal.prune().runs == 0
    with Journal(folder) as journal:
        assert journal.prune().runs == 1
        assert journal.runs() == ()
        assert list((folder / "runs").iterdir()) == []


def test_nobody_else_may_read_it(folder: Path) -> None:
    before = os.umask(0o000)
    try:
        with Journal(folder) as journal:
            journal.begin("private")
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            files = [path for path in folder.iterdir() if path.is_file()]
            assert len(files) == 3  # SQLite's own two beside it
            assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    finally:
        os.umask(before)


def test_the_place_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "mine"))
    assert state_folder() == tmp_path / "mine"
    with Journal() as journal:
        assert journal.path.parent == tmp_path / "mine"
    monkeypatch.setenv("PHOTOCAST_STATE", "")
    assert state_folder().name == "photocast"


def test_many_processes_can_make_it_and_write_into_it_at_once(folder: Path) -> None:
    code = (
        "import sys; from dataclasses import replace; from pathlib import Path\n"
        "from photocast.runs import Attempt, Journal, State\n"
        "sys.stdin.readline()\n"
        "with Journal(Path(sys.argv[1])) as journal:\n"
        "    run = journal.begin(sys.argv[2])\n"
        "    for n in range(25):\n"
        "        one = Attempt(key=f'{n}', run=run, model='m', reserved=0.1)\n"
        "        if journal.reserve(one).result():\n"
        "            journal.settle(replace(one, state=State.ANSWERED, paid=0.1)).result()\n"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", code, str(folder), str(number)], stdin=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    for other in others:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
    for other in others:
        other.communicate()
        assert other.returncode == 0
    with Journal(folder) as journal:
        assert len(journal.runs()) == 4
        assert sum(run.calls for run in journal.runs()) == 25  # each question was one process's alone
        assert sum(run.lost + run.failed + run.pending for run in journal.runs()) == 0


def test_several_in_one_process_keep_what_they_write_whoever_comes_and_goes(folder: Path) -> None:
    """Whoever closes a journal last takes its log away; two that this process has open must not look like none."""
    come_and_go = "journal.reserve(attempt(run)).result(); journal.close()"
    with Journal(folder) as kept:
        run = kept.begin("kept")
        for number in range(3):
            with Journal(folder) as brief:
                brief.begin("brief")
            _elsewhere(folder, come_and_go)
            assert kept.path.with_name("journal.sqlite-wal").exists()
            assert kept.reserve(_attempt(run, f"k{number}")).result()
        _elsewhere(folder, come_and_go)
    with Journal(folder) as journal:
        assert len(journal.runs()) == 8
        assert all(journal.find(f"k{number}").result() for number in range(3))


def test_a_loop_goes_on_while_the_journal_writes(journal: Journal) -> None:
    run = journal.begin("loop")

    async def one(number: int) -> bool:
        return await asyncio.wrap_future(journal.reserve(_attempt(run, str(number))))

    async def all_of_them() -> list[bool]:
        return list(await asyncio.gather(*(one(number) for number in range(100))))

    assert asyncio.run(all_of_them()) == [True] * 100


def test_what_is_queued_at_the_end_is_written(folder: Path) -> None:
    with Journal(folder) as journal:
        run = journal.begin("hasty")
        queued = [journal.reserve(_attempt(run, str(number))) for number in range(200)]
    assert all(one.result() for one in queued)
    with pytest.raises(ValueError, match="closed"):
        journal.find("1")


def test_what_is_reserved_for_a_batch_outlives_the_process_that_asked(folder: Path) -> None:
    _elsewhere(
        folder,
        "from dataclasses import replace\n"
        "batch = [replace(attempt(f'k{n}'), job='photocast-7') for n in range(3)]\n"
        "assert journal.reserve_batch(batch).result() == (True,) * 3\n"
        "os.kill(os.getpid(), signal.SIGKILL)",
    )
    with Journal(folder) as journal:
        (run,) = journal.runs()
        waiting = journal.waiting(run.id).result()
        assert [(one.key, one.job, one.state) for one in waiting] == [
            (f"k{n}", "photocast-7", State.SENT) for n in range(3)
        ]
        assert (run.pending, run.lost, journal.alive(run.id)) == (3, 0, False)
        journal.submitted([one.id for one in waiting[:2]], "batch_7").result()
        journal.settle(_answered(waiting[0])).result()
        assert [(one.key, one.job) for one in journal.waiting(run.id).result()] == [
            ("k1", "batch_7"),
            ("k2", "photocast-7"),
        ]


def test_a_batch_leaves_out_what_is_answered_or_asked_anywhere(journal: Journal) -> None:
    run = journal.begin("lisbon")
    assert journal.alive(run)
    answered, asked, failed, lost = (_attempt(run, key) for key in ("answered", "asked", "failed", "lost"))
    for one in (answered, asked, failed, lost):
        journal.reserve(one).result()
    journal.settle(_answered(answered)).result()
    journal.settle(replace(failed, state=State.FAILED)).result()
    journal.settle(replace(lost, state=State.LOST)).result()
    batch = [_attempt(run, key, job="photocast-1") for key in ("answered", "asked", "failed", "lost", "new", "new")]
    assert journal.reserve_batch(batch).result() == (False, False, True, True, True, False)
    other = [_attempt(run, key, job="photocast-2") for key in ("new", "newer")]
    assert journal.reserve_batch(other).result() == (False, True)  # it is in the first batch already


def test_importing_the_room_does_not_load_sqlite() -> None:
    code = "import sys, photocast.runs; print('sqlite3' in sys.modules, 'platformdirs' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False False\n"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "$0.00"),
        (0.00001, "<$0.0001"),
        (0.0432, "$0.0432"),
        (0.05, "$0.05"),
        (0.125, "$0.125"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_as_people_read_it(amount: float, shown: str) -> None:
    assert dollars(amount) == shown
