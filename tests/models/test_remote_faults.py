"""Everything that can go wrong with a remote model, what becomes of it, and that no key is ever shown."""

import datetime
import ipaddress
import logging
import pickle
import re
import socket
import ssl
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Ending, Finish, Image, Request, Usage, VisionModel
from photocast.models.names import open_model
from photocast.models.remote.address import Address
from photocast.models.remote.faults import Call, fault_of
from photocast.schema import Fault, ModelError
from photocast.testing import Behaviour, Drop, Fail, FakeProvider, Hang, Raw, Say
from photocast.testing.behaviours import Trouble

pytestmark = pytest.mark.usefixtures("no_keys")

Ask = Callable[[VisionModel, Request], Any]
KEY = "sk-test-0123456789abcdef"
PROVIDERS = [
    "openai:qwen3-vl-8b",
    "anthropic:claude-haiku-4-5",
    "google:gemini-2.5-flash",
    "openrouter:qwen/qwen3-vl-8b-instruct",
    "ollama:qwen3-vl:8b",
]
SOON = "?timeout=0.3"
"""For behaviours that are silent on purpose."""


@pytest.fixture
def request_with_photo(photos: tuple[Image, Image]) -> Request:
    return Request(parts=("Look:", photos[0], "Write."), system="You write.")


