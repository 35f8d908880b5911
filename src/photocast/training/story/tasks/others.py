"""What other stories of a split can lend for wrong statements: looks and names."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from photocast.training.story.nouns import VisualStory

Lent = tuple[str, str]
"""A value or a name, and the key of the story that it is of."""


@dataclass(frozen=True)
class Others:
    """Looks and names of a split. Nothing is lent across splits, so that no story leaves a trace in another split.

    Attributes:
        looks: values by attribute in lower case; each once a story, sorted.
        names: each once a story, sorted.
    """

    looks: Mapping[str, Sequence[Lent]]
    names: Sequence[Lent]

    @classmethod
    def among(cls, stories: Iterable[VisualStory]) -> "Others":
        """Of these stories."""
        looks: defaultdict[str, set[Lent]] = defaultdict(set)
        names: set[Lent] = set()
        for story in stories:
            for one in (one for frame in story.frames for one in frame.characters):
                names.add((one.name, story.key))
                for attribute, value in one.look.items():
                    looks[attribute.casefold()].add((value, story.key))
        return cls({attribute: sorted(found) for attribute, found in looks.items()}, sorted(names))

    def look(self, attribute: str, value: str, story: VisualStory, die: Random) -> Lent | None:
        """Another value of an attribute, from another story; None if there is none.

        It has no word in common with `value`, so that dark brown never stands against brown.
        """
        taken = words(value)
        return _thrown(
            self.looks.get(attribute.casefold(), ()), lambda it: it[1] != story.key and not taken & words(it[0]), die
        )

    def name(self, story: VisualStory, die: Random) -> Lent | None:
        """The name of a character of another story, of which this one has no word; None if there is none."""
        taken = words(f"{story.whole or ''} {' '.join(story.names)}")
        return _thrown(self.names, lambda it: it[1] != story.key and not taken & words(it[0]), die)


def words(text: str) -> set[str]:
    """The words of a text in lower case."""
    return set(re.findall(r"\w+", text.casefold()))


def _thrown(found: Sequence[Lent], fits: Callable[[Lent], bool], die: Random) -> Lent | None:
    """The first that fits, from a place that is thrown: with many stories, looking at all would take a day."""
    start = die.randrange(len(found)) if found else 0
    turned = (found[(start + step) % len(found)] for step in range(len(found)))
    return next((one for one in turned if fits(one)), None)
