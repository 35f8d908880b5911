"""Supervised fine-tuning: from pictures and a question to what people said (arXiv:2601.01062, section 4)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from photocast._optional import require
from photocast.models.local.faults import is_out_of_memory
from photocast.models.local.quiet import quiet
from photocast.training.arguments import sft_arguments
from photocast.training.base import open_base
from photocast.training.collator import DialogueCollator
from photocast.training.coverage import whole_checkpoints
from photocast.training.dataset import ROW
from photocast.training.facts import finish, note_facts
from photocast.training.machines.cores import let_cores_shard
from photocast.training.machines.fitting import as_it_can_be
from photocast.training.machines.load import load_of
from photocast.training.machines.machine import Machine, this_machine
from photocast.training.machines.savings import out_of_memory
from photocast.training.machines.strategy import wrap_by_layers
from photocast.training.modules import lora_config, train_language_only
from photocast.training.prepare import Prepared
from photocast.training.talks import samples_of
from photocast.training.told import Told

if TYPE_CHECKING:
    from photocast.training.watch import Coverage


def build_sft(prepared: Prepared, told: Told, machine: Machine | None = None) -> Any:
    """The trainer of a recipe, ready to train.

    Args:
        prepared: by `prepare`.
        told: who is told how it goes.
        machine: what there is to train on; this one by default.
    """
    from photocast.training.watch import Coverage, Log

    machine = machine or this_machine()
    recipe, run = prepared.recipe, prepared.run
    if not machine.gpus:
        let_cores_shard()
    usable, changed = as_it_can_be(recipe, machine)
    for change in changed:
        told.note(change)
    args = sft_arguments(recipe, run, machine)  # before the model: ZeRO-3 deals weights out while they are loaded
    base = open_base(usable, prepared.folder, dtype=usable.model.dtype, device=machine.device)
    wrap_by_layers(base.model, os.environ)
    collator = DialogueCollator(base.processor, base.fit, prepared.data.path)
    if recipe.lora is None:
        train_language_only(base.model)
    coverage = Coverage(run, args.process_index)
    with quiet():
        trainer = _trainer_class()(
            model=base.model,
            args=args,
            data_collator=collator,
            train_dataset=prepared.kept("train"),
            eval_dataset=prepared.kept("validation"),
            processing_class=base.processor,
            peft_config=lora_config(base.model, recipe.lora) if recipe.lora else None,
            callbacks=[Log(run, told), coverage],
        )
    trainer.coverage = coverage
    trainer.remove_callback(require("transformers", extra="train", purpose="training").PrinterCallback)
    if recipe.watch.samples and prepared.data.validation is not None:
        trainer.add_callback(samples_of(trainer, collator, prepared, told))
    return trainer


def train_sft(prepared: Prepared, told: Told) -> dict[str, Any]:
    """Train, or go on with a training that was stopped; returns what `run.json` says.

    Raises:
        PhotocastError: the loss is no number any more.
        ModelError: there is not enough memory.
    """
    run = prepared.run
    trainer = build_sft(prepared, told)
    processes = trainer.args.world_size
    note_facts(trainer, prepared)
    checkpoint = next(reversed(whole_checkpoints(run, processes)), None)
    if checkpoint is not None:
        trainer.coverage.resume(checkpoint)
        told.note(f"going on from step {checkpoint.name.rpartition('-')[2]}")
    with _memory(prepared, processes), quiet():
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.accelerator.wait_for_everyone()
        finish(trainer, prepared)
    return run.read_facts()


def _trainer_class() -> Any:
    trl = require("trl", extra="train", purpose="training")

    class DialogueTrainer(trl.SFTTrainer):  # type: ignore[misc, name-defined]
        """TRL's trainer, which ticks off what it has learned from."""

        coverage: "Coverage"

        def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
            rows = inputs.pop(ROW)
            if model.training:
                self.coverage.seen.update(rows.tolist())
            return super().compute_loss(model, inputs, *args, **kwargs)

        def create_model_card(self, *args: Any, **kwargs: Any) -> None:
            """Ours is written by `photocast train card`, which knows more."""

        def _send_telemetry(self) -> None:
            """TRL would tell the Hugging Face hub that it is used; photocast tells nobody anything."""

    return DialogueTrainer


@contextmanager
def _memory(prepared: Prepared, processes: int) -> Iterator[None]:
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise out_of_memory(prepared.recipe, load_of(prepared.lengths["train"]), processes=processes) from error
