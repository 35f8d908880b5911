"""`photocast train eval`: the benchmark, before and after a training.

Training may know nothing of the benchmark, so the two meet here.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.results import BenchResult
    from photocast.cli.screen import Screen
    from photocast.schema import Brief
    from photocast.training.after.before_after import BeforeAfter
    from photocast.training.after.evaluation import Leak, Preference

NOTHING_WRITTEN = 5
"""Exit code when one of the two has no transcript at all."""
_FOLDER = click.Path(path_type=Path)


@click.command(
    name="eval",
    epilog=options.examples(
        "photocast train eval runs/8b vist50/",
        "photocast train eval runs/8b vist50/ trips/ --also hf:Qwen/Qwen3-VL-32B-Instruct",
        "photocast train eval merged/ vist50/ -o evaluated/ --judges openai:gpt-5-mini",
    ),
)
@click.argument("trained", metavar="RUN", type=_FOLDER)
@click.argument("albums_folders", nargs=-1, required=True, metavar="ALBUMS...", type=_FOLDER)
@click.option("-o", "--out", type=_FOLDER, metavar="DIR", help="Folder of the evaluation.  [default: RUN/eval]")
@click.option("--also", multiple=True, metavar="[NAME=]SYSTEM", help="A further system, as in photocast bench run.")
@click.option("--dataset", type=_FOLDER, metavar="DIR", help="What was trained on, if it was moved since.")
@click.option("--allow-leak", is_flag=True, help="Measure on pictures that were trained on; the result says so.")
@click.option("--judges", default="", metavar="MODELS", help="Have them compare before and after, as photocast judge.")
@click.option("--encoder", metavar="NAME", help="Compare words with pixels, as in photocast score.")
@options.talk
@click.option("--prompts", type=click.Path(path_type=str), metavar="DIR", help="Folder with prompts of your own.")
@click.option("--max-cost", type=float, metavar="USD", help="Stop before a call that could go beyond this.")
@options.local
@options.yes
@options.common
def evaluate(
    trained: Path,
    albums_folders: tuple[Path, ...],
    out: Path | None,
    also: tuple[str, ...],
    dataset: Path | None,
    allow_leak: bool,
    judges: str,
    encoder: str | None,
    local: bool,
    yes: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Let a model write before and after its training, and measure what changed.

    RUN is the folder of a training, or a folder with what it made. Both models write about every album in ALBUMS, in
    the style of the training (--style paper unless told otherwise) and with pictures of its size. The figures of both
    stand beside each other with intervals; report.html shows them, and eval.json keeps them for photocast train card.
    Albums with a picture that was trained on are refused. What was written is kept: a run that was stopped goes on.
    """
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.report import need_packages
    from photocast.cli.screen import Screen
    from photocast.cli.train.evaluated import evaluation_of, tables
    from photocast.training.after.evaluation import write_evaluation

    screen = Screen(as_json=as_json)
    need_packages()
    albums = EvaluationSet.open_all(albums_folders)
    asked = _asked(trained, out, judges)
    leak = _checked(screen, asked.models, albums, dataset, allow_leak)
    flags["style"] = flags["style"] or "paper"
    result, brief, page = _measured(screen, asked, albums, also, encoder, flags, local=local, yes=yes)
    terms = {"local": local, "yes": yes, "max_cost": flags["max_cost"]}
    said, preferences = _judged(screen, asked, albums_folders, result, terms)
    found = evaluation_of(asked.models, result, brief, leak, asked.judges, preferences)
    path = write_evaluation(asked.out, found)
    screen.say(*tables(found), str(path))
    screen.document(
        {
            "evaluation": str(path),
            "report": str(page),
            **found.model_dump(mode="json"),
            **({"judging": said} if said else {}),
        }
    )
    return 0 if _both_wrote(result) else NOTHING_WRITTEN


def _both_wrote(result: "BenchResult") -> bool:
    from photocast.cli.train.evaluated import AFTER, BEFORE

    return all(one.scores.n for one in result.systems if one.name in {BEFORE, AFTER})


@dataclass(frozen=True)
class _Asked:
    """What is to be evaluated, by whom, and where it goes."""

    models: "BeforeAfter"
    out: Path
    judges: tuple[str, ...]


def _asked(path: Path, out: Path | None, judges: str) -> _Asked:
    """Everything that can be refused before a model is loaded.

    Raises:
        UsageError: no folder is named and none belongs to it, or a judge has been a reward.
    """
    from photocast.cli.judge.panel import split
    from photocast.schema import UsageError
    from photocast.training.after.before_after import before_after
    from photocast.training.after.evaluation import FOLDER
    from photocast.training.after.origins import facts_of, rewarding_judges
    from photocast.training.rewards import check_apart

    models = before_after(path, (out or path) / ".base")
    if out is None and models.run is None:
        why = "it lies in the folder of no training"
        raise UsageError(f"cannot tell where the evaluation of {path} goes", why, "Name a folder with -o")
    named = split(judges)
    if models.run is not None:
        check_apart(rewarding_judges(facts_of(models.run)), named)
    return _Asked(models, out or models.run.path / FOLDER, named)  # type: ignore[union-attr]