@pytest.fixture
def fails(
    ask: Ask, request_with_photo: Request, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Callable[..., ModelError]:
    """The failure of a call to a server that behaves like this; it is searched for the key in every corner."""
    monkeypatch.setenv("PHOTOCAST_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)

    def fail(name: str, behaviour: Behaviour) -> ModelError:
        with FakeProvider(behaviour) as server:
            model = open_model(name, base_url=server.url)
            with pytest.raises(ModelError) as failed:
                ask(model, request_with_photo)
            assert len(server.requests) == 1  # whoever calls decides about a second attempt
        error = failed.value
        assert error.__cause__ is None
        assert error.__context__ is None
        shown = [*traceback.format_exception(error), repr(error), repr(model), caplog.text, repr(error.args)]
        assert not [text for text in shown if KEY in text]
        assert all(error.what and error.why and error.do and not part.endswith(".") for part in (error.what, error.why))
        return error

    return fail


TABLE: list[tuple[Trouble, Fault, bool, str]] = [
    ("wrong_key", Fault.WRONG_KEY, False, "PHOTOCAST_API_KEY"),
    ("key_repeated", Fault.WRONG_KEY, False, r"\[key\]"),
    ("unknown_model", Fault.UNKNOWN_MODEL, False, "has no model"),
    ("no_money", Fault.QUOTA, False, "no credit left"),
    ("payment_required", Fault.QUOTA, False, "no credit left"),
    ("rate_limited", Fault.RATE_LIMITED, True, "fewer requests"),
    ("server_error", Fault.SERVER_ERROR, True, "could not answer"),
    ("unavailable", Fault.SERVER_ERROR, True, "could not answer"),
    ("overloaded", Fault.SERVER_ERROR, True, "verloaded"),
    ("too_long", Fault.TOO_LONG, False, "fewer photos"),
    ("too_large", Fault.TOO_LONG, False, "fewer photos"),
    ("no_images", Fault.NO_IMAGES, False, "cannot look at photos"),
    ("rejected", Fault.REJECTED, False, "does not take this request"),
]


@pytest.mark.parametrize(("trouble", "fault", "retryable", "told"), TABLE, ids=[row[0] for row in TABLE])
@pytest.mark.parametrize("name", PROVIDERS)
def test_what_a_provider_says_becomes_a_fault(
    name: str, trouble: Trouble, fault: Fault, retryable: bool, told: str, fails: Any
) -> None:
    error = fails(name, Fail(trouble))
    assert (error.fault, error.retryable) == (fault, retryable)
    assert re.search(told, str(error))


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_time_to_wait_is_passed_on(name: str, fails: Any) -> None:
    assert fails(name, Fail("rate_limited", retry_after=7)).retry_after == 7
    error = fails(name, Fail("unavailable", retry_after=3))
    assert error.retry_after == 3
    assert pickle.loads(pickle.dumps(error)).retry_after == 3


def test_google_tells_the_time_to_wait_in_the_answer(fails: Any) -> None:
    assert fails("google:gemini-2.5-flash", Fail("rate_limited")).retry_after == 14


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_limit_that_passes(name: str, ask: Ask, request_with_photo: Request) -> None:
    with FakeProvider("Ada: Oh.") as server:
        server.queue(*(Fail("rate_limited", retry_after=1) for _ in range(3)))
        model = open_model(name, base_url=server.url)
        for _ in range(3):
            with pytest.raises(ModelError, match="fewer requests"):
                ask(model, request_with_photo)
        assert ask(model, request_with_photo).text == "Ada: Oh."
        assert server.charges == 1


BROKEN = {
    "html": Raw(b"<html><body>Sign in to the Wi-Fi</body></html>", "text/html"),
    "no_json": Raw(b"data: {not json}\n\n"),
    "list": Raw(b'data: ["a", "b"]\n\n'),
    "other_form": Raw(b'data: {"choices": "x", "type": 7, "candidates": 3}\n\n'),
    "nothing": Raw(b""),
    "no_stream": Raw(b'{"ok": true}', "application/json"),
    "no_text": Raw(b"data: \xff\xfe\xfa\n\n"),
    "moved": Raw(b"", "text/html", 301),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", PROVIDERS)
def test_an_answer_that_is_none(name: str, broken: str, fails: Any) -> None:
    error = fails(name, BROKEN[broken])
    assert (error.fault, error.retryable) == (Fault.BAD_ANSWER, True)


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_error_page_of_something_between(name: str, fails: Any) -> None:
    error = fails(name, Raw(b"<html><title>502 Bad Gateway</title></html>", "text/html", 502))
    assert (error.fault, error.retryable) == (Fault.SERVER_ERROR, True)
    assert "<" not in str(error)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_connection_that_breaks_before_the_first_word(name: str, fails: Any) -> None:
    for behaviour in (Drop(), Say("Ada: Oh.", cut_after=20)):
        error = fails(name, behaviour)
        assert (error.fault, error.retryable) == (Fault.UNREACHABLE, True)


@pytest.mark.parametrize("name", PROVIDERS)
def test_silence_before_the_first_word(name: str, fails: Any) -> None:
    error = fails(name + SOON, Hang())
    assert (error.fault, error.retryable) == (Fault.TIMED_OUT, True)
    assert "0.3 seconds" in error.why
    assert f"{name}?timeout=0.6" in error.do


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    "behaviour",
    [
        Say("Ada: Look at that, Leo.", piece=4, cut_after=1200),
        Say("Ada: Look at that, Leo.", piece=4, silent_after=5),
        Say("Ada: Look at that, Leo.", piece=4, finish=None),
        Say("Ada: Look at that, Leo.", piece=4, then=Fail("overloaded")),
    ],
    ids=["cut", "silent", "unfinished", "overloaded"],
)
def test_what_was_said_before_it_broke_off_is_kept(
    name: str, behaviour: Say, ask: Ask, request_with_photo: Request
) -> None:
    with FakeProvider(behaviour) as server:
        heard = ask(open_model(name + SOON, base_url=server.url), request_with_photo)
    assert "Ada: Look at that, Leo.".startswith(heard.text)
    assert heard.text
    assert heard.ending.finish is Finish.CUT
    assert heard.ending.usage.output_tokens is None  # what was written, and paid, nobody has told


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_slow_answer_is_waited_for(name: str, ask: Ask, request_with_photo: Request) -> None:
    with FakeProvider(Say("Ada: Look at that, Leo.", piece=8, pause=0.02)) as server:
        assert ask(open_model(name, base_url=server.url), request_with_photo).text == "Ada: Look at that, Leo."


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("behaviour", "finish", "text"),
    [
        (Say(""), Finish.DONE, ""),
        (Say("Ada: And th", finish="length"), Finish.LENGTH, "Ada: And th"),
        (Say("Ada: And th", finish="content_filter"), Finish.FILTERED, "Ada: And th"),
        (Say("", finish="content_filter"), Finish.FILTERED, ""),
    ],
    ids=["empty", "length", "filtered", "filtered_at_once"],
)
def test_answers_that_are_results_and_not_failures(
    name: str, behaviour: Say, finish: Finish, text: str, ask: Ask, request_with_photo: Request
) -> None:
    with FakeProvider(behaviour) as server:
        heard = ask(open_model(name, base_url=server.url), request_with_photo)
    if name.startswith("anthropic:") and finish is Finish.FILTERED:
        finish = Finish.REFUSED  # Anthropic has one word for both
    assert (heard.text, heard.ending.finish) == (text, finish)
    assert heard.ending.usage.input_tokens


@pytest.mark.parametrize(("name", "word"), [("openai:m", "I'm sorry, no"), ("anthropic:claude-haiku-4-5", "refusal")])
def test_a_refusal_is_told_in_the_words_of_the_model(name: str, word: str, ask: Ask) -> None:
    with FakeProvider(Say("I'm sorry, no", finish="refusal")) as server:
        ending = ask(open_model(name, base_url=server.url), Request(parts=("Write.",))).ending
    assert (ending.finish, ending.detail) == (Finish.REFUSED, word)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        (
            "openai:m",
            b'{"error": {"message": "Rejected by our content policy", "code": "content_policy_violation"}}',
            400,
        ),
        (
            "openrouter:a/b",
            b'{"error": {"message": "Input flagged", "code": 403, "metadata": {"reasons": ["x"]}}}',
            403,
        ),
        (
            "anthropic:claude-haiku-4-5",
            b'{"type": "error", "error": {"type": "invalid_request_error", "message": "Output blocked by content '
            b'filtering policy"}}',
            400,
        ),
    ],
)
def test_a_question_that_a_filter_turns_away(name: str, body: bytes, status: int, ask: Ask) -> None:
    with FakeProvider(Raw(body, "application/json", status)) as server:
        ending = ask(open_model(name, base_url=server.url), Request(parts=("Write.",))).ending
    assert ending.finish is Finish.FILTERED
    assert ending.detail


