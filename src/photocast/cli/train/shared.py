"""What `photocast train sft` and `grpo` have in common."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("dataset", type=click.Path(path_type=Path)),
    click.option("--recipe", "recipe_name", required=True, metavar="NAME", help="One of ours, or a .yaml file."),
    click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder of the run.  [default: the recipe's name]",
    ),
    click.option("--base", metavar="MODEL", help="Train this model instead: a repository of the hub, or a folder."),
    click.option(
        "--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a value, as optimisation.seed=1."
    ),
    click.option("--anyway", is_flag=True, help="Begin although the machine is too small by the estimate."),
)


def trained_on(command: F) -> F:
    """The dataset, the recipe and the folder of a training."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
