"""What goes to a model on another machine and what comes back, whoever's interface it is."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from photocast.models.images.asked import Wish
from photocast.models.images.options import Options
from photocast.models.remote.setting import Setting
from photocast.models.vision import Usage

if TYPE_CHECKING:
    from pydantic_ai.exceptions import (
        ModelConnectionError,
        ModelHTTPError,
        ModelQuotaExceededError,
        ModelRateLimitError,
        ModelRequestRejectedError,
        ModelServerError,
        ModelUnavailableError,
    )

    Kind: TypeAlias = type[
        ModelRateLimitError
        | ModelQuotaExceededError
        | ModelUnavailableError
        | ModelServerError
        | ModelRequestRejectedError
    ]


@dataclass(frozen=True)
class Answered:
    """What a provider made of a wish: a picture, or nothing for a reason."""

    data: bytes | None
    """The file; None when a filter kept it back."""
    seed: int | None = None
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
    """The filter's reason, in the provider's words."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """The rest of what was said, for the journal."""


Draw: TypeAlias = Callable[[Setting, Options, Wish], Awaitable[Answered]]
"""Has a wish drawn.

Raises:
    ModelError: the provider says that it failed.
    ModelAPIError: of pydantic-ai: it was not reached, refused, or said something else.
    ValueError: what it said cannot be read.
"""

NO_TOKENS = Usage(0, 0)
"""Of models that are not paid, or not counted, by the token."""


def decoded(text: Any) -> bytes:
    """The bytes that stand in a JSON answer as base64.

    Raises:
        ValueError: they do not.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error) as error:
        raise ValueError("there is no picture in it") from error


def refusal(
    model: str, status: int, body: object, headers: Mapping[str, str], code: str | None = None
) -> "ModelHTTPError":
    """A refusal, as pydantic-ai would raise it if it asked for pictures."""
    from pydantic_ai import exceptions

    by_code: dict[str, Kind] = {
        "ServiceQuotaExceededException": exceptions.ModelQuotaExceededError,
        "ModelErrorException": exceptions.ModelServerError,
        "ModelTimeoutException": exceptions.ModelServerError,
        "ModelNotReadyException": exceptions.ModelUnavailableError,
        "insufficient_quota": exceptions.ModelQuotaExceededError,
        "billing_hard_limit_reached": exceptions.ModelQuotaExceededError,
    }
    by_status: dict[int, Kind] = {
        401: exceptions.ModelAuthenticationError,
        402: exceptions.ModelQuotaExceededError,
        403: exceptions.ModelAuthenticationError,
        404: exceptions.ModelNotFoundError,
        429: exceptions.ModelRateLimitError,
        503: exceptions.ModelUnavailableError,
    }
    other: Kind = exceptions.ModelServerError if status >= 500 else exceptions.ModelRequestRejectedError
    return exceptions.ModelHTTPError.for_category(
        by_code.get(code or "") or by_status.get(status, other),
        status_code=status,
        model_name=model,
        body=body,
        headers=headers,
        provider_error_code=code,
    )


def broken_off(model: str, error: Exception, *, silent: bool, connecting: bool) -> "ModelConnectionError":
    """A connection that did not come about, or not to its end, as pydantic-ai would raise it."""
    from pydantic_ai.exceptions import ModelConnectionError, ModelTimeoutError

    kind = ModelTimeoutError if silent else ModelConnectionError
    return kind(model, str(error), phase="connect" if connecting else "read")
