"""What a provider's interface for batches has to offer, and the few values that pass through it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from photocast.schema import Fault, ModelError

if TYPE_CHECKING:
    from photocast.models.batches.wire import Wire


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch."""

    id: str
    """Ours, by which the provider names the result."""
    body: bytes
    """What would be sent if it were asked by itself, as JSON."""


@dataclass(frozen=True, slots=True)
class Job:
    """A batch as the provider tells of it."""

    id: str
    word: str
    """How far it is, in the provider's own word."""
    over: bool
    """Whether nothing of it is still to come."""
    created: datetime
    total: int
    """Requests in it; 0 before the provider has counted them."""
    done: int = 0
    """Requests that are done with, well or badly; some providers tell it at the end alone."""
    token: str | None = None
    """The name that we gave it, where the provider keeps one; empty if it was given none."""
    refused: str = ""
    """Why the provider would not begin with it: nothing was run."""
    sources: tuple[str, ...] = ()
    """The provider's names for the files with the results."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one request."""

    id: str
    status: int
    """Of the answer that it would have got by itself; 0 when it was not run."""
    body: bytes
    """That answer, or why it was not run."""
    fault: str = ""
    """In a word, why it was not run."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a provider takes in one batch."""

    requests: int
    bytes: int
    envelope: int
    """Bytes around each request, its id among them."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line among the results that is none."""

    start: str


class BatchApi(Protocol):
    """One provider's batches, for one model; open for as long as its block in `open_batches` lasts.

    Every method raises `ModelError`; `Wire.explain` makes one of whatever a client library raises.
    """

    name: str
    """Of the model, the same as for calls by themselves."""
    limits: Limits
    wire: "Wire"

    async def upload(self, lines: Sequence[Line]) -> Any:
        """Bring the requests to the provider, where that is a step of its own. Nothing is begun or charged for yet."""
        ...

    async def create(self, uploaded: Any, token: str) -> str:
        """Begin a batch and give it our name, where the provider keeps one; the provider's name for it."""
        ...

    async def look(self, job: str) -> Job:
        """How far a batch is.

        Raises:
            NoSuchJob: the provider does not know it, or not under this key.
        """
        ...

    def recent(self) -> AsyncIterator[Job]:
        """All batches of this key, the newest first."""
        ...

    def results(self, job: Job) -> AsyncIterator[Result | Unreadable]:
        """The results of a batch that is over, in any order."""
        ...


class NoSuchJob(ModelError):
    """The provider does not know a batch, or does not show it to the owner of this key."""

    def __init__(self, name: str, job: str) -> None:
        do = "Use the key it was submitted with; photocast collect --give-up counts it as possibly paid"
        super().__init__(Fault.REJECTED, f"there is no batch {job} of {name}", "the provider does not show it", do)
