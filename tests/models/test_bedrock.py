"""Amazon Bedrock: its credentials, its region, and its own form of a stream, from a server on loopback."""

import asyncio
import base64
import binascii
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest

from photocast.models import Finish, Image, Request, Usage, VisionModel
from photocast.models.names import open_model
from photocast.schema import Fault, ModelError
from photocast.testing import Drop, FakeProvider, Hang, Raw

Ask = Callable[[VisionModel, Request], Any]
NAME = "bedrock:us.anthropic.claude-haiku-4-5-20251001-v1:0"


@pytest.fixture(autouse=True)
def region(no_keys: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def message(kind: str, content: dict[str, Any]) -> bytes:
    """An event of `application/vnd.amazon.eventstream`."""
    heads = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in heads.items()
    )
    payload = json.dumps(content).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    framed = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return framed + struct.pack(">I", binascii.crc32(framed))


def stream(*texts: str, stop: str | None = "end_turn") -> Raw:
    events = [message("messageStart", {"role": "assistant"})]
    events += [message("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}) for text in texts]
    if stop:
        events += [message("contentBlockStop", {"contentBlockIndex": 0}), message("messageStop", {"stopReason": stop})]
        usage = {"inputTokens": 321, "outputTokens": 12, "totalTokens": 333}
        events.append(message("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}))
    return Raw(b"".join(events), "application/vnd.amazon.eventstream")


def test_words_and_photos_go_out_in_order_and_the_answer_comes_back(ask: Ask, photos: tuple[Image, Image]) -> None:
    request = Request(parts=("First:", photos[0], "Write."), system="You write.")
    with FakeProvider() as server:
        server.queue(stream("Ada: Look", " at that."))
        heard = ask(open_model(NAME, base_url=server.url), request)
        (received,) = server.requests
    assert heard.pieces == ["Ada: Look", " at that."]
    assert (heard.ending.finish, heard.ending.usage) == (Finish.DONE, Usage(321, 12))
    first, photo, last = received.json["messages"][0]["content"]
    assert (first, last) == ({"text": "First:"}, {"text": "Write."})
    assert base64.b64decode(photo["image"]["source"]["bytes"]) == photos[0].path.read_bytes()
    assert received.json["system"] == [{"text": "You write."}]
    assert received.json["inferenceConfig"] == {"maxTokens": 2048, "temperature": 0.7}
    assert received.path.endswith("/converse-stream")


def test_amazons_credentials_go_to_amazon_alone(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE0123456789")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-secret-0123456789")
    with FakeProvider() as server:
        server.queue(stream("Ada: Oh."))
        ask(open_model(NAME, base_url=server.url), Request(parts=("Write.",)))
        (received,) = server.requests
    assert "authorization" not in received.header
    assert "AKIAEXAMPLE" not in repr(received)


@pytest.mark.parametrize(
    ("stop", "finish"),
    [("max_tokens", Finish.LENGTH), ("guardrail_intervened", Finish.FILTERED), ("content_filtered", Finish.FILTERED)],
)
def test_how_answers_end(stop: str, finish: Finish, ask: Ask) -> None:
    with FakeProvider() as server:
        server.queue(stream("Ada: And th", stop=stop))
        heard = ask(open_model(NAME, base_url=server.url), Request(parts=("Write.",)))
    assert (heard.text, heard.ending.finish, heard.ending.detail) == ("Ada: And th", finish, stop)


def test_an_answer_that_breaks_off_is_kept(ask: Ask) -> None:
    with FakeProvider() as server:
        server.queue(stream("Ada: And th", stop=None))
        heard = ask(open_model(NAME, base_url=server.url), Request(parts=("Write.",)))
    assert (heard.text, heard.ending.finish) == ("Ada: And th", Finish.CUT)


@pytest.mark.parametrize(
    ("kind", "told", "status", "fault"),
    [
        ("AccessDeniedException", "You don't have access to the model", 403, Fault.WRONG_KEY),
        ("ThrottlingException", "Too many requests", 429, Fault.RATE_LIMITED),
        ("ServiceQuotaExceededException", "Your quota is used up", 400, Fault.QUOTA),
        ("ValidationException", "The provided model identifier is invalid.", 400, Fault.UNKNOWN_MODEL),
        ("ValidationException", "Input is too long for requested model.", 400, Fault.TOO_LONG),
        ("ValidationException", "This model doesn't support the image content block", 400, Fault.NO_IMAGES),
        ("ValidationException", "temperature is wrong", 400, Fault.REJECTED),
        ("ServiceUnavailableException", "Try later", 503, Fault.SERVER_ERROR),
        ("InternalServerException", "Oops", 500, Fault.SERVER_ERROR),
    ],
)
def test_what_bedrock_says_becomes_a_fault(
    kind: str,
    told: str,
    status: int,
    fault: Fault,
    ask: Ask,
    photos: tuple[Image, Image],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = json.dumps({"__type": kind, "message": told}).encode()
    with FakeProvider() as server:
        server.queue(Raw(body, "application/json", status))
        with pytest.raises(ModelError) as failed:
            ask(open_model(NAME, base_url=server.url), Request(parts=("Write.", photos[0])))
        assert len(server.requests) == 1
    if fault is Fault.WRONG_KEY:
        fault = Fault.NO_KEY  # none was sent
    assert failed.value.fault is fault
    assert failed.value.__context__ is None


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (Drop(), Fault.UNREACHABLE),
        (Hang(), Fault.TIMED_OUT),
        (Raw(b"<html>", "text/html"), Fault.BAD_ANSWER),
        (Raw(b"\x00\x00\x00 not a stream of events", "application/vnd.amazon.eventstream"), Fault.BAD_ANSWER),
    ],
)
def test_what_goes_wrong_on_the_way(behaviour: Any, fault: Fault, ask: Ask) -> None:
    with FakeProvider() as server:
        server.queue(behaviour)
        with pytest.raises(ModelError) as failed:
            ask(open_model(f"{NAME}?timeout=0.3", base_url=server.url), Request(parts=("Write.",)))
    assert (failed.value.fault, failed.value.retryable) == (fault, True)


def test_nobody_listens(ask: Ask) -> None:
    with FakeProvider() as server:
        url = server.url
    with pytest.raises(ModelError, match="nothing answers at 127"):
        ask(open_model(NAME, base_url=url), Request(parts=("Write.",)))


def test_bytes_are_counted_when_they_leave_this_machine(
    ask: Ask, photos: tuple[Image, Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeProvider() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        proxy.queue(stream("Ada: Oh."))
        heard = ask(open_model(NAME, base_url="http://photos.example"), Request(parts=("Look.", photos[0])))
        (received,) = proxy.requests
    assert len(received.body) < heard.ending.bytes_sent <= received.total_bytes


def test_what_stays_on_this_machine_goes_to_no_proxy(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeProvider() as server, FakeProvider() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        server.queue(stream("Ada: Oh."))
        assert ask(open_model(NAME, base_url=server.url), Request(parts=("Write.",))).text == "Ada: Oh."
        assert proxy.requests == []


def test_without_credentials_amazon_is_not_asked(ask: Ask) -> None:
    model = open_model(NAME)
    assert (model.name, model.host) == (NAME, "bedrock-runtime.eu-west-1.amazonaws.com")
    assert model.structured
    with pytest.raises(ModelError, match="aws configure") as failed:
        ask(model, Request(parts=("Write.",)))
    assert (failed.value.fault, failed.value.exit_code) == (Fault.NO_KEY, 3)


def test_without_a_region_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(ModelError, match="AWS_DEFAULT_REGION") as failed:
        open_model(NAME)
    assert failed.value.exit_code == 3


def test_who_stops_listening_hangs_up() -> None:
    async def first(model: VisionModel) -> Any:
        async for piece in model.stream(Request(parts=("Write.",))):
            return piece

    with FakeProvider() as server:
        server.queue(stream("Ada: ", "Oh."))
        assert asyncio.run(first(open_model(NAME, base_url=server.url))) == "Ada: "
