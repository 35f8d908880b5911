"""Kokoro-82M as ONNX, on this machine, without PyTorch and without a network once the files are here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from photocast._optional import require
from photocast.models.names import Spec
from photocast.models.speech.kokoro_files import PURPOSE, Embedded, Folder, KokoroFiles, from_hub
from photocast.models.speech.reading import check_english, check_voice, readable, stretches
from photocast.models.speech.sound import trimmed
from photocast.models.speech.voice import Abilities, Line, Samples
from photocast.schema import Fault, ModelError

_MOST_PHONEMES = 510
_MOST_CHARACTERS = 300
"""Of a stretch that is said at once: seldom more than 330 phonemes, and the first words come soon."""
_BETWEEN_S = 0.22
"""Silence between two sentences of a turn."""
_RATES = {"excited": 1.08, "fast": 1.08, "slow": 0.92, "tired": 0.95}
_LEVELS = {"quiet": 0.6}
"""What a manner changes: how fast it is said, and how loud. The voice itself has but one manner."""


def open_kokoro(spec: Spec) -> "Kokoro":
    """`kokoro`, the embedded voices; `kokoro:FOLDER`, those of a folder; `kokoro-hub`, those of the hub.

    Raises:
        InputError: the folder has no network or no voices.
        ModelError: the hub cannot be had.
    """
    if spec.provider == "kokoro-hub":
        return Kokoro(from_hub())
    return Kokoro(Folder(Path(spec.model).expanduser()) if spec.model else Embedded())


class Kokoro:
    """English voices, four of them embedded. Several lines may be said at once, from several threads.

    Args:
        source: the network and its voices.
        threads: of a line; one is best where several lines are said at once.
    """

    rate = 24_000
    abilities = Abilities(speed=True, streams=True, manners=frozenset({*_RATES, *_LEVELS}))
    host = None

    def __init__(self, source: KokoroFiles | None = None, threads: int = 1) -> None:
        self._source = source or Embedded()
        self.name, self.voices = self._source.name, self._source.voices
        self._british = frozenset(voice.id for voice in self.voices if voice.language == "en-GB")
        self._threads = threads
        self._opening = Lock()
        self._loaded: _Loaded | None = None

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield a stretch of sound for every sentence, without the silence around it but a short pause after it.

        Raises:
            ModelError: the packages are missing or damaged, or there are no words in the line that English can say.
            UsageError: there is no such voice.
        """
        check_voice(line.voice, self.voices)
        style, text = self._source.style(line.voice), readable(line.text)
        check_english(line.text, text)
        speed, level = line.speed * _RATES.get(line.manner or "", 1), _LEVELS.get(line.manner or "", 1)
        for number, stretch in enumerate(stretches(text, _MOST_CHARACTERS)):
            tokens = self._tokens(stretch, british=line.voice in self._british)
            if not tokens:
                continue
            if number:
                yield np.zeros(round(_BETWEEN_S * self.rate / speed), np.float32)
            loaded = self._open()
            feed = {
                loaded.tokens: np.array([[0, *tokens, 0]], np.int64),
                "style": style[min(len(tokens), len(style)) - 1][None],
                "speed": np.array([speed], np.float32),
            }
            sound = loaded.session.run(None, feed)[0].reshape(-1).astype(np.float32)
            yield trimmed(sound, self.rate) * np.float32(level)

    def _open(self) -> "_Loaded":
        with self._opening:  # once, whoever of several threads comes first
            if self._loaded is None:
                self._loaded = _load(self._source, self._threads)
            return self._loaded

    def _tokens(self, text: str, *, british: bool) -> list[int]:
        loaded = self._open()
        with self._opening:  # the reader loads what it needs as it goes
            phonemes = loaded.readers[british](text)
        return [loaded.vocabulary[one] for one in phonemes if one in loaded.vocabulary][:_MOST_PHONEMES]


@dataclass(frozen=True)
class _Loaded:
    session: Any
    tokens: str
    """What the network calls the phonemes: exports differ."""
    readers: Mapping[bool, Any]
    """Text to phonemes, by whether it is British."""
    vocabulary: Mapping[str, int]


def _load(source: KokoroFiles, threads: int) -> _Loaded:
    import onnxruntime

    package = require("hibari", extra="speech", purpose=PURPOSE)
    g2p = require("hibari.g2p", extra="speech", purpose=PURPOSE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = _session(onnxruntime, source, options)
    (tokens,) = {one.name for one in session.get_inputs()} - {"style", "speed"}
    return _Loaded(
        session,
        tokens,
        {british: g2p.G2P(british=british) for british in (False, True)},
        json.loads((files(package) / "assets" / "vocab.json").read_text("utf-8")),
    )


def _session(onnxruntime: Any, source: KokoroFiles, options: Any) -> Any:
    network = source.network()
    try:
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has an error of its own for every way in which a file can be none
        why, do = "it is no network that onnxruntime can load", "Download the files of the voices again"
        raise ModelError(Fault.BROKEN_FILES, "the network of Kokoro is damaged", why, do) from error
    inputs = {one.name for one in session.get_inputs()}
    if len(inputs) != 3 or not inputs >= {"style", "speed"}:
        why = f"it takes {', '.join(sorted(inputs))} instead of phonemes, style and speed"
        raise ModelError(Fault.BROKEN_FILES, "the network is not Kokoro's", why, "Give an ONNX export of Kokoro-82M")
    return session
