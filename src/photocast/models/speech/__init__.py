"""Engines that speak: the embedded voices, espeak-ng as a last resort, one for tests."""

from photocast.models.speech.engines import ENGINES, open_engine
from photocast.models.speech.voice import Abilities, Line, Samples, SpeechEngine, Voice

__all__ = ["ENGINES", "Abilities", "Line", "Samples", "SpeechEngine", "Voice", "open_engine"]
