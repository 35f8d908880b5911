"""The page: one file with the photos, the conversation and what it rests on."""

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from photocast import __version__
from photocast.publish.view import page_view
from photocast.schema import AlbumRecord, FactSheet, Script


def render_page(script: Script, facts: FactSheet, album: AlbumRecord, images: Mapping[str, Path]) -> str:
    """The page of an episode as one HTML document that loads nothing.

    Args:
        script: what is said.
        facts: what its claims rest on.
        album: the photos and what was set aside.
        images: a picture of each photo to show, by photo id; a photo without one is left out of the page.

    Raises:
        InputError: a picture cannot be read.
    """
    return page_bytes(script, facts, album, images).decode()


def page_bytes(script: Script, facts: FactSheet, album: AlbumRecord, images: Mapping[str, Path]) -> bytes:
    """The same in UTF-8, put together piece by piece.

    As one string, a single emoji would make every character of the pictures take four bytes.
    """
    style, behaviour = _part("page.css"), _part("page.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pieces = environment.from_string(_part("page.html.jinja")).generate(
        page=page_view(script, facts, album, images),
        version=__version__,
        style=Markup(style),
        behaviour=Markup(behaviour),
        style_hash=_hash(style),
        behaviour_hash=_hash(behaviour),
    )
    return b"".join(piece.encode() for piece in pieces)


def _part(name: str) -> str:
    return files("photocast.publish").joinpath("template", name).read_text("utf-8")


def _hash(text: str) -> str:
    """As a content security policy names what may run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
