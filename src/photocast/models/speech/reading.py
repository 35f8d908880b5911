"""What a voice is given to read: words without what cannot be said, in stretches that an engine takes at once."""

import re
import unicodedata
from collections.abc import Sequence

from photocast.models.speech.voice import Voice
from photocast.schema import Fault, ModelError, UsageError

_DO = "Change the turn in script.md, or name another engine"
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


def check_voice(named: str, voices: Sequence[Voice]) -> None:
    """Refuse a voice that an engine has not.

    Raises:
        UsageError: it is none of these.
    """
    known = [voice.id for voice in voices]
    if named not in known:
        raise UsageError(f"there is no voice {named!r}", f"this engine has {', '.join(known)}", "See photocast voices")


def check_english(said: str, text: str) -> None:
    """Refuse what English voices would make noise of: no words at all, or mostly letters of another script.

    Args:
        said: the words as they were written, for the message.
        text: what `readable` made of them.

    Raises:
        ModelError: they cannot be spoken.
    """
    letters = [one for one in text if one.isalpha()]
    latin = sum(one.isascii() or "LATIN" in unicodedata.name(one, "") for one in letters)
    if not has_words(text):
        raise ModelError(Fault.EMPTY, f"{_short(said)} cannot be spoken", "there are no words in it", _DO)
    if latin < 0.5 * len(letters):
        raise ModelError(Fault.UNUSABLE, f"{_short(said)} cannot be spoken", "these voices know English alone", _DO)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


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
