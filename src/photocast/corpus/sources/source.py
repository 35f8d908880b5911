"""What a source of talk is: parts that can be read one by one, in any process, always with the same result."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import msgspec

from photocast.corpus.nouns import Dropped, Origin, PodcastEpisode
from photocast.corpus.store import Store

Told = Callable[[str, int, int], None]
"""Called with the name of a stage, how much of it is done, and how much there is."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an episode before its talk is read."""

    origin: Origin
    seconds: float | None = None
    main_speakers: int | None = None
    explicit: bool | None = None
    diarized: bool = True
    """False where the source says that nobody knows who speaks."""


class Early(Protocol):
    """Rules that need no talk, applied before any is read."""

    @property
    def settings(self) -> Any:
        """All that its decisions depend on, as JSON can hold it."""
        ...

    def facts(self, facts: Facts) -> str | None:
        """The reason to drop an episode; None to go on with it."""
        ...

    def main_speakers(self, number: int) -> str | None:
        """The reason to drop an episode of so many main speakers, whatever else it is; None if it may be kept."""
        ...


class SourcePart(msgspec.Struct, frozen=True):
    """A piece of a source. It can be sent to another process or machine."""

    name: str
    """Of the parts made from it: the same every time, and sorted as the source is."""
    files: tuple[str, ...]
    """What to read, as the source understands it."""
    fingerprint: str
    """Of the content, as far as that can be told without reading all of it."""
    size: int = 0
    """Bytes to be read, for progress."""


class Source(Protocol):
    """Talk of podcasts in some form. It can be sent to another process or machine."""

    @property
    def dataset(self) -> str:
        """Name and version, as in `Origin.dataset`."""
        ...

    @property
    def hosted(self) -> str | None:
        """Terms to be agreed to before its text is sent to a hosted model; None where there are none."""
        ...

    def parts(self, store: Store, early: Early, told: Told) -> Sequence[SourcePart]:
        """What to read, in order. A source that cannot be read in pieces is dealt into pieces in the store first.

        What `early` excludes on the way is counted in the marker of the pieces, see `dealing.py`.

        Raises:
            InputError: it is not there, or not what it is said to be.
        """
        ...

    def read(self, store: Store, part: SourcePart) -> Iterator[PodcastEpisode | Dropped]:
        """The episodes of a part. What cannot be used comes out as dropped, with a reason."""
        ...
