"""One stage of GRPO (arXiv:2402.03300), by TRL's trainer."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from photocast._optional import require
from photocast.models.local.chat import template_settings
from photocast.models.local.faults import is_out_of_memory
from photocast.models.local.quiet import quiet
from photocast.models.local.trained import Trained
from photocast.training.collator import DialogueCollator
from photocast.training.coverage import add_up_coverage, whole_checkpoints
from photocast.training.facts import note_facts
from photocast.training.folder import RunFolder
from photocast.training.grpo.checks import grpo_of, prompts_per_step
from photocast.training.grpo.policy import Policy
from photocast.training.grpo.prompts import HEAVY, Prompts
from photocast.training.grpo.rollouts import drawn_as
from photocast.training.grpo.schedule import schedule
from photocast.training.grpo.scoring import Rewards
from photocast.training.grpo.witness import Witness, witnessed
from photocast.training.machines.load import load_of
from photocast.training.machines.machine import Machine, dtype_here
from photocast.training.machines.savings import out_of_memory
from photocast.training.prepare import Prepared
from photocast.training.recipe import Recipe, StageTable
from photocast.training.told import Told
from photocast.training.watch import Coverage, Log

REFERENCE = "ref"
"""What TRL calls the copy of the adapter that the KL divergence is measured from; it is saved beside the adapter."""


@dataclass(frozen=True)
class Stage:
    """A stage with everything that it needs.

    Attributes:
        prepared: the recipe, and the dataset.
        table: of the stage.
        run: its own folder.
        prompts: the split.
        chosen: ids of the prompts to learn from.
        rewards: by name; all that the table weighs.
        vllm: whether vLLM draws the answers, on the same GPU.
    """

    prepared: Prepared
    table: StageTable
    run: RunFolder
    prompts: Prompts
    chosen: Sequence[str]
    rewards: Rewards
    vllm: bool = False


def train_stage(stage: Stage, policy: Policy, machine: Machine, told: Told) -> None:
    """Train a policy on the prompts of a stage, or go on with a stage that was stopped; what came of it is `final`.

    Raises:
        PhotocastError: the loss is no number any more.
        ConfigError: a reward gives something that is no number.
        ModelError: there is not enough memory.
    """
    recipe, run = stage.prepared.recipe, stage.run
    run.checkpoints.mkdir(parents=True, exist_ok=True)
    coverage = Coverage(run, rank=0)
    trainer = build_trainer(stage, policy, machine, told, coverage)
    note_facts(trainer, stage.prepared)
    checkpoint = next(reversed(whole_checkpoints(run, trainer.args.world_size)), None)
    if checkpoint is not None:
        coverage.resume(checkpoint)
        told.note(f"{stage.table.name}: going on from step {checkpoint.name.rpartition('-')[2]}")
    making = run.path / "final.weights"
    with memory(stage.prepared), quiet():
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(making))
    shutil.rmtree(making / REFERENCE, ignore_errors=True)
    add_up_coverage(run, len(stage.prompts.ids), trainer.args.world_size)
    run.finish(making, trained_by(recipe))


@contextmanager
def memory(prepared: Prepared) -> Iterator[None]:
    """Have it said what to turn where memory runs out.

    Raises:
        ModelError: it did.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise out_of_memory(prepared.recipe, load_of(prepared.lengths["train"]), processes=1) from error


def trained_by(recipe: Recipe) -> Trained:
    """What a trained folder says."""
    return Trained(image_tokens=recipe.images.tokens, base=recipe.model.base, recipe=recipe.name, method=recipe.method)


def build_trainer(stage: Stage, policy: Policy, machine: Machine, told: Told, coverage: Coverage) -> Any:
    """The trainer of a stage.

    The policy at its beginning is what the KL divergence is measured from: TRL keeps a copy of the adapter for that.
    """
    collator = DialogueCollator(policy.base.processor, policy.base.fit, stage.prepared.data.path)
    witness = Witness(stage.run, coverage, stage.prepared.recipe.watch, told)
    rewards = {name: stage.rewards[name] for name in stage.table.rewards}
    with quiet():
        trainer = _trainer_class()(
            model=policy.model,
            reward_funcs=witnessed(rewards, witness),
            args=arguments(stage, policy, machine),
            train_dataset=_questions(stage, collator),
            processing_class=policy.base.processor,
            callbacks=[Log(stage.run, told), coverage],
        )
    trainer.remove_callback(require("transformers", extra="train", purpose="training").PrinterCallback)
    return trainer


