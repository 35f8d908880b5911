"""`photocast judge`: ask models or people which transcript is better."""

import click

from photocast.cli import options
from photocast.cli.lazy import LazyGroup

COMMANDS = {
    "pairs": "photocast.cli.judge.pairs:pairs",
    "rubric": "photocast.cli.judge.rubric:rubric",
    "human": "photocast.cli.judge.human:human",
    "report": "photocast.cli.judge.report:report",
}


class _PairsFirst(LazyGroup):
    """`photocast judge A B` is `photocast judge pairs A B`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named, or else `pairs` with all of the words."""
        return super().resolve_command(ctx, args if args[0] in COMMANDS else ["pairs", *args])


@click.group(
    cls=_PairsFirst,
    table=COMMANDS,
    context_settings={"ignore_unknown_options": True},
    epilog=options.examples(
        "photocast judge ours/ theirs/ --judges openai:gpt-5-mini,ollama:qwen3-vl -o judged/",
        "photocast judge human ours/ theirs/ --albums albums/ -o judged/",
        "photocast judge report judged/",
    ),
)
def judge() -> None:
    """Ask models or people which transcript sounds more like people.

    `photocast judge A B …` is short for `photocast judge pairs A B …`.
    """
