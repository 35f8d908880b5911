"""What happens while a model writes, for whoever is watching."""

from collections.abc import Callable
from dataclasses import dataclass

from photocast.schema import Turn


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn is there."""

    turn: Turn
    again: bool = False
    """Whether it takes the place of the turn of the same id that was heard before."""
    cast: tuple[str, ...] = ()
    """Names of all who will speak, in the order of the script's speakers: for whoever gives them voices."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Turns that were heard do not count: the answer they belong to could not be used."""

    ids: tuple[str, ...]


Event = Heard | TakenBack
Listener = Callable[[Event], None]
