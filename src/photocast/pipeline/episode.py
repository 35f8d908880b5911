"""An episode in memory: read it turn by turn, write a turn anew, save it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from photocast.pipeline.report import judged, report_of
from photocast.publish import EpisodeFolder, Kept
from photocast.runs import Clock, Report
from photocast.schema import Brief, FactSheet, InputError, Plan, Script, Turn

if TYPE_CHECKING:
    from photocast.album import Album


class Episode:
    """A script with all that it rests on."""

    def __init__(
        self,
        *,
        script: Script,
        facts: FactSheet,
        plan: Plan,
        album: "Album | None" = None,
        images: Mapping[str, Path] | None = None,
        report: Report | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.script = script
        self.facts = facts
        self.plan = plan
        self.kept: tuple[Kept, ...] = ()
        """Files edited by hand that made room when the episode was last saved, and their names now."""
        self._album = album
        self._images = images
        self._report = report
        self._clock = clock or Clock()

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read an episode folder, with everything edited by hand in it.

        Raises:
            InputError: it is no episode, or an edited file cannot be understood; the error names the line.
        """
        files = EpisodeFolder(path).read()
        return cls(script=files.script, facts=files.facts, plan=files.plan, images=files.images, report=files.report)

    def __iter__(self) -> Iterator[Turn]:
        return iter(self.script.turns)

    def __len__(self) -> int:
        return len(self.script.turns)

    def turn(self, turn_id: str) -> Turn:
        """The turn called `t009`.

        Raises:
            InputError: there is none of that name.
        """
        for turn in self.script.turns:
            if turn.id == turn_id:
                return turn
        raise InputError(
            f"cannot find the turn {turn_id!r}",
            f"the script has {len(self)} turns, from {self.script.turns[0].id} to {self.script.turns[-1].id}",
            "Use a name that stands beside a turn in script.md",
        )

    def redo(self, turn_id: str) -> Turn:
        """Write one turn anew and return it; all others stay.

        Raises:
            InputError: there is no such turn, or it is locked.
        """
        from photocast.writing import redo

        if self.turn(turn_id).locked:
            raise InputError(f"cannot write {turn_id} anew", "it is locked", "Unlock it in script.md first")
        self.script = redo(self.script, self.plan.album, self.facts, self.plan.brief, turn_id)
        self._report = None
        return self.turn(turn_id)

    def rewrite(self, brief: Brief | None = None) -> None:
        """Write the whole conversation anew from the facts as they are now; locked turns stay.

        Args:
            brief: What to ask for instead of what was asked for before.
        """
        from photocast.writing import default_words, write

        brief = brief or self.plan.brief
        words = brief.words or default_words(self.plan.album, brief)
        self.plan = self.plan.model_copy(update={"brief": brief, "words": words})
        with self._clock.step("write"):
            self.script = write(self.plan.album, self.facts, brief, previous=self.script).script
        self._report = None

    @property
    def report(self) -> Report:
        """How it was made, and how the script as it is now compares with people talking."""
        if self._report is None:
            self._report = report_of(self.script, self.plan, self._clock)
        return judged(self._report, self.script, self.facts)

    def save(self, path: str | Path, *, progress: Callable[[int, int], None] | None = None) -> Path:
        """Write the episode folder and return its page. All of it is written, or nothing.

        A file that was edited by hand since it was written is never lost: `kept` tells where it is.

        Raises:
            InputError: the folder holds something else, or cannot be written to.
        """
        written = EpisodeFolder(path).write(
            script=self.script,
            facts=self.facts,
            plan=self.plan,
            report=self.report,
            images=self._pictures(),
            progress=progress,
        )
        self.kept = written.kept
        return written.page

    def kept_notes(self) -> tuple[str, ...]:
        """The same as `kept`, a sentence each."""
        return tuple(f"{kept.name} was edited by hand; your version is now {kept.now}" for kept in self.kept)

    def _pictures(self) -> Mapping[str, Path]:
        if self._album is None:
            return self._images or {}
        return {photo.id: self._album.page_image(photo.id) for photo in self.plan.album.photos}
