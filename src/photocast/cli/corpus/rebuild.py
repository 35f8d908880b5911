"""`photocast corpus rebuild`."""

from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.cli.screen import Screen, Stages
    from photocast.corpus.store import Store
    from photocast.models.asking import Asking


@click.command(
    epilog=options.examples(
        "photocast corpus rebuild recipe/ --source sporc/ -o corpus/",
        "photocast corpus rebuild recipe/ --source sporc/ -o corpus/ --model diffusers:./sd35",
    )
)
@click.argument("recipe", metavar="RECIPE")
@click.option("--source", required=True, metavar="PATH", help="Your own copy of the talk, as in a corpus recipe.")
@click.option("-o", "--out", required=True, metavar="DIR", help="The new corpus; the dataset is in DIR/dataset.")
@click.option("--model", metavar="NAME", help="Draws the pictures again, where they do not come with the recipe.")
@click.option("--base-url", metavar="URL", help="Server of the model.")
@click.option("--style", metavar="TEXT", help="Stands before every prompt.  [default: as in photocast corpus run]")
@click.option("--max-cost", type=float, metavar="USD", help="Stop before a picture that could go beyond this.")
@options.yes
@options.common
def rebuild(
    recipe: str,
    source: str,
    out: str,
    model: str | None,
    base_url: str | None,
    style: str | None,
    max_cost: float | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Make a dataset again from RECIPE, a folder of photocast corpus export DATASET recipe, and from its source.

    Every excerpt is cut out of your copy of the source and compared with its hash. What differs is counted: an episode
    that is missing or has changed, words that are others, a picture that came out otherwise.
    """
    from photocast.cli.screen import Screen
    from photocast.corpus import open_source, open_store
    from photocast.corpus.rebuilt import make_again
    from photocast.corpus.recipe import IllustrateTable

    screen = Screen(as_json=as_json)
    store = open_store(out)
    with screen.stages() as stages:
        painter = _painter(model, base_url, store, screen, stages, max_cost, yes=yes) if model else None
        again = make_again(
            open_store(recipe),
            open_source(source),
            store,
            painter=painter,
            style=IllustrateTable().style if style is None else style,
            told=stages,
        )
    count, packed = again.rebuilt.count, again.packed.count
    counts = {**count.dropped, **count.noted, **packed.dropped}
    screen.say(f"{packed.kept} of {count.taken} pairs are there again")
    screen.say(*(f"  {what.replace('_', ' ')}: {number}" for what, number in counts.items()), f"{out}/dataset")
    screen.document({"corpus": out, "taken": count.taken, "packed": packed.kept, "counts": counts})


def _painter(
    model: str,
    base_url: str | None,
    store: "Store",
    screen: "Screen",
    stages: "Stages",
    max_cost: float | None,
    *,
    yes: bool,
) -> "Asking":
    """Whoever draws, if prompts may be sent there."""
    from photocast.cli.running import front_of
    from photocast.corpus.kept import KeptPictures
    from photocast.models.asking import Asking, Run
    from photocast.models.budget import Budget
    from photocast.models.images import open_image_model
    from photocast.schema import UsageError

    opened = open_image_model(model, KeptPictures(store), base_url=base_url)
    if opened.host and not yes:
        why = f"prompts would be sent to {opened.host}"
        if not screen.asks:
            raise UsageError("nobody is there to agree", f"{why}, and that is never done unasked", "Add --yes")
        if not click.confirm(f"  {why[0].upper()}{why[1:]}. Go on?", default=False, err=True):
            raise click.Abort
    front = front_of(screen, stages=stages, guard=None, yes=yes)
    run, budget = Run(f"rebuild: {store.where}"), Budget(max_cost)
    return Asking(model, "image", run=run, prompts="", budget=budget, front=front, model=opened)
