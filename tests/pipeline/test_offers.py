"""Which models are there, and whether one answers: asked of nobody but servers on this machine."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from photocast.pipeline.offers import Offer, offers
from photocast.pipeline.tiny_call import call, call_all
from photocast.testing import Fail, FakeProvider, Say

Answer = Callable[[str], bytes]


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of settings, another to work in, and no Ollama."""
    (tmp_path / "config").mkdir()
    monkeypatch.setenv("PHOTOCAST_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config"


@contextmanager
def ollama(body: bytes) -> Iterator[str]:
    """A server that says this to whoever asks for what is there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/tags" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tags(*names: str) -> bytes:
    return json.dumps({"models": [{"name": name} for name in names]}).encode()


def offer(provider: str) -> Offer:
    (found,) = [one for one in offers() if one.name.partition(":")[0] == provider]
    return found


def test_pocket_comes_first_and_is_always_there() -> None:
    assert offers()[0].name == "pocket"
    assert offers()[0].usable


def test_a_key_makes_a_provider_usable_and_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not offer("anthropic").usable
    assert "ANTHROPIC_API_KEY" in str(offer("anthropic").need)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k-of-the-tests-123456")
    assert offer("anthropic").usable
    assert "k-of-the-tests" not in repr(offers())


@pytest.mark.parametrize(
    ("names", "name", "found"),
    [
        (("llama3:8b", "qwen3-vl:latest"), "ollama:qwen3-vl", "running, with llama3:8b, qwen3-vl:latest"),
        (("gemma3:4b",), "ollama:gemma3:4b", "running, with gemma3:4b"),
        (("llama3:8b",), "ollama:llama3:8b", "running, with llama3:8b"),
    ],
)
def test_ollama_is_offered_with_a_model_that_sees(
    names: tuple[str, ...], name: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ollama(tags(*names)) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        assert offer("ollama") == Offer(name, True, found)


def test_ollama_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    with ollama(tags()) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        assert offer("ollama").need == "Run: ollama pull qwen3-vl"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"models": null}', b'{"models": [7]}', b'{"models": [{}]}'])
def test_another_server_where_ollama_should_be(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with ollama(body) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        assert offer("ollama").found == "not running"


def test_something_that_is_no_web_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            peer, _ = listening.accept()
            with peer:
                peer.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{listening.getsockname()[1]}")
        assert offer("ollama").found == "not running"
        thread.join()


@pytest.mark.parametrize("where", ["http://x:abc", "::1", "ftp://x"])
def test_an_address_that_is_none_is_told_beside_the_others(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", where)
    assert offer("ollama").need == "Correct OLLAMA_HOST"
    assert offer("pocket").usable


def test_looking_for_ollama_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with ollama(tags("qwen3-vl")) as url, FakeProvider() as proxy:
        monkeypatch.setenv("OLLAMA_HOST", url)
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        assert offer("ollama").usable
        assert proxy.requests == []


def test_a_tiny_call_says_what_came_of_it() -> None:
    with FakeProvider("Yes.") as server:
        fine = call("openai:any", base_url=server.url)
        server.queue(Fail("wrong_key"), Say(""))
        refused, empty = call("openai:any", base_url=server.url), call("openai:any", base_url=server.url)
        assert all(one.asked.images == [] for one in server.requests)
        assert server.requests[0].asked.text == "Answer with the one word yes."
    assert fine.ok
    assert fine.found.startswith("answered “Yes.” in ")
    assert fine.found.endswith(" s, for nothing")
    assert (refused.ok, empty.ok) == (False, False)
    assert "there is no key for" in refused.found
    assert refused.do
    assert empty.found == "answered nothing (done)"
    assert not call("nobody").ok


def test_the_configured_model_is_called_at_its_server(config: Path) -> None:
    assert call_all() == ()
    with FakeProvider("Yes.") as server:
        (config / "config.toml").write_text(f'model = "openai:mine"\nbase_url = "{server.url}"\n')
        (called,) = call_all()
        assert (called.model, called.ok) == ("openai:mine", True)
        assert [one.json["model"] for one in server.requests] == ["mine"]


def test_a_provider_is_called_once(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model that is configured stands for its provider, and one of transformers is not loaded for a word."""
    with FakeProvider("Yes.") as server, ollama(tags("qwen3-vl")) as listing:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        (config / "config.toml").write_text('model = "ollama:mine"\n')
        assert [one.model for one in call_all()] == ["ollama:mine"]
        monkeypatch.setenv("OLLAMA_HOST", listing)
        (config / "config.toml").write_text('model = "hf:Qwen/Qwen3-VL-8B-Instruct"\n')
        assert [one.model for one in call_all()] == ["ollama:qwen3-vl"]
        (config / "config.toml").write_text("max_cost = -1\n")
        assert [one.model for one in call_all()] == ["ollama:qwen3-vl"]
