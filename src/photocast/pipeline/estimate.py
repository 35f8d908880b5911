"""What writing with a model would send, and what it may cost: worked out before anything leaves this machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from photocast.looking import AT_ONCE, look_request
from photocast.models import Image, Request, Usage, VisionModel
from photocast.models.budget import Price
from photocast.models.tokens import expected_tokens
from photocast.schema import Concern, Cost, FactSheet, Kind, Sending
from photocast.writing import Work, in_parts

_TOKENS_A_WORD = 1.4
_MARKED = 2.2
"""How many times as long a turn is with its photos and claims in JSON."""
_REPAIR_SHARE = 0.2
"""Share of the words that are written anew, where anything is."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One call that would be made."""

    request: Request
    said_tokens: int
    """Tokens of what has been said up to then, which is not known yet."""
    output_tokens: int


def estimated(
    model: VisionModel,
    price: Price | None,
    work: Work,
    images: Mapping[str, Path],
    *,
    looks: bool,
    needs: Sequence[str] = (),
) -> Sending:
    """What would be sent.

    Args:
        model: who is asked.
        price: of the model; None when nobody knows.
        work: what is to be written.
        images: the pictures of all photos.
        looks: whether the model first looks at the photos for facts.
        needs: what a model on this machine needs.
    """
    calls = [*(_looking(model, work, images) if looks else ()), *_writing(work)]
    sent = [photo.id for photo in work.album.photos if photo.id in images and (looks or work.images)]
    told = work.telling
    return Sending(
        host=model.host,
        photos=tuple(sent),
        photo_bytes=sum(images[photo].stat().st_size for photo in sent),
        words=tuple(told.told()),
        withheld=tuple(told.withheld()),
        concerns=tuple(concerns(work.facts, sent)) if model.host else (),
        calls=len(calls),
        input_tokens=sum(expected_tokens(model.name, call.request) + call.said_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
        cost=_cost(model, price, calls) if price else None,
        needs=tuple(needs),
    )


def concerns(facts: FactSheet, photos: Sequence[str]) -> Iterator[Concern]:
    """What its owner may not want to send, photo by photo, as far as the embedded eyes can tell."""
    for one in facts.usable():
        if one.kind is Kind.PRIVATE and one.photos[0] in photos:
            yield Concern(photo=one.photos[0], what=one.what)


def _looking(model: VisionModel, work: Work, images: Mapping[str, Path]) -> Iterator[_Call]:
    photos = [photo.id for photo in work.album.photos]
    for at in range(0, len(photos), AT_ONCE):
        batch = {photo: Image(photo, images[photo]) for photo in photos[at : at + AT_ONCE]}
        request = look_request(model, batch, work.telling, work.prompts, seed=work.brief.seed)
        yield _Call(request, 0, 130 * len(batch))


def _writing(work: Work) -> Iterator[_Call]:
    """A call for each part, and one that writes some turns anew."""
    parts = in_parts([photo.id for photo in work.album.photos], work.words)
    said = 0
    for part in parts:
        later = [photo for one in parts[part.number :] for photo in one.photos]
        request = work.part(part, (), later, ())
        yield _Call(request, said, _tokens(part.words, request))
        said += ceil(part.words * _TOKENS_A_WORD)
    words = ceil(_REPAIR_SHARE * work.words)
    plain = replace(request, parts=tuple(part for part in request.parts if isinstance(part, str)), purpose="repair")
    yield _Call(plain, said, _tokens(words, plain))


def _tokens(words: int, request: Request) -> int:
    return ceil(words * _TOKENS_A_WORD * (_MARKED if request.schema else 1.1))


def _cost(model: VisionModel, price: Price, calls: Sequence[_Call]) -> Cost:
    """From a run without a repair in which all goes as expected to one whose every answer is as long as it may be."""
    low = sum(
        price.cost(Usage(expected_tokens(model.name, call.request) + call.said_tokens, call.output_tokens))
        for call in calls[:-1]
    )
    high = sum(price.worst(call.request) + price.cost(Usage(2 * call.said_tokens, 0)) for call in calls)
    return Cost(low_usd=round(low, 6), high_usd=round(max(low, high), 6), table=price.table)
