"""`photocast corpus run`, and a command for each stage."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.cli.screen import Screen
    from photocast.corpus.asked import AskingPlan
    from photocast.corpus.line import Outcome


def _stage_command(stage: str, name: str, description: str, example: str) -> click.Command:
    """The command that brings a corpus as far as a stage."""

    @click.command(name, help=description, epilog=options.examples(example))
    @click.argument("recipe", type=click.Path(path_type=Path))
    @click.option("-o", "--out", required=True, metavar="DIR", help="The corpus: a folder, or the URL of one.")
    @click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a value, as choose.windows=200.")
    @click.option(
        "--engine",
        default="here",
        show_default=True,
        metavar="NAME",
        help="Who does the work on text: here, pool, pool:N, ray, ray:ADDRESS.",
    )
    @click.option(
        "--accept-terms", multiple=True, metavar="NAME", help="Agree to send text of this source to hosted models."
    )
    @click.option("--max-cost", type=float, metavar="USD", help="Stop before a call that could go beyond this.")
    @click.option("--now", is_flag=True, help="Ask one by one, at the full price, where batches could be used.")
    @click.option("--dry-run", is_flag=True, help="Stop before anything is asked of a model; say what it would cost.")
    @options.local
    @options.yes
    @options.common
    def command(recipe: Path, out: str, **flags: Any) -> int:
        return _bring(stage, recipe, out, **flags)

    return command


run = _stage_command(
    "pack",
    "run",
    """Do everything a recipe says, from the source to the dataset in DIR/dataset.

    Models that have batches get the questions in batches, at half the price: the command then ends, and goes on when it
    is run again after photocast collect. Nothing that was answered is paid for twice.
    """,
    "photocast corpus run recipe.toml -o corpus/ --engine pool --max-cost 20",
)
read = _stage_command(
    "read",
    "read",
    """Read a source: one record an episode, in one form whatever the source is.

    The other stages do not need it: they read the source themselves, and write nothing in between.
    """,
    "photocast corpus read recipe.toml -o corpus/",
)
select = _stage_command(
    "select",
    "select",
    "Keep the episodes that the rules of the recipe allow, and count why others are dropped.",
    "photocast corpus select recipe.toml -o corpus/ --set select.rules=paper",
)
window = _stage_command(
    "window",
    "window",
    "Cut episodes into windows of about the length of an excerpt, the ones that show most.",
    "photocast corpus window recipe.toml -o corpus/ --engine pool:8",
)
choose = _stage_command(
    "choose",
    "choose",
    "Find windows that are there twice, and choose those that are worth asking a model about.",
    "photocast corpus choose recipe.toml -o corpus/ --set choose.windows=20000",
)
excerpt = _stage_command(
    "excerpt",
    "excerpt",
    "Have a model mark the excerpt in each window, by the numbers of its turns; it is cut out of the source.",
    "photocast corpus excerpt recipe.toml -o corpus/ --dry-run",
)
scenes = _stage_command(
    "scenes",
    "scenes",
    "Have a model write prompts for the pictures that go with each excerpt.",
    "photocast corpus scenes recipe.toml -o corpus/ --max-cost 10",
)
illustrate = _stage_command(
    "illustrate",
    "illustrate",
    "Make the pictures; what is refused or comes out blank is tried again, and then a gap with a reason.",
    "photocast corpus illustrate recipe.toml -o corpus/",
)
pack = _stage_command(
    "pack",
    "pack",
    "Write the dataset: Parquet with the pictures in it, split by podcast, with its card.",
    "photocast corpus pack recipe.toml -o corpus/ --set pack.scrub=true",
)


def _bring(
    stage: str,
    recipe_file: Path,
    out: str,
    *,
    changes: tuple[str, ...],
    engine: str,
    accept_terms: tuple[str, ...],
    max_cost: float | None,
    now: bool,
    dry_run: bool,
    local: bool,
    yes: bool,
    as_json: bool,
) -> int:
    from photocast.cli.corpus.shown import funnel_lines, funnel_table, rules_table
    from photocast.cli.running import front_of, guarded
    from photocast.cli.screen import Screen
    from photocast.corpus import Line, engine_of, open_store, read_recipe
    from photocast.models.budget import Budget

    screen = Screen(as_json=as_json)
    recipe = read_recipe(recipe_file, changes)
    with guarded(local) as guard, screen.stages() as stages:
        line = Line(
            recipe,
            open_store(out),
            engine=engine_of(engine),
            front=front_of(screen, stages=stages, guard=guard, yes=yes),
            agree=_agreement(screen, yes=yes, local=local, dry_run=dry_run),
            accepted=accept_terms,
            budget=Budget(max_cost),
            batches=not now,
        )
        outcome = line.bring_to(stage)
    screen.say(*funnel_lines(outcome.funnel), funnel_table(outcome.funnel))
    if outcome.funnel.rules:
        screen.say("", rules_table(outcome.funnel))
    screen.say(*_told(outcome, recipe_file, out))
    screen.document(outcome.document())
    return 0


def _agreement(screen: "Screen", *, yes: bool, local: bool, dry_run: bool) -> "Callable[[AskingPlan], bool]":
    """Shows what a stage is about to send; whether to go on."""
    from photocast.cli.corpus.shown import plan_lines
    from photocast.schema import UsageError

    def agree(plan: "AskingPlan") -> bool:
        if plan.questions:
            screen.note(*plan_lines(plan))
        if dry_run:
            return False
        if not plan.questions or not plan.host:
            return True
        if local:
            why = f"{plan.questions} questions would be sent to {plan.host}"
            do = "Leave out --local, or name a local model"
            raise UsageError(f"--local and {plan.model} exclude each other", why, do)
        if yes:
            return True
        if not screen.asks:
            why = f"{plan.questions} questions would be sent to {plan.host}, and that is never done unasked"
            raise UsageError("nobody is there to agree", why, "Look at the plan above, and add --yes")
        return click.confirm(f"  Send this to {plan.host}?", default=False, err=True)

    return agree


def _told(outcome: "Outcome", recipe: Path, out: str) -> list[str]:
    if outcome.waiting:
        questions = outcome.waiting.questions
        again = f"photocast corpus run {recipe} -o {out}"
        return [
            f"{questions:,} questions of {outcome.waiting.stage} wait for their answers in batches.",
            f"Run photocast collect {out} --wait, and then {again} again.",
        ]
    if outcome.stopped:
        return [f"Stopped before {outcome.stopped}: nothing was asked."]
    return [outcome.where]
