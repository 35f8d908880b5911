"""How many tokens a request will be: an estimate, and a bound that it should stay under.

Photos are counted by the rules that the providers publish, as read in November 2026:

- Anthropic, platform.claude.com/docs/en/build-with-claude/vision: one token for every 28 x 28 pixels begun, after the
  picture was made to fit 2,576 pixels and 4,784 tokens (from Opus 4.7 on) or 1,568 pixels and 1,568 tokens.
- OpenAI, developers.openai.com/api/docs/guides/images-vision: patches of 32 x 32 pixels times a factor, or a base and
  512-pixel tiles after the shorter side was scaled to 768. The documented factors of the small models (1.62, 2.46) are
  higher than what was billed when users measured it (1.2, 1.5; community.openai.com/t/1377015): the estimate takes the
  measured ones, the bound the documented ones.
- Google, ai.google.dev/gemini-api/docs/tokens and /media-resolution: 1,120 from Gemini 3 on; before, 258 for every
  tile, whose side is two thirds of the shorter side, between 256 and 768.
- Qwen-VL: patches of 28 pixels, 32 from Qwen3 on (their `preprocessor_config.json`). Gemma 3: 256 for any picture.

Models that are not known are estimated like Qwen-VL and bounded by patches of 16 pixels, the finest in use (Pixtral).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TypeAlias

from photocast.models.vision import Image, Request

ROUND = 20
"""Tokens that a template puts around a request."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens that are likely, and tokens that it should not come to more than."""

    expected: int
    worst: int

    def __add__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.expected + other.expected, self.worst + other.worst)


Rule: TypeAlias = Callable[[int, int], Estimate]


def expected_tokens(model: str, request: Request) -> int:
    """Tokens that a request will likely be, for this model.

    Raises:
        OSError: a photo cannot be read.
    """
    return request_tokens(model, request).expected


def request_tokens(model: str, request: Request) -> Estimate:
    """Tokens of everything that a request sends.

    Raises:
        OSError: a photo cannot be read.
    """
    total = Estimate(ROUND, ROUND) + text_tokens(request.system)
    if request.schema is not None:
        total += text_tokens(json.dumps(request.schema))
    for part in request.parts:
        total += image_tokens(model, *_size(part)) if isinstance(part, Image) else text_tokens(part)
    return total


def text_tokens(text: str) -> Estimate:
    """Tokens of a text: four letters of a European language each, two at worst; other scripts may take two a letter."""
    plain = sum(letter.isascii() for letter in text)
    other = len(text) - plain
    return Estimate(ceil(plain / 4 + other), ceil(plain / 2 + 2 * other))


def image_tokens(model: str, width: int, height: int) -> Estimate:
    """Tokens of a picture of this many pixels, for a model under any provider's name for it."""
    bare = model.lower()
    rule = next(rule for pattern, rule in _RULES if re.search(pattern, bare))
    return rule(width, height)


def _size(image: Image) -> tuple[int, int]:
    from PIL import Image as Pictures

    with Pictures.open(image.path) as picture:
        return picture.size


def _patches(side: int, width: float, height: float) -> int:
    return ceil(width / side) * ceil(height / side)


def _fitted(width: int, height: int, longest: int, area: float) -> tuple[float, float]:
    """The size after a picture was made smaller until neither its longer side nor its area is too large."""
    scale = min(1.0, longest / max(width, height), sqrt(area / (width * height)))
    return width * scale, height * scale


def _claude(longest: int, most: int) -> Rule:
    def rule(width: int, height: int) -> Estimate:
        seen = min(most, _patches(28, *_fitted(width, height, longest, most * 28 * 28)))
        return Estimate(seen, seen)

    return rule


def _openai_patches(factor: float, documented: float, most: int) -> Rule:
    def rule(width: int, height: int) -> Estimate:
        seen = min(most, _patches(32, *_fitted(width, height, 6000, most * 32 * 32)))
        return Estimate(ceil(seen * factor), ceil(min(most, _patches(32, width, height)) * documented))

    return rule


def _openai_tiles(base: int, tile: int) -> Rule:
    def rule(width: int, height: int) -> Estimate:
        fitted = _fitted(width, height, 2048, 2048 * 2048)
        scale = min(1.0, 768 / min(fitted))
        tokens = base + tile * _patches(512, fitted[0] * scale, fitted[1] * scale)
        return Estimate(tokens, tokens)

    return rule


def _old_gemini(width: int, height: int) -> Estimate:
    if max(width, height) <= 384:
        return Estimate(258, 258)
    unit = min(768, max(256, int(min(width, height) / 1.5)))
    tokens = 258 * _patches(unit, width, height)
    return Estimate(tokens, tokens)


def _grid(side: int) -> Rule:
    def rule(width: int, height: int) -> Estimate:
        tokens = _patches(side, width, height) + 2
        return Estimate(tokens, tokens)

    return rule


def _fixed(tokens: int) -> Rule:
    return lambda width, height: Estimate(tokens, tokens)


def _unknown(width: int, height: int) -> Estimate:
    return Estimate(_patches(28, width, height), _patches(16, width, height) + ceil(height / 16))


_RULES: tuple[tuple[str, Rule], ...] = (
    (r"claude-(?:v?[123]|4-)|claude-(?:opus|sonnet|haiku)-4(?:$|[-.@:](?:[0-6](?!\d)|20))", _claude(1568, 1568)),
    (r"claude", _claude(2576, 4784)),
    (r"gpt-4o-mini", _openai_tiles(2833, 5667)),
    (r"gpt-4\.1-mini", _openai_patches(1.62, 1.62, 1536)),
    (r"gpt-4\.1-nano", _openai_patches(2.46, 2.46, 1536)),
    (r"o4-mini|codex-mini", _openai_patches(1.72, 1.72, 1536)),
    (r"gpt-4|chatgpt-4", _openai_tiles(85, 170)),
    (r"\bo[13]\b", _openai_tiles(75, 150)),
    (r"gpt-5(?:\.\d)?-mini", _openai_patches(1.2, 1.62, 2500)),
    (r"gpt-5(?:\.\d)?-nano", _openai_patches(1.5, 2.46, 2500)),
    (r"gpt-5(?:\.1)?(?![.\d])", _openai_tiles(70, 140)),
    (r"gpt-5\.[2-5]", _openai_patches(1.2, 1.62, 2500)),
    (r"gpt-", _openai_patches(1.2, 1.62, 10_000)),
    (r"gemini-(?:1|2)", _old_gemini),
    (r"gemini", _fixed(1120)),
    (r"qwen-?(?:2|1)", _grid(28)),
    (r"qwen|qvq", _grid(32)),
    (r"gemma", _fixed(258)),
    (r"", _unknown),
)
"""The first whose pattern is found in the model's name."""
