"""The page: one file with the photos, the conversation and what it rests on."""

from collections.abc import Mapping
from pathlib import Path

from photocast._page import filled
from photocast.publish.sound import OlderSound, Sound
from photocast.publish.view import page_view
from photocast.schema import AlbumRecord, FactSheet, Script


def render_page(
    script: Script,
    facts: FactSheet,
    album: AlbumRecord,
    images: Mapping[str, Path],
    *,
    sound: Sound | OlderSound | None = None,
) -> str:
    """The page of an episode as one HTML document that loads nothing, but for audio that is too large to be in it.

    Args:
        script: what is said.
        facts: what its claims rest on.
        album: the photos and what was set aside.
        images: a picture of each photo to show, by photo id; a photo without one is left out of the page.
        sound: the audio, as `sound_of` finds it; the page gets a player, or says that the audio is older.

    Raises:
        InputError: a picture or the audio cannot be read.
    """
    return page_bytes(script, facts, album, images, sound=sound).decode()


def page_bytes(
    script: Script,
    facts: FactSheet,
    album: AlbumRecord,
    images: Mapping[str, Path],
    *,
    sound: Sound | OlderSound | None = None,
) -> bytes:
    """The same in UTF-8."""
    page = page_view(script, facts, album, images, sound=sound)
    return filled("photocast.publish", "page", also=("player",) if page.player else (), page=page)
