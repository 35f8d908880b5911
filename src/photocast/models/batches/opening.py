"""From the name of a model to its provider's batches."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

from photocast.models.batches.api import BatchApi
from photocast.models.keys import key_for
from photocast.models.names import open_model, parse_name
from photocast.models.remote.address import address_of
from photocast.models.remote.build import connected
from photocast.models.remote.faults import Call
from photocast.models.remote.options import Options
from photocast.models.remote.setting import Setting, Tally
from photocast.models.vision import VisionModel
from photocast.schema import UsageError

APIS = {
    "openai": "photocast.models.batches.openai:OpenAIBatches",
    "anthropic": "photocast.models.batches.anthropic:AnthropicBatches",
    "google": "photocast.models.batches.google:GoogleBatches",
}
"""Who speaks to each provider that has batches."""

_PATIENCE = 600.0
"""Seconds of silence at least before a connection counts as broken: to submit a second time costs money, and the
provider reads some hundred megabytes before it answers."""


def check_batches(model: str, *, base_url: str | None = None) -> VisionModel:
    """Make sure that a model can be asked in batches; the model.

    Raises:
        UsageError: its provider has none.
        ModelError: there is no such model, or a key or a package is missing.
    """
    spec = parse_name(model)
    if spec.provider not in APIS:
        shown = ", ".join(f"{one}:" for one in APIS)
        raise UsageError(f"{model} cannot be asked in a batch", f"batches are for models of {shown}", "Ask one by one")
    return open_model(model, base_url=base_url)


@asynccontextmanager
async def open_batches(model: str, *, base_url: str | None = None) -> AsyncIterator[BatchApi]:
    """The batches of a model's provider, for the length of a block. Nothing is sent yet.

    Args:
        model: its name, with options as for calls by themselves.
        base_url: of another server that speaks the provider's interface.

    Raises:
        UsageError: its provider has no batches.
        ModelError: there is no such model, or a key or a package is missing.
    """
    opened = check_batches(model, base_url=base_url)
    spec, address = parse_name(model, base_url=base_url), address_of(parse_name(model, base_url=base_url))
    key = key_for(spec.provider, server=address.server)
    options = Options.of(spec)
    setting = Setting(spec.model, address, key, opened.structured, Tally(), timeout=max(options.timeout, _PATIENCE))
    call = Call(spec.provider, spec.model, address, keyed=key is not None, images=0, timeout=setting.timeout)
    from photocast.models.batches.wire import wired

    async with (
        wired(spec, options, replace(setting, key="unused"), call) as wire,
        connected(spec.provider, setting) as remote,
    ):
        client: Any = remote.client  # type: ignore[attr-defined]
        yield _api(spec.provider)(opened.name, client, wire)


def _api(provider: str) -> Callable[..., BatchApi]:
    module, _, name = APIS[provider].partition(":")
    found: Callable[..., BatchApi] = getattr(import_module(module), name)
    return found
