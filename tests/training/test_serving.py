"""A model behind OpenAI's interface says what it says in this process, to whoever may ask, while they listen."""

import asyncio
import base64
import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from photocast.models import Ending, Finish, Image, Request, Sampling, VisionModel
from photocast.models.local import open_local
from photocast.models.local.trained import Trained, write_trained
from photocast.models.names import open_model, parse_name
from photocast.models.tiny import Size, build_adapter, build_tiny
from photocast.schema import ConfigError, Fault, ModelError
from photocast.testing import torchvision_shim
from photocast.training.serving.server import WAITING, Served, Server

SCRIPT = "Mara: Look, it's the dog — à la plage, 海.\nJonas: Yes. Yes. Yes, and so on.\n"
Serve = Callable[..., "Running"]


class Running:
    """A server, and ways to ask it."""

    def __init__(self, server: Server, key: str | None) -> None:
        self.server, self._key = server, key

    @property
    def url(self) -> str:
        return self.server.url

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> HTTPResponse:
        connection = HTTPConnection(*self.server.server_address[:2], timeout=60)
        given = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {})
        connection.request(
            method, path, body, given | {name.replace("_", "-"): value for name, value in headers.items()}
        )
        return connection.getresponse()

    def ask(self, content: Any = "Tell.", **more: Any) -> tuple[int, Any]:
        question = {"model": "it", "messages": [{"role": "user", "content": content}], "max_tokens": 60} | more
        answer = self.send("POST", "/v1/chat/completions", json.dumps(question).encode())
        return answer.status, json.loads(answer.read())

    def events(self, **more: Any) -> list[Any]:
        question = {"model": "it", "messages": [{"role": "user", "content": "Tell."}], "max_tokens": 60, "stream": True}
        answer = self.send("POST", "/v1/chat/completions", json.dumps(question | more).encode())
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = [
            line.removeprefix("data: ") for line in answer.read().decode().split("\n\n") if line.startswith("data: ")
        ]
        assert lines.pop() == "[DONE]"
        return [json.loads(line) for line in lines]


@contextmanager
def running(model: str, key: str | None = None, host: str = "127.0.0.1") -> Iterator[Running]:
    server = Server(Served(open_local(parse_name(f"hf:{model}")), "it", key), host)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Running(server, key)
    finally:
        server.shutdown()
        thread.join()
        server.close()


@pytest.fixture(scope="module", autouse=True)
def usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def reciting(shelf: Path) -> Iterator[Running]:
    with running(str(build_tiny("qwen3_vl", shelf / "reciting", recites=SCRIPT))) as server:
        yield server


@pytest.fixture(scope="module")
def random(shelf: Path) -> str:
    """A random model with an adapter, which were trained with small pictures."""
    base = build_tiny("qwen3_vl", shelf / "random", size=Size(context=2048))
    adapter = build_adapter(base, shelf / "adapter")
    write_trained(adapter, Trained(image_tokens=24, base=str(base), recipe="tiny-cpu", method="sft"))
    return f"{base}+{adapter}"


@pytest.fixture(scope="module")
def served(random: str) -> Iterator[Running]:
    with running(random) as server:
        yield server


@pytest.fixture(scope="module")
def endless(shelf: Path) -> Iterator[Running]:
    """A model that would talk for hours: a test that does not stop it never ends."""
    with running(str(build_tiny("qwen3_vl", shelf / "endless", size=Size(context=100_000_000)))) as server:
        yield server


@pytest.fixture
def photos() -> list[Image]:
    album = Path(str(files("photocast.demo").joinpath("dog_at_the_beach")))
    return [Image(f"p{at}", path) for at, path in enumerate(sorted(album.glob("*.jpg"))[:3])]


def heard(model: VisionModel, request: Request) -> tuple[str, Ending]:
    async def collect() -> tuple[str, Ending]:
        *pieces, ending = [piece async for piece in model.stream(request)]
        assert isinstance(ending, Ending)
        return "".join(map(str, pieces)), ending

    return asyncio.run(collect())


def data_uri(path: Path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()


def shown(url: str) -> list[Any]:
    return [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "Tell."}]


@pytest.mark.parametrize("sampling", [Sampling(0.0, max_tokens=24), Sampling(0.9, 0.9, max_tokens=24, seed=7)])
def test_it_says_what_the_model_says_in_this_process(
    sampling: Sampling, random: str, served: Running, photos: list[Image]
) -> None:
    request = Request((photos[0], "First.", photos[1], "Then, and no more."), "Be kind.", sampling)
    here, ending = heard(open_local(parse_name(f"hf:{random}")), request)
    there, told = heard(open_model("openai:it", base_url=served.url), request)
    assert there == here != ""
    assert told.finish == ending.finish
    assert told.usage == ending.usage  # pictures as large, words as many
    assert told.bytes_sent == 0


