"""What a local model's name points at: a folder, or a repository of the Hugging Face hub; and perhaps an adapter."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from photocast.models.local.trained import named_base
from photocast.schema import Fault, ModelError

_REPOSITORY = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)?")
_CONTENT = {".json", ".jinja", ".safetensors", ".model", ".txt"}
_WHOLE = 1 << 20
"""Files up to this many bytes count with all their bytes for a folder's identity; of larger ones, samples."""
_SAMPLES, _SAMPLE = 32, 4096


@dataclass(frozen=True)
class Place:
    """Where files of a model are. Either the folder or the repository is known."""

    said: str
    """As the user wrote it."""
    folder: Path | None = None
    repository: str | None = None

    @property
    def identity(self) -> str:
        """The repository's name; of a folder its name and what tells its content from that of another.

        Where the folder lies is left out: it is nobody's business, and a model does not change when it is moved.
        """
        if self.folder is None:
            return str(self.repository)
        return f"{self.folder.name}@{fingerprint(self.folder, self.folder.iterdir())}"


def find_places(model: str) -> tuple[Place, Place | None]:
    """The model, and the adapter behind a plus sign. Folders are looked for, repositories are not.

    An adapter alone brings the model that its training names along, as far as that is a folder or a repository.

    A folder may have a plus sign in its own name: of all ways to cut the name, the one is taken whose left part is a
    folder, the longest first.

    Raises:
        ModelError: it names a folder that is not there, or nothing that could be a repository.
    """
    whole = _folder(model)
    if whole is not None:
        base = named_base(whole)
        if base is not None and (_folder(base) or _is_repository(base)):
            return _place(base, "model"), Place(model, whole)
        return Place(model, whole), None
    cuts = [at for at, letter in enumerate(model) if letter == "+" and 0 < at < len(model) - 1]
    for at in reversed(cuts):
        folder = _folder(model[:at])
        if folder is not None:
            return Place(model[:at], folder), _place(model[at + 1 :], "adapter")
    if cuts:
        return _place(model[: cuts[0]], "model"), _place(model[cuts[0] + 1 :], "adapter")
    return _place(model, "model"), None


def _folder(said: str) -> Path | None:
    """The folder that is meant, whatever the working directory becomes later."""
    path = Path(said).expanduser()
    return path.resolve() if path.is_dir() else None


def _place(said: str, kind: str) -> Place:
    folder = _folder(said)
    if folder is not None:
        return Place(said, folder)
    if _is_repository(said):
        return Place(said, repository=said)
    why = "there is no such folder, and no repository of the Hugging Face hub can have this name"
    do = "Check the path; a repository is written like Qwen/Qwen3-VL-8B-Instruct"
    raise ModelError(Fault.UNKNOWN_MODEL, f"there is no {kind} {said!r}", why, do)


def _is_repository(said: str) -> bool:
    return _REPOSITORY.fullmatch(said) is not None and not re.search(r"--|\.\.|[-.](?:/|$)", said)


def fingerprint(folder: Path, files: Iterable[Path]) -> str:
    """Eight digits that change when files in a folder do: names, sizes and samples of the contents.

    Reading all of a model's weights would take longer than a model may take to be opened; two trainings of one model
    differ nearly everywhere.
    """
    digest = hashlib.sha256()
    for file in sorted(files):
        if file.suffix in _CONTENT and file.is_file():
            size = file.stat().st_size
            digest.update(f"{file.relative_to(folder).as_posix()}\0{size}\0".encode())
            with file.open("rb") as opened:
                if size <= _WHOLE:
                    digest.update(opened.read())
                    continue
                for sample in range(_SAMPLES):
                    opened.seek(sample * (size - _SAMPLE) // (_SAMPLES - 1))
                    digest.update(opened.read(_SAMPLE))
    return digest.hexdigest()[:8]
