"""Which family a model is of: judges prefer their own."""

import re
from collections.abc import Iterator, Mapping, Sequence

FEWEST_FAMILIES = 3
"""A panel of fewer is told so: what one family likes, all its judges like (arXiv:2404.18796)."""

_FAMILIES = (
    ("claude", r"claude|anthropic"),
    ("gemini", r"gemini|gemma|palm|paligemma"),
    ("gpt", r"gpt|\bo[1-9]\b|\bo[1-9]-|openai"),
    ("llama", r"llama|vicuna|llava"),
    ("qwen", r"qwen|qwq|qvq"),
    ("mistral", r"mistral|mixtral|pixtral|ministral|magistral"),
    ("deepseek", r"deepseek"),
    ("phi", r"\bphi[-\d]"),
    ("grok", r"grok"),
    ("glm", r"\bglm|cogvlm"),
    ("kimi", r"kimi|moonshot"),
    ("nova", r"\bnova\b"),
    ("command", r"command|\baya\b|cohere"),
    ("internvl", r"internvl|internlm"),
    ("minicpm", r"minicpm"),
    ("smol", r"smol(?:vlm|lm)"),
    ("prometheus", r"prometheus"),
)
"""The first whose pattern is in the name; a model that was tuned by others is of the family that it started from."""
_PROVIDERS = re.compile(r"^(?:openai|anthropic|google|bedrock|openrouter|ollama|hf):")


def family_of(name: str) -> str | None:
    """The family of a model by its name, such as `qwen` of `hf:Qwen/Qwen3-VL-8B-Instruct`; None where none is known.

    The name of the provider counts only where the rest of the name says nothing: `openai:` is also how other servers
    are spoken to.
    """
    model = _PROVIDERS.sub("", name.casefold()).partition("?")[0]
    return next((family for family, pattern in _FAMILIES if re.search(pattern, model)), None)


def warnings(judges: Mapping[str, str | None], contestants: Mapping[str, str | None]) -> Iterator[str]:
    """What is wrong with a panel, a sentence each.

    Args:
        judges: family by name; None where it is not known.
        contestants: family by name of the system.
    """
    for system, family in contestants.items():
        of_it = [judge for judge, own in judges.items() if family and own == family]
        if of_it:
            yield f"{_list(of_it)} {'is' if len(of_it) == 1 else 'are'} of the family of {system} ({family})"
    families = {family or judge for judge, family in judges.items()}
    if len(families) < FEWEST_FAMILIES:
        count = "one family" if len(families) == 1 else f"{len(families)} families"
        yield f"the panel is of {count}; {FEWEST_FAMILIES} or more are less of one mind"
    if unknown := [judge for judge, family in judges.items() if family is None]:
        yield f"the family of {_list(unknown)} is not known; name it with --family NAME=FAMILY"


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
