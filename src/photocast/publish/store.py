"""A folder of files that is exchanged as a whole and never loses what a person changed in it.

What is written is first built complete: beside the folder when there is none yet, so that one renaming brings it
to life, and in `.photocast/building` when there is one. That is renamed to `.photocast/ready`, and from then on the
new files are moved over the old ones. A run killed before the renaming has changed nothing; one killed after it is
finished by the next call, whichever that is. `.photocast/manifest.json` holds the hash of every file as it was
written, so that a file changed by hand is known for what it is, and names those that stayed as their user left them.
"""

import errno
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from photocast import __version__
from photocast.runs import Lock, cannot_write, sha256_of, sha256_of_bytes
from photocast.schema import InputError

OURS = ".photocast"
MANIFEST = f"{OURS}/manifest.json"
_BUILDING, _READY, _LOCK = f"{OURS}/building", f"{OURS}/ready", f"{OURS}/lock"
_NOBODYS = {OURS, ".cache", ".DS_Store", "Thumbs.db", "desktop.ini", "lost+found"}
"""What a folder may hold and still count as empty: our own corners, and what systems put there by themselves."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class AsLeft:
    """A file that stays as its user left it, and goes on counting as theirs if they changed it."""

    content: bytes


Content = bytes | Path | AsLeft
"""What goes into a file: contents, or a file to copy."""


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What is known of the files of a folder."""

    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by name, as they were written."""
    theirs: frozenset[str] = frozenset()
    """Those that were written as their user had left them: what that was is nowhere else."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was changed by hand and would have been written over."""

    name: str
    now: str
    """The name under which the changed file is kept."""


class Store:
    """The files of one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Make sure that the folder is ours, empty or not there yet.

        Raises:
            InputError: it holds something else, is a file, or another run is writing into it.
        """
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"cannot write into {self.path}", "it is a file", "Choose another folder with -o")
        self._can_be_entered()
        self.settle()
        if not self.path.exists() or (self.path / MANIFEST).exists():
            return
        strangers = sorted(entry.name for entry in self.path.iterdir() if entry.name not in _NOBODYS)
        if "script.json" in strangers:
            raise InputError(
                f"cannot write into {self.path}",
                f"it looks like an episode, but {MANIFEST} is missing, and without it your edits could not be told",
                "Copy the episode again with its hidden folder, or choose another folder",
            )
        if strangers:
            raise InputError(
                f"cannot write into {self.path}",
                f"it holds something that is not an episode of photocast ({_some(strangers)})",
                "Choose another folder with -o, or one that is empty",
            )

    def _can_be_entered(self) -> None:
        """Look at the nearest folder that is there already: finding out at the end would cost the whole run."""
        nearest = next(place for place in (self.path, *self.path.absolute().parents) if place.exists())
        if not nearest.is_dir():
            raise InputError(f"cannot write into {self.path}", f"{nearest} is a file", "Choose another folder with -o")
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise cannot_write(self.path, PermissionError(errno.EACCES, "may not write"))

    def settle(self) -> None:
        """Finish what a killed run had ready to move in, and clear away what it had not."""
        if (self.path / _READY).exists() or (self.path / _BUILDING).exists():
            with self._locked(self.path):
                self._settle()

    def manifest(self) -> dict[str, str]:
        """SHA-256 by name of the files as they were written; empty when that is not known."""
        return dict(_manifest(self.path).files)

    def edited(self) -> frozenset[str]:
        """Names of the files that were changed by hand since they were written.

        Without a readable manifest nothing is known to be ours, so that every file counts as changed.
        """
        written = self.manifest()
        if not written:
            return frozenset(name for name in _names(self.path) if not name.startswith(f"{OURS}/"))
        return frozenset(
            name
            for name, hashed in written.items()
            if (self.path / name).is_file() and sha256_of(self.path / name) != hashed
        )

    def replace(self, files: Mapping[str, Content], progress: Progress | None = None) -> tuple[Kept, ...]:
        """Write `files`, by name, in place of those written before.

        Returns:
            The files changed by hand that had to make room, and where they are now.

        Raises:
            InputError: as `check`, or the disk is full or cannot be written to; nothing has changed then.
        """
        self.check()
        tell = _Steps(2 * len(files) + 1, progress)
        try:
            if not self.path.exists():
                self._bring_to_life(files, tell)
                return ()
            with self._locked(self.path):
                self._settle()
                return self._exchange(files, _Manifest(), tell)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def renew(self, files: Mapping[str, Content]) -> tuple[Kept, ...]:
        """Write `files`, by name, beside all others that were written before, which stay as they are.

        Returns and raises as `replace` does.
        """
        self.check()
        try:
            with self._locked(self.path):
                self._settle()
                before = _manifest(self.path)
                others = {name: hashed for name, hashed in before.files.items() if name not in files}
                return self._exchange(files, _Manifest(others, before.theirs & others.keys()), _Steps(0, None))
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _bring_to_life(self, files: Mapping[str, Content], tell: "_Steps") -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._clear_away_the_dead()
        new = self.path.with_name(f".{self.path.name}.partial-{secrets.token_hex(4)}")
        (new / OURS).mkdir(parents=True)
        try:
            with self._locked(new) as lock:
                _build(new, files, _Manifest(), _Manifest(), tell)
                if sys.platform == "win32":
                    lock.let_go()  # it renames no folder that has a file open
                new.rename(self.path)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        tell.done()

    def _exchange(self, files: Mapping[str, Content], others: _Manifest, tell: "_Steps") -> tuple[Kept, ...]:
        building = self.path / _BUILDING
        for name in files:
            self._inside(name)
        try:
            _build(building, files, _manifest(self.path), others, tell)
            building.rename(self.path / _READY)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        tell.next()
        return self._move_in(tell)

    def _settle(self) -> None:
        try:
            if (self.path / _READY).exists():
                self._move_in(_Steps(0, None))
            shutil.rmtree(self.path / _BUILDING, ignore_errors=True)
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _move_in(self, tell: "_Steps") -> tuple[Kept, ...]:
        """Move the files of `.photocast/ready` into place. It may be cut off anywhere and begun again."""
        ready = self.path / _READY
        kept: list[Kept] = []
        if (ready / MANIFEST).exists():  # it moves last: without it, everything has moved
            old, new = _manifest(self.path), _manifest(ready)
            for name in sorted(set(_names(ready)) - {MANIFEST}):
                place = self._inside(name)
                ours = {new.files.get(name), None if name in old.theirs else old.files.get(name)}
                if place.is_file() and sha256_of(place) not in ours:
                    kept.append(Kept(name, self._keep(name)))
                place.parent.mkdir(parents=True, exist_ok=True)
                (ready / name).replace(place)
                tell.next()
            for name in old.files.keys() - new.files.keys():
                if (self.path / name).is_file() and sha256_of(self.path / name) == old.files[name]:
                    (self.path / name).unlink()
            (ready / MANIFEST).replace(self.path / MANIFEST)
        shutil.rmtree(ready)
        tell.done()
        return tuple(kept)

    def _inside(self, name: str) -> Path:
        place = self.path / name
        if not place.parent.resolve().is_relative_to(self.path.resolve()):
            raise InputError(
                f"cannot write {place}", "a link leads out of the episode", f"Make {place.parent} a folder of its own"
            )
        return place

    def _keep(self, name: str) -> str:
        pure = PurePosixPath(name)
        number = 1
        while (self.path / (other := str(pure.with_name(f"{pure.stem}.before-{number}{pure.suffix}")))).exists():
            number += 1
        (self.path / name).rename(self.path / other)
        return other

    def _clear_away_the_dead(self) -> None:
        dead = re.compile(rf"\.{re.escape(self.path.name)}\.partial-[0-9a-f]{{8}}")
        for folder in self.path.parent.iterdir():
            if not dead.fullmatch(folder.name) or not folder.is_dir():
                continue
            (folder / OURS).mkdir(exist_ok=True)
            lock = Lock(folder / _LOCK)
            if lock.take():
                shutil.rmtree(folder, ignore_errors=True)
                lock.let_go()

    @contextmanager
    def _locked(self, folder: Path) -> Iterator[Lock]:
        lock = Lock(folder / _LOCK)
        try:
            (folder / OURS).mkdir(exist_ok=True)
            taken = lock.take()
        except OSError as error:
            raise cannot_write(self.path, error) from error
        if not taken:
            raise InputError(
                f"cannot write into {self.path}", "another run of photocast is writing there", "Wait until it is done"
            )
        try:
            yield lock
        finally:
            lock.let_go()


