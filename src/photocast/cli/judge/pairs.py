"""`photocast judge A B`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options
from photocast.cli.judge.servers import servers_option, urls_of

if TYPE_CHECKING:
    from photocast.bench.judging.pairs import Pairing
    from photocast.bench.judging.panel import JudgePlan
    from photocast.bench.judging.questions import Pictures, Terms
    from photocast.cli.screen import Screen, Stages
    from photocast.models import Request, VisionModel
    from photocast.models.asking import Asking, Run
    from photocast.models.budget import Budget
    from photocast.pipeline import Front

NO_VERDICT = 5
"""Exit code when no judge has given a verdict."""
_MOST_SHOWN = 8
_COUNT = click.IntRange(min=1)
_FOLDER = click.Path(path_type=Path)


@click.command(
    epilog=options.examples(
        "photocast judge ours/ theirs/ --judges openai:gpt-5-mini,hf:Qwen/Qwen3-VL-8B-Instruct -o judged/",
        "photocast judge people=excerpts/ runs/may:pocket --excerpt 300 --judges ollama:gemma3 -o judged/",
        "photocast judge ours/ theirs/ --judges openai:gpt-5-mini --albums albums/ --dry-run -o judged/",
    )
)
@click.argument("systems", nargs=-1, required=True, metavar="A B [C]...")
@click.option(
    "--judges", "judge_names", multiple=True, required=True, metavar="MODELS", help="Models as in --model, by commas."
)
@click.option("-o", "--out", type=_FOLDER, required=True, metavar="DIR", help="Judging folder; votes are added to it.")
@click.option("--albums", "albums_folder", type=_FOLDER, metavar="DIR", help="Photos, in a folder for each item.")
@click.option(
    "--criteria",
    multiple=True,
    metavar="NAMES",
    help="flow, reaction, personality, grounding, overall.  [default: all; grounding only with --albums]",
)
@click.option("--images", is_flag=True, help="Show the photos for every criterion, not for grounding alone.")
@click.option("--excerpt", type=_COUNT, metavar="WORDS", help="Cut both transcripts to about so many words.")
@click.option("--evidence", is_flag=True, help="Have judges quote what they decide by; quotes are looked up.")
@click.option("--repeats", type=_COUNT, default=1, show_default=True, metavar="N", help="Ask every question N times.")
@click.option(
    "--identical", type=click.IntRange(min=0), default=0, metavar="N", help="Control: N transcripts beside themselves."
)
@click.option("--shuffled", is_flag=True, help="Control: grounding with the photos of another item.")
@servers_option
@click.option("--family", "families", multiple=True, metavar="NAME=FAMILY", help="Family of a judge or of a system.")
@click.option("--max-cost", type=float, metavar="USD", help="Stop before a call that could go beyond this.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Questions a minute to each judge at most.",
)
@click.option(
    "--at-once", type=_COUNT, default=8, show_default=True, metavar="N", help="Questions before a judge at a time."
)
@click.option("--batch", is_flag=True, help="Submit the questions as batches, at half the price, and end.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked, of whom, and its price; send nothing.")
@options.local
@options.yes
@options.common
def pairs(
    systems: tuple[str, ...],
    judge_names: tuple[str, ...],
    out: Path,
    albums_folder: Path | None,
    criteria: tuple[str, ...],
    images: bool,
    excerpt: int | None,
    evidence: bool,
    repeats: int,
    identical: int,
    shuffled: bool,
    servers: tuple[str, ...],
    families: tuple[str, ...],
    max_cost: float | None,
    rate: float | None,
    at_once: int,
    batch: bool,
    dry_run: bool,
    local: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Ask models which of two transcripts is better, pair by pair.

    Every two systems are compared on the items that both have: in both orders, one criterion a question, without names
    or anything else that shows whose a transcript is. A system is a file, folder or glob of transcripts, or RUN:SYSTEM
    of a photocast bench run; people's transcripts can be one. With NAME= before it, it is called so. A panel that was
    stopped goes on where it was, and judges, criteria and repeats can be added: what was answered is not paid again.
    """
    from photocast.bench.judging.criteria import criteria as all_criteria
    from photocast.bench.judging.panel import Panel
    from photocast.bench.judging.questions import Terms, questions
    from photocast.bench.judging.request import grown, request_of, write_request
    from photocast.bench.judging.results import judged
    from photocast.cli.judge.judged import tell
    from photocast.cli.running import front_of, guarded
    from photocast.cli.screen import Screen
    from photocast.cli.shown import spent_line
    from photocast.models.asking import Run
    from photocast.models.budget import Budget

    screen = Screen(as_json=as_json)
    chosen = _words(criteria) or [name for name in all_criteria() if albums_folder or name != "grounding"]
    terms = Terms(tuple(chosen), repeats, excerpt, evidence, images, identical, shuffled)
    with guarded(local) as guard, ExitStack() as open_, screen.stages() as stages:
        named, pairing, pictures = _pairing(systems, albums_folder, terms, open_, stages)
        asked = questions(pairing.pairs, terms, pictures)
        front = front_of(screen, stages=stages, guard=guard, yes=yes)
        budget, run = Budget(max_cost), Run(f"judge: {out}")
        urls = urls_of(servers, _words(judge_names))
        models = {name: _model(name, urls.get(name), batch=batch, dry_run=dry_run) for name in _words(judge_names)}
        judges = _judges(models, run, budget, front, rate, batch=batch)
        of_judges, of_systems = _families(families, judges, {one.name: one.writer for one in named})
        request = grown(out, request_of(named, of_systems, of_judges, terms, asked))
        panel = Panel(out, asked, judges, evidence=evidence, at_once=at_once, front=front)
        plans = panel.plan()
        warned = _warn(screen, pairing, of_judges, of_systems)
        screen.note(*_plan_lines(plans, len(pairing.pairs), terms, max_cost))
        told = {"folder": str(out), "plan": [asdict(one) for one in plans], "warnings": warned, "alone": pairing.alone}
        if dry_run:
            screen.document(told)
            return 0
        _agree(screen, plans, yes=yes, local=local)
        write_request(out, request)
        send = _sender(screen, dict(zip(judges, models, strict=True)), urls, budget, front, out)
        if batch and (waiting := panel.submit(send)):
            _wait(screen, waiting, out)
            screen.document(told | {"waiting": waiting})
            return 0
        if not batch:
            panel.run()
    uses = [judge.use for judge in judges]
    found = judged(out)
    also = told | {"use": [use.model_dump(mode="json") for use in uses]}
    tell(screen, found, out, out, *(f"  {spent_line(use)}" for use in uses), also=also)
    return 0 if any(result.contest.overall for result in found.results) else NO_VERDICT


