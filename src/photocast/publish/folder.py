"""The episode folder: one script and everything that renders it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from photocast.publish.reading import read_record, read_text
from photocast.publish.store import AsLeft, Content, Kept, Progress, Store
from photocast.runs import Report
from photocast.schema import FactSheet, InputError, Plan, Script, parse_markdown, print_markdown
from photocast.schema.record import Record

SCRIPT_MD, SCRIPT, FACTS, PLAN, REPORT, OUTLINE, PAGE = (
    "script.md",
    "script.json",
    "facts.json",
    "plan.json",
    "report.json",
    "outline.json",
    "index.html",
)
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class EpisodeFiles:
    """What an episode folder says, with everything that was edited by hand taken in."""

    script: Script
    facts: FactSheet
    plan: Plan
    report: Report
    images: Mapping[str, Path]
    """The page pictures that are in the folder, by photo id."""
    edited: frozenset[str]
    """Names of the files that were changed by hand since photocast wrote them."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of writing an episode."""

    page: Path
    kept: tuple[Kept, ...] = field(default=())
    """Files changed by hand that had to make room, under the names they have now."""


class EpisodeFolder:
    """A folder that holds an episode, or will."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser()
        self._store = Store(self.path)

    def check(self) -> None:
        """Make sure, before any work is done, that an episode can be written here.

        Raises:
            InputError: the folder holds something else, is a file, or is being written by another run.
        """
        self._store.check()

    def write(
        self,
        *,
        script: Script,
        facts: FactSheet,
        plan: Plan,
        report: Report,
        images: Mapping[str, Path],
        outline: Sequence[Record] = (),
        progress: Progress | None = None,
    ) -> Written:
        """Write the episode, all of it or nothing.

        Args:
            script: what is said.
            facts: what it rests on.
            plan: what was asked for; its album is the one on the page.
            report: how it was made.
            images: the picture of each photo that the page may show, by photo id: resized and without metadata.
            outline: what the writer needs to write a turn again; read back with `outline`.
            progress: called after each step with the steps done and their number.

        Raises:
            InputError: the folder holds something else, or cannot be written to; nothing has changed then.
        """
        from photocast.publish.page import page_bytes
        from photocast.publish.sound import sound_of

        self._store.check()
        files: dict[str, Content] = {
            SCRIPT_MD: self._as_left(SCRIPT_MD, script) or print_markdown(script).encode(),
            SCRIPT: _json(script),
            FACTS: self._as_left(FACTS, facts) or _facts_json(facts),
            PLAN: _json(plan),
            REPORT: _json(report),
            OUTLINE: _list_json(outline),
            **{_photo(name): images[name] for photo in plan.album.photos if (name := photo.id) in images},
            PAGE: page_bytes(script, facts, plan.album, images, sound=sound_of(self.path, script)),
        }
        return Written(self.path / PAGE, self._store.replace(files, progress))

    def refresh_page(self) -> Written:
        """Write the page anew from what is in the folder, with its audio if there is any. No other file is touched.

        Raises:
            InputError: it is no episode, a file cannot be understood, or the folder cannot be written to.
        """
        from photocast.publish.page import page_bytes
        from photocast.publish.sound import sound_of

        self._store.check()
        files = self.read()
        sound = sound_of(self.path, files.script)
        page = page_bytes(files.script, files.facts, files.plan.album, files.images, sound=sound)
        return Written(self.path / PAGE, self._store.renew({PAGE: page}))

    def read(self) -> EpisodeFiles:
        """Read the episode, as it was edited.

        `script.md` is merged into `script.json` when it was changed by hand; every other file is read as it is.

        Raises:
            InputError: it is no episode, or a file cannot be understood; the error names the line.
        """
        self._store.settle()
        if not (self.path / SCRIPT).is_file():
            raise InputError(
                f"{self.path} is not an episode", f"it has no {SCRIPT}", "Make one: photocast make ALBUM -o FOLDER"
            )
        edited = self._store.edited()
        plan = read_record(self.path / PLAN, Plan)
        ids = [photo.id for photo in plan.album.photos]
        script = self._script(edited)
        _photos_exist(script, ids, self.path / (SCRIPT_MD if SCRIPT_MD in edited else SCRIPT))
        return EpisodeFiles(
            script=script,
            facts=read_record(self.path / FACTS, FactSheet),
            plan=plan,
            report=read_record(self.path / REPORT, Report),
            images={name: path for name in ids if (path := self.path / _photo(name)).is_file()},
            edited=edited,
        )

    def outline(self, kind: type[R]) -> tuple[R, ...]:
        """The outline of the episode as a writer left it; empty when there is none.

        Raises:
            InputError: it cannot be understood as records of this kind.
        """
        path = self.path / OUTLINE
        if not path.is_file():
            return ()
        try:
            return TypeAdapter(tuple[kind, ...]).validate_json(read_text(path))  # type: ignore[valid-type]
        except ValidationError as error:
            raise InputError(
                f"cannot read {path}",
                "it is not the outline of this episode",
                "Delete it, and then run photocast write FOLDER",
            ) from error

    def _script(self, edited: frozenset[str]) -> Script:
        base = read_record(self.path / SCRIPT, Script)
        if SCRIPT_MD not in edited:
            return base
        return _merged(self.path / SCRIPT_MD, base)

    def _as_left(self, name: str, meant: Script | FactSheet) -> AsLeft | None:
        """The file as the user left it, when it says just what is about to be written."""
        path = self.path / name
        if not path.is_file():
            return None
        try:
            said = _merged(path, meant) if isinstance(meant, Script) else read_record(path, FactSheet)
        except InputError:
            return None  # it cannot be meant as written: it makes room, and is kept under another name
        return AsLeft(path.read_bytes()) if said == meant else None


def _merged(path: Path, base: Script) -> Script:
    text = read_text(path)
    try:
        return parse_markdown(text, base=base)
    except InputError as error:
        raise type(error)(f"cannot read {path}", error.why, error.do) from error


def _photos_exist(script: Script, ids: list[str], path: Path) -> None:
    for turn in script.turns:
        if missing := [photo for photo in turn.photos if photo not in ids]:
            raise InputError(
                f"cannot read {path}, turn {turn.id}",
                f"it speaks of photo {missing[0]}, and the album has {ids[0]} to {ids[-1]}",
                "Correct the photo there",
            )


def _photo(name: str) -> str:
    return f"photos/{name}.jpg"


def _json(record: Record) -> bytes:
    return (record.model_dump_json(indent=2) + "\n").encode()


def _facts_json(facts: FactSheet) -> bytes:
    """One observation a line: easy to find, to strike, and to compare with the one before."""
    body = _lines(facts.observations, "    ", "  ")
    return f'{{\n  "schema_version": {facts.schema_version},\n  "observations": {body}\n}}\n'.encode()


def _list_json(records: Sequence[Record]) -> bytes:
    return (_lines(records, "  ", "") + "\n").encode()


def _lines(records: Sequence[Record], indent: str, closing: str) -> str:
    lines = ",\n".join(indent + json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in records)
    return f"[\n{lines}\n{closing}]" if lines else "[]"
