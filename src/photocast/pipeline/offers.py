"""Which models can be used now, and what each of the others would need."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from typing import Any
from urllib.request import ProxyHandler, build_opener

from photocast.schema import PhotocastError

_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Offer:
    """One way to have a model write."""

    name: str
    """What to give to `--model`, with a model that is known to see."""
    usable: bool
    found: str
    """What is there: where its key comes from, what it runs on."""
    need: str | None = None
    """What to do to use it; none when it can be used."""


def offers() -> tuple[Offer, ...]:
    """Everything that can write, what is on this machine first. Nothing is sent beyond this machine."""
    return (
        Offer("pocket", True, "comes with photocast; no language model"),
        _local(),
        _ollama(),
        *_providers(),
        *_of_others(),
    )


def callable_models() -> tuple[str, ...]:
    """A small model of each provider that is set up: those that a tiny call can be made to."""
    return tuple(offer.name for offer in (_ollama(), *_providers()) if offer.usable)


def _local() -> Offer:
    name = "hf:Qwen/Qwen3-VL-8B-Instruct"
    missing = [package for package in ("torch", "transformers") if find_spec(package) is None]
    if missing:
        return Offer(name, False, f"{' and '.join(missing)} not installed", "Run: pip install 'photocast[local]'")
    from photocast.models.local.device import choose_device
    from photocast.models.local.installed import check_working
    from photocast.models.local.options import Options

    try:
        check_working()
        device = choose_device(Options())
    except PhotocastError as error:
        return Offer(name, False, f"{error.what}: {error.why}", error.do)
    on = {"cuda": "a CUDA device", "mps": "Apple's GPU"}.get(device, "the CPU, where it takes minutes to hours")
    return Offer(name, True, f"runs on {on}; photocast plan tells what it needs")


def _ollama() -> Offer:
    if not _has_remote():
        return _without_extra("ollama:qwen3-vl")
    from photocast.models.names import Spec
    from photocast.models.remote.address import address_of

    try:
        address = address_of(Spec("ollama", "any"))
    except PhotocastError as error:
        return Offer("ollama:qwen3-vl", False, f"{error.what}: {error.why}", error.do)
    if not address.here:
        return Offer("ollama:qwen3-vl", True, f"at {address.host}, as OLLAMA_HOST says")
    try:
        pulled = [str(one["name"]) for one in _asked(f"{address.url.removesuffix('/v1')}/api/tags")["models"]]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return Offer("ollama:qwen3-vl", False, "not running", "Install and start it: https://ollama.com/download")
    if not pulled:
        return Offer("ollama:qwen3-vl", False, "running, without a model", "Run: ollama pull qwen3-vl")
    seeing = next((name for name in pulled if "vl" in name or "vision" in name or "gemma" in name), pulled[0])
    return Offer(f"ollama:{seeing.removesuffix(':latest')}", True, f"running, with {', '.join(pulled[:4])}")


def _asked(url: str) -> Any:
    """What a server on this machine says; through no proxy, which need not be on it."""
    with build_opener(ProxyHandler({})).open(url, timeout=_PATIENCE_SECONDS) as answer:
        return json.load(answer)


_EXAMPLES = {
    "openai": "gpt-5-mini",
    "anthropic": "claude-haiku-4-5",
    "google": "gemini-2.5-flash",
    "openrouter": "google/gemini-2.5-flash",
    "bedrock": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
}
"""Models that see, and cost cents."""


def _providers() -> Iterator[Offer]:
    from photocast.models.keys import how_to_set, where

    for provider, model in _EXAMPLES.items():
        name = f"{provider}:{model}"
        if not _has_remote():
            yield _without_extra(name, "bedrock" if provider == "bedrock" else "remote")
        elif provider == "bedrock" and find_spec("boto3") is None:
            yield Offer(name, False, "boto3 not installed", "Run: pip install 'photocast[bedrock]'")
        else:
            try:
                place = where(provider)
            except PhotocastError as error:
                yield Offer(name, False, f"{error.what}: {error.why}", error.do)
                continue
            found = f"key from {place}" if place else "no key"
            yield Offer(name, bool(place), found, None if place else how_to_set(provider))


def _of_others() -> Iterator[Offer]:
    from photocast.models.names import ADAPTERS, providers

    for provider in sorted(set(providers()) - set(ADAPTERS)):
        yield Offer(f"{provider}:…", True, "from another package")


def _has_remote() -> bool:
    return find_spec("pydantic_ai") is not None


def _without_extra(name: str, extra: str = "remote") -> Offer:
    return Offer(name, False, "its client is not installed", f"Run: pip install 'photocast[{extra}]'")
