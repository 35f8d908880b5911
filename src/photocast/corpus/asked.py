"""Parts through a stage that asks a model: what it would send and cost, then question by question or as batches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from photocast._concurrency import map_bounded, run_sync
from photocast.corpus.asking import AskingStage, AskLater, AskNow, NotYet
from photocast.corpus.nouns import Dropped
from photocast.corpus.parts import Count, Part, forget_others, key_of
from photocast.corpus.store import Store
from photocast.models import Request
from photocast.models.asking import AT_ONCE, Asking, Stop
from photocast.models.tokens import request_tokens

Made = Sequence[Any] | Dropped


@dataclass(frozen=True)
class AskingPlan:
    """What a stage is about to send.

    Attributes:
        stage: its name.
        model: who is asked.
        host: where it is sent; None when it stays on this machine.
        items: that have no result yet.
        questions: that are not in the journal. Where answers lead to further questions, more may follow.
        input_tokens: of those questions, by estimate.
        most_usd: US dollars they can cost at most; None when nobody knows the price.
        batch: whether they go into batches.
    """

    stage: str
    model: str
    host: str | None
    items: int
    questions: int
    input_tokens: int
    most_usd: float | None
    batch: bool


@dataclass(frozen=True)
class Waiting:
    """Questions that were handed over and are answered later."""

    stage: str
    questions: int


class Sender(Protocol):
    """Submits requests as batches."""

    def __call__(self, requests: Sequence[Request]) -> None:
        """Hand them over; results are collected later.

        Raises:
            BudgetError: they could cost more than is left.
            ModelError: they cannot be handed over.
        """
        ...


def make_asked(
    store: Store,
    before: Sequence[Part[Any]],
    stage: AskingStage,
    kind: type[Any],
    asking: Asking,
    *,
    more: Sequence[Asking] = (),
    send: Sender | None,
    agree: Callable[[AskingPlan], None],
    told: Callable[[str, int, int], None],
) -> tuple[Part[Any], ...] | Waiting:
    """Bring parts through a stage; a part that is there already stays.

    Args:
        store: of the corpus.
        before: the parts to go through it.
        stage: which asks.
        kind: of the lines of its parts.
        asking: the model that is asked.
        more: other models that the stage may ask.
        send: submits batches; None asks question by question.
        agree: told what is to be sent; raises if that is not wanted.
        told: hears of progress.
    """
    made = [_after(part, stage, kind, asking.name) for part in before]
    forget_others(store, stage.name, made)
    todo = [(old, new) for old, new in zip(before, made, strict=True) if new.marker(store) is None]
    if not todo:
        done = sum(marker.counts[0].taken for part in made if (marker := part.marker(store)))
        told(stage.name, done, done)
        return tuple(made)
    noted, ready = _noted(store, todo, stage, asking, more)
    agree(_plan(stage, asking, _size(store, todo), noted, batch=send is not None))
    if send and noted:
        send(noted)
        todo = ready
    total, done = _size(store, todo), 0
    for old, new in todo:
        items = list(old.read(store))
        results = _ask_all(items, stage, asking, more, _from(done, total, stage.name, told))
        _write(store, new, stage, results)
        done += len(items)
    return Waiting(stage.name, len(noted)) if send and noted else tuple(made)


def _size(store: Store, todo: Sequence[tuple[Part[Any], Part[Any]]]) -> int:
    """Items that have no result yet."""
    return sum(sum(1 for _ in old.read(store)) for old, _ in todo)


def _from(done: int, total: int, stage: str, told: Callable[[str, int, int], None]) -> Callable[[int], None]:
    """Tells how many are done, given how many of the part at hand are."""
    return lambda more: told(stage, done + more, total)


def _after(part: Part[Any], stage: AskingStage, kind: type[Any], model: str) -> Part[Any]:
    return Part(stage.name, part.name, key_of(part.key, stage.name, stage.settings, model), kind)


def _noted(
    store: Store,
    todo: Sequence[tuple[Part[Any], Part[Any]]],
    stage: AskingStage,
    asking: Asking,
    more: Sequence[Asking],
) -> tuple[list[Request], list[tuple[Part[Any], Part[Any]]]]:
    """The questions that are not in the journal, and the parts that need none of them."""
    noted: list[Request] = []
    ready = []
    for old, new in todo:
        later = [AskLater(one) for one in (asking, *more)]
        run_sync(_try_all(list(old.read(store)), stage, later))
        missing = [request for one in later for request in one.noted]
        noted += missing
        if not missing:
            ready.append((old, new))
    return noted, ready


async def _try_all(items: Iterable[Any], stage: AskingStage, later: Sequence[AskLater]) -> None:
    for item in items:
        try:
            await stage(item, *later)
        except NotYet:
            continue


def _plan(
    stage: AskingStage,
    asking: Asking,
    items: int,
    noted: Sequence[Request],
    *,
    batch: bool,
) -> AskingPlan:
    price = asking.price
    return AskingPlan(
        stage=stage.name,
        model=asking.name,
        host=asking.host,
        items=items,
        questions=len(noted),
        input_tokens=sum(request_tokens(asking.name, one).expected for one in noted),
        most_usd=None if price is None else sum(price.worst(one) for one in noted),
        batch=batch,
    )


def _ask_all(
    items: Sequence[Any],
    stage: AskingStage,
    asking: Asking,
    more: Sequence[Asking],
    told: Callable[[int], None],
) -> list[Made]:
    """What comes of every item, in their order. The first error ends it when all that is under way has come back."""
    now, stop, done = [AskNow(one) for one in (asking, *more)], Stop(), 0

    async def counted(item: Any) -> Made:
        nonlocal done
        made = await stage(item, *now)
        done += 1
        told(done)
        return made

    found = run_sync(map_bounded(stop.guarding(counted), items, limit=AT_ONCE))
    stop.check()
    return [one for one in found if one is not None]


def _write(store: Store, part: Part[Any], stage: AskingStage, results: Sequence[Made]) -> None:
    count, dropped = Count(stage.name), list[Dropped]()

    def kept() -> Iterator[Any]:
        for made in results:
            if isinstance(made, Dropped):
                count.drop(made.reason)
                dropped.append(made)
            else:
                count.keep(len(made))
                yield from made

    part.write(store, kept(), dropped, [count])
