"""What a training takes on a GPU, measured: the recipe's step beside TRL's defaults, on random models of true size.

Run `python benchmarks/training_gpu.py [--models 2b 4b 8b 32b] [--steps 5]` where there is a GPU, or
`python benchmarks/training_gpu.py --estimate` anywhere, which prints what arithmetic alone says of every recipe.

The models have the shapes of Qwen3-VL and random weights, made on the GPU in bfloat16: nothing is downloaded, and time
and memory do not depend on what weights say. Their words are those of a tiny tokenizer, with the vocabulary of the real
model. Samples are as long as the paper's: five pictures of 441 tokens, a question of some 500, an answer of some 1,260.

- step: seconds of the clock from step to step, the GPU having finished; the median after two steps to warm up.
- tokens/s: tokens fed, with those of pictures.
- share of peak: operations by `photocast.training.machines.operations`, with what checkpointing works out again, over
  what the GPU's data sheet promises. Model FLOP utilisation (MFU) is the same without what is worked out again.
- peak: the most that torch had allocated, and reserved; the estimate beside it.
- TRL's defaults: the same samples, batch, rank and checkpointing, with LoRA on all linear layers, TRL's collator, no
  dropout and no noise.
"""

import argparse
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from photocast.training import read_recipe, recipe_names
from photocast.training.machines.estimate import GPUS, UTILISATION, Estimate, Gpu, estimate
from photocast.training.machines.load import Load, paper_load
from photocast.training.machines.operations import operations_of_step
from photocast.training.machines.shapes import KNOWN, Shape, find_shape
from photocast.training.recipe import Recipe

