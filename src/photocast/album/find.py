"""Find the files of an album: in a folder, a list of files or a glob; `archive.py` does zips."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from photocast.album.order import natural
from photocast.album.text import plain
from photocast.album.titles import title_of
from photocast.schema import InputError, Reason, SetAside

Source = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

MAX_FILES = 20_000
_CLUTTER = {"thumbs.db", "desktop.ini", "__macosx", "@eadir"}
_CAPTIONS = ("captions.txt", "captions.csv")
_EPISODE = ".photocast"
"""A folder that holds this is an episode, often written beside the photos it is about."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that can be opened; nothing of it has been read yet."""

    name: str
    """Relative to what was opened, with `/`, safe to show."""
    open: Callable[[], BinaryIO]

    @property
    def folder(self) -> str:
        """The part of the name before the last `/`; empty at the top."""
        return self.name.rpartition("/")[0]

    @property
    def base(self) -> str:
        """The name without its folder."""
        return self.name.rpartition("/")[2]


@dataclass(slots=True)
class Finds:
    """All that was found, photos and other files alike, in the order given or else by name."""

    title: str
    files: list[Found] = field(default_factory=list)
    companions: list[Found] = field(default_factory=list)
    """Files that may hold captions and lie beside the files of a list: nobody asked for them by name."""
    set_aside: list[SetAside] = field(default_factory=list)

    def refuse(self, name: str, reason: Reason, detail: str) -> None:
        """List a file that will not be opened."""
        self.set_aside.append(SetAside(source=name, reason=reason, detail=detail))

    def add(self, found: Found) -> None:
        """List a file.

        Raises:
            InputError: there are more files than an album can be chosen from.
        """
        self.files.append(found)
        if len(self.files) > MAX_FILES:
            raise InputError(
                f"cannot make an album of “{self.title}”",
                f"it holds more than {MAX_FILES:,} files",
                "Choose a folder with fewer",
            )


def find(source: Source, stack: ExitStack) -> Finds:
    """Find the files of `source`; what has to stay open to read them is closed by `stack`.

    Raises:
        InputError: there is nothing at `source`, or it cannot be opened.
    """
    if not isinstance(source, (str, os.PathLike)):
        return _several([_absolute(one) for one in source])
    text = os.fspath(source)
    path = _absolute(text)
    if os.path.isdir(path):
        return _folder(path)
    if _is_zip(path):
        from photocast.album.archive import find_in_zip

        return find_in_zip(path, stack)
    if os.path.lexists(path):
        finds = _several([path])
        finds.title = title_of(path.stem)
        return finds
    if has_magic(text):
        matches = sorted(glob(os.path.expanduser(text), recursive=True), key=natural)
        if matches:
            return _several([_absolute(one) for one in matches])
        raise InputError(
            f"cannot open “{plain(text)}”", "no file matches it", "Check the pattern, and quote it for your shell"
        )
    raise InputError(
        f"cannot open “{plain(text)}”", "there is no such file or folder", "Check the path, or give a folder of photos"
    )


def is_clutter(name: str) -> bool:
    """Whether a file or folder is the system's own: hidden, a cache of previews, a resource fork."""
    return name.startswith(".") or name.casefold() in _CLUTTER


def shown(path: str | PurePosixPath | Path) -> str:
    """A name as it can be shown and written to a file: without controls and broken characters."""
    text = path if isinstance(path, str) else path.as_posix()
    return plain(text.encode("utf-8", "replace").decode("utf-8"), limit=1000)


def _absolute(path: str | os.PathLike[str]) -> Path:
    return Path(os.path.abspath(os.path.expanduser(os.fspath(path))))


def _is_zip(path: Path) -> bool:
    try:
        with _open_regular(path) as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError:
        return False


def _folder(root: Path) -> Finds:
    finds = Finds(title=title_of(root.name))
    try:
        os.scandir(root).close()
    except OSError as error:
        raise InputError(
            f"cannot open the folder “{shown(root.name)}”", why(error), "Choose a folder you may read"
        ) from error
    _add_folder(finds, root, root)
    finds.files.sort(key=lambda found: natural(found.name))
    return finds


def _several(paths: Sequence[Path]) -> Finds:
    if not paths:
        raise InputError("cannot make an album", "the list of files is empty", "Give at least one photo")
    try:
        top = Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # on different drives
        top = Path()
    finds = Finds(title=title_of(top.name))
    for path in paths:
        if os.path.isdir(path):
            _add_folder(finds, path, top)
        else:
            # The user named the file, so a link may lead anywhere.
            _add_file(finds, path, top, inside=None)
    finds.companions = [
        Found(shown(_relative(path, top)), _opener(path)) for path in _beside({path.parent for path in paths})
    ]
    return finds


def _beside(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names[:MAX_FILES]:
            if name.casefold() in _CAPTIONS or name.casefold().endswith(".json"):
                yield folder / name


def _add_folder(finds: Finds, folder: Path, top: Path) -> None:
    inside = Path(os.path.realpath(folder))

    def unreadable(error: OSError) -> None:
        finds.refuse(shown(_relative(Path(error.filename), top)), Reason.UNREADABLE, f"The folder: {why(error)}.")

    for place, folders, files in os.walk(folder, onerror=unreadable):
        if _EPISODE in folders and Path(place) != folder:
            # Its pictures are copies of these photos: the album would change with every run.
            finds.refuse(shown(_relative(Path(place), top)), Reason.UNSUPPORTED, "It is an episode of photocast.")
            folders.clear()
            continue
        folders[:] = sorted((name for name in folders if not is_clutter(name)), key=natural)
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in links:
            # A link to a folder that is inside shows nothing new: it is walked where it really lies.
            if not Path(os.path.realpath(os.path.join(place, name))).is_relative_to(inside):
                finds.refuse(shown(_relative(Path(place, name), top)), Reason.OUTSIDE, _LEADS_OUT)
        for name in sorted((name for name in files if not is_clutter(name)), key=natural):
            _add_file(finds, Path(place, name), top, inside)


_LEADS_OUT = "It is a link that leads out of what was opened."


def _add_file(finds: Finds, path: Path, top: Path, inside: Path | None) -> None:
    name = shown(_relative(path, top))
    if inside and path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(inside):
        finds.refuse(name, Reason.OUTSIDE, _LEADS_OUT)
        return
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        finds.refuse(name, Reason.UNREADABLE, f"It cannot be opened: {why(error)}.")
        return
    if stat.S_ISREG(mode):
        finds.add(Found(name, _opener(path)))
    else:
        finds.refuse(name, Reason.UNSUPPORTED, "It is a pipe, a socket or a device, which is never opened.")


def _relative(path: Path, top: Path) -> Path:
    return path.relative_to(top) if path.is_relative_to(top) and top != Path() else Path(path.name)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: _open_regular(path)


def _open_regular(path: Path) -> BinaryIO:
    """Open a regular file and nothing else, also when a pipe took its place in the meantime."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("not a regular file")
    return os.fdopen(handle, "rb")


def why(error: Exception) -> str:
    """What the system says of an error, in words that follow a colon."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "you may not read it"
    return plain(str(getattr(error, "strerror", None) or error)).lower()
