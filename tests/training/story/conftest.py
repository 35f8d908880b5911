"""Stories in a file, and a cache for whoever reads datasets."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from photocast.testing.stories import write_stories


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Writes stories as `book.jsonl`, with pictures beside it."""

    def write(*stories: dict[str, Any] | str) -> Path:
        return write_stories(tmp_path / "book.jsonl", *stories)

    return write


@pytest.fixture(scope="session")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of its own for `datasets`, which reads this when it is imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_DATASETS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_DATASETS_OFFLINE", "1")
        patch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
        yield
