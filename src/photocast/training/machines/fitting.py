"""Whether a training fits the machine, and what would."""

from importlib.util import find_spec

from photocast.models.local.memory import size_in_words
from photocast.schema import UsageError
from photocast.training.machines.load import Load
from photocast.training.machines.machine import Machine, dtype_here
from photocast.training.machines.savings import peak_bytes, what_makes_room
from photocast.training.recipe import Recipe, read_recipe, recipe_names

_USABLE = 0.92
"""Share of a GPU's memory that an estimate may fill: the rest is for what no estimate knows."""


def check_machine(recipe: Recipe, machine: Machine, load: Load | None = None, *, processes: int = 1) -> None:
    """Refuse a training that a machine has no room for; `--anyway` leaves this check out.

    Args:
        recipe: the training.
        machine: what there is.
        load: of the data; data like the paper's by default.
        processes: devices that share the work.

    Raises:
        UsageError: GPUs are missing, or too small by the estimate; says what would fit here.
    """
    if recipe.needs.gpus == 0:
        return
    what, here = f"{recipe.name} cannot be trained on this machine", f"and the machine has {machine.in_words}"
    if not machine.gpus:
        raise UsageError(what, f"it needs {_needed(recipe)}, {here}", _instead(machine))
    if processes > machine.gpus:
        why = f"{processes} processes need a GPU each, {here}"
        raise UsageError(what, why, f"Use --processes {machine.gpus}")
    peak = _peak(recipe, machine, load, processes)
    room = _USABLE * machine.gpu_memory
    if peak is not None and peak > room:
        why = f"each GPU would have to hold about {size_in_words(round(peak))}, {here}"
        turned = what_makes_room(as_it_can_be(recipe, machine)[0], load, processes, room=room)
        raise UsageError(what, why, f"{turned}. {_instead(machine)}" if turned else _instead(machine))


def as_it_can_be(recipe: Recipe, machine: Machine) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe with what a machine cannot do replaced, and a sentence for each change."""
    model, said = recipe.model, []
    dtype = dtype_here(model.dtype, machine)
    changes: dict[str, object] = {}
    if dtype != model.dtype:
        changes["dtype"] = dtype
        said.append(f"{model.dtype} becomes {dtype}: this machine has none of the former, or is far slower with it")
    if model.attention == "flash_attention_2" and not (machine.gpus and find_spec("flash_attn")):
        changes["attention"] = "sdpa"
        said.append("flash_attention_2 becomes sdpa, which works out the same: flash-attn is not installed here")
    return recipe.model_copy(update={"model": model.model_copy(update=changes)}), tuple(said)


def _peak(recipe: Recipe, machine: Machine, load: Load | None, processes: int) -> float | None:
    """Bytes on each device; of a base that nobody here knows, what the recipe says of as many devices."""
    known = peak_bytes(as_it_can_be(recipe, machine)[0], load, devices=processes)
    if known is None and processes <= recipe.needs.gpus:
        return recipe.needs.gpu_memory_gb * 1e9
    return known


def _needed(recipe: Recipe) -> str:
    gpus = "a GPU" if recipe.needs.gpus == 1 else f"{recipe.needs.gpus} GPUs"
    return f"{gpus} of {recipe.needs.gpu_memory_gb:.0f} GB"


def _instead(machine: Machine) -> str:
    names = [name for name in recipe_names() if _fits(read_recipe(name), machine)]
    return f"Here would fit: {', '.join(names)}; or go on with --anyway"


def _fits(recipe: Recipe, machine: Machine) -> bool:
    if recipe.needs.gpus == 0:
        return True
    peak = _peak(recipe, machine, None, max(1, machine.gpus))
    return machine.gpus > 0 and peak is not None and peak <= _USABLE * machine.gpu_memory
