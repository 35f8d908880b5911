"""Servers of judges: one's own, such as vLLM."""

from collections.abc import Sequence

import click

servers_option = click.option(
    "--base-url",
    "servers",
    multiple=True,
    metavar="[JUDGE=]URL",
    help="Server of the one judge, or of JUDGE, that speaks the provider's protocol, such as vLLM.",
)


def urls_of(servers: Sequence[str], judges: Sequence[str]) -> dict[str, str]:
    """The server of each judge that has one of its own."""
    from photocast.schema import UsageError

    found = {}
    for one in servers:
        judge, _, url = one.partition("=") if not one.startswith(("http://", "https://")) else ("", "", one)
        if (judge and judge not in judges) or (not judge and len(judges) != 1):
            why = f"{judge!r} is none of the judges" if judge else f"there are {len(judges)} judges"
            raise UsageError(f"cannot use --base-url {one}", why, "Write --base-url JUDGE=URL, with the judge as named")
        found[judge or judges[0]] = url
    return found
