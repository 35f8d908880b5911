"""Templates in a sandbox: ours, each replaced by the file of the same name in a folder of the user's."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from photocast.schema import ConfigError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment


class Templates:
    """The templates of one room; a room is a subclass that says which it has."""

    HOME: ClassVar[str]
    """Package in whose folder `templates` they are."""
    VERSION: ClassVar[int]
    """Raised whenever one of them changes."""
    NAMES: ClassVar[tuple[str, ...]]
    """What they are called, without `.jinja`."""
    BESIDE: ClassVar[tuple[str, ...]] = ()
    """Other files that belong to them."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the templates.

        Args:
            folder: holds any of the templates; those that are not there are ours.

        Raises:
            ConfigError: the folder is not there or holds no template, or a file in it cannot be read or is not valid.
        """
        self._folder = folder
        self._theirs = _read(folder, self._files()) if folder else {}
        for name in self.NAMES:
            if f"{name}.jinja" in self._theirs:
                self._template(name)

    @property
    def version(self) -> str:
        """What is written down: `1`, and for each template of the user's its name and a hash of its text."""
        changed = (f"{name} {digest(text)}" for name, text in sorted(self._theirs.items()))
        return ", ".join([str(self.VERSION), *changed])

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

    def texts(self) -> Mapping[str, str]:
        """Every file that is in force, by its name."""
        return {file: self._text(file) for file in self._files()}

    @classmethod
    def _files(cls) -> tuple[str, ...]:
        return (*(f"{name}.jinja" for name in cls.NAMES), *cls.BESIDE)

    def _template(self, name: str) -> "Template":
        from jinja2 import TemplateError

        file = f"{name}.jinja"
        try:
            return _compiled(file, self._text(file))
        except TemplateError as error:
            raise self._broken(file, error) from error

    def _text(self, file: str) -> str:
        return self._theirs[file] if file in self._theirs else self._ours(file)

    @classmethod
    def _ours(cls, file: str) -> str:
        return _packaged(cls.HOME, file)

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
def _packaged(home: str, file: str) -> str:
    return files(home).joinpath("templates", file).read_text("utf-8")


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


def _read(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    if not folder.is_dir():
        raise ConfigError(f"cannot read prompts from {folder}", "it is not a folder", "Name a folder of templates")
    found = [name for name in names if (folder / name).is_file()]
    if not found:
        raise ConfigError(
            f"cannot read prompts from {folder}", "none of its files is a template", f"Name one {', '.join(names)}"
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
