"""From a repository or a folder to a pipeline of diffusers that draws."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.models.images.options import Options
from photocast.models.local.device import choose_device, choose_dtype, free_memory
from photocast.models.local.faults import is_out_of_memory, let_go, too_large
from photocast.models.local.hub import spoken
from photocast.models.local.installed import check_working, first_line, not_installed
from photocast.models.local.options import Options as Machine
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import broken, bytes_in_memory, read_json, read_tensors
from photocast.schema import Fault, ModelError

PURPOSE = "a model that draws on this machine"
_INDEX = "model_index.json"
_WEIGHTS = re.compile(r"(?:model|diffusion_pytorch_model)(?:-\d+-of-\d+)?\.safetensors")
"""Files that are loaded; the same in other precisions have these in their names (`model.fp16.safetensors`)."""


@dataclass(frozen=True, eq=False)
class Pipeline:
    """A model in memory."""

    run: Callable[..., Any]
    kind: str
    device: str
    takes: frozenset[str]
    """Names of what it can be told."""


def load(name: str, folder: Path, options: Options) -> Pipeline:
    """Load a pipeline from a folder alone; nothing is looked for elsewhere.

    Raises:
        ModelError: packages or files are missing or broken, it does not draw from texts, or it does not fit.
    """
    check_working()
    _diffusers()  # loaded before `quiet`, which silences what is there
    machine = Machine(device=options.device, dtype=options.dtype)
    device = choose_device(machine)
    dtype = choose_dtype(machine, device)
    parts = _parts(folder, name)
    tensors = read_tensors(_weights(folder, parts, name), name)
    with quiet(), _room(name, device, bytes_in_memory(tensors, dtype, None)):
        pipeline = _read(name, folder, parts, device, dtype)
    pipeline.set_progress_bar_config(disable=True)
    takes = frozenset(inspect.signature(type(pipeline).__call__).parameters)
    return Pipeline(pipeline, type(pipeline).__name__, device, takes)


def fetch(repository: str) -> Path:
    """The folder with a repository's files, fetched if need be; if all are here, nothing is asked of the hub.

    Raises:
        ModelError: the repository does not exist, may not be read, or the hub cannot be reached.
    """
    check_working()
    download = _diffusers().DiffusionPipeline.download
    with quiet(), spoken(repository):
        try:
            here = Path(download(repository, use_safetensors=True, local_files_only=True))
            _weights(here, _parts(here, repository), repository)
            return here
        except (OSError, ModelError):  # not there, or not all of it
            pass
        try:
            return Path(download(repository, use_safetensors=True))
        except OSError as error:
            raise (error.__cause__ or error) from None  # the hub's own word, which diffusers wraps


def _parts(folder: Path, name: str) -> dict[str, bool]:
    """The names of a pipeline's parts, and whether each is there: a text encoder may be left out to save memory."""
    if not (folder / _INDEX).is_file():
        raise broken(name, f"there is no {_INDEX} in it")
    index: Mapping[str, Any] = read_json(folder / _INDEX, name)
    return {part: kind[0] is not None for part, kind in index.items() if isinstance(kind, list) and len(kind) == 2}


def _weights(folder: Path, parts: Mapping[str, bool], name: str) -> list[Path]:
    """The files of weights of all parts. What has a `config.json` has weights; tokenizers and the like have none.

    Raises:
        ModelError: one of them is missing.
    """
    found: list[Path] = []
    for part in (folder / part for part, there in parts.items() if there):
        files = [file for file in sorted(part.glob("*.safetensors")) if _WEIGHTS.fullmatch(file.name)]
        listed = {one for index in part.glob("*.safetensors.index.json") for one in _listed(index, name)}
        lacking = sorted(listed - {file.name for file in files})
        if lacking or not part.is_dir() or ((part / "config.json").is_file() and not files):
            raise broken(name, f"{part.name} has no {lacking[0] if lacking else 'weights in safetensors files'}")
        found += files
    return found


def _listed(index: Path, name: str) -> set[str]:
    """The files that an index names, unless it is that of another precision."""
    files = set(read_json(index, name).get("weight_map", {}).values())
    return {file for file in files if _WEIGHTS.fullmatch(file)}


def _read(name: str, folder: Path, parts: Mapping[str, bool], device: str, dtype: str) -> Any:
    import torch

    absent = {part: None for part, there in parts.items() if not there}
    given = {"dtype": getattr(torch, dtype), "use_safetensors": True, "local_files_only": True}
    try:
        pipeline = _diffusers().AutoPipelineForText2Image.from_pretrained(folder, **given, **absent)
        return pipeline.to(device)  # fails as well where weights are missing: these are nowhere
    except ImportError as error:
        raise not_installed(name, error, extra="images") from error
    except Exception as error:  # the loaders raise a dozen kinds of errors on files that do not fit together
        if is_out_of_memory(error):
            raise
        if "AutoPipeline can't find a pipeline" in str(error):
            why = f"diffusers {_diffusers().__version__} knows it for something else, or not at all"
            do = "Take one that does, such as diffusers:stabilityai/stable-diffusion-3.5-large"
            raise ModelError(Fault.UNKNOWN_MODEL, f"{name} does not draw from texts", why, do) from error
        raise broken(name, f"its parts cannot be loaded: {first_line(error)}") from error


@contextmanager
def _room(name: str, device: str, needed: int) -> Iterator[None]:
    """Make sure that there is room for a model before it is loaded, and say so when it turns out that there is none."""
    free = free_memory(device)
    if free is not None and needed > free:
        raise too_large(name, device, needed=needed, free=free, smaller="")
    try:
        yield
    except (MemoryError, RuntimeError, OSError) as error:
        if not is_out_of_memory(error):
            raise
        let_go(error, device)
        raise too_large(name, device, needed=needed, free=free, smaller="") from error


def _diffusers() -> Any:
    return require("diffusers", extra="images", purpose=PURPOSE)
