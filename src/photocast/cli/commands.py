"""The commands, each in a file of its own that is loaded when it is wanted."""

import click

from photocast import __version__
from photocast.cli.lazy import LazyGroup

COMMANDS = {
    "make": "photocast.cli.make:make",
    "plan": "photocast.cli.plan:plan",
    "look": "photocast.cli.look:look",
    "write": "photocast.cli.write:write",
    "page": "photocast.cli.page:page",
    "redo": "photocast.cli.redo:redo",
    "speak": "photocast.cli.speak:speak",
    "voices": "photocast.cli.voices:voices",
    "video": "photocast.cli.video:video",
    "feed": "photocast.cli.feed:feed",
    "site": "photocast.cli.site:site",
    "verify": "photocast.cli.verify:verify",
    "sign": "photocast.cli.sign:sign",
    "score": "photocast.cli.score:score",
    "bench": "photocast.cli.bench:bench",
    "judge": "photocast.cli.judge:judge",
    "corpus": "photocast.cli.corpus:corpus",
    "train": "photocast.cli.train:train",
    "collect": "photocast.cli.collect:collect",
    "demo": "photocast.cli.demo:demo",
    "models": "photocast.cli.models:models",
    "runs": "photocast.cli.runs:runs",
    "doctor": "photocast.cli.doctor:doctor",
}


ENDING = """\b
Examples:
  photocast demo
  photocast make ~/Pictures/lisbon
  photocast make ~/Pictures/lisbon --about "Mum's 70th" --length 5m --local

\b
Exit codes:
  0 done   2 usage   3 configuration   4 photos, folders or files
  5 provider, or a connection that --local refused   6 budget   130 cancelled"""


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    invoke_without_command=True,
    epilog=ENDING,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="photocast %(version)s")
@click.pass_context
def photocast(ctx: click.Context) -> None:
    """Photos in, podcast out.

    Two hosts or more talk about your photos, and you get the script and a page to read it on. Unless you name a model,
    everything happens on this machine: no key, no download, no network.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
