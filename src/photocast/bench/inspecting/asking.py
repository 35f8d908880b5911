"""What a model is asked: the prompt of the product with the photos, as messages of Inspect."""

import base64
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, Content, ContentImage, ContentText

from photocast.album import Album
from photocast.bench.evaluation_set import Item
from photocast.bench.seen import opened
from photocast.looking.told import from_brief
from photocast.models import Image, Request, Sampling
from photocast.pipeline.settings import settle
from photocast.pipeline.spoken import parse_hosts, read_length
from photocast.pipeline.studio import plan_of
from photocast.prompts import Prompts
from photocast.schema import Brief, FactSheet, UsageError, Writer
from photocast.schema.record import Record
from photocast.writing import Part, Work

_TOKENS_A_WORD, _TOKENS_BESIDE = 2, 300
"""Tokens of an answer for each word asked for, and for what stands around them."""
_OPENING = threading.Lock()
"""Albums are opened one at a time: each takes all cores, and sets how the process treats Pillow's warnings."""


Hosts = int | str | Sequence[str]
"""How many, or who."""


class Asked(Record):
    """What an answer was asked to be."""

    words: int | None = None
    labels: tuple[str, ...] = ()
    """Names that turns may carry; none means `Speaker 1`, `Speaker 2`, …"""
    style: str | None = None
    """None for a transcript that was there before: it is measured as it is."""


@dataclass(frozen=True)
class Question:
    """All that goes to the model about one item.

    Attributes:
        messages: the prompt; the pictures in it are upright, of at most 1,024 pixels, and without metadata.
        asked: what the answer should be.
        set_aside: photos that do not open, with the reason.
    """

    messages: list[ChatMessage]
    asked: Asked
    set_aside: tuple[str, ...]


def brief_of(hosts: Hosts, words: int | str | None, style: str, language: str, seed: int) -> Brief:
    """The brief for all items.

    Args:
        hosts: how many, or who: a list of names, or a line as for `photocast make --hosts`.
        words: a number of words, or a length such as `5m`; None lets each album decide.
        style: `paper`, which is asked as SPoRC-VIST does, or another style of the product.
        language: code of the language.
        seed: of the cast; and of the model where it takes one.

    Raises:
        UsageError: one of them cannot be meant.
    """
    count, cast = parse_hosts(_line_of(hosts))
    wishes = {"hosts": count, "cast": cast, "words": read_length(words), "style": style, "language": language}
    return settle(wishes | {"seed": seed}, Brief()).brief


def _line_of(hosts: Hosts) -> str:
    """The hosts in a line; Inspect makes a list of what has commas, and a mapping of what has a colon."""
    if isinstance(hosts, int | str):
        return str(hosts)
    if isinstance(hosts, Mapping):
        raise UsageError(
            "cannot read the hosts",
            "Inspect takes what has a colon and no quotation marks of its own for YAML",
            "Write it as -T 'hosts=\"Ada: curious; Leo: warm\"'",
        )
    return "; ".join(hosts)


def room_for(brief: Brief) -> int:
    """Tokens that an answer may have: those of SPoRC-VIST, or more where more words are asked for."""
    return max(Sampling().max_tokens, _TOKENS_A_WORD * (brief.words or 0) + _TOKENS_BESIDE)


def question(item: Item, brief: Brief) -> Question:
    """The one question about an item, with all its photos.

    Beside the pixels nothing is told but what `item.toml` says the album is about. The photos are decoded here, and
    their prepared pictures are deleted again.

    Raises:
        InputError: the item has no photo that opens, or too many.
    """
    brief = brief.model_copy(update={"about": item.about or brief.about})
    with _OPENING, opened(item) as album:
        work = work_on(album, brief)
        request = work.part(Part(1, 1, work.photos, work.words), said=(), later=(), locked=())
        return Question(
            messages=messages(request),
            asked=Asked(words=work.words, labels=tuple(work.told_hosts), style=brief.style),
            set_aside=tuple(f"{one.source}: {one.detail}" for one in album.set_aside),
        )


def work_on(album: Album, brief: Brief) -> Work:
    """The work as the product describes it to its own models, for one that is shown the photos and answers in lines.

    Nobody looks at the photos before: to a model that sees them, nothing of what detectors see is told.
    """
    plan = plan_of(album, brief, Writer())
    return Work(
        album=plan.album,
        facts=FactSheet(observations=tuple(from_brief(brief, album.photos))),
        brief=plan.brief,
        words=plan.words,
        images={photo.id: Image(photo.id, album.model_image(photo.id)) for photo in album.photos},
        prompts=Prompts(),
        structured=False,
        allow=(),
    )


def messages(request: Request) -> list[ChatMessage]:
    """The request as a conversation: words and pictures in their order."""
    content: list[Content] = [
        ContentText(text=part) if isinstance(part, str) else ContentImage(image=_inline(part.path))
        for part in request.parts
    ]
    system: Sequence[ChatMessage] = [ChatMessageSystem(content=request.system)] if request.system else []
    return [*system, ChatMessageUser(content=content)]


def _inline(path: Path) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
