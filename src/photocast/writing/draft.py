"""What a writer hands over."""

from collections.abc import Sequence
from dataclasses import dataclass

from photocast.schema import Script
from photocast.schema.record import Record
from photocast.writing.problem import Problem


@dataclass(frozen=True, slots=True)
class Draft:
    """A script, and what is still wrong with it."""

    script: Script
    outline: Sequence[Record] = ()
    """What the writer needs to write a turn again; a model needs nothing."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    """What happened on the way that the user should know, a sentence each."""
