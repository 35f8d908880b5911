"""Encoders that are fetched: a hub on loopback with two repositories, asked as seldom as possible."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from photocast.testing import torchvision_shim
from photocast.testing.tiny_encoders import build_tiny_clip

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ASK = """
import json, sys
from photocast.models.encoders import open_encoder
from photocast.schema import ModelError

for name in sys.argv[1:]:
    try:
        encoder = open_encoder(name)
        print(json.dumps({"name": encoder.name, "width": encoder.texts(["a dog"]).shape[1]}))
    except ModelError as error:
        print(json.dumps({"fault": error.fault, "says": str(error)}))
"""


class Hub:
    """Serves folders as repositories, as far as the hub's client asks for encoders."""

    def __init__(self, repositories: dict[str, Path]) -> None:
        self.asked: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                where = self.path.partition("?")[0]
                hub.asked.append(where)
                found = re.fullmatch(r"/(?:api/models/)?(some/[\w-]+)(?:/resolve/[\w.-]+/(.*)|/.*)?", where)
                folder = repositories.get(found[1]) if found else None
                if found is None or folder is None:
                    self.reply(401, b"{}", {"X-Error-Code": "RepoNotFound"})
                elif found[2]:
                    content = (folder / found[2]).read_bytes()
                    self.reply(200, content, {"ETag": f'"{hashlib.sha1(content).hexdigest()}"'})
                else:
                    files = [{"rfilename": file.name, "size": file.stat().st_size} for file in folder.iterdir()]
                    entry = {"id": found[1], "modelId": found[1], "sha": COMMIT, "siblings": files}
                    self.reply(200, json.dumps(entry).encode(), {"Content-Type": "application/json"})

            do_HEAD = do_GET

            def reply(self, status: int, content: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), "X-Repo-Commit": COMMIT, **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """`some/clip` has its weights in both formats, `some/old-clip` in the older one alone."""
    import torch
    from safetensors.torch import load_file

    torchvision_shim.install()
    shelf = tmp_path_factory.mktemp("hub")
    repositories = {name: build_tiny_clip(shelf / name) for name in ("clip", "old-clip")}
    for folder in repositories.values():
        torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
        (folder / "tf_model.h5").write_bytes(b"for somebody else")
    (repositories["old-clip"] / "model.safetensors").unlink()
    served = Hub({f"some/{name}": folder for name, folder in repositories.items()})
    thread = Thread(target=served.server.serve_forever)
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()
    thread.join()


def ask(names: list[str], hub: Hub, tmp_path: Path) -> list[dict[str, str]]:
    """What opening encoders says in a process of its own, on a machine that keeps its files in `tmp_path`."""
    hub.asked.clear()
    (tmp_path / "shim").mkdir(exist_ok=True)
    here = {
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server.server_port}",
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "0",
        "PYTHONPATH": str(torchvision_shim.folder_for_subprocesses(tmp_path / "shim")),
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK, *names],
        env=os.environ | here,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_encoder_is_fetched_once_and_in_one_format(hub: Hub, tmp_path: Path) -> None:
    *first, missing = ask(["hf:some/clip", "hf:some/old-clip", "hf:some/nonsense"], hub, tmp_path)
    assert first == [
        {"name": "hf:some/clip@0123456789ab", "width": 32},
        {"name": "hf:some/old-clip@0123456789ab", "width": 32},
    ]
    assert missing["fault"] == "unknown_model"
    assert "no such repository" in missing["says"]
    fetched = {asked.replace(f"/resolve/{COMMIT}", "").replace("/resolve/main", "") for asked in hub.asked}
    heavy = {asked for asked in fetched if asked.endswith((".safetensors", ".bin", ".h5"))}
    assert heavy == {"/some/clip/model.safetensors", "/some/old-clip/pytorch_model.bin"}
    assert ask(["hf:some/clip", "hf:some/old-clip"], hub, tmp_path) == first
    assert hub.asked == []


def test_a_revision_is_the_one_that_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    (answer,) = ask(["hf:some/clip@v1.2"], hub, tmp_path)
    assert answer["name"] == "hf:some/clip@0123456789ab"
    about = [asked for asked in hub.asked if "some/clip" in asked]
    assert about
    assert [asked for asked in about if "/v1.2" not in asked and COMMIT not in asked] == []