WARM_UP = 2
PICTURES, QUESTION, ANSWER = 5, 500, 1260
MODELS = {name.partition("-VL-")[2].partition("-")[0].lower(): name for name in KNOWN}
RECIPES = {"2b": "sporc-vist-2b", "4b": "sporc-vist-2b", "8b": "sporc-vist-8b-1gpu", "32b": "sporc-vist-32b"}
"""Whose settings each size is trained with; the batch is that of one device."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--models", nargs="*", choices=MODELS, default=["2b", "8b"])
    arguments.add_argument("--steps", type=int, default=5)
    arguments.add_argument("--estimate", action="store_true")
    asked = arguments.parse_args()
    if asked.estimate:
        print(estimates())
        return
    import torch

    if not torch.cuda.is_available():
        sys.exit("There is no GPU here, so nothing was measured; --estimate prints what the arithmetic says.")
    found = []
    with TemporaryDirectory() as folder:
        for model in asked.models:
            recipe = read_recipe(RECIPES[model], [f"model.base={MODELS[model]}", "strategy=ddp", "batch.devices=1"])
            for name, way in {"photocast": ours, "TRL": plain}.items():
                bench = Bench(recipe, KNOWN[MODELS[model]], Path(folder) / f"{model}-{name}", asked.steps, "cuda")
                found.append({"model": model, "way": name} | measured(bench, way))
    print(table(found), "\n")
    print(json.dumps({"gpu": torch.cuda.get_device_name(), "torch": torch.__version__, "rows": found}, indent=2))


def estimates() -> str:
    """A row for each recipe: what it takes by arithmetic."""
    gpus = [GPUS[name] for name in ("a100", "h100", "4090")]
    names = "".join(f"| hours, {gpu.name} " for gpu in gpus)
    lines = [
        "| recipe | weights | trained | GPUs | steps | tokens a sample | 10^15 operations a step | GB on each "
        f"{names}|",
        "|" + "---|" * (8 + len(gpus)),
    ]
    parts = []
    for name in recipe_names():
        recipe = read_recipe(name)
        shape = find_shape(recipe.model.base)
        if shape is None:
            continue
        load = paper_load(recipe)
        found = estimate(recipe, shape, load)
        sizes = f"{found.parameters / 1e9:.2f} B | {found.trained / 1e6:.1f} M | {found.devices} | {found.steps}"
        work = f"{load.tokens:,.0f} | {found.operations / 1e15:.2f} | {found.peak / 1e9:.1f}"
        lines.append(f"| {name} | {sizes} | {work} " + "".join(f"| {hours_on(gpu, found)} " for gpu in gpus) + "|")
        held = ", ".join(f"{part} {size / 1e9:.1f}" for part, size in found.memory.items())
        parts.append(f"- {name}: {held} GB")
    lines.append("\nHours are left out where the memory would not do.")
    return "\n".join([*lines, "", f"Share of the GPU's peak that is assumed: {UTILISATION}.", "", *parts])


def hours_on(gpu: Gpu, found: Estimate) -> str:
    return f"{found.hours(gpu):.1f}" if found.peak < gpu.memory_gb * 1e9 else ""


@dataclass(frozen=True)
class Bench:
    """One thing to be measured."""

    recipe: Recipe
    shape: Shape
    folder: Path
    steps: int
    device: str


def measured(bench: Bench, way: Callable[[Bench, Any, Any, Any], Any]) -> dict[str, Any]:
    """Train for a few steps; what it took."""
    import torch

    from photocast.models.local.quiet import quiet

    model, processor = model_of(bench)
    rows = samples(bench.recipe, processor, (bench.steps + WARM_UP) * bench.recipe.batch.size)
    trainer = way(bench, model, processor, rows)
    clock = Clock(bench.device)
    of_one = int(trainer.data_collator([trainer.train_dataset[0]])["attention_mask"].sum())  # all are alike
    a_step = of_one * bench.recipe.batch.size
    trainer.add_callback(callback_of(clock))
    if bench.device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    with quiet():
        trainer.train()
    seconds = statistics.median(clock.steps[WARM_UP:])
    load = load_like(bench.recipe, of_one)
    worked = operations_of_step(bench.recipe, bench.shape, load)
    once = bench.recipe.model_copy(
        update={"optimisation": bench.recipe.optimisation.model_copy(update={"checkpointing": False})}
    )
    gpu = this_gpu() if bench.device == "cuda" else None
    found = {
        "step_seconds": seconds,
        "step_seconds_all": clock.steps[WARM_UP:],
        "tokens_per_step": a_step,
        "tokens_per_second": a_step / seconds,
        "share_of_peak": worked / seconds / gpu.peak if gpu else None,
        "mfu": operations_of_step(once, bench.shape, load) / seconds / gpu.peak if gpu else None,
        "allocated_gb": torch.cuda.max_memory_allocated() / 1e9 if gpu else None,
        "reserved_gb": torch.cuda.max_memory_reserved() / 1e9 if gpu else None,
        "estimated_gb": estimate(bench.recipe, bench.shape, load, devices=1).peak / 1e9,
    }
    del trainer, model
    if bench.device == "cuda":
        torch.cuda.empty_cache()
    return found


def model_of(bench: Bench) -> tuple[Any, Any]:
    """A random model of a shape, and a processor that makes its tokens."""
    import torch
    from transformers import AutoModelForImageTextToText

    from photocast.models.tiny import build_tiny
    from photocast.training.base import open_processor

    tiny = build_tiny("qwen3_vl", bench.folder / "tiny")
    processor, _ = open_processor("tiny", tiny, bench.recipe.images)
    dtype = torch.bfloat16 if bench.device == "cuda" else torch.float32
    with torch.device(bench.device):
        model = AutoModelForImageTextToText.from_config(config_of(bench.shape, tiny), dtype=dtype)
    return model, processor


def config_of(shape: Shape, tiny: Path) -> Any:
    """The configuration of Qwen3-VL with the numbers of a shape, and the tokens of a tiny model."""
    from transformers import AutoConfig, Qwen3VLConfig

    tokens = AutoConfig.from_pretrained(tiny)
    words, eyes = shape.decoder, shape.encoder
    sections = [words.head // 2 - 2 * (words.head * 5 // 32), words.head * 5 // 32, words.head * 5 // 32]
    deep = [round(eyes.layers * share) - 1 for share in (0.33, 0.63, 0.93)] if eyes.layers > 3 else [0]
    return Qwen3VLConfig(
        text_config={
            **{"vocab_size": words.vocabulary, "hidden_size": words.hidden, "intermediate_size": words.inner},
            **{"num_hidden_layers": words.layers, "num_attention_heads": words.heads, "head_dim": words.head},
            **{"num_key_value_heads": words.groups, "tie_word_embeddings": words.tied},
            "pad_token_id": tokens.text_config.pad_token_id,
            "rope_parameters": {
                **{"rope_type": "default", "rope_theta": 5e6, "mrope_interleaved": True},
                "mrope_section": sections,
            },
        },
        vision_config={
            **{"depth": eyes.layers, "hidden_size": eyes.hidden, "intermediate_size": eyes.inner},
            **{"num_heads": 16 if eyes.hidden % 16 == 0 and eyes.hidden > 64 else 2, "out_hidden_size": words.hidden},
            **{"deepstack_visual_indexes": deep, "num_position_embeddings": 2304},
        },
        **{name: getattr(tokens, name) for name in ("image_token_id", "video_token_id")},
        **{name: getattr(tokens, name) for name in ("vision_start_token_id", "vision_end_token_id")},
        tie_word_embeddings=words.tied,
    )


def samples(recipe: Recipe, processor: Any, many: int) -> Any:
    """Samples as long as the paper's, with pictures as large as the recipe allows."""
    import datasets
    from PIL import Image

    side = int(recipe.images.tokens**0.5) * 32
    question, answer = (text_of(processor, tokens) for tokens in (QUESTION, ANSWER))
    part = {"type": datasets.Value("string"), "text": datasets.Value("string")}
    message = [{"role": datasets.Value("string"), "content": [part]}]
    features = datasets.Features(
        {
            "row": datasets.Value("int64"),
            "images": datasets.List(datasets.Image(decode=False)),
            "prompt": message,
            "completion": message,
        }
    )
    file = io.BytesIO()
    Image.effect_noise((side, side), 50).convert("RGB").save(file, "JPEG")
    places = [{"type": "image", "text": None}] * PICTURES
    row = {
        "images": [{"bytes": file.getvalue(), "path": None}] * PICTURES,
        "prompt": [{"role": "user", "content": [*places, {"type": "text", "text": question}]}],
        "completion": [{"role": "assistant", "content": [{"type": "text", "text": answer}]}],
    }
    datasets.disable_progress_bars()
    return datasets.Dataset.from_list([{"row": number} | row for number in range(many)], features=features)


