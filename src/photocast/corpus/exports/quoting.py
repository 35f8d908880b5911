"""Whether a text repeats what was said."""

import re
from collections.abc import Iterable

RUN = 8
"""Words in a row from which on a text quotes another."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class Talk:
    """Something that was said, to compare texts with.

    Args:
        said: the turns, one after the other; a run of words may go on from one to the next.
        run: words in a row that are a quotation.
    """

    def __init__(self, said: Iterable[str], run: int = RUN) -> None:
        self._run = run
        self._runs = set(_runs([word for text in said for word in _words(text)], run))

    def is_quoted_in(self, text: str) -> bool:
        """Whether the text has as many words in a row in common with it; letters and punctuation do not matter."""
        return not self._runs.isdisjoint(_runs(_words(text), self._run))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'"))


def _runs(words: list[str], length: int) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))
