"""The shape of a model: what of its configuration decides how many weights it has, and how much work a token is."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.models.local.hub import MODEL_FILES, cached
from photocast.schema import ModelError, UsageError


@dataclass(frozen=True)
class Decoder:
    """The language model: grouped-query attention and a gated feed-forward net in every layer."""

    layers: int
    hidden: int
    inner: int
    """Width of the feed-forward nets."""
    heads: int
    groups: int
    """Heads of keys and values."""
    head: int
    """Width of a head."""
    vocabulary: int
    tied: bool
    """Whether the words' embeddings serve as the head as well."""

    @property
    def widths(self) -> dict[str, tuple[int, int]]:
        """What goes into each projection of a layer, and what comes out."""
        queries, keys = self.heads * self.head, self.groups * self.head
        return {
            "q_proj": (self.hidden, queries),
            "k_proj": (self.hidden, keys),
            "v_proj": (self.hidden, keys),
            "o_proj": (queries, self.hidden),
            "gate_proj": (self.hidden, self.inner),
            "up_proj": (self.hidden, self.inner),
            "down_proj": (self.inner, self.hidden),
        }

    @property
    def matrices(self) -> int:
        """Weights of all layers' projections: each costs two operations a token."""
        return self.layers * sum(wide * out for wide, out in self.widths.values())

    @property
    def embeddings(self) -> int:
        """Weights of the words' embeddings; the head has as many."""
        return self.vocabulary * self.hidden

    @property
    def blocks(self) -> int:
        """Weights of all layers. Norms are counted as Qwen3 has them: far below a thousandth of a large model."""
        return self.matrices + self.layers * (2 * self.hidden + 2 * self.head) + self.hidden

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.blocks + self.embeddings * (1 if self.tied else 2)

    def adapter(self, rank: int, targets: Iterable[str]) -> int:
        """Weights of a LoRA adapter: rank · (in + out) for every projection (arXiv:2106.09685, section 4.1).

        Raises:
            UsageError: a target is no projection of such a decoder.
        """
        strangers = sorted(set(targets) - set(self.widths))
        if strangers:
            why = f"the projections of a decoder are {', '.join(self.widths)}"
            raise UsageError(f"nothing is known of {', '.join(strangers)}", why, "Correct lora.targets in the recipe")
        return self.layers * rank * sum(sum(self.widths[target]) for target in targets)


@dataclass(frozen=True)
class Encoder:
    """What sees: a vision transformer, and what turns its patches into tokens."""

    layers: int
    hidden: int
    inner: int
    patches: int
    """That become one token."""
    blocks: int
    """Weights that every patch passes."""
    mergers: int
    """Weights that every token passes."""
    places: int
    """Weights of the positions."""

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.blocks + self.mergers + self.places


@dataclass(frozen=True)
class Shape:
    """A vision-language model."""

    decoder: Decoder
    encoder: Encoder

    @property
    def parameters(self) -> int:
        """All weights: to the last one for Qwen3-VL, within a hundredth for large models of other families."""
        return self.decoder.parameters + self.encoder.parameters


def find_shape(base: str) -> Shape | None:
    """The shape of a base, by its name or the configuration in its folder; None where nobody here knows it.

    Nothing is fetched. A tiny random model has a shape of its own that nobody needs an estimate of.
    """
    if base in KNOWN:
        return KNOWN[base]
    folder = Path(base) if Path(base).is_dir() else _fetched(base)
    try:
        return read_shape(json.loads((folder / "config.json").read_text("utf-8"))) if folder else None
    except (OSError, ValueError):
        return None


