"""The steps one after the other: plan, look, write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.pipeline.episode import Episode
from photocast.pipeline.settings import read_people, settle
from photocast.pipeline.spoken import parse_hosts, read_length
from photocast.runs import Clock
from photocast.schema import AlbumRecord, Brief, FactSheet, Host, Person, Plan, Script, UsageError

if TYPE_CHECKING:
    from photocast.album import Album

Progress = Callable[[int, int], None]
"""Called with how many photos are done, and how many there are."""

WRITER = "pocket"
_SECONDS_FIXED, _SECONDS_A_PHOTO = 1.0, 0.6
"""What `benchmarks/make.py` measures on two cores, rounded up."""


class Studio:
    """Where an episode is made: one seed, and the steps as methods.

    Nothing leaves this machine: the writer is `pocket`, which is part of the package.
    """

    def __init__(self, *, seed: int = 0, clock: Clock | None = None) -> None:
        self.seed = seed
        self._clock = clock or Clock()
        self._weights: dict[str, str] = {}

    def plan(
        self,
        album: "Album",
        *,
        hosts: int | str | Sequence[Host] = 2,
        length: str | int | None = None,
        style: str = "banter",
        playful: float = 0.4,
        about: str | None = None,
        people: str | Path | Sequence[Person] = (),
        disclosure: bool = True,
        brief: Brief | None = None,
    ) -> Plan:
        """What would be made of an album. Looks at no picture and changes nothing.

        Args:
            album: The photos, opened with `Album.open`.
            hosts: How many talk (2 to 4), or who: `Host`s, or a line as in `--hosts`.
            length: `"5m"`, `"90s"`, `"800w"`, or a number of words; none lets the album decide.
            style: `banter`, `story`, `interview` or `bedtime`.
            playful: 0 keeps to facts; 1 lets the hosts invent freely about themselves.
            about: What the album is about, in your words.
            people: Who is in the photos, or the path of a `people.toml`.
            disclosure: Whether the hosts say that they are made by a machine.
            brief: All of the above in one value, used instead of them.

        Raises:
            UsageError: the wishes cannot be granted, or name a photo that the album does not have.
            ConfigError: `people` is a file that cannot be used.
        """
        if brief is None:
            count, cast = _seats(hosts)
            wishes = {"hosts": count, "cast": cast, "words": read_length(length), "style": style, "playful": playful}
            named = read_people(Path(people)) if isinstance(people, str | Path) else tuple(people)
            wishes |= {"about": about, "people": named, "disclosure": disclosure, "seed": self.seed}
            brief = settle(wishes, Brief()).brief
        return plan_of(album, brief)

    def look(
        self, album: "Album", plan: Plan, *, previous: FactSheet | None = None, progress: Progress | None = None
    ) -> FactSheet:
        """Look at every photo, and write down what is known and how.

        Args:
            album: The photos.
            plan: What `plan` returned for them.
            previous: A fact sheet of the same photos: what was locked, struck or added in it stays.
            progress: Called after each photo.
        """
        from photocast.looking import look
        from photocast.models import shelf

        self._weights = {weights.file: weights.sha256 for weights in shelf().values()}
        with self._clock.step("look"):
            return look(album, plan.brief, previous=previous, progress=progress)

    def write(self, album: "Album", plan: Plan, facts: FactSheet, *, previous: Script | None = None) -> Episode:
        """Write the conversation.

        Args:
            album: The photos.
            plan: What `plan` returned for them.
            facts: All that the hosts may take for true.
            previous: A script about the same photos: its locked turns stay.
        """
        from photocast.writing import write

        with self._clock.step("write"):
            draft = write(plan.album, facts, plan.brief, previous=previous)
        return Episode(
            script=draft.script,
            facts=facts,
            plan=plan,
            album=album,
            outline=draft.outline,
            weights=self._weights,
            clock=self._clock,
        )


def plan_of(album: "Album", brief: Brief) -> Plan:
    """The plan for an album under a whole brief.

    Raises:
        UsageError: the brief names a photo that the album does not have.
    """
    from photocast.writing import default_words

    _people_are_in_the_album(album, brief)
    # The plan outlives the album and its pictures, so it holds the record alone.
    record = AlbumRecord(title=album.title, photos=album.photos, set_aside=album.set_aside)
    return Plan(
        brief=brief,
        album=record,
        writer=WRITER,
        words=brief.words or default_words(record, brief),
        seconds=round(_SECONDS_FIXED + _SECONDS_A_PHOTO * len(album.photos), 1),
    )


def _seats(hosts: int | str | Sequence[Host]) -> tuple[int, tuple[Host, ...]]:
    if isinstance(hosts, int | str):
        return parse_hosts(str(hosts))
    return max(2, len(hosts)), tuple(hosts)


def _people_are_in_the_album(album: "Album", brief: Brief) -> None:
    names = [photo.source for photo in album.photos] + [one.source for one in album.set_aside]
    for person in brief.people:
        if strangers := [photo for photo in person.photos if photo not in names]:
            raise UsageError(
                f"cannot find the photo {strangers[0]!r}",
                f"{person.name} is said to be in it, and the album has no file of that name",
                f"Use the names that `photocast plan` prints, such as {names[0]!r}",
            )
