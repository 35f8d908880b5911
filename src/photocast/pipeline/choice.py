"""Which model writes, and why that one: the flag, the environment, a file, or nothing."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError

from photocast.schema import ConfigError, Permission, UsageError, Way, Writer
from photocast.schema.record import Record
from photocast.schema.toml import read_toml

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


def _two_numbers(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("it takes two numbers, dollars for a million tokens in and out, as in [0.25, 2.0]")
    return tuple(value)


Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Price = Annotated[tuple[Amount, Amount], BeforeValidator(_two_numbers)]


class WriterWishes(Record):
    """What a file or a command line says of who is to write; whatever is left out is decided elsewhere."""

    model: str | None = None
    base_url: str | None = None
    way: Way | None = None
    allow: tuple[Permission, ...] | None = None
    prompts: str | None = None
    """A folder, relative to the file that names it."""
    price: Price | None = None
    """US dollars for a million tokens in, and for a million out."""
    max_cost: Amount | None = None
    """US dollars."""
    patience: Amount | None = None
    """Seconds."""


def choose(flags: Mapping[str, Any], files: Iterable[Path], *, base: Writer | None = None) -> Writer:
    """The writer: flags before the environment, that before the project's file, that before the user's, then `pocket`.

    A server and a price belong to a model: they count only from the place that names it, or from one that counts more.

    Args:
        flags: as in `WriterWishes`; what is None was not given.
        files: those that may say it beside the user's own, the one that counts least first.
        base: of an episode that is there: it stands in place of all but the flags and the user's limits.

    Raises:
        ConfigError: a file or a variable cannot be used.
        UsageError: a flag cannot.
    """
    layers = [_flags(flags)]
    configured = [_environment(), *(_file(path) for path in reversed([*files])), *_user_file()]
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
    if base:
        _check_server(chosen.get("base_url"), [wishes.get("base_url") for _, wishes in (layers[0], *configured)])
    return Writer.model_validate(chosen)


def _check_server(url: str | None, named_by_the_user: Sequence[str | None]) -> None:
    """A server that an episode alone names gets neither photos nor a key: an episode can come from anybody.

    Raises:
        ConfigError: it is not on this machine, and nothing of the user's names it.
    """
    from photocast.models.remote.address import is_here

    if url is None or url in named_by_the_user or is_here(urlsplit(url).hostname or ""):
        return
    raise ConfigError(
        f"the episode names a server of its own, {url}",
        "an episode can come from anybody, and photos and a key would be sent there",
        f"Add --base-url {url} if you trust it",
    )


def _flags(flags: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    given = {name: flags[name] for name in _KEYS if flags.get(name) is not None}
    try:
        return "as --model says", _given(WriterWishes.model_validate(given))
    except ValidationError as error:
        name, why = _first(error)
        raise UsageError(f"cannot use this for --{name.replace('_', '-')}", why, f"Change {name}") from error


def _environment() -> tuple[str, dict[str, Any]]:
    found = {name: value for variable, name in _FROM_ENVIRONMENT.items() if (value := _variable(variable))}
    try:
        return "as PHOTOCAST_MODEL in the environment says", _given(WriterWishes.model_validate(found))
    except ValidationError as error:
        name, why = _first(error)
        variable = next(one for one, key in _FROM_ENVIRONMENT.items() if key == name)
        raise ConfigError(f"cannot use {variable}={_variable(variable)}", why, "Correct or unset it") from error


def _first(error: ValidationError) -> tuple[str, str]:
    """The key that is wrong, and why."""
    first = error.errors()[0]
    why = first["msg"].removeprefix("Value error, ")
    return str(first["loc"][0]), why[:1].lower() + why[1:]


def _variable(name: str) -> str:
    return os.environ.get(name, "").strip()


def _file(path: Path, shape: type[WriterWishes] | None = None) -> tuple[str, dict[str, Any]]:
    """What one file says; a project's has keys of the brief beside those of the writer."""
    from photocast.pipeline.settings import Wishes

    wishes = _given(read_toml(path, shape or Wishes))
    if "prompts" in wishes:
        wishes["prompts"] = str(path.parent / Path(wishes["prompts"]).expanduser())
    return f"as {path} says", wishes


def _user_file() -> list[tuple[str, dict[str, Any]]]:
    path = user_file()
    return [_file(path, WriterWishes)] if path.is_file() else []


def user_file() -> Path:
    """Where the user's own settings are: they hold for whatever folder one works in."""
    from photocast.models.keys import config_folder

    return config_folder() / USER_FILE


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
            f"Move it to {user_file()}, or to a {PROJECT_FILE} in a folder that you work in and that holds no photos",
        )
