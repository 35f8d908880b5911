"""The grammar: short exchanges of our own writing, read from the `.talk` files beside this module.

A file holds bits. A bit is a few turns between two people that belong together, with the moment in an album at which
they can be said, and often what may be said of them later:

    == notice dog.first
    on: first dog
    A: So that's <a>.
    B: {Already?|That was quick.}
    -- later
    B: Your dog's back.

`docs/talk.md` describes the form for people who write in it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

from photocast.writing.pocket.english import words_of

TYPES = ("opening", "disclosure", "thread", "notice", "tangent", "quarrel", "gag", "closing")
STYLES = ("banter", "story", "interview", "bedtime")
_FIELDS = ("on", "when", "style", "by", "weight")
LONG = 55
"""Words from which a turn is so long that the listener makes a sound in the middle of it."""
_LISTENER = {"A": "B", "B": "A", "K": "D", "D": "K"}
_LINE = re.compile(r"(?P<role>[A-EKD])(?P<invented>!?): *(?P<text>\S.*)")


class TalkError(ValueError):
    """A `.talk` file that breaks the form; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One turn before its slots are filled."""

    role: str
    """`A` leads the exchange, `B` answers, `C` is a third host; `K` is the keen one and `D` the dry one."""
    text: str
    invented: bool
    """Whether the turn is an anecdote of the host and marked so."""


@dataclass(frozen=True)
class Part:
    """An exchange, and when it may be said."""

    name: str
    lines: tuple[Line, ...]
    on: tuple[str, ...] = ()
    when: tuple[str, ...] = ()

    @cached_property
    def words(self) -> int:
        """About how many words it has when it is said."""
        return sum(_estimate(line.text) for line in self.lines)

    @cached_property
    def volley(self) -> float:
        """Share of lines of five words or fewer: what makes an exchange quick, and too many of them tiresome."""
        return sum(_estimate(line.text) <= 5 for line in self.lines) / len(self.lines)


def _estimate(text: str) -> int:
    middle = re.sub(r"\{([^{}]*)\}", lambda group: sorted(group[1].split("|"), key=len)[group[1].count("|") // 2], text)
    return words_of(middle)


@dataclass(frozen=True, slots=True)
class Bit:
    """Parts that belong together: what is said first, and what may come of it later."""

    type: str
    name: str
    where: str
    on: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    by: str | None = None
    weight: float = 1.0
    parts: tuple[Part, ...] = field(default=())

    @property
    def id(self) -> str:
        """Unique in the grammar: `notice dog.first`."""
        return f"{self.type} {self.name}"

    def named(self, name: str) -> tuple[Part, ...]:
        """The parts of one name, in the order of the file."""
        return tuple(part for part in self.parts if part.name == name)


@cache
def grammar() -> tuple[Bit, ...]:
    """All bits of all `.talk` files, in the order of file names."""
    folder = files("photocast.writing.pocket").joinpath("talk")
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".talk")}
    bits = tuple(bit for name in sorted(texts) for bit in parse_talk(texts[name], name))
    seen: dict[str, str] = {}
    for bit in bits:
        if bit.id in seen:
            raise TalkError(f"{bit.where}: {bit.id!r} stands already at {seen[bit.id]}")
        seen[bit.id] = bit.where
    return bits


def parse_talk(text: str, name: str) -> Iterator[Bit]:
    """The bits of one file.

    Raises:
        TalkError: with the file and line.
    """
    block: list[tuple[int, str]] = []
    for count, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("== ") and block:
            yield _bit(block, name)
            block = []
        block.append((count, line))
    if block:
        yield _bit(block, name)


def _bit(block: list[tuple[int, str]], name: str) -> Bit:
    count, head = block[0]
    kind, _, title = head.removeprefix("== ").partition(" ")
    if not head.startswith("== ") or kind not in TYPES or not title:
        raise TalkError(f"{name}:{count}: a bit opens with '== TYPE NAME' ({', '.join(TYPES)}); got {head!r}")
    fields, rest = _fields(block[1:], name)
    parts = tuple(_parts(rest, name))
    if not parts:
        raise TalkError(f"{name}:{count}: {title} has no lines")
    return Bit(
        type=kind,
        name=title,
        where=f"{name}:{count}",
        on=_several(fields.get("on")),
        when=_several(fields.get("when")),
        style=_several(fields.get("style")),
        by=fields.get("by"),
        weight=float(fields.get("weight", "1")),
        parts=parts,
    )


def _fields(rows: list[tuple[int, str]], name: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    fields: dict[str, str] = {}
    for index, (count, row) in enumerate(rows):
        key, colon, value = row.partition(":")
        if row.startswith("-- ") or _LINE.fullmatch(row):
            return fields, rows[index:]
        if not colon or key not in _FIELDS or not value.strip():
            raise TalkError(f"{name}:{count}: expected a field ({', '.join(_FIELDS)}) or a line 'A: …'; got {row!r}")
        fields[key] = value.strip()
    return fields, []


def _parts(rows: Iterable[tuple[int, str]], name: str) -> Iterator[Part]:
    title, on, when = "main", (), ()  # type: tuple[str, tuple[str, ...], tuple[str, ...]]
    lines: list[Line] = []
    for count, row in rows:
        if row.startswith("-- "):
            if lines:
                yield Part(title, tuple(lines), on, when)
            title, *extras = (piece.strip() for piece in row.removeprefix("-- ").split(";"))
            given = dict(extra.split(":", 1) for extra in extras)
            if given.keys() - {"on", "when"}:
                raise TalkError(f"{name}:{count}: a part takes 'on:' and 'when:' only; got {row!r}")
            on, when, lines = _several(given.get("on")), _several(given.get("when")), []
        elif found := _LINE.fullmatch(row):
            lines += _heard(Line(found["role"], _balanced(found["text"], name, count), bool(found["invented"])))
        else:
            raise TalkError(f"{name}:{count}: expected a line 'A: …' or a part '-- later'; got {row!r}")
    if lines:
        yield Part(title, tuple(lines), on, when)


def _heard(line: Line) -> list[Line]:
    """A long turn as people tell it: half way, the listener makes a sound."""
    if _estimate(line.text) < LONG or line.role not in _LISTENER:
        return [line]
    ends = [found.end() for found in re.finditer(r"[.?!][”’]? (?=[^{}]*(?:\{|$))", line.text)]
    middle = min(ends, key=lambda end: abs(end - 0.55 * len(line.text)), default=0)
    if not 0.3 < middle / len(line.text) < 0.8:
        return [line]
    return [
        Line(line.role, line.text[:middle].rstrip(), line.invented),
        Line(_LISTENER[line.role], "<mm>", False),
        Line(line.role, line.text[middle:], line.invented),
    ]


def _balanced(text: str, name: str, count: int) -> str:
    for left, right in ("{}", "<>"):
        if text.count(left) != text.count(right):
            raise TalkError(f"{name}:{count}: {left} without {right} in {text!r}")
    return text


def _several(value: str | None) -> tuple[str, ...]:
    return tuple(piece.strip() for piece in value.split(",")) if value else ()
