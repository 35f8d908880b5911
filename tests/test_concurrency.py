"""Work that waits, run to its end from code that does not."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from photocast._concurrency import map_bounded, run_sync


async def _answer(value: object) -> object:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


def plainly(work: Callable[[], object]) -> object:
    return work()


def inside_a_loop(work: Callable[[], object]) -> object:
    async def main() -> object:
        return work()

    return asyncio.run(main())


@pytest.mark.parametrize("where", [plainly, inside_a_loop])
def test_work_comes_to_its_end_wherever_it_is_called(where: Callable[[Callable[[], object]], object]) -> None:
    assert where(lambda: run_sync(_answer(3))) == 3
    error = KeyError("three")
    with pytest.raises(KeyError) as failed:
        where(lambda: run_sync(_answer(error)))
    assert failed.value is error


def test_a_call_in_a_call_in_a_call() -> None:
    async def deeper(level: int) -> int:
        return 0 if level == 0 else 1 + run_sync(deeper(level - 1))

    assert run_sync(deeper(3)) == 3


_NOTEBOOK = """
import asyncio, sys
from photocast._concurrency import run_sync

async def forever():
    print("under way", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        print("cleared up", flush=True)

async def cell():
    run_sync(forever())

loop = asyncio.new_event_loop()  # of a notebook, which lets Ctrl-C through
try:
    loop.run_until_complete(cell())
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
def test_ctrl_c_in_a_notebook_stops_the_work() -> None:
    process = subprocess.Popen([sys.executable, "-c", _NOTEBOOK], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "under way\n"
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate()
    assert out.splitlines() == ["cleared up", "stopped"]
    assert process.returncode == 0


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_results_come_in_the_order_of_the_items() -> None:
    async def slower_first(item: int) -> int:
        for _ in range(10 - item):
            await asyncio.sleep(0)
        return item * item

    assert run(map_bounded(slower_first, range(10), limit=10)) == [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]
    assert run(map_bounded(slower_first, [], limit=3)) == []


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_no_more_than_the_limit_at_once(limit: int) -> None:
    open_now, most = 0, 0

    async def work(item: int) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        for _ in range(5):
            await asyncio.sleep(0)
        open_now -= 1

    run(map_bounded(work, range(12), limit=limit))
    assert most == min(limit, 12)


def test_a_failure_stops_the_rest() -> None:
    done: list[int] = []

    async def work(item: int) -> None:
        await asyncio.sleep(0)
        if item == 2:
            raise ValueError(item)
        done.append(item)

    with pytest.raises(ExceptionGroup) as failed:
        run(map_bounded(work, range(100), limit=2))
    assert [str(error) for error in failed.value.exceptions] == ["2"]
    assert len(done) < 10
