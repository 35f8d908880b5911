"""What a model marks in a window of talk: its answer as JSON, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from photocast.corpus.nouns import Utterance, Verdict
from photocast.corpus.outcome import short, whole_number
from photocast.models.answers import json_objects, refuses
from photocast.prompts.forms import list_of, object_of, one_of

UNSAFE = ("sexual", "violent", "hateful", "self_harm", "drugs", "dangerous", "profane", "private")
"""What a stretch may hold that keeps it out of a dataset, as `excerpt_system.jinja` tells it."""
POOR = ("garbled", "repetitive", "advert", "monologue", "recited", "no_story")
"""What may be wrong with it as talk, as told there."""
_NOTHING = frozenset({"", "none", "n/a"})


@dataclass(frozen=True, slots=True)
class Mark:
    """What a model says of a window.

    Attributes:
        visual: whether any of it can be photographed.
        why: in its own words.
        first: index of the first turn in the window, from 0; -1 where nothing is to be cut.
        last: index of the last turn, which belongs to it.
        safety: whether it may be shown to everybody.
        quality: whether it is worth reading.
    """

    visual: bool
    why: str
    first: int
    last: int
    safety: Verdict
    quality: Verdict


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why an answer marks nothing that can be cut: a reason as in `Dropped`, and what is behind it."""

    reason: str
    detail: str


def mark_schema() -> dict[str, Any]:
    """The JSON schema of an answer, for models that keep to one."""
    text, number = {"type": "string"}, {"type": "integer"}
    return object_of(
        why=text,
        visual={"type": "boolean"},
        first=number,
        last=number,
        safety=object_of(unsafe=list_of(one_of(UNSAFE)), why=text),
        quality=object_of(flaws=list_of(one_of(POOR)), why=text),
    )


def read_mark(answer: str, turns: Sequence[Utterance], words: tuple[int, int]) -> Mark | Unfit:
    """What an answer says. A stretch that is left out in any case need not have the right length.

    JSON may be fenced or stand among other words. Two objects that differ are none.

    Args:
        answer: whole, without thoughts.
        turns: of the window; in the answer they are numbered from 1.
        words: fewest and most of a stretch, counted by us.
    """
    objects = [one for one in json_objects(answer) if "visual" in one]
    if not objects:
        reason = "refused" if refuses(answer) else "not_marked"
        return Unfit(reason, f"the answer holds no mark; it begins {short(answer)[:60]!r}")
    if any(one != objects[0] for one in objects):
        return Unfit("not_marked", "the answer marks two stretches")
    return _of_object(objects[0], turns, words)


def _of_object(found: Mapping[str, Any], turns: Sequence[Utterance], words: tuple[int, int]) -> Mark | Unfit:
    visual, why = found["visual"], short(found.get("why"))
    if not isinstance(visual, bool):
        return Unfit("not_marked", "it is not said whether there is anything to be seen")
    if not visual:
        return Mark(False, why, -1, -1, Verdict(True), Verdict(True))
    safety, quality = _verdict(found.get("safety"), "unsafe"), _verdict(found.get("quality"), "flaws")
    if safety is None or quality is None:
        return Unfit("not_marked", f"nothing is said about {'safety' if safety is None else 'quality'}")
    if not (safety.ok and quality.ok):
        return Mark(True, why, -1, -1, safety, quality)
    first, last = whole_number(found.get("first")), whole_number(found.get("last"))
    if not 1 <= first <= last <= len(turns):
        return Unfit("not_marked", f"turns {first} to {last} were marked, and there are {len(turns)}")
    return _measured(turns[first - 1 : last], words) or Mark(True, why, first - 1, last - 1, safety, quality)


def _measured(stretch: Sequence[Utterance], words: tuple[int, int]) -> Unfit | None:
    """What is wrong with the length of a stretch."""
    *_, counted = accumulate(len(turn.text.split()) for turn in stretch)
    if words[0] <= counted <= words[1]:
        return None
    reason = "too_short" if counted < words[0] else "too_long"
    return Unfit(reason, f"{counted} words were marked, and {words[0]} to {words[1]} were asked for")


def _verdict(said: Any, name: str) -> Verdict | None:
    """A list of what is wrong, with a reason; words that are not on our list count as well."""
    if not isinstance(said, Mapping) or not isinstance(listed := said.get(name), list):
        return None
    if not all(isinstance(one, str) for one in listed):
        return None
    found = ", ".join(sorted({short(one) for one in listed if short(one).casefold() not in _NOTHING}))
    why = short(said.get("why"))
    return Verdict(False, short(f"{found}: {why}" if why else found)) if found else Verdict(True, why)
