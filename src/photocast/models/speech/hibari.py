"""hibari: one voice, a tenth of the size of the embedded ones and many times as fast, to hear a script at once.

Apache-2.0. Its voice is that of `kokoro:heart`, from which it was trained.
"""

from collections.abc import Iterator
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from photocast._optional import require
from photocast.models.names import Spec
from photocast.models.speech.reading import check_english, check_voice, readable
from photocast.models.speech.sound import trimmed
from photocast.models.speech.voice import Abilities, Line, Samples, Voice

_SEED = 0
"""Of the noise in the voice: the same words sound the same."""
_BETWEEN_S = 0.22
"""Silence between two sentences of a turn."""


def open_hibari(spec: Spec) -> "Hibari":
    """The engine; raises ModelError where the extra `speech` is not installed."""
    return Hibari()


class Hibari:
    """One English voice for previews. Several lines may be said at once."""

    rate = 24_000
    voices = (Voice("hibari:heart", "American woman; for previews"),)
    abilities = Abilities(speed=True, streams=True)
    host = None

    def __init__(self) -> None:
        self._package = require("hibari", extra="speech", purpose="the voice for previews")
        self._reading = Lock()
        self.name = f"hibari@{self._package.__version__}"

    @cached_property
    def _voice(self) -> Any:
        return self._package.Hibari(voice="heart")  # the only one in the package: the others would be downloaded

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield a stretch of sound for every sentence; raises as `SpeechEngine` says."""
        check_voice(line.voice, self.voices)
        text = readable(line.text)
        check_english(line.text, text)
        with self._reading:  # the reader loads what it needs as it goes
            sentences = self._voice.phonemize(text)
        for number, phonemes in enumerate(sentences):
            if number:
                yield np.zeros(round(_BETWEEN_S * self.rate / line.speed), np.float32)
            sound = self._voice.from_phonemes(phonemes, line.speed, _SEED)
            yield trimmed(np.asarray(sound, np.float32), self.rate)
