"""SELECT: which episodes are used, and what other rule sets would have made of the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.parts import Count
from photocast.corpus.rules import RuleSet, early_of
from photocast.corpus.sources.source import Early


@dataclass(frozen=True)
class Select:
    """A stage that keeps the episodes for which all rules hold.

    Attributes:
        rules: which decide.
        compare: other rule sets, which only count; see `Tally`.
    """

    rules: RuleSet
    compare: tuple[RuleSet, ...] = ()

    name: ClassVar[str] = "select"

    @property
    def settings(self) -> Any:
        """All that its results depend on, and what is counted beside them."""
        return {"rules": self.rules.settings, "compare": [[one.name, one.settings] for one in self.compare]}

    @property
    def early(self) -> Early:
        """What the source may drop before it reads any talk: what all of the rule sets drop."""
        return early_of((self.rules, *self.compare))

    def __call__(self, episode: PodcastEpisode) -> Sequence[PodcastEpisode] | Dropped:
        """The episode, or the first rule that does not hold."""
        broken = self.rules.judge(episode)
        return Dropped(episode.id, broken.reason, broken.detail) if broken else [episode]


class Tally:
    """What other rule sets would do with the episodes of a part. It changes nothing.

    The episodes on their way to `Select` are drawn through `watch`, in whichever process; `counts` is for the part's
    marker and whole when they all are drawn. Counts of several parts are added up like any others. What a source drops
    early is not seen: all of the sets drop that.

        tally = Tally(select.compare)
        items = passing.through(tally.watch(items), select)
        part.write(store, items, passing.dropped, passing.counts, rules=tally.counts)
    """

    def __init__(self, sets: Iterable[RuleSet]) -> None:
        self._sets = tuple(sets)
        self.counts: dict[str, list[Count]] = {one.name: [Count(Select.name)] for one in self._sets}

    def watch(self, episodes: Iterable[PodcastEpisode]) -> Iterator[PodcastEpisode]:
        """The same episodes, each judged on its way."""
        for episode in episodes:
            for one in self._sets:
                self._count(self.counts[one.name][0], one, episode)
            yield episode

    def _count(self, count: Count, rules: RuleSet, episode: PodcastEpisode) -> None:
        broken = rules.judge(episode)
        if broken:
            count.drop(broken.reason)
        else:
            count.keep()
