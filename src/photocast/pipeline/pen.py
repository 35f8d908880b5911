"""Who writes an episode: the embedded `pocket`, or a model with its prompts, its journal and its purse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from photocast.pipeline.front import Front
from photocast.runs import ModelUse
from photocast.schema import FactSheet, Plan, Script, Sending, Turn, UsageError, Writer
from photocast.schema.record import Record

if TYPE_CHECKING:
    from photocast.models import VisionModel
    from photocast.writing import Draft, Listener

POCKET = "pocket"
"""The name of the embedded writer, where the name of a model stands."""

Task = Literal["make", "interview", "look", "write"]
"""What is about to be done: all of it, all of it with questions before, the look alone, or writing from the facts."""


@dataclass(frozen=True, slots=True)
class Redone:
    """A script with a turn in other words."""

    script: Script
    outline: tuple[Record, ...]
    changed: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A fact sheet, and what the user should know of how it came about."""

    facts: FactSheet
    notes: tuple[str, ...] = ()


class Pen(Protocol):
    """Whoever writes. `images` are pictures of at most 1,024 pixels without metadata, by photo id."""

    def preflight(
        self, plan: Plan, facts: FactSheet, images: Mapping[str, Path], *, task: Task = "make"
    ) -> Sending | None:
        """What would be sent, to whom, and what it may cost; None when nothing is asked of any model."""
        ...

    def preflight_redo(
        self, script: Script, plan: Plan, facts: FactSheet, images: Mapping[str, Path], turn: str, wish: str | None
    ) -> Sending | None:
        """The same for one turn anew."""
        ...

    def look(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> Looked:
        """The facts with what the writer itself sees in the photos, if it looks for facts at all."""
        ...

    def questions(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> tuple[str, ...]:
        """Three questions whose answers would help most."""
        ...

    def write(
        self,
        plan: Plan,
        facts: FactSheet,
        images: Mapping[str, Path],
        *,
        previous: Script | None = None,
        tell: "Listener | None" = None,
    ) -> "Draft":
        """The conversation; locked turns of `previous` stay."""
        ...

    def redo(
        self,
        script: Script,
        outline: Sequence[Record],
        plan: Plan,
        facts: FactSheet,
        images: Mapping[str, Path],
        turn: str,
        wish: str | None,
    ) -> Redone:
        """The script with one turn anew."""
        ...

    @property
    def use(self) -> ModelUse | None:
        """What has been asked of a model so far, and what it cost; None for `pocket`."""
        ...


class Pocket:
    """The embedded writer: no language model, nothing sent, nothing paid."""

    use: ModelUse | None = None

    def preflight(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path], *, task: Task = "make") -> None:
        """Nothing is sent.

        Raises:
            UsageError: something is asked for that only a language model can do.
        """
        if plan.brief.style == "paper":
            raise _only_a_model("the style paper", "it lays down how a language model is asked")
        if plan.brief.delivery:
            raise _only_a_model("--delivery", "the pocket writer does not know how its lines are to be said")
        if plan.brief.language.partition("-")[0] != "en":
            raise _only_a_model(f"the language {plan.brief.language}", "the pocket writer knows English alone")

    def preflight_redo(
        self, script: Script, plan: Plan, facts: FactSheet, images: Mapping[str, Path], turn: str, wish: str | None
    ) -> None:
        """Nothing is sent.

        Raises:
            UsageError: a wish, which a grammar cannot follow; or the script of a model.
        """
        self.preflight(plan, facts, images)
        if wish:
            raise _only_a_model(f"the wish {wish!r}", "the grammar of the pocket writer follows no wishes")
        if script.provenance and script.provenance.writer != POCKET:
            raise _only_a_model(f"another way to say {turn}", "a language model wrote it")

    def look(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> Looked:
        """The facts as they are."""
        return Looked(facts)

    def questions(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> tuple[str, ...]:
        """What the facts leave open: the occasion, who is there, and what happened in a gap."""
        from photocast.pipeline.interview import open_questions

        return open_questions(plan.album, facts)

    def write(
        self,
        plan: Plan,
        facts: FactSheet,
        images: Mapping[str, Path],
        *,
        previous: Script | None = None,
        tell: "Listener | None" = None,
    ) -> "Draft":
        """A conversation from the grammar."""
        from photocast.writing import Heard, write

        self.preflight(plan, facts, images)
        draft = write(plan.album, facts, plan.brief, previous=previous)
        if tell:
            cast = tuple(speaker.name for speaker in draft.script.speakers)
            for turn in draft.script.turns:
                tell(Heard(turn, cast=cast))
        return draft

    def redo(
        self,
        script: Script,
        outline: Sequence[Record],
        plan: Plan,
        facts: FactSheet,
        images: Mapping[str, Path],
        turn: str,
        wish: str | None,
    ) -> Redone:
        """The exchange around a turn in other words.

        Raises:
            UsageError: a wish, which a grammar cannot follow; the script of a model; no such turn, or it is locked.
            InputError: there is no other way to say it.
        """
        from photocast.writing import Beat, redo

        self.preflight_redo(script, plan, facts, images, turn, wish)
        before = set(script.turns)
        beats = tuple(one for one in outline if isinstance(one, Beat))
        script, beats = redo(script, beats, plan.album, facts, plan.brief, turn)
        return Redone(script, beats, tuple(one for one in script.turns if one not in before))


def _only_a_model(what: str, why: str) -> UsageError:
    return UsageError(f"{what} needs a language model", why, "Name one with --model; photocast models lists them")


def pen_of(writer: Writer, *, label: str, model: "VisionModel | None" = None, front: Front | None = None) -> Pen:
    """Whoever writes, ready to.

    Args:
        writer: the model and its conditions.
        label: what the run is for, in the list of runs.
        model: used instead of opening the one that `writer` names.
        front: is told of waits, and asked about calls that may have been paid.

    Raises:
        ModelError: there is no such model, or something that it needs is missing.
    """
    if writer.model == POCKET and model is None:
        return Pocket()
    from photocast.pipeline.model_pen import ModelPen

    return ModelPen(writer, label=label, model=model, front=front or Front())
