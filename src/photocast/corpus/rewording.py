"""Other words for a prompt that a text-to-image model's filter refused."""

import json
import re
from typing import Any

from photocast.corpus.asking import Ask, Question
from photocast.models import Request
from photocast.models.asking import SAMPLING, NoAnswer

PROMPTS = 1
"""Version of the question."""
_LONGEST = 80
"""Words."""
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"prompt": {"type": "string"}},
    "required": ["prompt"],
    "additionalProperties": False,
}
_ASKED = """A text-to-image service refused to draw the scene below, probably because a word in it sounds risky to its
filter, though the scene itself is harmless. Describe the same scene in other words. Keep the place, the things and the
light. Leave out or soften whatever could be read as violent, sexual, medical or illegal, and say nothing of real
people, brands or written text. If that leaves nothing to draw, describe the place alone.

Answer with JSON alone: {{"prompt": "…"}}, in 5 to 60 words.

Scene: {scene}"""


async def reworded(prompt: str, ask: Ask) -> str | None:
    """The prompt in other words; None if nobody finds any."""
    scene = json.dumps(prompt, ensure_ascii=False)
    request = Request((_ASKED.format(scene=scene),), sampling=SAMPLING, schema=_SCHEMA, purpose="reword")
    again = "Your answer could not be read. Answer with the JSON object alone."
    found = (await ask(Question(request, _read, again))).found
    return None if isinstance(found, NoAnswer) or found == prompt else found


def _read(answer: str) -> str | None:
    match = re.search(r"\{.*\}", answer, re.DOTALL)
    try:
        said = json.loads(match[0])["prompt"] if match else None
    except (ValueError, KeyError, TypeError):
        return None
    words = said.split() if isinstance(said, str) else []
    return " ".join(words) if 0 < len(words) <= _LONGEST else None
