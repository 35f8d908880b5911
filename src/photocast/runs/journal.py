"""The journal of paid calls: what was asked is written down before it is sent, and what came before it is read."""

import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from photocast.runs.commits import Committer
from photocast.runs.living import Living
from photocast.runs.records import Attempt, Pruned, RunSummary, State
from photocast.runs.tables import connect, refusal, state_folder

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = tuple(one.name for one in fields(Attempt))
_ASKED = ("id", "key", "run", "model", "reserved", "purpose", "prices", "job", "sent")
"""What is known before there is a result, and does not change with it."""
_LIST = ", ".join(_COLUMNS)
_INSERT = f"INSERT INTO attempts ({_LIST}) SELECT {', '.join(f':{name}' for name in _COLUMNS)}"
_RESERVE = f"""
{_INSERT} WHERE NOT EXISTS (
    SELECT 1 FROM attempts WHERE key = :key AND (state = 'answered' OR state = 'sent' AND job IS NULL))
"""
_RESERVE_IN_BATCH = f"""
{_INSERT} WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE key = :key AND state IN ('answered', 'sent'))
"""
_SETTLE = f"""
UPDATE attempts SET {", ".join(f"{name} = :{name}" for name in _COLUMNS if name not in _ASKED)}
WHERE id = :id AND state IN ('sent', 'lost')
"""
_SUBMIT = """
UPDATE attempts SET job = ?, state = 'sent', possibly_paid = 0 WHERE id = ? AND state IN ('sent', 'lost')
"""
_BURY = """
UPDATE attempts SET state = 'lost', possibly_paid = coalesce(reserved, 0)
WHERE run = ? AND state = 'sent' AND job IS NULL
"""
_SUMMARIES = """
SELECT runs.id, started, what, replayed, count(attempts.id),
    total(state = 'answered'), total(state = 'failed'), total(state = 'lost'), total(state = 'sent'),
    total(input_tokens), total(output_tokens), total(paid), total(possibly_paid),
    total(state IN ('answered', 'lost') AND reserved IS NULL)
FROM runs LEFT JOIN attempts ON attempts.run = runs.id GROUP BY runs.id ORDER BY started DESC, runs.rowid DESC
"""


