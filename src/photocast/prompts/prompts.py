"""The templates, and how they become text."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from photocast.schema import ConfigError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

VERSION = 1
"""Raised whenever a template changes: an episode says with which version it was written."""

NAMES = ("system", "script", "paper", "turns", "look", "questions")
_STYLES = "styles.toml"
_FILES = (*(f"{name}.jinja" for name in NAMES), _STYLES)
_OURS = files("photocast.prompts").joinpath("templates")


class Prompts:
    """The templates that come with photocast, each replaced by the file of the same name in a folder of the user's."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the templates.

        Args:
            folder: holds any of `system.jinja`, `script.jinja`, `paper.jinja`, `turns.jinja`, `look.jinja`,
                `questions.jinja` and `styles.toml`; those that are not there are ours.

        Raises:
            ConfigError: the folder is not there or holds no template, or a file in it cannot be read or is not valid.
        """
        self._folder = folder
        self._theirs = _read(folder) if folder else {}
        self._styles = self._read_styles()
        for name in NAMES:
            if f"{name}.jinja" in self._theirs:
                self._template(name)

    @property
    def version(self) -> str:
        """What goes into an episode: `1`, and for each template of the user's its name and a hash of its text."""
        changed = (f"{name} {digest(text)}" for name, text in sorted(self._theirs.items()))
        return ", ".join([str(VERSION), *changed])

    def render(self, name: str, **values: Any) -> str:
        """The text of a template.

        Raises:
            ConfigError: a template of the user's uses a value that there is not, or does what cannot be done.
        """
        template = self._template(name)
        try:
            text = template.render(values)
        except Exception as error:  # a template may divide by zero as well as use what there is not
            raise self._broken(f"{name}.jinja", error) from error
        return _tidy(text)

    def style(self, name: str) -> str:
        """How a conversation of that style is, in a sentence or two; the user's words go before ours."""
        return self._styles[name]

    def texts(self) -> Mapping[str, str]:
        """Every template that is in force, by the name of its file."""
        return {file: self._text(file) for file in _FILES}

    def _template(self, name: str) -> "Template":
        from jinja2 import TemplateError

        file = f"{name}.jinja"
        try:
            return _compiled(file, self._text(file))
        except TemplateError as error:
            raise self._broken(file, error) from error

    def _text(self, file: str) -> str:
        return self._theirs[file] if file in self._theirs else _ours(file)

    def _read_styles(self) -> Mapping[str, str]:
        try:
            theirs = tomllib.loads(self._theirs.get(_STYLES, ""))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"cannot read {self._path(_STYLES)}", f"it is not valid TOML: {error}", "Correct that line"
            ) from error
        styles: dict[str, str] = tomllib.loads(_ours(_STYLES))
        for name, text in theirs.items():
            if name not in styles or not isinstance(text, str):
                raise ConfigError(
                    f"cannot use {self._path(_STYLES)}",
                    f"{name!r} is not the name of a style with a text behind it",
                    f"Describe any of {', '.join(styles)}",
                )
        return styles | theirs

    def _broken(self, file: str, error: Exception) -> ConfigError:
        line = _line_of(error, file)
        return ConfigError(
            f"cannot use the prompt {self._path(file)}" + (f", line {line}" if line else ""),
            str(error).rstrip(".") or type(error).__name__,
            "Correct it, or delete it to have the built-in one",
        )

    def _path(self, file: str) -> str:
        return str(self._folder / file) if self._folder and file in self._theirs else file


def digest(text: str) -> str:
    """Eight characters that tell one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _tidy(text: str) -> str:
    """No blanks at the ends of lines, and never more than one empty line."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _line_of(error: Exception, file: str) -> int | None:
    """The line of the template: where it cannot be read, or where it was when it failed."""
    line: int | None = getattr(error, "lineno", None)
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@cache
def _ours(file: str) -> str:
    return _OURS.joinpath(file).read_text("utf-8")


@cache
def _compiled(file: str, text: str) -> "Template":
    """The template, which knows its name and so in which line of which file it fails."""
    environment = _environment()
    return environment.template_class.from_code(
        environment, environment.compile(text, filename=file), environment.globals
    )


@cache
def _environment() -> "SandboxedEnvironment":
    """A template may come from anywhere, so it can reach nothing but its values; nothing is HTML here."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )


def _read(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise ConfigError(f"cannot read prompts from {folder}", "it is not a folder", "Name a folder of templates")
    found = [name for name in _FILES if (folder / name).is_file()]
    if not found:
        raise ConfigError(
            f"cannot read prompts from {folder}", "none of its files is a template", f"Name one {', '.join(_FILES)}"
        )
    return {name: _text_of(folder / name) for name in found}


def _text_of(file: Path) -> str:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the prompt {file}", str(error), "Save it as UTF-8 text") from error
    if not text.strip():
        raise ConfigError(
            f"cannot use the prompt {file}", "it is empty", "Write it, or delete it to have the built-in one"
        )
    return text
