"""Engines that speak: the embedded voices, espeak-ng as a last resort, one for tests."""

from photocast.models.speech.engines import ENGINES, default_engine, open_engine, silenced
from photocast.models.speech.voice import Abilities, Line, Samples, SpeechEngine, Voice

__all__ = [
    "ENGINES",
    "Abilities",
    "Line",
    "Samples",
    "SpeechEngine",
    "Voice",
    "default_engine",
    "open_engine",
    "silenced",
]
