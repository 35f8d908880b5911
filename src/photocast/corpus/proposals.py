"""What pictures a model asks for: its answer as JSON, and how it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from photocast.corpus.outcome import short, whole_number
from photocast.corpus.scene_checks import Proposal
from photocast.corpus.shown import plain
from photocast.models.answers import json_objects, refuses
from photocast.prompts.forms import list_of, object_of

_MOST = 50
"""Proposals that are read of an answer, whatever it holds."""
_LABEL = re.compile(r"\A(?:(?:scene|photo|photograph|picture|image|prompt) *#?\d*|\d+) *[:.)-] +", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A model that will not, in its own words."""

    words: str


Said: TypeAlias = tuple[Proposal, ...] | Refusal


def scenes_schema() -> dict[str, Any]:
    """The JSON schema of an answer, for models that keep to one."""
    number = {"type": "integer"}
    return object_of(scenes=list_of(object_of(first=number, last=number, prompt={"type": "string"})))


def read_proposals(answer: str) -> Said | None:
    """What an answer asks for, unchecked; None where it has another form, or asks for two different things.

    JSON may be fenced or stand among other words. What is no description, or has no numbers, is proposed all the same
    as an empty one or one of no turns, so that it is counted among those that cannot be used.
    """
    objects = [one for one in json_objects(answer) if "scenes" in one]
    if not objects:
        return Refusal(short(answer)) if refuses(answer) else None
    listed = objects[0]["scenes"]
    if not isinstance(listed, list) or any(one != objects[0] for one in objects):
        return None
    return tuple(_proposal(one) for one in listed[:_MOST])


def _proposal(said: Any) -> Proposal:
    fields = said if isinstance(said, Mapping) else {}
    prompt = fields.get("prompt")
    words = _LABEL.sub("", plain(prompt), count=1) if isinstance(prompt, str) else ""
    return Proposal(words, whole_number(fields.get("first")), whole_number(fields.get("last")))
