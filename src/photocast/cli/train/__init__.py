"""`photocast train`: the group of commands that teach a model to talk like people."""

import click

from photocast.cli import options
from photocast.cli.lazy import LazyGroup

COMMANDS = {
    "recipes": "photocast.cli.train.recipes:recipes",
    "sft": "photocast.cli.train.sft:sft",
    "grpo": "photocast.cli.train.grpo:grpo",
    "rewards": "photocast.cli.train.rewards:rewards",
    "story": "photocast.cli.train.story:story",
    "merge": "photocast.cli.train.merge:merge",
    "serve": "photocast.cli.train.serve:serve",
    "eval": "photocast.cli.train.eval:evaluate",
    "card": "photocast.cli.train.card:card",
    "generate": "photocast.cli.train.generate:generate",
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    epilog=options.examples(
        "photocast train sft corpus/dataset --recipe tiny-cpu -o run/",
        "photocast train recipes sporc-vist-8b-1gpu",
    ),
)
def train() -> None:
    """Teach a vision-language model to talk like people.

    A recipe (YAML) says which model, and how; a dataset says about what. What came of it lies in a folder that
    photocast make --model hf:FOLDER loads. docs/training.md has it all.
    """
