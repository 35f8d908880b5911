"""Repositories: a hub on loopback that has some, keeps some for itself, and has its bad days."""

import hashlib
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PATH = re.compile(r"/(?:api/models/)?(?P<repository>[\w.-]+/[\w.-]+)(?:/(?P<rest>.*))?")


class Hub:
    """Serves folders as repositories, as far as the hub's client asks."""

    def __init__(self, repositories: dict[str, Path]) -> None:
        self.repositories = repositories
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, str]] = {
            "shy/gated": (403, "GatedRepo"),
            "bad/day": (503, ""),
            "too/many": (429, ""),
        }
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                hub.answer(self)

            do_HEAD = do_GET

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        where, _, _ = request.path.partition("?")
        self.asked.append(f"{request.command} {where}")
        found = PATH.fullmatch(where)
        repository = found["repository"] if found else ""
        status, code = self.answers.get(repository, (200 if repository in self.repositories else 401, "RepoNotFound"))
        if status != 200:
            self.reply(request, status, b"{}", {"X-Error-Code": code} if code else {})
            return
        assert found is not None
        folder, rest = self.repositories[repository], found["rest"] or ""
        if rest.startswith("resolve/"):
            name = rest.split("/", 2)[2]
            content = (folder / name).read_bytes()
            headers = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": COMMIT}
            self.reply(request, 200, content, headers)
        else:
            grown = 10**18 if repository == "far/too-large" else 0
            files = [{"rfilename": file.name, "size": file.stat().st_size + grown} for file in sorted(folder.iterdir())]
            entries = {"id": repository, "modelId": repository, "sha": COMMIT, "siblings": files}
            numbers = {"safetensors": {"parameters": {"BF16": 1_000_000}, "total": 1_000_000}}
            self.reply(request, 200, json.dumps(entries | numbers).encode(), {"Content-Type": "application/json"})

    @staticmethod
    def reply(request: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str]) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(content)


@pytest.fixture
def hub(tiny: Any, adapter: Path, script: str, tmp_path: Path) -> Iterator[Hub]:
    served = Hub({"some/model": tiny("smolvlm", recites=script), "some/words": tiny(), "some/lora": adapter})
    served.repositories["far/too-large"] = tiny()
    served.repositories["only/gguf"] = tmp_path
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    thread = Thread(target=served.server.serve_forever)
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()
    thread.join()


