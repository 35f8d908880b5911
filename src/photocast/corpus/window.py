"""WINDOW: stretches of an episode about as long as an excerpt, those first of which most could be photographed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from photocast.corpus.noise import LISTS_VERSION, marks_among
from photocast.corpus.nouns import Dropped, PodcastEpisode, Window, cut
from photocast.corpus.richness import Lexicon, lexicon, mean_weight

_VERSION = 1
"""Raised when the same settings cut otherwise than before."""
_GATES = ("one_sided", "long_turn", "inaudible", "advert")
"""In the order in which they are looked at."""

_Numbers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Gates:
    """What a window may not have.

    Of possible windows in 114 real conversations seven of eight pass. In nine of ten of all, the quieter speaker has
    .10 to .48 of the words, and the longest turn .13 to .56.

    Attributes:
        adverts: how many turns may read an advert out.
        marks: how many places may be `[inaudible]` and the like.
        least_share: of the words, for the quieter of the two who say most in the episode.
        longest_turn: share of the words that one turn may have.
    """

    adverts: int = 0
    marks: int = 2
    least_share: float = 0.1
    longest_turn: float = 0.6


class _Span(NamedTuple):
    """Turns `first` to `last`."""

    first: int
    last: int

    def overlaps(self, other: "_Span") -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Windows:
    """A stage that cuts windows out of episodes, at turns.

    From every turn on, the longest window that is not too long is looked at. Those that pass the gates are taken from
    the richest on, the earlier one first where two are equal, each unless it overlaps one that is taken. They come out
    in the order of the talk.

    Attributes:
        words: fewest and most of a window, whitespace-separated, without labels.
        per_episode: at most so many.
        lexicon: path of a file of words and their weights; photocast's own where it is empty.
        gates: what is let through.
    """

    words: tuple[int, int] = (900, 1100)
    per_episode: int = 3
    lexicon: str = ""
    gates: Gates = Gates()

    name: ClassVar[str] = "window"

    @property
    def settings(self) -> Any:
        """All that its results depend on; of a lexicon, its words and not where it is."""
        return {
            "version": [_VERSION, LISTS_VERSION],
            "words": self.words,
            "per_episode": self.per_episode,
            "lexicon": lexicon(self.lexicon).key,
            "gates": asdict(self.gates),
        }

    def __call__(self, episode: PodcastEpisode) -> Sequence[Window] | Dropped:
        """The windows in the order of the talk, or the gate that most of the possible ones failed at."""
        counted = _Counted(episode, lexicon(self.lexicon))
        spans = counted.spans(*self.words)
        failed = counted.failed(spans, self.gates)
        scores = counted.scored(spans[~failed.any(axis=0)])
        taken = _best(scores, self.per_episode)
        if not taken:
            return Dropped(episode.id, "no_window", _most(failed))
        return [_window(episode, span, counted.words(span), scores[span]) for span in taken]


class _Counted:
    """An episode with its turns counted once, and sums of the counts, so that a window costs a subtraction.

    Many windows are looked at together, as rows of their first and last turns, (windows, 2).
    """

    def __init__(self, episode: PodcastEpisode, words: Lexicon) -> None:
        self._episode = episode
        self._turns = episode.turns
        self._lengths = np.array(episode.lengths, np.int64)
        self._ends = _sums(self._lengths)
        self._words = words

    def spans(self, least: int, most: int) -> _Numbers:
        """The longest window of at most `most` words from each turn on, where it has `least`."""
        first = np.arange(len(self._turns))
        behind = np.searchsorted(self._ends, self._ends[:-1] + most, "right") - 1  # turns without words do no harm
        spans = np.stack((first, behind - 1), axis=1)
        return spans[(behind > first) & (_between(self._ends, spans) >= least)]

    def words(self, span: _Span) -> int:
        """Whitespace-separated words of a window."""
        return int(self._ends[span.last + 1] - self._ends[span.first])

    def scored(self, spans: _Numbers) -> dict[_Span, float]:
        """Windows with how rich they are, see `richness.py`."""
        weights, letters = self._words.seen_before(self._episode.spoken)
        scores = map(mean_weight, _between(weights, spans).tolist(), _between(letters, spans).tolist())
        return dict(zip(map(_Span._make, spans.tolist()), scores, strict=True))

    def failed(self, spans: _Numbers, gates: Gates) -> NDArray[np.bool_]:
        """The first gate that each window fails at, (gates, windows): at most one in a column."""
        words = _between(self._ends, spans)
        faults = (
            np.min([_between(sums, spans) for sums in self._voices], axis=0) < gates.least_share * words,
            self._longest(spans) > gates.longest_turn * words,
            _between(_sums(marks_among([turn.text for turn in self._turns])), spans) > gates.marks,
            _between(_sums(self._episode.adverts), spans) > gates.adverts,
        )
        return np.array(np.logical_and(faults, np.cumsum(faults, axis=0) == 1), np.bool_)

    def _longest(self, spans: _Numbers) -> _Numbers:
        """Words of the longest turn of each window."""
        edges = np.add(spans, (0, 1)).ravel()  # what lies between windows comes out as well, and is left out
        return np.maximum.reduceat(np.append(self._lengths, 0), edges)[::2]

    @cached_property
    def _voices(self) -> list[_Numbers]:
        """Sums of the words of each of the two who say most in the episode."""
        labels = [turn.speaker for turn in self._turns]
        counts = Counter[str]()
        for label, length in zip(labels, self._episode.lengths, strict=True):
            counts[label] += length
        main = sorted(counts, key=lambda label: (-counts[label], label))[:2]
        sums = [_sums(self._lengths * [label == one for label in labels]) for one in main]
        return sums if len(sums) > 1 else [np.zeros_like(self._ends)]


def _best(scores: Mapping[_Span, float], number: int) -> list[_Span]:
    """The richest that do not overlap, in the order of the talk."""
    taken = list[_Span]()
    for span in sorted(scores, key=lambda span: (-scores[span], span.first)):
        if len(taken) == number:
            break
        if not any(span.overlaps(other) for other in taken):
            taken.append(span)
    return sorted(taken)


def _window(episode: PodcastEpisode, span: _Span, words: int, score: float) -> Window:
    return Window(
        id=f"{episode.id}-{span.first}-{span.last}",
        origin=episode.origin,
        episode_sha256=episode.text_sha256,
        place=cut(episode, span.first, span.last),
        turns=episode.turns[span.first : span.last + 1],
        words=words,
        richness=score,
    )


def _most(failed: NDArray[np.bool_]) -> str:
    """What most windows failed at, the first in the alphabet where several did."""
    if not failed.any():
        return "no_fit: turns are too long, or the talk too short"
    counts = dict(zip(_GATES, failed.sum(axis=1).tolist(), strict=True))
    fault = min(counts, key=lambda fault: (-counts[fault], fault))
    return f"{fault}: {counts[fault]} of {sum(counts.values())}"


def _sums(numbers: ArrayLike) -> _Numbers:
    """Sums of all before each, and of all."""
    return np.concatenate(([0], np.cumsum(numbers, dtype=np.int64)))


def _between(sums: NDArray[Any], spans: _Numbers) -> NDArray[Any]:
    """What each of the windows has of it."""
    difference: NDArray[Any] = sums[spans[:, 1] + 1] - sums[spans[:, 0]]
    return difference
