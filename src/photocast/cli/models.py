"""`photocast models`."""

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast models"))
@options.common
def models(as_json: bool) -> None:
    """List who can write, and what the others need.

    Nothing is sent beyond this machine. Any other model of the same provider can be named too.
    """
    from dataclasses import asdict

    from photocast.cli.screen import Screen
    from photocast.pipeline import gather
    from photocast.pipeline.offers import offers

    screen = Screen(as_json=as_json)
    found, writer = offers(), gather({}).writer
    width = max(len(offer.name) for offer in found)
    for offer in found:
        screen.say(f"  {'ok ' if offer.usable else '-  '} {offer.name:<{width}}  {offer.found}")
        if offer.need:
            screen.say(f"      {'':<{width}}  {offer.need}")
    screen.say(f"Without --model, {writer.model} writes: {writer.because}.")
    screen.document({"models": [asdict(offer) for offer in found], "default": writer.model_dump(mode="json")})
