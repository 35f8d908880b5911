"""Which transcripts are compared: systems as they are named on a command line, paired by item."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from glob import glob, has_magic
from itertools import combinations
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from photocast.album.order import natural
from photocast.bench.generating.request import REQUEST as BENCH_REQUEST
from photocast.bench.generating.request import Request as BenchRequest
from photocast.bench.generating.workspace import SYSTEMS
from photocast.bench.transcripts import Transcript, Unread, find_transcripts, read_transcripts
from photocast.schema import InputError, UsageError

_NAMED = re.compile(r"([A-Za-z0-9][\w.-]{0,59})=(.+)", re.DOTALL)
_SUFFIXES = frozenset({".md", ".txt", ".vtt", ".srt", ".json"})


@dataclass(frozen=True, slots=True)
class Contestant:
    """A set of transcripts by one writer, a model, a program or people.

    Attributes:
        name: as results call it; judges never see it.
        transcripts: by item.
        unread: transcripts that cannot be read.
        writer: name of the model that wrote them, where their files say so.
    """

    name: str
    transcripts: dict[str, Transcript]
    unread: tuple[Unread, ...] = ()
    writer: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two transcripts about one item. The systems always stand in the order in which they were named."""

    item: str
    systems: tuple[str, str]
    first: Transcript
    second: Transcript


@dataclass(frozen=True, slots=True)
class Pairing:
    """All pairs of some systems.

    Attributes:
        pairs: by pair of systems, then by item.
        alone: what is in no pair, with the reason; for people to read.
    """

    pairs: tuple[Pair, ...]
    alone: tuple[str, ...]

    def without(self, problems: Mapping[str, str]) -> Self:
        """The pairing without some items, and why.

        Raises:
            InputError: nothing is left.
        """
        pairs = tuple(pair for pair in self.pairs if pair.item not in problems)
        if not pairs:
            item, why = next(iter(problems.items()))
            raise InputError("there is no pair to judge", f"{item}: {why}", "Repair the albums, or judge without them")
        return replace(self, pairs=pairs, alone=(*self.alone, *(f"{item}: {why}" for item, why in problems.items())))


def contestants(given: Sequence[str], known: Collection[str] = ()) -> tuple[Contestant, ...]:
    """The systems that a command line names.

    Each is `WHERE` or `NAME=WHERE`; WHERE is a file, a folder or a glob of transcripts, several of these with commas
    between them, or `RUN:SYSTEM` of a folder that `photocast bench run` wrote.

    Args:
        given: as on the command line; at least two.
        known: ids of an evaluation set; transcripts about other items are not used then.

    Raises:
        UsageError: there is one system, or two have one name, or a system has two transcripts of one item.
        InputError: there are no transcripts at a place.
    """
    if len(given) < 2:
        raise UsageError("there is nothing to compare", "only one system is given", "Name two systems or more")
    found = [contestant(one, known) for one in given]
    names = [one.name.casefold() for one in found]
    if twice := next((one.name for one in found if names.count(one.name.casefold()) > 1), None):
        raise UsageError(f"two systems are called {twice}", "their votes would be mixed up", "Write NAME=WHERE")
    if all(len(one.transcripts) == 1 and not one.unread for one in found):
        return tuple(_about(one, next(iter(found[0].transcripts))) for one in found)
    return tuple(found)


def pair_up(systems: Sequence[Contestant], known: Collection[str] = ()) -> Pairing:
    """Every two systems on every item that both have.

    Args:
        systems: two or more.
        known: ids of an evaluation set; others are left out, and listed.

    Raises:
        InputError: no item has two transcripts.
    """
    pairs: list[Pair] = []
    alone = [f"{one.file}: {one.reason}" for system in systems for one in system.unread]
    for a, b in combinations(systems, 2):
        ours, theirs = (_usable(system, known) for system in (a, b))
        both = [item for item in ours if item in theirs]
        pairs += [Pair(item, (a.name, b.name), ours[item], theirs[item]) for item in sorted(both, key=natural)]
    paired = {(system, pair.item) for pair in pairs for system in pair.systems}
    for system in systems:
        for item in system.transcripts:
            if known and item not in known:
                alone.append(f"{item}: the albums have no such item; {system.name} has a transcript of it")
            elif (system.name, item) not in paired:
                alone.append(f"{item}: {system.name} alone has a transcript of it")
    if not pairs:
        raise InputError("there is no pair to judge", _why_none(systems), "Name the transcripts after their items")
    return Pairing(tuple(pairs), tuple(alone))


