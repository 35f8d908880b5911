"""Real podcast dialogues paired with pictures: from SPoRC to a dataset.

    line = Line(read_recipe(Path("recipe.toml")), open_store("corpus"), engine=engine_of("pool"))
    line.bring_to("pack")

The names below are loaded when they are first used: worker processes need few of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from photocast._optional import require

if TYPE_CHECKING:
    from photocast.corpus.engines import engine_of
    from photocast.corpus.funnel import Funnel, read_funnel
    from photocast.corpus.line import STAGES, Line, Outcome
    from photocast.corpus.nouns import Dropped, Excerpt, Pair, PodcastEpisode, StagedExcerpt, Window
    from photocast.corpus.recipe import Recipe, read_recipe
    from photocast.corpus.sources import open_source
    from photocast.corpus.store import open_store

__all__ = [
    "STAGES",
    "Dropped",
    "Excerpt",
    "Funnel",
    "Line",
    "Outcome",
    "Pair",
    "PodcastEpisode",
    "Recipe",
    "StagedExcerpt",
    "Window",
    "engine_of",
    "open_source",
    "open_store",
    "read_funnel",
    "read_recipe",
]

require("msgspec", extra="corpus", purpose="a corpus")  # the nouns are made of it, so nothing here goes without

_HOME = {
    "STAGES": "line",
    "Dropped": "nouns",
    "Excerpt": "nouns",
    "Funnel": "funnel",
    "Line": "line",
    "Outcome": "line",
    "Pair": "nouns",
    "PodcastEpisode": "nouns",
    "Recipe": "recipe",
    "StagedExcerpt": "nouns",
    "Window": "nouns",
    "engine_of": "engines",
    "open_source": "sources",
    "open_store": "store",
    "read_funnel": "funnel",
    "read_recipe": "recipe",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'photocast.corpus' has no attribute {name!r}")
    return getattr(import_module(f"photocast.corpus.{_HOME[name]}"), name)
