"""The page: one file with the photos, the conversation and what it rests on."""

from collections.abc import Mapping
from pathlib import Path

from photocast._page import filled
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
    """The same in UTF-8."""
    return filled("photocast.publish", "page", page=page_view(script, facts, album, images))
