"""An answer in OpenAI's form: whole, or in pieces as server-sent events."""

import json
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from photocast.models import Ending, Finish, Usage
from photocast.models.local import LocalVision
from photocast.training.serving.asked import Asked
from photocast.training.serving.beats import with_beats
from photocast.training.serving.stops import Stops

SILENCE = 5.0
"""Seconds after which a stream says that it is still there: reading many photos takes minutes on a processor, and
clients take silence for a broken connection."""
_STILL_HERE = b": still here\n\n"
"""A comment, which clients pass over."""
_FINISHES = {Finish.DONE: "stop", Finish.LENGTH: "length"}
"""A model on this machine ends in no other way."""


class Form:
    """How one answer is written.

    Args:
        name: that the model is served under.
        fingerprint: the exact model.
    """

    def __init__(self, name: str, fingerprint: str) -> None:
        self._head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": name}
        self._fingerprint = fingerprint

    def whole(self, text: str, finish: str, usage: Usage) -> dict[str, Any]:
        """A `chat.completion`."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return self._document("chat.completion", [choice]) | _used(usage)

    def piece(self, delta: dict[str, str], finish: str | None = None) -> bytes:
        """A `chat.completion.chunk`."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event(self._document("chat.completion.chunk", [choice]))

    def usage(self, usage: Usage) -> bytes:
        """The last chunk, without a choice."""
        return event(self._document("chat.completion.chunk", []) | (_used(usage) or {"usage": None}))

    def _document(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {**self._head, "object": kind, "system_fingerprint": self._fingerprint, "choices": choices}


def event(document: object) -> bytes:
    """A server-sent event."""
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


async def whole(model: LocalVision, asked: Asked, form: Form) -> dict[str, Any]:
    """The answer in one document."""
    text, ending = "", Ending()
    async with aclosing(_heard(model, asked)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Ending):
                ending = piece
            elif piece is not None:
                text += piece
    return form.whole(text, _FINISHES[ending.finish], ending.usage)


async def in_pieces(model: LocalVision, asked: Asked, form: Form) -> AsyncIterator[bytes]:
    """The answer as events."""
    ending, begun = Ending(), False
    async with aclosing(_heard(model, asked)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Ending):
                ending = piece
            elif piece is None:
                yield _STILL_HERE
            else:
                yield form.piece({"content": piece} if begun else {"role": "assistant", "content": piece})
                begun = True
    yield form.piece({} if begun else {"role": "assistant"}, _FINISHES[ending.finish])
    if asked.usage:
        yield form.usage(ending.usage)
    yield DONE


async def _heard(model: LocalVision, asked: Asked) -> AsyncGenerator[str | Ending | None, None]:
    """What the model says up to a stop, None where it is silent, and how it ended.

    Of an answer that was stopped nobody counted the tokens.
    """
    stops = Stops(asked.stops)
    async with aclosing(with_beats(model.stream(asked.request), SILENCE)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Ending):
                if rest := stops.rest():
                    yield rest
                yield piece
            elif piece is None:
                yield None
            elif said := stops.hear(piece):
                yield said
            if stops.met:
                yield Ending(Finish.DONE)
                return


def _used(usage: Usage) -> dict[str, Any]:
    """Tokens, where they are known."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return {}
    counts = {"prompt_tokens": usage.input_tokens, "completion_tokens": usage.output_tokens}
    return {"usage": counts | {"total_tokens": usage.input_tokens + usage.output_tokens}}