@pytest.fixture
def elsewhere(hub: Hub, tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that has fetched nothing yet."""
    return {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_TOKEN": "",
        "HF_HUB_OFFLINE": "0",
        "OMP_NUM_THREADS": "1",
    }


ASK = """
import asyncio, json, sys
from photocast._guard import local_only
from photocast.models import Image, Request, Sampling
from photocast.models.local import fetch_model, needs
from photocast.models.names import open_model, parse_name
from photocast.schema import ModelError

async def ask(name):
    pieces = [piece async for piece in open_model(name).stream(Request(("?",), sampling=Sampling(max_tokens=60)))]
    return "".join(pieces[:-1]), pieces[-1].answered_by

def tried(function, *args):
    try:
        return function(*args)
    except ModelError as error:
        return [error.fault, error.what, error.why, error.do]

def said(name):
    return tried(lambda: asyncio.run(ask(name)))

def needed(name):
    return tried(lambda: vars(needs(parse_name(name), photos=2)))
"""


@pytest.mark.slow
def test_a_repository_is_announced_fetched_once_and_then_used_without_a_network(
    hub: Hub, elsewhere: dict[str, str], run_python: Any, script: str
) -> None:
    code = (
        ASK
        + """
name = "hf:some/model"
before, context = needed(name), open_model(name).context
told = []
fetch_model(parse_name(name), lambda done, total: told.append((done, total)))
with local_only():
    answer, after = said(name), needed(name)
print(json.dumps([before, context, told, after, answer, open_model(name).context]))
"""
    )
    ran = run_python(code, env=elsewhere)
    assert ran.stderr == ""
    before, context, told, after, (answer, exactly), context_after = json.loads(ran.stdout)
    folder = hub.repositories["some/model"]
    total = sum(file.stat().st_size for file in folder.iterdir())
    assert (before["download"], after["download"]) == (total, 0)
    assert before["weights"] == 4_000_000  # as the hub tells: a million numbers, four bytes each here
    assert told[-1] == [total, total]
    assert (context, context_after) == (None, 32_768)
    assert answer == script
    assert exactly == f"hf:some/model at {COMMIT[:12]}"
    fetched = [asked for asked in hub.asked if asked.startswith("GET") and "model.safetensors" in asked]
    assert len(fetched) == 1


@pytest.mark.slow
def test_the_first_answer_fetches_what_is_missing(
    elsewhere: dict[str, str], run_python: Any, script: str, hub: Hub
) -> None:
    code = ASK + "print(json.dumps([said('hf:some/model'), said('hf:some/words+some/lora')[0][:5]]))"
    ran = run_python(code, env=elsewhere)
    assert ran.stderr == ""
    (answer, _), adapted = json.loads(ran.stdout)
    assert answer == script
    assert adapted
    assert any("adapter_model.safetensors" in asked for asked in hub.asked)


@pytest.mark.slow
def test_repositories_that_cannot_be_had(elsewhere: dict[str, str], run_python: Any) -> None:
    names = ["no/such", "shy/gated", "bad/day", "too/many"]
    code = ASK + "print(json.dumps([[said(name), needed(name)] for name in sys.argv[1:]]))"
    without = run_python(code, *(f"hf:{name}" for name in names), env=elsewhere)
    logged_in = run_python(code, *(f"hf:{name}" for name in names), env=elsewhere | {"HF_TOKEN": "hf_verysecret"})
    for ran, gated in ((without, "no_key"), (logged_in, "wrong_key")):
        assert ran.stderr == ""
        assert "hf_verysecret" not in ran.stdout
        answers = dict(zip(names, json.loads(ran.stdout), strict=True))
        for name, fault in zip(names, ("unknown_model", gated, "server_error", "rate_limited"), strict=True):
            for error in answers[name]:
                assert error[0] == fault
                assert name in error[1]
                assert "Traceback" not in str(error)
    assert "hf auth login" in without.stdout
    assert "Agree on https://huggingface.co/shy/gated" in logged_in.stdout


@pytest.mark.slow
def test_repositories_that_cannot_be_used(elsewhere: dict[str, str], run_python: Any) -> None:
    code = ASK + "print(json.dumps([said(name) for name in sys.argv[1:]]))"
    ran = run_python(code, "hf:far/too-large", "hf:only/gguf", env=elsewhere)
    assert ran.stderr == ""
    large, gguf = json.loads(ran.stdout)
    assert large[0] == gguf[0] == "broken_files"
    assert "HF_HOME" in large[3]
    assert "GGUF" in gguf[2]


@pytest.mark.slow
def test_without_a_network(elsewhere: dict[str, str], run_python: Any) -> None:
    """The port is one that nobody listens to."""
    code = ASK + "print(json.dumps([said('hf:some/model'), needed('hf:some/model')]))"
    nobody = {"HF_ENDPOINT": "http://127.0.0.1:9"}
    for env in (elsewhere | nobody, elsewhere | {"HF_HUB_OFFLINE": "1"}):
        ran = run_python(code, env=env)
        assert ran.stderr == ""
        answer, told = json.loads(ran.stdout)
        assert answer[0] == "unreachable"
        assert "cannot be reached" in answer[2]
        assert (told["download"], told["weights"]) == (None, None)
        assert "cannot be reached" in told["unknown"]


@pytest.mark.slow
def test_a_download_that_was_broken_off_goes_on(
    hub: Hub, elsewhere: dict[str, str], run_python: Any, script: str
) -> None:
    code = (
        ASK
        + """
from huggingface_hub import hf_hub_download
hf_hub_download("some/model", "config.json")
before = needed("hf:some/model")["download"]
print(json.dumps([before, said("hf:some/model")]))
"""
    )
    ran = run_python(code, env=elsewhere)
    assert ran.stderr == ""
    left, (answer, _) = json.loads(ran.stdout)
    files = {file.name: file.stat().st_size for file in hub.repositories["some/model"].iterdir()}
    assert left == sum(files.values()) - files["config.json"]
    assert answer == script


@pytest.mark.slow
def test_local_only_forbids_a_download(elsewhere: dict[str, str], run_python: Any) -> None:
    code = (
        ASK
        + """
from photocast.schema import LocalOnlyError
try:
    with local_only():
        said("hf:some/model")
except LocalOnlyError as error:
    print("refused", "192.0.2.1" in str(error))
"""
    )
    ran = run_python(code, env=elsewhere | {"HF_ENDPOINT": "http://192.0.2.1"})
    assert (ran.stdout, ran.stderr) == ("refused True\n", "")
