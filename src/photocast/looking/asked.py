"""What a model that sees makes of the photos: notes in its words, beside what the embedded eyes report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from photocast._concurrency import map_bounded
from photocast.album.text import plain
from photocast.looking.keep import carry_over
from photocast.looking.naming import identify
from photocast.looking.noted import noted
from photocast.models import Ending, Finish, Image, Request, Sampling, VisionModel
from photocast.prompts import Prompts, Telling, notes_schema
from photocast.schema import FactSheet, Fault, Kind, Known, ModelError, Observation

AT_ONCE = 8
"""Photos in one question."""
_IN_FLIGHT = 4
_TOKENS_A_PHOTO = 320
_LONGEST, _MOST = 200, 10
"""Letters of a note, and notes of a photo."""
_REFUSED = frozenset({Finish.REFUSED, Finish.FILTERED})
_BROKEN_OFF = frozenset({Finish.LENGTH, Finish.CUT})


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

    Photos that the model refuses, or says nothing about, keep what is known of them; that is said.

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
    try:
        answers = await map_bounded(_Eyes(model, images, telling, prompts, seed).look, batches, limit=_IN_FLIGHT)
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    found = [one for answer in answers for one in answer.observations]
    refused = [photo for answer in answers for photo in answer.refused]
    if refused and len(refused) == len(photos):
        raise ModelError(
            Fault.REFUSED,
            f"{model.name} will not look at these photos",
            "it or its provider refused every one of them",
            "Choose another --model, or leave out the photos it may object to",
        )
    return Seen(_merged(facts, found, photos), tuple(_notes(photos, found, refused)))


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


@dataclass(frozen=True, slots=True)
class _Found:
    observations: tuple[Observation, ...] = ()
    refused: tuple[str, ...] = ()

    def __add__(self, other: "_Found") -> "_Found":
        return _Found(self.observations + other.observations, self.refused + other.refused)


@dataclass(frozen=True, slots=True)
class _Eyes:
    """A model that is asked what it sees."""

    model: VisionModel
    images: Mapping[str, Image]
    telling: Telling
    prompts: Prompts
    seed: int

    async def look(self, batch: Sequence[str]) -> _Found:
        """What is seen in a batch of photos, and which were refused; what is too much at once is asked for in halves.

        Raises:
            ModelError: nothing can be had.
        """
        pictures = {photo: self.images[photo] for photo in batch}
        request = look_request(self.model, pictures, self.telling, self.prompts, seed=self.seed)
        try:
            text, finish = await self._asked(request)
        except ModelError as error:
            if error.fault is Fault.TOO_LONG and len(batch) > 1:
                return await self._halves(batch)
            raise
        if finish in _REFUSED:
            return await self._halves(batch) if len(batch) > 1 else _Found(refused=tuple(batch))
        found = self._read(text, batch)
        if not found:
            text, finish = await self._asked(_again(request))
            found = self._read(text, batch)
        if not found:
            raise _useless(self.model, batch, text)
        missing = [photo for photo in batch if not any(photo in one.photos for one in found)]
        rest = await self.look(missing) if missing and finish in _BROKEN_OFF else _Found()
        return _Found(found) + rest

    async def _halves(self, batch: Sequence[str]) -> _Found:
        middle = len(batch) // 2
        return await self.look(batch[:middle]) + await self.look(batch[middle:])

    async def _asked(self, request: Request) -> tuple[str, Finish]:
        pieces: list[str] = []
        finish = Finish.DONE
        async for piece in self.model.stream(request):
            if isinstance(piece, Ending):
                finish = piece.finish
            else:
                pieces.append(piece)
        return "".join(pieces), finish

    def _read(self, text: str, batch: Sequence[str]) -> tuple[Observation, ...]:
        return tuple(_observations(text, batch, self.model.name, self.telling))


def _again(request: Request) -> Request:
    """The question once more, after an answer without a note; with another seed, lest the answer be the same."""
    seed = None if request.sampling.seed is None else request.sampling.seed + 1
    words = "\n\nYour last answer could not be used: it holds no note about these photos. Write them as asked."
    return replace(request, parts=(*request.parts, words), sampling=replace(request.sampling, seed=seed))


def _useless(model: VisionModel, batch: Sequence[str], text: str) -> ModelError:
    said = " ".join(text.split())[:120]
    return ModelError(
        Fault.UNUSABLE if said else Fault.EMPTY,
        f"{model.name} says nothing about {batch[0]}",
        f"asked twice, its answer holds no note; it begins “{said}”" if said else "asked twice, its answer was empty",
        "Choose a larger --model, --way direct, or another --seed for another try",
    )


def _observations(text: str, batch: Sequence[str], name: str, telling: Telling) -> Iterator[Observation]:
    counts = dict.fromkeys(batch, 0)
    said: set[str] = set()
    for photo, note, sure in noted(text):
        words = plain(telling.show(note), _LONGEST).rstrip(". ")
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
            confidence=sure,
        )


def _notes(photos: Sequence[str], found: Sequence[Observation], refused: Sequence[str]) -> Iterator[str]:
    described = {photo for one in found for photo in one.photos}
    if silent := [photo for photo in photos if photo not in described and photo not in refused]:
        yield f"the model wrote nothing about {', '.join(silent)}"
    if refused:
        yield f"the provider refused to look at {', '.join(refused)}"


def _merged(facts: FactSheet, found: Sequence[Observation], photos: Sequence[str]) -> FactSheet:
    """The new notes in place of those of an earlier look by a model, save for what the user decided.

    Photos of which nothing new is said keep the notes they have.
    """
    described = {photo for one in found for photo in one.photos}
    earlier = [one for one in facts.observations if one.kind is Kind.DETAIL]
    fresh = [*found, *(one for one in earlier if one.photos[0] not in described)]
    others = (one for one in facts.observations if one.kind is not Kind.DETAIL)
    return FactSheet(observations=(*others, *carry_over(fresh, FactSheet(observations=tuple(earlier)), photos)))
