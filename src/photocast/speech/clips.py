"""Clips by what they say: the same words in the same voice are made once."""

import hashlib
import io
import json
import wave
from dataclasses import asdict
from pathlib import Path

import numpy as np

from photocast.models.speech import Line, Samples
from photocast.runs import write_atomically
from photocast.speech.container import write_wav

_HEADER = 44  # bytes before the sound in what the standard library writes


def key_of(engine: str, line: Line) -> str:
    """What a clip depends on, as a name: engine and version, voice, words, delivery."""
    return hashlib.sha256(json.dumps([engine, asdict(line)], sort_keys=True).encode()).hexdigest()[:32]


class Clips:
    """A folder of clips, 16 bit WAV, each whole or absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._new: set[str] = set()

    @property
    def new(self) -> int:
        """How many different clips were put here by this object."""
        return len(self._new)

    def get(self, key: str, rate: int) -> Samples | None:
        """A clip that is there; None when it is not, or cannot be read and has to be made again."""
        try:
            with wave.open(str(self._path(key))) as file:
                frames = file.readframes(file.getnframes())
                whole = len(frames) == 2 * file.getnframes() > 0 and file.getframerate() == rate
        except (OSError, EOFError, wave.Error):
            return None
        return _samples(frames) if whole else None

    def put(self, key: str, sound: Samples, rate: int) -> Samples:
        """Keep a clip, and return it as it will be read again.

        Raises:
            InputError: the disk is full, or the folder may not be written to.
        """
        out = io.BytesIO()
        write_wav(out, sound, rate)
        write_atomically(self._path(key), out.getvalue())
        self._new.add(key)
        return _samples(out.getvalue()[_HEADER:])

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.wav"


def _samples(frames: bytes) -> Samples:
    return (np.frombuffer(frames, "<i2") / 32_768).astype(np.float32)
