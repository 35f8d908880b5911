"""Where local models work: in one thread, which ends its work when nobody wants it any more."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from pathlib import Path
from threading import Event, Thread

_GLANCE_SECONDS = 0.2
"""Between two looks at whether a download is still wanted."""


class Stopped(Exception):
    """The work was ended from outside."""


@cache
def worker() -> ThreadPoolExecutor:
    """One thread for all local models: they share the machine's memory, and torch's random numbers."""
    return ThreadPoolExecutor(1, "photocast-local")


def unless_stopped(work: Callable[[], Path], stop: Event) -> Path:
    """Do work that cannot be interrupted in a thread that is left to itself when nobody waits for it any more.

    Such a thread does not keep the program from ending.

    Raises:
        Stopped: `stop` was set.
    """
    result: Future[Path] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # as an executor does: it is raised where the result is asked for
            result.set_exception(error)

    Thread(target=run, daemon=True).start()
    while not wait([result], _GLANCE_SECONDS).done:
        if stop.is_set():
            raise Stopped
    return result.result()
