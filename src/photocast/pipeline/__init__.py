"""From photos to an episode: the steps joined, for the command line and for Python."""

from photocast.pipeline.again import page_again, redo_turn, write_again
from photocast.pipeline.demo import demo_episode
from photocast.pipeline.episode import Episode
from photocast.pipeline.make import Made, default_folder, look_at, make_episode, opened
from photocast.pipeline.settings import Settings, Wishes, gather, read_people
from photocast.pipeline.studio import Studio, plan_of

__all__ = [
    "Episode",
    "Made",
    "Settings",
    "Studio",
    "Wishes",
    "default_folder",
    "demo_episode",
    "gather",
    "look_at",
    "make_episode",
    "opened",
    "page_again",
    "plan_of",
    "read_people",
    "redo_turn",
    "write_again",
]
