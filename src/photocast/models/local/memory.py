"""How much memory a model takes to answer, estimated before it is loaded, and the words for sizes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NUMBER = {"float32": 4, "bfloat16": 2, "float16": 2}
_FIXED = 500_000_000
"""For the libraries themselves, and what an accelerator keeps for its programs."""
_UNKNOWN_SHARE = 0.25
"""Of the weights, where the configuration does not tell how the model is built."""
_LIVE = 8
"""Rows of a layer's width that are alive at once while a question is read: what goes in and out, and its parts."""
_PIXELS = 50_000
"""Bytes of the pixels that become a token, as numbers and with the copies that are made on the way."""


@dataclass(frozen=True)
class Shape:
    """What of a configuration decides how much memory a token takes."""

    layers: int
    """Those that keep something of every token; others keep what does not grow, or only of the last tokens."""
    hidden: int
    inner: int
    """Width of the feed-forward layers."""
    kept: int
    """Numbers that such a layer keeps of every token: keys and values."""


def shape_of(config: Mapping[str, Any]) -> Shape | None:
    """Read the part of a configuration that describes the language model; None where it is written in another way."""
    text = config.get("text_config") or config.get("llm_config") or config
    try:
        heads = text["num_attention_heads"]
        head = text.get("head_dim") or text["hidden_size"] // heads
        kept = 2 * (text.get("num_key_value_heads") or heads) * head
        layers = text["num_hidden_layers"]
        if text.get("layer_types"):
            layers = sum(kind == "full_attention" for kind in text["layer_types"])
        return Shape(layers, text["hidden_size"], text["intermediate_size"], kept)
    except (KeyError, TypeError, AttributeError):
        return None


def working_bytes(shape: Shape | None, tokens: int, dtype: str, weights: int) -> int:
    """Estimated bytes that answering takes beside the weights.

    Keys and values of all tokens, the activations of one layer while the question is read, pixels, and a fixed half
    gigabyte. Without that it was within a quarter of what random models of four families with 60 to 230 million
    weights took on a processor, for 5 to 20 photos; on accelerators it was not compared.

    Args:
        shape: of the language model; without it a quarter of the weights is taken.
        tokens: of the question with its photos and of the answer.
        dtype: that the model computes in.
        weights: bytes of them in memory.
    """
    if shape is None:
        return round(_UNKNOWN_SHARE * weights) + _FIXED
    live = _LIVE * shape.hidden + 3 * shape.inner
    return kept_bytes(shape, tokens, dtype) + tokens * (live * _NUMBER[dtype] + _PIXELS) + _FIXED


def kept_bytes(shape: Shape | None, tokens: int, dtype: str) -> int:
    """Bytes of keys and values that a model keeps of so many tokens; 0 when its shape is not known."""
    return 0 if shape is None else tokens * shape.layers * shape.kept * _NUMBER[dtype]


def photos_that_fit(shape: Shape, free: int, dtype: str, *, each: int, answer: int) -> int:
    """How many photos leave room for an answer, estimated.

    Args:
        shape: of the language model.
        free: bytes beside the weights.
        dtype: that the model computes in.
        each: tokens of a photo.
        answer: tokens of the answer.
    """
    of_one = working_bytes(shape, 1, dtype, 0) - _FIXED
    return max(0, (free - _FIXED - answer * of_one) // (each * of_one))


def context_of(config: Mapping[str, Any]) -> int | None:
    """Tokens that a question and its answer may have together, where the configuration tells."""
    text = config.get("text_config") or config.get("llm_config") or {}
    for part in (text, config):
        known = part.get("max_position_embeddings") if isinstance(part, Mapping) else None
        if isinstance(known, int) and known > 0:
            return known
    return None


def size_in_words(count: int) -> str:
    """Bytes as people say them: `16.3 GB`, `250 MB`, `0.3 MB`."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 10_000_000 else f"{count / 1e6:.1f} MB"
