"""What is found in any answer: JSON, refusals in words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.models.answers import json_objects, refuses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('Sure!\n```json\n{"a": {"b": 2}}\n```\nDone.', [{"a": {"b": 2}}]),
        ('{"a": 1} or rather {"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": "one\nline"}', [{"a": "one\nline"}]),
        ('{ not this {"a": 1}', [{"a": 1}]),
        ("{'a': 1}", []),
        ('[1, 2] "x" {', []),
        ("{" * 5000, []),
        ('{"a":' * 5000, []),
    ],
)
def test_objects_among_other_words(text: str, found: list[Any]) -> None:
    assert list(json_objects(text)) == found


@given(st.text(alphabet='{}[]":, a1\\\n'))
def test_no_text_is_too_odd(text: str) -> None:
    assert all(isinstance(one, dict) for one in json_objects(text))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("I cannot compare private conversations.", True),
        ("I am unable to do so.", True),
        ("As an AI, I have no taste.", True),
        ("I can see why one would like both.", False),
        ("Sorrel grows in the first one.", False),
        ("Both have their moments.", False),
        ("I'm sorry. " + "word " * 200, False),
    ],
)
def test_refusals_in_words(text: str, refusal: bool) -> None:
    assert refuses(text) is refusal
