"""Weights in 4 or 8 bits: through bitsandbytes, which can do it on CUDA and on processors."""

from importlib.util import find_spec
from typing import Any

from photocast.models.local.installed import first_line, library
from photocast.models.local.weights import NOT_QUANTISED
from photocast.schema import Fault, ModelError


def quantization(name: str, config: Any, bits: str | None, device: str, dtype: str) -> Any:
    """What transformers is told; None when weights stay as they are.

    Four bits as in QLoRA (arXiv:2305.14314): NF4, the scales quantised as well.

    Raises:
        ModelError: bitsandbytes is missing or broken, cannot work on the device, or the weights are quantised already.
    """
    if bits is None:
        return None
    what = f"{name} cannot be loaded in {bits}"
    if getattr(config, "quantization_config", None) is not None:
        why = "its weights are quantised already, in a way of their own"
        raise ModelError(Fault.REJECTED, what, why, "Leave quantize= out")
    if device == "mps":
        why = "bitsandbytes, which does it, cannot use MPS"
        do = "Leave quantize= out, or run a quantised model with Ollama: ollama:qwen3-vl"
        raise ModelError(Fault.REJECTED, what, why, do)
    if find_spec("bitsandbytes") is None:
        why = "bitsandbytes is not installed, and it does the quantising"
        raise ModelError(Fault.NOT_INSTALLED, what, why, "Run: pip install bitsandbytes")
    return _settings(what, bits, dtype)


def _settings(what: str, bits: str, dtype: str) -> Any:
    import torch

    try:
        library("bitsandbytes")  # only here one that does not fit the machine is noticed
    except (ImportError, OSError, RuntimeError) as error:
        why = f"bitsandbytes is installed, and loading it fails: {first_line(error)}"
        raise ModelError(Fault.BROKEN_INSTALL, what, why, "Run: pip install --upgrade bitsandbytes") from error
    settings = library("transformers").BitsAndBytesConfig
    whole = [f".*(?:{'|'.join(NOT_QUANTISED)}).*"]
    if bits == "8bit":
        return settings(load_in_8bit=True, llm_int8_skip_modules=whole)
    return settings(
        llm_int8_skip_modules=whole,  # holds for four bits as well
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, dtype),
    )
