"""A script as the metrics read it: turns put together, words told apart, language known.

Scripts do not change, so what is worked out for one metric serves the next.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from photocast.metrics.lexicons import FUNCTION_WORDS
from photocast.schema import Script, UndefinedMetric
from photocast.schema.language import spoken_language

Ids = NDArray[np.int64]
T = TypeVar("T")

_SAMPLE = 600
"""Characters from the middle of a script by which its language is told."""
UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my"})
"""Languages that put no space between words."""
_WORD = re.compile(r"\w+(?:['-]\w+)*")
_THAI_TO_KHMER = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


class Stretch(NamedTuple):
    """All that one speaker says until another speaks."""

    speaker: str
    text: str
    length: int
    """Words: what white space separates."""


class Phrases:
    """A word list ready to be looked up: phrases of plain words, by their first word."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = frozenset(phrases)
        self.longest = max(len(phrase.split()) for phrase in self.phrases)
        self._by_first: dict[str, list[list[str]]] = defaultdict(list)
        for phrase in sorted(self.phrases, key=lambda phrase: -len(phrase.split())):
            words = phrase.split()
            self._by_first[words[0]].append(words)

    def count(self, reading: "Reading") -> int:
        """How often a phrase is said: the longest at each position, none within another."""
        words = reading.tokens
        found = 0
        end = 0
        for at in sorted(at for first in self._by_first for at in reading.places(first)):
            if at < end:
                continue
            for phrase in self._by_first[words[at]]:
                if words[at : at + len(phrase)] == phrase:
                    found, end = found + 1, at + len(phrase)
                    break
        return found

    def within(self, words: list[str]) -> bool:
        """Whether a phrase is said anywhere in the words."""
        return any(self.opens(words[at : at + self.longest]) for at in range(len(words)))

    def opens(self, words: list[str]) -> bool:
        """Whether the words begin with a phrase."""
        phrases = self._by_first.get(words[0]) if words else None
        return phrases is not None and any(words[: len(phrase)] == phrase for phrase in phrases)


