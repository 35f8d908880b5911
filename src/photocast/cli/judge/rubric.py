"""`photocast judge rubric`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options
from photocast.cli.judge.panel import figure, limited
from photocast.cli.judge.servers import servers_option, urls_of

if TYPE_CHECKING:
    from photocast.bench.judging.rubric.results import JudgeSummary, Mean, Missing, RubricResult
    from photocast.cli.judge.panel import Panel
    from photocast.cli.screen import Screen

_PATH = click.Path(path_type=Path)
NOTHING_SCORED = 5


@click.command(
    epilog=options.examples(
        "photocast judge rubric ours/ theirs/ --judges openai:gpt-4o -o judged/",
        "photocast judge rubric ours/ --judges ollama:qwen3-vl --albums albums/ --dry-run",
        "photocast judge rubric ours/ --judges ollama:qwen3-vl --task characters",
    )
)
@click.argument("systems", nargs=-1, metavar="SYSTEM...")
@click.option("--judges", required=True, metavar="MODELS", help="Who rates; several with commas between them.")
@servers_option
@click.option("--albums", type=_PATH, metavar="DIR", help="The photos, a folder for each item.")
@click.option(
    "--criteria",
    metavar="NAMES",
    default="",
    help="coherence, relevance (needs --albums), emotional_depth, overall, conversation, listenability.  "
    "[default: all that can be asked]",
)
@click.option("--stories", is_flag=True, help="The texts are prose in which nobody speaks.")
@click.option(
    "--repeats",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    metavar="N",
    help="Answers whose mean is the score, where the API tells no probabilities.",
)
@click.option(
    "--task", type=click.Choice(["emotion", "characters"]), help="Ask about feelings or characters instead of rating."
)
@click.option("--annotations", type=_PATH, metavar="FILE", help="JSONL of what is right, for --task.")
@click.option("--emotions", metavar="WORDS", default="", help="The list that --task emotion chooses from, with commas.")
@click.option("-o", "--out", type=_PATH, default=Path("judged"), show_default=True, metavar="DIR", help="Folder.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of the bootstrap.")
@click.option("--max-cost", type=float, metavar="USD", help="Stop before a call that could go beyond this.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked and what it would cost, and ask nothing.")
@options.yes
@options.common
def rubric(
    systems: tuple[str, ...],
    judges: str,
    servers: tuple[str, ...],
    albums: Path | None,
    criteria: str,
    stories: bool,
    repeats: int,
    task: str | None,
    annotations: Path | None,
    emotions: str,
    out: Path,
    seed: int,
    max_cost: float | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Let models rate transcripts or stories from 1 to 5, one scale at a time.

    SYSTEM is a folder or file of transcripts, NAME=FOLDER, or RUN:SYSTEM of photocast bench run. Every answer is kept
    in the folder: the same command, run again, asks only what was not answered. docs/rubric.md has the scales.
    """
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.judging.rubric.run import open_judges
    from photocast.cli.judge.panel import Panel, split
    from photocast.cli.judge.tasks import asked_for, do_task
    from photocast.cli.running import front_of
    from photocast.cli.screen import Screen
    from photocast.models.budget import Budget

    screen, budget = Screen(as_json=as_json), Budget(max_cost)
    _check(systems, task, annotations=annotations, emotions=emotions, criteria=criteria)
    shown = EvaluationSet.open(albums) if albums else None
    with screen.stages() as stages:
        front = front_of(screen, stages=stages, guard=None, yes=yes)
        what, prompts = asked_for(task)
        urls = urls_of(servers, split(judges))
        panel = open_judges(split(judges), budget, front, what=what, prompts=prompts, urls=urls)
        asking = Panel(screen, panel, shown, out, stories=stories, seed=seed, yes=yes, dry_run=dry_run)
        if task is not None:
            return do_task(task, asking, systems, annotations=annotations, emotions=split(emotions))
        return _rate(asking, systems, split(criteria), repeats=repeats)


def _check(
    systems: tuple[str, ...], task: str | None, *, annotations: Path | None, emotions: str, criteria: str
) -> None:
    """Refuse options that do not go together."""
    from photocast.schema import UsageError

    if not systems and task != "emotion":  # whose annotations may all be of photos
        raise UsageError("there is nothing to judge", "no system was named", "Name a folder of transcripts")
    if task is None and (annotations or emotions):
        given = "--annotations" if annotations else "--emotions"
        raise UsageError(f"{given} belongs to a task", "no task was named", "Add --task emotion or --task characters")
    if task is not None and criteria:
        raise UsageError("--criteria and --task exclude each other", "a task has no criteria", "Leave one of them out")
    if task != "emotion" and emotions:
        raise UsageError("--emotions belongs to --task emotion", f"the task is {task}", "Leave it out")
    if task == "emotion" and annotations is None:
        why = "without annotations nobody knows what is right"
        raise UsageError("--task emotion has nothing to compare with", why, "Add --annotations FILE")


