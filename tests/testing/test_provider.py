"""The fake provider, spoken to over a plain connection: what it sends is what the real ones send."""

import base64
import json
import os
import subprocess
import sys
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest

import photocast.testing
from photocast.schema import parse_transcript
from photocast.testing import Behaviour, Drop, Fail, FakeProvider, Hang, Raw, Received, Say

PICTURE = b"\xff\xd8 not really a photo"
QUESTION: dict[str, Any] = {
    "model": "any",
    "messages": [
        {"role": "system", "content": "You write."},
        {"role": "user", "content": [{"type": "text", "text": "About 60 words by Ada and Leo."}]},
    ],
}


def connection(server: FakeProvider) -> HTTPConnection:
    return HTTPConnection(urlsplit(server.url).netloc, timeout=20)


def post(server: FakeProvider, path: str, question: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    line = connection(server)
    try:
        line.request("POST", path, json.dumps(question), {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def events(server: FakeProvider, path: str, question: dict[str, Any]) -> list[dict[str, Any]]:
    line = connection(server)
    try:
        line.request("POST", path, json.dumps(question), {"Content-Type": "application/json"})
        answer = line.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
        told = [row.removeprefix(b"data: ") for row in answer.read().splitlines() if row.startswith(b"data: ")]
        return [json.loads(data) for data in told if data != b"[DONE]"]
    finally:
        line.close()


def test_a_stream_in_the_form_of_openai() -> None:
    with FakeProvider() as server:
        server.queue(Say("Ada: Look at that.", piece=5, usage=(11, 4)))
        asked = {**QUESTION, "stream": True}
        first, *pieces, end, usage = events(server, "/v1/chat/completions", asked)
    assert first["choices"][0]["delta"]["role"] == "assistant"
    assert [one["choices"][0]["delta"]["content"] for one in pieces] == ["Ada: ", "Look ", "at th", "at."]
    assert end["choices"][0]["finish_reason"] == "stop"
    assert (usage["usage"]["prompt_tokens"], usage["usage"]["completion_tokens"]) == (11, 4)


def test_a_stream_in_the_form_of_anthropic() -> None:
    question = {"model": "any", "max_tokens": 9, "stream": True, "messages": [{"role": "user", "content": "Go."}]}
    with FakeProvider() as server:
        server.queue(Say("Ada: Oh", piece=4, finish="length", usage=(3, 9)))
        told = events(server, "/v1/messages", question)
    assert [one["type"] for one in told] == [
        *("message_start", "content_block_start", "content_block_delta", "content_block_delta"),
        *("content_block_stop", "message_delta", "message_stop"),
    ]
    assert "".join(one["delta"]["text"] for one in told[2:4]) == "Ada: Oh"
    assert (told[5]["delta"]["stop_reason"], told[5]["usage"]["output_tokens"]) == ("max_tokens", 9)
    assert told[0]["message"]["usage"]["input_tokens"] == 3


def test_a_stream_in_the_form_of_google() -> None:
    data = base64.urlsafe_b64encode(PICTURE).decode()
    parts = [{"text": "Go."}, {"inlineData": {"mimeType": "image/jpeg", "data": data}}]
    with FakeProvider() as server:
        server.queue(Say("Ada: Oh", piece=4))
        path = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
        told = events(server, path, {"contents": [{"role": "user", "parts": parts}]})
        asked = server.requests[0].asked
    words = [one["candidates"][0]["content"]["parts"][0]["text"] for one in told]
    assert words == ["Ada:", " Oh", ""]
    assert told[-1]["candidates"][0]["finishReason"] == "STOP"
    assert (asked.model, asked.parts, asked.stream) == ("gemini-x", ("Go.", PICTURE), True)


def test_without_a_stream_the_answer_comes_whole() -> None:
    with FakeProvider("Ada: Oh.") as server:
        status, told = post(server, "/v1/chat/completions", QUESTION)
        assert (status, told["choices"][0]["message"]["content"]) == (200, "Ada: Oh.")
        question = {"model": "any", "messages": [{"role": "user", "content": "Go."}]}
        assert post(server, "/v1/messages", question)[1]["content"] == [{"type": "text", "text": "Ada: Oh."}]
        assert server.charges == 2


def test_what_comes_in_is_written_down_to_the_byte() -> None:
    picture = f"data:image/jpeg;base64,{base64.b64encode(PICTURE).decode()}"
    content = [{"type": "text", "text": "One"}, {"type": "image_url", "image_url": {"url": picture}}]
    question = {**QUESTION, "messages": [*QUESTION["messages"], {"role": "user", "content": content}]}
    body = json.dumps(question)
    with FakeProvider("Ada: Oh.") as server:
        post(server, "/v1/chat/completions", question, Authorization="Bearer sk-1")
        (received,) = server.requests
        host = urlsplit(server.url).netloc
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: identity\r\n"
        f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\nAuthorization: Bearer sk-1\r\n\r\n"
    )
    assert (received.body, received.head_bytes) == (body.encode(), len(head))
    assert received.header["authorization"] == "Bearer sk-1"
    assert (received.asked.system, received.asked.images) == ("You write.", [PICTURE])
    assert received.asked.parts == ("About 60 words by Ada and Leo.", "One", PICTURE)


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [("wrong_key", 401, "invalid_api_key"), ("no_money", 429, "insufficient_quota"), ("server_error", 500, None)],
)
def test_errors_have_the_status_and_the_words_of_the_provider(trouble: Any, status: int, code: str | None) -> None:
    with FakeProvider(Fail(trouble)) as server:
        told = post(server, "/v1/chat/completions", QUESTION)
        assert (told[0], told[1]["error"]["code"]) == (status, code)
        assert server.charges == 0


def test_waiting_times_are_sent() -> None:
    with FakeProvider(Fail("rate_limited", retry_after=7)) as server:
        line = connection(server)
        line.request("POST", "/v1/chat/completions", json.dumps(QUESTION))
        answer = line.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        answer.read()
        line.close()


def test_what_is_queued_comes_first_and_in_order() -> None:
    with FakeProvider("the rest") as server:
        server.queue(Fail("overloaded"), "first")
        told = [post(server, "/v1/chat/completions", QUESTION) for _ in range(3)]
    assert [status for status, _ in told] == [503, 200, 200]
    assert [body["choices"][0]["message"]["content"] for _, body in told[1:]] == ["first", "the rest"]


def test_a_function_answers_what_was_asked() -> None:
    def answer(received: Received) -> Behaviour:
        return Raw(b"<html>", "text/html", 502) if received.asked.model == "broken" else received.asked.text

    with FakeProvider(answer) as server:
        status, told = post(server, "/v1/chat/completions", QUESTION)
        assert (status, told["choices"][0]["message"]["content"]) == (200, "You write.\nAbout 60 words by Ada and Leo.")
        line = connection(server)
        line.request("POST", "/v1/chat/completions", json.dumps({**QUESTION, "model": "broken"}))
        broken = line.getresponse()
        assert (broken.status, broken.headers["Content-Type"], broken.read()) == (502, "text/html", b"<html>")
        line.close()


def test_a_cut_stream_ends_in_the_middle_and_is_charged() -> None:
    with FakeProvider(Say("Ada: Look at that.", cut_after=300)) as server:
        line = connection(server)
        line.request("POST", "/v1/chat/completions", json.dumps({**QUESTION, "stream": True}))
        with pytest.raises(IncompleteRead) as cut:
            line.getresponse().read()
        line.close()
        assert (len(cut.value.partial), server.charges) == (300, 1)


def test_a_dropped_question_gets_no_word() -> None:
    with FakeProvider(Drop()) as server:
        line = connection(server)
        line.request("POST", "/v1/chat/completions", json.dumps(QUESTION))
        with pytest.raises(RemoteDisconnected):
            line.getresponse()
        line.close()


def test_leaving_the_block_ends_those_who_still_wait() -> None:
    with FakeProvider() as server:
        server.queue(Hang(), Say("Ada: Look.", piece=5, silent_after=2))
        lines = [connection(server), connection(server)]
        for at, line in enumerate(lines, start=1):
            line.request("POST", "/v1/chat/completions", json.dumps({**QUESTION, "stream": True}))
            while len(server.requests) < at:  # or the second might be the first to be heard
                os.sched_yield()
        silent = lines[1].getresponse()
        assert silent.fp.readline()
    with pytest.raises(ConnectionRefusedError):
        post(server, "/v1/chat/completions", QUESTION)
    for line in lines:
        line.close()
    silent.close()


def test_only_the_right_key_is_taken() -> None:
    with FakeProvider("Ada: Oh.", key="sk-right") as server:
        assert post(server, "/v1/chat/completions", QUESTION, Authorization="Bearer sk-wrong")[0] == 401
        assert post(server, "/v1/chat/completions", QUESTION, Authorization="Bearer sk-right")[0] == 200
        question = {"model": "any", "messages": [{"role": "user", "content": "Go."}]}
        assert post(server, "/v1/messages", question, **{"x-api-key": "sk-right"})[0] == 200


def test_models_are_listed() -> None:
    with FakeProvider(models=("qwen3-vl", "llava")) as server:
        line = connection(server)
        line.request("GET", "/v1/models")
        assert [one["id"] for one in json.loads(line.getresponse().read())["data"]] == ["qwen3-vl", "llava"]
        line.close()


def test_other_addresses_lead_nowhere() -> None:
    with FakeProvider() as server:
        server.queue("Ada: Oh.")
        assert post(server, "/api/generate", QUESTION)[0] == 404
        assert post(server, "/v1/chat/completions", QUESTION)[0] == 200
        server.queue(Raw(b'{"theirs": 1}', "application/json"))
        assert post(server, "/model/x/converse-stream", QUESTION) == (200, {"theirs": 1})


def test_unasked_it_writes_a_conversation_between_the_named() -> None:
    question = {**QUESTION, "messages": [{"role": "user", "content": "Ada: curious\nLeo: warm\nabout 300 words"}]}
    with FakeProvider() as server:
        said = post(server, "/v1/chat/completions", question)[1]["choices"][0]["message"]["content"]
    script = parse_transcript(said)
    assert {turn.speaker for turn in script.turns} == {"Ada", "Leo"}
    assert 250 < sum(len(turn.text.split()) for turn in script.turns) < 400
    texts = [turn.text for turn in script.turns]
    assert len(set(texts)) == len(texts)


def test_unasked_it_fills_a_schema() -> None:
    turn = {"type": "object", "properties": {"speaker": {"enum": ["Ada", "Leo"]}, "text": {"type": "string"}}}
    schema = {
        "type": "object",
        "properties": {"turns": {"type": "array", "items": {"$ref": "#/$defs/turn"}}},
        "$defs": {"turn": turn},
    }
    shape = {"type": "json_schema", "json_schema": {"name": "script", "schema": schema}}
    with FakeProvider() as server:
        said = post(server, "/v1/chat/completions", {**QUESTION, "response_format": shape})[1]
    turns = json.loads(said["choices"][0]["message"]["content"])["turns"]
    assert [one["speaker"] for one in turns[:3]] == ["Ada", "Leo", "Ada"]
    assert all(one["text"] for one in turns)


def test_it_serves_from_the_command_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "photocast.testing.provider"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = HTTPConnection(urlsplit(process.stdout.readline().strip()).netloc, timeout=20)
        line.request("POST", "/v1/chat/completions", json.dumps(QUESTION))
        assert line.getresponse().status == 200
        line.close()
        process.terminate()


@pytest.mark.parametrize("name", photocast.testing.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(photocast.testing, name) is not None


def test_its_names_load_nothing_heavy() -> None:
    code = "import sys; from photocast.testing import FakeProvider, Say; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pydantic", "httpx", "httpx2", "asyncio", "torch"} & set(loaded)
