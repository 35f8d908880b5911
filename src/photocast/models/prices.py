"""What a call costs, in dollars before tax: from a table that comes with a package, or from two numbers of the user."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any

from photocast._optional import require
from photocast.models.names import Spec, parse_name
from photocast.models.tokens import request_tokens
from photocast.models.vision import Request, Usage, VisionModel

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

FREE = "nothing to pay: it runs on this machine"
_CHECKED = re.compile(r"(?:verified|checked|confirmed|reviewed)\D{0,24}(20\d\d-\d\d-\d\d)", re.IGNORECASE)
PICTURES = {"bedrock:stability.sd3-5-large-v1:0": 0.08}
"""Dollars for a picture, whatever its form. Written down from memory on 26 November 2026 and checked against no price
list (https://aws.amazon.com/bedrock/pricing): `picture_price` is for whoever knows better."""
_AT_HOME = frozenset({"hf", "scripted", "recorded"})


@dataclass(frozen=True)
class Price:
    """The price of one model."""

    table: str
    """Where the price comes from and how old it is, for people to read."""
    model: str
    """For counting the tokens of photos, which every provider does in its own way."""
    rate: Callable[[Usage], float]
    """Dollars for so many tokens in, out, and in from the provider's cache."""

    def cost(self, usage: Usage) -> float:
        """Dollars of a call that used this much; what nobody told counts as nothing."""
        return self.rate(usage)

    def worst(self, request: Request) -> float:
        """Dollars that a call should not come to more than: all the tokens in it may have, and all it may answer."""
        return self.rate(Usage(request_tokens(self.model, request).worst, request.sampling.max_tokens))

    def expected(self, request: Request, output_tokens: int) -> float:
        """Dollars that a call will likely come to, when this many tokens are answered."""
        return self.rate(Usage(request_tokens(self.model, request).expected, output_tokens))


def price_of(model: VisionModel | Spec | str) -> Price | None:
    """The price of a model; None where nobody knows it. What runs on this machine is free.

    Args:
        model: A model, or its name; to ask for a server of one's own by name, give a `Spec` with its address.
    """
    if isinstance(model, str):
        model = parse_name(model)
    if isinstance(model, Spec) and model.provider == "recorded" and "from" in model.options:
        model = parse_name(model.options["from"], base_url=model.base_url)  # what is not recorded yet is asked there
    name, home = _placed(model)
    if home:
        return Price(FREE, name, lambda usage: 0.0)
    if (each := PICTURES.get(name.partition("?")[0])) is not None:
        return picture_price(each, name, "list price, from memory of 2026-11-26, not checked")
    found = _look_up(name)
    if found is None:
        return None
    return Price(_table(), name, lambda usage: _table_price(usage, *found))


def set_price(dollars_in: float, dollars_out: float, model: str = "") -> Price:
    """The price that the user gives, in dollars for a million tokens in and for a million tokens out."""

    def rate(usage: Usage) -> float:
        return ((usage.input_tokens or 0) * dollars_in + (usage.output_tokens or 0) * dollars_out) / 1e6

    return Price(f"your own: ${dollars_in:g} in and ${dollars_out:g} out for a million tokens", model, rate)


def picture_price(dollars: float, model: str = "", table: str = "your own") -> Price:
    """The price of a model that takes the same for every picture."""
    return Price(f"{table}: ${dollars:g} a picture", model, lambda usage: dollars)


def batch_price(price: Price) -> Price:
    """The price of the same call in a batch: half, at every provider that `photocast.models.batches` knows."""
    return Price(f"{price.table}; half of it, as for batches", price.model, lambda usage: price.rate(usage) / 2)


def context_of(name: str) -> int | None:
    """Tokens that the model takes, where the table tells; None where nobody knows.

    Args:
        name: As the model itself is named, with its provider.
    """
    found = _look_up(name)
    return None if found is None else found[1].context_window


def nearest(name: str) -> str | None:
    """The name in the table that is most like this one, for whoever mistyped it; None where none is."""
    from genai_prices.data_snapshot import get_snapshot

    provider, _, model = name.partition(":")
    known = [one.id for row in get_snapshot().providers if row.id == provider for one in row.models]
    near = get_close_matches(model, known, n=1, cutoff=0.8)
    return f"{provider}:{near[0]}" if near else None


def _placed(model: VisionModel | Spec) -> tuple[str, bool]:
    """The model's name, and whether it runs on this machine."""
    from photocast.models.remote.address import SERVICES, address_of, passed_on

    if not isinstance(model, Spec):
        return model.name, model.host is None
    if model.provider in _AT_HOME:
        return model.name, True
    if model.provider not in SERVICES:
        return model.name, False
    address = address_of(model)
    home = address.here and passed_on(model.model) is None
    return model.name if address.own else f"{model.name}@{address.host}", home


def _look_up(name: str) -> "tuple[Provider, ModelInfo] | None":
    """The row of the table. A server of one's own sets its own prices: only the provider's own is looked up."""
    snapshot = require("genai_prices.data_snapshot", extra="remote", purpose="knowing what a model costs")
    provider, _, model = name.partition(":")
    if "@" in model:
        return None
    try:
        found: tuple[Provider, ModelInfo] = snapshot.get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    return found


def _table_price(usage: Usage, provider: "Provider", info: "ModelInfo") -> float:
    from genai_prices import Usage as Used

    used = Used(
        input_tokens=usage.input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
        cache_read_tokens=min(usage.cached_tokens, usage.input_tokens or 0),
    )
    return float(info.calc_price(used, provider).total_price)


@cache
def _table() -> str:
    """The package's version and, as the data has no date of its own, the latest day on which it was compared."""
    from importlib.metadata import version

    from genai_prices.data_snapshot import get_snapshot

    notes = [note.price_comments or "" for note in _noted(get_snapshot().providers)]
    days = [day for note in notes for day in _CHECKED.findall(note)]
    checked = f", last checked against price lists on {max(days)}" if days else ", of unknown date"
    return f"genai-prices {version('genai-prices')}{checked}"


def _noted(providers: "list[Provider]") -> list[Any]:
    return [*providers, *(model for provider in providers for model in provider.models)]
