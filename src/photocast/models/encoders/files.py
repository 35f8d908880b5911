"""The files of an encoder: a folder, or a revision of a repository of the Hugging Face hub."""

import fnmatch
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from photocast.models.local.hub import spoken
from photocast.models.local.installed import library
from photocast.models.local.place import Place, find_places
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import broken
from photocast.schema import Fault, ModelError

_SETTINGS = ("*.json", "*.txt", "*.model")
_SAFE, _OLD = "*.safetensors", "pytorch_model*.bin"
"""Some well-known encoders have weights in the older format alone; torch reads it without running what is in it."""
_PATIENCE_SECONDS = 10.0


def find_files(said: str) -> tuple[Path, str]:
    """The folder that holds an encoder, fetched if need be; and what tells it from others, without where it lies.

    Args:
        said: a folder, or a repository with `@REVISION` behind it if need be.

    Raises:
        ModelError: there is no such folder or repository, or the hub cannot be reached.
    """
    model, at, revision = said.rpartition("@")
    if not at or Path(said).expanduser().is_dir():
        model, revision = said, ""
    place, adapter = find_places(model)
    if adapter is not None:
        why = "an encoder is used as it is, without an adapter"
        raise ModelError(Fault.REJECTED, f"{said} cannot be opened", why, "Merge the adapter into a model of its own")
    if place.folder is not None:
        return place.folder, place.identity
    folder = _fetched(place, revision or None)
    return folder, f"{place.repository}@{folder.name[:12]}"


def _fetched(place: Place, revision: str | None) -> Path:
    """The snapshot of a repository; nothing is asked of the hub if all of it is here."""
    repository = str(place.repository)
    here = _here(repository, revision)
    if here is not None:
        return here
    hub = library("huggingface_hub")
    with spoken(repository), quiet():
        info = hub.HfApi().model_info(repository, revision=revision, timeout=_PATIENCE_SECONDS)
        for name in _wanted([file.rfilename for file in info.siblings or ()]):
            hub.hf_hub_download(repository, name, revision=revision)
    here = _here(repository, revision)
    if here is None:
        raise broken(repository, "the repository holds no weights that transformers reads")
    return here


def _wanted(names: Iterable[str]) -> list[str]:
    """What transformers reads of a repository's files: settings, and the weights in one format; weights come last."""
    here = sorted(name for name in names if "/" not in name)
    weights = fnmatch.filter(here, _SAFE) or fnmatch.filter(here, _OLD)
    return [name for pattern in _SETTINGS for name in fnmatch.filter(here, pattern)] + weights


def _here(repository: str, revision: str | None) -> Path | None:
    errors: Any = library("huggingface_hub.errors")
    try:
        folder = Path(
            library("huggingface_hub").snapshot_download(repository, revision=revision, local_files_only=True)
        )
    except errors.LocalEntryNotFoundError:
        return None
    weights = any(folder.glob(_SAFE)) or any(folder.glob(_OLD))
    return folder if weights and (folder / "config.json").is_file() else None
