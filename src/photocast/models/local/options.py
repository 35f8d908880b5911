"""What may stand behind the question mark of a local model's name: `?device=cuda&quantize=4bit&image_tokens=256`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from photocast.schema import Fault, ModelError

DTYPES = ("bfloat16", "float16", "float32")
QUANTIZED = ("4bit", "8bit")
DEVICE = re.compile(r"cuda(?::\d+)?|mps|cpu")
_TOKENS = range(4, 16_385)
_KNOWN = {
    "device": "cuda, cuda:1, mps or cpu",
    "dtype": ", ".join(DTYPES),
    "quantize": " or ".join(QUANTIZED),
    "image_tokens": f"a number from {_TOKENS.start} to {_TOKENS.stop - 1}",
}


@dataclass(frozen=True)
class Options:
    """How a model is to be run; None leaves the choice to the machine."""

    device: str | None = None
    dtype: str | None = None
    """Of the weights in memory."""
    quantize: str | None = None
    """Weights in 4 or 8 bits, through bitsandbytes."""
    image_tokens: int | None = None
    """Tokens that a photo may cost at most; by default as the model was trained."""

    @property
    def suffix(self) -> str:
        """The options that change what is answered, as they stand in a name; the device is not among them."""
        said = {"dtype": self.dtype, "image_tokens": self.image_tokens, "quantize": self.quantize}
        shown = "&".join(f"{name}={value}" for name, value in said.items() if value is not None)
        return f"?{shown}" if shown else ""


def parse_options(given: Mapping[str, str], model: str) -> Options:
    """Read the options of a name.

    Raises:
        ModelError: there is no such option, or the value cannot be meant.
    """
    for name, value in given.items():
        if name not in _KNOWN:
            raise _unknown(name, model)
        if not _possible(name, value):
            why = f"{name} can be {_KNOWN[name]}, not {value!r}"
            raise ModelError(Fault.REJECTED, f"an option of {model} cannot be read", why, "Correct it or leave it out")
    tokens = given.get("image_tokens")
    return Options(given.get("device"), given.get("dtype"), given.get("quantize"), int(tokens) if tokens else None)


def _possible(name: str, value: str) -> bool:
    match name:
        case "device":
            return DEVICE.fullmatch(value) is not None
        case "dtype":
            return value in DTYPES
        case "quantize":
            return value in QUANTIZED
        case _:
            return value.isascii() and value.isdigit() and int(value) in _TOKENS


def _unknown(name: str, model: str) -> ModelError:
    why = "a local model knows these: " + "; ".join(f"{known} ({values})" for known, values in _KNOWN.items())
    near = get_close_matches(name, _KNOWN, n=1)
    do = f"Write {near[0]} instead" if near else "Leave it out"
    return ModelError(Fault.REJECTED, f"there is no option {name!r} for {model}", why, do)
