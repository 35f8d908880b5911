"""The episode folder and its page."""

from photocast.publish.folder import EpisodeFiles, EpisodeFolder, Written
from photocast.publish.store import Kept

__all__ = ["EpisodeFiles", "EpisodeFolder", "Kept", "Written", "render_page"]


def __getattr__(name: str) -> object:
    if name == "render_page":  # it brings jinja2 and Pillow, which reading an episode does not need
        from photocast.publish.page import render_page

        return render_page
    raise AttributeError(name)
