"""What speech costs, by the million characters. Nobody keeps a table of these, so this one has dates on it."""

import re
from dataclasses import dataclass

_CHARACTERS_A_SECOND = 15
"""Of talk, where a provider charges by the second of sound."""


@dataclass(frozen=True, slots=True)
class SpeechPrice:
    """List price of a model, before tax."""

    usd: float
    """For a million characters."""
    table: str
    """Where it comes from and how old it is."""

    def cost(self, characters: int) -> float:
        """Dollars by estimate."""
        return self.usd * characters / 1e6


def _by_token(usd: float, a_second: int = 25) -> float:
    """Of a million characters, from the price of a million tokens of sound."""
    return usd * a_second / _CHARACTERS_A_SECOND


_COMPARED = "price lists as of November 2026, compared at second hand"
_BY_MODEL = (
    (r"openai:tts-1-hd", 30.0, "list price, from memory, not checked"),
    (r"openai:tts-1", 15.0, _COMPARED),
    (r"elevenlabs:eleven_v[34]", 80.0, _COMPARED),
    (r"google:gemini-3\.8-flash-tts", _by_token(9.0), f"{_COMPARED}; doubles on 2027-01-01"),
    (r"google:gemini-3\.8-flash-lite-tts", _by_token(6.0), f"{_COMPARED}; doubles on 2027-01-01"),
)


def speech_price(engine: str) -> SpeechPrice | None:
    """The price of an engine, by its name; None where nobody knows, as of servers of one's own."""
    found = (SpeechPrice(usd, table) for name, usd, table in _BY_MODEL if re.fullmatch(name, engine))
    return next(found, None)
