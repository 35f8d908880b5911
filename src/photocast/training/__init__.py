"""Training: from a dataset of pictures and talk to a model that `photocast make` loads."""

from photocast.training.folder import RunFolder, read_run
from photocast.training.prepare import Prepared, prepare
from photocast.training.recipe import Recipe, read_recipe, recipe_names, recipe_text
from photocast.training.told import Told

__all__ = [
    "Prepared",
    "Recipe",
    "RunFolder",
    "Told",
    "prepare",
    "read_recipe",
    "read_run",
    "recipe_names",
    "recipe_text",
]
