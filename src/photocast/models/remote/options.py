"""What may stand behind the question mark of a remote model: `openai:gpt-5-mini?timeout=120&thinking=minimal`."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, Self, TypeAlias, cast, get_args

from photocast.models.names import Spec
from photocast.schema import Fault, ModelError

Thinking: TypeAlias = Literal["off", "minimal", "low", "medium", "high"]
_KNOWN = ("timeout", "thinking", "context", "structured")


@dataclass(frozen=True)
class Options:
    """How a remote model is spoken to, where that is not as usual."""

    timeout: float = 60.0
    """Seconds of silence that are taken for a broken connection."""
    thinking: Thinking | None = None
    """How much a model thinks before it answers; none asks those that think unasked to think little."""
    context: int | None = None
    """Tokens that fit, for servers whose models nobody lists."""
    structured: bool | None = None
    """Whether to hold answers to JSON schemas, where the usual belief about a model is wrong."""

    @classmethod
    def of(cls, spec: Spec) -> Self:
        """Read the options of a name.

        Raises:
            ModelError: one is unknown, or its value is none that it takes.
        """
        for name in spec.options:
            if name not in _KNOWN:
                raise _refused(spec, f"there is no option {name!r}", _advice(name))
        return cls(
            timeout=_number(spec, "timeout", 60.0),
            thinking=cast("Thinking | None", _choice(spec, "thinking", get_args(Thinking))),
            context=int(_number(spec, "context", 0.0)) or None,
            structured={"yes": True, "no": False, None: None}[_choice(spec, "structured", ("yes", "no"))],
        )


def _number(spec: Spec, name: str, default: float) -> float:
    text = spec.options.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise _refused(spec, f"{name}={text} is no number above 0", f"Write for example {name}=120")
    return value


def _choice(spec: Spec, name: str, choices: tuple[str, ...]) -> str | None:
    text = spec.options.get(name)
    if text is not None and text not in choices:
        raise _refused(spec, f"{name}={text} is none of {', '.join(choices)}", f"Write for example {name}={choices[0]}")
    return text


def _advice(name: str) -> str:
    near = get_close_matches(name, _KNOWN, n=1)
    return f"Write {near[0]}=…" if near else f"There are: {', '.join(_KNOWN)}"


def _refused(spec: Spec, why: str, do: str) -> ModelError:
    return ModelError(Fault.UNKNOWN_MODEL, f"{spec.name} cannot be opened as written", why, do)