def _checked(
    screen: "Screen", models: "BeforeAfter", albums: "EvaluationSet", dataset: Path | None, allowed: bool
) -> "Leak":
    """Whether pictures of the training are among those of the evaluation.

    Raises:
        InputError: they are, or nobody can tell, and that is not allowed.
    """
    from photocast.schema import InputError
    from photocast.training.after.evaluation import Leak
    from photocast.training.after.leaks import leak_between, trained_pictures
    from photocast.training.after.origins import dataset_of, facts_of
    from photocast.training.recipe import DataTable, read_recipe

    folder = dataset or (dataset_of(facts_of(models.run)) if models.run else None)
    if folder is None:
        if not allowed:
            why = "its dataset is not recorded, or not where it was"
            do = "Name it with --dataset, or go on without knowing with --allow-leak"
            raise InputError("nobody can tell whether the model was trained on these pictures", why, do)
        screen.note("  warning: nobody can tell whether the model was trained on these pictures")
        return Leak(compared=False)
    table = read_recipe(str(models.run.recipe)).data if models.run else DataTable()
    leak = leak_between(trained_pictures(folder, table), {item.id: item.photos for item in albums.items})
    shown = f"{leak.pictures} pictures, in {', '.join(leak.items[:5])}" + (", …" if len(leak.items) > 5 else "")
    if leak.pictures and not allowed:
        do = "Take those albums out, or add --allow-leak, which the result will say"
        raise InputError("the model was trained on pictures of the evaluation", shown, do)
    if leak.pictures:
        screen.note(f"  warning: trained on pictures of the evaluation: {shown}")
    return leak


def _measured(
    screen: "Screen",
    asked: _Asked,
    albums: "EvaluationSet",
    also: Sequence[str],
    encoder: str | None,
    flags: dict[str, Any],
    *,
    local: bool,
    yes: bool,
) -> "tuple[BenchResult, Brief, Path]":
    """Have all systems write, and measure what they wrote."""
    from photocast.bench.generating import generate, parse_systems
    from photocast.bench.generating.measured import measured, save
    from photocast.cli.bench.run import approval, encoder_of, tell, writers
    from photocast.cli.running import front_of, guarded
    from photocast.cli.train.evaluated import AFTER, BEFORE
    from photocast.pipeline import gather

    reader = encoder_of(encoder)
    models = asked.models
    with guarded(local) as guard, screen.stages() as stages:
        named = [f"{BEFORE}={models.before}", f"{AFTER}={models.after}", *also]
        settings = gather(flags | {"model": models.after})
        made = generate(
            parse_systems(named, albums, writers(flags)),
            albums,
            asked.out,
            settings=settings,
            front=replace(front_of(screen, stages=stages, guard=guard, yes=yes), tell=None),
            approve=approval(screen, yes=yes),
        )
        if made is None:
            raise click.Abort
        title = f"{models.trained.recipe}: before and after"
        result = measured(made, albums, settings.brief, title=title, encoder=reader, progress=stages)
        _, page = save(result, asked.out)
    tell(screen, result, page)
    return result, settings.brief, page


def _judged(
    screen: "Screen",
    asked: _Asked,
    albums: Sequence[Path],
    result: "BenchResult",
    terms: Mapping[str, Any],
) -> "tuple[Mapping[str, Any] | None, tuple[Preference, ...]]":
    """Have judges compare after with before; what they said for programs, and their preferences."""
    from photocast.bench.judging.results import judged
    from photocast.cli.judge.pairs import pairs
    from photocast.cli.train.evaluated import AFTER, BEFORE
    from photocast.training.after.evaluation import Preference

    if not asked.judges or not _both_wrote(result):
        return None, ()
    folder, said = asked.out / "judged", StringIO()
    given = {
        "systems": (f"{asked.out}:{AFTER}", f"{asked.out}:{BEFORE}"),
        "judge_names": asked.judges,
        "out": folder,
        "albums_folder": albums[0] if len(albums) == 1 else None,
        "as_json": screen.as_json,
        **terms,
    }
    if screen.as_json:
        with redirect_stdout(said):  # its document becomes a part of ours
            click.get_current_context().invoke(pairs, **given)
    else:
        click.get_current_context().invoke(pairs, **given)
    contests = [one.contest for one in judged(folder).results]
    preferences = tuple(
        Preference(criterion=one.criterion, rate=one.overall.rate, ci95=one.overall.ci95, items=one.overall.items)
        for one in contests
        if one.overall and one.systems == (AFTER, BEFORE)
    )
    return (json.loads(said.getvalue()) if screen.as_json else None), preferences
