"""From photos to an episode: the steps joined, for the command line and for Python."""

from photocast.pipeline.again import page_again, redo_turn, write_again
from photocast.pipeline.demo import demo_episode
from photocast.pipeline.episode import Episode
from photocast.pipeline.front import Front
from photocast.pipeline.interview import as_told
from photocast.pipeline.make import Made, default_folder, look_at, make_episode, plan_for
from photocast.pipeline.pen import Looked
from photocast.pipeline.settings import Settings, Wishes, gather, read_people
from photocast.pipeline.studio import Studio

__all__ = [
    "Episode",
    "Front",
    "Looked",
    "Made",
    "Settings",
    "Studio",
    "Wishes",
    "as_told",
    "default_folder",
    "demo_episode",
    "gather",
    "look_at",
    "make_episode",
    "page_again",
    "plan_for",
    "read_people",
    "redo_turn",
    "write_again",
]
