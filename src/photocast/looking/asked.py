"""What a model that sees makes of the photos: notes in its words, beside what the embedded eyes report."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from photocast._concurrency import map_bounded
from photocast.looking.keep import carry_over
from photocast.looking.naming import identify
from photocast.models import Ending, Finish, Image, Request, Sampling, VisionModel
from photocast.prompts import Prompts, Telling, notes_schema
from photocast.schema import FactSheet, Fault, Kind, Known, ModelError, Observation

AT_ONCE = 8
"""Photos in one question."""
_IN_FLIGHT = 4
_TOKENS_A_PHOTO = 320
_LINE = re.compile(r"\W*(?P<photo>p\d{2,3})\W*[:：]\s*(?P<note>.+?)(?:\s*\((?P<sure>[01](?:[.,]\d+)?)\))?\s*")
_UNSAID = 0.8
"""How sure a note counts for that does not say it."""
_LONGEST, _MOST = 200, 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of asking."""

    facts: FactSheet
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


async def look_with(
    model: VisionModel, images: Mapping[str, Image], facts: FactSheet, telling: Telling, prompts: Prompts, *, seed: int
) -> Seen:
    """The fact sheet with what a model sees in the photos.

    Photos that the model refuses keep what is known of them; that is said.

    Args:
        model: who looks.
        images: the pictures by photo id.
        facts: what is known already; what the user decided in it stays.
        telling: what the model may be told beside the pixels.
        prompts: the templates.
        seed: of the answers.

    Raises:
        ModelError: nothing can be had, or every photo was refused.
    """
    photos = list(images)
    batches = [photos[at : at + AT_ONCE] for at in range(0, len(photos), AT_ONCE)]

    async def ask(batch: Sequence[str]) -> tuple[list[Observation], list[str]]:
        return await _batch(model, images, batch, telling, prompts, seed)

    try:
        answers = await map_bounded(ask, batches, limit=_IN_FLIGHT)
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    found = [one for observations, _ in answers for one in observations]
    refused = [photo for _, photos_refused in answers for photo in photos_refused]
    if refused and len(refused) == len(photos):
        raise ModelError(
            Fault.REFUSED,
            f"{model.name} will not look at these photos",
            "it or its provider refused every one of them",
            "Choose another --model, or leave out the photos it may object to",
        )
    notes = (f"the provider refused to look at {', '.join(refused)}",) if refused else ()
    return Seen(_merged(facts, found, photos), notes)


async def _batch(
    model: VisionModel,
    images: Mapping[str, Image],
    batch: Sequence[str],
    telling: Telling,
    prompts: Prompts,
    seed: int,
) -> tuple[list[Observation], list[str]]:
    """Observations of a batch of photos, and those refused; what is too much at once is asked for in halves."""
    try:
        pictures = {photo: images[photo] for photo in batch}
        text, finish = await _asked(model, look_request(model, pictures, telling, prompts, seed=seed))
        refused = finish in {Finish.REFUSED, Finish.FILTERED}
    except ModelError as error:
        if error.fault is not Fault.TOO_LONG or len(batch) == 1:
            raise
        text, refused = "", True
    if not refused:
        found = list(_observations(text, batch, model.name, telling))
        if found:
            return found, []
        why = "its answer holds no note" if text.strip() else "its answer was empty"
        raise ModelError(
            Fault.UNUSABLE if text.strip() else Fault.EMPTY,
            f"{model.name} says nothing about {batch[0]}",
            why,
            "Choose a larger --model, or --way direct",
        )
    if len(batch) == 1:
        return [], list(batch)
    middle = len(batch) // 2
    left = await _batch(model, images, batch[:middle], telling, prompts, seed)
    right = await _batch(model, images, batch[middle:], telling, prompts, seed)
    return [*left[0], *right[0]], [*left[1], *right[1]]


async def _asked(model: VisionModel, request: Request) -> tuple[str, Finish]:
    pieces: list[str] = []
    finish = Finish.DONE
    async for piece in model.stream(request):
        if isinstance(piece, Ending):
            finish = piece.finish
        else:
            pieces.append(piece)
    return "".join(pieces), finish


def look_request(
    model: VisionModel, images: Mapping[str, Image], telling: Telling, prompts: Prompts, *, seed: int
) -> Request:
    """The question what is to be seen in a few photos, at most `AT_ONCE`."""
    batch = list(images)
    words = prompts.render("look", photos=batch, notes=telling.notes, structured=model.structured)
    named = [part for photo in batch for part in (f"{photo}\n", images[photo])]
    return Request(
        (*named, words),
        sampling=Sampling(max_tokens=max(1024, _TOKENS_A_PHOTO * len(batch)), seed=seed),
        schema=notes_schema(batch) if model.structured else None,
        purpose="look",
    )


def _observations(text: str, batch: Sequence[str], name: str, telling: Telling) -> Iterator[Observation]:
    counts = dict.fromkeys(batch, 0)
    said: set[str] = set()
    for photo, note, sure in _notes(text):
        words = " ".join(telling.show(note).split())[:_LONGEST].rstrip(". ")
        identity = identify(photo, Kind.DETAIL, words)
        if photo not in counts or not words or identity in said or counts[photo] >= _MOST:
            continue
        counts[photo] += 1
        said.add(identity)
        yield Observation(
            id=identity,
            photos=(photo,),
            kind=Kind.DETAIL,
            what=words,
            known=Known.SEEN,
            sources=(name,),
            confidence=min(1.0, max(0.0, sure)),
        )


def _notes(text: str) -> Iterator[tuple[str, str, float]]:
    """Photo, note and how sure, out of JSON or of lines; of JSON that was cut off, all that is whole."""
    from pydantic_core import from_json

    body = re.sub(r"^\s*```\w*|```\s*$", "", text).strip()
    try:
        value = from_json(body, allow_partial=True)
        listed = value["notes"] if isinstance(value, dict) else value
        for one in listed:
            sure = one.get("sure", _UNSAID)
            yield str(one["photo"]), str(one["note"]), float(sure) if isinstance(sure, int | float) else _UNSAID
    except (ValueError, KeyError, TypeError, AttributeError):
        for line in text.splitlines():
            if match := _LINE.fullmatch(line):
                yield match["photo"], match["note"], float((match["sure"] or str(_UNSAID)).replace(",", "."))


def _merged(facts: FactSheet, found: Sequence[Observation], photos: Sequence[str]) -> FactSheet:
    """The new notes in place of those of an earlier look by a model, save for what the user decided."""
    others = [one for one in facts.observations if one.kind is not Kind.DETAIL]
    earlier = FactSheet(observations=tuple(one for one in facts.observations if one.kind is Kind.DETAIL))
    return FactSheet(observations=(*others, *carry_over(found, earlier, photos)))
