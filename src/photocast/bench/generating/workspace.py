"""The folder of a run, and what its steps share.

bench.json                 what was asked for (`request.py`)
seen/ITEM.json             what was seen in the photos; all systems write from it
systems/NAME/ITEM.md       a transcript
systems/NAME/ITEM.json     how it was made, or why there is none; written last, so that it says "done"
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.generating.systems import System
from photocast.bench.results import Generation
from photocast.bench.seen import Seen
from photocast.pipeline import Front, Settings, Studio
from photocast.runs import alone_in, write_atomically
from photocast.schema import FactSheet, Plan, Writer
from photocast.schema.record import Record

if TYPE_CHECKING:
    from photocast.album import Album

R = TypeVar("R", bound=Record)

LOCK = ".bench.lock"
SYSTEMS = "systems"
SEEN = "seen"


@dataclass
class Workspace:
    """A folder, an evaluation set, and what is asked for."""

    folder: Path
    albums: EvaluationSet
    settings: Settings
    front: Front
    again_failed: bool = False
    spent: float = 0.0
    """US dollars that were paid, or may have been, by the systems that are done."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep other runs out of the folder; raises as `alone_in` does."""
        return alone_in(self.folder, LOCK)

    def transcript(self, system: System, item: str) -> Path:
        """Where a transcript is."""
        suffix = system.files[item].suffix if item in system.files else ".md"
        return self.folder / SYSTEMS / system.name / f"{item}{suffix}"

    def generation(self, system: System, item: str) -> Generation | None:
        """How the transcript was made, or why there is none; None when that is still to be seen."""
        return _read(self._record(system, item), Generation)

    def note(self, system: System, generation: Generation) -> None:
        """Write down how a transcript was made.

        Raises:
            InputError: it cannot be written.
        """
        write_atomically(self._record(system, generation.item), generation.model_dump_json(indent=1) + "\n")

    def _record(self, system: System, item: str) -> Path:
        return self.folder / SYSTEMS / system.name / f"{item}.json"

    def due(self, system: System) -> list[Item]:
        """The items that a system is to write about."""
        return [item for item in self.albums.items if self._is_due(system, item.id)]

    def _is_due(self, system: System, item: str) -> bool:
        made = self.generation(system, item)
        if made is None or (made.error and self.again_failed):
            return True
        return made.error is None and not self.transcript(system, item).is_file()

    def studio(self, system: System, writer: Writer) -> Studio:
        """Where a system writes, with what is left of the money."""
        most = self.settings.writer.max_cost
        left = None if most is None else max(0.0, most - self.spent)
        if system.model is None:
            settings = replace(self.settings, writer=writer.model_copy(update={"max_cost": left}))
            return Studio.of(settings, label=f"bench {system.name}", front=self.front)
        return Studio(
            model=system.model,
            way=writer.way,
            allow=writer.allow,
            prompts=writer.prompts,
            price=writer.price,
            max_cost=left,
            seed=self.settings.brief.seed,
            front=self.front,
        )

    def looked(self, studio: Studio, album: "Album", item: Item) -> tuple[Plan, FactSheet]:
        """The plan and the facts; photos are looked at once for all systems."""
        brief = self.settings.brief
        plan = studio.plan(album, brief=brief.model_copy(update={"about": item.about or brief.about}))
        seen = self.seen(item)
        if seen is None:
            seen = Seen(album=plan.album, facts=studio.look(album, plan))
            write_atomically(self.folder / SEEN / f"{item.id}.json", seen.model_dump_json(indent=1) + "\n")
        return plan, seen.facts

    def seen(self, item: Item) -> Seen | None:
        """What was seen in the photos of an item; None when nobody has looked yet."""
        return _read(self.folder / SEEN / f"{item.id}.json", Seen)

    def set_aside(self, item: Item) -> tuple[str, ...]:
        """Photos of an item that no system was shown, with the reason."""
        seen = self.seen(item)
        return tuple(f"{one.source}: {one.detail}" for one in seen.album.set_aside) if seen else ()


def _read(path: Path, shape: type[R]) -> R | None:
    """A record that an earlier run has written; None when there is none, or none that can be used."""
    try:
        return shape.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
