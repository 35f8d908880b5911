"""What the interfaces of the providers have in common."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from photocast.testing.behaviours import Say, Trouble

Told: TypeAlias = tuple[int, dict[str, Any]]
"""Status and body of an error."""


@dataclass(frozen=True)
class Asked:
    """A question, whatever interface it came through."""

    model: str
    system: str
    parts: tuple[str | bytes, ...]
    """Words and the files of pictures, in their order."""
    schema: Mapping[str, Any] | None
    stream: bool
    logprobs: int | None = None
    """Alternatives to tell at every token; None when no probabilities were asked for."""
    seed: int | None = None
    """Of a picture."""
    sides: tuple[int, int] | None = None
    """Width and height of a picture; None when words are asked for."""

    @property
    def text(self) -> str:
        """The words alone, those of the system first."""
        return "\n".join([self.system, *(part for part in self.parts if isinstance(part, str))]).strip()

    @property
    def images(self) -> list[bytes]:
        """The pictures alone."""
        return [part for part in self.parts if isinstance(part, bytes)]


class Interface(Protocol):
    """One provider's way to put a question and an answer."""

    def takes(self, path: str) -> bool:
        """Whether a question under this path is one for this interface."""
        ...

    def asked(self, path: str, body: Mapping[str, Any]) -> Asked:
        """Read a question."""
        ...

    def key(self, headers: Mapping[str, str]) -> str:
        """The key that came with it; names of headers are in lower case."""
        ...

    def whole(self, asked: Asked, say: Say) -> dict[str, Any]:
        """The answer in one piece."""
        ...

    def events(self, asked: Asked, say: Say) -> Iterator[bytes]:
        """The answer as server-sent events, one event at a time; those of `pieces` carry the text."""
        ...

    def error(self, trouble: Trouble, asked: Asked, key: str) -> Told:
        """An error, told before the answer began."""
        ...

    def interruption(self, trouble: Trouble, asked: Asked, key: str) -> bytes:
        """The same error inside a stream."""
        ...


def pieces(say: Say) -> list[str]:
    """The text as it is streamed."""
    return [say.text[at : at + say.piece] for at in range(0, len(say.text), say.piece)]


def tokens(asked: Asked, say: Say) -> tuple[int, int]:
    """Tokens in and out: as told, or by counting words and pictures."""
    if say.usage is not None:
        return say.usage
    return len(asked.text.split()) + 258 * len(asked.images), len(say.text.split())


def event(data: Mapping[str, Any], name: str | None = None) -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
