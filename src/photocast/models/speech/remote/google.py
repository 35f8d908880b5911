"""Google's models that speak, through the client library of the Gemini API."""

from dataclasses import replace
from typing import TYPE_CHECKING

from photocast.models.remote.build import google_client
from photocast.models.remote.setting import Setting
from photocast.models.speech.dialects import GEMINI_3_8, abilities_of, instructions, plain, tagged, told
from photocast.models.speech.remote.wire import RATE
from photocast.models.speech.sound import rate_named, read_pcm, read_wav
from photocast.models.speech.voice import Abilities, Line, Samples, Voice
from photocast.schema import Fault, ModelError

if TYPE_CHECKING:
    import httpx2
    from google.genai.types import GenerateContentResponse

_VOICES = {
    "Sulafat": "woman, warm",
    "Charon": "man, informative",
    "Kore": "woman, firm",
    "Puck": "man, upbeat",
    "Aoede": "woman, breezy",
    "Algieba": "man, smooth",
    "Leda": "woman, youthful",
    "Iapetus": "man, clear",
}
"""Eight of thirty (ai.google.dev/gemini-api/docs/speech-generation); the others can be named."""
_ANY = frozenset("*")


class GoogleWire:
    """`gemini-…-tts`, of one speed. The models of 2.5 are told in words how a line is said; later ones take tags."""

    prefix = "google"
    known = tuple(Voice(f"google:{name}", about) for name, about in _VOICES.items())

    def __init__(self, model: str) -> None:
        self._told = model.startswith("gemini-2")
        able = Abilities(manners=_ANY, events=_ANY, emphasis=True) if self._told else abilities_of(GEMINI_3_8)
        self.abilities = replace(able, unlisted=True)

    async def voices(self, setting: Setting, http: "httpx2.AsyncClient") -> tuple[Voice, ...]:
        """Nobody lists them but the documentation."""
        return self.known

    async def say(self, setting: Setting, http: "httpx2.AsyncClient", line: Line, voice: str) -> Samples:
        """Ask for sound alone. Models that are told things are told to say it: they might answer a bare question."""
        from google.genai.types import GenerateContentConfig, PrebuiltVoiceConfig, SpeechConfig, VoiceConfig

        speech = SpeechConfig(voice_config=VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name=voice)))
        answer = await google_client(setting, http).aio.models.generate_content(
            model=setting.model,
            contents=self._text(line),
            config=GenerateContentConfig(response_modalities=["AUDIO"], speech_config=speech),
        )
        data, kind = _sound(answer)
        return read_wav(data, RATE) if data[:4] == b"RIFF" else read_pcm(data, rate_named(kind, RATE), RATE)

    def _text(self, line: Line) -> str:
        if not self._told:
            return tagged(line, GEMINI_3_8)
        return told(line) if instructions(line) else f"Say: {plain(line)}"


def _sound(answer: "GenerateContentResponse") -> tuple[bytes, str]:
    feedback = answer.prompt_feedback
    if feedback and feedback.block_reason:
        what, why = "the words were kept back by Google's filter", feedback.block_reason.value
        raise ModelError(Fault.FILTERED, what, why, "Change the turn, or name another engine")
    candidate = answer.candidates[0] if answer.candidates else None
    parts = (candidate.content.parts if candidate and candidate.content else None) or []
    found = [part.inline_data for part in parts if part.inline_data and part.inline_data.data]
    if not found:
        reason = candidate.finish_reason.value if candidate and candidate.finish_reason else "it does not say why"
        raise ValueError(f"there is no sound in what came ({reason})")
    return b"".join(one.data or b"" for one in found), found[0].mime_type or ""
