"""`request.json`: what a panel was asked, so that votes on other questions never come into its folder."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from photocast.bench.judging.criteria import PROMPTS
from photocast.bench.judging.pairs import Contestant
from photocast.bench.judging.questions import Question, Terms
from photocast.runs import sha256_of, write_atomically
from photocast.schema import InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

REQUEST = "request.json"
_BESIDE = (".", "human-", "rubric", "scores.", "judging.", "batches.")
"""How files begin that other commands write into a judging folder."""
_MOST_SHOWN = 5


class PinnedSystem(Record):
    """A system as it was when it was judged."""

    transcripts: dict[str, str]
    """SHA-256 of the file of each item."""
    family: str | None = None
    """Of the model that wrote them."""


class ShownText(Record):
    """What blinding did to a transcript."""

    words: int
    changes: tuple[str, ...]


class Request(Record):
    """What decides what judges are asked."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    prompts: int = PROMPTS
    systems: dict[str, PinnedSystem]
    judges: dict[str, str | None]
    """Family by name."""
    criteria: tuple[str, ...]
    repeats: int
    excerpt: int | None = None
    evidence: bool = False
    images: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """SHA-256 of the prepared pictures by item; empty for panels that see none."""
    images_for_all: bool = False
    """Whether pictures are shown for every criterion."""
    identical: int = 0
    shuffled: bool = False
    blinding: dict[str, dict[str, ShownText]] = Field(default_factory=dict)
    """What was changed in each transcript before it was shown, by system and item."""


def request_of(
    systems: Sequence[Contestant],
    families: Mapping[str, str | None],
    judges: Mapping[str, str | None],
    terms: Terms,
    asked: Sequence[Question],
) -> Request:
    """The request, with the hashes of transcripts and pictures.

    Args:
        systems: what is compared.
        families: of the systems.
        judges: family by name.
        terms: what they are asked.
        asked: all questions.

    Raises:
        InputError: a transcript cannot be read any more.
    """
    used = {(name, question.item.partition("~")[0]) for question in asked for name in question.systems}
    pinned = {
        one.name: PinnedSystem(
            transcripts={item: _hash(read.file) for item, read in one.transcripts.items() if (one.name, item) in used},
            family=families.get(one.name),
        )
        for one in systems
    }
    shown = {question.item.partition("~")[2] or question.item: question.images for question in asked if question.images}
    return Request(
        systems=pinned,
        judges=dict(judges),
        criteria=terms.criteria,
        repeats=terms.repeats,
        excerpt=terms.excerpt,
        evidence=terms.evidence,
        images={item: tuple(image.sha256 for image in images) for item, images in sorted(shown.items())},
        images_for_all=terms.images,
        identical=terms.identical,
        shuffled=terms.shuffled,
        blinding=_blinding(asked),
    )


def grown(folder: Path, request: Request) -> Request:
    """The request that a folder has after this one: judges, criteria, repeats and controls may be added.

    Nothing is written.

    Raises:
        InputError: the folder holds answers to another request, or other files.
    """
    earlier = read_request(folder)
    if earlier is None:
        if folder.is_dir() and any(not one.name.startswith(_BESIDE) for one in folder.iterdir()):
            raise InputError(f"cannot write into {folder}", "it holds other files", "Choose another folder with -o")
        return request
    if differences := list(_differences(earlier, request)):
        shown = "; ".join(differences[:_MOST_SHOWN])
        more = f"; and {len(differences) - _MOST_SHOWN} more" if len(differences) > _MOST_SHOWN else ""
        why = f"the judges there were asked something else: {shown}{more}"
        raise InputError(f"cannot go on in {folder}", why, "Ask for the same again, or choose another folder with -o")
    return request.model_copy(
        update={
            "judges": earlier.judges | request.judges,
            "criteria": tuple(dict.fromkeys((*earlier.criteria, *request.criteria))),
            "repeats": max(earlier.repeats, request.repeats),
            "images": earlier.images | request.images,
            "identical": max(earlier.identical, request.identical),
            "shuffled": earlier.shuffled or request.shuffled,
        }
    )


def read_request(folder: Path) -> Request | None:
    """The request of a folder; None when it has none.

    Raises:
        InputError: it cannot be read.
    """
    path = folder / REQUEST
    if not path.exists():
        return None
    try:
        return Request.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = "it cannot be understood" if isinstance(error, ValidationError) else (error.strerror or "").lower()
        raise InputError(f"cannot use {path}", why, "Choose another folder with -o") from error


def write_request(folder: Path, request: Request) -> None:
    """Write a request into its folder.

    Raises:
        InputError: it cannot be written.
    """
    write_atomically(folder / REQUEST, request.model_dump_json(indent=1) + "\n")


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError(f"cannot read {path}", why, "Make it readable") from error


def _blinding(asked: Sequence[Question]) -> dict[str, dict[str, ShownText]]:
    found: dict[str, dict[str, ShownText]] = {}
    for question in asked:
        for name, text in zip(question.systems, question.texts, strict=True):
            of_system = found.setdefault(name, {})
            if (item := question.item.partition("~")[0]) not in of_system:
                of_system[item] = ShownText(words=text.words, changes=text.changes)
    return found


def _differences(before: Request, now: Request) -> Iterator[str]:
    for name in dict.fromkeys([*before.systems, *now.systems]):
        yield from _of_system(name, before.systems.get(name), now.systems.get(name))
    for what in ("prompts", "excerpt", "evidence", "images_for_all"):
        was, is_now = getattr(before, what), getattr(now, what)
        if was != is_now:
            yield f"{what.replace('_', ' ')} was {_said(was)} and is {_said(is_now)}"
    for item, images in now.images.items():
        if before.images.get(item, images) != images:
            yield f"the pictures of {item} have changed"


def _of_system(name: str, before: PinnedSystem | None, now: PinnedSystem | None) -> Iterator[str]:
    if before is None or now is None:
        yield f"the system {name} is {'new' if before is None else 'missing'}"
        return
    for item in dict.fromkeys([*before.transcripts, *now.transcripts]):
        was, is_now = before.transcripts.get(item), now.transcripts.get(item)
        if was != is_now:
            how = "new" if was is None else "missing" if is_now is None else "another one"
            yield f"the transcript of {item} by {name} is {how}"


def _said(value: Any) -> str:
    if value is None:
        return "not given"
    return str(value) if not isinstance(value, bool) else "on" if value else "off"
