"""Parts: a file of lines, a file of what was dropped, and a marker that is written last and holds the counts."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from photocast.corpus.nouns import Dropped
from photocast.corpus.store import Store
from photocast.schema import InputError

T = TypeVar("T")

_FORMAT = 1
"""Raised when parts of an older photocast could be misread; they are made again then."""
_LEVEL = 1
"""Of compression: parts are read once or twice."""
_PIECE = 1 << 20


class Count(msgspec.Struct, omit_defaults=True):
    """What one stage did with what it was given. `taken` = `kept` + all that was dropped."""

    stage: str
    taken: int = 0
    kept: int = 0
    """Of those taken, the ones that something came of."""
    made: int = 0
    """What came of them: more than were kept where one episode has several windows."""
    dropped: dict[str, int] = {}
    """By reason."""
    noted: dict[str, int] = {}
    """What was mended or seen and is no reason to drop anything."""

    def drop(self, reason: str, number: int = 1) -> None:
        """Count something that is not passed on."""
        self.taken += number
        self.dropped[reason] = self.dropped.get(reason, 0) + number

    def keep(self, made: int = 1) -> None:
        """Count something that was taken, and how much came of it."""
        self.taken += 1
        self.kept += 1
        self.made += made

    def note(self, what: str, number: int = 1) -> None:
        """Count something that was seen."""
        self.noted[what] = self.noted.get(what, 0) + number

    def add(self, other: "Count") -> None:
        """Add the counts of the same stage in another part."""
        self.taken += other.taken
        self.kept += other.kept
        self.made += other.made
        for mine, theirs in ((self.dropped, other.dropped), (self.noted, other.noted)):
            for key, number in theirs.items():
                mine[key] = mine.get(key, 0) + number


class Marker(msgspec.Struct, omit_defaults=True):
    """Says that a part is whole, what it was made from and how, and what became of everything."""

    key: str
    counts: list[Count]
    sha256: str
    """Of the part's lines as they are in its file."""
    rules: dict[str, list[Count]] = {}
    """Counts of other rule sets on the same input, which changed nothing."""
    format: int = _FORMAT


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A part of one stage's results.

    Attributes:
        stage: its folder in the store.
        name: without an ending; the same at every stage that works part by part.
        key: of what it is made from and how.
        kind: of its lines.
    """

    stage: str
    name: str
    key: str
    kind: type[T] = field(repr=False)

    @property
    def file(self) -> str:
        """Its lines."""
        return f"{self.stage}/{self.name}.jsonl.gz"

    @property
    def dropped_file(self) -> str:
        """What was dropped on the way."""
        return f"{self.stage}/{self.name}.dropped.jsonl.gz"

    @property
    def marker_file(self) -> str:
        """Its marker."""
        return f"{self.stage}/{self.name}.done.json"

    def marker(self, store: Store) -> Marker | None:
        """The marker, if the part is there and made from what it would be made from now."""
        found = read_marker(store, self.marker_file)
        return found if found and found.key == self.key and store.has(self.file) else None

    def write(
        self,
        store: Store,
        items: Iterable[T],
        dropped: Iterable[Dropped],
        counts: Sequence[Count],
        rules: Mapping[str, list[Count]] | None = None,
    ) -> Marker:
        """Write the part, its marker last. `counts` may be filled while `items` are drawn."""
        store.delete(self.marker_file)
        data = packed(items)  # first: it fills the counts, and what was dropped
        store.write(self.dropped_file, packed(dropped))
        store.write(self.file, data)
        marker = Marker(self.key, list(counts), hashlib.sha256(data).hexdigest(), dict(rules or {}))
        store.write(self.marker_file, msgspec.json.format(msgspec.json.encode(marker, order="sorted"), indent=1))
        return marker

    def read(self, store: Store) -> Iterator[T]:
        """The lines, one after the other.

        Raises:
            InputError: the part is not there, or damaged.
        """
        decoder = msgspec.json.Decoder(self.kind)
        yield from (_decoded(decoder, line, self.file) for line in lines_of(store, self.file))

    def drops(self, store: Store) -> Iterator[Dropped]:
        """What was dropped on the way."""
        decoder = msgspec.json.Decoder(Dropped)
        yield from (_decoded(decoder, line, self.dropped_file) for line in lines_of(store, self.dropped_file))


def read_marker(store: Store, name: str) -> Marker | None:
    """A marker, if it is there and one of this photocast's."""
    if not store.has(name):
        return None
    try:
        found = msgspec.json.decode(store.read(name), type=Marker)
    except msgspec.MsgspecError:
        return None  # of another version: the part is made again
    return found if found.format == _FORMAT else None


def markers(store: Store, stage: str) -> dict[str, Marker]:
    """All markers of a stage by the names of their parts, in order."""
    found = {}
    for name in store.names(stage):
        if name.endswith(".done.json") and (marker := read_marker(store, name)):
            found[name.removeprefix(f"{stage}/").removesuffix(".done.json")] = marker
    return found


def forget_others(store: Store, stage: str, parts: Iterable[Part[Any]]) -> None:
    """Take away parts of a stage that do not belong to it any more, such as those of a longer source."""
    keep = {name for part in parts for name in (part.file, part.dropped_file, part.marker_file)}
    stale = [name for name in store.names(stage) if name not in keep]
    for name in sorted(stale, key=lambda name: not name.endswith(".done.json")):  # markers first
        store.delete(name)


def key_of(*what: Any) -> str:
    """A key: SHA-256 over JSON of what it is made of."""
    return hashlib.sha256(msgspec.json.encode(what, order="sorted")).hexdigest()[:32]


def packed(items: Iterable[Any]) -> bytes:
    """Lines of JSON, compressed; the same items give the same bytes."""
    from isal import igzip

    encode = msgspec.json.Encoder().encode
    return igzip.compress(b"".join(encode(item) + b"\n" for item in items), compresslevel=_LEVEL, mtime=0)


def lines_of(store: Store, name: str) -> Iterator[bytes]:
    """The lines of a compressed file, without their ends.

    Raises:
        InputError: it is not there, or damaged.
    """
    for block in blocks_of(store, name):
        yield from block.removesuffix(b"\n").split(b"\n")  # three times as fast as asking for each line


def blocks_of(store: Store, name: str) -> Iterator[bytes]:
    """The same as they come out of the file, many lines together, each with its end."""
    from isal import igzip

    with store.open(name) as file:
        try:
            unpacked = igzip.open(file)  # type: ignore[no-untyped-call]
            pending = b""
            while piece := unpacked.read(_PIECE):
                behind = piece.rfind(b"\n") + 1
                if behind:
                    yield pending + piece[:behind]
                    pending = b""
                pending += piece[behind:]
            if pending:
                yield pending + b"\n"
        except (EOFError, OSError, igzip.BadGzipFile) as error:
            raise _damaged(name, str(error)) from error


def _decoded(decoder: "msgspec.json.Decoder[T]", line: bytes, name: str) -> T:
    try:
        return decoder.decode(line)
    except msgspec.MsgspecError as error:
        raise _damaged(name, str(error)) from error


def _damaged(name: str, why: str) -> InputError:
    return InputError(f"{name} of the corpus is damaged", why, "Delete it; the next run makes it again")
