"""Supervised fine-tuning of tiny models: what learns, what is noted, and what happens when it is stopped."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from photocast.schema import Fault, ModelError, PhotocastError, UsageError
from photocast.training import RunFolder, Told, prepare, read_recipe
from photocast.training.folder import read_lines
from photocast.training.sft import build_sft
from training.conftest import Train, row, write_parquet

FAMILIES = ("qwen3_vl", "qwen2_5_vl", "smolvlm", "gemma3")


def log(run: RunFolder, name: str = "loss") -> list[float]:
    return [line[name] for line in read_lines(run.log) if name in line]


def weights(file: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(file)


@pytest.mark.parametrize("family", FAMILIES)
def test_loss_falls(family: str, train: Train) -> None:
    """All of the language model's layers learn; its random embeddings, which stay, set the limit."""
    run = train(
        f"model.base=tiny:{family}",
        "lora=null",
        "optimisation.max_steps=30",
        "optimisation.learning_rate=1e-2",
        "optimisation.neftune_alpha=null",
        "watch.save_every=100",
    )
    losses = log(run)
    assert len(losses) == 30
    assert sum(losses[-3:]) / 3 < 0.9 * losses[0]


@pytest.mark.parametrize("family", FAMILIES)
def test_only_the_adapter_moves(family: str, train: Train) -> None:
    run = train(f"model.base=tiny:{family}")
    adapter = weights(run.final / "adapter_model.safetensors")
    assert all(".lora_A." in name or ".lora_B." in name for name in adapter)
    assert all("vision" not in name and "visual" not in name for name in adapter)
    moved = [name for name, weight in adapter.items() if ".lora_B." in name and bool(weight.any())]
    assert len(moved) == len(adapter) // 2  # they begin as zeros
    said = json.loads((run.final / "photocast.json").read_text())
    assert said == {
        "format": 1,
        "image_tokens": 16,
        "base": f"tiny:{family}",
        "recipe": "tiny-cpu",
        "method": "sft",
    }
    assert run.read_facts()["trainable_weights"] == sum(weight.numel() for weight in adapter.values())


@pytest.mark.parametrize("family", FAMILIES)
def test_noise_reaches_words_and_no_picture(family: str, talks: Path, tmp_path: Path) -> None:
    """Two passes of one batch differ in what the language model is fed, where words are, and by no more than twice
    alpha / √(L·D)."""
    import torch
    from transformers.integrations.neftune import activate_neftune

    recipe = read_recipe("tiny-cpu", [f"model.base=tiny:{family}", "lora=null", "watch.samples=0"])
    trainer = build_sft(prepare(recipe, talks, RunFolder(tmp_path / "run"), Told()), Told())
    model = trainer.model
    activate_neftune(model, trainer.args.neftune_noise_alpha, trainer.accelerator)
    fed: list[Any] = []
    model.get_decoder().register_forward_pre_hook(
        lambda _, args, kwargs: fed.append(kwargs["inputs_embeds"].detach()), with_kwargs=True
    )
    batch = trainer.data_collator([trainer.train_dataset[2]])
    batch.pop("row")
    model.train()
    for _ in range(2):
        with torch.no_grad():
            model(**batch)
    difference = (fed[0] - fed[1]).abs().amax(-1)[0]
    ids = batch["input_ids"][0]
    config = model.config
    place = getattr(config, "image_token_id", None) or config.image_token_index
    assert difference[ids == place].max() == 0
    bound = 5.0 / (len(ids) * fed[0].shape[-1]) ** 0.5
    words = difference[ids != place]
    assert words.min() > 0
    assert bound < words.max() <= 2 * bound + 1e-6


