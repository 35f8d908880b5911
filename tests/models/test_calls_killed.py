"""A storm of kill -9, and a Ctrl-C: what was journaled is never paid for again, and all else that was paid is shown."""

import asyncio
import json
import random
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process, create_subprocess_exec
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Request
from photocast.runs import Attempt, Journal, State

WORKER = Path(__file__).with_name("storm_worker.py")
HEAD = b"HTTP/1.0 200 OK\r\n\r\n"
STAGES = ("asked", "begun", "half", "said")
"""Moments in an answer at which the server may have somebody killed."""


def _said(key: str) -> str:
    return f"Ada: {key}.\n" + "Leo: Yes, and then some more about it.\n" * 60


class Server:
    """Charges for every question it gets, whether or not the one who asked lives to hear the answer."""

    def __init__(self) -> None:
        self.charges: Counter[str] = Counter()
        self.settled: set[str] = set()
        """Keys that the journal has answers to; to be asked for one of these again is what must not happen."""
        self.paid_twice: list[str] = []
        self.at: Callable[[str], None] = lambda stage: None
        self.half_way: asyncio.Event | None = None
        """If set, no answer goes on after its first half until this happens."""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            key = (await reader.readexactly(64)).decode()
            self.charges[key] += 1
            self.paid_twice += [key] if key in self.settled else []
            text = _said(key).encode()
            parts = {"asked": b"", "begun": HEAD + text[:20], "half": text[20:1000], "said": text[1000:]}
            for stage, part in parts.items():
                writer.write(part)
                await writer.drain()
                self.at(stage)
                if stage == "half" and self.half_way:
                    await self.half_way.wait()
                await asyncio.sleep(0)  # the other answers get on as well
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever asked is dead
        finally:
            writer.close()


async def _worker(state: Path, port: int, calls: int) -> Process:
    return await create_subprocess_exec(
        sys.executable, WORKER, state, str(port), str(calls), "16", stdin=DEVNULL, stdout=PIPE
    )


def _copied(state: Path, to: Path) -> list[tuple[Any, ...]]:
    """Key, state and answer of all attempts, from a copy: looking must not mend what the next process has to mend."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for file in state.glob("journal.sqlite*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, to)
    with sqlite3.connect(to / "journal.sqlite") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = copy.execute("SELECT key, state, answer FROM attempts").fetchall()
    copy.close()
    return rows


def _murder(worker: Process, chance: random.Random) -> Callable[[str], None]:
    """Kills at a random moment of a random one of the answers to come."""
    moment, which, answers = chance.choice(STAGES), chance.randint(1, 40), count(1)

    def at(stage: str) -> None:
        if stage == moment and next(answers) == which:
            worker.kill()

    return at


async def _storm(server: Server, state: Path, copy: Path, *, calls: int, kills: int) -> tuple[int, dict[str, Any]]:
    """Begin again after every death; the number of deaths, and what the one that lived to the end has spent."""
    chance, died = random.Random(kills), 0
    async with await asyncio.start_server(server, "127.0.0.1", 0) as listening:
        while True:
            worker = await _worker(state, listening.sockets[0].getsockname()[1], calls)
            server.at = _murder(worker, chance) if died < kills else lambda stage: None
            out, _ = await worker.communicate()
            if worker.returncode == 0:
                return died, json.loads(out)
            assert worker.returncode == -signal.SIGKILL
            died += 1
            server.settled |= {key for key, now, _ in _copied(state, copy) if now == "answered"}


@pytest.mark.parametrize(
    ("calls", "kills"), [(160, 3), pytest.param(800, 30, marks=pytest.mark.slow)], ids=["breeze", "storm"]
)
def test_nothing_that_is_in_the_journal_is_paid_for_again(tmp_path: Path, calls: int, kills: int) -> None:
    server, state = Server(), tmp_path / "state"
    died, spent = asyncio.run(_storm(server, state, tmp_path / "copy", calls=calls, kills=kills))
    assert died == kills
    assert server.paid_twice == []

    with Journal(state) as journal:
        keys = [Request((f"question {number}",)).key("mine:remote") for number in range(calls)]
        attempts = {key: journal.find(key).result() for key in keys}
        runs = journal.runs()
    assert {key: _answers(of_key) for key, of_key in attempts.items()} == {key: [_said(key)] for key in keys}
    lost = {key: [one for one in of_key if one.state is State.LOST] for key, of_key in attempts.items()}
    assert all(server.charges[key] <= 1 + len(lost[key]) for key in keys)
    assert all(one.possibly_paid == 0.05 for of_key in lost.values() for one in of_key)
    assert server.charges.total() > calls, "nobody was killed while a call was under way"

    assert len(runs) == kills + 1
    assert sum(run.lost for run in runs) == sum(map(len, lost.values()))
    assert sum(run.calls for run in runs) == calls
    assert spent["calls"] + spent["from_journal"] == calls
    assert spent["usd"] == pytest.approx(0.02 * spent["calls"])
    assert spent["possibly_paid_usd"] <= sum(run.possibly_paid for run in runs) + 1e-9
    again = sum(server.charges[key] - 1 for key in keys)
    shown = sum(run.lost for run in runs)
    print(
        f"{kills} kills, {calls} calls: {server.charges.total()} charges, {again} of them again; {shown} shown as lost"
    )


def _answers(attempts: tuple[Attempt, ...]) -> list[str]:
    return [one.answer for one in attempts if one.state is State.ANSWERED]


def test_ctrl_c_leaves_lost_calls_with_what_was_heard(tmp_path: Path) -> None:
    async def interrupted() -> None:
        server = Server()
        server.half_way = asyncio.Event()
        half = asyncio.Event()
        halves: list[str] = []

        def at(stage: str) -> None:
            halves.extend([stage] if stage == "half" else [])
            if len(halves) == 5:
                half.set()

        server.at = at
        async with await asyncio.start_server(server, "127.0.0.1", 0) as listening:
            worker = await _worker(tmp_path / "state", listening.sockets[0].getsockname()[1], 5)
            await half.wait()
            worker.send_signal(signal.SIGINT)
            await worker.communicate()
            server.half_way.set()
            assert worker.returncode != 0

    asyncio.run(interrupted())
    rows = _copied(tmp_path / "state", tmp_path / "copy")
    assert [state for _, state, _ in rows] == ["lost"] * 5  # by its own doing, before it ended
    assert all(_said(key).startswith(answer) for key, _, answer in rows)