def _rate(panel: "Panel", systems: tuple[str, ...], criteria: tuple[str, ...], *, repeats: int) -> int:
    from photocast.bench.judging.rubric.results import RESULT
    from photocast.bench.judging.rubric.run import Rubric
    from photocast.bench.judging.rubric.scales import chosen
    from photocast.bench.judging.rubric.summary import summarise
    from photocast.bench.judging.rubric.texts import read_texts, with_photos
    from photocast.runs import write_atomically

    scales = chosen(criteria, photos=panel.albums is not None, stories=panel.stories)
    read = read_texts(systems, panel.albums, stories=panel.stories)
    with with_photos(read, panel.albums) as texts:
        rubric = Rubric(texts.texts, scales, panel.judges, panel.out, repeats=repeats)
        if not panel.agreed(rubric.plan(), texts.failed):
            return 0
        scores = rubric.ask()
    notes = (*texts.notes, *panel.own_work(texts.writers))
    use = [judge.asking.use for judge in panel.judges]
    result = summarise(scores, failed=texts.failed, notes=notes, use=use, seed=panel.seed)
    write_atomically(panel.out / RESULT, result.model_dump_json(indent=1) + "\n")
    _show(panel.screen, result)
    panel.screen.document(result.model_dump(mode="json"))
    return 0 if any(one.n for one in result.means) else NOTHING_SCORED


def _show(screen: "Screen", result: "RubricResult") -> None:
    """The means in columns, and what is not in them."""
    screen.say(*_means(result))
    if result.differences:
        screen.say("", *_differences(result))
    if result.agreement:
        screen.say("", *_agreements(result))
    screen.say("", *(line for judge in result.judges for line in _judge(judge)))
    screen.say(*limited([f"  no score: {_named(one)}: {one.status}: {one.detail}" for one in result.missing]))
    screen.say(*limited([f"  not read: {one.file}: {one.reason}" for one in result.failed]))
    screen.say(*(f"  note: {note}" for note in result.notes))


def _named(one: "Missing") -> str:
    return f"{one.item}, {one.system}, {one.criterion}, {one.judge}"


def _means(result: "RubricResult") -> "Iterator[str]":
    """A row for every system and scale; with several judges one more for each of them."""
    width = max(16, *(len(system) + 2 for system in result.systems), *(len(one.judge) + 4 for one in result.judges))
    yield f"{'from 1 to 5':<{width}}  {'mean':>5}  {'95 %':>11}  {'items':>5}"
    several = len(result.judges) > 1
    for criterion in result.criteria:
        yield criterion.replace("_", " ")
        for one in result.means:
            if one.criterion == criterion:
                yield _row(f"  {one.system}", one, width)
                rows = [by for by in result.by_judge if (by.criterion, by.system) == (criterion, one.system)]
                yield from (_row(f"    {by.judge}", by, width) for by in rows if several)


def _row(name: str, one: "Mean", width: int) -> str:
    ci = f"{one.ci95[0]:.2f}-{one.ci95[1]:.2f}" if one.ci95 else "-"
    lost = f"  ({one.left_out} without a score)" if one.left_out else ""
    return f"{name:<{width}}  {figure(one.mean):>5}  {ci:>11}  {one.n:>5}{lost}"


def _differences(result: "RubricResult") -> "Iterator[str]":
    yield "differences, the first less the second; p by Holm"
    for one in result.differences:
        ci = f"{one.ci95[0]:+.2f} to {one.ci95[1]:+.2f}" if one.ci95 else "no interval"
        name = one.criterion.replace("_", " ")
        yield f"  {name}: {one.a} - {one.b}: {one.difference:+.2f} ({ci}), p {one.p_holm:.3f}, {one.n} items"


def _agreements(result: "RubricResult") -> "Iterator[str]":
    yield "agreement of the judges: Krippendorff's alpha, and correlations"
    for one in result.agreement:
        ci = f" ({one.ci95[0]:.2f} to {one.ci95[1]:.2f})" if one.ci95 else ""
        known = [pair.pearson for pair in one.pairs if pair.pearson is not None]
        between = f"; r {min(known):.2f} to {max(known):.2f}" if known else ""
        yield f"  {one.criterion.replace('_', ' ')}: {figure(one.alpha)}{ci}{between}"


def _judge(one: "JudgeSummary") -> "Iterator[str]":
    from photocast.runs import dollars

    counts = ", ".join(f"{count} {status}" for status, count in one.statuses.items())
    yield f"  {one.judge}: {counts}"
    if one.expected:
        yield (
            f"    {one.expected} by probabilities; {one.mass or 0:.1%} of it on the digits, at least "
            f"{one.least_mass or 0:.1%}"
        )
    if one.averaged:
        lost = f", {one.lost} more could not be read" if one.lost else ""
        yield f"    {one.averaged} as a mean; {one.answers - one.expected} answers in all{lost}"
    paid = "price not known" if one.usd is None else f"{dollars(one.usd)} in all"
    yield f"    {one.input_tokens:,} tokens in, {one.output_tokens:,} out; {paid}"
