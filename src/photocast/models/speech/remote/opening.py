"""From the name of an engine to voices behind a wire."""

from photocast._optional import require
from photocast.models.names import Spec
from photocast.models.remote.model import reached
from photocast.models.speech.remote.elevenlabs import ElevenLabsWire
from photocast.models.speech.remote.engine import RemoteVoices
from photocast.models.speech.remote.google import GoogleWire
from photocast.models.speech.remote.openai import OpenAIWire
from photocast.models.speech.remote.wire import Wire
from photocast.schema import UsageError

USUAL = {
    "openai": "gpt-4o-mini-tts",
    "elevenlabs": "eleven_v3",
    "google": "gemini-2.5-flash-preview-tts",
    "server": "tts-1",
}
"""The model that speaks where none is named; most servers of one's own take any name for what they have."""


def open_remote_voices(spec: Spec, *, patience: float = 60.0) -> RemoteVoices:
    """Voices of a provider, or with `server` those of any server that speaks OpenAI's interface. Nothing is sent yet.

    Args:
        spec: `openai`, `elevenlabs`, `google` or `server`, with a model or without one for the usual.
        patience: seconds for all attempts at a clip.

    Raises:
        ModelError: the address is wrong, a package or a key is missing.
        ConfigError: the file of keys cannot be used.
        UsageError: a server was not named.
    """
    require("httpx2", extra="remote", purpose=f"the voices of {spec.provider}")
    server = spec.provider == "server"
    if server and not spec.base_url:
        do = "Write for example --speech-url http://127.0.0.1:8880/v1"
        raise UsageError("no server is named", "the engine server is wherever --speech-url says", do)
    model = spec.model or USUAL[spec.provider]
    asked = Spec("openai" if server else spec.provider, model, base_url=spec.base_url)
    address, key = reached(asked)
    return RemoteVoices(asked, _wire(spec.provider, model), address, key, patience=patience)


def _wire(provider: str, model: str) -> Wire:
    if provider == "elevenlabs":
        return ElevenLabsWire(model)
    return GoogleWire(model) if provider == "google" else OpenAIWire(model, own=provider == "openai")
