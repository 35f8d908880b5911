"""A store, a way to ask for pictures, Amazon's settings, and tiny models that draw."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest

from photocast.models import Ending, Request, VisionModel
from photocast.models.images import Drawn, PictureFolder, read_drawn
from photocast.testing import torchvision_shim

BEDROCK = "bedrock:stability.sd3-5-large-v1:0"


@dataclass(frozen=True)
class Picture:
    """What came of a wish."""

    drawn: Drawn | None
    ending: Ending


Ask = Callable[[VisionModel, Request], Picture]


@pytest.fixture
def store(tmp_path: Path) -> PictureFolder:
    return PictureFolder(tmp_path / "pictures")


@pytest.fixture
def ask() -> Ask:
    """Put a wish to a model, or to its `Calls`."""

    async def listen(model: VisionModel, request: Request) -> Picture:
        drawn = None
        async with aclosing(model.stream(request)) as answer:  # type: ignore[type-var]
            async for piece in answer:
                if isinstance(piece, Ending):
                    return Picture(drawn, piece)
                drawn = read_drawn(piece)
        raise AssertionError("the answer has no ending")

    return lambda model, request: asyncio.run(listen(model, request))


@pytest.fixture
def amazon(no_keys: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A region, and no credentials."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture(scope="session", autouse=True)
def usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(scope="session")
def sd3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Stable Diffusion 3. Not to be changed."""
    from photocast.testing.tiny_pictures import build_tiny_sd3

    return build_tiny_sd3(tmp_path_factory.mktemp("sd3") / "tiny")
