"""The run: which questions are a machine's own, in which parts they are asked, and what is there already.

    OUT/shard-00000-of-00008/request.json    what was asked for; another request is refused
    OUT/shard-00000-of-00008/part-00000.jsonl  a line an item; a part is there when it is whole

A part is written under another name and renamed, so that its being there says that it is done, whenever a run was
killed. What was under way then is asked again: a part is what can be lost.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from photocast.models import Request
from photocast.runs import alone_in, sha256_of_bytes, write_atomically
from photocast.schema import InputError, UsageError
from photocast.training.generate.engine import Answer, Engine
from photocast.training.generate.sources import Question, Source

REQUEST = "request.json"
_LOCK = ".generate.lock"


@dataclass(frozen=True)
class Shard:
    """One of several equal shares of all items: every `of`th, from number `number`."""

    number: int = 0
    of: int = 1

    @classmethod
    def read(cls, text: str) -> "Shard":
        """From `0/8` up to `7/8`.

        Raises:
            UsageError: it is not of that form.
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        shard = cls(int(found[1]), int(found[2])) if found else None
        if shard is None or not shard.number < shard.of:
            raise UsageError(f"there is no shard {text}", "shards are numbered 0/N to N-1/N", "Write it as 0/8")
        return shard

    def folder(self, out: Path) -> Path:
        """Where its parts lie."""
        return out / f"shard-{self.number:05}-of-{self.of:05}"


@dataclass(frozen=True)
class Counts:
    """What a shard has in the end.

    Attributes:
        items: all of them.
        written: those that were written about in this run; the others were there.
        cut: talks that were cut off by the limit of their tokens.
        failed: items without a talk.
        tokens: of all talks.
    """

    items: int
    written: int
    cut: int
    failed: int
    tokens: int


def generate(
    source: Source,
    engine: Engine,
    out: Path,
    question: Question,
    *,
    shard: Shard = Shard(),
    each: int = 64,
    told: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Counts:
    """Write about every item of a shard that nothing has been written about yet.

    Args:
        source: the items.
        engine: who writes.
        out: folder of all shards; on several machines it may be one that they share.
        question: what every item is asked.
        shard: which items are this run's own.
        each: items of a part.
        told: hears of progress.

    Raises:
        InputError: the folder holds another run or is in use, or items cannot be read.
        ModelError: nothing can be had from the model; the parts that are there stay.
    """
    folder = shard.folder(out)
    everything = source.ids()
    ids = everything[shard.number :: shard.of]
    parts = [ids[at : at + each] for at in range(0, len(ids), each)]
    with alone_in(folder, _LOCK):
        _pin(folder, _request_of(everything, engine, question, shard, each))
        todo = [number for number in range(len(parts)) if not _part(folder, number).is_file()]
        wanted = {one for number in todo for one in parts[number]}
        done = len(ids) - len(wanted)
        told("Writing", done, len(ids))
        with TemporaryDirectory(prefix="photocast-") as scratch:
            asked = source.requests(wanted, Path(scratch))
            for number in todo:
                lines = _answered(list(islice(asked, len(parts[number]))), engine)
                write_atomically(_part(folder, number), "".join(lines))
                _clear(Path(scratch))
                done += len(parts[number])
                told("Writing", done, len(ids))
    return _count(folder, len(wanted))


def read_answers(out: Path) -> Iterator[dict[str, Any]]:
    """Every line of every part of all shards: `id`, `photos`, and what `Answer` has.

    Raises:
        InputError: there is none, a shard is missing, or one has not come to its end.
    """
    folders = sorted(out.glob("shard-*-of-*"))
    of = {folder.name.rpartition("-")[2] for folder in folders}
    if len(of) != 1 or len(folders) != int(next(iter(of))):
        why = f"it has {len(folders)} shards, and not all of one number"
        raise InputError(f"{out} is not whole", why, "Run photocast train generate for every shard")
    for folder in folders:
        request = json.loads((folder / REQUEST).read_text("utf-8"))
        for number in range(request["parts"]):
            if not _part(folder, number).is_file():
                do = "Run photocast train generate for this shard again"
                raise InputError(f"{folder} is not whole", f"it has no part {number}", do)
            yield from _lines(_part(folder, number))


def _answered(asked: Sequence[tuple[str, Request | str]], engine: Engine) -> Iterator[str]:
    """A line an item; those that cannot be asked have their reason in the place of an answer."""
    requests = [one for _, one in asked if isinstance(one, Request)]
    answers = iter(engine.generate(requests)) if requests else iter(())
    for name, one in asked:
        found = next(answers) if isinstance(one, Request) else Answer(error=one)
        photos = len(one.images) if isinstance(one, Request) else 0
        yield json.dumps({"id": name, "photos": photos, **found.model_dump()}, ensure_ascii=False) + "\n"


def _request_of(
    everything: Sequence[str], engine: Engine, question: Question, shard: Shard, each: int
) -> dict[str, Any]:
    mine = len(everything[shard.number :: shard.of])
    return {
        "format": 1,
        "model": engine.name,
        "items": len(everything),
        "ids": sha256_of_bytes("\n".join(everything).encode()),
        "each": each,
        "parts": -(-mine // each),
        **question.settings,
    }


def _pin(folder: Path, request: dict[str, Any]) -> None:
    """Write down what is asked for, or make sure that it is what was."""
    path = folder / REQUEST
    if not path.is_file():
        write_atomically(path, json.dumps(request, indent=1, ensure_ascii=False) + "\n")
        return
    try:
        before = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read", str(error), "Choose another folder with -o") from error
    if changed := [name for name in {**before, **request} if before.get(name) != request.get(name)]:
        why = "; ".join(f"{name} was {before.get(name)} and is {request.get(name)}" for name in changed[:3])
        raise InputError(f"cannot go on in {folder}", why, "Ask for the same again, or choose another folder with -o")


def _count(folder: Path, written: int) -> Counts:
    lines = [line for part in sorted(folder.glob("part-*.jsonl")) for line in _lines(part)]
    return Counts(
        items=len(lines),
        written=written,
        cut=sum(line["finish"] == "length" for line in lines),
        failed=sum(line["error"] is not None for line in lines),
        tokens=sum(line["tokens"] or 0 for line in lines),
    )


def _part(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05}.jsonl"


def _lines(part: Path) -> Iterator[dict[str, Any]]:
    with part.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _clear(folder: Path) -> None:
    for one in folder.iterdir():
        shutil.rmtree(one)
