"""A dataset of made-up pairs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from photocast.corpus.packing import Packed
from photocast.corpus.store import LocalStore
from photocast.testing.pairs import MadePairs, make_pairs, write_dataset


@pytest.fixture(scope="session")
def made() -> MadePairs:
    """26 pairs of six podcasts; some with a gap, some with four pictures."""
    return make_pairs(26, exchanges=3)


@pytest.fixture(scope="session")
def folder(made: MadePairs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where they are packed."""
    folder = tmp_path_factory.mktemp("dataset")
    write_dataset(folder, made)
    return folder


@pytest.fixture(scope="session")
def dataset(folder: Path) -> LocalStore:
    """The same as a store."""
    return LocalStore(folder)


@pytest.fixture
def packed(made: MadePairs, tmp_path: Path) -> Packed:
    """What packing them says."""
    return write_dataset(tmp_path / "packed", made)


@pytest.fixture(scope="session")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of its own for `datasets`, which reads this when it is imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_DATASETS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_DATASETS_OFFLINE", "1")
        patch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        yield
