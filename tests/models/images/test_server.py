"""Servers with OpenAI's interface for pictures, and OpenAI itself, which takes less and counts in tokens."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from photocast.models import Finish, Request, Usage, VisionModel
from photocast.models.images import PictureFolder, open_image_model, picture_request
from photocast.models.images.asked import wish_of
from photocast.models.images.options import Options
from photocast.models.images.server import draw
from photocast.models.names import Spec
from photocast.models.remote.address import Address
from photocast.models.remote.setting import Setting, Tally
from photocast.schema import Fault, ModelError
from photocast.testing import Behaviour, Draw, Drop, Fail, FakeProvider, Hang, Raw

Ask = Callable[[VisionModel, Request], Any]
NAME = "openai:Qwen/Qwen-Image"
BOAT = picture_request("a red boat", negative="fog", seed=3)


@pytest.fixture(autouse=True)
def nobodys_keys(no_keys: None) -> None:
    """None of this user's."""


def test_a_server_is_told_all_that_it_takes(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        model = open_image_model(f"{NAME}?size=80x48&steps=4&guidance=0", store, base_url=server.url)
        heard, again = ask(model, BOAT), ask(model, BOAT)
        received = server.requests[0]
    assert received.path == "/v1/images/generations"
    assert received.json == {
        "model": "Qwen/Qwen-Image",
        "prompt": "a red boat",
        "n": 1,
        "size": "80x48",
        "response_format": "b64_json",
        "seed": 3,
        "negative_prompt": "fog",
        "num_inference_steps": 4,
        "guidance_scale": 0.0,
    }
    assert "authorization" not in received.header
    drawn = heard.drawn
    assert (drawn.width, drawn.height, drawn.seed) == (80, 48, 3)
    assert store.has(drawn.image)
    assert again.drawn == drawn
    assert (heard.ending.finish, heard.ending.usage, model.host) == (Finish.DONE, Usage(0, 0), None)


def test_a_key_of_the_server_is_sent_to_it(ask: Ask, store: PictureFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_API_KEY", "a-key-0123456789")
    with FakeProvider(key="a-key-0123456789") as server:
        assert ask(open_image_model(NAME, store, base_url=server.url), BOAT).drawn


def test_a_filter_of_the_server_is_an_ending(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider(Draw(filtered="Your request was rejected by the safety system.")) as server:
        heard = ask(open_image_model(NAME, store, base_url=server.url), BOAT)
    assert (heard.drawn, heard.ending.finish) == (None, Finish.FILTERED)
    assert heard.ending.detail == "Your request was rejected by the safety system"


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (Fail("rate_limited", retry_after=3), Fault.RATE_LIMITED),
        (Fail("no_money"), Fault.QUOTA),
        (Fail("payment_required"), Fault.QUOTA),
        (Fail("server_error"), Fault.SERVER_ERROR),
        (Fail("unavailable"), Fault.SERVER_ERROR),
        (Fail("unknown_model"), Fault.UNKNOWN_MODEL),
        (Fail("wrong_key"), Fault.NO_KEY),
        (Fail("rejected"), Fault.REJECTED),
        (Draw(kind="half"), Fault.BAD_ANSWER),
        (Raw(b"<html>", "text/html"), Fault.BAD_ANSWER),
        (Raw(b"<html>gone</html>", "text/html", 502), Fault.SERVER_ERROR),
        (Raw(b'{"data":[{"url":"http://pictures.example/1"}]}', "application/json"), Fault.BAD_ANSWER),
        (Raw(b"[]", "application/json"), Fault.BAD_ANSWER),
        (Drop(), Fault.UNREACHABLE),
        (Hang(), Fault.TIMED_OUT),
    ],
)
def test_what_goes_wrong(behaviour: Behaviour, fault: Fault, ask: Ask, store: PictureFolder) -> None:
    with FakeProvider(behaviour) as server:
        with pytest.raises(ModelError) as failed:
            ask(open_image_model(f"{NAME}?timeout=0.3", store, base_url=server.url), BOAT)
        assert len(server.requests) == 1
    assert failed.value.fault is fault
    assert failed.value.__context__ is None
    assert not store.folder.exists()


def test_nobody_listens(ask: Ask, store: PictureFolder) -> None:
    with FakeProvider() as server:
        url = server.url
    with pytest.raises(ModelError, match="nothing answers at 127"):
        ask(open_image_model(NAME, store, base_url=url), BOAT)


def as_openai(url: str) -> Setting:
    """What a call to OpenAI would be set up from, were it at this address."""
    return Setting("gpt-image-1", Address(f"{url}/v1", "api.openai.com", here=False, own=True), "sk", False, Tally(), 5)


def test_openai_is_told_what_it_knows_and_counts_tokens() -> None:
    options = Options.of(Spec("openai", "gpt-image-1", {"size": "64x96"}), ("size",))
    with FakeProvider(key="sk") as server:
        wish = wish_of(picture_request("a red boat", seed=3), "openai:gpt-image-1")
        answered = asyncio.run(draw(as_openai(server.url), options, wish))
        (received,) = server.requests
    assert received.json == {"model": "gpt-image-1", "prompt": "a red boat", "n": 1, "size": "64x96"}
    assert (answered.seed, answered.usage) == (None, Usage(3, 1056))
    assert answered.data is not None


def test_openai_takes_no_negative_prompt() -> None:
    with FakeProvider() as server:
        wish = wish_of(BOAT, "openai:gpt-image-1")
        with pytest.raises(ModelError, match="no negative prompt"):
            asyncio.run(draw(as_openai(server.url), Options(), wish))
        assert server.requests == []
