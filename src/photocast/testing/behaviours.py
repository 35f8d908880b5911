"""What a provider may do with a question: answer it, well or badly, or fail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from photocast.models.vision import Token

Trouble: TypeAlias = Literal[
    "wrong_key",
    "key_repeated",
    "unknown_model",
    "no_money",
    "payment_required",
    "rate_limited",
    "server_error",
    "unavailable",
    "overloaded",
    "too_long",
    "too_large",
    "no_images",
    "rejected",
]
"""Ways to refuse a question, each told as the provider in question tells it. `key_repeated` is a wrong key whose
refusal repeats it in full, as some gateways do."""


@dataclass(frozen=True)
class Fail:
    """An error in the provider's own words and with its own status."""

    trouble: Trouble
    retry_after: float | None = None
    """Seconds, sent as `Retry-After`."""


@dataclass(frozen=True)
class Say:
    """An answer, streamed if that was asked for."""

    text: str
    piece: int = 12
    """Characters in every piece of a stream."""
    finish: Literal["stop", "length", "content_filter", "refusal"] | None = "stop"
    """None ends the stream without saying why. With `refusal`, the text is the refusal."""
    usage: tuple[int, int] | None = None
    """Tokens in and out; by default the words of the question and of the answer, and 258 for every picture."""
    logprobs: "tuple[Token, ...]" = ()
    """The tokens that the text ends with and their probabilities: told to whoever asks, through OpenAI's interface."""
    pause: float = 0.0
    """Seconds before every piece."""
    cut_after: int | None = None
    """Bytes of the body after which the connection breaks."""
    silent_after: int | None = None
    """Pieces after which nothing more comes although the connection stays open."""
    then: Fail | None = None
    """An error told inside the stream, after the text."""


@dataclass(frozen=True)
class Raw:
    """These bytes, whatever was asked."""

    body: bytes
    content_type: str = "text/event-stream"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    """Beside those of the content."""


@dataclass(frozen=True)
class Hang:
    """The question is taken, and nothing is said until the asker gives up."""


@dataclass(frozen=True)
class Drop:
    """The question is taken, and the connection is closed without a word."""


@dataclass(frozen=True)
class Draw:
    """A picture, for a question that asks for one: the same words and seed get the same picture."""

    filtered: str | None = None
    """A filter keeps it back and gives this reason; Bedrock's are `Filter reason: prompt` and the like."""
    kind: Literal["picture", "blank", "half"] = "picture"
    """`blank` is grey all over, `half` ends in the middle of the file."""


Behaviour: TypeAlias = str | Say | Draw | Fail | Raw | Hang | Drop
"""What is done with one question; text alone is a `Say`."""
