"""How long the steps of a run take."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Seconds by step, and the processor time of the whole run with its child processes."""

    def __init__(self) -> None:
        self._began = _cpu()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens inside; a step entered twice is added up."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[name] = self._seconds.get(name, 0.0) + time.perf_counter() - began

    @property
    def seconds(self) -> dict[str, float]:
        """Elapsed seconds of each step so far, in the order they were first entered."""
        return {name: round(value, 3) for name, value in self._seconds.items()}

    @property
    def cpu_seconds(self) -> float:
        """Processor seconds since this clock was made, of all threads and of child processes that have ended."""
        return round(_cpu() - self._began, 3)


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
