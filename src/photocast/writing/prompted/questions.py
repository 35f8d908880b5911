"""Three questions to whoever made the album: what no picture can tell."""

import json
import re

from photocast.models import Ending, VisionModel
from photocast.models.thoughts import without_thoughts
from photocast.schema import Fault, ModelError
from photocast.writing.prompted.work import Work

MOST = 3
_LONGEST = 300
"""Characters of a question; what is longer is none."""
_BULLET = re.compile(r"\s*(?:[-*•]\s+|\**\d{1,2}[.):]\**\s+)")


async def questions_by(model: VisionModel, work: Work) -> tuple[str, ...]:
    """The questions whose answers would help most, at most three.

    Raises:
        ModelError: nothing can be had, or what came holds no question.
    """
    pieces = [piece async for piece in model.stream(work.questions()) if not isinstance(piece, Ending)]
    asked = _questions(without_thoughts("".join(pieces)))
    found = tuple(dict.fromkeys(work.telling.show(one) for one in asked))[:MOST]
    if not found:
        raise ModelError(
            Fault.UNUSABLE, f"{model.name} asked nothing", "its answer holds no question", "Leave out --interview"
        )
    return found


def _questions(text: str) -> list[str]:
    """The questions in an answer: JSON, perhaps behind a remark, or lines, perhaps with numbers."""
    try:
        asked = json.JSONDecoder(strict=False).raw_decode(text, text.index("{"))[0]["questions"]
        lines = [one for one in asked if isinstance(one, str)]
    except (ValueError, KeyError, TypeError):
        lines = [_BULLET.sub("", line) for line in text.splitlines()]
    folded = (" ".join(line.split()).strip("*_ ") for line in lines)
    return [line for line in folded if line.endswith("?") and len(line) <= _LONGEST]
