"""What writing with a model would send, and what it may cost: worked out before anything leaves this machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from photocast.looking import AT_ONCE, look_request
from photocast.models import Image, Request, Usage, VisionModel
from photocast.models.budget import Price
from photocast.models.tokens import expected_tokens
from photocast.schema import Concern, Cost, FactSheet, Kind, Script, Sending, Turn
from photocast.writing import Work, in_parts

_TOKENS_A_PHOTO = 130
"""Of the notes on it."""
_TOKENS_OF_QUESTIONS = 90
_TOKENS_A_WORD = 1.4
_MARKED = 2.2
"""How many times as long a turn is with its photos and claims in JSON."""
_REPAIR_SHARE, _REPAIR_PICTURES = 0.2, 8
"""Share of the words that are written anew, where anything is, and the photos that are shown again for it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that would be made."""

    request: Request
    output_tokens: int
    said_tokens: int = 0
    """Tokens of what has been said up to then, which is not known yet."""
    certain: bool = True
    """Whether it is made in any case."""


def estimated(
    model: VisionModel, price: Price | None, work: Work, calls: Sequence[Call], *, needs: Sequence[str] = ()
) -> Sending:
    """What these calls would send, and what they may cost.

    Args:
        model: who is asked.
        price: of the model; None when nobody knows.
        work: what is told beside the pixels.
        calls: what is asked; one at least.
        needs: what a model on this machine needs.
    """
    shown = {image.photo: image for call in calls for image in call.request.images}
    sent = [photo for photo in work.photos if photo in shown]
    return Sending(
        host=model.host,
        photos=tuple(sent),
        photo_bytes=sum(shown[photo].path.stat().st_size for photo in sent),
        words=tuple(work.telling.told()),
        withheld=tuple(work.telling.withheld()),
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


def looking(model: VisionModel, work: Work, images: Mapping[str, Image]) -> Iterator[Call]:
    """A call for every few photos that there are pictures of."""
    photos = [photo for photo in work.photos if photo in images]
    for at in range(0, len(photos), AT_ONCE):
        batch = {photo: images[photo] for photo in photos[at : at + AT_ONCE]}
        request = look_request(model, batch, work.telling, work.prompts, seed=work.brief.seed)
        yield Call(request, _TOKENS_A_PHOTO * len(batch))


def interviewing(work: Work) -> Call:
    """The call that asks what to ask."""
    return Call(work.questions(), _TOKENS_OF_QUESTIONS)


def writing(work: Work) -> Iterator[Call]:
    """A call for each part, and one that writes some turns anew."""
    parts = in_parts(work.photos, work.words)
    said = 0
    for part in parts:
        later = [photo for one in parts[part.number :] for photo in one.photos]
        request = work.part(part, (), later, ())
        yield Call(request, _tokens(part.words, request), said)
        said += ceil(part.words * _TOKENS_A_WORD)
    repair = replace(request, parts=tuple(_few_pictures(request)), purpose="repair")
    yield Call(repair, _tokens(ceil(_REPAIR_SHARE * work.words), repair), said, certain=False)


def redoing(work: Work, turn: Turn, script: Script, wish: str | None) -> Call:
    """The one call that writes one turn of a script anew."""
    request = work.turns(script, {turn.id: wish or ""}, "redo")
    return Call(request, _tokens(len(turn.text.split()), request))


def _few_pictures(request: Request) -> Iterator[str | Image]:
    few = request.images[:_REPAIR_PICTURES]
    return (part for part in request.parts if isinstance(part, str) or part in few)


def _tokens(words: int, request: Request) -> int:
    return ceil(words * _TOKENS_A_WORD * (_MARKED if request.schema else 1.1))


def _cost(model: VisionModel, price: Price, calls: Sequence[Call]) -> Cost:
    """From a run in which all goes as expected to one with every call, each answer as long as it may be."""
    low = sum(
        price.cost(Usage(expected_tokens(model.name, call.request) + call.said_tokens, call.output_tokens))
        for call in calls
        if call.certain
    )
    high = sum(price.worst(call.request) + price.cost(Usage(2 * call.said_tokens, 0)) for call in calls)
    return Cost(low_usd=round(low, 6), high_usd=round(max(low, high), 6), table=price.table)
