"""From a folder to a model that can be asked: its processor, its weights, an adapter on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.models.local.adapter import put_on
from photocast.models.local.chat import end_of_turn
from photocast.models.local.device import choose_device, choose_dtype, free_memory, image_tokens
from photocast.models.local.faults import is_out_of_memory, let_go, too_large
from photocast.models.local.installed import check_working, library, not_installed
from photocast.models.local.kind import FROM_FOLDER, read_config, read_processor
from photocast.models.local.memory import Shape, context_of, shape_of
from photocast.models.local.options import Options
from photocast.models.local.quantize import quantization
from photocast.models.local.quiet import quiet
from photocast.models.local.trained import trained_image_tokens
from photocast.models.local.weights import broken, bytes_in_memory, read_tensors, weight_files


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model in memory."""

    model: Any
    processor: Any
    device: str
    dtype: str
    shape: Shape | None
    ends: tuple[int, ...]
    """Tokens that end an answer."""
    context: int | None
    """Tokens that a question and its answer may have together."""
    image_tokens: int
    """Tokens that a photo may cost at most."""


@dataclass(frozen=True)
class _Way:
    """How a model is loaded."""

    device: str
    dtype: str
    quantize: str | None
    weights: int
    """Bytes in memory."""

    @property
    def smaller(self) -> str:
        """Options that would make the model smaller, as they go on a sentence."""
        if self.quantize == "4bit":
            return ""
        halved = ", or this one with ?dtype=bfloat16, which is slow" if self.dtype == "float32" else ""
        return halved if self.device == "mps" else ", or this one with ?quantize=4bit"


def load(name: str, folder: Path, adapter: Path | None, options: Options) -> Loaded:
    """Load a model, and an adapter onto it, from folders alone; nothing is looked for elsewhere.

    Raises:
        ModelError: packages or files are missing or broken, the model cannot take photos, or it does not fit.
    """
    check_working()
    device = choose_device(options)
    dtype = choose_dtype(options, device)
    tensors = read_tensors(weight_files(folder, name), name)
    tokens = image_tokens(options, device, trained_image_tokens(adapter, folder))
    way = _Way(device, dtype, options.quantize, bytes_in_memory(tensors, dtype, options.quantize))
    with quiet():
        config = read_config(folder, name)
        processor = read_processor(folder, name)
        with _room(name, way):
            model = _read_weights(folder, name, config, way)
            if adapter is not None:
                put_on(model, adapter, name)
        ends = settle_endings(model, processor)
    built = model.config.to_dict()
    return Loaded(model, processor, device, dtype, shape_of(built), ends, context_of(built), tokens)


@contextmanager
def _room(name: str, way: _Way) -> Iterator[None]:
    """Make sure that there is room for a model before it is loaded, and say so when it turns out that there is none.

    A system may hand out memory that it does not have, and stop the program without a word when it is used.
    """
    free = free_memory(way.device)
    if free is not None and way.weights > free:
        raise too_large(name, way.device, needed=way.weights, free=free, smaller=way.smaller)
    try:
        yield
    except (MemoryError, RuntimeError, OSError) as error:
        if not is_out_of_memory(error):
            raise
        let_go(error, way.device)
        raise too_large(name, way.device, needed=way.weights, free=free, smaller=way.smaller) from error


def _read_weights(folder: Path, name: str, config: Any, way: _Way) -> Any:
    import torch

    settings: dict[str, Any] = {"quantization_config": quantization(name, config, way.quantize, way.device, way.dtype)}
    if way.device != "cpu" or way.quantize is not None:
        library("accelerate")
        settings["device_map"] = {"": way.device}  # each weight goes there as it is read, without a copy on the way
    given = {"config": config, "dtype": getattr(torch, way.dtype), "use_safetensors": True} | FROM_FOLDER
    try:
        model, report = library("transformers").AutoModelForImageTextToText.from_pretrained(
            folder, **given, **settings, output_loading_info=True
        )
    except ImportError as error:
        raise not_installed(name, error) from error
    except Exception as error:  # the loaders raise a dozen kinds of errors on files that do not fit together
        if is_out_of_memory(error):
            raise
        raise broken(name, "the weights do not fit the configuration") from error
    if report["missing_keys"]:  # they would be random numbers, and the model would talk nonsense
        raise broken(name, f"{len(report['missing_keys'])} parts of the weights are missing")
    return model.eval()


def settle_endings(model: Any, processor: Any) -> tuple[int, ...]:
    """Find the tokens that end an answer, and take out of the model all other wishes about how it should answer.

    A `generation_config.json` often asks for top-k or for a penalty on repetition, which `generate` would add to what
    the request says.
    """
    theirs, words = model.generation_config, processor.tokenizer
    named = theirs.eos_token_id if isinstance(theirs.eos_token_id, list) else [theirs.eos_token_id]
    ends = {number for number in (*named, words.eos_token_id, end_of_turn(processor)) if number is not None}
    pad = words.pad_token_id if words.pad_token_id is not None else min(ends, default=None)
    model.generation_config = library("transformers").GenerationConfig(
        bos_token_id=theirs.bos_token_id, eos_token_id=sorted(ends), pad_token_id=pad
    )
    return tuple(sorted(ends))
