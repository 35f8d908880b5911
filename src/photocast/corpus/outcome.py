"""What became of a question of a stage, when nothing could be read from the answers."""

from typing import Any

from photocast.corpus.nouns import Dropped
from photocast.corpus.shown import plain
from photocast.models import Finish
from photocast.models.asking import Heard, NoAnswer
from photocast.models.thoughts import without_thoughts

_LONGEST = 300
"""Characters of a model's reason that are kept."""


def not_answered(id: str, heard: Heard[Any]) -> Dropped | None:
    """Why there is nothing; None where something was read, or the last answer is whole and could not be read."""
    found = heard.found
    if not isinstance(found, NoAnswer):
        return None
    if found.refused:
        return Dropped(id, "refused", short(found.reason))
    return Dropped(id, "no_answer", short(found.reason)) if last_answer(heard) is None else None


def last_answer(heard: Heard[Any]) -> str | None:
    """The last answer without its thoughts, if it is whole."""
    failed = isinstance(heard.found, NoAnswer) and heard.found.failed
    if failed or not heard.answers or heard.endings[-1].finish is not Finish.DONE:
        return None
    return without_thoughts(heard.answers[-1])


def short(text: Any) -> str:
    """Words of a model on one line, not too many of them; nothing where they are no text."""
    words = plain(text) if isinstance(text, str) else ""
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def whole_number(value: Any) -> int:
    """A number of a turn, which are counted from 1; 0 for anything that is none."""
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**6
    return value if is_number else 0
