"""`photocast sign`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast sign episode.mp3",
        "photocast sign film.mp4 --source composite --title 'Lisbon'",
        "photocast sign episode.mp3 --certificate chain.pem --key key.pem",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--title", metavar="TEXT", help="What the mark calls it.  [default: the name of the file]")
@click.option(
    "--source",
    type=click.Choice(["trained", "algorithmic", "composite"]),
    default="trained",
    help="Made by a trained model, by a program that learned from nothing, or of real things and things that a trained "
    "model made.  [default: trained]",
)
@click.option(
    "--certificate", type=click.Path(path_type=Path), metavar="PEM", help="Your certificate, its chain after it."
)
@click.option("--key", type=click.Path(path_type=Path), metavar="PEM", help="Its key, without a password.")
@options.common
def sign(file: Path, title: str | None, source: str, certificate: Path | None, key: Path | None, as_json: bool) -> None:
    """Mark a file as made by a machine.

    The mark is a C2PA manifest within the file. It is signed with your certificate, which PHOTOCAST_C2PA_CERTIFICATE
    and PHOTOCAST_C2PA_KEY can name too; else with one that this machine makes for itself, which nobody else trusts.
    No connection is opened.
    """
    from photocast.cli.screen import Screen
    from photocast.provenance.choosing import find_credentials
    from photocast.provenance.marks import Source
    from photocast.provenance.marks import sign as put_mark

    screen = Screen(as_json=as_json)
    credentials = find_credentials(certificate, key)
    put_mark(file, title=title or file.name, credentials=credentials, source=Source[source.upper()])
    screen.say(f"{file} is signed by {credentials.signer}")
    screen.document({"file": str(file), "signer": credentials.signer, "source": Source[source.upper()].value})