def _words(given: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word.strip() for one in given for word in one.split(",") if word.strip()))


def _pairing(
    systems: Sequence[str], albums_folder: Path | None, terms: "Terms", open_: ExitStack, stages: "Stages"
) -> "tuple[Sequence[Any], Pairing, Pictures]":
    """The systems, their pairs, and the photos that judges are shown; pairs without photos they need are left out."""
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.judging.pairs import contestants, pair_up

    albums = EvaluationSet.open(albums_folder) if albums_folder else None
    known = [item.id for item in albums.items] if albums else []
    named = contestants(systems, known)
    pairing = pair_up(named, known)
    if albums is None or not (terms.shuffled or any(terms.shows_pictures(name) for name in terms.criteria)):
        return named, pairing, {}
    pictures, problems = _pictures(albums, pairing, open_, stages)
    return named, pairing.without(problems), pictures


def _pictures(
    albums: Any, pairing: "Pairing", open_: ExitStack, stages: "Stages"
) -> "tuple[Pictures, Mapping[str, str]]":
    from photocast.bench.seen import opened
    from photocast.models import Image
    from photocast.schema import InputError

    items = list(dict.fromkeys(pair.item for pair in pairing.pairs))
    found, problems = {}, {}
    for done, item in enumerate(items, start=1):
        try:
            album = open_.enter_context(opened(albums.item(item)))
            found[item] = tuple(Image(photo.id, album.model_image(photo.id)) for photo in album.photos)
        except InputError as error:
            problems[item] = error.why
        stages("Photos", done, len(items))
    return found, problems


def _judges(
    models: "Mapping[str, VisionModel]",
    run: "Run",
    budget: "Budget",
    front: "Front",
    rate: float | None,
    *,
    batch: bool,
) -> "list[Asking]":
    from photocast.bench.judging.criteria import PROMPTS
    from photocast.models.asking import Asking
    from photocast.models.prices import batch_price, price_of
    from photocast.schema import UsageError

    if not models:
        raise UsageError("there is no judge", "--judges is empty", "Name models, such as openai:gpt-5-mini")
    return [
        Asking(
            name,
            "judge",
            run=run,
            prompts=str(PROMPTS),
            budget=budget,
            front=front,
            model=model,
            price=batch_price(price) if batch and (price := price_of(model)) else None,
            rate=rate,
        )
        for name, model in models.items()
    ]


def _model(name: str, base_url: str | None, *, batch: bool, dry_run: bool) -> "VisionModel":
    """The model; for a dry run also one for which there is no key yet, since nothing is asked of it."""
    from photocast.bench.judging.panel import Unopened
    from photocast.models.batches import check_batches
    from photocast.models.names import open_model
    from photocast.schema import Fault, ModelError

    try:
        return check_batches(name, base_url=base_url) if batch else open_model(name, base_url=base_url)
    except ModelError as error:
        if dry_run and error.fault is Fault.NO_KEY:
            return Unopened(name)
        raise


