"""Fixtures for the whole suite."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

GOLDEN = Path(__file__).resolve().parent / "golden"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real albums, awkward images and transcripts that are not part of the repository."""
    if not SHARED.is_dir():
        pytest.skip("the shared test data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _nobody_in_particular(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No key, no model and no folder of whoever runs the tests; the journal and the settings are the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("PHOTOCAST_", "AWS_", "OLLAMA_")) or name.endswith("_API_KEY"):
                patch.delenv(name)
        patch.setenv("PHOTOCAST_STATE", str(tmp_path_factory.mktemp("state")))
        patch.setenv("PHOTOCAST_CONFIG", str(tmp_path_factory.mktemp("config")))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


@dataclass(frozen=True)
class Golden:
    """Files that hold what a test expects, and are reviewed like code when they change."""

    update: bool

    def check(self, name: str, actual: str) -> None:
        path = GOLDEN / name
        if self.update:
            path.parent.mkdir(exist_ok=True)
            path.write_text(actual, encoding="utf-8", newline="\n")
        assert path.is_file(), f"{path.name} is missing: run pytest --update-golden and read it"
        assert actual == path.read_text("utf-8"), f"{name} differs: run pytest --update-golden and read the difference"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=bool(request.config.getoption("--update-golden")))
