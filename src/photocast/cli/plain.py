"""Text from files made fit for a terminal."""

import re
import textwrap
import unicodedata


def plain(text: str) -> str:
    """One line with control characters spelt out: a file's name must not move the cursor or change the colours.

    Direction marks count as control characters: they can make a name read as another. The joiner of emoji does not.
    """
    return "".join(_spelt(sign) for sign in text)


_LABELS = re.compile(r" +(?:\S+(?: \S+)* {2,})*|(?:error|do): ")


def folded(line: str, width: int) -> str:
    """A line with labels before it, folded between words, what follows under its beginning.

    A line without them, such as a path, stays in one piece, and so does one that leaves the words little room.
    """
    labels = _LABELS.match(line)
    if len(line) <= width or not labels or labels.end() > width // 2:
        return line
    return "\n".join(
        textwrap.wrap(
            line[labels.end() :],
            width,
            initial_indent=labels[0],
            subsequent_indent=" " * labels.end(),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _spelt(sign: str) -> str:
    if sign == "\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}:
        return sign
    return f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}"
