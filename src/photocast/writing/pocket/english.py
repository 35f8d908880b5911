"""The few rules of English that slots need: articles, numbers, lengths of time, sentence case."""

import re

from photocast.schema import Concept

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


def named(concept: Concept, *, quantity: float | None = None) -> str:
    """A concept as it is first named: `a dog`, `snow`, `the sea`, `two dogs`."""
    if concept.form == "mass":
        return concept.id
    if concept.form == "the":
        return f"the {concept.id.removeprefix('the ')}"
    if quantity and quantity > 1 and concept.many:
        return f"{number(int(quantity)) if quantity <= 4 else 'several'} {concept.many}"
    return a_or_an(concept.id)


def length_of(seconds: float) -> str:
    """A length of time as people say it: `twenty minutes`, `an hour and a half`, `three days`, `four months`."""
    minutes = seconds / 60
    if minutes < 50:
        rounded = max(1, round(minutes)) if minutes < 10 else round(minutes / 5) * 5
        return f"{number(rounded)} minute{'s' * (rounded != 1)}"
    if minutes < 105:
        return "an hour" if minutes < 75 else "an hour and a half"
    for unit, size, limit in (("hour", 60, 22), ("day", 1440, 12), ("week", 10080, 7), ("month", 43830, 18)):
        count = round(minutes / size)
        if count < limit:
            return f"{a_or_an(unit) if count <= 1 else f'{number(count)} {unit}s'}"
    return f"{number(round(minutes / 525960))} years"


def sentence_case(text: str) -> str:
    """Capitals where sentences begin. Text after an ellipsis or a dash goes on and is left as it is."""
    return re.sub(r"(^[\"“‘(]*|[.?!][\"”’)]? +[\"“‘(]*)([a-z])", lambda found: found[1] + found[2].upper(), text)


def words_of(text: str) -> int:
    """Whitespace-separated words."""
    return len(text.split())
