"""What photocast's fine-tuning costs beside TRL's own trainer with its own collator: the same model, samples and steps.

Run `OMP_NUM_THREADS=1 python benchmarks/training_cpu.py [--rounds 5] [--steps 20]` (some minutes on one core, no
network, no GPU). A random Qwen3-VL of 250,000 weights learns from generated samples with three pictures each, of which
every step takes four. Nearly all of the time is what Python does around the model, so the figures say what our way
costs, and nothing about how long a real training takes. Both train with LoRA on the same modules, in the same batches,
without dropout and noise; rounds alternate, and medians are shown. TRL's own way also learns a line break behind the
end of a turn, which ours does not: a token a sample, by which the losses differ.

- step: seconds of the processor for a step: making the batch, forward, backward, optimiser.
- data: of these, making the batch (pictures are read, made small and turned into patches; words into tokens).
- tokens/s: real tokens, with those of pictures, over seconds of the processor.
"""

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from photocast.testing import torchvision_shim

WORDS = "Speaker 1: Look at the light on the water.\n\nSpeaker 2: Yes. I think it was the last day of the summer.\n\n"
SAMPLES, PICTURES, BATCH = 80, 3, 4


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--steps", type=int, default=20)
    asked = arguments.parse_args()
    torchvision_shim.install()
    with TemporaryDirectory() as folder:
        dataset = write_dataset(Path(folder) / "data")
        ways = {"photocast": ours, "TRL": plain}
        figures: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
        for number in range(asked.rounds):
            for name, way in ways.items():
                trainer = way(dataset, Path(folder) / f"{name}-{number}", asked.steps)
                figures[name].append(trained(trainer, asked.steps))
        told(figures)


def write_dataset(folder: Path) -> Path:
    """Samples as `photocast corpus pack` writes them."""
    import datasets
    from PIL import Image

    datasets.disable_progress_bars()
    part = {"type": datasets.Value("string"), "text": datasets.Value("string")}
    message = [{"role": datasets.Value("string"), "content": [part]}]
    features = datasets.Features(
        {"images": datasets.List(datasets.Image(decode=False)), "prompt": message, "completion": message}
    )
    rows = []
    for number in range(SAMPLES):
        pictures = []
        for at in range(PICTURES):
            file = io.BytesIO()
            Image.effect_noise((512, 512), 40 + (number + at) % 20).convert("RGB").save(file, "JPEG")
            pictures.append({"bytes": file.getvalue(), "path": None})
        places = [{"type": "image", "text": None}] * PICTURES
        question = [{"role": "user", "content": [*places, {"type": "text", "text": "Two people talk about these."}]}]
        answer = [{"role": "assistant", "content": [{"type": "text", "text": WORDS * (2 + number % 3)}]}]
        rows.append({"images": pictures, "prompt": question, "completion": answer})
    folder.mkdir()
    datasets.Dataset.from_list(rows, features=features).to_parquet(folder / "train-00000-of-00001.parquet")
    return folder


def settings(steps: int) -> list[str]:
    """Changes to the recipe tiny-cpu that make both ways the same."""
    return [
        *(f"optimisation.max_steps={steps}", "optimisation.neftune_alpha=null", "lora.dropout=0"),
        *(f"batch.per_device={BATCH}", "batch.accumulation=1", "data.validation=''", "watch.samples=0"),
        "watch.save_every=100000",
    ]


def ours(dataset: Path, run: Path, steps: int) -> Any:
    from photocast.training import RunFolder, Told, prepare, read_recipe
    from photocast.training.sft import build_sft

    prepared = prepare(read_recipe("tiny-cpu", settings(steps)), dataset, RunFolder(run), Told())
    return build_sft(prepared, Told())


def plain(dataset: Path, run: Path, steps: int) -> Any:
    """As TRL's documentation shows it for prompts and completions with pictures; optimiser and adapter as in ours."""
    import datasets
    import trl

    from photocast.models.local.quiet import quiet
    from photocast.training import RunFolder, Told, prepare, read_recipe
    from photocast.training.arguments import sft_arguments
    from photocast.training.base import open_base
    from photocast.training.machines.machine import this_machine
    from photocast.training.modules import lora_config

    recipe = read_recipe("tiny-cpu", settings(steps))
    prepared = prepare(recipe, dataset, RunFolder(run), Told())
    base = open_base(recipe, prepared.folder, dtype="float32", device="cpu")
    rows = datasets.load_dataset("parquet", data_files=str(dataset / "*.parquet"), split="train")
    rows = rows.cast_column("images", datasets.List(datasets.Image()))
    with quiet():
        return trl.SFTTrainer(
            model=base.model,
            args=sft_arguments(recipe, prepared.run, this_machine()),
            train_dataset=rows,
            processing_class=base.processor,
            peft_config=lora_config(base.model, recipe.lora) if recipe.lora else None,
        )


def trained(trainer: Any, steps: int) -> dict[str, float]:
    """Train, with a clock around the collator and around all of it."""
    from photocast.models.local.quiet import quiet

    spent, tokens = [0.0], [0]
    trainer.data_collator = timed(trainer.data_collator, spent, tokens)
    with quiet():
        begun = time.process_time()
        result = trainer.train()
        seconds = time.process_time() - begun
    return {
        "step": seconds / steps,
        "data": spent[0] / steps,
        "tokens/s": tokens[0] / seconds,
        "tokens": tokens[0] / steps,
        "loss": result.training_loss,
    }


def timed(collator: Callable[..., Any], spent: list[float], tokens: list[int]) -> Callable[..., Any]:
    def collate(rows: Any) -> Any:
        begun = time.process_time()
        batch = collator(rows)
        spent[0] += time.process_time() - begun
        tokens[0] += int(batch["attention_mask"].sum())
        return batch

    return collate


def told(figures: dict[str, list[dict[str, float]]]) -> None:
    medians = {
        name: {figure: statistics.median(one[figure] for one in rounds) for figure in rounds[0]}
        for name, rounds in figures.items()
    }
    print("| | step, s | range | data, s | tokens/s | tokens a step | loss |\n|---|---|---|---|---|---|---|")
    for name, rounds in figures.items():
        steps, found = [one["step"] for one in rounds], medians[name]
        print(
            f"| {name} | {found['step']:.3f} | {min(steps):.3f} to {max(steps):.3f} | {found['data']:.3f} "
            f"| {found['tokens/s']:.0f} | {found['tokens']:.0f} | {found['loss']:.4f} |"
        )
    ratios = [mine["step"] / theirs["step"] for mine, theirs in zip(*figures.values(), strict=True)]
    print(f"\nOurs over TRL's, a step, of pairs run one after the other: {statistics.median(ratios):.2f}\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
