"""How talk is shown to a model: a line a turn, in a frame that nothing which is said can imitate or leave.

What is shown is never what is kept, so it may be changed freely: a model answers with numbers of turns, and the words
are cut out of the source.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from photocast.corpus.nouns import Utterance
from photocast.prompts.stand_ins import letters

BEGIN = "[the talk begins]"
END = "[the talk ends]"
"""Lines around the talk. Square brackets stand in the frame only."""
LINE = re.compile(r"^\[(?P<number>\d+)\] (?P<speaker>[A-Z]+) \((?P<words>\d+)\): (?P<text>.*)$", re.MULTILINE)
"""A turn as it is shown: its number from 1, who speaks, the words until its end, what is said."""

# Square brackets are the frame's. Pointed ones begin the marks with which chat templates part the turns of a chat:
# a local model's tokenizer would take `<|im_end|>` in the talk for the real one.
_SIGNS = str.maketrans(dict(zip("[]<>\uff3b\uff3d\uff1c\uff1e\uff5c", "()‹›()‹›|", strict=True)))
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def show(turns: Sequence[Utterance]) -> str:
    """The turns as lines, between nothing: speakers are A, B, … in the order in which they first speak."""
    names = {label: letters(at) for at, label in enumerate(dict.fromkeys(turn.speaker for turn in turns))}
    counts = accumulate(len(turn.text.split()) for turn in turns)
    lines = zip(range(1, len(turns) + 1), turns, counts, strict=True)
    return "\n".join(f"[{number}] {names[turn.speaker]} ({words}): {plain(turn.text)}" for number, turn, words in lines)


def plain(text: str) -> str:
    """A text on one line, without characters that nobody sees and without the signs of frames."""
    seen = "".join(letter for letter in text if letter.isspace() or not _is_hidden(letter))
    return " ".join(seen.translate(_SIGNS).split())


def _is_hidden(letter: str) -> bool:
    selects = "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"  # they can carry any message
    return selects or unicodedata.category(letter) in _HIDDEN