def text_of(processor: Any, tokens: int) -> str:
    """Words of so many tokens."""
    sentence = "Speaker 1: Look at the light on the water. "
    each = len(processor.tokenizer(sentence * 100)["input_ids"]) / 100
    return sentence * max(1, round(tokens / each))


def ours(bench: Bench, model: Any, processor: Any, rows: Any) -> Any:
    """The trainer as photocast sets it up."""
    import trl

    from photocast.models.local.quiet import quiet
    from photocast.training.base import open_processor
    from photocast.training.collator import DialogueCollator
    from photocast.training.modules import lora_config

    _, fit = open_processor("tiny", bench.folder / "tiny", bench.recipe.images)
    collator = DialogueCollator(processor, fit, bench.folder)
    with quiet():
        return trl.SFTTrainer(
            model=model,
            args=arguments_of(bench),
            data_collator=lambda some: without_rows(collator(some)),
            train_dataset=rows,
            processing_class=processor,
            peft_config=lora_config(model, bench.recipe.lora) if bench.recipe.lora else None,
        )


def without_rows(batch: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in batch.items() if name != "row"}


def plain(bench: Bench, model: Any, processor: Any, rows: Any) -> Any:
    """The trainer as TRL sets it up when little is said."""
    import datasets
    import peft
    import trl

    from photocast.models.local.quiet import quiet

    batch, cuda = bench.recipe.batch, bench.device == "cuda"
    args = trl.SFTConfig(
        output_dir=str(bench.folder),
        per_device_train_batch_size=batch.per_device,
        gradient_accumulation_steps=batch.accumulation_on(1),
        max_steps=bench.steps + WARM_UP,
        max_length=None,
        **{"bf16": cuda, "use_cpu": not cuda, "save_strategy": "no", "report_to": "none", "disable_tqdm": True},
    )
    adapter = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    with quiet():
        shown = rows.remove_columns("row").cast_column("images", datasets.List(datasets.Image()))
        return trl.SFTTrainer(
            model=model, args=args, train_dataset=shown, processing_class=processor, peft_config=adapter
        )


