"""The whole line, killed again and again: the same dataset to the byte, and nothing paid for twice."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from photocast.testing import FakeProvider
from photocast.testing.annotators import annotator_who_draws
from photocast.testing.sporc import write_legacy
from photocast.testing.tiny_pictures import build_tiny_sd3

KILLS = 30
WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
if list(Path(sys.argv[-1], "excerpt").glob("*.done.json")):  # soon diffusers will be needed, which takes its time
    from photocast.testing import torchvision_shim
    torchvision_shim.install()
from photocast.models.batches import reconcile
reconcile.SETTLED = timedelta(0)  # what the provider does not list at once was never submitted
from photocast.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
RECIPE = """
[source]
path = "sporc"
[choose]
windows = 12
part_size = 3
[excerpt]
model = "openai:annotator"
base_url = "{url}"
batch = true
[scenes]
batch = true
[illustrate]
model = "diffusers:{pictures}?size=64x64&steps=2"
[pack]
min_images = 1
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, FakeProvider]]:
    from photocast.testing import torchvision_shim

    torchvision_shim.install()
    folder = tmp_path_factory.mktemp("storm")
    write_legacy(folder / "sporc", episodes=120, seed=3)
    build_tiny_sd3(folder / "sd3")
    with FakeProvider(annotator_who_draws()) as server:
        (folder / "recipe.toml").write_text(RECIPE.format(url=server.url, pictures=folder / "sd3"))
        yield folder, server


class Line:
    """The commands of one corpus, in processes of their own, with a journal of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.recipe, self.corpus = folder / "recipe.toml", folder / name
        self._env = os.environ | {"PHOTOCAST_STATE": str(folder / f"{name}-state"), "OMP_NUM_THREADS": "1"}
        self.kills = 0

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER, *arguments],
            env=self._env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> str:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return said

    def run(self) -> subprocess.Popen[str]:
        return self.start("corpus", "run", str(self.recipe), "--yes", "--local", "-o", str(self.corpus))

    def collect(self) -> subprocess.Popen[str]:
        return self.start("collect", str(self.corpus))

    def files(self) -> int:
        return sum(len(names) for _, _, names in os.walk(self.corpus))

    def kill_when(self, process: subprocess.Popen[str], more: int) -> bool:
        """Kill it when there are so many more files, whole or not; whether it was still alive."""
        enough = self.files() + more
        alive = True
        while alive and self.files() < enough:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.01)
                alive = False
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return alive

    def content(self) -> dict[str, bytes]:
        """All that the corpus holds, but for locks and for which batches were submitted."""
        paths = (path for path in self.corpus.rglob("*") if path.is_file() and "dealing" not in str(path))
        found = {str(path.relative_to(self.corpus)): path.read_bytes() for path in paths}
        return {name: data for name, data in found.items() if name not in {".run.lock", "batches.ndjson"}}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_thirty_kills_change_nothing_and_cost_nothing(place: tuple[Path, FakeProvider]) -> None:
    folder, server = place
    calm = Line(folder, "calm")
    while "wait for their answers" in calm.finish(calm.run()):
        calm.finish(calm.collect())
    charged = server.charges
    assert charged >= 20

    chance, storm = random.Random(7), Line(folder, "storm")
    while storm.kills < KILLS:
        alive = storm.kill_when(storm.run(), chance.randint(1, 2))
        storm.kills += alive
        if not alive:  # it waits for a batch, whose answers are brought in by a command that is killed as well
            storm.kills += storm.kill_when(storm.collect(), 1)
            storm.finish(storm.collect())
        assert not (storm.corpus / "dataset" / "README.md").exists(), "it was done before it was killed often enough"
    while "wait for their answers" in storm.finish(storm.run()):
        storm.finish(storm.collect())
    assert storm.content() == calm.content()
    assert server.charges == 2 * charged
