"""A recipe: everything that a corpus depends on, in one TOML file, checked before anything begins."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from photocast.schema import ConfigError, UsageError
from photocast.schema.record import Record

Words = tuple[int, int]
"""Fewest and most words."""


class _Table(Record):
    @model_validator(mode="after")
    def _ranges_run_upwards(self) -> Self:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, int) for one in value):
                low, high = value
                if not 0 < low <= high:
                    raise ValueError(
                        f"`{name}` is [{low}, {high}]: the first has to be above 0 and not above the second"
                    )
        return self


class SourceTable(_Table):
    """Where the talk is."""

    path: str
    """A folder or a file, relative to the recipe."""
    kind: Literal["auto", "sporc", "transcripts"] = "auto"
    licence: str = ""
    """Of transcripts that do not say it themselves; it goes into the dataset's card."""
    damaged: Literal["stop", "keep"] = "stop"
    """What to do about a file that ends in the middle: stop, or use what can be read."""


class SelectTable(_Table):
    """Which episodes are used."""

    rules: str = "strict"
    """A rule set: strict, paper, or a TOML file of rules."""
    compare: tuple[str, ...] = ()
    """Other rule sets whose funnel is shown beside it."""


class WindowTable(_Table):
    """How episodes are cut."""

    words: Words = (900, 1100)
    per_episode: int = Field(default=3, ge=1)
    lexicon: str = ""
    """A file of words and how well they can be seen; by default photocast's own."""


class ChooseTable(_Table):
    """Which windows reach a model."""

    windows: int = Field(default=1000, ge=1)
    per_podcast: int = Field(default=20, ge=1)
    near_duplicate: float = Field(default=0.6, gt=0, le=1)
    """Jaccard similarity of five-word shingles from which on two windows are one."""
    encoder: str = ""
    """Ranks the richest windows again by a text encoder, as in `photocast score --encoder`."""
    part_size: int = Field(default=64, ge=1)
    """Windows in a part: what is asked about before the next result is on disk."""


class ExcerptTable(_Table):
    """How a model marks the excerpt in a window."""

    model: str = ""
    base_url: str = ""
    batch: bool | None = None
    """Whether questions go into batches; by default where the provider has them, and not at servers of one's own."""
    words: Words = (700, 1150)


class ScenesTable(_Table):
    """How a model turns an excerpt into prompts for pictures."""

    model: str = ""
    """By default the one that marks excerpts."""
    base_url: str = ""
    batch: bool | None = None
    count: Words = (2, 6)


class IllustrateTable(_Table):
    """How pictures are made."""

    model: str = ""
    base_url: str = ""
    style: str = "Photorealistic photograph, natural light, no illustration, no cartoon, no text. "
    """Stands before every prompt."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    retries: int = Field(default=2, ge=0, le=2)
    """How often a refused picture is tried again with other words."""
    encoder: str = ""
    """Finds pictures that show something else, by an encoder of texts and pictures."""


class PackTable(_Table):
    """What the dataset is like."""

    name: str = "spoken-pictures"
    shares: tuple[float, float, float] = (0.9, 0.05, 0.05)
    """Of training, validation and test, by podcast."""
    seed: int = 0
    min_images: int = Field(default=2, ge=1)
    scrub: bool = False
    """Whether names of hosts and guests are replaced."""
    shard_mb: int = Field(default=256, ge=1)


class Recipe(Record):
    """All tables; a table that is left out has its defaults."""

    source: SourceTable
    select: SelectTable = SelectTable()
    window: WindowTable = WindowTable()
    choose: ChooseTable = ChooseTable()
    excerpt: ExcerptTable = ExcerptTable()
    scenes: ScenesTable = ScenesTable()
    illustrate: IllustrateTable = IllustrateTable()
    pack: PackTable = PackTable()


def read_recipe(path: Path, changes: Iterable[str] = ()) -> Recipe:
    """The recipe in a file, with some of its values changed.

    Paths in it are relative to its folder, and absolute in what is returned.

    Args:
        path: of the TOML file.
        changes: each `table.key=value`, the value as TOML has it, or as it is where that is no TOML.

    Raises:
        ConfigError: it cannot be read, is no TOML, or says something that a recipe has no place for.
        UsageError: a change has another form.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"cannot read {path}", f"it is not valid TOML: {error}", "Correct that line") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"cannot read {path}", "it is not UTF-8 text", "Save it as UTF-8") from error
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise ConfigError(f"cannot read {path}", why, "Check the name and who may read it") from error
    for change in changes:
        _change(tables, change)
    try:
        recipe = Recipe.model_validate(tables)
    except ValidationError as error:
        raise _complaint(path, error) from error
    return _beside(recipe, path.parent)


def _change(tables: dict[str, Any], change: str) -> None:
    place, equals, value = change.partition("=")
    table, dot, key = place.strip().partition(".")
    if not (equals and dot and table and key):
        do = "Write it as in --set choose.windows=200"
        raise UsageError(f"cannot set {change!r}", "a change is TABLE.KEY=VALUE", do)
    try:
        said = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        said = value.strip()
    inner = tables.setdefault(table, {})
    if isinstance(inner, dict):  # otherwise the recipe is wrong, and says so itself
        inner[key] = said


def _complaint(path: Path, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    table = Recipe.model_fields.get(str(first["loc"][0]))
    if first["type"] == "extra_forbidden":
        inside = len(first["loc"]) > 1 and table is not None and isinstance(table.annotation, type)
        known = table.annotation.model_fields if inside and table and table.annotation else Recipe.model_fields
        why = f"{'the keys there' if inside else 'the tables of a recipe'} are {', '.join(known)}"
        return ConfigError(f"{path}: unknown key `{place}`", why, "Correct or remove it")
    if first["type"] == "missing":
        return ConfigError(f"{path}: `{place}` is missing", "a recipe has to say it", "Add it")
    why = first["msg"][:1].lower() + first["msg"][1:]
    return ConfigError(f"{path}: `{place}` cannot be used", why.removeprefix("value error, "), "Correct the value")


def _beside(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with absolute paths, so that it means the same everywhere on this machine."""

    def absolute(name: str) -> str:
        return name if "://" in name else str((folder / Path(name).expanduser()).absolute())

    source = recipe.source.model_copy(update={"path": absolute(recipe.source.path)})
    window = recipe.window
    if window.lexicon:
        window = window.model_copy(update={"lexicon": absolute(window.lexicon)})
    sets = tuple(absolute(one) if one.endswith(".toml") else one for one in recipe.select.compare)
    rules = recipe.select.rules
    select = recipe.select.model_copy(
        update={"compare": sets, "rules": absolute(rules) if rules.endswith(".toml") else rules}
    )
    return recipe.model_copy(update={"source": source, "window": window, "select": select})
