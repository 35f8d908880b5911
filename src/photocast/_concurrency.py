"""Asynchronous work from synchronous code, and bounded."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_Place = tuple[asyncio.AbstractEventLoop, "asyncio.Task[Any]"]


def run_sync(work: Coroutine[Any, Any, R]) -> R:
    """Run asynchronous work to its end, also where a loop is running already, as in a notebook.

    Whoever stops waiting for it, as by Ctrl-C, stops the work: it may cost money.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    started: Future[_Place] = Future()
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(asyncio.run, _telling_where(work, started))
        try:
            return result.result()
        except BaseException:
            if not result.done():
                loop, task = started.result()
                with suppress(RuntimeError):  # it came to its end just now
                    loop.call_soon_threadsafe(task.cancel)
            raise


async def _telling_where(work: Coroutine[Any, Any, R], started: "Future[_Place]") -> R:
    task = asyncio.ensure_future(work)
    started.set_result((asyncio.get_running_loop(), task))
    return await task


async def map_bounded(function: Callable[[T], Awaitable[R]], items: Iterable[T], *, limit: int) -> list[R]:
    """Apply `function` to every item, at most `limit` at once; results in item order.

    Raises:
        ExceptionGroup: the first failures; the remaining work is cancelled.
    """
    gate = asyncio.Semaphore(limit)

    async def one(item: T) -> R:
        async with gate:
            return await function(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]