def test_letters_of_several_bytes_come_whole(reciting: Running) -> None:
    text, ending = heard(
        open_model("openai:it", base_url=reciting.url), Request(("?",), sampling=Sampling(max_tokens=60))
    )
    assert (text, ending.finish) == (SCRIPT, Finish.DONE)


def test_a_whole_answer(reciting: Running) -> None:
    status, answer = reciting.ask()
    assert status == 200
    (choice,) = answer["choices"]
    assert choice["message"] == {"role": "assistant", "content": SCRIPT, "refusal": None}
    assert choice["finish_reason"] == "stop"
    usage = answer["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert (answer["object"], answer["model"]) == ("chat.completion", "it")
    assert answer["system_fingerprint"].startswith("hf:reciting@")


def test_an_answer_in_pieces(reciting: Running) -> None:
    first, *between, last, usage = reciting.events(stream_options={"include_usage": True})
    deltas = [one["choices"][0]["delta"] for one in (first, *between)]
    assert deltas[0]["role"] == "assistant"
    assert "".join(delta["content"] for delta in deltas) == SCRIPT
    assert len(between) > 5
    assert (last["choices"][0]["delta"], last["choices"][0]["finish_reason"]) == ({}, "stop")
    assert usage["choices"] == []
    assert usage["usage"] == reciting.ask()[1]["usage"]
    assert len({one["id"] for one in (first, *between, last, usage)}) == 1


def test_an_answer_that_was_cut_says_so(reciting: Running) -> None:
    _, answer = reciting.ask(max_tokens=3)
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 3


@pytest.mark.parametrize("stop", ["\nJonas", ["海", "\nJonas"], "Yes. Yes. Yes"])
def test_it_stops_where_it_is_told_to(stop: str | list[str], reciting: Running) -> None:
    until = min(SCRIPT.index(one) for one in ([stop] if isinstance(stop, str) else stop))
    _, answer = reciting.ask(stop=stop)
    assert answer["choices"][0]["message"]["content"] == SCRIPT[:until]
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert "usage" not in answer  # nobody counted what was drawn in vain
    pieces = reciting.events(stop=stop)
    assert "".join(one["choices"][0]["delta"].get("content", "") for one in pieces) == SCRIPT[:until]


def test_models_and_health(reciting: Running) -> None:
    listed = json.loads(reciting.send("GET", "/v1/models").read())
    assert [model["id"] for model in listed["data"]] == ["it"]
    assert json.loads(reciting.send("GET", "/health").read()) == {"status": "ok"}
    assert reciting.send("GET", "/v1/nothing").status == 404


@pytest.mark.parametrize(
    ("changed", "status", "code", "param"),
    [
        ({"model": "other"}, 404, "model_not_found", "model"),
        ({"top_k": 5}, 400, "unknown_parameter", "top_k"),
        ({"tools": []}, 400, "unknown_parameter", "tools"),
        ({"logprobs": True}, 400, "unknown_parameter", "logprobs"),
        ({"n": 2}, 400, "invalid_value", "n"),
        ({"temperature": -1}, 400, "invalid_value", "temperature"),
        ({"temperature": "hot"}, 400, "invalid_value", "temperature"),
        ({"top_p": 0}, 400, "invalid_value", "top_p"),
        ({"max_tokens": 0}, 400, "invalid_value", "max_tokens"),
        ({"seed": 2**70}, 400, "invalid_value", "seed"),
        ({"stop": ""}, 400, "invalid_value", "stop"),
        ({"frequency_penalty": 1}, 400, "invalid_value", "frequency_penalty"),
        ({"response_format": {"type": "json_object"}}, 400, "invalid_value", "response_format"),
        ({"messages": []}, 400, "invalid_value", "messages"),
        ({"messages": [{"role": "system", "content": "?"}]}, 400, "invalid_value", "messages"),
        (
            {"messages": [{"role": r, "content": "?"} for r in ("user", "assistant", "user")]},
            400,
            "invalid_value",
            "messages",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused(
    changed: dict[str, Any], status: int, code: str, param: str, reciting: Running
) -> None:
    got, answer = reciting.ask(**changed)
    assert (got, answer["error"]["code"]) == (status, code)
    assert answer["error"]["param"].startswith(param)
    assert answer["error"]["type"] == "invalid_request_error"


def test_what_changes_nothing_is_taken(reciting: Running) -> None:
    neutral = {
        "n": 1,
        "frequency_penalty": 0,
        "presence_penalty": 0.0,
        "response_format": {"type": "text"},
        "stop": None,
    }
    assert reciting.ask(user="me", seed=None, **neutral)[0] == 200


PNG = BytesIO()
Picture.new("RGB", (40, 30), "red").save(PNG, "PNG")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/secret.jpg",
        "https://example.org/a.jpg",
        "file:///etc/hostname",
        "data:text/html;base64,AAAA",
        "data:image/jpeg;base64,not base64",
        "data:image/jpeg;base64,AAAA",
        "data:image/png;base64," + base64.b64encode(PNG.getvalue()[:-30]).decode(),
        "data:image/png;base64,"
        + base64.b64encode(PNG.getvalue().replace(b"\0\0\0\x28\0\0\0\x1e", b"\0\1\0\0\0\1\0\0")).decode(),
    ],
)
def test_pictures_come_with_the_question_and_are_never_fetched(url: str, served: Running) -> None:
    status, answer = served.ask(shown(url))
    assert (status, answer["error"]["code"]) == (400, "invalid_image")


def test_a_picture_of_another_form(served: Running) -> None:
    status, answer = served.ask(
        shown("data:image/png;base64," + base64.b64encode(PNG.getvalue()).decode()), max_tokens=4
    )
    assert status == 200
    assert answer["usage"]["prompt_tokens"] > served.ask("Tell.", max_tokens=4)[1]["usage"]["prompt_tokens"]


def test_a_question_that_is_too_long(served: Running) -> None:
    status, answer = served.ask("very long " * 2000)
    assert (status, answer["error"]["code"]) == (400, "context_length_exceeded")
    with pytest.raises(ModelError) as caught:
        heard(open_model("openai:it", base_url=served.url), Request(("very long " * 2000,)))
    assert caught.value.fault is Fault.TOO_LONG


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"{}", {"Content_Type": "text/plain"}, 415),
        (b"{}", {"Content_Length": "99999999999"}, 413),
        (b"{}", {"Host": "evil.example:8000"}, 403),
        (b"{}", {"Sec_Fetch_Site": "cross-site"}, 403),
    ],
)
def test_bad_requests(body: bytes, headers: dict[str, str], status: int, reciting: Running) -> None:
    answer = reciting.send("POST", "/v1/chat/completions", body, **headers)
    assert answer.status == status
    assert json.loads(answer.read())["error"]["message"]


