"""The line of stages: a recipe and a store in, a corpus out, as far as it is wanted."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import ceil
from typing import Any, TypeAlias

from photocast.corpus.asked import AskingPlan, Sender, Waiting, make_asked
from photocast.corpus.asking import AskingStage
from photocast.corpus.choosing import make_chosen
from photocast.corpus.consent import check_consent
from photocast.corpus.embedded import Embedded
from photocast.corpus.engines import Engine, Here
from photocast.corpus.funnel import Funnel, read_funnel
from photocast.corpus.illustrating import Illustrating
from photocast.corpus.inspection import Inspection
from photocast.corpus.kept import KeptPictures
from photocast.corpus.marking import Marking
from photocast.corpus.nouns import Excerpt, Pair, StagedExcerpt
from photocast.corpus.packed import DATASET, make_packed
from photocast.corpus.parts import Part
from photocast.corpus.prompts import CorpusPrompts
from photocast.corpus.recipe import Recipe
from photocast.corpus.rules import rule_set
from photocast.corpus.scening import Scening
from photocast.corpus.select import Select
from photocast.corpus.sources import Source, open_source
from photocast.corpus.stages import Stage
from photocast.corpus.store import LocalStore, Store, alone
from photocast.corpus.talk import make_talk
from photocast.corpus.window import Windows
from photocast.models import Request, VisionModel
from photocast.models.asking import Asking, Front, Run
from photocast.models.batches import APIS, submit_all
from photocast.models.budget import Budget
from photocast.models.encoders import open_encoder
from photocast.models.images import open_image_model
from photocast.models.names import open_model, parse_name
from photocast.runs import ModelUse
from photocast.schema import ConfigError, UsageError

STAGES = ("read", "select", "window", "choose", "excerpt", "scenes", "illustrate", "pack")
"""In their order."""


JOINED = STAGES[:3]
"""Those that take one item after the other, and run in one pass."""
ASKING = ("excerpt", "scenes", "illustrate")
"""Those that ask models."""
Parts: TypeAlias = Sequence[Part[Any]]


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        where: the corpus, or the dataset if the run got as far.
        funnel: of all that is on disk.
        uses: of models in this run.
        waiting: for batches, if the run ended there.
        stopped: the stage that was not agreed to.
    """

    where: str
    funnel: Funnel
    uses: tuple[ModelUse, ...] = ()
    waiting: Waiting | None = None
    stopped: str = ""

    def document(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "corpus": self.where,
            "funnel": self.funnel.document(),
            "use": [use.model_dump(mode="json") for use in self.uses],
            "waiting": asdict(self.waiting) if self.waiting else None,
            "stopped": self.stopped or None,
        }


