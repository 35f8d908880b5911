"""The templates with which an album is looked at and written about."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from photocast.prompts.templated import Templates, digest
from photocast.schema import ConfigError

__all__ = ["NAMES", "VERSION", "Prompts", "digest"]

VERSION = 2
"""Raised whenever a template changes, or what is put into one: an episode says with which version it was written.

1: the first. 2: `paper` asks for a range of lengths, as training does, and no longer for a number.
"""

NAMES = ("system", "script", "paper", "turns", "delivery", "look", "questions")
_STYLES = "styles.toml"


class Prompts(Templates):
    """The templates that come with photocast, each replaced by the file of the same name in a folder of the user's.

    They are `system.jinja`, `script.jinja`, `paper.jinja`, `turns.jinja`, `delivery.jinja`, `look.jinja`,
    `questions.jinja` and `styles.toml`.
    """

    HOME, VERSION, NAMES, BESIDE = "photocast.prompts", VERSION, NAMES, (_STYLES,)

    def __init__(self, folder: Path | None = None) -> None:
        """Read the templates.

        Args:
            folder: holds any of the templates; those that are not there are ours.

        Raises:
            ConfigError: the folder is not there or holds no template, or a file in it cannot be read or is not valid.
        """
        super().__init__(folder)
        self._styles = self._read_styles()

    def style(self, name: str) -> str:
        """How a conversation of that style is, in a sentence or two; the user's words go before ours."""
        return self._styles[name]

    def _read_styles(self) -> Mapping[str, str]:
        try:
            theirs = tomllib.loads(self._theirs.get(_STYLES, ""))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"cannot read {self._path(_STYLES)}", f"it is not valid TOML: {error}", "Correct that line"
            ) from error
        styles: dict[str, str] = tomllib.loads(self._ours(_STYLES))
        for name, text in theirs.items():
            if name not in styles or not isinstance(text, str):
                raise ConfigError(
                    f"cannot use {self._path(_STYLES)}",
                    f"{name!r} is not the name of a style with a text behind it",
                    f"Describe any of {', '.join(styles)}",
                )
        return styles | theirs
