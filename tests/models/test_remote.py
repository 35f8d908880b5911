"""Remote models against a provider on loopback: what they send, to the byte, and what they make of the answer."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from photocast import local_only
from photocast.models import Ending, Finish, Image, Request, Sampling, Usage, VisionModel
from photocast.models.names import open_model, parse_name
from photocast.models.prices import price_of
from photocast.models.remote import RemoteModel
from photocast.models.remote.address import SERVICES, Address
from photocast.models.remote.options import Options
from photocast.schema import Fault, LocalOnlyError, ModelError
from photocast.testing import Drop, Fail, FakeProvider, Raw, Received, Say
from photocast.testing.answers import ENDLESS, NO_LABELS, ONE_GIANT_TURN, WRONG_LANGUAGE

pytestmark = pytest.mark.usefixtures("no_keys")

Ask = Callable[[VisionModel, Request], Any]
Photos = tuple[Image, Image]

PROVIDERS = [
    "openai:qwen3-vl-8b",
    "anthropic:claude-haiku-4-5",
    "google:gemini-2.5-flash",
    "openrouter:qwen/qwen3-vl-8b-instruct",
    "ollama:qwen3-vl:8b",
]
SCHEMA = {
    "type": "object",
    "properties": {"line": {"type": "string"}},
    "required": ["line"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("name", PROVIDERS)
def test_words_and_photos_go_out_in_order_and_the_answer_comes_in_pieces(name: str, ask: Ask, photos: Photos) -> None:
    one, two = photos
    request = Request(parts=("First:", one, "then:", two, "Write."), system="You write conversations.")
    with FakeProvider() as server:
        server.queue(Say("Ada: Look at that.\nLeo: Oh, là là!", piece=6, usage=(321, 12)))
        heard = ask(open_model(name, base_url=server.url), request)
        (received,) = server.requests
    asked = received.asked
    assert asked.parts == ("First:", one.path.read_bytes(), "then:", two.path.read_bytes(), "Write.")
    assert (asked.system, asked.schema, asked.stream) == ("You write conversations.", None, True)
    assert asked.model == name.partition(":")[2]
    assert heard.text == "Ada: Look at that.\nLeo: Oh, là là!"
    assert len(heard.pieces) > 3
    assert (heard.ending.finish, heard.ending.usage) == (Finish.DONE, Usage(321, 12))
    assert heard.ending.answered_by.startswith(asked.model)
    assert heard.ending.detail.lower() in {"stop", "end_turn"}


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_schema_goes_along_where_the_model_keeps_to_it(name: str, ask: Ask) -> None:
    with FakeProvider() as server:
        model = open_model(name, base_url=server.url)
        assert model.structured == (not name.startswith("openrouter:"))  # of that one nobody knows
        if model.structured:
            server.queue('{"line": "Oh."}')
            assert ask(model, Request(parts=("Write.",), schema=SCHEMA)).text == '{"line": "Oh."}'
            schema = server.requests[0].asked.schema
            assert schema is not None
            assert schema["properties"] == SCHEMA["properties"]


@pytest.mark.parametrize("name", ["openrouter:qwen/qwen3-vl-8b-instruct", "anthropic:claude-3-haiku"])
def test_who_knows_better_can_have_a_schema_sent(name: str, ask: Ask) -> None:
    with FakeProvider('{"line": "Oh."}') as server:
        assert not open_model(name, base_url=server.url).structured
        model = open_model(f"{name}?structured=yes", base_url=server.url)
        assert ask(model, Request(parts=("Write.",), schema=SCHEMA)).text == '{"line": "Oh."}'
        assert server.requests[0].asked.schema is not None


def test_a_schema_for_a_model_that_keeps_to_none_is_refused_before_anything_is_sent(ask: Ask) -> None:
    with FakeProvider() as server:
        with pytest.raises(ModelError, match="cannot do what was asked") as failed:
            ask(open_model("openai:m?structured=no", base_url=server.url), Request(parts=("Write.",), schema=SCHEMA))
        assert server.requests == []
    assert (failed.value.fault, failed.value.retryable) == (Fault.REJECTED, False)


def sampling_of(received: Received) -> dict[str, Any]:
    """What was sent about sampling, under the names of OpenAI."""
    body = received.json
    body = body.get("generationConfig", body)
    names = {"maxOutputTokens": "max_tokens", "max_completion_tokens": "max_tokens", "topP": "top_p"}
    known = {"temperature", "top_p", "max_tokens", "seed", "reasoning_effort"}
    sent = {names.get(name, name): value for name, value in body.items()}
    return {name: value for name, value in sent.items() if name in known}


PAPER = {"temperature": 0.7, "top_p": 0.8, "max_tokens": 2048}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("openai:qwen3-vl-8b", {**PAPER, "seed": 5}),
        ("ollama:llava", {**PAPER, "seed": 5}),
        ("openrouter:qwen/qwen3-vl-8b-instruct", {**PAPER, "seed": 5}),
        ("google:gemini-2.5-flash", {**PAPER, "seed": 5}),
        # Claude takes one of temperature and top-p, or neither; it has no seeds
        ("anthropic:claude-haiku-4-5", {"temperature": 0.7, "max_tokens": 2048}),
        ("anthropic:claude-opus-5", {"max_tokens": 2048}),
        ("openrouter:anthropic/claude-haiku-4.5", {"temperature": 0.7, "max_tokens": 2048, "seed": 5}),
        # models that reason refuse both while they do
        ("openai:gpt-5-mini", {"max_tokens": 2048, "seed": 5, "reasoning_effort": "minimal"}),
        ("openai:gpt-5-mini?thinking=high", {"max_tokens": 2048, "seed": 5, "reasoning_effort": "high"}),
        ("openai:gpt-5.2", {**PAPER, "seed": 5}),
        ("openai:gpt-5.2?thinking=low", {"max_tokens": 2048, "seed": 5, "reasoning_effort": "low"}),
    ],
)
def test_sampling_as_it_goes_over_the_wire(name: str, sent: dict[str, Any], ask: Ask) -> None:
    with FakeProvider("Ada: Oh.") as server:
        ask(open_model(name, base_url=server.url), Request(parts=("Write.",), sampling=Sampling(seed=5)))
        assert sampling_of(server.requests[0]) == sent


def test_servers_that_are_like_openai_get_the_old_name_of_max_tokens(ask: Ask) -> None:
    with FakeProvider("Ada: Oh.") as server:
        ask(open_model("openai:gpt-4o", base_url=server.url), Request(parts=("Write.",)))
        assert "max_tokens" in server.requests[0].json
        assert "max_completion_tokens" not in server.requests[0].json


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("openai:m", "/v1/chat/completions"),
        ("ollama:m", "/v1/chat/completions"),
        ("anthropic:claude-x", "/v1/messages"),
        ("google:gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"),
    ],
)
def test_an_address_may_be_written_with_or_without_its_end(name: str, asked: str, path: str, ask: Ask) -> None:
    with FakeProvider("Ada: Oh.") as server:
        ask(open_model(name, base_url=server.url + path), Request(parts=("Write.",)))
        assert server.requests[0].path == asked


def test_other_paths_are_left_as_they_are(ask: Ask) -> None:
    with FakeProvider("Ada: Oh.") as server:
        ask(open_model("openai:m", base_url=f"{server.url}/api/openai"), Request(parts=("Write.",)))
        assert server.requests[0].path == "/api/openai/chat/completions"


def test_names_and_hosts() -> None:
    model = open_model("openai:qwen", base_url="http://127.0.0.1:8000")
    assert (model.name, model.host) == ("openai:qwen@127.0.0.1:8000", None)
    assert open_model("ollama:llava").host is None
    assert open_model("ollama:llava").name == "ollama:llava"
    there = open_model("openai:qwen", base_url="https://gpu.example")
    assert (there.name, there.host) == ("openai:qwen@gpu.example", "gpu.example")
    for host in ("localhost:1", "[::1]:1", "127.8.8.8:1"):
        assert open_model("openai:qwen", base_url=f"http://{host}").host is None
    for host in ("localhost.example:1", "192.168.1.5:1", "127.0.0.1.example:1"):
        assert open_model("openai:qwen", base_url=f"http://{host}").host == host


def test_the_providers_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"):
        monkeypatch.setenv(variable, "sk-test-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example")  # what is shown is where it goes
    hosts = {name: open_model(name).host for name in ("openai:gpt-5-mini", "anthropic:claude-x", "google:gemini-x")}
    assert hosts == {
        "openai:gpt-5-mini": "api.openai.com",
        "anthropic:claude-x": "api.anthropic.com",
        "google:gemini-x": "generativelanguage.googleapis.com",
    }
    assert open_model("openrouter:a/b").host == "openrouter.ai"
    assert open_model("openai:gpt-5-mini").context == 400_000
    assert open_model("openai:gpt-5-mini", base_url="https://eu.api.openai.com").name == "openai:gpt-5-mini"


@pytest.mark.parametrize(
    ("where", "host", "name"),
    [
        ("127.0.0.1:11434", None, "ollama:llava@127.0.0.1:11434"),
        ("0.0.0.0", None, "ollama:llava@127.0.0.1:11434"),
        ("http://box.example:8080", "box.example:8080", "ollama:llava@box.example:8080"),
        ("box.example", "box.example:11434", "ollama:llava@box.example:11434"),
    ],
)
def test_ollamas_own_variable_is_followed(
    where: str, host: str | None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", where)
    model = open_model("ollama:llava")
    assert (model.name, model.host) == (name, host)


@pytest.mark.parametrize(
    ("name", "variable", "header"),
    [
        ("openai:m", "OPENAI_API_KEY", "authorization"),
        ("anthropic:claude-x", "ANTHROPIC_API_KEY", "authorization"),
        ("google:gemini-2.5-flash", "GEMINI_API_KEY", "x-goog-api-key"),
        ("openrouter:a/b", "OPENROUTER_API_KEY", "authorization"),
    ],
)
def test_another_server_gets_its_own_key_and_never_the_providers(
    name: str, variable: str, header: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "sk-of-the-provider")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-mine")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "sk-token-of-the-provider")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: secret-of-the-gateway")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Gateway: secret-of-the-gateway")
    with FakeProvider("Ada: Oh.") as server:
        ask(open_model(name, base_url=server.url), Request(parts=("Write.",)))
        monkeypatch.setenv("PHOTOCAST_API_KEY", "sk-of-my-server")
        ask(open_model(name, base_url=server.url), Request(parts=("Write.",)))
        without, with_key = server.requests
    assert header not in without.header
    assert with_key.header[header].removeprefix("Bearer ") == "sk-of-my-server"
    for received in server.requests:
        sent = repr(received.headers) + received.path + received.body.decode()
        assert not [part for part in ("of-the-provider", "org-of-mine", "secret-of-the-gateway") if part in sent]


@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_is_told_about_this_machine(name: str, ask: Ask) -> None:
    with FakeProvider("Ada: Oh.") as server:
        ask(open_model(name, base_url=server.url), Request(parts=("Write.",)))
        (received,) = server.requests
    assert received.header["user-agent"].startswith("photocast/")
    told = repr(received.headers).lower()
    assert not [word for word in ("stainless", "linux", "python", "x86", "pydantic") if word in told]


def test_bytes_are_counted_when_they_leave_this_machine(
    ask: Ask, photos: Photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(parts=("Look.", photos[0]), system="You write.")
    with FakeProvider("Ada: Oh.") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        heard = ask(open_model("openai:m", base_url="http://photos.example"), request)
        (received,) = proxy.requests
    assert received.path == "http://photos.example/v1/chat/completions"
    # what the proxy was told and the server would not be: the host once more, in the first line
    assert heard.ending.bytes_sent == received.total_bytes - len("http://photos.example")


@pytest.mark.parametrize(
    ("name", "url", "host"),
    [
        ("ollama:gpt-oss:120b-cloud", None, "ollama.com"),
        ("ollama:glm-4.6:cloud", None, "ollama.com"),
        ("openai:glm-4.6:cloud", "http://127.0.0.1:11434", "ollama.com"),
        ("ollama:glm-4.6:cloud", "http://box.example:11434", "box.example:11434"),
        ("ollama:qwen3-vl:8b", None, None),
        ("ollama:cloud-vl", None, None),
    ],
)
def test_a_server_here_may_pass_photos_on(name: str, url: str | None, host: str | None) -> None:
    """Ollama runs models of these names elsewhere: what it is sent leaves this machine after all."""
    model = open_model(name, base_url=url)
    assert model.host == host
    price = price_of(model)
    assert (price is None) == (host is not None)  # nobody knows what it costs there
    by_name = price_of(parse_name(name, base_url=url))
    assert (by_name is None) == (price is None)


@pytest.mark.parametrize("where", ["http://x:abc", "127.0.0.1:99999", "::1", "ftp://x", "http://"])
def test_an_address_of_ollama_that_is_none(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", where)
    with pytest.raises(ModelError, match="Correct OLLAMA_HOST"):
        open_model("ollama:qwen3-vl")
    assert open_model("ollama:qwen3-vl", base_url="http://127.0.0.1").host is None


def test_bytes_for_a_server_that_passes_them_on_are_counted(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeProvider("Ada: Oh.") as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        heard = ask(open_model("ollama:glm-4.6:cloud"), Request(parts=("Write.",)))
        assert heard.ending.bytes_sent == server.requests[0].total_bytes


def test_openrouter_wants_the_maker_before_the_model() -> None:
    with pytest.raises(ModelError, match="with its maker before it") as failed:
        open_model("openrouter:gpt-5-mini")
    assert (failed.value.fault, failed.value.exit_code) == (Fault.UNKNOWN_MODEL, 3)


@pytest.mark.parametrize("name", ["openai:m", "anthropic:m", "google:m", "ollama:m", "openrouter:a/m"])
def test_what_stays_on_this_machine_goes_to_no_proxy(name: str, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeProvider("Ada: Oh.") as server, FakeProvider("Ada: Overheard.") as proxy:
        for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(variable, proxy.url)
        model = open_model(name, base_url=server.url)
        assert model.host is None
        assert ask(model, Request(parts=("Write.",))).text == "Ada: Oh."
        assert (len(server.requests), proxy.requests) == (1, [])


def test_failed_attempts_tell_what_they_sent(ask: Ask, photos: Photos, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(parts=("Look.", photos[0]))
    with FakeProvider("Ada: Oh.") as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        model = open_model("openai:m", base_url="http://photos.example")
        proxy.queue(Fail("overloaded"), Drop())
        for _ in range(2):
            with pytest.raises(ModelError) as failed:
                ask(model, request)
            assert failed.value.bytes_sent == proxy.requests[-1].total_bytes - len("http://photos.example")
        heard = ask(model, request)
    assert heard.ending.bytes_sent == proxy.requests[-1].total_bytes - len("http://photos.example")


def test_what_stays_on_this_machine_is_not_counted(ask: Ask, photos: Photos) -> None:
    with FakeProvider("Ada: Oh.") as server:
        heard = ask(open_model("openai:m", base_url=server.url), Request(parts=("Look.", photos[0])))
    assert heard.ending.bytes_sent == 0


@pytest.mark.parametrize("name", ["openai:m", "anthropic:claude-haiku-4-5"])
def test_many_may_ask_at_once(name: str, photos: Photos) -> None:
    async def together(model: VisionModel) -> list[str]:
        async def one(number: int) -> str:
            pieces = [piece async for piece in model.stream(Request(parts=(f"number {number}", *photos)))]
            return "".join(piece for piece in pieces if isinstance(piece, str))

        return await asyncio.gather(*(one(number) for number in range(8)))

    with FakeProvider(lambda received: f"Ada: {received.asked.parts[0]!s}.") as server:
        said = asyncio.run(together(open_model(name, base_url=server.url)))
    assert said == [f"Ada: number {number}." for number in range(8)]


def test_who_stops_listening_hangs_up() -> None:
    async def first_piece(model: VisionModel) -> str | Ending:
        async with aclosing(model.stream(Request(parts=("Write.",)))) as answer:  # type: ignore[type-var]
            return await anext(answer)

    with FakeProvider(Say("Ada: Look at that.", piece=4, silent_after=3)) as server:
        assert asyncio.run(first_piece(open_model("openai:m", base_url=server.url))) == "Ada:"
        assert server.charges == 1


def test_a_cancelled_call_ends_at_once() -> None:
    async def cancelled(model: VisionModel) -> None:
        heard = asyncio.Event()

        async def listen() -> None:
            async for _ in model.stream(Request(parts=("Write.",))):
                heard.set()

        task = asyncio.create_task(listen())
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with FakeProvider(Say("Ada: Look at that.", piece=4, silent_after=3)) as server:
        asyncio.run(cancelled(open_model("openai:m", base_url=server.url)))


@pytest.mark.parametrize(
    "deltas",
    [
        ({"reasoning": "They want"}, {"reasoning": " a dialogue."}, {"content": "Ada: Oh."}),
        (
            {"content": "<think>"},
            {"content": "They want a dialogue."},
            {"content": "</think>"},
            {"content": "Ada: Oh."},
        ),
    ],
)
def test_what_the_model_thinks_is_not_part_of_the_answer(deltas: tuple[dict[str, str], ...], ask: Ask) -> None:
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    body = "".join(f"data: {json.dumps({**head, 'choices': [choice]})}\n\n" for choice in choices)
    with FakeProvider(Raw(body.encode())) as server:
        assert ask(open_model("ollama:qwen3-vl", base_url=server.url), Request(parts=("Write.",))).text == "Ada: Oh."


def test_the_raw_rest_can_be_kept_in_a_journal(ask: Ask) -> None:
    with FakeProvider("Ada: Oh.") as server:
        raw = ask(open_model("openai:m", base_url=server.url), Request(parts=("Write.",))).ending.raw
    assert json.loads(json.dumps(raw))["id"] == "chatcmpl-fake"


def test_options_are_understood(ask: Ask) -> None:
    model = open_model("openai:m?context=8192&structured=no&timeout=5", base_url="http://127.0.0.1:1")
    assert (model.context, model.structured) == (8192, False)
    assert open_model("openrouter:a/b?structured=yes", base_url="http://127.0.0.1:1").structured


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("timout=5", "timeout="),
        ("colour=red", "timeout, thinking, context, structured"),
        ("timeout=soon", "timeout=soon"),
        ("timeout=0", "timeout=0"),
        ("thinking=hard", "off, minimal, low, medium, high"),
        ("structured=1", "structured=yes"),
    ],
)
def test_options_that_do_not_exist_are_told(options: str, told: str) -> None:
    with pytest.raises(ModelError) as refused:
        open_model(f"ollama:llava?{options}")
    assert told in str(refused.value)
    assert (refused.value.fault, refused.value.exit_code) == (Fault.UNKNOWN_MODEL, 3)


@pytest.mark.parametrize("url", ["gpu.example:8000", "ftp://gpu.example", "http://", "http://me:secret@gpu.example"])
def test_addresses_that_cannot_be_meant_are_told_and_not_repeated(url: str) -> None:
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:8000") as refused:
        open_model("openai:m", base_url=url)
    assert "secret" not in str(refused.value)


def test_a_local_run_asks_nobody_elsewhere(ask: Ask, photos: Photos) -> None:
    with FakeProvider("Ada: Oh.") as server, local_only():
        assert ask(open_model("openai:m", base_url=server.url), Request(parts=("Write.",))).text == "Ada: Oh."
    with pytest.raises(LocalOnlyError, match=r"192\.0\.2\.1"), local_only():
        ask(open_model("openai:m", base_url="http://192.0.2.1"), Request(parts=(photos[0],)))


@pytest.mark.parametrize("package", ["pydantic_ai", "openai"])
def test_a_package_that_is_missing_is_named_with_what_brings_it(package: str) -> None:
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from photocast.models.names import open_model\n"
        "try: open_model('ollama:llava')\n"
        "except Exception as error: print(error.fault, error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("not_installed ")
    assert "pip install 'photocast[remote]'" in told


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "gopher://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy.replace("//", "//me:secret@"))
    with pytest.raises(ModelError, match="ALL_PROXY") as failed:
        ask(open_model("openai:m", base_url="http://photos.example"), Request(parts=("Write.",)))
    assert "secret" not in str(failed.value)


def at_home(name: str, server: FakeProvider) -> RemoteModel:
    """The model as if the provider itself were on loopback."""
    spec = parse_name(name)
    address = Address(server.url + SERVICES[spec.provider].path, "loopback", here=False, own=True)
    return RemoteModel(spec, Options(), address, "sk-test-0123456789")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("openai:gpt-4o", {**PAPER, "seed": 0}),
        ("openai:gpt-5-mini", {"max_tokens": 2048, "seed": 0, "reasoning_effort": "minimal"}),
        ("openai:gpt-6-sol?", {"max_tokens": 2048, "seed": 0, "reasoning_effort": "low"}),
    ],
)
def test_openai_itself(name: str, sent: dict[str, Any], ask: Ask) -> None:
    with FakeProvider("Ada: Oh.", key="sk-test-0123456789") as server:
        model = at_home(name, server)
        assert ask(model, Request(parts=("Write.",))).text == "Ada: Oh."
        (received,) = server.requests
    assert model.name == name.rstrip("?")
    assert sampling_of(received) == sent
    assert "max_completion_tokens" in received.json
    assert "max_tokens" not in received.json


@pytest.mark.parametrize("name", ["openai:gpt-5-minni", "anthropic:claude-haiku-45", "google:gemini-2.5-flsh"])
def test_a_name_that_was_mistyped_comes_back_with_the_one_that_was_meant(name: str, ask: Ask) -> None:
    with FakeProvider(Fail("unknown_model")) as server, pytest.raises(ModelError) as failed:
        ask(at_home(name, server), Request(parts=("Write.",)))
    assert failed.value.fault is Fault.UNKNOWN_MODEL
    assert failed.value.do.startswith(f"Try {name.partition(':')[0]}:")


@pytest.mark.parametrize("text", [ONE_GIANT_TURN, ENDLESS, WRONG_LANGUAGE, NO_LABELS], ids=range(4))
def test_bad_days_pass_through_whole(text: str, ask: Ask) -> None:
    with FakeProvider(Say(text, piece=400)) as server:
        assert ask(open_model("openai:m", base_url=server.url), Request(parts=("Write.",))).text == text


def test_opening_a_model_by_name_loads_no_client_before_it_is_needed() -> None:
    code = (
        "import sys, photocast.models.remote, photocast.models.keys, photocast.models.prices;"
        "print(*[name for name in sys.modules if name in "
        "{'pydantic_ai', 'httpx', 'httpx2', 'openai', 'anthropic', 'boto3', 'keyring', 'genai_prices', 'ssl'}])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert loaded.stdout.split() in ([], ["ssl"])
