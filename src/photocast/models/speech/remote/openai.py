"""OpenAI's interface for speech, `POST …/audio/speech`, which many servers for voices of one's own speak too."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from photocast.models.remote.build import openai_client
from photocast.models.remote.setting import Setting
from photocast.models.speech.dialects import instructions, plain
from photocast.models.speech.remote.wire import RATE, check, json_of
from photocast.models.speech.sound import read_wav
from photocast.models.speech.voice import Abilities, Line, Samples, Voice

if TYPE_CHECKING:
    import httpx2

_VOICES = {
    "coral": "woman, warm",
    "ash": "man, calm",
    "sage": "woman, soft",
    "ballad": "man, British",
    "nova": "woman, bright",
    "onyx": "man, deep",
    "shimmer": "woman, clear",
    "echo": "man, even",
    "alloy": "neutral",
    "fable": "British, narrating",
    "verse": "man, lively",
    "marin": "woman, natural",
    "cedar": "man, natural",
}
"""Names out of openai 3.57.0, `resources/audio/speech.py`; what they are like is written from memory."""
_FIRST = frozenset({"alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer"})
"""Those that tts-1 and tts-1-hd have."""
_ANY = frozenset("*")


class OpenAIWire:
    """OpenAI itself, or with `own=False` a server that speaks its interface."""

    def __init__(self, model: str, *, own: bool) -> None:
        self.prefix = "openai" if own else "server"
        told = own and not model.startswith("tts-1")  # the older two take no instructions, and the newer no speed
        self._told = told
        able = Abilities(manners=_ANY, events=_ANY, emphasis=True) if told else Abilities(speed=True)
        self.abilities = replace(able, unlisted=not own)
        names = _VOICES if told else {name: about for name, about in _VOICES.items() if name in _FIRST}
        self.known = tuple(Voice(f"openai:{name}", about) for name, about in names.items()) if own else ()

    async def voices(self, setting: Setting, http: "httpx2.AsyncClient") -> tuple[Voice, ...]:
        """What `…/audio/voices` lists, a path that OpenAI has not and Kokoro-FastAPI and others have."""
        headers = {"authorization": f"Bearer {setting.key}"} if setting.key else {}
        response = await http.get(f"{setting.address.url}/audio/voices", headers=headers)
        if response.status_code in {400, 404, 405, 501}:
            return ()
        check(response, setting.model)
        told = json_of(response)
        listed = told.get("voices") or told.get("data") or ()
        return tuple(voice for one in listed if (voice := _voice(one)) is not None)

    async def say(self, setting: Setting, http: "httpx2.AsyncClient", line: Line, voice: str) -> Samples:
        """Ask for WAV: its header says at which rate a server speaks."""
        more: dict[str, Any] = {"speed": line.speed} if self.abilities.speed and line.speed != 1 else {}
        if self._told:
            more["instructions"] = " ".join(filter(None, ["Speak as in a conversation.", instructions(line)]))
        answer = await openai_client(setting, http).audio.speech.create(
            model=setting.model, voice=voice, input=plain(line), response_format="wav", **more
        )
        try:
            return read_wav(answer.content, RATE)
        except ValueError as error:
            kind = answer.response.headers.get("content-type", "something unnamed")
            raise ValueError(f"{error} ({kind}, {len(answer.content):,} bytes)") from error


def _voice(one: Any) -> Voice | None:
    """A voice as servers list them: a name, or an object with one."""
    name = one if isinstance(one, str) else (one.get("id") or one.get("name")) if isinstance(one, dict) else None
    return Voice(f"server:{name}", "of that server", "") if isinstance(name, str) and name else None