def _usable(system: Contestant, known: Collection[str]) -> dict[str, Transcript]:
    return {item: one for item, one in system.transcripts.items() if not known or item in known}


def _why_none(systems: Sequence[Contestant]) -> str:
    shown = "; ".join(f"{one.name} has {', '.join(list(one.transcripts)[:3]) or 'none'}" for one in systems[:3])
    return f"no two systems have a transcript of the same item: {shown}"


def contestant(given: str, known: Collection[str] = ()) -> Contestant:
    """One system, as `contestants` reads it; raises as it does.

    Args:
        given: as on the command line.
        known: ids of an evaluation set.
    """
    named = _NAMED.fullmatch(given) if not Path(given).exists() else None
    name, where = (named[1], named[2]) if named else ("", given)
    run = _in_a_run(where)
    files = find_transcripts([run[0]]) if run else _files(where)
    read, unread = read_transcripts(files, tuple(known))
    _check_items(where, read)
    writer = (run[2] if run else None) or _writer(read)
    return Contestant(
        name or (run[1] if run else _name_of(where)),
        {one.item: one for one in sorted(read, key=lambda one: natural(one.item))},
        tuple(unread),
        writer,
    )


def _in_a_run(where: str) -> tuple[Path, str, str | None] | None:
    """Folder, name and model of a system of a run; names of systems have colons and dots too."""
    parts = where.split(":")
    for end in range(len(parts) - 1, 0, -1):
        run, system = Path(":".join(parts[:end])).expanduser(), ":".join(parts[end:])
        if (folder := run / SYSTEMS / system).is_dir() and system:
            return folder, system, _writer_of_run(run, system)
    return None


def _writer_of_run(run: Path, system: str) -> str | None:
    try:
        pinned = BenchRequest.model_validate_json((run / BENCH_REQUEST).read_bytes()).systems.get(system)
    except (OSError, ValidationError):
        return None
    model = (pinned.writer or {}).get("model") if pinned else None
    return None if model is None else str(model)


def _writer(read: Sequence[Transcript]) -> str | None:
    """The model that all scripts name, of those that say where they come from."""
    models = {one.script.provenance.model for one in read if one.script.provenance}
    return next(iter(models)) if len(models) == 1 else None


def _files(where: str) -> list[Path]:
    parts = [where] if Path(where).expanduser().exists() else where.split(",")
    found: list[Path] = []
    for part in parts:
        path = Path(part).expanduser()
        matches = [path] if path.exists() or not has_magic(part) else [Path(one) for one in glob(part, recursive=True)]
        if not matches:
            raise InputError(f"nothing matches {part}", "there is no such file", "Give transcripts to compare")
        found += sorted(matches, key=lambda one: natural(one.as_posix()))
    return find_transcripts(found)


def _check_items(where: str, read: Sequence[Transcript]) -> None:
    """`read_transcripts` calls items by their paths when it cannot tell them apart."""
    if len(read) > 1 and all(one.item == str(one.file) for one in read):
        why = "neither the names of the files nor those of their folders are all different"
        do = "Give the transcripts of one system at a time, each named after its item or in a folder that is"
        raise UsageError(f"cannot tell what the transcripts in {where} are about", why, do)


def _name_of(where: str) -> str:
    """The last part of a path that is no pattern, without the extension of a transcript."""
    parts = [part for part in Path(where.partition(",")[0]).expanduser().absolute().parts if not has_magic(part)]
    last = Path(parts[-1])
    name = last.stem if last.suffix.lower() in _SUFFIXES else last.name
    return re.sub(r"[^\w.-]+", "-", name).strip("-._")[:60] or "system"


def _about(system: Contestant, item: str) -> Contestant:
    """A system with one transcript, which is about the item of the others, whatever its file is called."""
    return Contestant(system.name, {item: next(iter(system.transcripts.values()))}, (), system.writer)
