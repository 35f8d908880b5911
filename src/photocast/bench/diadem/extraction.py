"""Who says what in a caption, by a model."""

import re
from collections.abc import Mapping

from photocast.bench.diadem import prompts
from photocast.bench.diadem.records import says_nothing
from photocast.models import Request
from photocast.models.asking import SAMPLING, Asking, NoAnswer

_BULLET = re.compile(r"\s*(?:[-*•]\s+|\d{1,3}[.)]\s+)")
_COLON = re.compile("[:：]")


def extract(asking: Asking, captions: Mapping[str, str]) -> dict[str, list[str] | NoAnswer]:
    """The lines of `speaker: utterance` in each caption, or why there are none.

    Raises:
        ModelError: nothing can be had from the model.
        BudgetError: the next call could cost more than is left.
    """

    async def lines(caption: str) -> list[str] | NoAnswer:
        if says_nothing(caption):
            return []
        request = Request((prompts.extraction(caption),), sampling=SAMPLING, purpose="extract")
        return await asking.ask(request, spoken_lines, prompts.extraction_again())

    found = asking.all(lines, captions.values(), "Extracting")
    return dict(zip(captions, found, strict=True))


def spoken_lines(answer: str) -> list[str] | None:
    """The lines of an answer; none for the word None. None when there is neither."""
    if not answer.strip():
        return None
    if says_nothing(answer):
        return []
    lines = [_BULLET.sub("", line, count=1) for line in answer.splitlines()]
    found = [line.strip() for line in lines if _COLON.search(line)]
    return found or None
