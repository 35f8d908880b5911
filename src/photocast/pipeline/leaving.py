"""Words that would leave this machine to be spoken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from photocast.models.speech import Line, SpeechEngine
from photocast.models.speech.prices import speech_price


@dataclass(frozen=True)
class Leaving:
    """What would be sent, to whom, at which price."""

    host: str
    turns: int
    """Whose clips are not there yet."""
    characters: int
    usd: float | None
    """What they cost by estimate, before tax; None where nobody knows."""
    prices: str | None
    """Where the price comes from and how old it is."""


Approve = Callable[[Leaving], bool]
"""Asked before words leave this machine; no means that none do."""


def leaving_of(engine: SpeechEngine, lines: Sequence[Line]) -> Leaving | None:
    """What would be sent to have these lines spoken; None where nothing is."""
    if engine.host is None or not lines:
        return None
    characters, price = sum(len(line.text) for line in lines), speech_price(engine.name)
    usd = price.cost(characters) if price else None
    return Leaving(engine.host, len(lines), characters, usd, price.table if price else None)
