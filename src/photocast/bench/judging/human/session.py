"""The raters of a study while it is served. All that is known of them can be told from their votes: those are kept."""

import hashlib
import json
import os
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from pydantic import Field

from photocast.bench.judging.human.choosing import Choosing
from photocast.bench.judging.human.rater import Order, Rater, Shown, key_of, preference, time_of
from photocast.bench.judging.human.study import Study
from photocast.bench.judging.lines import add_lines
from photocast.bench.judging.votes import HUMAN_VOTES, Status, Vote, read_votes
from photocast.runs import cannot_write
from photocast.schema import InputError, PhotocastError, UsageError
from photocast.schema.record import Record

TAKEN_BACK = "taken back"
"""Reason of a vote that its rater undid and has not given again."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE = re.compile(rf"[{_LETTERS}]{{8}}")
_CONSENTS = "human-consent.tsv"


class Unsaved(PhotocastError):
    """A vote that could not be written to the disk."""

    exit_code = 4


class Answer(Record):
    """One answer as the page sends it."""

    rater: str
    pair: str
    criterion: str
    answer: int = Field(ge=1, le=5)
    """1 and 2: the left transcript is much better, better; 3 about the same; 4 and 5 the right one."""
    note: str = Field(default="", max_length=2000)
    seconds: float = Field(default=0, ge=0, allow_inf_nan=False)
    """From when the pair was shown to the answer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rater stands."""

    pair: str | None
    """Name of the pair to show; None when there is nothing left."""
    shown: Shown | None
    done: int
    total: int
    answered: dict[str, int]
    """What was answered about this pair already, as the page numbers answers."""
    can_undo: bool


class Session:
    """The raters of a study, for any number of threads.

    Args:
        study: what is compared.
        folder: the judging folder, to which `human-<code>.jsonl` is written for each rater.
        key: a secret from which the names of pairs are made, so that they tell nothing.

    Raises:
        InputError: a file of votes there cannot be used.
    """

    def __init__(self, study: Study, folder: Path, key: bytes) -> None:
        self.study, self.folder = study, folder
        self._key = key
        self._lock = threading.RLock()
        self._raters = {code: self._read(code, file) for file in _files(folder) if (code := _code_of(file))}

    def join(self) -> str:
        """Begin as a new rater, who agreed to the consent text; returns their code.

        Raises:
            Unsaved: that they agreed cannot be written down.
        """
        with self._lock:
            code = "".join(secrets.choice(_LETTERS) for _ in range(8))
            digest = hashlib.sha256(self.study.consent.encode()).hexdigest()
            line = f"{code}\t{datetime.now(UTC).isoformat(timespec='seconds')}\t{digest}\n"
            try:
                _append(self.folder / _CONSENTS, line)
                _append(_file(self.folder, code), "")
            except OSError as error:
                raise _unsaved(self.folder, error) from error
            self._raters[code] = self._rater(code)
            return code

    def standing(self, code: str) -> Standing:
        """What a rater is shown next, and how far they are.

        Raises:
            UsageError: there is no such rater.
        """
        with self._lock:
            rater = self._known(code)
            choosing = Choosing(self.study, rater, [one for one in self._raters.values() if one is not rater])
            shown = choosing.next()
            rater.hold(shown)
            return Standing(
                pair=self._name(code, shown) if shown else None,
                shown=shown,
                done=len(rater.done),
                total=len(rater.done) + choosing.ahead(),
                answered=rater.answered(shown.comparison) if shown else {},
                can_undo=any(True for _ in rater.standing()),
            )

    def vote(self, answer: Answer) -> list[str]:
        """Write an answer to the disk; returns the criteria of the pair that wait for one.

        An answer to a question that was answered before takes its place.

        Raises:
            UsageError: there is no such rater, pair or question.
            Unsaved: the disk did not take it; the question is still open.
        """
        with self._lock:
            rater, shown = self._known(answer.rater), self.shown(answer.rater, answer.pair)
            if answer.criterion not in shown.comparison.criteria:
                raise UsageError("no such question", f"{answer.criterion!r} is not asked", "Load the page again")
            if rater.orders_of_votes.get(shown.comparison.key, shown.order) != shown.order:
                # a page from before a restart, after which the pair was drawn again
                raise UsageError("this pair was begun anew", "its sides have changed places", "Load the page again")
            self._keep(rater, _vote(shown, answer, self._now(rater)))
            rater.hold(shown)
            return rater.open_questions(shown.comparison)

    def undo(self, code: str) -> None:
        """Take the last answer back; its question is open again. Nothing happens when there is none.

        Raises:
            UsageError: there is no such rater.
            Unsaved: the disk did not take it.
        """
        with self._lock:
            rater = self._known(code)
            if (last := max(rater.standing(), key=time_of, default=None)) is None:
                return
            undone = {"status": Status.REFUSED, "preference": None, "reason": TAKEN_BACK, "at": self._now(rater)}
            self._keep(rater, last.model_copy(update=undone))

    def shown(self, code: str, pair: str) -> Shown:
        """The pair that a page knows under that name.

        Raises:
            UsageError: there is no such rater or pair.
        """
        with self._lock:
            if (found := self._known(code).pairs.get(pair)) is None:
                raise UsageError("no such pair", "this study does not have it", "Load the page again")
            return found

    def _read(self, code: str, file: Path) -> Rater:
        rater = self._rater(code)
        for vote in sorted(read_votes(file), key=time_of):
            if vote.judge != code or vote.kind != "human":
                raise InputError(
                    f"cannot use {file}", f"it holds a vote of {vote.judge!r}", "Move that file to another folder"
                )
            rater.add(vote, self.study.by_key.get(key_of(vote)))
        return rater

    def _rater(self, code: str) -> Rater:
        shown = (Shown(one, order) for one in self.study.by_key.values() for order in get_args(Order))
        return Rater(code, {self._name(code, one): one for one in shown})

    def _known(self, code: str) -> Rater:
        if (rater := self._raters.get(code)) is None:
            raise UsageError("no such rater", "this study knows no such code", "Check the code, or begin anew")
        return rater

    def _keep(self, rater: Rater, vote: Vote) -> None:
        """On the disk first, then in memory."""
        try:
            add_lines(_file(self.folder, rater.code), [vote])
        except OSError as error:
            raise _unsaved(self.folder, error) from error
        rater.add(vote, self.study.by_key.get(key_of(vote)))

    def _now(self, rater: Rater) -> datetime:
        """The time, but always after the rater's last vote: a clock that was set back must not change their order."""
        return max([datetime.now(UTC), *(time_of(vote) + timedelta(microseconds=1) for vote in rater.votes.values())])

    def _name(self, code: str, shown: Shown) -> str:
        text = "\0".join((code, shown.comparison.key, shown.order))
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=9).hexdigest()


def _vote(shown: Shown, answer: Answer, at: datetime) -> Vote:
    first, second = shown.comparison.texts
    return Vote(
        item=shown.comparison.item,
        systems=shown.comparison.systems,
        order=shown.order,
        criterion=shown.comparison.kept_as(answer.criterion),
        judge=answer.rater,
        kind="human",
        status=Status.OK,
        preference=preference(answer.answer, shown.order),
        words=(first.words, second.words),
        reason=" ".join(answer.note.split()),
        raw=json.dumps({"answer": answer.answer, "seconds": round(answer.seconds, 1)}),
        images=shown.comparison.images,
        at=at,
    )


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(HUMAN_VOTES))


def _file(folder: Path, code: str) -> Path:
    return folder / f"human-{code}.jsonl"


def _code_of(file: Path) -> str | None:
    code = file.stem.removeprefix("human-")
    return code if _CODE.fullmatch(code) else None


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _unsaved(folder: Path, error: OSError) -> Unsaved:
    refused = cannot_write(folder, error)
    return Unsaved("your answer was not saved", refused.why, "Tell whoever runs the study, then try again")
