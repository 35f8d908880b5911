"""Finds transcripts, and reads them or says why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from photocast.bench.evaluation_set import item_ids
from photocast.bench.results import Failure
from photocast.schema import InputError, PhotocastError, Script, parse_transcript

_SUFFIXES = frozenset({".txt", ".md", ".vtt", ".srt"})
_SCRIPT = "script.json"
_NOT_ONE = frozenset({"human_story.txt", "readme.md", "readme.txt", "notice", "notice.txt", "notice.md", "license.txt"})
"""Files beside transcripts that nobody speaks in, in lower case."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript that could be read."""

    file: Path
    item: str
    text: str
    script: Script


@dataclass(frozen=True, slots=True)
class Unread:
    """One that could not; `text` is none when it is not even text."""

    file: Path
    item: str
    text: str | None
    reason: str

    @property
    def failure(self) -> Failure:
        """As results list it."""
        return Failure(file=str(self.file), reason=self.reason)


def find_transcripts(paths: Sequence[Path]) -> list[Path]:
    """The transcripts among files and folders, each once, in order.

    Of a folder: an episode counts once, by its `script.json`; otherwise all `.txt`, `.md`, `.vtt` and `.srt` files in
    it and below, but for human stories, readmes and notices.

    Raises:
        InputError: a path is not there, or none of them holds a transcript.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(_in_folder(path))
        elif path.exists():
            found[path] = None
        else:
            raise InputError(f"{path} is not there", "it is neither a file nor a folder", "Give transcripts")
    if not found:
        raise InputError(
            f"No transcript in {', '.join(map(str, paths))}",
            f"a transcript is a file that ends in {', '.join(sorted(_SUFFIXES))}, or an episode",
            "Name the files themselves if they are called otherwise",
        )
    return list(found)


def read_transcripts(files: Sequence[Path], known: Sequence[str] = ()) -> tuple[list[Transcript], list[Unread]]:
    """Read every file; what cannot be read is said, never left out.

    Args:
        files: as `find_transcripts` found them.
        known: ids of the items of an evaluation set, which come first as names.
    """
    try:
        items = item_ids([_named(file) for file in files], known)
        names = {file: items[_named(file)] for file in files}
    except PhotocastError:  # several systems about the same items: each file is an item of its own
        names = {file: str(file) for file in files}
    found = [_read(file, names[file]) for file in files]
    return [one for one in found if isinstance(one, Transcript)], [one for one in found if isinstance(one, Unread)]


def _in_folder(folder: Path) -> list[Path]:
    if (folder / _SCRIPT).is_file():
        return [folder / _SCRIPT]
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            found += _in_folder(path)
        elif path.suffix.lower() in _SUFFIXES and path.name.lower() not in _NOT_ONE:
            found.append(path)
    return found


def _named(file: Path) -> Path:
    """What an item is named after: an episode by its folder."""
    return file.parent if file.name == _SCRIPT else file


def _read(file: Path, item: str) -> Transcript | Unread:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return Unread(file, item, None, "it is not text in UTF-8")
    except OSError as error:
        return Unread(file, item, None, f"it cannot be opened: {error.strerror}")
    if "\0" in text:
        return Unread(file, item, None, "it is not text: it holds null bytes")
    try:
        script = Script.model_validate_json(text) if file.suffix == ".json" else parse_transcript(text)
    except PhotocastError as error:
        return Unread(file, item, text, f"{error.what[0].lower()}{error.what[1:]}: {error.why}")
    except ValidationError as error:
        return Unread(file, item, text, f"it is no script of photocast: {str(error).splitlines()[0]}")
    return Transcript(file, item, text, script)
