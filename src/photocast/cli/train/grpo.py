"""`photocast train grpo`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options
from photocast.cli.train.shared import trained_on

if TYPE_CHECKING:
    from photocast.cli.screen import Screen
    from photocast.training.grpo.report import GrpoReport


@click.command(
    epilog=options.examples(
        "photocast train grpo corpus/dataset --recipe tiny-cpu-grpo -o run/",
        "photocast train grpo corpus/dataset --recipe grpo-diadem-two-stage --start sft/final -o run/",
        "photocast train grpo corpus/dataset --recipe mine.yaml --judge openai:gpt-5-mini --max-cost 20",
    )
)
@trained_on
@click.option(
    "--start", metavar="DIR", help="Begin with this adapter, as photocast train sft leaves it.  [default: a new one]"
)
@click.option("--vllm", is_flag=True, help="Have vLLM draw the answers that are learned from, on the same GPU.")
@click.option("--judge", metavar="MODEL", help="Who gives the reward rubric, where the recipe weighs it.")
@click.option("--max-cost", type=float, metavar="USD", help="Stop before the judge could cost more than this.")
@options.local
@options.common
def grpo(
    dataset: Path,
    recipe_name: str,
    out: Path | None,
    base: str | None,
    start: str | None,
    changes: tuple[str, ...],
    vllm: bool,
    judge: str | None,
    max_cost: float | None,
    anyway: bool,
    local: bool,
    as_json: bool,
) -> None:
    """Train a model by rewards, first on prompts that are easy for it, then on hard ones.

    Which is which is found by having the model answer every prompt several times; prompts whose answers all earn the
    same are left out. A run that was stopped goes on where it was when the command is given again. In the end there is
    a report of what changed for which kind of prompt. docs/grpo.md has it all.
    """
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.models.budget import Budget
    from photocast.training import RunFolder, Told, prepare, read_recipe
    from photocast.training.grpo import check_grpo, open_prompts, rewards_of_recipe
    from photocast.training.grpo.checks import check_vllm
    from photocast.training.machines.fitting import check_machine
    from photocast.training.machines.machine import this_machine
    from photocast.training.rewards import Judge

    screen = Screen(as_json=as_json)
    named = {"model.base": base, "grpo.start": start}
    recipe = read_recipe(recipe_name, (*changes, *(f"{key}={value}" for key, value in named.items() if value)))
    table = check_grpo(recipe)
    if vllm:
        check_vllm(this_machine())
    run = RunFolder(out or Path(recipe.name))
    with guarded(local), screen.stages() as stages:
        if not anyway and not run.is_done:
            check_machine(recipe, this_machine())
        told = Told(stages, screen.note)
        prepared = prepare(recipe, dataset, run, told)
        prompts = open_prompts(prepared.data, prepared.lengths, recipe, table)
        judging = Judge(judge, budget=Budget(max_cost)) if judge else None
        rewards = rewards_of_recipe(table, prompts["train"], judging)
        from photocast.training.grpo.two_stage import train_grpo

        report = train_grpo(prepared, prompts, rewards, told, vllm=vllm, judge=judging)
    _show(screen, report, run)


def _show(screen: "Screen", report: "GrpoReport", run: Any) -> None:
    for name, counts in report.partitions.items():
        said = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in counts.items() if count)
        screen.say(f"{name}: prompts were {said}")
    for line in report.lines:
        if line.stratum == "all" and line.measure == "reward":
            means = " -> ".join("none" if mean is None else f"{mean.mean:.3f}" for mean in line.means)
            screen.say(f"{line.split}: reward {means} ({line.prompts:,} prompts)")
    facts = run.read_facts()
    screen.say(f"  {run.path / 'report.md'}", f"  photocast make ALBUM --model hf:{facts['base_folder']}+{run.final}")
    screen.document({"folder": str(run.path), "final": str(run.final), "report": report.model_dump(mode="json")})
