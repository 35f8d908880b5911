"""Anthropic's messages."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from photocast.testing.behaviours import Say, Trouble
from photocast.testing.wire.interface import Asked, Told, event, pieces, tokens

_ERRORS: dict[Trouble, tuple[int, str, str]] = {
    "wrong_key": (401, "authentication_error", "invalid x-api-key"),
    "key_repeated": (401, "authentication_error", "the key {key} is not known here"),
    "unknown_model": (404, "not_found_error", "model: {model}"),
    "no_money": (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
    "payment_required": (402, "billing_error", "Your account needs a payment method."),
    "rate_limited": (429, "rate_limit_error", "This request would exceed your organization's rate limit."),
    "server_error": (500, "api_error", "Internal server error"),
    "unavailable": (503, "api_error", "Service unavailable"),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "too_long": (400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
    "too_large": (413, "request_too_large", "Request exceeds the maximum allowed number of bytes."),
    "no_images": (400, "invalid_request_error", "messages.0.content.1: this model does not support image input"),
    "rejected": (400, "invalid_request_error", "temperature and top_p cannot both be specified for this model."),
}
_STOPS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal", "refusal": "refusal"}


class Anthropic:
    """`POST …/v1/messages`."""

    def takes(self, path: str) -> bool:
        """Whether the path is that of messages."""
        return path.endswith("/messages")

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        """Read the system's words and the user's turns."""
        parts: list[str | bytes] = []
        for message in body["messages"]:
            content = message["content"]
            parts += [content] if isinstance(content, str) else [_part(part) for part in content]
        system = body.get("system") or ""
        words = system if isinstance(system, str) else "\n\n".join(block["text"] for block in system)
        shape = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
        return Asked(body["model"], words, tuple(parts), shape.get("schema"), bool(body.get("stream")))

    def key(self, headers: Mapping[str, str]) -> str:
        """The header of its own, or a bearer token."""
        return headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")

    def whole(self, asked: Asked, say: Say) -> dict[str, Any]:
        """A `message`."""
        content = [{"type": "text", "text": say.text}] if say.text else []
        read, written = tokens(asked, say)
        usage = {"input_tokens": read, "output_tokens": written}
        return {**_head(asked), "content": content, "stop_reason": _STOPS[say.finish or "stop"], "usage": usage}

    def events(self, asked: Asked, say: Say) -> Iterator[bytes]:
        """A start, one block of text, and the end with its reason."""
        read, written = tokens(asked, say)
        start = {**_head(asked), "content": [], "usage": {"input_tokens": read, "output_tokens": 1}}
        yield _event("message_start", message=start)
        yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for piece in pieces(say):
            yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
        if say.then is None and say.finish is not None:
            yield _event("content_block_stop", index=0)
            delta = {"stop_reason": _STOPS[say.finish], "stop_sequence": None}
            yield _event("message_delta", delta=delta, usage={"output_tokens": written})
            yield _event("message_stop")

    def error(self, trouble: Trouble, asked: Asked, key: str) -> Told:
        """An `error` object."""
        status, kind, message = _ERRORS[trouble]
        shown = message.format(model=asked.model, key=key)
        return status, {"type": "error", "error": {"type": kind, "message": shown}, "request_id": "req_fake"}

    def interruption(self, trouble: Trouble, asked: Asked, key: str) -> bytes:
        """The same object as an event."""
        return event(self.error(trouble, asked, key)[1], "error")


def _part(part: Mapping[str, Any]) -> str | bytes:
    if part["type"] == "text":
        return str(part["text"])
    return base64.b64decode(part["source"]["data"], validate=True)


def _head(asked: Asked) -> dict[str, Any]:
    model = f"{asked.model}-20260101"
    return {"id": "msg_fake", "type": "message", "role": "assistant", "model": model} | {
        "stop_reason": None,
        "stop_sequence": None,
    }


def _event(kind: str, **data: Any) -> bytes:
    return event({"type": kind, **data}, kind)


ANTHROPIC = Anthropic()