def test_a_key_is_asked_for(random: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(random, key="a-long-secret") as server:
        assert server.ask(max_tokens=2)[0] == 200
        refused = server.send("GET", "/v1/models", Authorization="Bearer another")
        assert refused.status == 401
        assert json.loads(refused.read())["error"]["code"] == "invalid_api_key"
        assert server.send("GET", "/health", Authorization="").status == 200
        request = Request(("?",), sampling=Sampling(0.0, max_tokens=2))
        with pytest.raises(ModelError):
            heard(open_model("openai:it", base_url=server.url), request)
        monkeypatch.setenv("PHOTOCAST_API_KEY", "a-long-secret")
        assert heard(open_model("openai:it", base_url=server.url), request)[0]


def test_nobody_else_is_let_in_without_a_key(random: str) -> None:
    with pytest.raises(ConfigError, match="without a key"):
        Server(Served(open_local(parse_name(f"hf:{random}")), "it"), "0.0.0.0")


def test_a_port_that_is_taken(random: str, served: Running) -> None:
    with pytest.raises(ConfigError, match="address already in use"):
        Server(Served(open_local(parse_name(f"hf:{random}")), "it"), port=served.server.server_address[1])


def _begun(server: Running, *, stream: bool) -> socket.socket:
    """A question without an end; of a stream the first words have come."""
    question = {
        "model": "it",
        "messages": [{"role": "user", "content": "?"}],
        "max_tokens": 50_000_000,
        "temperature": 0,
    }
    body = json.dumps(question | {"stream": stream}).encode()
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    connection = socket.create_connection(server.server.server_address[:2], timeout=60)
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    if stream:
        assert connection.recv(16).startswith(b"HTTP/1.1 200")
    return connection


@pytest.mark.parametrize("stream", [True, False])
def test_hanging_up_ends_the_models_work(stream: bool, endless: Running) -> None:
    _begun(endless, stream=stream).close()
    assert endless.ask(max_tokens=2)[0] == 200  # the model is free again


def test_too_many_questions_are_sent_away_and_those_that_wait_can_be_taken_back(endless: Running) -> None:
    asked = [_begun(endless, stream=False) for _ in range(WAITING + 1)]
    (refused,), _, _ = select.select(asked, [], [], 60)  # whichever came last; no other is answered
    assert refused.recv(16).startswith(b"HTTP/1.1 429")
    for connection in asked:
        connection.close()
    while (status := endless.ask(max_tokens=2)[0]) == 429:
        continue  # until the server has noticed
    assert status == 200


def _hung_up(connection: socket.socket) -> bool:
    with connection:
        try:
            while connection.recv(65536):
                continue
        except ConnectionResetError:
            return True
    return True


def test_ending_hangs_up_on_everybody(shelf: Path) -> None:
    with running(str(shelf / "endless")) as server:
        talking, waiting = _begun(server, stream=True), _begun(server, stream=False)
        silent = socket.create_connection(server.server.server_address[:2], timeout=60)
    assert all(_hung_up(connection) for connection in (talking, waiting, silent))
