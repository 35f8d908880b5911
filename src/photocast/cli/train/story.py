"""`photocast train story`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.training.recipe import StoryTable
    from photocast.training.story import Built
    from photocast.training.story.card import About


@click.command(
    epilog=options.examples(
        "photocast train story comics.jsonl albums/ -o stories/",
        "photocast train story sis/train.story-in-sequence.json --photos images/ -o stories/ --skip-empty",
        "photocast train story comics.jsonl -o stories/ --set story.emotion=0 --samples 2000",
    )
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="A new folder.")
@click.option(
    "--recipe", default="story-instruct", show_default=True, metavar="NAME", help="Whose table `story` says the shares."
)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change a share, as story.emotion=0.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Another number, another dataset.")
@click.option(
    "--samples",
    type=int,
    metavar="N",
    help="Samples to train on, repeated where a task has too few.  [default: as many as there are without repeating]",
)
@click.option("--skip-empty", is_flag=True, help="Leave out a task of which there is no sample.")
@click.option(
    "--photos",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the photos of VIST are, as ID.jpg, here or in folders below.",
)
@click.option("--licence", default="", metavar="TEXT", help="Of sources that state none.")
@click.option("--name", default="story-instruct", show_default=True, metavar="TEXT", help="Of the dataset.")
@click.option("--prompts", metavar="DIR", type=click.Path(path_type=Path), help="Folder with questions of your own.")
@options.common
def story(
    sources: tuple[Path, ...],
    out: Path,
    recipe: str,
    changes: tuple[str, ...],
    seed: int,
    samples: int | None,
    skip_empty: bool,
    photos: tuple[Path, ...],
    licence: str,
    name: str,
    prompts: Path | None,
    as_json: bool,
) -> None:
    """Make a dataset of five tasks out of visual stories.

    A SOURCE is a .jsonl of stories, a folder of albums with captions and human stories, or the JSON of VIST. The tasks
    are caption, continuation, generation, emotion and consistency; answers are what people wrote or noted. photocast
    train sft DIR --recipe story-instruct trains on it. docs/story_instruct.md has the forms.
    """
    from photocast.cli.screen import Screen
    from photocast.training.story import Mixture, Reading, build, read_sources
    from photocast.training.story.prompts import StoryPrompts

    screen = Screen(as_json=as_json)
    mixture = Mixture(_shares(recipe, changes), seed=seed, samples=samples, skip_empty=skip_empty, name=name)
    asked = StoryPrompts(prompts)
    read = read_sources(sources, Reading(photos, licence))
    with screen.stages() as stages:
        built = build(read.stories, out, mixture, asked, left_out=read.left_out, told=stages)
    screen.say(_table(built.about), *_lines(built), str(out))
    screen.document({"folder": str(out), **built.about.document})


def _shares(recipe: str, changes: tuple[str, ...]) -> "StoryTable":
    from photocast.schema import UsageError
    from photocast.training import read_recipe

    table = read_recipe(recipe, changes).story
    if table is None:
        why = "it has no table `story` that says how often each task is asked"
        raise UsageError(f"the recipe {recipe} does not mix stories", why, "Name another, such as story-instruct")
    return table


def _table(about: "About") -> "Table":
    """What was made: a line a split and task."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False)
    for heading in ("Split", "Task"):
        table.add_column(heading)
    for heading in ("Samples", "Share", "In the recipe", "Repeated", "Available"):
        table.add_column(heading, justify="right")
    for row in about.table:
        table.add_row(*row)
    return table


def _lines(built: "Built") -> Iterator[str]:
    """What is not in the dataset, and why."""
    about = built.about
    yield from (f"{task}: not asked of stories with {_counted(why)}" for task, why in about.lacking.items())
    if built.left_out:
        first = built.left_out[0]
        yield f"left out: {_counted(about.left_out)}; such as {first.what}: {first.detail}"
    yield from about.notes


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason.replace('_', ' ')} ({number:,})" for reason, number in counts.items())
