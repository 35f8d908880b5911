"""What a provider of voices is asked, whoever's interface it is, and what its errors mean."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from photocast.models.images.wire import broken_off, refusal
from photocast.models.remote.setting import Setting
from photocast.models.speech.voice import Abilities, Line, Samples, Voice

if TYPE_CHECKING:
    import httpx2

RATE = 24_000
"""Samples a second of everything that comes over the network; what comes at another rate is brought to it."""


class Wire(Protocol):
    """One provider's interface."""

    prefix: str
    """Of its voices: `openai` in `openai:coral`."""
    abilities: Abilities
    known: tuple[Voice, ...]
    """Its voices, where they are the same for everybody; else they are asked for."""

    async def voices(self, setting: Setting, http: "httpx2.AsyncClient") -> tuple[Voice, ...]:
        """Ask which voices there are; none where the other side does not say."""
        ...

    async def say(self, setting: Setting, http: "httpx2.AsyncClient", line: Line, voice: str) -> Samples:
        """Have a line spoken by a voice, named without its prefix; in the engine's own dialect of what is asked for.

        Raises:
            ModelError: a filter kept the words back.
            UsageError: what is asked for is none that it takes.
            ValueError: what came is no speech.
            Exception: whatever the client library raises; `in_our_terms` knows what it means.
        """
        ...


def in_our_terms(error: Exception, model: str) -> Exception:
    """The error as pydantic-ai would raise it, for `fault_of` to tell; others stay what they are."""
    import httpx2

    broken = error.__cause__ if isinstance(error.__cause__, httpx2.TransportError) else error
    if isinstance(broken, httpx2.TransportError):
        silent = isinstance(broken, httpx2.TimeoutException)
        connecting = isinstance(broken, httpx2.ConnectError | httpx2.ConnectTimeout)
        told = broken_off(model, broken, silent=silent, connecting=connecting)
        told.__cause__ = broken
        return told
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    if not isinstance(status, int) or status < 400:
        return error
    response = getattr(error, "response", None)
    body = getattr(error, "body", None) or getattr(error, "details", None) or getattr(response, "text", "")
    return refusal(model, status, body, getattr(response, "headers", None) or {}, _code(body))


def check(response: "httpx2.Response", model: str) -> None:
    """Raise what a plain answer with an error means."""
    if response.status_code >= 400:
        body = json_of(response) or response.text
        raise refusal(model, response.status_code, body, response.headers, _code(body))


def json_of(response: "httpx2.Response") -> Mapping[str, Any]:
    """The object that came; an empty one where none did."""
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _code(body: object) -> str | None:
    """The provider's own word for what is wrong. ElevenLabs says of an empty account that the key is not allowed."""
    if not isinstance(body, Mapping):
        return None
    inner = body.get("error") or body.get("detail") or body
    code = (inner.get("code") or inner.get("status")) if isinstance(inner, Mapping) else None
    if code == "quota_exceeded":
        return "insufficient_quota"
    return code if isinstance(code, str) else None
