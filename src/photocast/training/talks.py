"""Talks that a model writes while it learns."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from photocast._optional import require
from photocast.training.collator import DialogueCollator
from photocast.training.dataset import ROW
from photocast.training.prepare import Prepared
from photocast.training.told import Told


def samples_of(trainer: Any, collator: DialogueCollator, prepared: Prepared, told: Told) -> Any:
    """Has every process write the same talks: with shared weights, none can do it alone."""
    import torch

    from photocast.training.watch import Samples

    recipe = prepared.recipe
    validation: Any = prepared.kept("validation")
    rows = [validation[number] for number in range(min(recipe.watch.samples, len(validation)))]
    words = collator.processor.tokenizer
    ends = sorted({collator.end, words.eos_token_id} - {None})
    settings = require("transformers", extra="train", purpose="training").GenerationConfig(
        max_new_tokens=recipe.generation.max_tokens,
        do_sample=recipe.generation.temperature > 0,
        temperature=recipe.generation.temperature or None,
        top_p=recipe.generation.top_p if recipe.generation.temperature else None,
        top_k=0,
        eos_token_id=ends,
        pad_token_id=words.pad_token_id,
    )

    def write() -> list[tuple[str, str, bool]]:
        model = trainer.model
        asked = collator.asked(rows).to(trainer.args.device)
        with torch.no_grad(), _undisturbed(model, recipe.optimisation.seed):
            said = model.generate(**asked, generation_config=settings, synced_gpus=trainer.args.world_size > 1)
        answers = said[:, asked["input_ids"].shape[1] :]
        texts = words.batch_decode(answers, skip_special_tokens=True)
        ended = [bool(set(answer.tolist()) & set(ends)) for answer in answers]
        return [(str(row.get("id", row[ROW])), text, end) for row, text, end in zip(rows, texts, ended, strict=True)]

    return Samples(prepared.run, told, every=recipe.watch.samples_every, loop=recipe.watch.loop_rep_4, write=write)


@contextmanager
def _undisturbed(model: Any, seed: int) -> Iterator[None]:
    """A pause in which the model is asked; chance goes on afterwards as if there had been none."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model.eval()
        try:
            yield
        finally:
            model.train()
