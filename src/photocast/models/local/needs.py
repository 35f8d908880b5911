"""What a local model needs before it can answer: a download, memory; and what there is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from photocast.models.local.device import choose_device, choose_dtype, free_memory, image_tokens
from photocast.models.local.hub import ADAPTER_FILES, MODEL_FILES, Listing, cached, fetch, look_up
from photocast.models.local.installed import check_there, check_working
from photocast.models.local.kind import read_settings
from photocast.models.local.memory import shape_of, size_in_words, working_bytes
from photocast.models.local.options import Options, parse_options
from photocast.models.local.place import Place, find_places
from photocast.models.local.trained import trained_image_tokens
from photocast.models.local.weights import BYTES, bytes_in_memory, read_tensors, weight_files
from photocast.models.names import Spec
from photocast.schema import Fault, ModelError

_WORDS = 1500
"""Tokens of a prompt without its photos."""
_LEFT_WHOLE = 0.1
"""Share of a model that quantising leaves as it is, where only the number of weights is known."""
_STORED = {"F64": "float32", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


@dataclass(frozen=True)
class Needs:
    """What a model needs and what there is, in bytes; None where it is not known."""

    device: str
    """Where it would run: `cuda`, `mps` or `cpu`."""
    download: int | None
    """Still to be fetched; 0 when everything is on this machine."""
    weights: int | None
    """Memory of the model's weights as they would be loaded."""
    working: int | None
    """Memory that answering takes beside them: an estimate."""
    free: int | None
    """Memory that is free on the device now."""
    unknown: str = ""
    """Why something is not known, as a clause."""

    @property
    def memory(self) -> int | None:
        """All the memory it takes."""
        return None if self.weights is None or self.working is None else self.weights + self.working

    @property
    def fits(self) -> bool | None:
        """Whether the memory is there; None when either side is not known."""
        return None if self.memory is None or self.free is None else self.memory <= self.free

    def in_words(self) -> str:
        """One sentence for a plan."""
        fetched = "an unknown number of bytes" if self.download is None else size_in_words(self.download)
        download = "nothing to download" if self.download == 0 else f"{fetched} to download"
        if self.memory is None or self.weights is None:
            memory = "memory not known"
        else:
            memory = f"about {size_in_words(self.memory)} of memory ({size_in_words(self.weights)} of it weights)"
        free = "" if self.free is None else f", {size_in_words(self.free)} free"
        why = f"; {self.unknown}" if self.unknown else ""
        return f"{download}; {memory} on {self.device}{free}{why}"


def needs(spec: Spec, *, photos: int = 10, max_tokens: int = 2048) -> Needs:
    """What the model would need to answer about so many photos. Nothing is downloaded and no weights are loaded.

    The hub is asked only about a repository that is not on this machine; when it cannot be reached, that is said in
    the result.

    Raises:
        ModelError: as `open_local`, or the hub knows no such model, or does not let this machine have it.
    """
    check_there()
    check_working()
    options = parse_options(spec.options, spec.name)
    base, adapter = find_places(spec.model)
    device = choose_device(options)
    dtype = choose_dtype(options, device)
    tokens = photos * image_tokens(options, device, _trained(base, adapter)) + _WORDS + max_tokens
    try:
        model = _of_model(base, options, dtype)
        extra = _of_adapter(adapter, dtype) if adapter else _Part(0, 0, None)
    except ModelError as error:
        if error.fault is not Fault.UNREACHABLE:
            raise
        return Needs(device, None, None, None, free_memory(device), error.why)
    weights = model.weights + extra.weights
    shape = shape_of(model.config) if model.config is not None else None
    working = working_bytes(shape, tokens, dtype, weights)
    return Needs(device, model.download + extra.download, weights, working, free_memory(device))


def fetch_model(spec: Spec, told: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Download what a model still needs, before it is asked anything; without this, its first answer waits for it.

    Args:
        spec: the model and perhaps its adapter.
        told: is called after every file with the bytes that have come, and those that come in all.

    Raises:
        ModelError: the hub knows no such model, does not let this machine have it, or cannot be reached.
    """
    base, adapter = find_places(spec.model)
    for place, patterns in ((base, MODEL_FILES), (adapter, ADAPTER_FILES)):
        if place is not None and _on_this_machine(place, patterns) is None:
            fetch(str(place.repository), patterns, told)


@dataclass(frozen=True)
class _Part:
    """What the model, or its adapter, needs."""

    download: int
    weights: int
    config: Mapping[str, object] | None


def _of_model(place: Place, options: Options, dtype: str) -> _Part:
    folder = _on_this_machine(place, MODEL_FILES)
    if folder is not None:
        tensors = read_tensors(weight_files(folder, place.said), place.said)
        config = read_settings(folder, place.said)
        return _Part(0, bytes_in_memory(tensors, dtype, options.quantize), config)
    listing = look_up(str(place.repository), MODEL_FILES)
    return _Part(listing.left, _promised(listing, dtype, options.quantize), None)


def _of_adapter(place: Place, dtype: str) -> _Part:
    folder = _on_this_machine(place, ADAPTER_FILES)
    if folder is not None:
        tensors = read_tensors([folder / "adapter_model.safetensors"], place.said)
        return _Part(0, bytes_in_memory(tensors, dtype, None), None)
    listing = look_up(str(place.repository), ADAPTER_FILES)
    return _Part(listing.left, listing.left, None)


def _trained(base: Place, adapter: Place | None) -> int | None:
    """What the folders say of the size of pictures, as far as they are on this machine."""
    folder = _on_this_machine(base, MODEL_FILES)
    on_it = _on_this_machine(adapter, ADAPTER_FILES) if adapter is not None else None
    return trained_image_tokens(on_it, folder)


def _on_this_machine(place: Place, patterns: tuple[str, ...]) -> Path | None:
    return place.folder or cached(str(place.repository), patterns)


def _promised(listing: Listing, dtype: str, quantize: str | None) -> int:
    """Bytes in memory of a model that is not here, from the number of weights that the hub tells."""
    if not listing.weights:
        return listing.left
    total = 0.0
    for stored, count in listing.weights.items():
        if stored not in _STORED:
            total += count  # weights that were quantised before: bytes, or fractions of them
        elif quantize is not None:
            total += count * ((1 - _LEFT_WHOLE) * BYTES[quantize] + _LEFT_WHOLE * BYTES[dtype])
        else:
            total += count * BYTES[dtype]
    return round(total)
