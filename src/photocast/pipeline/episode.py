"""An episode in memory: read it turn by turn, write a turn anew, save it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from photocast.pipeline.report import judged, report_of
from photocast.publish import EpisodeFolder, Kept
from photocast.runs import Clock, Report
from photocast.schema import Brief, FactSheet, Plan, Script, Turn, UsageError

if TYPE_CHECKING:
    from photocast.album import Album
    from photocast.writing import Beat

_OFF = 0.2
"""How far from the wished length a script may be without a word about it."""


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
        outline: Sequence["Beat"] | None = None,
        weights: Mapping[str, str] | None = None,
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
        self._outline = tuple(outline or ())
        self._weights = report.weights if report else weights or {}
        self._report = report
        self._clock = clock or Clock()

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read an episode folder, with everything edited by hand in it.

        Raises:
            InputError: it is no episode, or an edited file cannot be understood; the error names the line.
        """
        from photocast.writing import Beat

        folder = EpisodeFolder(path)
        files, outline = folder.read(), folder.outline(Beat)
        return cls(
            script=files.script,
            facts=files.facts,
            plan=files.plan,
            images=files.images,
            outline=outline,
            report=files.report,
        )

    def __iter__(self) -> Iterator[Turn]:
        return iter(self.script.turns)

    def __len__(self) -> int:
        return len(self.script.turns)

    def redo(self, turn_id: str) -> tuple[Turn, ...]:
        """Write one turn anew. Turns that answer it change with it, unless they are locked or were edited by hand.

        Returns:
            The turns that changed.

        Raises:
            UsageError: there is no such turn, or it is locked.
            InputError: the writer knows no other way to say it.
        """
        from photocast.writing import redo

        before = set(self.script.turns)
        self.script, self._outline = redo(
            self.script, self._outline, self.plan.album, self.facts, self.plan.brief, turn_id
        )
        self._report = None
        return tuple(turn for turn in self.script.turns if turn not in before)

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
            draft = write(self.plan.album, self.facts, brief, previous=self.script)
        self.script, self._outline = draft.script, draft.outline
        self._report = None

    @property
    def report(self) -> Report:
        """How it was made, and how the script as it is now compares with people talking."""
        if self._report is None:
            self._report = report_of(self.script, self.plan, self._clock, self._weights)
        return judged(self._report, self.script, self.facts)

    def save(self, path: str | Path, *, progress: Callable[[int, int], None] | None = None) -> Path:
        """Write the episode folder and return its page. All of it is written, or nothing.

        A file that was edited by hand since it was written is never lost: `kept` tells where it is.

        Raises:
            InputError: the folder holds something else, or cannot be written to.
            UsageError: the album is closed, and its pictures are gone.
        """
        written = EpisodeFolder(path).write(
            script=self.script,
            facts=self.facts,
            plan=self.plan,
            report=self.report,
            images=self._pictures(),
            outline=self._outline,
            progress=progress,
        )
        self.kept = written.kept
        return written.page

    def notes(self) -> tuple[str, ...]:
        """What the user should know about how it went, a sentence each."""
        kept = (f"{one.name} was edited by hand; your version is now {one.now}" for one in self.kept)
        return (*self._length_note(), *self._cast_note(), *self._pictures_note(), *kept)

    def _length_note(self) -> tuple[str, ...]:
        asked, got = self.plan.brief.words, self.script.words()
        if asked is None or abs(got - asked) <= _OFF * asked:
            return ()
        why = "has no more to say about these photos" if got < asked else "cannot say less about these photos"
        return (f"you asked for {asked} words and got {got}: the writer {why}",)

    def _cast_note(self) -> tuple[str, ...]:
        """Locked turns keep their speakers, and so the wish for others cannot be granted."""
        wished = [host.name for host in self.plan.brief.cast]
        if set(wished) <= {speaker.name for speaker in self.script.speakers} or not any(t.locked for t in self):
            return ()
        return (f"you asked for {' and '.join(wished)}, but the locked turns keep the hosts that say them",)

    def _pictures_note(self) -> tuple[str, ...]:
        if self._album is not None:
            return ()
        missing = [photo.id for photo in self.plan.album.photos if photo.id not in (self._images or {})]
        if not missing:
            return ()
        return (f"not on the page, for photos/ does not hold them: {', '.join(missing)}",)

    def _pictures(self) -> Mapping[str, Path]:
        if self._album is None:
            return self._images or {}
        pictures = {photo.id: self._album.page_image(photo.id) for photo in self.plan.album.photos}
        if not all(picture.is_file() for picture in pictures.values()):
            raise UsageError("cannot save the episode", "its album is closed", "Save it before the album is closed")
        return pictures