def read_shape(config: Mapping[str, Any]) -> Shape | None:
    """The shape that a `config.json` describes; None where layers are of another kind, or it is written differently."""
    words, eyes = config.get("text_config"), config.get("vision_config")
    if not isinstance(words, Mapping) or not isinstance(eyes, Mapping):
        return None
    if words.get("num_experts") or "linear_attention" in (words.get("layer_types") or ()):
        return None
    try:
        heads = words["num_attention_heads"]
        decoder = Decoder(
            layers=words["num_hidden_layers"],
            hidden=words["hidden_size"],
            inner=words["intermediate_size"],
            heads=heads,
            groups=words.get("num_key_value_heads") or heads,
            head=words.get("head_dim") or words["hidden_size"] // heads,
            vocabulary=words["vocab_size"],
            tied=bool(config.get("tie_word_embeddings", words.get("tie_word_embeddings", False))),
        )
        return Shape(decoder, _qwen3_eyes(eyes) if "deepstack_visual_indexes" in eyes else _eyes(eyes, config))
    except (KeyError, TypeError):
        return None


def _fetched(base: str) -> Path | None:
    try:
        return cached(base, MODEL_FILES)
    except (ModelError, ValueError):
        return None


def _qwen3_eyes(eyes: Mapping[str, Any]) -> Encoder:
    """Qwen3-VL: patches of two pictures in time, learnt positions, and a merger for the end and each deep layer."""
    hidden, inner, layers, out = (
        eyes[name] for name in ("hidden_size", "intermediate_size", "depth", "out_hidden_size")
    )
    patches = eyes["spatial_merge_size"] ** 2
    side = eyes["temporal_patch_size"] * eyes["patch_size"] ** 2 * eyes.get("in_channels", 3)
    block = 4 * hidden * (hidden + 1) + 2 * hidden * inner + inner + hidden + 4 * hidden
    wide = patches * hidden
    merger = wide * (wide + 1) + out * (wide + 1)
    deep = len(eyes["deepstack_visual_indexes"])
    return Encoder(
        layers=layers,
        hidden=hidden,
        inner=inner,
        patches=patches,
        blocks=layers * block + (side + 1) * hidden,
        mergers=merger + 2 * hidden + deep * (merger + 2 * wide),
        places=eyes["num_position_embeddings"] * hidden,
    )


def _eyes(eyes: Mapping[str, Any], config: Mapping[str, Any]) -> Encoder:
    """Any other vision transformer, of which norms, biases and positions are left out."""
    hidden, inner = eyes["hidden_size"], eyes["intermediate_size"]
    layers = eyes.get("depth") or eyes["num_hidden_layers"]
    merged = eyes.get("spatial_merge_size") or config.get("scale_factor") or 2
    nets = 3 if eyes.get("hidden_act") == "silu" else 2  # a gated net has a third matrix
    out, wide = config["text_config"]["hidden_size"], merged**2 * hidden
    return Encoder(
        layers=layers,
        hidden=hidden,
        inner=inner,
        patches=merged**2,
        blocks=layers * (4 * hidden**2 + nets * hidden * inner),
        mergers=wide * out,
        places=0,
    )


def _qwen3_vl(layers: int, hidden: int, inner: int, heads: int, *, tied: bool, large_eyes: bool) -> Shape:
    decoder = Decoder(layers, hidden, inner, heads, 8, 128, 151_936, tied)
    size = (27, 1152, 4304, [8, 16, 24]) if large_eyes else (24, 1024, 4096, [5, 11, 17])
    told = dict(zip(("depth", "hidden_size", "intermediate_size", "deepstack_visual_indexes"), size, strict=True))
    fixed = {"spatial_merge_size": 2, "temporal_patch_size": 2, "patch_size": 16, "num_position_embeddings": 2304}
    return Shape(decoder, _qwen3_eyes(told | fixed | {"out_hidden_size": hidden}))


KNOWN = {
    "Qwen/Qwen3-VL-2B-Instruct": _qwen3_vl(28, 2048, 6144, 16, tied=True, large_eyes=False),
    "Qwen/Qwen3-VL-4B-Instruct": _qwen3_vl(36, 2560, 9728, 32, tied=True, large_eyes=False),
    "Qwen/Qwen3-VL-8B-Instruct": _qwen3_vl(36, 4096, 12288, 32, tied=False, large_eyes=True),
    "Qwen/Qwen3-VL-32B-Instruct": _qwen3_vl(64, 5120, 25600, 64, tied=False, large_eyes=True),
}
"""Bases of the recipes, as their published `config.json` describe them."""
