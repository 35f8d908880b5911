"""Which model writes, and why that one: the flag, the environment, a file, or nothing."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from photocast.pipeline.toml import read_toml
from photocast.schema import ConfigError, Permission, UsageError, Way, Writer
from photocast.schema.record import Record

PROJECT_FILE = "photocast.toml"
USER_FILE = "config.toml"
_FROM_ENVIRONMENT = {
    "PHOTOCAST_MODEL": "model",
    "PHOTOCAST_BASE_URL": "base_url",
    "PHOTOCAST_WAY": "way",
    "PHOTOCAST_MAX_COST": "max_cost",
    "PHOTOCAST_PATIENCE": "patience",
}
_KEYS = ("model", "base_url", "way", "allow", "prompts", "price", "max_cost", "patience")
_OF_ONE_MODEL = frozenset({"base_url", "price"})
_LIMITS = frozenset({"max_cost", "patience"})
"""What the user wants of every run, also of one on an episode that says who writes it."""


class WriterWishes(Record):
    """What a file or a command line says of who is to write; whatever is left out is decided elsewhere."""

    model: str | None = None
    base_url: str | None = None
    way: Way | None = None
    allow: tuple[Permission, ...] | None = None
    prompts: str | None = None
    """A folder, relative to the file that names it."""
    price: tuple[float, float] | None = None
    max_cost: float | None = None
    patience: float | None = None
    """Seconds."""


class UserFile(WriterWishes):
    """`config.toml` in the user's configuration folder."""


def choose(flags: Mapping[str, Any], files: Iterable[Path], *, base: Writer | None = None) -> Writer:
    """The writer: flags before the environment, that before the project's file, that before the user's, then `pocket`.

    A server and a price belong to a model: they count only from the place that names it, or from one that counts more.

    Args:
        flags: as in `WriterWishes`; what is None was not given.
        files: those that may say it, the one that counts least first.
        base: of an episode that is there: it stands in place of all but the flags and the user's limits.

    Raises:
        ConfigError: a file or a variable cannot be used.
        UsageError: a flag cannot.
    """
    layers = [("as --model says", {name: flags[name] for name in _KEYS if flags.get(name) not in (None, ())})]
    configured = [_environment(), *(_file(path) for path in reversed([*_user_file(), *files]))]
    if base:
        limits = (
            (origin, {name: one for name, one in wishes.items() if name in _LIMITS}) for origin, wishes in configured
        )
        layers += [*limits, (base.because, _given(base))]
    else:
        layers += configured
    chosen: dict[str, Any] = {}
    for origin, wishes in layers:
        bound = _OF_ONE_MODEL if "model" in chosen else frozenset()
        chosen = {name: value for name, value in wishes.items() if name not in bound} | chosen
        if "model" in wishes:
            chosen.setdefault("because", origin)
    return _writer(chosen)


def _writer(chosen: Mapping[str, Any]) -> Writer:
    from pydantic import ValidationError

    try:
        return Writer.model_validate(chosen)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        why = first["msg"][:1].lower() + first["msg"][1:]
        raise UsageError(f"cannot use this for --{name.replace('_', '-')}", why, f"Change {name}") from error


def _environment() -> tuple[str, dict[str, Any]]:
    found = {name: value for name in _FROM_ENVIRONMENT if (value := os.environ.get(name, "").strip())}
    try:
        wishes = WriterWishes.model_validate({_FROM_ENVIRONMENT[name]: value for name, value in found.items()})
    except ValueError as error:
        names = ", ".join(name for name in found if name != "PHOTOCAST_MODEL")
        raise ConfigError(f"cannot use {names}", "its value is none that it may have", "Correct or unset it") from error
    return "as PHOTOCAST_MODEL in the environment says", _given(wishes)


def _file(path: Path) -> tuple[str, dict[str, Any]]:
    """What one file says; `photocast.toml` has keys of the brief beside those of the writer."""
    from photocast.pipeline.settings import Wishes

    wishes = _given(read_toml(path, UserFile if path.name == USER_FILE else Wishes))
    if "prompts" in wishes:
        wishes["prompts"] = str(path.parent / wishes["prompts"])
    return f"as {path} says", wishes


def _user_file() -> list[Path]:
    from photocast.models.keys import config_folder

    path = config_folder() / USER_FILE
    return [path] if path.is_file() else []


def _given(wishes: Record) -> dict[str, Any]:
    return {name: value for name in _KEYS if (value := getattr(wishes, name)) not in (None, ())}


def refuse_from_albums(path: Path) -> None:
    """Nothing inside an album may decide where its photos are sent: an album can come from anybody.

    Raises:
        ConfigError: the file names a model, a server or a permission.
    """
    from photocast.pipeline.settings import Wishes

    found = _given(read_toml(path, Wishes))
    if found:
        raise ConfigError(
            f"{path}: `{next(iter(found))}` is not taken from an album's folder",
            "an album can come from anybody, and this would decide where photos and keys are sent",
            f"Move it to {PROJECT_FILE} in the folder you work in, or to your own {USER_FILE}",
        )
