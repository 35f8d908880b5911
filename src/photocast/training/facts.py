"""What a run says of itself, and its end."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from photocast import __version__
from photocast.models.local.trained import Trained
from photocast.runs import write_atomically
from photocast.training.coverage import add_up_coverage
from photocast.training.lengths import Lengths
from photocast.training.modules import trainable
from photocast.training.noise import noise_of
from photocast.training.prepare import Prepared


def note_facts(trainer: Any, prepared: Prepared) -> None:
    """Write `run.json` as far as it is known before the first step."""
    if not trainer.is_world_process_zero():
        return
    recipe, lengths = prepared.recipe, prepared.lengths
    alpha = recipe.optimisation.neftune_alpha
    hidden = trainer.model.get_input_embeddings().embedding_dim
    facts = {
        "photocast": __version__,
        "method": recipe.method,
        "recipe": recipe.name,
        "base": recipe.model.base,
        "base_folder": str(prepared.folder),
        "dataset": str(prepared.data.path),
        "splits": {split: _split_facts(found) for split, found in lengths.items()},
        "trainable_weights": trainable(trainer.model),
        "processes": trainer.args.world_size,
        "shared_by": trainer.accelerator.distributed_type.value,
        "accumulation": trainer.args.gradient_accumulation_steps,
        "device": trainer.args.device.type,
        "dtype": str(trainer.model.dtype).removeprefix("torch."),
        "noise": noise_of(alpha, lengths["train"], hidden).model_dump() if alpha else None,
        "versions": _versions(),
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if prepared.run.facts.is_file():
        facts["begun"] = prepared.run.read_facts()["begun"]
    write_atomically(prepared.run.facts, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _split_facts(lengths: Lengths) -> dict[str, Any]:
    return {
        "fingerprint": lengths.fingerprint,
        "samples": len(lengths.rows),
        "tokens": lengths.tokens,
        "longest": lengths.longest,
        "text_share": round(lengths.text_share, 4),
    }


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("torch", "transformers", "trl", "peft", "accelerate", "datasets")}


def finish(trainer: Any, prepared: Prepared) -> None:
    """Write what was trained, and what was seen on the way."""
    recipe, run = prepared.recipe, prepared.run
    making = run.path / "final.weights"
    trainer.save_model(str(making))  # all processes: each may hold a part
    trainer.accelerator.wait_for_everyone()
    if not trainer.is_world_process_zero():
        return
    facts = run.read_facts()
    facts["coverage"] = add_up_coverage(run, len(trainer.train_dataset), trainer.args.world_size)
    facts["steps"] = trainer.state.global_step
    facts["ended"] = datetime.now(UTC).isoformat(timespec="seconds")
    write_atomically(run.facts, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    trained = Trained(
        image_tokens=recipe.images.tokens, base=recipe.model.base, recipe=recipe.name, method=recipe.method
    )
    run.finish(making, trained)
