"""The question before words leave this machine to be spoken."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from photocast.cli.screen import Screen
    from photocast.pipeline.leaving import Leaving


def approval(screen: "Screen", *, yes: bool) -> "Callable[[Leaving], bool]":
    """Tells what would be sent, to whom, and what it may cost, and asks.

    Args:
        screen: where words go.
        yes: whether it is agreed to.
    """
    from photocast.runs import dollars
    from photocast.schema import UsageError

    def approve(leaving: "Leaving") -> bool:
        what = f"{leaving.characters:,} characters of {leaving.turns} turn{'' if leaving.turns == 1 else 's'}"
        cost = "not known" if leaving.usd is None else f"about {dollars(leaving.usd)}; {leaving.prices}"
        screen.note(f"  Sends    {what}, to {leaving.host}", f"  Costs    {cost}")
        if yes:
            return True
        if not screen.asks:
            raise UsageError(
                "nobody is there to agree",
                f"{what} would be sent to {leaving.host}, and that is never done unasked",
                "Add --yes, or choose an engine on this machine",
            )
        return click.confirm(f"  Send this to {leaving.host}?", default=False, err=True)

    return approve