def arguments_of(bench: Bench) -> Any:
    from photocast.training import RunFolder
    from photocast.training.arguments import sft_arguments
    from photocast.training.machines.machine import this_machine

    changes = {"max_steps": bench.steps + WARM_UP}
    recipe = bench.recipe.model_copy(
        update={
            "optimisation": bench.recipe.optimisation.model_copy(update=changes),
            "data": bench.recipe.data.model_copy(update={"validation": ""}),
            "watch": bench.recipe.watch.model_copy(update={"save_every": 1_000_000}),
        }
    )
    return sft_arguments(recipe, RunFolder(bench.folder), this_machine())


class Clock:
    """Seconds from the beginning of every step to its end, the GPU having finished."""

    def __init__(self, device: str) -> None:
        self.steps: list[float] = []
        self._device, self._begun = device, 0.0

    def begin(self) -> None:
        """A step begins."""
        self._begun = self._now()

    def end(self) -> None:
        """A step ends."""
        self.steps.append(self._now() - self._begun)

    def _now(self) -> float:
        import torch

        if self._device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()


def callback_of(clock: Clock) -> Any:
    from transformers import TrainerCallback

    class Steps(TrainerCallback):
        def on_step_begin(self, *args: Any, **kwargs: Any) -> None:
            clock.begin()

        def on_step_end(self, *args: Any, **kwargs: Any) -> None:
            clock.end()

    return Steps()


def load_like(recipe: Recipe, tokens: float) -> Load:
    """Samples of so many tokens, all alike."""
    pictures = PICTURES * (int(recipe.images.tokens**0.5) ** 2 + 2)
    answer = (tokens - pictures) * ANSWER / (ANSWER + QUESTION)
    return Load(1, pictures, PICTURES, tokens - pictures - answer, answer, round(tokens))


def this_gpu() -> Gpu | None:
    """The data sheet of the GPU here, if it is known."""
    import torch

    name = torch.cuda.get_device_name().lower()
    alike = {"h200": "h100", "a100": "a100", "h100": "h100", "4090": "4090", "4080": "4080"}
    return next((GPUS[sheet] for part, sheet in alike.items() if part in name), None)


def table(found: list[dict[str, Any]]) -> str:
    lines = [
        "| model | way | step, s | tokens/s | share of peak | MFU | peak GB: allocated, reserved, estimated |",
        "|" + "---|" * 7,
    ]
    for row in found:
        shares = " | ".join("" if row[name] is None else f"{row[name]:.3f}" for name in ("share_of_peak", "mfu"))
        held = ("allocated_gb", "reserved_gb", "estimated_gb")
        peaks = ", ".join("?" if row[name] is None else f"{row[name]:.1f}" for name in held)
        lines.append(
            f"| {row['model']} | {row['way']} | {row['step_seconds']:.2f} | {row['tokens_per_second']:,.0f} | {shares} "
            f"| {peaks} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
