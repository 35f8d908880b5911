"""One call to a model, as small as can be, to know that key, address and model are right."""

import time
from dataclasses import dataclass

from photocast._concurrency import run_sync
from photocast.models import Ending, Request, Sampling, VisionModel
from photocast.models.names import open_model
from photocast.models.prices import price_of
from photocast.schema import PhotocastError

_QUESTION = Request(("Answer with the one word yes.",), sampling=Sampling(max_tokens=256), purpose="doctor")


@dataclass(frozen=True)
class Called:
    """What came of it."""

    model: str
    ok: bool
    found: str
    do: str | None = None


def call(name: str) -> Called:
    """Ask a model for one word. No photo is sent. It is not journaled: an answer of yesterday would tell nothing."""
    began = time.perf_counter()
    try:
        model = open_model(name)
        text, ending = run_sync(_asked(model))
    except PhotocastError as error:
        return Called(name, False, f"{error.what}: {error.why}", error.do)
    seconds = time.perf_counter() - began
    price = price_of(model)
    usd = f"${price.cost(ending.usage):.6f}" if price and model.host else "nothing" if price else "an unknown price"
    said = f"answered “{' '.join(text.split())[:40]}” in {seconds:.1f} s, for {usd}"
    return Called(name, bool(text.strip()), said if text.strip() else f"answered nothing ({ending.finish})")


async def _asked(model: VisionModel) -> tuple[str, Ending]:
    pieces: list[str] = []
    ending = Ending()
    async for piece in model.stream(_QUESTION):
        if isinstance(piece, Ending):
            ending = piece
        else:
            pieces.append(piece)
    return "".join(pieces), ending
