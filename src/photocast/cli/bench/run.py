"""`photocast bench run`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.bench.generating import RunPlan, System, SystemPlan
    from photocast.bench.results import BenchResult, SystemResult
    from photocast.cli.screen import Screen
    from photocast.models.encoders import TextImageEncoder
    from photocast.schema import Writer

NOTHING_WRITTEN = 5
"""Exit code when a system has no transcript at all."""
_MOST_SHOWN = 8


@click.command(
    epilog=options.examples(
        "photocast bench run pocket --albums albums/ -o runs/pocket",
        "photocast bench run pocket mini=openai:gpt-5-mini --albums vist50/ -o runs/may --max-cost 2",
        "photocast bench run ft='theirs/*/32b.txt' base=hf:Qwen/Qwen3-VL-8B-Instruct --albums v/ -o june",
    )
)
@click.argument("systems", nargs=-1, required=True, metavar="SYSTEM...")
@click.option(
    "--albums",
    "albums_folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Evaluation set: a folder of albums, or one album.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder of the run.")
@options.talk
@options.conditions
@click.option("--title", metavar="TEXT", help="Of the report.  [default: the names of the systems]")
@click.option(
    "--reference",
    metavar="NAME",
    help="The people to compare with: interview, panel, meeting, or a file.  [default: by the number of speakers]",
)
@click.option("--encoder", metavar="NAME", help="Compare words with pixels, as in photocast score.")
@click.option("--again-failed", is_flag=True, help="Try items again that failed in an earlier run into this folder.")
@options.local
@options.yes
@options.common
def run(
    systems: tuple[str, ...],
    albums_folder: Path,
    out: Path,
    title: str | None,
    reference: str | None,
    encoder: str | None,
    again_failed: bool,
    local: bool,
    yes: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Let systems write about every album, measure what they write, and make a report.

    SYSTEM is pocket, the name of a model as in --model, or a folder or a glob of transcripts that are there; with
    NAME= before it, it is called so. A run that was stopped goes on where it was. Its folder holds what was asked for
    (bench.json), a transcript for each item and system (systems/), the figures (results.json) and the page about them
    (report.html).
    """
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.generating import generate, parse_systems
    from photocast.bench.generating.measured import measured, save
    from photocast.bench.report import need_packages
    from photocast.cli.running import front_of, guarded
    from photocast.cli.screen import Screen
    from photocast.metrics import reference as reference_of
    from photocast.pipeline import gather

    screen = Screen(as_json=as_json)
    need_packages()
    if reference:
        reference_of(reference)
    albums = EvaluationSet.open(albums_folder)
    reader = encoder_of(encoder)
    with guarded(local) as guard, screen.stages() as stages:
        settings = gather(flags)
        named = parse_systems(systems, albums, writers(flags))
        _check_server(flags, named)
        front = replace(front_of(screen, stages=stages, guard=guard, yes=yes), tell=None)
        made = generate(
            named,
            albums,
            out,
            settings=settings,
            front=front,
            approve=approval(screen, yes=yes),
            again_failed=again_failed,
        )
        if made is None:
            raise click.Abort
        heading = title or " and ".join(system.name for system in named)
        result = measured(
            made, albums, settings.brief, title=heading, reference=reference, encoder=reader, progress=stages
        )
        figures, page = save(result, out, reference=reference)
    tell(screen, result, page)
    screen.document({"run": str(out), "results": str(figures), "report": str(page), **result.model_dump(mode="json")})
    return 0 if all(system.scores.n for system in result.systems) else NOTHING_WRITTEN


def encoder_of(name: str | None) -> "TextImageEncoder | None":
    """The encoder of that name; none without one."""
    if name is None:
        return None
    from photocast.models.encoders import open_encoder

    return open_encoder(name)


def writers(flags: dict[str, Any]) -> "Callable[[str], Writer]":
    """The whole writer by the name of its model."""
    from photocast.pipeline import gather

    return lambda model: gather(flags | {"model": model}).writer


