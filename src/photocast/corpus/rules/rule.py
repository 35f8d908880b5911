"""What a rule is: a function that sees facts or talk, and says what is wrong with them, if anything is."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import Field

from photocast.corpus.nouns import PodcastEpisode
from photocast.corpus.sources.source import Facts
from photocast.corpus.sources.turns import UNKNOWN

Share = Annotated[float, Field(ge=0, le=1)]
"""Of a whole."""
Number = Annotated[int, Field(ge=0)]
Rate = Annotated[float, Field(ge=0)]
"""Per so many words, or seconds."""

_NOBODY = frozenset({"", UNKNOWN})
"""Labels of turns that have none."""


class Broken(NamedTuple):
    """A rule that does not hold."""

    reason: str
    """A fact in snake_case."""
    detail: str = ""
    """How far from it."""


Judged = Broken | None
Rule = Callable[..., Judged]
"""Takes `Facts` or a `Talk`, and parameters that all have defaults; None where it holds."""


class Talk:
    """An episode as rules see it: counted once, when the first of them asks."""

    def __init__(self, episode: PodcastEpisode) -> None:
        self.episode = episode

    @property
    def lengths(self) -> tuple[int, ...]:
        """Whitespace-separated words of each turn."""
        return self.episode.lengths

    @cached_property
    def words(self) -> int:
        """Of all turns."""
        return sum(self.lengths)

    @cached_property
    def by_speaker(self) -> Counter[str]:
        """Words of each label."""
        counts = Counter[str]()
        for turn, length in zip(self.episode.turns, self.lengths, strict=True):
            counts[turn.speaker] += length
        return counts

    @cached_property
    def shares(self) -> list[float]:
        """Share of words of each label, the greatest first."""
        return [count / max(self.words, 1) for count in sorted(self.by_speaker.values(), reverse=True)]

    def share_of(self, labels: tuple[str, ...]) -> float:
        """Share of words that these labels have together."""
        return sum(self.by_speaker[label] for label in set(labels)) / max(self.words, 1)


def facts_of_talk(episode: PodcastEpisode) -> Facts:
    """What would have been known of an episode before its talk was read."""
    return Facts(
        origin=episode.origin,
        seconds=episode.seconds,
        main_speakers=episode.main_speakers,
        explicit=episode.explicit,
        diarized=any(turn.speaker not in _NOBODY for turn in episode.turns),
    )
