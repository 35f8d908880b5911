"""Voices over the network: what is asked, what is made of what comes, and what becomes of faults."""

import io
import json
import wave

import numpy as np
import pytest

from photocast.models.names import Spec
from photocast.models.speech import Line, open_engine
from photocast.models.speech.remote import RemoteVoices, open_remote_voices
from photocast.schema import Fault, ModelError, UsageError
from photocast.testing import Behaviour, Drop, FakeVoices, Raw
from photocast.testing.voices import tone, wav

TEXT = "Hold on, which one is that?"
SECONDS = 20 * 0.02  # twenty letters
KEY = "fake-key-of-a-test"
VOICE = {"openai": "openai:coral", "server": "server:any", "elevenlabs": "elevenlabs:id1", "google": "google:Kore"}


@pytest.fixture(autouse=True)
def key(no_keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_API_KEY", KEY)


def opened(name: str, server: FakeVoices, patience: float = 0.0) -> RemoteVoices:
    provider, _, model = name.partition(":")
    return open_remote_voices(Spec(provider, model, base_url=server.url), patience=patience)


def said(engine: RemoteVoices, **more: object) -> np.ndarray:
    voice = VOICE[engine.name.partition(":")[0]]
    return np.concatenate([*engine.speak(Line(TEXT, voice, **more))])  # type: ignore[arg-type]


def failing(provider: str, behaviour: Behaviour) -> ModelError:
    with FakeVoices() as server:
        server.queue(behaviour)
        with pytest.raises(ModelError) as error:
            said(opened(provider, server))
    return error.value


@pytest.mark.parametrize("provider", VOICE)
def test_words_become_as_much_sound_as_was_sent(provider: str) -> None:
    with FakeVoices(key=KEY) as server:
        sound = said(opened(provider, server))
    assert len(sound) / 24_000 == pytest.approx(SECONDS, abs=0.01)
    assert np.abs(sound).max() == pytest.approx(12_000 / 32_768, abs=0.01)
    assert server.charges == 1


def test_what_openai_is_asked() -> None:
    with FakeVoices() as server:
        said(opened("openai:gpt-4o-mini-tts", server), manner="whispering")
        said(opened("openai:tts-1", server), manner="whispering", speed=1.2)
    first, second = server.requests
    assert first.path == "/v1/audio/speech"
    assert first.header["authorization"] == f"Bearer {KEY}"
    common = {"input": TEXT, "voice": "coral", "response_format": "wav"}
    instructions = {"instructions": "Speak as in a conversation. Say it in a whisper."}
    assert first.json == common | {"model": "gpt-4o-mini-tts"} | instructions
    assert second.json == common | {"model": "tts-1", "speed": 1.2}


def test_what_elevenlabs_is_asked() -> None:
    with FakeVoices() as server:
        said(opened("elevenlabs:eleven_v3", server), manner="excited", events=("laugh", "yawn"))
        said(opened("elevenlabs:eleven_multilingual_v2", server), manner="excited", events=("laugh",), speed=1.1)
    first, second = server.requests
    assert first.path == "/v1/text-to-speech/id1?output_format=pcm_24000"
    assert first.header["xi-api-key"] == KEY
    assert first.json == {"text": f"[laughs] [excited] {TEXT}", "model_id": "eleven_v3"}
    body = {"text": TEXT, "model_id": "eleven_multilingual_v2", "voice_settings": {"speed": 1.1}}
    assert second.json == body


def test_what_google_is_asked() -> None:
    with FakeVoices() as server:
        said(opened("google:gemini-2.5-flash-preview-tts", server), manner="tired")
        said(opened("google:gemini-2.5-flash-preview-tts", server))
        said(opened("google:gemini-3.8-flash-tts", server), events=("sigh",))
    texts = [asked.json["contents"][0]["parts"][0]["text"] for asked in server.requests]
    assert texts == [f"Say it tiredly: {TEXT}", f"Say: {TEXT}", f"<sigh> {TEXT}"]
    asked = server.requests[0]
    assert asked.path == "/v1beta/models/gemini-2.5-flash-preview-tts:generateContent"
    assert asked.header["x-goog-api-key"] == KEY
    config = asked.json["generationConfig"]
    assert config["responseModalities"] == ["AUDIO"]
    assert "Kore" in json.dumps(config["speechConfig"])  # the client writes its parts in snake case, which is taken too


def test_a_server_that_speaks_at_another_rate_is_resampled() -> None:
    with FakeVoices(rate=44_100) as server:
        sound = said(opened("server", server))
    assert len(sound) / 24_000 == pytest.approx(SECONDS, abs=0.02)
    crossings = np.count_nonzero(np.diff(np.signbit(sound)))
    assert crossings / 2 / (len(sound) / 24_000) == pytest.approx(220, rel=0.05)


def test_stereo_and_a_header_that_was_written_before_the_sound() -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(np.repeat(np.frombuffer(tone(TEXT, 24_000), "<i2"), 2).tobytes())
    data = bytearray(out.getvalue())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    with FakeVoices() as server:
        server.queue(Raw(bytes(data), "audio/wav"))
        assert len(said(opened("server", server))) / 24_000 == pytest.approx(SECONDS, abs=0.01)


def test_voices_that_a_server_lists_and_one_that_lists_none() -> None:
    with FakeVoices(voices=("af_heart", "bm_george")) as server:
        assert [one.id for one in opened("server", server).voices] == ["server:af_heart", "server:bm_george"]
        assert [one.id for one in opened("elevenlabs", server).voices] == [
            "elevenlabs:af_heart",
            "elevenlabs:bm_george",
        ]
    with FakeVoices() as server:
        assert opened("server", server).voices == ()
        assert server.requests[0].path == "/v1/audio/voices"


WHOLE = wav(tone(TEXT, 24_000), 24_000)
CUT: Behaviour = Raw(WHOLE[:900], "audio/wav", headers=(("Content-Length", str(len(WHOLE))), ("Connection", "close")))


def told(status: int, message: str, **more: str) -> Raw:
    return Raw(json.dumps({"error": {"message": message, **more}}).encode(), "application/json", status)


FAULTS = {
    "wrong key": (told(401, "no such key"), Fault.WRONG_KEY),
    "no money": (told(429, "pay first", code="insufficient_quota"), Fault.QUOTA),
    "too fast": (told(429, "slow down"), Fault.RATE_LIMITED),
    "broken": (told(500, "oops"), Fault.SERVER_ERROR),
    "unknown": (told(404, "no such model"), Fault.UNKNOWN_MODEL),
    "too long": (told(400, "input is too long"), Fault.TOO_LONG),
    "refused": (told(400, "response_format"), Fault.REJECTED),
    "filtered": (told(400, "blocked by our safety policy"), Fault.FILTERED),
    "mp3": (Raw(b"ID3\x04" + bytes(400), "audio/mpeg"), Fault.BAD_ANSWER),
    "nothing": (Raw(b"", "audio/wav"), Fault.BAD_ANSWER),
    "no samples": (Raw(wav(b"", 24_000), "audio/wav"), Fault.BAD_ANSWER),
    "silence": (Raw(wav(bytes(4_800), 24_000), "audio/wav"), Fault.BAD_ANSWER),
    "half a file": (Raw(WHOLE[:900], "audio/wav"), Fault.BAD_ANSWER),
    "a cut stream": (CUT, Fault.UNREACHABLE),
    "no word": (Drop(), Fault.UNREACHABLE),
}


@pytest.mark.parametrize(("behaviour", "fault"), FAULTS.values(), ids=FAULTS)
def test_faults_are_told_and_nothing_is_half_heard(behaviour: Behaviour, fault: Fault) -> None:
    error = failing("server", behaviour)
    assert error.fault is fault
    assert KEY not in str(error)
    assert error.__context__ is None


@pytest.mark.parametrize("provider", ["elevenlabs", "google"])
@pytest.mark.parametrize(
    ("status", "detail", "fault"),
    [
        (401, {"status": "invalid_api_key", "message": "Invalid API key"}, Fault.WRONG_KEY),
        (429, {"status": "too_many_concurrent_requests", "message": "Too many"}, Fault.RATE_LIMITED),
        (503, {"message": "busy"}, Fault.SERVER_ERROR),
    ],
)
def test_faults_of_the_others(provider: str, status: int, detail: dict[str, str], fault: Fault) -> None:
    body = {"detail": detail} if provider == "elevenlabs" else {"error": {"code": status, **detail}}
    error = failing(provider, Raw(json.dumps(body).encode(), "application/json", status))
    assert error.fault is fault
    assert detail["message"] in error.why


def test_an_empty_account_of_elevenlabs_is_no_wrong_key() -> None:
    body = {"detail": {"status": "quota_exceeded", "message": "You have 0 credits remaining"}}
    error = failing("elevenlabs", Raw(json.dumps(body).encode(), "application/json", 401))
    assert error.fault is Fault.QUOTA


def test_google_that_answers_without_sound_or_not_at_all() -> None:
    empty = {"candidates": [{"content": {"parts": [{"text": "Hm."}]}, "finishReason": "OTHER"}]}
    for body, fault in ((empty, Fault.BAD_ANSWER), ({"promptFeedback": {"blockReason": "SAFETY"}}, Fault.FILTERED)):
        error = failing("google", Raw(json.dumps(body).encode(), "application/json"))
        assert error.fault is fault


def test_what_passes_is_asked_again() -> None:
    busy = Raw(b"{}", "application/json", 503, (("Retry-After", "0"),))
    with FakeVoices() as server:
        server.queue(busy, busy)
        assert len(said(opened("server", server, patience=30))) > 0
        assert len(server.requests) == 3


def test_nobody_listens() -> None:
    with FakeVoices() as server:
        engine = opened("server", server)
    with pytest.raises(ModelError, match="cannot be reached") as error:
        said(engine)
    assert error.value.fault is Fault.UNREACHABLE


@pytest.mark.parametrize("provider", ["openai", "elevenlabs", "google"])
def test_a_missing_key_is_told_before_anything_is_sent(provider: str) -> None:
    with pytest.raises(ModelError) as error:
        open_engine(provider)
    assert error.value.fault is Fault.NO_KEY
    assert f"{provider.upper()}_API_KEY" in error.value.do


def test_where_words_go(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI", "ELEVENLABS", "GOOGLE"):
        monkeypatch.setenv(f"{name}_API_KEY", KEY)
    hosts = {"openai": "api.openai.com", "elevenlabs": "api.elevenlabs.io"}
    hosts |= {"google": "generativelanguage.googleapis.com"}
    for provider, host in hosts.items():
        assert open_engine(provider).host == host
        with pytest.raises(UsageError, match="exclude each other"):
            open_engine(provider, local=True)
    assert open_engine("server", base_url="http://127.0.0.1:8880/v1", local=True).host is None
    assert open_engine("server", base_url="http://192.0.2.1:8880").host == "192.0.2.1:8880"
    with pytest.raises(UsageError, match="no server is named"):
        open_engine("server")


def test_what_an_engine_does_not_take_is_not_sent() -> None:
    with FakeVoices() as server:
        with pytest.raises(UsageError, match="no voice"):
            [*opened("openai", server).speak(Line(TEXT, "openai:nobody"))]
        with pytest.raises(UsageError, match=r"speed of 1\.5"):
            [*opened("elevenlabs:eleven_turbo_v2_5", server).speak(Line(TEXT, "elevenlabs:id1", 1.5))]
        with pytest.raises(ModelError, match="no words"):
            [*opened("openai", server).speak(Line("😀", "openai:coral"))]
        assert server.requests == []


def test_abilities_are_those_of_the_model() -> None:
    with FakeVoices() as server:
        able = {name: opened(name, server).abilities for name in ("openai:tts-1", "openai", "server", "google")}
        able |= {
            name: opened(name, server).abilities for name in ("elevenlabs:eleven_v3", "elevenlabs:eleven_flash_v2_5")
        }
    assert able["openai:tts-1"].speed
    assert not able["openai:tts-1"].manners
    assert {name for name, one in able.items() if one.manners == {"*"}} == {"openai", "google"}
    assert {name for name, one in able.items() if one.emphasis} == {"openai", "google", "elevenlabs:eleven_v3"}
    assert "whispering" in able["elevenlabs:eleven_v3"].manners
    assert "yawn" not in able["elevenlabs:eleven_v3"].events
    assert not any(one.streams for one in able.values())
