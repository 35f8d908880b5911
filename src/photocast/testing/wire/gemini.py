"""Google's generateContent."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

from photocast.testing.behaviours import Say, Trouble
from photocast.testing.wire.interface import Asked, Told, event, pieces, tokens

_PATH = re.compile(r"/models/(?P<model>[^/:]+):(?P<verb>generateContent|streamGenerateContent)")
_ERRORS: dict[Trouble, tuple[int, str, str]] = {
    "wrong_key": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "key_repeated": (400, "INVALID_ARGUMENT", "The key {key} is not known here."),
    "unknown_model": (404, "NOT_FOUND", "models/{model} is not found for API version v1beta."),
    "no_money": (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."),
    "payment_required": (400, "FAILED_PRECONDITION", "Please enable billing on your project."),
    "rate_limited": (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted."),
    "server_error": (500, "INTERNAL", "An internal error has occurred."),
    "unavailable": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "overloaded": (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "too_long": (
        400,
        "INVALID_ARGUMENT",
        "The input token count (9) exceeds the maximum number of tokens allowed (8).",
    ),
    "too_large": (413, "INVALID_ARGUMENT", "Request payload size exceeds the limit."),
    "no_images": (400, "INVALID_ARGUMENT", "Image input modality is not enabled for models/{model}"),
    "rejected": (400, "INVALID_ARGUMENT", "Unable to process input."),
}
_DETAILS: dict[Trouble, dict[str, Any]] = {
    "wrong_key": {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
    "key_repeated": {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
    "no_money": {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
    },
    "rate_limited": {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "14s"},
}
_FINISHES = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY", "refusal": "PROHIBITED_CONTENT"}


class Gemini:
    """`POST …/models/NAME:generateContent` and `:streamGenerateContent`."""

    def takes(self, path: str) -> bool:
        """Whether the path names a model and one of the two verbs."""
        return _PATH.search(path) is not None

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        """Read the contents; the model and the wish for a stream stand in the path."""
        match = _PATH.search(path)
        assert match is not None  # `takes` said so
        parts = tuple(_part(part) for content in body["contents"] for part in content["parts"])
        system = "\n\n".join(part["text"] for part in (body.get("systemInstruction") or {}).get("parts", ()))
        config = body.get("generationConfig") or {}
        schema = config.get("responseJsonSchema") or config.get("responseSchema")
        return Asked(match["model"], system, parts, schema, match["verb"] == "streamGenerateContent")

    def key(self, headers: Mapping[str, str]) -> str:
        """The header of its own."""
        return headers.get("x-goog-api-key", "")

    def whole(self, asked: Asked, say: Say) -> dict[str, Any]:
        """A `GenerateContentResponse`."""
        return _response(asked, say, say.text, _FINISHES[say.finish or "stop"])

    def events(self, asked: Asked, say: Say) -> Iterator[bytes]:
        """One response for every piece; the last tells why it is one."""
        for piece in pieces(say):
            yield event(_response(asked, say, piece, None))
        if say.then is None and say.finish is not None:
            yield event(_response(asked, say, "", _FINISHES[say.finish]))

    def error(self, trouble: Trouble, asked: Asked, key: str) -> Told:
        """An `error` object."""
        status, kind, message = _ERRORS[trouble]
        told = {"code": status, "message": message.format(model=asked.model, key=key), "status": kind}
        return status, {"error": {**told, "details": [_DETAILS[trouble]] if trouble in _DETAILS else []}}

    def interruption(self, trouble: Trouble, asked: Asked, key: str) -> bytes:
        """The same object as an event."""
        return event(self.error(trouble, asked, key)[1])


def _part(part: Mapping[str, Any]) -> str | bytes:
    if "text" in part:
        return str(part["text"])
    # Google writes base64 in the alphabet of URLs.
    return base64.b64decode(part["inlineData"]["data"], altchars=b"-_")


def _response(asked: Asked, say: Say, text: str, finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    read, written = tokens(asked, say)
    usage = {"promptTokenCount": read, "candidatesTokenCount": written, "totalTokenCount": read + written}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": f"{asked.model}-001"}


GEMINI = Gemini()
