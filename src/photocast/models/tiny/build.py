"""Tiny vision-language models, built in a second without a network.

Their weights are random, so they say nothing; or they recite: then their weights are chosen so that they answer every
question with one text. Either way they are whole models in folders as transformers writes them.
"""

from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from photocast.models.local.quiet import quiet
from photocast.models.tiny.families import FAMILIES, Family, Size
from photocast.models.tiny.words import pieces_of, tokenizer

_CERTAINTY = 20.0
"""How far the next piece of a recited text stands out; at temperature 1 the rest has no chance that could be drawn."""


def build_tiny(
    family: str, folder: Path, *, recites: str = "", size: Size | None = None, seed: int = 0, dtype: str = "float32"
) -> Path:
    """Write a model of one of the `FAMILIES` with its processor into a folder; returns the folder.

    Args:
        family: one of `FAMILIES`.
        folder: is made when it is not there.
        recites: what the model answers whatever it is asked and shown, up to 2,048 tokens of a few words each.
        size: how large the part that writes is; by default some 200,000 weights in all.
        seed: of the random weights.
        dtype: of the weights in the files.
    """
    import torch

    made = FAMILIES[family]
    pieces = pieces_of(recites)
    words = tokenizer(made.words, pieces)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = _auto_model().from_config(made.config(words, size or Size()))
    model.generation_config.eos_token_id = [words.eos_token_id, words.pad_token_id]
    processor = made.processor(words)
    if recites:
        _teach(model, _chain(made, processor, pieces))
    folder.mkdir(parents=True, exist_ok=True)
    with quiet():
        model.to(getattr(torch, dtype)).save_pretrained(folder)
        processor.save_pretrained(folder)
    return folder


def build_adapter(base: Path, folder: Path, *, seed: int = 1, strength: float = 0.5) -> Path:
    """Write a LoRA adapter with random weights for the model in `base`; returns the folder.

    Args:
        base: folder of the model.
        folder: of the adapter.
        seed: of the random weights.
        strength: standard deviation of the weights; 0 changes nothing.
    """
    import torch

    peft: Any = import_module("peft")
    projections = r"^(?!.*(?:visual|vision|connector|projector|merger)).*\.(?:q_proj|k_proj|v_proj|o_proj|down_proj)$"
    config = peft.LoraConfig(r=4, lora_alpha=8, target_modules=projections, task_type="CAUSAL_LM")
    random = torch.Generator().manual_seed(seed)
    with quiet():
        adapted = peft.get_peft_model(_auto_model().from_pretrained(base, local_files_only=True), config)
        for name, weight in adapted.named_parameters():
            if "lora_" in name:
                weight.data = strength * torch.randn(weight.shape, generator=random)
        adapted.save_pretrained(folder)
    return folder


def _auto_model() -> Any:
    return import_module("transformers").AutoModelForImageTextToText


def _chain(made: Family, processor: Any, pieces: tuple[str, ...]) -> list[int]:
    """The tokens of a recitation, from the last one of every question to the one that ends the answer."""
    chat = [{"role": "user", "content": [{"type": "text", "text": "?"}]}]
    asked = processor.apply_chat_template(chat, add_generation_prompt=True)
    words = processor.tokenizer
    (*_, last) = words(asked, add_special_tokens=False)["input_ids"]
    return [last, *words.convert_tokens_to_ids(list(pieces)), words.convert_tokens_to_ids(made.words.end)]


def _teach(model: Any, chain: list[int]) -> None:
    """Set the weights so that each token of the chain is followed by the next.

    With nothing added by its layers, what the model knows at a token is the token's own embedding; and the row of the
    last matrix that belongs to the next token is that same embedding.
    """
    import torch

    language = model.get_decoder()
    with torch.no_grad():
        for name, weight in language.named_parameters():
            if name.endswith(("o_proj.weight", "out_proj.weight", "down_proj.weight")):
                weight.zero_()
        embeddings = model.get_input_embeddings().weight
        last = model.get_output_embeddings().weight
        torch.nn.init.normal_(embeddings)
        last.zero_()
        for token, following in pairwise(chain):
            last[following] = _CERTAINTY * embeddings[token] / embeddings[token].norm()
