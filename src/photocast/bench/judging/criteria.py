"""What judges are asked: one criterion a question, in our own words, under a version."""

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from photocast.schema import UsageError
from photocast.schema.record import Record

if TYPE_CHECKING:
    from jinja2 import Template

PROMPTS = 1
"""Version of the questions, raised with every change of a template; it stands in every vote."""

GROUNDING = "grounding"
"""The criterion that needs pictures."""
SHUFFLED = "grounding_shuffled"
"""Control: the same question, with the pictures of another item."""
IDENTICAL = "overall_identical"
"""Control: the question of `overall`, about a transcript and itself."""
CONTROLS = {SHUFFLED: GROUNDING, IDENTICAL: "overall"}
"""Criteria that no system is measured by, with the criterion whose words they use."""

_FILES = ("criteria.toml", "system.jinja", "pair.jinja", "again.jinja")
_TEMPLATES = files("photocast.bench.judging").joinpath("templates")


class Criterion(Record):
    """One question about two conversations."""

    title: str
    question: str
    look: tuple[str, ...]
    """What counts for it."""


@cache
def criteria() -> dict[str, Criterion]:
    """All criteria by name, in the order in which they are asked."""
    read = tomllib.loads(text("criteria.toml"))
    return {name: Criterion.model_validate(values) for name, values in read.items()}


def criterion(name: str) -> Criterion:
    """The criterion of that name, or the one whose words a control uses.

    Raises:
        UsageError: there is none.
    """
    found = criteria().get(CONTROLS.get(name, name))
    if found is None:
        raise UsageError(f"there is no criterion {name!r}", "judges know no such question", f"Choose of {_names()}")
    return found


def _names() -> str:
    return ", ".join(criteria())


def text(file: str) -> str:
    """A template as it stands in the package."""
    return _TEMPLATES.joinpath(file).read_text("utf-8")


def render(file: str, **values: Any) -> str:
    """A template with its values."""
    return _template(file).render(values).strip() + "\n"


def hashes() -> dict[str, str]:
    """SHA-256 of every template, its first 16 digits: what a version of the questions is."""
    return {file: hashlib.sha256(text(file).encode()).hexdigest()[:16] for file in _FILES}


@cache
def _template(file: str) -> "Template":
    from jinja2 import Environment, StrictUndefined

    # Plain text for models: nothing is escaped.
    world = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    return world.from_string(text(file))