def _check_server(flags: dict[str, Any], systems: "tuple[System, ...]") -> None:
    """Refuse a server that would be meant for several models."""
    from photocast.schema import UsageError

    models = [system.name for system in systems if system.writer and system.writer.model != "pocket"]
    if flags["base_url"] and len(models) != 1:
        why = f"it belongs to one model, and there are {len(models)}"
        raise UsageError("cannot use --base-url", why, "Run each into a folder of its own, and compare the folders")


def approval(screen: "Screen", *, yes: bool) -> "Callable[[RunPlan], bool]":
    """Shows the plan of a run, and asks whoever is there before anything is sent."""
    from photocast.schema import UsageError

    def approve(plan: "RunPlan") -> bool:
        screen.note(*_plan_lines(plan))
        if yes or not plan.to_do or (not screen.asks and not plan.hosts):
            return True
        hosts = " and ".join(plan.hosts)
        if not screen.asks:
            why = f"photos and words would be sent to {hosts}, and that is never done unasked"
            raise UsageError("nobody is there to agree", why, "Look at the plan above, and add --yes")
        return click.confirm(f"  Send this to {hosts}?" if hosts else "  Go?", default=not hosts, err=True)

    return approve


def _plan_lines(plan: "RunPlan") -> Iterator[str]:
    from photocast.runs import dollars

    yield f"{plan.items} item{'' if plan.items == 1 else 's'}, {plan.to_do} transcripts to be written"
    for system in plan.systems:
        yield from _system_lines(system)
    if plan.most_usd and len(plan.hosts) > 1:
        yield f"  All      at most {dollars(plan.most_usd)} by estimate"
    if plan.max_cost is not None:
        yield f"  Limit    stops before a call that could go beyond {dollars(plan.max_cost)}"


def _system_lines(system: "SystemPlan") -> Iterator[str]:
    from photocast.runs import dollars

    what = f"{system.writer.model}: {system.to_do} to be written" if system.writer else "transcripts that are there"
    hopeless = f", {system.hopeless} cannot be" if system.hopeless else ""
    yield f"  {system.name}: {what}, {system.done} there{hopeless}"
    if not system.sendings:
        return
    tokens, calls = system.tokens, system.calls
    to = f"to {system.host}" if system.host else "to a model on this machine; nothing leaves it"
    yield f"    Sends    {system.photos} photos, no metadata, {system.photo_bytes / 1e6:.1f} MB, {to}"
    if system.host:
        yield from (f"             {line}" for line in system.lines("words")[:_MOST_SHOWN])
        yield from (f"    Keeps    {line}" for line in system.lines("withheld")[:_MOST_SHOWN])
        yield from (f"    Private? {line}" for line in system.lines("concerns")[:_MOST_SHOWN])
    yield from (f"    Needs    {line}" for line in system.lines("needs"))
    yield f"    Tokens   about {tokens[0]:,} in and {tokens[1]:,} out, in up to {calls} calls"
    if system.host and system.cost:
        low, high = dollars(system.cost.low_usd), dollars(system.cost.high_usd)
        yield f"    Costs    about {low}, at most {high} by estimate; prices: {system.cost.table}"
    elif system.host:
        yield "    Costs    not known: no price table has this model"


def tell(screen: "Screen", result: "BenchResult", page: Path) -> None:
    """What came of a run, the page last."""
    for system in result.systems:
        screen.say(_line(system))
        failed = [one for one in system.generations if one.error]
        screen.say(*(f"  failed: {one.item}: {one.error}" for one in failed[:_MOST_SHOWN]))
        if len(failed) > _MOST_SHOWN:
            screen.say(f"  and {len(failed) - _MOST_SHOWN} more failed; the report lists them")
        screen.say(*(f"  not read: {one.file}: {one.reason}" for one in system.scores.failed))
    screen.say(*(f"note: {note}" for note in result.notes))
    screen.say(str(page))


def _line(system: "SystemResult") -> str:
    from photocast.cli.scored import figure

    shown = ("words", "turns", "turn_length", "switch_rate", "distinct_2")
    figures = [f"{name} {figure(system.scores.metrics[name].mean)}" for name in shown if name in system.scores.metrics]
    return f"{system.name}: {system.scores.n} measured; {', '.join(figures)}" if figures else f"{system.name}: nothing"
