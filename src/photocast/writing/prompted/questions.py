"""Three questions to whoever made the album: what no picture can tell."""

import json
import re

from photocast.models import Ending, VisionModel
from photocast.schema import Fault, ModelError
from photocast.writing.prompted.work import Work

MOST = 3
_LONGEST = 300


async def questions_by(model: VisionModel, work: Work) -> tuple[str, ...]:
    """The questions whose answers would help most, at most three.

    Raises:
        ModelError: nothing can be had, or what came holds no question.
    """
    pieces = [piece async for piece in model.stream(work.questions()) if not isinstance(piece, Ending)]
    found = tuple(work.telling.show(one) for one in _questions("".join(pieces)))[:MOST]
    if not found:
        raise ModelError(
            Fault.UNUSABLE, f"{model.name} asked nothing", "its answer holds no question", "Leave out --interview"
        )
    return found


def _questions(text: str) -> list[str]:
    try:
        asked = json.loads(re.sub(r"^\s*```\w*|```\s*$", "", text))["questions"]
        lines = [one for one in asked if isinstance(one, str)]
    except (ValueError, KeyError, TypeError):
        lines = [re.sub(r"^\W*(?:\d+\W+)?", "", line) for line in text.splitlines()]
    return [line.strip()[:_LONGEST] for line in lines if line.strip().endswith("?")]