def test_an_epoch_is_every_sample_once(train: Train) -> None:
    run = train("optimisation.max_steps=null", "batch.per_device=2", "batch.accumulation=1")
    assert json.loads(run.coverage.read_text()) == {"rows": 7, "seen": 7, "never": 0, "times": {"1": 7}}
    assert run.read_facts()["steps"] == 4


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(train: Train) -> None:
    """Noise, dropout, order and talks on the way are all drawn by chance; chance has to go on where it was."""
    settings = ("optimisation.max_steps=6", "watch.samples=1", "watch.samples_every=3")
    whole = train(*settings, name="whole")

    class Stopped(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "training" and done == 5:
            raise Stopped

    with pytest.raises(Stopped):
        train(*settings, name="stopped", told=Told(stages=stop))
    notes: list[str] = []
    stopped = train(*settings, name="stopped", told=Told(note=notes.append))
    assert notes == ["going on from step 4"]
    losses = {line["step"]: line["loss"] for line in read_lines(stopped.log) if "loss" in line}
    assert list(losses.values()) == log(whole)
    first, second = (weights(run.final / "adapter_model.safetensors") for run in (whole, stopped))
    assert all(bool((first[name] == second[name]).all()) for name in first)
    assert stopped.coverage.read_text() == whole.coverage.read_text()


def test_a_checkpoint_that_was_torn_is_not_gone_on_from(train: Train) -> None:
    run = train("optimisation.max_steps=4", name="run")
    whole = weights(run.final / "adapter_model.safetensors")
    shutil.rmtree(run.final)
    (run.checkpoints / "checkpoint-4" / "seen-0.json").unlink()
    notes: list[str] = []
    again = train("optimisation.max_steps=4", name="run", told=Told(note=notes.append))
    assert notes == ["going on from step 2"]
    found = weights(again.final / "adapter_model.safetensors")
    assert all(bool((whole[name] == found[name]).all()) for name in whole)


def test_other_settings_do_not_go_into_a_run(train: Train) -> None:
    train()
    with pytest.raises(UsageError, match=r"optimisation\.seed was 42 and is 1"):
        train("optimisation.seed=1")


def test_what_a_check_asks_for_can_be_given_in_the_same_folder(train: Train) -> None:
    with pytest.raises(UsageError, match="longer than 64 tokens"):
        train("data.max_length=64")
    assert len(log(train("data.max_length=8192"))) == 4


def test_another_dataset_does_not_go_into_a_run(train: Train, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "training" and done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        train(told=Told(stages=stop))
    for name in ("train", "validation"):
        write_parquet(
            tmp_path / "other" / "data" / f"{name}-00000-of-00001.parquet", [row(number) for number in range(7)]
        )
    with pytest.raises(UsageError, match="not those that the training was begun with"):
        train(dataset=tmp_path / "other")


def test_a_folder_with_something_else_in_it_is_left_alone(train: Train, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match=r"none of them is the recipe\.yaml"):
        train()
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["thesis.tex"]


def test_a_loss_that_is_no_number_ends_it(train: Train) -> None:
    with pytest.raises(PhotocastError, match=r"ended at step \d+: (loss|grad_norm) is (nan|inf)") as told:
        train(
            "optimisation.learning_rate=1e30", "optimisation.max_grad_norm=1e30", "lora=null", "optimisation.warmup=0"
        )
    assert "learning_rate" in told.value.do


def test_too_little_memory_says_what_to_turn(train: Train) -> None:
    def full(stage: str, done: int, total: int) -> None:
        if stage == "training":
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")

    with pytest.raises(ModelError, match=r"ran out of memory.*data\.max_length=4096") as told:
        train(told=Told(stages=full))
    assert told.value.fault is Fault.OUT_OF_MEMORY


def test_talks_on_the_way_are_kept_and_loops_are_told(train: Train, bases: Callable[..., Path]) -> None:
    looping = bases("qwen3_vl", "Speaker 1: So it goes and so it goes and so it goes and so it goes.\n" * 3)
    notes: list[str] = []
    run = train(
        f"model.base={looping}",
        "watch.samples=2",
        "watch.samples_every=2",
        "generation.max_tokens=60",
        "optimisation.learning_rate=1e-9",
        told=Told(note=notes.append),
    )
    lines = list(read_lines(run.samples))
    assert [(line["step"], line["id"]) for line in lines] == [
        (2, "talk-7"),
        (2, "talk-8"),
        (4, "talk-7"),
        (4, "talk-8"),
    ]
    assert all(line["text"].startswith("Speaker 1: So it goes and so") for line in lines)
    assert len(notes) == 4
    assert notes[0].startswith("step 2: the talk for talk-7 goes round in circles (")


def test_validation_loss_is_that_of_samples_that_are_not_trained_on(train: Train) -> None:
    run = train("watch.validate_every=2")
    assert len(log(run, "eval_loss")) == 2
    facts = run.read_facts()["splits"]
    assert (facts["train"]["samples"], facts["validation"]["samples"]) == (7, 2)
    assert facts["train"]["fingerprint"] != facts["validation"]["fingerprint"]


def test_pictures_of_any_number_or_none(train: Train, tmp_path: Path) -> None:
    rows = [row(number, pictures=number) for number in range(4)]
    for name in ("train", "validation"):
        write_parquet(tmp_path / "mixed" / "data" / f"{name}-00000-of-00001.parquet", rows)
    run = train("batch.per_device=4", "batch.accumulation=1", dataset=tmp_path / "mixed")
    assert len(log(run)) == 4


def test_weights_in_four_bits_need_a_package(train: Train) -> None:
    if find_spec("bitsandbytes"):
        pytest.skip("bitsandbytes is here")
    with pytest.raises(ModelError, match="bitsandbytes is not installed"):
        train("model.quantize=4bit")


def test_what_a_machine_cannot_do_is_replaced_and_told(train: Train) -> None:
    notes: list[str] = []
    train("model.attention=flash_attention_2", "model.dtype=bfloat16", told=Told(note=notes.append))
    assert [note.partition(",")[0].partition(":")[0] for note in notes] == [
        "bfloat16 becomes float32",
        "flash_attention_2 becomes sdpa",
    ]


def test_nobody_is_told_that_a_model_is_trained(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRL reports its use to the hub, from a thread, so that it depends on the moment whether a guard sees it."""
    from trl.trainer import base_trainer

    told: list[Any] = []
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(base_trainer, "send_telemetry", lambda *args, **kwargs: told.append(args))
    train("optimisation.max_steps=1")
    assert told == []


def test_a_base_without_a_chat_template(train: Train, bases: Callable[..., Path], tmp_path: Path) -> None:
    base = Path(shutil.copytree(bases("qwen3_vl"), tmp_path / "base"))
    (base / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="it has no chat template"):
        train(f"model.base={base}")


@pytest.mark.slow
def test_a_torchvision_that_does_not_work_is_named(talks: Path, tmp_path: Path) -> None:
    (tmp_path / "broken" / "torchvision").mkdir(parents=True)
    broken = tmp_path / "broken" / "torchvision" / "__init__.py"
    broken.write_text("raise RuntimeError('operator torchvision::nms does not exist')\n")
    ran = subprocess.run(
        [sys.executable, "-m", "photocast", "train", "sft", str(talks), "--recipe", "tiny-cpu", "-o", "run"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "broken"), *filter(None, sys.path)])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ran.returncode == 3
    assert "torchvision does not work here" in ran.stderr
    assert "pip install --force-reinstall" in ran.stderr


def test_bases_that_are_none(train: Train, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the tiny families are"):
        train("model.base=tiny:gpt2")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="cannot be"):
        train(f"model.base={tmp_path / 'empty'}", name="other")