class Reading:
    """One script, taken apart as far as somebody asks."""

    def __init__(self, script: Script) -> None:
        self.script = script

    @cached_property
    def turns(self) -> list[Stretch]:
        """The turns, those of one speaker in a row put together."""
        together = groupby(self.script.turns, key=attrgetter("speaker"))
        return [_stretch(speaker, [turn.text for turn in turns]) for speaker, turns in together]

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Words of each turn, (turns,).

        Raises:
            UndefinedMetric: the language puts no space between words.
        """
        self._need_spaces()
        return np.array([turn.length for turn in self.turns])

    @cached_property
    def words(self) -> int:
        """Words of all turns; raises as `lengths` does."""
        return int(self.lengths.sum())

    @cached_property
    def text(self) -> str:
        """All that is said, a turn a line."""
        return "\n".join(turn.text for turn in self.turns)

    @cached_property
    def language(self) -> str:
        """What is spoken as far as it can be told, else what the script says of itself."""
        middle = max(0, len(self.text) - _SAMPLE) // 2
        sample = self.text[middle : middle + _SAMPLE]
        if len(_THAI_TO_KHMER.findall(sample)) > 0.3 * len(sample):
            return "th"
        return spoken_language(sample) or self.script.language

    @cached_property
    def tokens_by_turn(self) -> list[list[str]]:
        """The plain words of each turn; raises as `lengths` does."""
        self._need_spaces()
        return [plain_words(turn.text) for turn in self.turns]

    @cached_property
    def tokens(self) -> list[str]:
        """The plain words of all turns in a row; raises as `lengths` does."""
        return [word for words in self.tokens_by_turn for word in words]

    @cached_property
    def topical(self) -> NDArray[np.bool_]:
        """Which of `tokens` carry a topic, as `content_words` tells them, (words,)."""
        ids = self.ids
        return np.array([carries_topic(word) for word in self._numbers], dtype=bool)[ids]

    @cached_property
    def english(self) -> "Reading":
        """This reading, for metrics whose word lists are English.

        Raises:
            UndefinedMetric: another language is spoken.
        """
        if self.language != "en":
            raise UndefinedMetric(
                "A metric with English word lists is undefined",
                f"the script is in another language ({self.language}), and the word list is English",
                "Leave it out of the mean and count it",
            )
        return self

    @cached_property
    def ids(self) -> Ids:
        """The words as numbers from 0 in the order of their first appearance, (words,)."""
        known = self._numbers
        return np.array([known.setdefault(word, len(known)) for word in self.tokens], dtype=np.int64)

    def places(self, word: str) -> list[int]:
        """Positions of a word in `tokens`."""
        order, starts = self._places
        number = self._numbers.get(word)
        return [] if number is None else order[starts[number] : starts[number + 1]]

    def grams(self, n: int) -> Ids:
        """The runs of n words as numbers from 0 without gaps, equal for equal runs, (words - n + 1,)."""
        if n == 1:
            return self.ids
        if n not in self._grams:
            shorter = self.grams(n - 1)
            if len(shorter) < 2:
                return shorter[:0]
            pairs = shorter[:-1] * (int(self.ids.max()) + 1) + self.ids[n - 1 :]
            self._grams[n] = np.unique(pairs, return_inverse=True)[1]
        return self._grams[n]

    def different(self, n: int) -> int:
        """How many different runs of n words there are."""
        return int(self.grams(n).max(initial=-1)) + 1

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {}

    @cached_property
    def _places(self) -> tuple[list[int], list[int]]:
        """Positions ordered by word, and where each word begins among them."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.ids))])
        return np.argsort(self.ids, kind="stable").tolist(), starts.tolist()

    @cached_property
    def _grams(self) -> dict[int, Ids]:
        return {}

    def once(self, work_out: Callable[["Reading"], T]) -> T:
        """What a function makes of the script, worked out the first time that somebody asks."""
        if work_out not in self._worked_out:
            self._worked_out[work_out] = work_out(self)
        found: T = self._worked_out[work_out]
        return found

    @cached_property
    def _worked_out(self) -> dict[Callable[["Reading"], Any], Any]:
        return {}

    def _need_spaces(self) -> None:
        if self.language in UNSPACED:
            raise UndefinedMetric(
                "A metric of words is undefined",
                f"the script is in a language that puts no space between words ({self.language})",
                "Leave it out of the mean and count it; turns, round_robin, cutoff_share and question_share apply",
            )


_last: Reading | None = None


def read(script: Script) -> Reading:
    """The script taken apart; the last one is remembered, since metrics come one after the other."""
    global _last
    reading = _last
    if reading is None or reading.script is not script:
        _last = reading = Reading(script)
    return reading


def plain_words(text: str) -> list[str]:
    """The words in lower case without punctuation: `"Mm-hm," he said` is `mm-hm`, `he`, `said`."""
    return _WORD.findall(text.lower().replace("’", "'"))


def content_words(text: str) -> list[str]:
    """The plain words that carry a topic: none of `lexicons.FUNCTION_WORDS`, and more than a letter or a number."""
    return list(filter(carries_topic, plain_words(text)))


def share(is_so: Iterable[bool]) -> float:
    """Share of what is so; the caller sees to it that there is something."""
    answers = list(is_so)
    return sum(answers) / len(answers)


def undefined(what: str, why: str) -> UndefinedMetric:
    """The error of a metric that has no value for a script."""
    return UndefinedMetric(f"{what} is undefined", why, "Leave the script out of the mean and count it")


def _stretch(speaker: str, texts: list[str]) -> Stretch:
    text = " ".join(texts)
    return Stretch(speaker, text, len(text.split()))


@lru_cache(maxsize=2**16)
def carries_topic(word: str) -> bool:
    """Whether a plain word says something of a topic."""
    return word not in FUNCTION_WORDS and len(word) > 1 and not word.isdigit()
