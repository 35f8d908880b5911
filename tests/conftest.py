"""Fixtures for the whole suite."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("unhurried", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("unhurried")

GOLDEN = Path(__file__).resolve().parent / "golden"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


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
        patch.setenv("PHOTOCAST_ENGINE", "none")  # a test that is to hear something names its engine
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


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium without a window. One for each file of tests: while it runs, no event loop can be begun beside it."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install photocast[test]"
    )
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    playwright.expect.set_options(timeout=15_000)  # machines that test are busy
    with playwright.sync_playwright() as session:
        opened = session.chromium.launch(executable_path=program, args=list(QUIET))
        yield opened
        opened.close()
