"""The steps one after the other: plan, look, write."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from photocast.pipeline.choice import choose
from photocast.pipeline.episode import Episode, with_sending
from photocast.pipeline.front import Front
from photocast.pipeline.pen import Pen, Task, pen_of
from photocast.pipeline.settings import Settings, read_people, settle
from photocast.pipeline.spoken import parse_hosts, read_length
from photocast.runs import Clock
from photocast.schema import AlbumRecord, Brief, FactSheet, Host, Person, Plan, Script, UsageError, Writer

if TYPE_CHECKING:
    from photocast.album import Album
    from photocast.models import VisionModel
    from photocast.writing import Listener

Progress = Callable[[int, int], None]
"""Called with how many photos are done, and how many there are."""

_SECONDS_FIXED, _SECONDS_A_PHOTO = 1.0, 0.6
"""What `benchmarks/make.py` measures on two cores, rounded up."""


class Studio:
    """Where an episode is made: one writer (`pen`), one seed, and the steps as methods.

    Without a model the writer is `pocket`, which is part of the package, and nothing leaves this machine. With one,
    nothing leaves it before `look_closer` or `write`; `preflight` tells what will.

    Args:
        model: a name such as `openai:gpt-5-mini`, or a model of your own; see `photocast.models.VisionModel`.
        way: `direct`, `facts`, or none for what suits the album.
        allow: what may leave this machine beside the pixels: any of `names`, `places`, `times`, `captions`,
            `filenames`.
        max_cost: US dollars that this studio may spend; before a call that could go beyond, it stops.
        base_url: another server that speaks the provider's protocol.
        prompts: a folder with prompts of your own.
        price: US dollars for a million tokens in and out, for a model that the price table does not know.
        seed: another number, another conversation.
        clock: counts the time of the steps.
        front: is told of waits and downloads, and decides whether to ask again what may have been paid for.

    Raises:
        ModelError: there is no such model, or something that it needs is missing.
    """

    def __init__(
        self,
        *,
        model: "str | VisionModel | None" = None,
        way: str | None = None,
        allow: Sequence[str] = (),
        max_cost: float | None = None,
        base_url: str | None = None,
        prompts: str | Path | None = None,
        price: tuple[float, float] | None = None,
        seed: int = 0,
        clock: Clock | None = None,
        front: Front | None = None,
    ) -> None:
        named = model if isinstance(model, str) or model is None else model.name
        wishes = {
            "model": named,
            "way": way,
            "allow": tuple(allow),
            "max_cost": max_cost,
            "base_url": base_url,
            "prompts": str(prompts) if prompts else None,
            "price": price,
        }
        writer = choose(wishes, (), base=Writer()).model_copy(update={"because": "as the caller says"})
        own = None if isinstance(model, str) else model
        self._settle(seed, clock, writer, pen_of(writer, label="a studio", model=own, front=front))

    @classmethod
    def of(cls, settings: Settings, *, label: str, clock: Clock | None = None, front: Front | None = None) -> Self:
        """The studio that settings describe; `label` is what its runs are called in the list of runs."""
        studio = cls.__new__(cls)
        pen = pen_of(settings.writer, label=label, front=front)
        studio._settle(settings.brief.seed, clock, settings.writer, pen)
        return studio

    def _settle(self, seed: int, clock: Clock | None, writer: Writer, pen: Pen) -> None:
        self.seed, self.writer, self.pen = seed, writer, pen
        self._clock = clock or Clock()
        self._weights: dict[str, str] = {}
        self.notes: tuple[str, ...] = ()
        """What the user should know of the last closer look, a sentence each."""

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
            style: `banter`, `story`, `interview`, `bedtime`, or `paper` with a model.
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
        return plan_of(album, brief, self.writer)

    def preflight(self, album: "Album", plan: Plan, facts: FactSheet, *, task: Task = "make") -> Plan:
        """The plan with what would be sent, to whom, what in it may be private, and what it may cost. Sends nothing.

        Args:
            album: The photos.
            plan: What `plan` returned for them.
            facts: What `look` returned.
            task: `look` for `look_closer` alone, `write` for `write` alone, by default both; `interview` for both and
                `questions`.

        Raises:
            UsageError: the writer cannot do what the brief asks for.
        """
        return with_sending(plan, self.pen.preflight(plan, facts, _pictures(album), task=task))

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

    def look_closer(self, album: "Album", plan: Plan, facts: FactSheet) -> FactSheet:
        """In the way of facts, the facts with what the model sees in the photos; otherwise the facts as they are.

        Raises:
            ModelError: nothing can be had.
            BudgetError: a call could cost too much.
        """
        with self._clock.step("look"):
            looked = self.pen.look(plan, facts, _pictures(album))
        self.notes = looked.notes
        return looked.facts

    def questions(self, album: "Album", plan: Plan, facts: FactSheet) -> tuple[str, ...]:
        """Three questions whose answers would help most; `photocast.pipeline.as_told` puts the answers into the facts.

        Raises:
            ModelError: nothing can be had.
        """
        return self.pen.questions(plan, facts, _pictures(album))

    def write(
        self,
        album: "Album",
        plan: Plan,
        facts: FactSheet,
        *,
        previous: Script | None = None,
        on_turn: "Listener | None" = None,
    ) -> Episode:
        """Write the conversation.

        Args:
            album: The photos.
            plan: What `plan` returned for them.
            facts: All that the hosts may take for true.
            previous: A script about the same photos: its locked turns stay.
            on_turn: Hears each turn as soon as it is written: `Heard`, or `TakenBack` when turns do not count.

        Raises:
            ModelError: no conversation can be had.
            BudgetError: a call could cost too much.
        """
        with self._clock.step("write"):
            draft = self.pen.write(plan, facts, _pictures(album), previous=previous, tell=on_turn)
        return Episode(
            script=draft.script,
            facts=facts,
            plan=plan,
            album=album,
            outline=draft.outline,
            weights=self._weights,
            clock=self._clock,
            pen=self.pen,
            run_notes=(*self.notes, *draft.notes),
        )


def _pictures(album: "Album") -> dict[str, Path]:
    return {photo.id: album.model_image(photo.id) for photo in album.photos}


def plan_of(album: "Album", brief: Brief, writer: Writer) -> Plan:
    """The plan for an album under a whole brief, for this writer.

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
        writer=writer,
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
