"""What is measured: a writer that is still to write, or transcripts that are there."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.album.order import natural
from photocast.bench.evaluation_set import EvaluationSet, item_ids
from photocast.bench.transcripts import find_transcripts
from photocast.schema import InputError, UsageError, Writer

if TYPE_CHECKING:
    from photocast.models import VisionModel

_NAMED = re.compile(r"([A-Za-z0-9][\w.-]*)=(.+)", re.DOTALL)
_TRANSCRIPTS = frozenset({".md", ".txt", ".vtt", ".srt"})
_LONGEST_NAME = 60


@dataclass(frozen=True)
class System:
    """One system of a run.

    Attributes:
        name: names its folder and its column.
        writer: who writes; None for transcripts that are there.
        model: used instead of opening the one that `writer` names.
        files: the transcripts that are there, by item.
        strangers: what further transcripts are about that are not used, because the evaluation set has no such item.
    """

    name: str
    writer: Writer | None = None
    model: "VisionModel | None" = None
    files: dict[str, Path] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()


def parse_systems(
    given: Sequence[str], albums: EvaluationSet, writer_of: Callable[[str], Writer]
) -> tuple[System, ...]:
    """The systems that a command line names.

    Each is `SPEC` or `NAME=SPEC`. A spec is `pocket`, the name of a model, or a folder or a glob of transcripts.

    Args:
        given: as on the command line.
        albums: what the transcripts must be about.
        writer_of: the whole writer, for the name of a model.

    Raises:
        UsageError: a spec is none of these, or two systems have one name.
        InputError: transcripts are about other items, or there are none.
    """
    systems = [_parse(one, albums, writer_of) for one in given]
    names = [system.name.casefold() for system in systems]
    if twice := next((system.name for system in systems if names.count(system.name.casefold()) > 1), None):
        raise UsageError(f"two systems are called {twice}", "their results would be mixed up", "Write NAME=SYSTEM")
    return tuple(systems)


def _parse(given: str, albums: EvaluationSet, writer_of: Callable[[str], Writer]) -> System:
    named = _NAMED.fullmatch(given) if not Path(given).exists() else None
    name, spec = (named[1], named[2]) if named else ("", given)
    if len(name) > _LONGEST_NAME:
        raise UsageError(f"cannot call a system {name[:20]}…", "the name is too long", "Choose a shorter one")
    if spec == "pocket":
        return System(name or spec, writer_of(spec))
    if _is_a_path(spec):
        files = _transcripts(spec)
        return _of_files(name or _plain(_name_of(spec)), spec, files, {item.id for item in albums.items})
    if ":" in spec:
        return System(name or _plain(spec.partition("?")[0]), writer_of(spec))
    raise UsageError(
        f"cannot tell what {spec!r} is",
        "it is neither pocket nor a model such as openai:gpt-5-mini, and there is no file or folder of that name",
        "Check it; photocast models lists models",
    )


def _is_a_path(spec: str) -> bool:
    path = Path(spec).expanduser()
    return path.exists() or (has_magic(spec) and bool(glob(str(path), recursive=True)))


def _name_of(spec: str) -> str:
    """The last part of a path that is no pattern, without the extension of a transcript."""
    parts = [part for part in Path(spec).expanduser().absolute().parts if not has_magic(part)]
    last = Path(parts[-1])
    return last.stem if last.suffix.lower() in _TRANSCRIPTS else last.name


def _plain(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-._")[:_LONGEST_NAME] or "system"


def _transcripts(spec: str) -> list[Path]:
    path = Path(spec).expanduser()
    matches = [path] if path.exists() else [Path(one) for one in glob(str(path), recursive=True)]
    return find_transcripts(sorted(matches, key=lambda one: natural(one.as_posix())))


def _of_files(name: str, spec: str, files: Sequence[Path], known: Collection[str]) -> System:
    # An episode is named after its folder, like any transcript that has a folder for itself.
    named = {(path.parent if path.name == "script.json" else path): path for path in files}
    by_item = {item: named[path] for path, item in item_ids(list(named), known).items()}
    used = {item: path for item, path in by_item.items() if item in known}
    if not used:
        why = f"the evaluation set has none of its {len(by_item)} items, such as {next(iter(by_item))!r}"
        do = "Name each transcript, or the folder that it is in, after its item"
        raise InputError(f"cannot use {spec} as a system", why, do)
    return System(name, files=used, strangers=tuple(item for item in by_item if item not in known))