def _sender(
    screen: "Screen",
    names: "Mapping[Asking, str]",
    urls: Mapping[str, str],
    budget: "Budget",
    front: "Front",
    out: Path,
) -> "Callable[[Asking, Sequence[Request]], None]":
    """Submits questions to a judge, and tells what became of them."""
    from photocast.models.batches import submit_all

    def send(judge: "Asking", requests: "Sequence[Request]") -> None:
        sent = submit_all(
            out,
            names[judge],
            requests,
            what=f"judge: {out}",
            base_url=urls.get(names[judge]),
            price=judge.price,
            budget=budget,
            repeat=front.repeat,
        )
        screen.say(f"{judge.name}: {sent.requests} submitted in {len(sent.jobs)} batches, {sent.waiting} were before")

    return send


def _wait(screen: "Screen", waiting: int, out: Path) -> None:
    screen.say(f"{waiting} question{'' if waiting == 1 else 's'} wait for answers")
    screen.note(f"  Run photocast collect {out}, and then this command again")


def _families(
    given: Sequence[str], judges: "Sequence[Asking]", writers: Mapping[str, str | None]
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """The families of judges and of systems: as they are told, else by name."""
    from photocast.bench.judging.families import family_of
    from photocast.schema import UsageError

    told: dict[str, str] = {}
    names = [*writers, *(judge.name for judge in judges)]
    for one in given:
        name, _, family = one.rpartition("=")
        if name not in names or not family:
            why = f"{name!r} is none of {', '.join(names)}" if family else "it names no family"
            raise UsageError(f"cannot use --family {one}", why, "Write --family NAME=FAMILY")
        told[name] = family.casefold()
    of_systems = {name: told.get(name) or family_of(f"{writer or ''} {name}") for name, writer in writers.items()}
    return {judge.name: told.get(judge.name) or family_of(judge.name) for judge in judges}, of_systems


def _warn(
    screen: "Screen",
    pairing: "Pairing",
    judges: Mapping[str, str | None],
    systems: Mapping[str, str | None],
) -> list[str]:
    from photocast.bench.judging.families import warnings

    warned = list(warnings(judges, systems))
    screen.note(*_limited([f"  not compared: {one}" for one in pairing.alone]))
    screen.note(*(f"  warning: {one}" for one in warned))
    return warned


def _limited(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_SHOWN
    return lines if more <= 0 else [*lines[:_MOST_SHOWN], f"  and {more} more, which --json lists"]


def _plan_lines(plans: "Sequence[JudgePlan]", pairs: int, terms: "Terms", max_cost: float | None) -> Iterator[str]:
    from photocast.runs import dollars

    repeated = f", {terms.repeats} times" if terms.repeats > 1 else ""
    yield f"{pairs} pair{'' if pairs == 1 else 's'}, both orders{repeated}: {', '.join(terms.criteria)}"
    for plan in plans:
        yield from _judge_lines(plan)
    most = [plan.most_usd for plan in plans if plan.host]
    if len(most) > 1 and None not in most:
        yield f"  All      at most {dollars(sum(one or 0.0 for one in most))} by estimate"
    if max_cost is not None:
        yield f"  Limit    stops before a call that could go beyond {dollars(max_cost)}"


def _judge_lines(plan: "JudgePlan") -> Iterator[str]:
    from photocast.runs import dollars

    yield f"  {plan.judge}: {plan.calls} question{'' if plan.calls == 1 else 's'} to ask, {plan.done} answered"
    if not plan.calls:
        return
    to = f"to {plan.host}" if plan.host else "to a model on this machine; nothing leaves it"
    photos = f" and {plan.photos} photos without metadata" if plan.photos else ""
    yield f"    Sends    {plan.transcripts} transcripts without names{photos}, {to}"
    yield f"    Tokens   about {plan.input_tokens:,} in and {plan.output_tokens:,} out"
    if plan.host and plan.usd is not None and plan.most_usd is not None:
        low, high = dollars(plan.usd), dollars(plan.most_usd)
        yield f"    Costs    about {low}, at most {high} by estimate; prices: {plan.prices}"
    elif plan.host:
        yield "    Costs    not known: no price table has this model"


def _agree(screen: "Screen", plans: "Sequence[JudgePlan]", *, yes: bool, local: bool) -> None:
    """Go on only if what leaves this machine may do so."""
    from photocast.schema import UsageError

    hosts = list(dict.fromkeys(plan.host for plan in plans if plan.host and plan.calls))
    to = " and ".join(hosts)
    if hosts and local:
        why = f"transcripts would be sent to {to}"
        raise UsageError("--local and these judges exclude each other", why, "Choose hf: or a server on this machine")
    if yes or not hosts:
        return
    if not screen.asks:
        why = f"transcripts would be sent to {to}, and that is never done unasked"
        raise UsageError("nobody is there to agree", why, "Look at what is sent with --dry-run, and add --yes")
    click.confirm(f"  Send this to {to}?", default=False, abort=True, err=True)
