"""An engine for tests: a tone for every word, as long as its letters, at the pitch of the voice."""

from collections.abc import Iterator

import numpy as np

from photocast.models.names import Spec
from photocast.models.speech.reading import check_voice, readable
from photocast.models.speech.voice import Abilities, Line, Samples, Voice
from photocast.schema import Fault, ModelError

_PITCH = {"tones:low": 110.0, "tones:high": 220.0, "tones:middle": 150.0, "tones:top": 330.0}
_LETTER_S, _GAP_S = 0.06, 0.04


def open_tones(spec: Spec) -> "Tones":
    """The engine."""
    return Tones()


class Tones:
    """Sound whose length and pitch are known beforehand: each letter or digit .06 s, each word .04 s more."""

    name = "tones@1"
    rate = 24_000
    voices = tuple(Voice(name, f"{pitch:.0f} Hz") for name, pitch in _PITCH.items())
    abilities = Abilities(speed=True, streams=True)
    host = None

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield a tone a word."""
        check_voice(line.voice, self.voices)
        words = ["".join(filter(str.isalnum, word)) for word in readable(line.text).split()]
        if not any(words):
            raise ModelError(Fault.EMPTY, f"{line.text!r} cannot be spoken", "it has no words", "Change the turn")
        for word in filter(None, words):
            times = np.arange(round(len(word) * _LETTER_S * self.rate / line.speed)) / self.rate
            tone = 0.3 * np.sin(2 * np.pi * _PITCH[line.voice] * times)
            yield np.concatenate([tone, np.zeros(round(_GAP_S * self.rate / line.speed))]).astype(np.float32)
