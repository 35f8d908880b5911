"""What is said of a machine on which a training has no room."""

import re

import pytest

from photocast.models.local.faults import is_out_of_memory
from photocast.schema import Fault, UsageError
from photocast.training.machines.fitting import as_it_can_be, check_machine
from photocast.training.machines.load import Load
from photocast.training.machines.machine import Machine, this_machine
from photocast.training.machines.savings import out_of_memory, peak_bytes, savings
from photocast.training.recipe import read_recipe

CORES = Machine(gpus=0, gpu_memory=0, bfloat16=False, cores=2, memory=25_000_000_000)
CARD = Machine(gpus=1, gpu_memory=24_000_000_000, bfloat16=True, gpu="RTX 4090", cores=16)
OLD = Machine(gpus=1, gpu_memory=16_000_000_000, bfloat16=False, gpu="T4", cores=4)
NODE = Machine(gpus=8, gpu_memory=80_000_000_000, bfloat16=True, gpu="A100", cores=96)


def said_of(recipe: str, machine: Machine, *settings: str, load: Load | None = None, processes: int = 1) -> str:
    with pytest.raises(UsageError) as caught:
        check_machine(read_recipe(recipe, settings), machine, load, processes=processes)
    return str(caught.value)


def test_without_a_gpu_it_is_said_what_is_missing_and_what_would_fit() -> None:
    assert said_of("sporc-vist-8b-1gpu", CORES) == (
        "sporc-vist-8b-1gpu cannot be trained on this machine: it needs a GPU of 40 GB, and the machine has no GPU, "
        "2 cores, 25.0 GB of memory. Here would fit: tiny-cpu, tiny-cpu-grpo; or go on with --anyway."
    )
    assert "it needs 8 GPUs of 80 GB" in said_of("sporc-vist-32b", CORES)


def test_on_a_card_that_is_too_small_smaller_recipes_are_named() -> None:
    said = said_of("sporc-vist-32b", CARD)
    assert re.search(r"would have to hold about 7\d\.\d GB, and the machine has 1 x RTX 4090 with 24\.0 GB", said)
    assert "Here would fit: sporc-vist-2b, sporc-vist-4b-qlora, tiny-cpu" in said


def test_a_setting_that_makes_room_is_named() -> None:
    said = said_of("sporc-vist-8b-1gpu", CARD)
    assert "By the estimate it would fit with --set model.quantize=4bit." in said


@pytest.mark.parametrize(
    ("recipe", "machine", "processes"),
    [("sporc-vist-2b", CARD, 1), ("sporc-vist-32b", NODE, 8), ("tiny-cpu", CORES, 2), ("sporc-vist-8b-1gpu", NODE, 1)],
)
def test_what_fits_passes(recipe: str, machine: Machine, processes: int) -> None:
    check_machine(read_recipe(recipe), machine, processes=processes)


def test_more_processes_than_gpus_are_refused() -> None:
    assert "2 processes need a GPU each" in (said := said_of("sporc-vist-2b", CARD, processes=2))
    assert "Use --processes 1" in said


def test_long_samples_count_as_they_are() -> None:
    long = Load(samples=10, pictures=2000, shown=5, words=500, answer=4000, longest=60_000)
    assert "would have to hold" in said_of("sporc-vist-2b", CARD, load=long)


def test_of_an_unknown_base_the_recipes_word_is_taken() -> None:
    said = said_of("sporc-vist-8b-1gpu", CARD, "model.base=nobody/knows-this")
    assert "about 40.0 GB" in said


def test_what_a_machine_cannot_do_is_replaced_and_told() -> None:
    recipe, said = as_it_can_be(read_recipe("sporc-vist-32b"), CORES)
    assert (recipe.model.dtype, recipe.model.attention) == ("float32", "sdpa")
    assert len(said) == 2
    assert as_it_can_be(read_recipe("sporc-vist-2b"), NODE) == (read_recipe("sporc-vist-2b"), ())
    assert as_it_can_be(read_recipe("sporc-vist-2b"), OLD)[0].model.dtype == "float16"


def test_out_of_memory_names_what_to_turn_the_mildest_first() -> None:
    recipe = read_recipe("sporc-vist-8b-1gpu", ["optimisation.checkpointing=false"])
    error = out_of_memory(recipe, processes=4)
    assert error.fault is Fault.OUT_OF_MEMORY
    clauses = error.do.removeprefix("Turn these, in this order, until it fits: ").split("; ")
    assert [" ".join(clause.split()[:2]) for clause in clauses] == [
        "--set batch.per_device=1",
        "--set images.tokens=256",
        "--set data.max_length=4096",
        "--set optimisation.checkpointing=true",
        "--set model.quantize=4bit",
        "--set strategy=zero3",
    ]
    assert "batch.accumulation=32" in error.do  # the batch stays what it was


def test_what_is_said_to_be_saved_is_saved() -> None:
    recipe = read_recipe("sporc-vist-8b-1gpu")
    before = peak_bytes(recipe, devices=1)
    told = dict(savings(recipe, None, 1))
    packed = peak_bytes(read_recipe("sporc-vist-8b-1gpu", ["model.quantize=4bit"]), devices=1)
    assert before is not None
    assert packed is not None
    assert told["--set model.quantize=4bit"] == before - packed


def test_of_an_unknown_base_settings_are_named_without_what_they_save() -> None:
    error = out_of_memory(read_recipe("tiny-cpu", ["batch.per_device=2", "batch.accumulation=2"]))
    assert error.do == (
        "Turn these, in this order, until it fits: --set batch.per_device=1 --set batch.accumulation=4; "
        "--set data.max_length=4096 --set 'data.too_long=leave out'; --set optimisation.checkpointing=true; "
        "--set model.quantize=4bit"
    )


def test_with_nothing_left_to_turn_a_smaller_base_is_advised() -> None:
    settings = ["batch.per_device=1", "batch.accumulation=32", "images.tokens=128", "data.max_length=2048"]
    error = out_of_memory(read_recipe("sporc-vist-4b-qlora", settings))
    assert error.do == "Use a smaller base"


def test_an_allocation_that_fails_is_known_for_what_it_is() -> None:
    import torch

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert is_out_of_memory(caught.value)


def test_this_machine_has_cores_and_says_so() -> None:
    machine = this_machine()
    assert machine.cores >= 1
    assert f"{machine.cores} core" in machine.in_words