def test_google_blocks_a_question(ask: Ask) -> None:
    body = (
        b'data: {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}\n\n'
    )
    with FakeProvider(Raw(body)) as server:
        ending = ask(open_model("google:gemini-2.5-flash", base_url=server.url), Request(parts=("Write.",))).ending
    assert (ending.finish, ending.detail, ending.usage.input_tokens) == (Finish.FILTERED, "PROHIBITED_CONTENT", 9)


@pytest.mark.parametrize(
    ("told", "status", "fault"),
    [
        # the words of servers that people run at home
        (
            "Error in input stream: image input is not supported - hint: you may need to provide the mmproj",
            500,
            "no_images",
        ),
        ("qwen3-8b is not a multimodal model", 400, "no_images"),
        ("At most 0 image(s) may be provided in one prompt.", 400, "no_images"),
        ("No endpoints found that support image input", 404, "no_images"),
        ("At most 4 image(s) may be provided in one prompt.", 400, "too_long"),
        ("the request exceeds the available context size, try increasing it", 400, "too_long"),
        ("The model's context length is only 4096 tokens", 400, "too_long"),
        ("model 'llava' not found", 404, "unknown_model"),
        ("This model only supports text input", 400, "no_images"),
        ("temperature must be below 2", 400, "rejected"),
        ("The image data is not valid base64", 400, "rejected"),
        ("max_tokens exceeds the maximum of 8192 for this model", 400, "rejected"),
        ("", 400, "rejected"),
    ],
)
def test_words_of_other_servers(told: str, status: int, fault: str, fails: Any) -> None:
    body = f'{{"error": {{"message": "{told}"}}}}'.encode()
    error = fails("openai:m", Raw(body, "application/json", status))
    assert error.fault == fault
    assert not told or told.rstrip(".")[:40] in error.why


def test_what_to_do_about_a_model_that_is_not_there(fails: Any) -> None:
    assert fails("ollama:qwen3-vl:8b", Fail("unknown_model")).do == "Run: ollama pull qwen3-vl:8b"
    assert "/v1/models" in fails("openai:m", Fail("unknown_model")).do


def test_long_complaints_are_cut_and_masked_keys_hidden(fails: Any) -> None:
    told = "Incorrect API key provided: sk-pr*****************xyzA. " + "See the guide. " * 80
    error = fails("openai:m", Raw(f'{{"error": {{"message": "{told}"}}}}'.encode(), "application/json", 401))
    assert len(error.why) < 260
    assert "sk-pr" not in error.why
    assert "Incorrect API key provided" in error.why


