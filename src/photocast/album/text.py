"""Text out of files, made harmless to show: it is data from strangers."""

import re
import unicodedata

_DROPPED = {"Cf", "Cc", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"
"""Zero-width joiners are of category Cf, but Persian and many emoji need them."""
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Characters that show nothing and yet count as letters or symbols."""


def plain(text: str, limit: int = 500) -> str:
    """Return `text` on one line of at most `limit` characters, without controls or anything invisible.

    What turns the direction of the text round, tag characters and lone surrogates go as well. Markup and instructions
    stay: as words of the caption they are harmless, and whoever shows them escapes them.
    """
    text = text[: limit * 20]  # bounded before the work, for a caption can be megabytes
    spaced = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text)
    line = " ".join("".join(filter(_shows, spaced)).split()).strip(_JOINERS)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space and len(head) > limit // 2 else cut).rstrip()}…"


def _shows(character: str) -> bool:
    return character in _JOINERS or (unicodedata.category(character) not in _DROPPED and character not in _FILLERS)


def decoded(data: bytes) -> str:
    """Return the text of `data`: UTF-8, UTF-16 with its mark, or else the western code page of old cameras."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