class Line:
    """All stages over one recipe and one store.

    Args:
        recipe: what is wanted.
        store: where the corpus lies.
        engine: does the work on text.
        front: hears of progress, and decides about calls that may have been paid for.
        agree: asked before anything is sent to a model; no ends the run.
        accepted: names of datasets whose terms the user has agreed to.
        budget: of all calls.
        batches: whether models that have batches get their questions in batches.
    """

    def __init__(
        self,
        recipe: Recipe,
        store: Store,
        *,
        engine: Engine | None = None,
        front: Front | None = None,
        agree: Callable[[AskingPlan], bool] = lambda plan: True,
        accepted: Sequence[str] = (),
        budget: Budget | None = None,
        batches: bool = True,
    ) -> None:
        self._recipe, self._store, self._engine = recipe, store, engine or Here()
        self._front, self._agree, self._accepted = front, agree, accepted
        self._budget, self._batches = budget or Budget(), batches
        self._run = Run(f"corpus: {store.where}")
        self._asked: list[Asking] = []
        self._opened: dict[tuple[str, str], Asking] = {}
        self._last_told = ("", 0, 0)

    def bring_to(self, stage: str) -> Outcome:
        """Do whatever is missing up to a stage, and that stage.

        Raises:
            InputError: the source cannot be read, the store cannot be written, or another run is writing into it.
            ConfigError: the recipe names no model for a stage that needs one.
            UsageError: the terms of the source are not agreed to.
            ModelError, BudgetError: as `Calls` raises them. What was answered is kept.
        """
        wanted = STAGES[: STAGES.index(stage) + 1]
        self._check(wanted)
        with alone(self._store):
            try:
                waiting = self._bring(wanted)
            except _Declined as declined:
                return self._outcome(stopped=declined.stage)
        return self._outcome(waiting=waiting, packed=stage == "pack")

    def _bring(self, wanted: Sequence[str]) -> Waiting | None:
        """Make the parts of one stage after the other; what has to be waited for ends it."""
        parts: Parts = self._talk([name for name in wanted if name in JOINED])
        for name in wanted[len(JOINED) :]:
            made = _MAKERS[name](self, parts)
            if isinstance(made, Waiting):
                return made
            parts = made
        return None

    def _check(self, wanted: Sequence[str]) -> None:
        """Find out what is missing before anything is done."""
        for stage in wanted:
            if stage in ASKING and not self._model_of(stage)[0]:
                do = f"Name one below [{stage}], or with --set {stage}.model=…; photocast models has examples"
                raise ConfigError(f"the recipe has no model for {stage}", "a model has to be asked there", do)

    def _talk(self, wanted: Sequence[str]) -> "Parts":
        select = self._select
        stages: list[Stage[Any, Any]] = [select, self._windows]
        return make_talk(
            self._store, self._source, select.early, stages[: len(wanted) - 1], engine=self._engine, told=self._told
        )

    def _choose(self, parts: "Parts") -> "Parts":
        table = self._recipe.choose
        scorer = Embedded(open_encoder(table.encoder)) if table.encoder else None
        return make_chosen(self._store, parts, table, scorer, self._told)

    def _excerpt(self, parts: "Parts") -> "Parts | Waiting":
        asking = self._words("excerpt")
        stage = Marking(asking.name, self._recipe.excerpt.words)
        return self._asked_for(parts, stage, Excerpt, asking, send=self._sender("excerpt", asking))

    def _scenes(self, parts: "Parts") -> "Parts | Waiting":
        asking = self._words("scenes")
        stage = Scening(asking.name, self._recipe.scenes.count)
        return self._asked_for(parts, stage, StagedExcerpt, asking, send=self._sender("scenes", asking))

    def _illustrate(self, parts: "Parts") -> "Parts | Waiting":
        table = self._recipe.illustrate
        kept = KeptPictures(self._store)
        model = open_image_model(table.model, kept, base_url=table.base_url or None)
        painter = self._open("illustrate", table.model, "", model=model)
        inspection = Inspection(open_encoder(table.encoder) if table.encoder else None)
        stage = Illustrating(painter.name, kept, inspection, table.style, table.seed, table.retries)
        return self._asked_for(parts, stage, Pair, painter, more=[self._words("scenes")], send=None)

    def _pack(self, parts: "Parts") -> "Parts":
        return make_packed(self._store, parts, self._recipe.pack, self._told)

    def _asked_for(
        self,
        parts: "Parts",
        stage: AskingStage,
        kind: type[Any],
        asking: Asking,
        *,
        more: Sequence[Asking] = (),
        send: Sender | None,
    ) -> "Parts | Waiting":
        def agree(plan: AskingPlan) -> None:
            if not self._agree(plan):
                raise _Declined(plan.stage)

        return make_asked(self._store, parts, stage, kind, asking, more=more, send=send, agree=agree, told=self._told)

    def _words(self, stage: str) -> Asking:
        """The model of words that a stage asks; where two stages ask the same one, it is opened once."""
        name, base_url = self._model_of(stage)
        if (name, base_url) not in self._opened:
            model = open_model(name, base_url=base_url or None)
            check_consent(self._source.hosted, model.host, self._accepted, self._source.dataset)
            self._opened[name, base_url] = self._open("corpus", name, CorpusPrompts().version, model=model)
        return self._opened[name, base_url]

    def _open(self, what: str, name: str, prompts: str, *, model: VisionModel) -> Asking:
        asking = Asking(name, what, run=self._run, prompts=prompts, budget=self._budget, front=self._front, model=model)
        self._asked.append(asking)
        return asking

    def _model_of(self, stage: str) -> tuple[str, str]:
        """Name and server of the model of a stage; scenes are written by whoever marks excerpts, unless it is said."""
        table = getattr(self._recipe, stage)
        if stage == "scenes" and not table.model:
            table = self._recipe.excerpt
        return table.model, table.base_url

    def _sender(self, stage: str, asking: Asking) -> Sender | None:
        """Submits batches, where the provider has any and there is a folder to note them in."""
        name, base_url = self._model_of(stage)
        wanted = getattr(self._recipe, stage).batch
        has_batches = parse_name(name).provider in APIS
        if not self._batches or not (wanted if wanted is not None else asking.host and has_batches):
            return None
        if not isinstance(self._store, LocalStore):
            why = "which batches were submitted is noted in a folder on this machine"
            do = "Add --now, or give a folder with -o"
            raise UsageError(f"batches cannot be used for {self._store.where}", why, do)
        folder = self._store.folder

        def send(requests: Sequence[Request]) -> None:
            submit_all(
                folder,
                name,
                requests,
                what=f"corpus: {folder}",
                base_url=base_url or None,
                budget=self._budget,
                repeat=self._front.repeat if self._front else None,
            )

        return send

    def _told(self, stage: str, done: int, total: int) -> None:
        """Pass on how far a stage is, once; the source is dealt in bytes, which people want to see in megabytes."""
        if stage == "split":
            done, total = (ceil(size / 1_000_000) for size in (done, total))
        if self._front and self._last_told != (stage, done, total):
            self._last_told = stage, done, total
            self._front.stages("split (MB)" if stage == "split" else stage, done, total)

    def _outcome(self, *, waiting: Waiting | None = None, stopped: str = "", packed: bool = False) -> Outcome:
        funnel = read_funnel(self._store)
        if not waiting and not stopped:
            funnel.check()
        where = f"{self._store.where}/{DATASET}" if packed and not waiting and not stopped else self._store.where
        return Outcome(where, funnel, tuple(one.use for one in self._asked), waiting, stopped)

    @cached_property
    def _source(self) -> Source:
        table = self._recipe.source
        return open_source(table.path, kind=table.kind, licence=table.licence, damaged=table.damaged)

    @cached_property
    def _select(self) -> Select:
        table = self._recipe.select
        return Select(rule_set(table.rules), tuple(rule_set(name) for name in table.compare))

    @cached_property
    def _windows(self) -> Windows:
        table = self._recipe.window
        return Windows(table.words, table.per_episode, table.lexicon)


class _Declined(Exception):
    """Whoever was asked about a plan said no."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


_MAKERS: dict[str, Callable[[Line, Parts], Parts | Waiting]] = {
    "choose": Line._choose,
    "excerpt": Line._excerpt,
    "scenes": Line._scenes,
    "illustrate": Line._illustrate,
    "pack": Line._pack,
}
"""Who makes the parts of a stage out of those of the stage before it."""
