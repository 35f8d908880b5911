"""What TRL's trainer is told: every value of a recipe under the name it has there."""

import os
from typing import Any

from photocast._optional import require
from photocast.models.local.quiet import quiet
from photocast.training.folder import RunFolder
from photocast.training.machines.machine import Machine, dtype_here
from photocast.training.recipe import Recipe


def sft_arguments(recipe: Recipe, run: RunFolder, machine: Machine) -> Any:
    """The arguments of supervised fine-tuning.

    Args:
        recipe: what is wanted.
        run: where checkpoints go.
        machine: what there is to train on; it decides about bfloat16.
    """
    trl = require("trl", extra="train", purpose="training")
    optimisation, watch = recipe.optimisation, recipe.watch
    dtype = dtype_here(recipe.model.dtype, machine)
    with quiet():
        return trl.SFTConfig(
            output_dir=str(run.checkpoints),
            optim=optimisation.optimiser if machine.gpus else "adamw_torch",
            learning_rate=optimisation.learning_rate,
            lr_scheduler_type=optimisation.schedule,
            warmup_steps=optimisation.warmup,  # below 1 it is a share of the steps
            weight_decay=optimisation.weight_decay,
            max_grad_norm=optimisation.max_grad_norm,
            neftune_noise_alpha=optimisation.neftune_alpha,
            num_train_epochs=optimisation.epochs,
            max_steps=optimisation.max_steps or -1,
            gradient_checkpointing=optimisation.checkpointing,
            seed=optimisation.seed,
            data_seed=optimisation.seed,
            per_device_train_batch_size=recipe.batch.per_device,
            per_device_eval_batch_size=recipe.batch.per_device,
            gradient_accumulation_steps=recipe.batch.accumulation_on(processes()),
            bf16=dtype == "bfloat16",
            fp16=dtype == "float16",
            use_cpu=not machine.gpus,
            max_length=None,  # nothing is cut: lengths were measured before
            remove_unused_columns=False,
            ddp_find_unused_parameters=False,  # what learns is in the decoder, where every sample passes through all
            dataloader_num_workers=recipe.data.workers,
            logging_steps=watch.log_every,
            logging_nan_inf_filter=False,  # it would show the last good loss in the place of one that is no number
            save_steps=watch.save_every,
            save_total_limit=watch.keep,
            eval_strategy="steps" if recipe.data.validation else "no",
            eval_steps=watch.validate_every,
            disable_tqdm=True,
            report_to="none",
        )


def processes() -> int:
    """Processes that train together, as torchrun and Accelerate tell each of them."""
    return int(os.environ.get("WORLD_SIZE", "1"))
