"""`photocast train sft`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options
from photocast.cli.train.shared import trained_on

if TYPE_CHECKING:
    from photocast.cli.screen import Screen
    from photocast.training import Recipe, RunFolder


@click.command(
    epilog=options.examples(
        "photocast train sft corpus/dataset --recipe tiny-cpu -o run/",
        "photocast train sft corpus/dataset --recipe sporc-vist-8b-1gpu -o run/ --set optimisation.seed=1",
        "photocast train sft corpus/dataset --recipe sporc-vist-32b -o run/ --processes 8",
    )
)
@trained_on
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Share the work among so many GPUs, or processes on cores, by the recipe's strategy.",
)
@options.local
@options.common
def sft(
    dataset: Path,
    recipe_name: str,
    out: Path | None,
    base: str | None,
    changes: tuple[str, ...],
    processes: int,
    anyway: bool,
    local: bool,
    as_json: bool,
) -> None:
    """Fine-tune a model on pictures and talk.

    DATASET is a folder as photocast corpus pack writes it, or a .parquet or .jsonl file. Everything that can be checked
    is checked before the first step: columns, pictures, lengths. A run that was stopped goes on from its last
    checkpoint when the command is given again.
    """
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.training import RunFolder, Told, prepare, read_recipe
    from photocast.training.machines.fitting import check_machine
    from photocast.training.machines.launch import is_first, needs_launch
    from photocast.training.machines.machine import this_machine

    screen = Screen(as_json=as_json)
    recipe = read_recipe(recipe_name, (*changes, *([f"model.base={base}"] if base else [])))
    run, many = RunFolder(out or Path(recipe.name)), needs_launch(processes)
    with guarded(local), screen.stages() as stages:
        if run.is_done:
            run.begin(recipe)
        else:
            if not anyway:
                check_machine(recipe, this_machine(), processes=processes)
            told = Told(stages, screen.note)
            prepared = prepare(recipe, dataset, run, told)
            if not many:
                from photocast.training.sft import train_sft

                train_sft(prepared, told)
    if many and not run.is_done:
        again = [*(part for change in changes for part in ("--set", change)), *(["--base", base] if base else [])]
        flags = [*(["--local"] if local else []), *(["--json"] if as_json else []), "--anyway"]  # it was checked above
        command = ["train", "sft", str(dataset), "--recipe", recipe_name, "-o", str(run.path), *again, *flags]
        _launch(recipe, run, processes, command)
    elif is_first():
        _show(screen, run.read_facts(), run)


def _launch(recipe: "Recipe", run: "RunFolder", processes: int, command: list[str]) -> None:
    """Let several processes train; the first of them says what came of it."""
    from photocast.training.machines.launch import launch
    from photocast.training.machines.machine import this_machine
    from photocast.training.machines.strategy import strategy_for, write_strategy

    recipe.batch.accumulation_on(processes)  # says so here, and not in every process, if it cannot be done
    strategy = strategy_for(recipe, processes, on_gpus=this_machine().gpus > 0)
    write_strategy(strategy, run.path / "strategy.yaml")
    launch("photocast", command, processes, strategy, logs=run.path / "processes")


def _show(screen: "Screen", facts: dict[str, Any], run: "RunFolder") -> None:
    seen = facts["coverage"]
    times = ", ".join(f"{_samples(number)} {_times(int(count))}" for count, number in seen["times"].items())
    screen.say(
        f"{facts['steps']:,} steps on {facts['splits']['train']['samples']:,} samples, "
        f"{facts['trainable_weights']:,} weights trained",
        f"  seen: {times}" + (f"; {seen['never']:,} never" if seen["never"] else ""),
    )
    if noise := facts["noise"]:
        screen.say(f"  NEFTune: alpha {noise['alpha']:g} reached the words as {noise['effective_alpha']:.2f}")
    screen.say(f"  {run.final}", f"  photocast make ALBUM --model hf:{facts['base_folder']}+{run.final}")
    screen.document({"folder": str(run.path), "final": str(run.final)} | facts)


def _samples(number: int) -> str:
    return f"{number:,} sample{'' if number == 1 else 's'}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
