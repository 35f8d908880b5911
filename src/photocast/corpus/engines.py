"""Who calls a function on many parts: this process, a pool of processes, or Ray. The results are the same."""

import logging
import os
import pickle
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from photocast._guard import is_local_only, stay_local
from photocast._optional import require
from photocast.schema import InputError, PhotocastError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

_NAME = re.compile(r"(?P<kind>here|pool|ray)(?::(?P<rest>.+))?")
_AHEAD = 2
"""Parts that wait for each worker besides the one it works on: enough to keep it busy, few enough to stop quickly."""

_QUIET_RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Ray reports nothing home, and does not warn of machines without a GPU."""


class Engine(Protocol):
    """Calls a function on every item; both can be sent to other processes."""

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """The results, in the order of the items, each as soon as it and those before it are there."""
        ...


def engine_of(name: str) -> Engine:
    """The engine of a name: `here`, `pool` or `pool:8`, `ray` or `ray:ADDRESS` (`ray:auto` is the cluster it is on).

    Raises:
        UsageError: there is none of that name.
    """
    match = _NAME.fullmatch(name)
    kind, rest = (match["kind"], match["rest"]) if match else ("", None)
    if kind == "here" and rest is None:
        return Here()
    if kind == "pool" and (rest is None or (rest.isdecimal() and int(rest) > 0)):
        return Pool(int(rest) if rest else _cores())
    if kind == "ray":
        return Ray(rest)
    do = "Write here, pool, pool:8, ray, ray:auto or ray:ADDRESS"
    raise UsageError(f"there is no engine {name!r}", "it is not one of those that photocast knows", do)


@dataclass(frozen=True)
class Here:
    """This process, one item after the other."""

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """The results, in order."""
        return map(function, items)


@dataclass(frozen=True)
class Pool:
    """Processes on this machine."""

    workers: int

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """The results, in order.

        Raises:
            InputError: a process died, as when memory is short.
        """
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        # Forking a process that has threads, such as the journal's, can hang its children; spawn is slower to start.
        context = multiprocessing.get_context("spawn")
        guard = stay_local if is_local_only() else None
        workers = min(self.workers, len(items)) or 1
        with ProcessPoolExecutor(workers, mp_context=context, initializer=guard) as pool:
            try:
                yield from _in_order(lambda item: pool.submit(function, item), items, ahead=self.workers * _AHEAD)
            except BrokenProcessPool as error:
                do = "Use fewer with --engine pool:N; what is done is kept"
                raise InputError("a worker process died", "the system may have been short of memory", do) from error
            finally:
                pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class Ray:
    """Ray Data: processes on this machine, or on all machines of a cluster, whose stores they all must reach.

    Attributes:
        address: of a cluster; None starts one on this machine.
    """

    address: str | None = None

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """The results, in order.

        Raises:
            UsageError: the run is to stay on this machine, which cannot be proved of Ray's processes.
        """
        if is_local_only():
            why = "Ray starts programs that could not be watched"
            raise UsageError(
                "--local and --engine ray exclude each other", why, "Use --engine pool, or leave out --local"
            )
        if not items:
            return
        ray, data = (require(name, extra="ray", purpose="--engine ray") for name in ("ray", "ray.data"))
        ours = not ray.is_initialized()
        if ours:
            os.environ.update(_QUIET_RAY)
            ray.init(address=self.address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        try:
            # Pickled here, since Arrow, in which Ray Data keeps its rows, does not know our types and warns of each.
            packed = [{"item": pickle.dumps(item)} for item in items]
            rows = data.from_items(packed, override_num_blocks=len(items)).map(_Applied(function))
            for row in rows.iter_rows():
                result = pickle.loads(row["result"])
                if isinstance(result, _Failed):
                    raise result.error
                yield result
        finally:
            if ours:
                ray.shutdown()


@dataclass(frozen=True)
class _Failed:
    """What a function raised on purpose, on its way to whoever asked: Ray would put words of its own around it."""

    error: PhotocastError


@dataclass(frozen=True)
class _Applied:
    """A function of an item as a function of a row of bytes."""

    function: Callable[[Any], object]

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        try:
            result = self.function(pickle.loads(row["item"]))
        except PhotocastError as error:
            result = _Failed(error)
        return {"result": pickle.dumps(result)}


def _in_order(submit: "Callable[[T], Future[R]]", items: Sequence[T], *, ahead: int) -> Iterator[R]:
    waiting: list[Future[R]] = []
    for item in items:
        waiting.append(submit(item))
        if len(waiting) > ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
