"""Group commit: writes that come while the last one is being made safe share the next transaction.

A write is safe when the disk says so, which takes milliseconds however little is written. One thread owns the
connection and takes what has queued up: a single write waits for one such moment, and a hundred wait for one as well.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """Something to do with the connection, and where its result goes."""

    work: "Callable[[sqlite3.Connection], T]"
    writes: bool
    result: "Future[T]" = field(default_factory=Future)


class Committer:
    """Does all that is asked of one SQLite connection, in a thread of its own."""

    def __init__(self, connection: "sqlite3.Connection", explain: Callable[[Exception], Exception]) -> None:
        self._connection, self._explain = connection, explain
        self._queue: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._open = True
        self._thread = Thread(target=self._serve, name="photocast-journal", daemon=True)
        self._thread.start()

    def read(self, work: "Callable[[sqlite3.Connection], T]") -> "Future[T]":
        """Do this soon, outside the shared transaction: it sees all that is committed."""
        return self._put(_Job(work, writes=False))

    def write(self, work: "Callable[[sqlite3.Connection], T]") -> "Future[T]":
        """Do this in the next transaction; the result is there when it is committed. Writes keep their order."""
        return self._put(_Job(work, writes=True))

    def close(self) -> None:
        """Do what is queued, then close the connection."""
        if self._open:
            self._open = False
            self._queue.put(None)
            self._thread.join()
            self._connection.close()

    def _put(self, job: _Job[T]) -> "Future[T]":
        if not self._open:
            raise ValueError("the journal is closed")
        self._queue.put(job)
        return job.result

    def _serve(self) -> None:
        more = True
        while more:
            batch = [self._queue.get(), *self._waiting()]
            more = None not in batch
            jobs = [job for job in batch if job is not None and job.result.set_running_or_notify_cancel()]
            for job in jobs:
                if not job.writes:
                    self._do([job], alone=True)
            self._do([job for job in jobs if job.writes])

    def _waiting(self) -> Iterator[_Job[Any] | None]:
        try:
            while True:
                yield self._queue.get_nowait()
        except Empty:
            return

    def _do(self, jobs: Sequence[_Job[Any]], *, alone: bool = False) -> None:
        """Do jobs together. If that fails, each is done again by itself, so that only those fail that must."""
        if not jobs:
            return
        try:
            results = [jobs[0].work(self._connection)] if alone else self._commit(jobs)
        except Exception as error:  # whatever a job raises belongs to whoever waits for it, not to this thread
            if len(jobs) == 1:
                jobs[0].result.set_exception(self._explain(error))
            else:
                for job in jobs:
                    self._do([job])
            return
        for job, result in zip(jobs, results, strict=True):
            job.result.set_result(result)

    def _commit(self, jobs: Sequence[_Job[Any]]) -> list[Any]:
        with _transaction(self._connection):
            return [job.work(self._connection) for job in jobs]


@contextmanager
def _transaction(connection: "sqlite3.Connection") -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
