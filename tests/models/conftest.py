"""A model that is asked over the network needs a clean environment, a photo, and somebody who listens."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest

from photocast.models import Ending, Image, Request, VisionModel


@dataclass(frozen=True)
class Heard:
    """An answer: its pieces, and how it ended."""

    pieces: list[str]
    ending: Ending

    @property
    def text(self) -> str:
        return "".join(self.pieces)


Ask = Callable[[VisionModel, Request], Heard]


async def _listen(model: VisionModel, request: Request) -> Heard:
    pieces: list[str] = []
    async with aclosing(model.stream(request)) as answer:  # type: ignore[type-var]
        async for piece in answer:
            if isinstance(piece, Ending):
                return Heard(pieces, piece)
            pieces.append(piece)
    raise AssertionError("the answer has no ending")


@pytest.fixture
def ask() -> Ask:
    """Put a request to a model and listen to the end."""
    return lambda model, request: asyncio.run(_listen(model, request))


@pytest.fixture
def photos(tmp_path: Path) -> tuple[Image, Image]:
    """Two files that pass for photos: nobody on the way looks into them."""
    found = []
    for number in (1, 2):
        path = tmp_path / f"p{number:02}.jpg"
        path.write_bytes(b"\xff\xd8" + bytes(range(256)) * 4 * number)
        found.append(Image(f"p{number:02}", path))
    return found[0], found[1]


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An environment without keys, proxies and settings, and an empty keyring."""
    import keyring
    from keyring.backends.null import Keyring

    for name in os.environ:
        if name.startswith(("AWS_", "OPENAI_", "ANTHROPIC_")) or name.lower().endswith(("_api_key", "_proxy")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PHOTOCAST_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)
