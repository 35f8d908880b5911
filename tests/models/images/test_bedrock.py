"""Stable Diffusion on Amazon Bedrock, from a server on loopback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Finish, Image, Request, Usage, VisionModel
from photocast.models.images import PictureFolder, open_image_model, picture_request
from photocast.schema import AnswerLost, Fault, ModelError
from photocast.testing import Behaviour, Draw, Drop, Fail, FakeProvider, Hang, Raw

Ask = Callable[[VisionModel, Request], Any]
NAME = "bedrock:stability.sd3-5-large-v1:0"
BOAT = picture_request("a red boat", seed=3)


@pytest.fixture(autouse=True)
def credentials(amazon: None) -> None:
    """None, and a region."""


def test_a_picture_comes_into_the_store_and_is_named(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        model = open_image_model(f"{NAME}?aspect=16:9", store, base_url=server.url)
        heard = ask(model, picture_request("a red boat", negative="fog", seed=3))
        (received,) = server.requests
    assert received.path == "/model/stability.sd3-5-large-v1%3A0/invoke"
    assert received.json == {
        "prompt": "a red boat",
        "negative_prompt": "fog",
        "mode": "text-to-image",
        "aspect_ratio": "16:9",
        "output_format": "png",
        "seed": 3,
    }
    drawn = heard.drawn
    assert (drawn.format, drawn.width, drawn.height, drawn.seed) == ("png", 112, 64, 3)
    assert store.get(drawn.image).startswith(b"\x89PNG")
    assert (heard.ending.finish, heard.ending.usage, heard.ending.bytes_sent) == (Finish.DONE, Usage(0, 0), 0)
    assert model.name == f"{NAME}@{server.url.removeprefix('http://')}?aspect=16:9"


def test_the_seed_that_bedrock_chose_is_kept(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        model = open_image_model(NAME, store, base_url=server.url)
        heard = ask(model, picture_request("a red boat", seed=0))
        again = ask(model, picture_request("a red boat", seed=heard.drawn.seed))
    assert heard.drawn.seed
    assert again.drawn == heard.drawn


def test_words_are_joined_so_that_a_second_try_may_add_some(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        ask(open_image_model(NAME, store, base_url=server.url), Request(("a red boat,", " in the fog ", "")))
        assert server.requests[0].json["prompt"] == "a red boat, in the fog"
        assert "negative_prompt" not in server.requests[0].json


@pytest.mark.parametrize(
    "reason", ["Filter reason: prompt", "Filter reason: output image", "Filter reason: input image"]
)
def test_what_a_filter_keeps_back_is_an_ending(reason: str, ask: Ask, store: PictureFolder) -> None:
    with FakeProvider(Draw(filtered=reason)) as server:
        heard = ask(open_image_model(NAME, store, base_url=server.url), BOAT)
    assert heard.drawn is None
    assert (heard.ending.finish, heard.ending.detail) == (Finish.FILTERED, reason)
    assert heard.ending.usage == Usage()  # nobody says whether that is charged
    assert not store.folder.exists()


@pytest.mark.parametrize(
    ("behaviour", "fault", "retryable"),
    [
        (Draw(filtered="Inference error"), Fault.SERVER_ERROR, True),
        (Fail("rate_limited", retry_after=3), Fault.RATE_LIMITED, True),
        (Fail("overloaded"), Fault.SERVER_ERROR, True),
        (Fail("unavailable"), Fault.SERVER_ERROR, True),
        (Fail("server_error"), Fault.SERVER_ERROR, True),
        (Fail("no_money"), Fault.QUOTA, False),
        (Fail("wrong_key"), Fault.NO_KEY, False),  # none was sent
        (Fail("unknown_model"), Fault.UNKNOWN_MODEL, False),
        (Fail("rejected"), Fault.REJECTED, False),
        (Draw(kind="half"), Fault.BAD_ANSWER, True),
        (Raw(b"<html>", "text/html"), Fault.BAD_ANSWER, True),
        (Raw(b"{}", "application/json"), Fault.BAD_ANSWER, True),
        (Raw(b'{"seeds":[1],"finish_reasons":[null],"images":["?"]}', "application/json"), Fault.BAD_ANSWER, True),
        (Raw(b'{"images": "cut off', "application/json", 200, (("X-Odd", "1"),)), Fault.BAD_ANSWER, True),
        (Drop(), Fault.UNREACHABLE, True),
        (Hang(), Fault.TIMED_OUT, True),
    ],
)
def test_what_goes_wrong(behaviour: Behaviour, fault: Fault, retryable: bool, ask: Ask, store: PictureFolder) -> None:
    with FakeProvider(behaviour) as server:
        with pytest.raises(ModelError) as failed:
            ask(open_image_model(f"{NAME}?timeout=0.3", store, base_url=server.url), BOAT)
        assert len(server.requests) == 1
    assert (failed.value.fault, failed.value.retryable) == (fault, retryable)
    assert failed.value.__context__ is None
    assert not store.folder.exists()
    if fault is Fault.RATE_LIMITED:
        assert failed.value.retry_after == 3


def test_a_refusal_for_what_the_words_say_is_a_filter_too(ask: Ask, store: PictureFolder) -> None:
    body = json.dumps({"__type": "ValidationException", "message": "Request blocked by content filter"}).encode()
    with FakeProvider(Raw(body, "application/json", 400)) as server:
        heard = ask(open_image_model(NAME, store, base_url=server.url), BOAT)
    assert (heard.drawn, heard.ending.finish) == (None, Finish.FILTERED)


def test_nobody_listens(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        url = server.url
    with pytest.raises(ModelError, match="nothing answers at 127"):
        ask(open_image_model(NAME, store, base_url=url), BOAT)


def test_a_key_of_a_server_is_sent_to_it(ask: Ask, store: PictureFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_API_KEY", "a-key-0123456789")
    with FakeProvider(key="a-key-0123456789") as server:
        assert ask(open_image_model(NAME, store, base_url=server.url), BOAT).drawn
    with FakeProvider(key="another") as server, pytest.raises(ModelError) as failed:
        ask(open_image_model(NAME, store, base_url=server.url), BOAT)
    assert failed.value.fault is Fault.WRONG_KEY
    assert "a-key-0123456789" not in repr(failed.value.args)


def test_without_credentials_amazon_is_not_asked(ask: Ask, store: PictureFolder) -> None:
    with pytest.raises(ModelError, match="aws configure") as failed:
        ask(open_image_model(NAME, store), BOAT)
    assert failed.value.fault is Fault.NO_KEY


def test_bytes_are_counted_when_they_leave_this_machine(
    ask: Ask, store: PictureFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeProvider() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        heard = ask(open_image_model(NAME, store, base_url="http://pictures.example"), BOAT)
        (received,) = proxy.requests
    assert len(received.body) < heard.ending.bytes_sent <= received.total_bytes


def test_a_picture_that_cannot_be_kept_is_said_to_be_lost(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with FakeProvider() as server, pytest.raises(AnswerLost, match="a part of its path is a file"):
        ask(open_image_model(NAME, PictureFolder(tmp_path / "file"), base_url=server.url), BOAT)


@pytest.mark.parametrize(
    "request_", [Request(("",)), Request(()), Request(("a boat",), schema={}), Request((Image("p01", Path("p.jpg")),))]
)
def test_questions_that_nothing_can_be_drawn_of(request_: Request, ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        with pytest.raises(ModelError, match="picture_request") as failed:
            ask(open_image_model(NAME, store, base_url=server.url), request_)
        assert server.requests == []
    assert failed.value.fault is Fault.REJECTED
