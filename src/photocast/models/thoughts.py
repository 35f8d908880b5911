"""What models think aloud before they answer, in the marks that they put around it."""

import re

THOUGHT = re.compile(r"<(?:think(?:ing)?|thought|reasoning)>")
THOUGHT_ENDS = re.compile(r"</(?:think(?:ing)?|thought|reasoning)>")


def without_thoughts(text: str) -> str:
    """What is left of a whole answer without what the model thinks aloud before it."""
    ends = list(THOUGHT_ENDS.finditer(text))
    return text[ends[-1].end() :] if ends else text
