"""Stages that take one item after the other, and how several are joined in one pass."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.parts import Count

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Stage(Protocol[In, Out]):
    """A pure function of one item; it can be sent to another process."""

    name: ClassVar[str]
    """Of the stage, and of the folder of its parts."""

    @property
    def settings(self) -> Any:
        """All that its results depend on besides the item, as JSON can hold it."""
        ...

    def __call__(self, item: In, /) -> "Sequence[Out] | Dropped":
        """What comes of the item, in order; never nothing without a reason."""
        ...


class Passing:
    """Items on their way through joined stages: the counts of each, and all that was dropped, both in stage order.

    Args:
        counts: of stages that the items have passed before.
        dropped: on that way.
    """

    def __init__(self, counts: Iterable[Count] = (), dropped: Iterable[Dropped] = ()) -> None:
        self.counts = list(counts)
        self._dropped = [list(dropped)]

    @property
    def dropped(self) -> Iterator[Dropped]:
        """What was dropped, known when all items are drawn."""
        return (one for stage in self._dropped for one in stage)

    def begin(self, items: Iterable[Any]) -> Iterator[Any]:
        """Count items as they are read, and what was mended in episodes."""
        return self._read(items, *self._counted("read"))

    def through(self, items: Iterable[Any], stage: Stage[Any, Any]) -> Iterator[Any]:
        """Bring items through a stage, and count what it does with them."""
        return self._applied(items, stage, *self._counted(stage.name))

    def _read(self, items: Iterable[Any], count: Count, dropped: list[Dropped]) -> Iterator[Any]:
        for item in items:
            if isinstance(item, Dropped):
                count.drop(item.reason)
                dropped.append(item)
            else:
                count.keep()
                for what, number in item.mended.items() if isinstance(item, PodcastEpisode) else ():
                    count.note(what, number)
                yield item

    def _applied(
        self, items: Iterable[Any], stage: Stage[Any, Any], count: Count, dropped: list[Dropped]
    ) -> Iterator[Any]:
        for item in items:
            made = stage(item)
            if isinstance(made, Dropped):
                count.drop(made.reason)
                dropped.append(made)
            else:
                count.keep(len(made))
                yield from made

    def _counted(self, stage: str) -> tuple[Count, list[Dropped]]:
        self.counts.append(Count(stage))
        self._dropped.append([])
        return self.counts[-1], self._dropped[-1]
