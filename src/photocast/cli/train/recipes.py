"""`photocast train recipes`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.training import Recipe


@click.command(epilog=options.examples("photocast train recipes", "photocast train recipes tiny-cpu > mine.yaml"))
@click.argument("name", required=False)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a value, as optimisation.seed=1.")
@options.common
def recipes(name: str | None, changes: tuple[str, ...], as_json: bool) -> None:
    """List the recipes, or print one with all its values: the beginning of one's own."""
    from photocast.cli.screen import Screen
    from photocast.training import read_recipe, recipe_names, recipe_text

    screen = Screen(as_json=as_json)
    if name is not None:
        recipe = read_recipe(name, changes)
        screen.say(*_estimated(recipe), *recipe_text(recipe).splitlines())
        screen.document(recipe.model_dump(mode="json"))
        return
    found = [read_recipe(one) for one in recipe_names()]
    for recipe in found:
        screen.say(recipe.name, f"    {recipe.about}", f"    needs {recipe.needs.in_words}")
    screen.document({recipe.name: recipe.model_dump(mode="json") for recipe in found})


def _estimated(recipe: "Recipe") -> Iterator[str]:
    """What it takes by arithmetic, as a comment of YAML; nothing for bases whose shape is not known here."""
    from photocast.training.machines.estimate import GPUS, estimate
    from photocast.training.machines.load import paper_load
    from photocast.training.machines.shapes import find_shape

    shape = find_shape(recipe.model.base)
    if shape is None:
        return
    found, gpu = estimate(recipe, shape, paper_load(recipe)), GPUS["a100"]
    yield (
        f"# By arithmetic, for data like the paper's: {found.trained / 1e6:.0f} of {found.parameters / 1e6:,.0f} "
        f"million weights trained, {found.steps:,} steps,"
    )
    yield f"# {found.peak / 1e9:.0f} GB on each GPU, {found.hours(gpu):.1f} hours on {found.devices} x {gpu.name}."
