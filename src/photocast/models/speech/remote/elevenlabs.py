"""ElevenLabs: `POST /v1/text-to-speech/VOICE` (elevenlabs.io/docs/api-reference/text-to-speech/convert)."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from photocast.models.remote.setting import Setting
from photocast.models.speech.dialects import ELEVENLABS_V3, abilities_of, plain, tagged
from photocast.models.speech.remote.wire import RATE, check, json_of
from photocast.models.speech.sound import read_pcm
from photocast.models.speech.voice import Abilities, Line, Samples, Voice
from photocast.schema import UsageError

if TYPE_CHECKING:
    import httpx2

_SLOWEST, _FASTEST = 0.7, 1.2
_WITH_TAGS = re.compile(r"eleven_v[3-9]")


class ElevenLabsWire:
    """The voices of an account. Models from `eleven_v3` on take tags: `[laughs]`, `[whispers]`."""

    prefix = "elevenlabs"
    known: tuple[Voice, ...] = ()

    def __init__(self, model: str) -> None:
        self._tags = _WITH_TAGS.match(model) is not None
        # of settings, the models with tags are only sure to take stability
        self.abilities = abilities_of(ELEVENLABS_V3) if self._tags else Abilities(speed=True)

    async def voices(self, setting: Setting, http: "httpx2.AsyncClient") -> tuple[Voice, ...]:
        """The first hundred of the account."""
        address = f"{setting.address.url}/v2/voices?page_size=100"
        response = await http.get(address, headers=_headers(setting))
        check(response, setting.model)
        return tuple(_voice(one) for one in json_of(response).get("voices", ()))

    async def say(self, setting: Setting, http: "httpx2.AsyncClient", line: Line, voice: str) -> Samples:
        """Ask for bare samples, which every account may have at this rate."""
        if not _SLOWEST <= line.speed <= _FASTEST:
            why = f"ElevenLabs speaks at {_SLOWEST:g} to {_FASTEST:g} of a voice's own speed"
            raise UsageError(f"cannot speak at a speed of {line.speed:g}", why, "Choose another --speed")
        address = f"{setting.address.url}/v1/text-to-speech/{quote(voice, safe='')}?output_format=pcm_{RATE}"
        text = tagged(line, ELEVENLABS_V3) if self._tags else plain(line)
        body: dict[str, Any] = {"text": text, "model_id": setting.model}
        if line.speed != 1:
            body["voice_settings"] = {"speed": line.speed}
        response = await http.post(address, json=body, headers=_headers(setting))
        check(response, setting.model)
        kind = response.headers.get("content-type", "")
        if "json" in kind or "html" in kind:
            raise ValueError(f"what came is no sound ({kind})")
        return read_pcm(response.content, RATE, RATE)


def _headers(setting: Setting) -> dict[str, str]:
    return {"xi-api-key": setting.key} if setting.key else {}


def _voice(one: Any) -> Voice:
    labels = one.get("labels") or {}
    words = [one.get("name"), labels.get("accent"), labels.get("gender")]
    return Voice(f"elevenlabs:{one['voice_id']}", ", ".join(word for word in words if word), labels.get("language", ""))
