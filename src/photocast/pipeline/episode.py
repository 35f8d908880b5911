"""An episode in memory: read it turn by turn, write a turn anew, save it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from photocast.pipeline.pen import POCKET, Pen
from photocast.pipeline.report import judged, report_of
from photocast.publish import EpisodeFolder, Kept
from photocast.runs import Clock, Report
from photocast.schema import Brief, FactSheet, Plan, Script, Sending, Turn, UsageError
from photocast.schema.record import Record

if TYPE_CHECKING:
    from photocast.album import Album
    from photocast.pipeline.marking import Marking
    from photocast.pipeline.studio import Studio
    from photocast.writing import Listener

_SECONDS_A_CALL, _TOKENS_A_SECOND = 2.0, 60.0
"""What remote models usually take; assumed, not measured."""
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
        outline: Sequence[Record] | None = None,
        weights: Mapping[str, str] | None = None,
        report: Report | None = None,
        clock: Clock | None = None,
        pen: Pen | None = None,
        run_notes: Sequence[str] = (),
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
        self._pen = pen
        self._run_notes = tuple(run_notes)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Read an episode folder, with everything edited by hand in it.

        Whoever wrote it also writes what is to be said anew, unless `hand_to` says otherwise.

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

    def __getitem__(self, place: int) -> Turn:
        return self.script.turns[place]

    def hand_to(self, studio: "Studio") -> None:
        """Let the writer of that studio write from now on, such as a model of your own that has no name to open."""
        self.plan = with_sending(self.plan, None).model_copy(update={"writer": studio.writer})
        self._pen = studio.pen

    def preflight(self) -> Plan:
        """The plan with what writing it all anew would send, and what that may cost."""
        with self._model_pictures() as pictures:
            sending = self._writer().preflight(self.plan, self.facts, pictures, task="write")
        return with_sending(self.plan, sending)

    def preflight_redo(self, turn_id: str, wish: str | None = None) -> Plan:
        """The plan with what writing one turn anew would send, and what that may cost.

        Raises:
            UsageError: there is no such turn, it is locked, or the writer can follow no wish.
        """
        with self._model_pictures() as pictures:
            sending = self._writer().preflight_redo(self.script, self.plan, self.facts, pictures, turn_id, wish)
        return with_sending(self.plan, sending)

    def redo(self, turn_id: str, wish: str | None = None, *, lock: bool = False) -> tuple[Turn, ...]:
        """Write one turn anew. `pocket` changes the turns that answer it with it, unless they are locked or edited.

        Args:
            turn_id: which turn.
            wish: how it should be, for a model: `"shorter, funnier"`.
            lock: whether writing again is to leave the turn as it is now.

        Returns:
            The turns that changed.

        Raises:
            UsageError: there is no such turn, it is locked, or the writer can follow no wish.
            InputError: the writer knows no other way to say it.
            ModelError: nothing can be had.
        """
        with self._clock.step("write"), self._model_pictures() as pictures:
            redone = self._writer().redo(self.script, self._outline, self.plan, self.facts, pictures, turn_id, wish)
        turns = tuple(
            turn.model_copy(update={"locked": True}) if lock and turn.id == turn_id else turn
            for turn in redone.script.turns
        )
        self.script, self._outline = redone.script.model_copy(update={"turns": turns}), redone.outline
        self._report = None
        changed = {turn.id for turn in redone.changed}
        return tuple(turn for turn in turns if turn.id in changed)

    def rewrite(self, brief: Brief | None = None, *, on_turn: "Listener | None" = None) -> None:
        """Write the whole conversation anew from the facts as they are now; locked turns stay.

        Args:
            brief: What to ask for instead of what was asked for before.
            on_turn: Hears each turn as soon as it is written.

        Raises:
            ModelError: no conversation can be had; the episode stays as it is.
        """
        plan = self.plan if brief is None else with_brief(self.plan, brief)
        with self._clock.step("write"), self._model_pictures() as pictures:
            draft = self._writer().write(plan, self.facts, pictures, previous=self.script, tell=on_turn)
        self.plan, self.script, self._outline = plan, draft.script, tuple(draft.outline)
        self._run_notes = draft.notes
        self._report = None

    @property
    def report(self) -> Report:
        """How it was made, and how the script as it is now compares with people talking."""
        if self._report is None:
            use = self._pen.use if self._pen else None
            self._report = report_of(self.script, self.plan, self._clock, self._weights, use, self._run_notes)
        return judged(self._report, self.script, self.facts, self.plan)

    def save(
        self,
        path: str | Path,
        *,
        progress: Callable[[int, int], None] | None = None,
        marking: "Marking | None" = None,
    ) -> Path:
        """Write the episode folder and return its page. All of it is written, or nothing.

        A file that was edited by hand since it was written is never lost: `kept` tells where it is.

        Args:
            path: the folder.
            progress: called after each step with the steps done and their number.
            marking: signs the pictures of the page; by default they are signed where the extra `provenance` is.

        Raises:
            InputError: the folder holds something else, or cannot be written to.
            ConfigError: the certificate to sign with cannot be used.
            UsageError: the album is closed, and its pictures are gone.
        """
        from photocast.pipeline.marking import Marking

        marking, pictures = marking or Marking(), self._pictures()
        if self._album is not None:
            marking.pictures(pictures.values())
        written = EpisodeFolder(path).write(
            script=self.script,
            facts=self.facts,
            plan=self.plan,
            report=self.report,
            images=pictures,
            outline=self._outline,
            progress=progress,
        )
        self.kept = written.kept
        return written.page

    def notes(self) -> tuple[str, ...]:
        """What the user should know about how it went, a sentence each."""
        kept = (f"{one.name} was edited by hand; your version is now {one.now}" for one in self.kept)
        return (*self._run_notes, *self._length_note(), *self._cast_note(), *self._pictures_note(), *kept)

    def _length_note(self) -> tuple[str, ...]:
        asked, got = self.plan.brief.words, self.script.words()
        if asked is None or abs(got - asked) <= _OFF * asked:
            return ()
        note = f"you asked for {asked} words and got {got}"
        if self.script.provenance and self.script.provenance.model:
            return (note,)  # nobody knows why a model stops
        why = "has no more to say about these photos" if got < asked else "cannot say less about these photos"
        return (f"{note}: the writer {why}",)

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

    def _writer(self) -> Pen:
        if self._pen is None:
            from photocast.pipeline.pen import pen_of

            self._pen = pen_of(self.plan.writer, label=self.plan.album.title)
        return self._pen

    @contextmanager
    def _model_pictures(self) -> Iterator[Mapping[str, Path]]:
        """The pictures as models get them: those of the album, or those of the page made smaller."""
        if self._album is not None:
            yield {photo.id: self._album.model_image(photo.id) for photo in self.plan.album.photos}
        elif self.plan.writer.model == POCKET:
            yield {}
        else:
            from photocast.album import for_models

            with for_models(self._images or {}) as pictures:
                yield pictures

    def _pictures(self) -> Mapping[str, Path]:
        if self._album is None:
            return self._images or {}
        pictures = {photo.id: self._album.page_image(photo.id) for photo in self.plan.album.photos}
        if not all(picture.is_file() for picture in pictures.values()):
            raise UsageError("cannot save the episode", "its album is closed", "Save it before the album is closed")
        return pictures


def with_sending(plan: Plan, sending: Sending | None) -> Plan:
    """The plan with what is sent, and the time that a remote model takes for it; nobody knows that of a local one."""
    seconds = max(0.0, plan.seconds - _waiting(plan.sending) + _waiting(sending))
    return plan.model_copy(update={"sending": sending, "seconds": round(seconds, 1)})


def _waiting(sending: Sending | None) -> float:
    if sending is None or sending.host is None:
        return 0.0
    return _SECONDS_A_CALL * sending.calls + sending.output_tokens / _TOKENS_A_SECOND


def with_brief(plan: Plan, brief: Brief) -> Plan:
    """The plan under another brief; the length follows from it."""
    from photocast.writing import default_words

    return plan.model_copy(update={"brief": brief, "words": brief.words or default_words(plan.album, brief)})
