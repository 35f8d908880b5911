"""The pen of a language model: what it is told, what it may cost, and what it has been asked so far."""

import weakref
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from photocast._concurrency import run_sync
from photocast.models import Image, VisionModel
from photocast.models.budget import Budget, Free, Price, use_of
from photocast.models.calls import Calls
from photocast.models.local import LocalVision, fetch_model, needs
from photocast.models.names import open_model, parse_name
from photocast.models.prices import price_of, set_price
from photocast.pipeline.credit import credited
from photocast.pipeline.estimate import Call, estimated, interviewing, looking, redoing, writing
from photocast.pipeline.front import Front
from photocast.pipeline.pen import Looked, Redone, Task
from photocast.prompts import Prompts, Telling
from photocast.runs import Journal, ModelUse
from photocast.schema import FactSheet, Permission, Plan, Script, Sending, UsageError, Way, Writer
from photocast.schema.record import Record
from photocast.writing import Draft, Listener, Work, questions_by, redo_with, write_with
from photocast.writing.keeping import same_cast, turn_to_redo

_LOCAL = "hf:"
MOST_DIRECT = 48
"""Photos up to which a model is shown them all while it writes. `benchmarks/ways.py` compares what both ways cost."""


class ModelPen:
    """Writes with a model.

    Args:
        writer: the model and its conditions.
        label: what the run is for, in the list of runs.
        model: used instead of opening the one that `writer` names.
        front: is told of downloads and waits, and decides about calls that may have been paid for.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        label: str,
        model: VisionModel | None = None,
        front: Front,
    ) -> None:
        self._writer, self._label = writer, label
        self._model = model or open_model(writer.model, base_url=writer.base_url)
        self._prompts = Prompts(Path(writer.prompts) if writer.prompts else None)
        self._price = price_for(writer, self._model)
        self._budget = Budget(writer.max_cost)
        self._answering = {"repeat": front.repeat, "waiting": front.waiting}
        self._stages = front.stages
        self._way: Way | None = None

    @cached_property
    def _calls(self) -> Calls:
        """The model with its journal, which is opened when the first call is due."""
        journal = Journal()
        weakref.finalize(self, journal.close)
        given = {name: one for name, one in self._answering.items() if one is not None}
        run = journal.begin(self._label)
        self._fetch()
        patience = self._writer.patience
        return Calls(
            self._model,
            journal,
            run,
            price=self._price,
            budget=self._budget,
            patience=patience,
            **given,  # type: ignore[arg-type]
        )

    def _fetch(self) -> None:
        """Download what a model on this machine still needs, before it is asked anything, and tell how far that is."""
        if self._writer.model.startswith(_LOCAL) and isinstance(self._model, LocalVision):
            fetch_model(parse_name(self._writer.model), lambda done, total: self._stages("Fetching", done, total))

    def way_for(self, plan: Plan) -> Way:
        """Direct, unless facts are asked for or the album is too large to be shown at once."""
        if self._writer.way:
            return self._writer.way
        return Way.DIRECT if len(plan.album.photos) <= MOST_DIRECT or plan.brief.style == "paper" else Way.FACTS

    def preflight(
        self, plan: Plan, facts: FactSheet, images: Mapping[str, Path], *, task: Task = "make"
    ) -> Sending | None:
        """What would be sent, to whom, and what it may cost; None when there is nothing to ask."""
        work = self._work(plan, facts, images)
        calls = [interviewing(work)] if task == "interview" else []
        if task != "write" and self._way is Way.FACTS:
            calls += looking(self._model, work, _as_images(images))
        if task != "look":
            calls += writing(work)
        return self._sending(work, calls) if calls else None

    def preflight_redo(
        self, script: Script, plan: Plan, facts: FactSheet, images: Mapping[str, Path], turn: str, wish: str | None
    ) -> Sending:
        """The same for one turn anew.

        Raises:
            UsageError: there is no such turn, or it is locked.
        """
        work = self._work_on(script, plan, facts, images)
        return self._sending(work, [redoing(work, turn_to_redo(script, turn), script, wish)])

    def _sending(self, work: Work, calls: Sequence[Call]) -> Sending:
        at_once = max(len(call.request.images) for call in calls)
        return estimated(self._model, self._price, work, calls, needs=needed(self._writer, at_once))

    def look(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> Looked:
        """In the way of facts: what the model sees in each photo. Otherwise the facts as they are."""
        from photocast.looking import look_with

        if self.way_for(plan) is Way.DIRECT:
            return Looked(facts)
        telling = Telling(plan.album, facts, plan.brief, allow=self._allow, pixels=True)
        pictures = _as_images(images)
        seen = run_sync(look_with(self._calls, pictures, facts, telling, self._prompts, seed=plan.brief.seed))
        return Looked(seen.facts, seen.notes)

    def questions(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> tuple[str, ...]:
        """Three questions of the model's."""
        return run_sync(questions_by(self._calls, self._work(plan, facts, images)))

    def write(
        self,
        plan: Plan,
        facts: FactSheet,
        images: Mapping[str, Path],
        *,
        previous: Script | None = None,
        tell: Listener | None = None,
    ) -> Draft:
        """The conversation; locked turns of `previous` stay."""
        work = self._work(plan, facts, images)
        return run_sync(write_with(self._calls, work, previous=previous, tell=tell))

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
        work = self._work_on(script, plan, facts, images)
        script, changed = run_sync(redo_with(self._calls, work, script, turn, wish))
        return Redone(credited(script, self._model.name, self._prompts.version), tuple(outline), changed)

    @property
    def use(self) -> ModelUse:
        """What has been asked so far, and what it cost."""
        way = self._way.value if self._way else ""
        return use_of(self._budget.spent, self._model, way=way, prompts=self._prompts.version, price=self._price)

    @property
    def _allow(self) -> tuple[Permission, ...] | None:
        """What may be told beside the pixels; None, which is everything, to a model on this machine."""
        return self._writer.allow if self._model.host else None

    def _work_on(self, script: Script, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> Work:
        """Work on a script that is there, with the hosts who talk in it, whoever wrote it."""
        plan = plan.model_copy(update={"brief": same_cast(plan.brief, script)})
        return self._work(plan, facts, images)

    def _work(self, plan: Plan, facts: FactSheet, images: Mapping[str, Path]) -> Work:
        self._way = self.way_for(plan)
        shown = images if self._way is Way.DIRECT else {}
        return Work(
            album=plan.album,
            facts=facts,
            brief=plan.brief,
            words=plan.words,
            images=_as_images(shown),
            prompts=self._prompts,
            structured=self._model.structured,
            allow=self._allow,
            context=self._model.context,
        )


def _as_images(pictures: Mapping[str, Path]) -> dict[str, Image]:
    """The pictures as parts of requests.

    Raises:
        UsageError: the album that they belong to is closed.
    """
    if not all(path.is_file() for path in pictures.values()):
        do = "Do it before the album is closed, or save the episode and go on with Episode.open"
        raise UsageError("the photos cannot be shown to a model", "their album is closed", do)
    return {photo: Image(photo, path) for photo, path in pictures.items()}


def price_for(writer: Writer, model: VisionModel) -> Price | None:
    """What calls cost: nothing on this machine, else what the user says or the price table knows; None if neither."""
    if model.host is None:
        return Free()
    return set_price(*writer.price, model.name) if writer.price else price_of(model)


def needed(writer: Writer, photos: int) -> tuple[str, ...]:
    """What a model on this machine has to download, and the memory that it takes."""
    if not writer.model.startswith(_LOCAL):
        return ()
    return (needs(parse_name(writer.model), photos=photos).in_words(),)
