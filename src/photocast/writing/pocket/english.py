"""The few rules of English that slots need: articles, numbers, lists, sentence case."""

import re
from collections.abc import Sequence

_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_CONSONANT_SOUND = "uni(?!n)|use|usu|eu|ewe|one\\b|once|ufo|ukulele"
_VOWEL_SOUND = re.compile(rf"(?!{_CONSONANT_SOUND})[aeiou]|hour|honest|heir|8|11\b|18\b", re.I)


def a_or_an(phrase: str) -> str:
    """The phrase with the indefinite article its sound asks for: `an hour`, `a university`."""
    return f"{'an' if _VOWEL_SOUND.match(phrase) else 'a'} {phrase}"


def number(value: int) -> str:
    """A whole number in words up to ninety-nine, in figures above: `four`, `thirty-two`, `120`."""
    if not 0 <= value < 100:
        return str(value)
    if value < 20:
        return _NUMBERS[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_NUMBERS[ones]}" if ones else "")


def ordinal(value: int) -> str:
    """`first`, `twenty-second`; in figures above ninety-nine."""
    if not 0 < value < 100:
        return f"{value}{'th' if 10 <= value % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"
    head, dash, last = number(value).rpartition("-")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = f"{last}th"
    return head + dash + last


def listed(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sentence_case(text: str) -> str:
    """Capitals where sentences begin. Text after an ellipsis or a dash goes on and is left as it is."""
    return re.sub(r"(^[\"“‘(]*|[.?!][\"”’)]? +[\"“‘(]*)([a-z])", lambda found: found[1] + found[2].upper(), text)


def words_of(text: str) -> int:
    """Whitespace-separated words."""
    return len(text.split())
