"""One call to a model, as small as can be, to know that key, address and model are right."""

import time
from dataclasses import dataclass

from photocast._concurrency import run_sync
from photocast.models import Ending, Request, Sampling, VisionModel
from photocast.models.names import open_model
from photocast.models.prices import price_of
from photocast.pipeline.offers import callable_models
from photocast.pipeline.pen import POCKET
from photocast.pipeline.settings import gather
from photocast.schema import PhotocastError, Writer

_QUESTION = Request(("Answer with the one word yes.",), sampling=Sampling(max_tokens=256), purpose="doctor")


@dataclass(frozen=True)
class Called:
    """What came of it."""

    model: str
    ok: bool
    found: str
    do: str | None = None


def call_all() -> tuple[Called, ...]:
    """Call the model that is configured, and one of every other provider that is set up."""
    writer = _configured()
    taken = writer.model.partition(":")[0] if writer and not writer.base_url else None
    others = (name for name in callable_models() if name.partition(":")[0] != taken)
    return (*((call(writer.model, base_url=writer.base_url),) if writer else ()), *map(call, others))


def call(name: str, *, base_url: str | None = None) -> Called:
    """Ask a model for one word. No photo is sent. It is not journaled: an answer of yesterday would tell nothing."""
    began = time.perf_counter()
    try:
        model = open_model(name, base_url=base_url)
        text, ending = run_sync(_asked(model))
        price = price_of(model)
    except PhotocastError as error:
        return Called(name, False, f"{error.what}: {error.why}", error.do)
    seconds = time.perf_counter() - began
    usd = f"${price.cost(ending.usage):.6f}" if price and model.host else "nothing" if price else "an unknown price"
    said = f"answered “{' '.join(text.split())[:40]}” in {seconds:.1f} s, for {usd}"
    return Called(name, bool(text.strip()), said if text.strip() else f"answered nothing ({ending.finish})")


def _configured() -> Writer | None:
    """Who writes when nobody is named; not a model that would be loaded, and perhaps downloaded, for one word."""
    try:
        writer = gather({}).writer
    except PhotocastError:
        return None  # examining the installation has told it
    return None if writer.model == POCKET or writer.model.startswith("hf:") else writer


async def _asked(model: VisionModel) -> tuple[str, Ending]:
    pieces: list[str] = []
    ending = Ending()
    async for piece in model.stream(_QUESTION):
        if isinstance(piece, Ending):
            ending = piece
        else:
            pieces.append(piece)
    return "".join(pieces), ending
