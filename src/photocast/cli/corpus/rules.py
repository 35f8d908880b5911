"""`photocast corpus rules`."""

from collections.abc import Sequence
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast corpus rules", "photocast corpus rules strict", "photocast corpus rules mine.toml"
    )
)
@click.argument("name", required=False)
@options.common
def rules(name: str | None, as_json: bool) -> None:
    """List the rules that episodes are selected by, or show a rule set: NAME, or a TOML file of your own."""
    from photocast.cli.screen import Screen
    from photocast.corpus.rules import RULES, SHIPPED, rule_set

    screen = Screen(as_json=as_json)
    if name is None:
        screen.say(*(f"{one}: {first_line(rule.__doc__)}" for one, rule in RULES.items()))
        screen.say("", f"Rule sets that come with photocast: {', '.join(SHIPPED)}")
        screen.document(
            {"rules": {one: first_line(rule.__doc__) for one, rule in RULES.items()}, "sets": list(SHIPPED)}
        )
        return
    found = rule_set(name)
    screen.say(*(_line(one.name, one.parameters) for one in found.rules))
    screen.document({"name": found.name, "rules": {one.name: dict(one.parameters) for one in found.rules}})


def _line(name: str, parameters: "Sequence[tuple[str, Any]]") -> str:
    return f"{name}: {', '.join(f'{key} {value}' for key, value in parameters) or 'has no parameters'}"


def first_line(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").strip().partition("\n")[0]
