"""The templates, and how they become text."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photocast.schema import ConfigError

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

VERSION = 1
"""Raised whenever a template changes: an episode says with which version it was written."""

NAMES = ("system", "script", "paper", "turns", "look", "questions")
_STYLES = "styles.toml"
_OURS = files("photocast.prompts").joinpath("templates")


class Prompts:
    """The templates that come with photocast, each replaced by the file of the same name in a folder of the user's."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the templates.

        Args:
            folder: holds any of `system.jinja`, `script.jinja`, `paper.jinja`, `turns.jinja`, `look.jinja`,
                `questions.jinja` and `styles.toml`; those that are not there are ours.

        Raises:
            ConfigError: the folder is not there or holds no template, or a file in it cannot be read.
        """
        self._theirs = _read(folder) if folder else {}

    @property
    def version(self) -> str:
        """What goes into an episode: `1`, and for each template of the user's its name and a hash of its text."""
        changed = (f"{name} {_digest(text)}" for name, text in sorted(self._theirs.items()))
        return ", ".join([str(VERSION), *changed])

    def render(self, name: str, **values: Any) -> str:
        """The text of a template.

        Raises:
            ConfigError: a template of the user's is not valid, or uses a value that there is not.
        """
        from jinja2 import TemplateError, TemplateSyntaxError

        file = f"{name}.jinja"
        source = self._theirs.get(file) or _ours(file)
        try:
            text = _environment().from_string(source).render(values)
        except TemplateError as error:
            line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
            why = str(error.message or error).rstrip(".")
            raise ConfigError(
                f"cannot use the prompt {file}{line}", why, "Correct it, or delete it to have the built-in one"
            ) from error
        lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
        return re.sub(r"\n{3,}", "\n\n", lines)

    def style(self, name: str) -> str:
        """How a conversation of that style is, in a sentence or two; the user's words go before ours.

        Raises:
            ConfigError: the user's `styles.toml` cannot be read.
        """
        try:
            theirs = tomllib.loads(self._theirs.get(_STYLES, ""))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"cannot read {_STYLES}", f"it is not valid TOML: {error}", "Correct that line"
            ) from error
        return str({**tomllib.loads(_ours(_STYLES)), **theirs}[name])

    def texts(self) -> Mapping[str, str]:
        """Every template that is in force, by the name of its file."""
        return {file: self._theirs.get(file) or _ours(file) for file in (*(f"{name}.jinja" for name in NAMES), _STYLES)}


@cache
def _ours(file: str) -> str:
    return _OURS.joinpath(file).read_text("utf-8")


@cache
def _environment() -> "SandboxedEnvironment":
    """A template may come from anywhere, so it can reach nothing but its values; nothing is HTML here."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _read(folder: Path) -> dict[str, str]:
    known = [*(f"{name}.jinja" for name in NAMES), _STYLES]
    if not folder.is_dir():
        raise ConfigError(f"cannot read prompts from {folder}", "it is not a folder", "Name a folder of templates")
    found = [name for name in known if (folder / name).is_file()]
    if not found:
        raise ConfigError(
            f"cannot read prompts from {folder}", "none of its files is a template", f"Name one {', '.join(known)}"
        )
    try:
        return {name: (folder / name).read_text("utf-8") for name in found}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read prompts from {folder}", str(error), "Save them as UTF-8 text") from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
