"""`photocast corpus funnel`."""

import click

from photocast.cli import options


@click.command(
    epilog=options.examples("photocast corpus funnel corpus/", "photocast corpus funnel s3://mine/corpus --json")
)
@click.argument("corpus", metavar="DIR")
@options.common
def funnel(corpus: str, as_json: bool) -> None:
    """Show what every stage of the corpus in DIR took, kept and dropped, and why; and whether it adds up.

    The numbers are added up from the markers on disk. If other rule sets were compared, they stand side by side.
    """
    from photocast.cli.corpus.shown import funnel_lines, funnel_table, rules_table
    from photocast.cli.screen import Screen
    from photocast.corpus import open_store, read_funnel
    from photocast.schema import InputError

    screen = Screen(as_json=as_json)
    found = read_funnel(open_store(corpus))
    if not found.counts:
        do = "Give the folder that was named with -o, or run photocast corpus run first"
        raise InputError(f"there is no corpus in {corpus}", "no stage has left its markers there", do)
    screen.say(*funnel_lines(found), funnel_table(found))
    if found.rules:
        screen.say("", rules_table(found))
    found.check()
    screen.document({"corpus": corpus, **found.document()})
