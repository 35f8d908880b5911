"""Names of models as people write them: `openai:gpt-5-mini`, `hf:Qwen/Qwen3-VL-8B-Instruct+adapter?quantize=4bit`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from photocast.models.vision import VisionModel
from photocast.schema import Fault, ModelError

ADAPTERS = {
    "hf": "photocast.models.local:open_local",
    "openai": "photocast.models.remote:open_remote",
    "anthropic": "photocast.models.remote:open_remote",
    "google": "photocast.models.remote:open_remote",
    "bedrock": "photocast.models.remote:open_remote",
    "openrouter": "photocast.models.remote:open_remote",
    "ollama": "photocast.models.remote:open_remote",
    "scripted": "photocast.models.fake:open_scripted",
    "recorded": "photocast.models.fake:open_recorded",
}
"""Who opens the models of each provider; other packages add theirs through the entry-point group `photocast.vision`."""


@dataclass(frozen=True)
class Spec:
    """A model's name, taken apart."""

    provider: str
    model: str
    options: Mapping[str, str] = field(default_factory=dict)
    base_url: str | None = None
    """Another server that speaks the provider's protocol."""

    @property
    def name(self) -> str:
        """The name put together again, without options."""
        return f"{self.provider}:{self.model}"


def parse_name(name: str, *, base_url: str | None = None) -> Spec:
    """Take a name apart: `provider:model`, and behind a question mark options like those of a URL.

    Raises:
        ModelError: it has no provider before a colon, or none that is known; nothing is looked up elsewhere.
    """
    known = providers()
    return split_name(name, known, base_url) or _refuse(name, known)


def split_name(name: str, known: Collection[str], base_url: str | None = None) -> Spec | None:
    """The parts of a name; None if it is of none of these providers."""
    head, _, query = name.strip().partition("?")
    provider, _, model = head.partition(":")
    if not model or provider not in known:
        return None
    return Spec(provider, model, dict(parse_qsl(query, keep_blank_values=True)), base_url)


def open_model(name: str, *, base_url: str | None = None) -> VisionModel:
    """The model of that name, ready to be asked. Nothing is sent and nothing is downloaded yet.

    Raises:
        ModelError: no such provider, a package or a key is missing, or an option is unknown.
    """
    spec = parse_name(name, base_url=base_url)
    return providers()[spec.provider](spec)


def providers() -> dict[str, Callable[[Spec], VisionModel]]:
    """Who opens the models of each provider, ours and those of other packages; ours win."""
    return openers(ADAPTERS, "photocast.vision")


def openers(ours: Mapping[str, str], group: str) -> dict[str, Callable[..., VisionModel]]:
    """Functions that open models, by provider: ours, written `module:function`, and those of an entry-point group."""
    others = {entry.name: _theirs(entry) for entry in entry_points(group=group)}
    return others | {provider: _ours(where) for provider, where in ours.items()}


def _ours(where: str) -> Callable[..., VisionModel]:
    def opened(*given: Any) -> VisionModel:
        module, _, function = where.partition(":")
        model: VisionModel = getattr(import_module(module), function)(*given)
        return model

    return opened


def _theirs(entry: EntryPoint) -> Callable[..., VisionModel]:
    def opened(*given: Any) -> VisionModel:
        model: VisionModel = entry.load()(*given)
        return model

    return opened


def _refuse(name: str, known: Collection[str]) -> NoReturn:
    provider = name.strip().partition("?")[0].partition(":")[0]
    shown = ", ".join(f"{one}:" for one in known if one not in {"scripted", "recorded"})
    near = get_close_matches(provider, known, n=1)
    do = f"Write {near[0]}: before the model" if near and near[0] != provider else "Run photocast models for examples"
    why = f"a model is written with one of these before it: {shown}"
    raise ModelError(Fault.UNKNOWN_MODEL, f"there is no model {name!r}", why, do)
