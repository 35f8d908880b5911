"""A provider on this machine that speaks: a tone for every letter, through the interfaces of three providers."""

import base64
import io
import json
import re
import wave
from collections.abc import Mapping
from typing import Any

import numpy as np

from photocast.testing.behaviours import Behaviour, Raw
from photocast.testing.provider import FakeProvider
from photocast.testing.server import Received

_LETTER_S = 0.02


class FakeVoices(FakeProvider):
    """Speech of OpenAI, ElevenLabs and Google on loopback; a letter lasts .02 s.

    What is queued (`Raw`, `Hang`, `Drop`) is done with the next requests, whatever they ask for.

    Args:
        key: the only key it takes; none takes any.
        voices: those it lists; without any, it has no list.
        rate: samples a second of its WAV files.
    """

    def __init__(self, *, key: str | None = None, voices: tuple[str, ...] = (), rate: int = 24_000) -> None:
        super().__init__(key=key)
        self.names, self.rate = voices, rate

    def next(self, received: Received) -> Behaviour:
        """Write the request down and say what is to be done with it."""
        self.requests.append(received)
        if self.key is not None and self.key not in _keys(received.header):
            return _json({"error": {"message": "Incorrect API key provided."}}, 401)
        if self._queue:
            return self._queue.popleft()
        path = received.path.partition("?")[0]
        if received.method == "GET":
            return self._listed(path)
        self.charge()
        if path.endswith("/audio/speech"):
            return Raw(wav(tone(received.json["input"], self.rate), self.rate), "audio/wav")
        if "/text-to-speech/" in path:
            return Raw(tone(received.json["text"], 24_000), "audio/pcm")
        if path.endswith(":generateContent"):
            return _json(_spoken(received.json["contents"][0]["parts"][0]["text"]))
        return _json({"detail": "Not Found"}, 404)

    def _listed(self, path: str) -> Behaviour:
        if path.endswith("/v2/voices"):
            return _json({"voices": [{"voice_id": name, "name": name.title(), "labels": {}} for name in self.names]})
        return _json({"voices": list(self.names)}) if self.names else _json({"detail": "Not Found"}, 404)


def tone(text: str, rate: int) -> bytes:
    """A tone as long as the text has letters: 16 bits, mono, the lower byte first."""
    letters = len(re.findall(r"\w", text))
    times = np.arange(round(letters * _LETTER_S * rate)) / rate
    return (12_000 * np.sin(2 * np.pi * 220 * times)).astype("<i2").tobytes()


def wav(frames: bytes, rate: int) -> bytes:
    """The same as a file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(frames)
    return out.getvalue()


def _spoken(text: str) -> dict[str, Any]:
    sound = base64.b64encode(tone(text.rpartition(": ")[2], 24_000)).decode()
    part = {"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": sound}}
    return {"candidates": [{"content": {"parts": [part], "role": "model"}, "finishReason": "STOP"}]}


def _keys(header: Mapping[str, str]) -> set[str]:
    bearer = header.get("authorization", "").removeprefix("Bearer ")
    return {bearer, header.get("xi-api-key", ""), header.get("x-goog-api-key", "")}


def _json(told: Mapping[str, Any], status: int = 200) -> Raw:
    return Raw(json.dumps(told).encode(), "application/json", status)
