"""What one call to a remote model is set up from."""

from dataclasses import dataclass

from photocast.models.remote.address import Address


@dataclass
class Tally:
    """Counts the bytes of requests: request line, headers and body, as they are handed to the connection.

    A body counts from when its sending begins. What a proxy or encryption adds is not counted.
    """

    sent: int = 0


@dataclass(frozen=True)
class Setting:
    """Model, address and key, where bytes are counted, and how long silence may last."""

    model: str
    address: Address
    key: str | None
    tally: Tally
    timeout: float
    """Seconds."""
