"""What a training rests on, for whoever writes about it."""

import re

from photocast.training.recipe import Recipe

_KNOWN = {
    "2601.01062": "SPoRC-VIST: the training on pairs of pictures and podcast talk, and its values",
    "2601.19267": "DiaDem: dialogue-aware captions, and GRPO in two stages by difficulty",
    "2510.10395": "AVoCaDO: the values of GRPO that DiaDem does not give",
    "2407.02586": "Improving Visual Storytelling with Multimodal LLMs: the tasks of visual stories",
    "2411.07892": "SPoRC: the podcasts",
    "2106.09685": "LoRA",
    "2305.14314": "QLoRA",
    "2310.05914": "NEFTune: noise on embeddings",
    "2402.03300": "GRPO (in DeepSeekMath)",
}
_NUMBER = re.compile(r"\b\d{4}\.\d{5}\b")


def papers(recipe: Recipe, *, sporc: bool) -> tuple[tuple[str, str], ...]:
    """Numbers on arXiv of what a training used, each with what it gave.

    Args:
        recipe: of the training; those that it names as its source come first.
        sporc: whether the talk is out of SPoRC.
    """
    used = {
        "2411.07892": sporc,
        "2106.09685": recipe.lora is not None,
        "2305.14314": recipe.model.quantize is not None,
        "2310.05914": recipe.optimisation.neftune_alpha is not None,
        "2402.03300": recipe.method == "grpo",
    }
    numbers = [*_NUMBER.findall(recipe.source), *(number for number, is_used in used.items() if is_used)]
    return tuple((number, _KNOWN.get(number, "named by the recipe")) for number in dict.fromkeys(numbers))