def test_a_server_that_wants_a_key_and_got_none(ask: Ask) -> None:
    with FakeProvider(key="sk-mine") as server, pytest.raises(ModelError) as failed:
        ask(open_model("openai:m", base_url=server.url), Request(parts=("Write.",)))
    assert failed.value.fault is Fault.NO_KEY
    assert "PHOTOCAST_API_KEY" in failed.value.do


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai:gpt-5-mini", "OPENAI_API_KEY"),
        ("anthropic:claude-haiku-4-5", "ANTHROPIC_API_KEY"),
        ("google:gemini-2.5-flash", "GOOGLE_API_KEY"),
        ("openrouter:a/b", "OPENROUTER_API_KEY"),
    ],
)
def test_without_a_key_a_provider_is_not_even_opened(name: str, variable: str) -> None:
    with pytest.raises(ModelError, match=f"{variable}.*keyring set photocast.*keys.toml") as failed:
        open_model(name)
    assert (failed.value.fault, failed.value.exit_code) == (Fault.NO_KEY, 3)


def test_a_key_with_a_line_end_is_tidied_and_a_strange_one_refused(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_API_KEY", f" {KEY}\r\n")
    with FakeProvider("Ada: Oh.", key=KEY) as server:
        assert ask(open_model("openai:m", base_url=server.url), Request(parts=("Write.",))).text == "Ada: Oh."
        monkeypatch.setenv("PHOTOCAST_API_KEY", "sk-dash\u2011key")
        with pytest.raises(ModelError, match="character 8"):
            open_model("openai:m", base_url=server.url)


@pytest.mark.parametrize("name", PROVIDERS)
def test_nobody_listens(name: str, ask: Ask, request_with_photo: Request) -> None:
    with FakeProvider() as server:
        url = server.url
    with pytest.raises(ModelError, match="nothing answers at 127") as failed:
        ask(open_model(name, base_url=url), request_with_photo)
    assert (failed.value.fault, failed.value.retryable) == (Fault.UNREACHABLE, True)
    if name.startswith("ollama:"):
        assert "ollama serve" in failed.value.do


def test_an_encrypted_connection_to_a_server_that_has_none(ask: Ask) -> None:
    with FakeProvider() as server, pytest.raises(ModelError, match="https://") as failed:
        ask(open_model("openai:m", base_url=server.url.replace("http:", "https:")), Request(parts=("Write.",)))
    assert failed.value.fault is Fault.UNREACHABLE


def test_a_certificate_that_nobody_vouches_for(ask: Ask, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def greet() -> None:
            connection, _ = listening.accept()
            with connection, pytest.raises(OSError, match=r"(?i)alert|reset|eof"):
                context.wrap_socket(connection, server_side=True)

        server = threading.Thread(target=greet)
        server.start()
        with pytest.raises(ModelError, match=r"certificate.*SSL_CERT_FILE") as failed:
            ask(open_model("openai:m", base_url=f"https://127.0.0.1:{port}"), Request(parts=("Write.",)))
        server.join()
    assert failed.value.fault is Fault.UNREACHABLE


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "photocast test")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = builder.add_extension(here, critical=False).sign(key, hashes.SHA256())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(key.private_bytes(*plain) + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_name_that_nobody_knows_is_told() -> None:
    from pydantic_ai.exceptions import ModelConnectionError

    address = Address("https://gpu.example/v1", "gpu.example", here=False, own=False)
    call = Call(provider="openai", model="m", address=address, keyed=False, images=0, timeout=60)
    error = ModelConnectionError("m", "Connection error.", phase="connect")
    error.__cause__ = socket.gaierror(-2, "Name or service not known")
    fault = fault_of(error, call)
    assert isinstance(fault, ModelError)
    assert (fault.fault, fault.retryable) == (Fault.UNREACHABLE, True)
    assert "gpu.example" in str(fault)


def test_usage_that_nobody_tells_is_none(ask: Ask) -> None:
    choice = b'{"index": 0, "delta": {"content": "Oh."}, "finish_reason": "stop"}'
    chunk = b'data: {"id": "1", "model": "m", "choices": [%b]}\n\n' % choice
    with FakeProvider(Raw(chunk + b"data: [DONE]\n\n")) as server:
        heard = ask(open_model("openai:m", base_url=server.url), Request(parts=("Write.",)))
    assert (heard.text, heard.ending.finish, heard.ending.usage) == ("Oh.", Finish.DONE, Usage())
    assert isinstance(heard.ending, Ending)
