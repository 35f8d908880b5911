"""What one call to a remote model is set up from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from photocast.models.remote.address import Address

if TYPE_CHECKING:
    from pydantic_ai.profiles import ModelProfile


@dataclass
class Tally:
    """Counts the bytes of requests: request line, headers and body, as they are handed to the connection.

    A body counts from when its sending begins. What a proxy or encryption adds is not counted.
    """

    sent: int = 0


@dataclass(frozen=True)
class Setting:
    """Model, address and key, and what else one call needs."""

    model: str
    address: Address
    key: str | None
    structured: bool
    """Whether answers can be held to a schema, whatever the library believes."""
    tally: Tally
    timeout: float
    """Seconds."""


def profile_of(setting: Setting) -> "ModelProfile":
    """What is known better here than in the library."""
    from pydantic_ai.profiles import ModelProfile

    return ModelProfile(supports_json_schema_output=setting.structured)