class _Steps:
    """Counts what is done and tells whoever asked."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._now, self._total, self._progress = 0, total, progress

    def next(self) -> None:
        self._now += 1
        if self._progress:
            self._progress(self._now, self._total)

    def done(self) -> None:
        if self._progress and self._now < self._total:
            self._progress(self._total, self._total)
        self._now = self._total


def _build(folder: Path, files: Mapping[str, Content], before: _Manifest, others: _Manifest, tell: _Steps) -> None:
    """Write all files and their manifest, down to the disk.

    `before` is the manifest so far, and `others` what of it goes on counting as written.
    """
    hashes = dict(others.files)
    theirs = sorted(others.theirs)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
            hashes[name] = sha256_of(path)
        else:
            data = content.content if isinstance(content, AsLeft) else content
            path.write_bytes(data)
            hashes[name] = sha256_of_bytes(data)
            if isinstance(content, AsLeft) and (name in before.theirs or before.files.get(name) != hashes[name]):
                theirs.append(name)
        _sync(path)
        tell.next()
    manifest = {"photocast": __version__, "files": hashes, "theirs": theirs}
    (folder / OURS).mkdir(exist_ok=True)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _sync(folder / MANIFEST)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _manifest(folder: Path) -> _Manifest:
    try:
        said = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = {name: str(hashed) for name, hashed in said["files"].items() if _is_plain(name)}
        return _Manifest(files, frozenset(map(str, said.get("theirs", ()))))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _Manifest()


def _is_plain(name: str) -> bool:
    """Whether a name stays in its folder: a manifest that came with somebody else's episode may say anything."""
    pure = PurePosixPath(name)
    return not pure.is_absolute() and ".." not in pure.parts and "\\" not in name


def _names(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _some(names: list[str]) -> str:
    shown = ", ".join(repr(name)[1:-1] for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
