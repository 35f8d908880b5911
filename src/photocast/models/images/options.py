"""What may stand behind the question mark of a model that draws: `?aspect=16:9`, `?size=1344x768&steps=28`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from math import isfinite
from typing import Any, Self

from photocast.models.local.options import DEVICE, DTYPES
from photocast.models.names import Spec
from photocast.schema import Fault, ModelError

ASPECTS = ("16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21")
"""Width to height, as Amazon Bedrock lists them for Stable Diffusion 3.5 Large."""
_SIDES = re.compile(r"([1-9]\d*)x([1-9]\d*)", re.ASCII)
_NOT_DRAWN = frozenset({"device", "timeout"})
"""Options that change nothing in a picture, and are left out of the name."""


@dataclass(frozen=True)
class Options:
    """How a model draws; None leaves it to the model, or to the machine."""

    aspect: str | None = None
    size: tuple[int, int] | None = None
    """Width and height in pixels."""
    steps: int | None = None
    guidance: float | None = None
    """How closely the text is followed: w of classifier-free guidance (arXiv:2207.12598)."""
    device: str | None = None
    dtype: str | None = None
    """Of the weights in memory."""
    timeout: float | None = None
    """Seconds of silence that are taken for a broken connection."""

    @classmethod
    def of(cls, spec: Spec, known: Sequence[str]) -> Self:
        """Read the options of a name, of which a model knows these.

        Raises:
            ModelError: one is unknown, or its value cannot be meant.
        """
        for name, text in spec.options.items():
            if name not in known:
                raise _unknown(name, known, spec)
            if _read(name, text) is None:
                why = f"{name} can be {_KNOWN[name][1]}, not {text!r}"
                do = "Correct it or leave it out"
                raise ModelError(Fault.REJECTED, f"an option of {spec.name} cannot be read", why, do)
        return cls(**{name: _read(name, text) for name, text in spec.options.items()})

    @property
    def suffix(self) -> str:
        """The options that a picture depends on, as they stand in the name of a model."""
        said = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in _NOT_DRAWN}
        shown = "&".join(f"{name}={_written(value)}" for name, value in said.items() if value is not None)
        return f"?{shown}" if shown else ""


def _size(text: str) -> tuple[int, int] | None:
    found = _SIDES.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _steps(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 1000 else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 else None


_KNOWN: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "aspect": (lambda text: text if text in ASPECTS else None, f"one of {', '.join(ASPECTS)}"),
    "size": (_size, "width and height in pixels, such as 1344x768"),
    "steps": (_steps, "a number from 1 to 1000"),
    "guidance": (_number, "a number, 0 or more"),
    "device": (lambda text: text if DEVICE.fullmatch(text) else None, "cuda, cuda:1, mps or cpu"),
    "dtype": (lambda text: text if text in DTYPES else None, f"one of {', '.join(DTYPES)}"),
    "timeout": (lambda text: _number(text) or None, "a number of seconds above 0"),
}


def _read(name: str, text: str) -> Any:
    return _KNOWN[name][0](text)


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unknown(name: str, known: Sequence[str], spec: Spec) -> ModelError:
    why = "it knows these: " + "; ".join(f"{one} ({_KNOWN[one][1]})" for one in known)
    near = get_close_matches(name, known, n=1)
    do = f"Write {near[0]} instead" if near else "Leave it out"
    return ModelError(Fault.REJECTED, f"there is no option {name!r} for {spec.name}", why, do)
