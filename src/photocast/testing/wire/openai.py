"""OpenAI's chat completions, which vLLM, llama.cpp, LM Studio, Ollama and OpenRouter speak too."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from photocast.testing.behaviours import Say, Trouble
from photocast.testing.wire.interface import Asked, Told, event, pieces, tokens

if TYPE_CHECKING:
    from photocast.models.vision import Token

_ERRORS: dict[Trouble, tuple[int, str, str | None, str]] = {
    # status, type, code, message
    "wrong_key": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-ab*******yz."),
    "key_repeated": (401, "invalid_request_error", "invalid_api_key", "The key {key} is not known here."),
    "unknown_model": (404, "invalid_request_error", "model_not_found", "The model `{model}` does not exist."),
    "no_money": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
    "payment_required": (402, "payment_required", None, "Insufficient credits."),
    "rate_limited": (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests per min."),
    "server_error": (500, "server_error", None, "The server had an error while processing your request."),
    "unavailable": (503, "service_unavailable_error", None, "The service is temporarily unavailable."),
    "overloaded": (503, "server_error", "server_is_overloaded", "The engine is currently overloaded."),
    "too_long": (400, "invalid_request_error", "context_length_exceeded", "Maximum context length is 8192 tokens."),
    "too_large": (413, "invalid_request_error", None, "The request body is too large."),
    "no_images": (400, "invalid_request_error", None, "Invalid content type. image_url is only supported by some."),
    "rejected": (400, "invalid_request_error", "unsupported_value", "Unsupported value: 'top_p' must be at least 1."),
}


class OpenAI:
    """`POST …/chat/completions`."""

    def takes(self, path: str) -> bool:
        """Whether the path is that of chat completions, with or without a version before it."""
        return path.endswith("/chat/completions")

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        """Read the messages of the system and of the user."""
        system: list[str] = []
        parts: list[str | bytes] = []
        for message in body["messages"]:
            content = message["content"]
            found = [content] if isinstance(content, str) else [_part(part) for part in content]
            if message["role"] in {"system", "developer"}:
                system += [part for part in found if isinstance(part, str)]
            else:
                parts += found
        schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
        told = body.get("top_logprobs", 0) if body.get("logprobs") else None
        return Asked(body["model"], "\n\n".join(system), tuple(parts), schema, bool(body.get("stream")), told)

    def key(self, headers: Mapping[str, str]) -> str:
        """The bearer token."""
        return headers.get("authorization", "").removeprefix("Bearer ")

    def whole(self, asked: Asked, say: Say) -> dict[str, Any]:
        """A `chat.completion`."""
        message = {"role": "assistant", "content": None, "refusal": None}
        message["refusal" if say.finish == "refusal" else "content"] = say.text
        choice = {"index": 0, "message": message, "finish_reason": _finish(say)}
        if asked.logprobs is not None and say.logprobs:
            choice["logprobs"] = _logprobs(say.logprobs, asked.logprobs)
        return {**_head(asked, "chat.completion"), "choices": [choice], "usage": _usage(asked, say)}

    def events(self, asked: Asked, say: Say) -> Iterator[bytes]:
        """Chunks: the role, the pieces, the reason of the end, the usage."""
        field = "refusal" if say.finish == "refusal" else "content"
        yield _chunk(asked, {"role": "assistant", "content": ""})
        told = say.logprobs if asked.logprobs is not None else ()
        ends = "".join(token.text for token in told)
        for piece in pieces(replace(say, text=say.text.removesuffix(ends))):
            yield _chunk(asked, {field: piece})
        for token in told:  # a token each, as the provider does with all of them
            yield _chunk(asked, {field: token.text}, logprobs=_logprobs((token,), asked.logprobs or 0))
        if say.then is None and say.finish is not None:
            yield _chunk(asked, {}, _finish(say))
            yield event({**_head(asked, "chat.completion.chunk"), "choices": [], "usage": _usage(asked, say)})
            yield b"data: [DONE]\n\n"

    def error(self, trouble: Trouble, asked: Asked, key: str) -> Told:
        """An `error` object."""
        status, kind, code, message = _ERRORS[trouble]
        shown = message.format(model=asked.model, key=key)
        return status, {"error": {"message": shown, "type": kind, "param": None, "code": code}}

    def interruption(self, trouble: Trouble, asked: Asked, key: str) -> bytes:
        """The same object in place of a chunk."""
        return event(self.error(trouble, asked, key)[1])


def _part(part: Mapping[str, Any]) -> str | bytes:
    if part["type"] == "text":
        return str(part["text"])
    return base64.b64decode(part["image_url"]["url"].partition(";base64,")[2], validate=True)


def _finish(say: Say) -> str | None:
    return "stop" if say.finish == "refusal" else say.finish


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-fake", "object": kind, "created": 1_780_000_000, "model": f"{asked.model}-2026-01-01"}


def _chunk(
    asked: Asked, delta: Mapping[str, str], finish: str | None = None, logprobs: Mapping[str, Any] | None = None
) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, **({"logprobs": logprobs} if logprobs else {})}
    return event({**_head(asked, "chat.completion.chunk"), "choices": [choice], "usage": None})


def _logprobs(tokens: "Sequence[Token]", most: int) -> dict[str, Any]:
    return {"content": [_token(token, most) for token in tokens], "refusal": None}


def _token(token: "Token", most: int) -> dict[str, Any]:
    own = next((logprob for text, logprob in token.top if text == token.text), -9999.0)
    told = [{"token": text, "logprob": logprob, "bytes": list(text.encode())} for text, logprob in token.top[:most]]
    return {"token": token.text, "logprob": own, "bytes": list(token.text.encode()), "top_logprobs": told}


def _usage(asked: Asked, say: Say) -> dict[str, Any]:
    read, written = tokens(asked, say)
    details = {"prompt_tokens_details": {"cached_tokens": 0}}
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written, **details}


OPENAI = OpenAI()
