"""The funnel: what every stage took, kept and dropped, added up from the markers that are on disk."""

from dataclasses import dataclass
from typing import Any

import msgspec

from photocast.corpus.parts import Count, markers
from photocast.corpus.sources.dealing import read_split
from photocast.corpus.store import Store
from photocast.schema import InputError

UNITS = {
    "read": "episodes",
    "select": "episodes",
    "window": "episodes",
    "choose": "windows",
    "excerpt": "windows",
    "scenes": "excerpts",
    "illustrate": "excerpts",
    "pack": "pairs",
}
"""What a stage takes, in the order of the stages."""
_JOINED = ("read", "select", "window")
"""Stages whose markers hold the counts of those before."""


@dataclass(frozen=True)
class Funnel:
    """What became of everything.

    Attributes:
        counts: of the stages that were run, in their order.
        rules: what other rule sets would have done at `select`, by their names.
    """

    counts: tuple[Count, ...]
    rules: dict[str, Count]

    def check(self) -> None:
        """See whether everything is accounted for.

        Raises:
            InputError: something was taken and neither kept nor dropped, or got lost between two stages.
        """
        for count in self.counts:
            if count.taken != count.kept + sum(count.dropped.values()):
                lost = count.taken - count.kept - sum(count.dropped.values())
                raise _leak(f"{count.stage} lost {lost} {UNITS[count.stage]}", "it took more than it kept and dropped")
        for before, after in zip(self.counts, self.counts[1:], strict=False):
            if before.made != after.taken:
                what = f"{before.stage} made {before.made} {UNITS[after.stage]}, and {after.stage} took {after.taken}"
                raise _leak(what, f"{after.stage} has not seen all that {before.stage} made")

    def document(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "stages": [msgspec.structs.asdict(count) for count in self.counts],
            "rules": {name: msgspec.structs.asdict(count) for name, count in self.rules.items()},
        }


def read_funnel(store: Store) -> Funnel:
    """Add up the counts of a corpus.

    Markers of `read`, `select` and `window` hold the counts of all that came before as well; so of these three, those
    of the last one that is there are read.
    """
    furthest = next((stage for stage in reversed(_JOINED) if markers(store, stage)), _JOINED[0])
    counts: dict[str, Count] = {}
    rules: dict[str, Count] = {}
    split = read_split(store)
    for count in split.counts if split else ():
        if count.stage in _JOINED[: _JOINED.index(furthest) + 1]:  # what is excluded early is so by a later stage
            _add(counts, count)
    for stage in UNITS:
        if stage in _JOINED and stage != furthest:
            continue
        for marker in markers(store, stage).values():
            for count in marker.counts:
                _add(counts, count)
            for name, theirs in marker.rules.items():
                for count in theirs:
                    rules.setdefault(name, Count(count.stage)).add(count)
    return Funnel(tuple(counts[stage] for stage in UNITS if stage in counts), rules)


def _add(counts: dict[str, Count], count: Count) -> None:
    counts.setdefault(count.stage, Count(count.stage)).add(count)


def _leak(what: str, why: str) -> InputError:
    return InputError(f"the funnel does not add up: {what}", why, "Run photocast corpus run again on this folder")
