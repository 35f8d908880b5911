"""From the errors of clients and providers to what went wrong, in words that say what to do."""

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from photocast._secrets import redact
from photocast.models.keys import how_to_set
from photocast.models.prices import nearest
from photocast.models.remote.address import SERVICES, Address
from photocast.schema import Fault, ModelError, PhotocastError

if TYPE_CHECKING:
    from pydantic_ai.exceptions import ModelAPIError

_LONGEST = 240
"""Characters of a provider's own words that a message repeats."""
_KEYLIKE = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|key)[-_][\w*-]{6,}|\bAIza[\w-]{10,}|\b(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{8,}"
    r"|\bBearer [\w-]{12,}"
)
"""What looks like a key, also one that was masked in part."""
_TAG = re.compile(r"<[^>]*>")
_TOO_LONG = re.compile(
    r"context (?:length|window|size)|too many tokens|(?:prompt|input) is too long|too many images|image limit"
    r"|at most [1-9]\d* image|maximum number of images|(?:request|payload) (?:is )?too large",
    re.IGNORECASE,
)
_SEES = r"(?:images?|image_url|vision|multi-?modal|modality)"
_NO_IMAGES = re.compile(
    rf"{_SEES}(?! (?:format|type|size|data))[^.]{{0,60}}(?:not|n't|only) (?:be )?(?:support|enable|available|accept)"
    rf"|(?:not|n't) (?:support|accept|allow|a)\b[^.]{{0,60}}{_SEES}|at most 0 image|that support image|mmproj"
    r"|text[- ]only|only supports? text|required for image input",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content[_ -](?:filter|policy|management)|moderation|blocked by .*(?:filter|policy|safety)|flagged|guardrail"
    r"|responsible ?ai",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Call:
    """What is known about a call when it fails."""

    provider: str
    model: str
    address: Address
    keyed: bool
    """Whether a key was sent."""
    images: int
    timeout: float

    @property
    def who(self) -> str:
        """The other side, as the user thinks of it."""
        return SERVICES[self.provider].title if self.address.own else f"the server at {self.address.host}"


def filtered(error: BaseException) -> str | None:
    """The provider's words when its safety filter turned the question away; None for everything else."""
    from pydantic_ai.exceptions import ModelHTTPError

    if not isinstance(error, ModelHTTPError) or error.status_code not in {400, 403, 422}:
        return None
    told = " ".join([error.provider_error_code or "", error.provider_error_type or "", sentence(error.body)])
    return sentence(error.body) if _FILTERED.search(told) else None


def fault_of(error: BaseException, call: Call) -> PhotocastError:
    """What the user is told. The error itself is left behind: it may hold the key, and it holds the photos."""
    from pydantic_ai import exceptions

    for cause in _chain(error):
        if isinstance(cause, PhotocastError):  # such as the refusal of a run that is local only
            return cause
    if isinstance(error, exceptions.ModelConnectionError | exceptions.ModelRequestTimeout):
        return _transport(error, call)
    if isinstance(error, exceptions.ModelAPIError):
        return _told(error, call)
    if isinstance(error, exceptions.UserError):
        do = "Use another model, or change what is asked of this one"
        return ModelError(Fault.REJECTED, f"{call.model} cannot do what was asked", sentence(str(error)), do)
    if type(error).__name__ in {"NoCredentialsError", "TokenRetrievalError", "PartialCredentialsError"}:
        return no_key(call.provider, call.address)
    return bad_answer(call, _clumsy(str(error), type(error).__name__))


def no_key(provider: str, address: Address) -> ModelError:
    """There is no key to ask with."""
    whom = address.host if address.server else provider
    do = how_to_set(provider, server=address.server)
    if provider == "bedrock":
        do = f"{do}, or set up Amazon's own credentials with: aws configure"
    return ModelError(Fault.NO_KEY, f"there is no key for {whom}", "it answers nobody without one", do)


def _told(error: "ModelAPIError", call: Call) -> ModelError:
    """The provider answered, and said no."""
    from pydantic_ai import exceptions

    said = sentence(error.body) or "it does not say why"
    status = getattr(error, "status_code", None)
    if isinstance(error, exceptions.ModelQuotaExceededError):
        do = "Add credit or raise the limit in your account there, or use another model"
        return ModelError(Fault.QUOTA, f"{call.who} has no credit left for this account", said, do)
    if isinstance(error, exceptions.ModelRateLimitError):
        do = "Wait a little, or use another model"
        return ModelError(Fault.RATE_LIMITED, f"{call.who} wants fewer requests", said, do, error.retry_after)
    if call.images and _NO_IMAGES.search(said) and status != 429:
        return _no_images(call, said)
    too_long = isinstance(error, exceptions.ModelContextWindowExceededError) or status == 413
    if too_long or (status in {400, 422, 500} and _TOO_LONG.search(said)):
        do = "Use fewer photos, a shorter --length, or a model with a larger context"
        return ModelError(Fault.TOO_LONG, f"the photos and words are too much for {call.model}", said, do)
    if isinstance(error, exceptions.ModelAuthenticationError):
        return _refused_key(call, said)
    if isinstance(error, exceptions.ModelNotFoundError):
        return _unknown_model(call, said, getattr(error, "suggested_model_id", None))
    troubled = isinstance(error, exceptions.ModelUnavailableError | exceptions.ModelServerError)
    if troubled or (error.in_stream and error.body):
        do = "Try again in a few minutes; what was paid for is kept"
        return ModelError(Fault.SERVER_ERROR, f"{call.who} could not answer", said, do, error.retry_after)
    if status is None or status < 400:
        return bad_answer(call, _clumsy(error.message))
    do = "Change what it complains about, or use another model"
    return ModelError(Fault.REJECTED, f"{call.who} does not take this request", said, do)


def _refused_key(call: Call, said: str) -> ModelError:
    if not call.keyed:
        return no_key(call.provider, call.address)
    do = how_to_set(call.provider, server=call.address.server)
    return ModelError(Fault.WRONG_KEY, f"{call.who} does not accept the key", said, do)


def _unknown_model(call: Call, said: str, suggested: str | None) -> ModelError:
    if call.provider == "ollama":
        do = f"Run: ollama pull {call.model}"
    elif call.address.own:
        near = suggested or nearest(f"{call.provider}:{call.model}")
        do = f"Try {near}" if near else "Check the name, and whether your account may use the model"
    else:
        do = f"Check the name and --base-url: {call.address.url.rstrip('/')}/models lists what the server has"
    return ModelError(Fault.UNKNOWN_MODEL, f"{call.who} has no model {call.model!r}", said, do)


def _no_images(call: Call, said: str) -> ModelError:
    do = "Choose a model that sees, such as one with VL or vision in its name"
    return ModelError(Fault.NO_IMAGES, f"{call.model} cannot look at photos", said, do)


def bad_answer(call: Call, said: str) -> ModelError:
    """The answer is not what the provider's interface promises."""
    what = f"{call.who} answered with something that is not what it promises"
    do = "Try again; if it stays like this, check --base-url and what stands between"
    return ModelError(Fault.BAD_ANSWER, what, said, do)


def _transport(error: "ModelAPIError", call: Call) -> ModelError:
    """The provider was not reached, or did not get to the end."""
    from pydantic_ai import exceptions

    phase = getattr(error, "phase", None)
    silent = isinstance(error, exceptions.ModelTimeoutError | exceptions.ModelRequestTimeout)
    if silent and phase != "connect":
        why = f"nothing was heard for {call.timeout:g} seconds"
        do = f"Try again, or allow more: --model '{call.provider}:{call.model}?timeout={2 * call.timeout:g}'"
        return ModelError(Fault.TIMED_OUT, f"{call.who} has gone silent", why, do)
    why, do = _why_unreachable(error, call, silent=silent)
    what = f"{call.who} cannot be reached" if phase != "read" else f"the connection to {call.who} broke"
    return ModelError(Fault.UNREACHABLE, what, why, do)


def _why_unreachable(error: BaseException, call: Call, *, silent: bool) -> tuple[str, str]:
    online = "Check the connection, then run the same command again"
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = f"its certificate cannot be trusted ({sentence(cause.verify_message)})"
            return why, "Check the address; for an authority of your own, set SSL_CERT_FILE to its certificate"
        if isinstance(cause, ssl.SSLError):
            return (
                "no secure connection came about",
                "Check whether the address starts with https:// or http:// rightly",
            )
        if isinstance(cause, socket.gaierror):
            return f"the name {call.address.host} is not known", f"Check the address. {online}"
        if isinstance(cause, ConnectionRefusedError):
            return _nothing_listens(call)
    if silent:
        return "it does not take the connection", online
    return "it was closed from the other side, or on the way, before the answer came", online


def _nothing_listens(call: Call) -> tuple[str, str]:
    why = f"nothing answers at {call.address.host}"
    if call.provider == "ollama":
        return why, "Is Ollama running? Run: ollama serve"
    return why, "Start the server, or correct --base-url" if not call.address.own else "Try again later"


def sentence(told: object) -> str:
    """The provider's own words out of whatever it sent: one line, not too long, without keys, without a full stop."""
    text = _message(told)
    text = redact(" ".join(_TAG.sub(" ", text).split()))
    text = _KEYLIKE.sub("[key]", text)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"
    return text.rstrip(" .!")


def _message(told: object) -> str:
    while isinstance(told, dict):
        names = ("error", "Error", "detail", "message", "Message", "msg")
        told = next((told[name] for name in names if told.get(name)), "")
    if isinstance(told, list):
        return _message(told[0]) if told else ""
    return str(told or "")


def _clumsy(message: str, kind: str = "") -> str:
    """What the libraries say about an answer that they cannot read, for people."""
    if "Failed to decode" in message:
        return "what came is no JSON"
    if "ended without" in message:
        return "the stream ended before there was an answer in it"
    shown = ": ".join(part for part in (kind, sentence(message)) if part)
    return f"its form is not the one that was expected ({shown})"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all it came from."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
