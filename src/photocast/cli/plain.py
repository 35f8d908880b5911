"""Text from files made fit for a terminal."""

import unicodedata


def plain(text: str) -> str:
    """One line with control characters spelt out: a file's name must not move the cursor or change the colours.

    Direction marks count as control characters: they can make a name read as another. The joiner of emoji does not.
    """
    return "".join(_spelt(sign) for sign in text)


def _spelt(sign: str) -> str:
    if sign == "\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}:
        return sign
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"