class Journal:
    """All attempts at calls that may cost something, of all runs of this user; several processes may have it open.

    What returns a `Future` is done by a thread of the journal: `.result()` waits for it, and
    `asyncio.wrap_future` lets a loop wait. A write is done when it would survive a loss of power.

    Raises:
        InputError: its file is damaged, of another version, or may not be written to; or the disk is full. Every
            method may raise it, or its future.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or state_folder()
        self.path = folder / "journal.sqlite"
        """The file; beside it lie SQLite's own, and the locks of living runs."""
        self._living = Living(folder / "runs")
        self._committer = Committer(connect(self.path), self._explain)
        try:
            self._committer.read(self._bury).result()
        except BaseException:
            self.close()
            raise

    def begin(self, what: str) -> str:
        """Begin a run, which lives as long as this journal is open; its id."""
        run = secrets.token_hex(6)
        self._living.hold(run)  # before anybody can read of it, or it would look dead
        row = run, _text(datetime.now(UTC)), what, os.getpid()
        insert = "INSERT INTO runs (id, started, what, pid) VALUES (?, ?, ?, ?)"
        self._committer.write(lambda connection: connection.execute(insert, row)).result()
        return run

    def find(self, key: str) -> "Future[tuple[Attempt, ...]]":
        """All attempts at a question, by anybody, the oldest first."""

        def found(connection: "sqlite3.Connection") -> tuple[Attempt, ...]:
            attempts = _select(connection, "key = ?", key)
            dead = {one.run for one in attempts if _under_way(one) and not self._living.has(one.run)}
            for run in dead:
                connection.execute(_BURY, (run,))
            return _select(connection, "key = ?", key) if dead else attempts

        return self._committer.read(found)

    def find_job(self, job: str) -> "Future[tuple[Attempt, ...]]":
        """All attempts that were submitted in a batch."""
        return self._committer.read(lambda connection: _select(connection, "job = ?", job))

    def waiting(self, run: str) -> "Future[tuple[Attempt, ...]]":
        """Attempts of a run that were reserved or submitted in batches and have no result yet, the oldest first."""
        where = "state = 'sent' AND job IS NOT NULL AND run = ?"
        return self._committer.read(lambda connection: _select(connection, where, run))

    def alive(self, run: str) -> bool:
        """Whether the process of a run is still there."""
        return self._living.has(run)

    def reserve(self, attempt: Attempt) -> "Future[bool]":
        """Write down that this will be sent; nothing may leave before that is done.

        False, and nothing is written: the question has been answered, or somebody is asking it right now.
        """
        row = _row(attempt)
        return self._committer.write(lambda connection: connection.execute(_RESERVE, row).rowcount == 1)

    def reserve_batch(self, attempts: Iterable[Attempt]) -> "Future[tuple[bool, ...]]":
        """Write down that these will be submitted together: all of it is there, or nothing.

        Their `job` is a name by which to find the batch as long as the provider's own is not known. They are not lost
        when the process dies, for the provider can be asked. False stands where a question has been answered, or is
        being asked, also in another batch: that one is not written.
        """
        rows = [_row(attempt) for attempt in attempts]

        def write(connection: "sqlite3.Connection") -> tuple[bool, ...]:
            return tuple(connection.execute(_RESERVE_IN_BATCH, row).rowcount == 1 for row in rows)

        return self._committer.write(write)

    def settle(self, attempt: Attempt) -> "Future[None]":
        """Write down what became of an attempt, over what was reserved. Only a lost one can be settled again.

        Raises:
            ValueError: it was never reserved, or has been settled.
        """
        row = _row(attempt if attempt.ended else replace(attempt, ended=datetime.now(UTC)))

        def write(connection: "sqlite3.Connection") -> None:
            if connection.execute(_SETTLE, row).rowcount != 1:
                raise ValueError(f"attempt {attempt.id} is not under way")

        return self._committer.write(write)

    def submitted(self, attempts: Iterable[str], job: str) -> "Future[None]":
        """Write down that attempts, by their ids, are with the provider as one batch: they are not lost any more."""
        rows = [(job, attempt) for attempt in attempts]

        def write(connection: "sqlite3.Connection") -> None:
            connection.executemany(_SUBMIT, rows)

        return self._committer.write(write)

    def replayed(self, run: str) -> "Future[None]":
        """Count an answer that a run took from the journal."""

        def write(connection: "sqlite3.Connection") -> None:
            connection.execute("UPDATE runs SET replayed = replayed + 1 WHERE id = ?", (run,))

        return self._committer.write(write)

    def runs(self) -> tuple[RunSummary, ...]:
        """All runs, the newest first."""
        return tuple(summary for summary, _ in self._committer.read(self._summaries).result())

    def prune(self, older_than: timedelta | None = None) -> Pruned:
        """Remove runs that are over, with their answers, which then would have to be paid for again.

        Args:
            older_than: only runs that began longer ago than that.
        """
        before = self.size
        listed = self._committer.read(self._summaries).result()
        gone = {one.id: attempts for one, attempts in listed if one.over and one.is_older_than(older_than)}
        if not gone:
            return Pruned(0, 0, 0)
        self._committer.write(lambda connection: _remove(connection, list(gone))).result()
        self._committer.read(_shrink).result()
        for run in gone:
            self._living.forget(run)
        return Pruned(len(gone), sum(gone.values()), before - self.size)

    @property
    def size(self) -> int:
        """Bytes that it takes on the disk."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return sum(file.stat().st_size for file in (self.path, log) if file.exists())

    def close(self) -> None:
        """Finish what is being written; the runs begun here are over."""
        self._committer.close()
        self._living.let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _explain(self, error: Exception) -> Exception:
        import sqlite3

        return refusal(self.path, error) if isinstance(error, OSError | sqlite3.Error) else error

    def _bury(self, connection: "sqlite3.Connection") -> None:
        """Mark as lost what dead runs have left under way."""
        waiting = connection.execute("SELECT DISTINCT run FROM attempts WHERE state = 'sent' AND job IS NULL")
        for (run,) in waiting.fetchall():
            if not self._living.has(run):
                connection.execute(_BURY, (run,))

    def _summaries(self, connection: "sqlite3.Connection") -> list[tuple[RunSummary, int]]:
        """Every run, and how many attempts it has."""
        models: dict[str, list[str]] = {}
        for run, model in connection.execute("SELECT run, model FROM attempts GROUP BY run, model ORDER BY min(rowid)"):
            models.setdefault(run, []).append(model)
        return [
            (self._summary(row, models.get(row[0], ())), row[4]) for row in connection.execute(_SUMMARIES).fetchall()
        ]

    def _summary(self, row: Sequence[Any], models: Sequence[str]) -> RunSummary:
        run, started, what, replayed, _, answered, failed, lost, sent, asked, said, paid, possibly, unpriced = row
        return RunSummary(
            id=run,
            started=datetime.fromisoformat(started),
            what=what,
            models=tuple(models),
            alive=self._living.has(run),
            calls=int(answered),
            from_journal=replayed,
            failed=int(failed),
            lost=int(lost),
            pending=int(sent),
            input_tokens=int(asked),
            output_tokens=int(said),
            paid=round(paid, 9),
            possibly_paid=round(possibly, 9),
            unpriced=int(unpriced),
        )


def _select(connection: "sqlite3.Connection", where: str, value: str) -> tuple[Attempt, ...]:
    rows = connection.execute(f"SELECT {_LIST} FROM attempts WHERE {where} ORDER BY rowid", (value,))
    return tuple(_attempt(row) for row in rows)


def _under_way(attempt: Attempt) -> bool:
    return attempt.state is State.SENT and attempt.job is None


def _row(attempt: Attempt) -> dict[str, Any]:
    row = {name: getattr(attempt, name) for name in _COLUMNS}
    return row | {"sent": _text(attempt.sent), "ended": _text(attempt.ended) if attempt.ended else None}


def _attempt(row: Sequence[Any]) -> Attempt:
    values = dict(zip(_COLUMNS, row, strict=True))
    ended = datetime.fromisoformat(values["ended"]) if values["ended"] else None
    return Attempt(
        **values | {"state": State(values["state"]), "sent": datetime.fromisoformat(values["sent"]), "ended": ended}
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _remove(connection: "sqlite3.Connection", runs: Sequence[str]) -> None:
    for run in runs:
        connection.execute("DELETE FROM attempts WHERE run = ?", (run,))
        connection.execute("DELETE FROM runs WHERE id = ?", (run,))


def _shrink(connection: "sqlite3.Connection") -> None:
    """Give the space of what was removed back to the disk, and leave nothing of it in the file."""
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
