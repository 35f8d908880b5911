"""What can be found in an answer whatever was asked: JSON among other words, and a refusal in words."""

import json
import re
from collections.abc import Iterator
from typing import Any

_REFUSAL = re.compile(
    r"\W*(?:(?:i['’]m |i am )?(?:really |very |so )?sorry|i (?:can['’]t|cannot|won['’]t|will not)|"
    r"i(?:['’]m| am) (?:unable|not able)|as an ai)\b",
    re.IGNORECASE,
)
_LONGEST_REFUSAL = 120
"""Words."""


def json_objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in a text, without those inside others: fences and words around them do not matter."""
    decoder, at = json.JSONDecoder(strict=False), 0  # line ends inside strings are no reason to pay again
    while (at := text.find("{", at)) >= 0:
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        if isinstance(found, dict):
            yield found


def refuses(text: str) -> bool:
    """Whether an answer without a result is a refusal in words: short, and begun as refusals are."""
    return len(text.split()) <= _LONGEST_REFUSAL and _REFUSAL.match(text) is not None
