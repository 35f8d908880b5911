"""What of a turn's delivery an engine is asked for, and what of it nobody will hear."""

from collections import Counter
from collections.abc import Mapping, Sequence

from photocast.models.speech import Abilities, Line
from photocast.schema import Turn
from photocast.schema.delivery import manner_of

ANY = "*"
"""Stands in `Abilities` for whatever can be said in words."""
SILENCES = frozenset({"beat"})
"""Events that are heard as time between turns, whatever the engine is."""


def line_of(turn: Turn, voice: str, abilities: Abilities, speed: float = 1.0) -> Line:
    """The line for an engine, with what it can do of the turn's delivery and no more.

    What is not heard is not in the line: the clip is the same with it and without, and is not made again. A turn that
    is said laughing, by an engine which only can laugh before it speaks, begins with a laugh.
    """
    said = turn.delivery
    manner = _manner(said.manner, abilities)
    events = tuple(event for event in said.events if event not in SILENCES and _can(event, abilities.events))
    if _laughs_instead(turn, abilities):
        events = ("laugh", *events)
    return Line(turn.text, voice, speed, manner, events, said.emphasis if abilities.emphasis else ())


def unheard(turns: Sequence[Turn], lines: Sequence[Line]) -> Mapping[str, int]:
    """What the turns ask for and the lines do not have, by name, most frequent first.

    A manner goes by its name in `schema.delivery.MANNERS`, or by its own words; stress by `emphasis`.
    """
    missing: Counter[str] = Counter()
    for turn, line in zip(turns, lines, strict=True):
        said = turn.delivery
        manner = (manner_of(said.manner) or said.manner) if said.manner else None
        if manner and line.manner is None and not (manner == "laughing" and "laugh" in line.events):
            missing[manner] += 1
        missing.update((Counter(said.events) - Counter(line.events)).elements())
        missing["emphasis"] += len(said.emphasis) if not line.emphasis else 0
    return {name: times for name, times in missing.most_common() if times and name not in SILENCES}


def _manner(written: str | None, abilities: Abilities) -> str | None:
    """The manner as the engine knows it: by its name, or in the words of the script where it takes any."""
    name = manner_of(written) if written else None
    if name and _can(name, abilities.manners):
        return name
    return written if ANY in abilities.manners else None


def _laughs_instead(turn: Turn, abilities: Abilities) -> bool:
    said = turn.delivery
    laughing = said.manner is not None and manner_of(said.manner) == "laughing"
    cannot = laughing and _manner(said.manner, abilities) is None
    return cannot and "laugh" not in said.events and _can("laugh", abilities.events)


def _can(name: str, able: frozenset[str]) -> bool:
    return name in able or ANY in able
