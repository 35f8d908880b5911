"""What a voice is given to read: words without what cannot be said, in stretches that an engine takes at once."""

import re
import unicodedata

_URL = re.compile(r"\b(?:https?://|www\.)(?P<host>[\w.-]+\w)\S*", re.IGNORECASE)
_MARKUP = re.compile(r"[*_`~#|<>\\]+")
_SILENT = frozenset({"So", "Sk", "Cc", "Cs", "Co", "Cn"})
_JOINERS = "\u200b\u200c\u200d\ufe0e\ufe0f"
_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'”’)]*(?=\s|$)|[—–-]+(?=\s*$)|$)\s*", re.DOTALL)
_CLAUSE = re.compile(r".+?(?:[,;:—–]+(?=\s)|$)\s*", re.DOTALL)


def readable(text: str) -> str:
    """The words of a text as a voice should get them.

    Pictographs, markup and control characters are dropped, an address on the web is its host (`example dot com`), white
    space is folded. Numbers, dates, units and abbreviations are left to the engine's own reading.
    """
    text = _URL.sub(lambda found: found["host"].removeprefix("www.").replace(".", " dot "), text)
    text = _MARKUP.sub(" ", text)
    return " ".join("".join(" " if _is_silent(one) else one for one in text).split())


def _is_silent(one: str) -> bool:
    """Whether a character is a pictograph, a control character or nothing at all."""
    return one != "°" and (one in _JOINERS or unicodedata.category(one) in _SILENT)


def has_words(text: str) -> bool:
    """Whether there is anything to say."""
    return any(one.isalnum() for one in text)


def stretches(text: str, most: int) -> list[str]:
    """The text in sentences; one of more than `most` characters is parted at clauses, and if need be at words."""
    found: list[str] = []
    for sentence in _SENTENCE.findall(text):
        found += [sentence] if len(sentence) <= most else _gathered(_CLAUSE.findall(sentence), most)
    return [one.strip() for one in found if has_words(one)]


def _gathered(parts: list[str], most: int) -> list[str]:
    """Parts joined again as long as they fit."""
    lines = [""]
    for part in (piece for clause in parts for piece in _words(clause, most)):
        if len(lines[-1]) + len(part) > most:
            lines.append("")
        lines[-1] += part
    return lines


def _words(part: str, most: int) -> list[str]:
    if len(part) <= most:
        return [part]
    return [piece for word in re.findall(r"\S+\s*", part) for piece in re.findall(f".{{1,{most}}}", word, re.DOTALL)]