def arguments(stage: Stage, policy: Policy, machine: Machine) -> Any:
    """What TRL's trainer is told: every value of a recipe under the name that it has there.

    Dropout is off: the answers, the probabilities that they are learned with, and the divergence from the beginning of
    the stage have to be of one and the same policy.
    """
    trl = require("trl", extra="train", purpose="GRPO")
    recipe, table = stage.prepared.recipe, stage.table
    optimisation, watch, grpo = recipe.optimisation, recipe.watch, grpo_of(recipe)
    dtype = dtype_here(recipe.model.dtype, machine)
    with quiet():
        return trl.GRPOConfig(
            output_dir=str(stage.run.checkpoints),
            optim=optimisation.optimiser if machine.gpus else "adamw_torch",
            learning_rate=table.learning_rate or optimisation.learning_rate,
            lr_scheduler_type=optimisation.schedule,
            warmup_steps=optimisation.warmup,  # below 1 it is a share of the steps
            weight_decay=optimisation.weight_decay,
            max_grad_norm=optimisation.max_grad_norm,
            max_steps=len(_order(stage)) // prompts_per_step(recipe),
            gradient_checkpointing=optimisation.checkpointing,
            seed=optimisation.seed,
            data_seed=optimisation.seed,
            per_device_train_batch_size=recipe.batch.per_device,
            gradient_accumulation_steps=recipe.batch.accumulation_on(1),
            bf16=dtype == "bfloat16",
            fp16=dtype == "float16",
            use_cpu=not machine.gpus,
            num_generations=grpo.group,
            max_completion_length=grpo.max_tokens,
            temperature=grpo.temperature,
            generation_kwargs=_drawn_by_vllm(policy) if stage.vllm else drawn_as(policy, grpo.temperature),
            loss_type=grpo.loss,
            scale_rewards=grpo.scale,
            beta=table.beta,
            reward_weights=list(table.rewards.values()),
            shuffle_dataset=False,  # the order is ours, and the same when the stage goes on
            disable_dropout=True,
            chat_template_kwargs=template_settings(policy.base.processor),
            use_vllm=stage.vllm,
            vllm_mode="colocate",
            dataloader_num_workers=recipe.data.workers,
            logging_steps=watch.log_every,
            logging_nan_inf_filter=False,  # it would show the last good loss in the place of one that is no number
            save_steps=watch.save_every,
            save_total_limit=watch.keep,
            disable_tqdm=True,
            report_to="none",
        )


def _drawn_by_vllm(policy: Policy) -> dict[str, Any]:
    """The ends of answers and the tokens of pictures as vLLM has them; the rest it is told by TRL."""
    return {"stop_token_ids": list(policy.ends), "logit_bias": dict.fromkeys(policy.forbidden, -100.0)}


def _order(stage: Stage) -> list[int]:
    """Numbers among the chosen, a step after the other."""
    table, recipe = stage.table, stage.prepared.recipe
    optimisation = recipe.optimisation
    return schedule(
        len(stage.chosen),
        per_step=prompts_per_step(recipe),
        epochs=table.epochs or optimisation.epochs,
        steps=table.max_steps or (None if table.epochs else optimisation.max_steps),
        seed=optimisation.seed,
    )


def _questions(stage: Stage, collator: DialogueCollator) -> Any:
    """The dataset as TRL takes it: chats as `photocast make` asks, whose pictures are read when they are wanted."""
    numbers = stage.prompts.numbers(stage.chosen)
    rows = stage.prompts.rows.select([numbers[one] for one in _order(stage)])

    def asked(batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        several = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        columns = {name: list(values) for name, values in batch.items() if name not in HEAVY}
        return columns | {"prompt": [collator.question(row) for row in several]}

    return rows.with_transform(asked)


def _trainer_class() -> Any:
    trl = require("trl", extra="train", purpose="GRPO")

    class GroupTrainer(trl.GRPOTrainer):  # type: ignore[misc, name-defined]
        """TRL's trainer without its model card."""

        def create_model_card(self, *args: Any, **kwargs: Any) -> None:
            """Ours is written by `photocast train card`, which knows more."""

        def _send_telemetry(self) -> None:
            """TRL would tell the Hugging Face hub that it is used; photocast tells nobody anything."""

    return GroupTrainer
