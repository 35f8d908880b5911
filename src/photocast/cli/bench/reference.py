"""`photocast bench reference`: the people that scripts are compared with."""

from itertools import chain
from pathlib import Path

import click

from photocast.cli import options


@click.group(
    invoke_without_command=True,
    epilog=options.examples(
        "photocast bench reference", "photocast bench reference build episodes.jsonl.gz -o ours.json"
    ),
)
@options.common
@click.pass_context
def reference(ctx: click.Context, as_json: bool) -> None:
    """List the human references, or build one.

    A reference holds quantiles of figures and no text. It is of one kind of talk: name it beside every distance.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = as_json
        return
    from photocast.cli.screen import Screen
    from photocast.metrics import reference as named
    from photocast.metrics import reference_names

    screen = Screen(as_json=as_json)
    listed = [named(name) for name in reference_names()]
    for one in listed:
        screen.say(
            f"{one.name}: {one.title}",
            f"  {one.windows} windows of {one.conversations} conversations; {one.recipe}.",
            f"  {one.source}, {one.licence}. {one.attribution}.",
            "",
        )
    about = ("name", "title", "source", "licence", "attribution", "recipe", "speakers", "conversations", "windows")
    screen.document({"references": [one.model_dump(mode="json", include=set(about)) for one in listed]})


@reference.command(
    epilog=options.examples(
        "photocast bench reference build speakerTurnData.jsonl.gz -o sporc.json --title SPoRC",
        "photocast bench reference build transcripts/ -o panel.json --speakers 3+",
    )
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Ends in .json.")
@click.option("--title", default="", metavar="TEXT", help="Whose talk it is.  [default: the names of the sources]")
@click.option("--source", default="", metavar="TEXT", help="Where the transcripts are from.")
@click.option("--licence", default="", metavar="TEXT", help="Under which they may be used.")
@click.option("--attribution", default="", metavar="TEXT", help="Whom to name.")
@click.option(
    "--speakers", type=click.Choice(["2", "3+"]), default="2", show_default=True, help="How many talk in a window."
)
@click.option("--window", type=(int, int), default=(900, 1100), show_default=True, metavar="MIN MAX", help="Its words.")
@options.common
@click.pass_context
def build(
    ctx: click.Context,
    sources: tuple[Path, ...],
    out: Path,
    title: str,
    source: str,
    licence: str,
    attribution: str,
    speakers: str,
    window: tuple[int, int],
    as_json: bool,
) -> None:
    """Measure people, and write the quantiles into a file.

    SOURCE is a folder of transcripts (.txt, .md, .vtt, .srt), or JSON lines: a conversation a line with its turns
    (Changelog, QMSum), or a turn a line (SPoRC).
    """
    from photocast.bench.conversations import conversations
    from photocast.bench.reference import Recipe, build_reference
    from photocast.cli.screen import Screen
    from photocast.runs import write_atomically
    from photocast.schema import UsageError

    if out.suffix != ".json" or not 0 < window[0] <= window[1]:
        raise UsageError("Cannot build this reference", "FILE must end in .json, and MIN be at most MAX", "Correct it")
    if out.exists():
        raise UsageError(f"{out} is there already", "a reference is not written over", "Name another file")
    screen = Screen(as_json=as_json or bool(ctx.obj))
    recipe = Recipe(
        name=out.stem,
        title=title or ", ".join(one.name for one in sources),
        source=source or "not said",
        licence=licence or "not said",
        attribution=attribution or "not said",
        two_speakers=speakers == "2",
        words=window,
    )
    built = build_reference(chain.from_iterable(conversations(one) for one in sources), recipe)
    write_atomically(out, built.model_dump_json() + "\n")
    screen.say(
        f"{out}: {built.windows} windows of {built.conversations} conversations.",
        f"  Compare with it: photocast score TRANSCRIPTS --reference {out}",
    )
    screen.document({"file": str(out), "windows": built.windows, "conversations": built.conversations})
