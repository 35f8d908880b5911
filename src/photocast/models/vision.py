"""A model that sees photos and answers in words: what one is, what it is asked, and how its answer ends."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from photocast.runs import sha256_of


@dataclass(frozen=True)
class Image:
    """A photo as a model gets it: an upright sRGB JPEG without metadata, from `Album.model_image`."""

    photo: str
    """Id of the photo, for messages and checks; it is not sent."""
    path: Path

    @cached_property
    def sha256(self) -> str:
        """Of the bytes of the file."""
        return sha256_of(self.path)


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the answer is drawn. The defaults are those of SPoRC-VIST (arXiv:2601.01062, inference settings)."""

    temperature: float = 0.7
    top_p: float = 0.8
    max_tokens: int = 2048
    """New tokens at most."""
    seed: int | None = 0
    """Passed on where the model takes one; it is part of the request either way, so another seed is another call."""
    logprobs: int = 0
    """How many tokens to tell the probabilities of, at every place of the answer, where the model tells any. At most
    20, as providers have it."""


@dataclass(frozen=True)
class Request:
    """One question to a model, complete in itself."""

    parts: tuple[str | Image, ...]
    """Words and pictures of the user's turn, in their order."""
    system: str = ""
    sampling: Sampling = Sampling()
    schema: Mapping[str, Any] | None = None
    """JSON schema that the answer is to follow. Only for models that are `structured`."""
    purpose: str = ""
    """What the call is for, in a word (`script`, `repair`, `look`): shown in lists of runs, not sent."""

    @property
    def images(self) -> tuple[Image, ...]:
        """The pictures alone."""
        return tuple(part for part in self.parts if isinstance(part, Image))

    def key(self, model: str) -> str:
        """What tells this request to this model from every other: SHA-256 of everything that is sent."""
        content = {
            "model": model,
            "system": self.system,
            "parts": [{"image": part.sha256} if isinstance(part, Image) else part for part in self.parts],
            "sampling": self._sampled(),
            "schema": self.schema,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def _sampled(self) -> list[float | int | None]:
        """How the answer is drawn. Whoever asks for no probabilities asks what was asked before there were any."""
        drawn = self.sampling
        more = [drawn.logprobs] if drawn.logprobs else []
        return [drawn.temperature, drawn.top_p, drawn.max_tokens, drawn.seed, *more]


class Finish(StrEnum):
    """Why an answer ended."""

    DONE = "done"
    LENGTH = "length"
    """All the tokens it may have are used up."""
    REFUSED = "refused"
    """The model declined."""
    FILTERED = "filtered"
    """The provider's safety filter stopped the question or the answer."""
    CUT = "cut"
    """The connection broke, or went silent, after some words had come."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, as the provider or the tokenizer counts them; None where nobody told."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    """Part of the input that was read from the provider's cache."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer, and what could have stood in its place."""

    text: str
    """As it is written, with its blanks; empty for one that only ends the answer."""
    top: tuple[tuple[str, float], ...] = ()
    """The likeliest tokens here with the natural logarithms of their probabilities, before anything is drawn."""


LAST_TOKENS = 16
"""Of so many at the end of an answer the probabilities are kept: verdicts stand there, and the journal stays small."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known when an answer is over."""

    finish: Finish = Finish.DONE
    usage: Usage = Usage()
    bytes_sent: int = 0
    """Bytes that left for another machine: bodies and headers of all requests."""
    answered_by: str | None = None
    """The exact model, where the provider tells it."""
    detail: str = ""
    """The provider's own word for the finish."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The rest of what the provider said, for the journal."""
    logprobs: tuple[Token, ...] = ()
    """The last tokens of the answer with their probabilities, if these were asked for and the model tells them."""


def tokens_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Token, ...]:
    """`Ending.logprobs` from what JSON made of it."""
    return tuple(Token(one["text"], tuple((text, logprob) for text, logprob in one["top"])) for one in stored)


def tells_logprobs(model: "VisionModel") -> bool:
    """Whether a model is known to tell probabilities: it says so with an attribute `logprobs`, which it may lack."""
    return bool(getattr(model, "logprobs", False))


class VisionModel(Protocol):
    """Sees photos and a prompt, answers in words.

    A model from elsewhere needs these four attributes and `stream`, and is offered through the entry-point group
    `photocast.vision` under the name that stands before the colon (`mine:` in `--model mine:large`). One that can tell
    how likely its tokens were says so with a fifth, `logprobs = True`.
    """

    name: str
    """Identity written into reports and keys, e.g. `openai:gpt-5-mini`."""
    host: str | None
    """Where photos are sent; None when they stay on this machine."""
    structured: bool
    """Whether an answer can be held to a JSON schema."""
    context: int | None
    """Tokens that a question and its answer may have together; None when not known."""

    def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the answer piece by piece, in order, and last an `Ending` (a model may leave it out: then it is done).

        Raises:
            ModelError: before the first piece, when nothing can be had; `error.fault` tells what happened. After the
                first piece a broken connection is an `Ending` with `Finish.CUT`.
        """
        ...
