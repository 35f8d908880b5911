"""Settings that make a training smaller, and what to say when memory has run out."""

from collections.abc import Iterator

from photocast.models.local.memory import size_in_words
from photocast.schema import Fault, ModelError
from photocast.training.machines.estimate import estimate
from photocast.training.machines.load import Load, paper_load
from photocast.training.machines.shapes import find_shape
from photocast.training.recipe import Recipe


def peak_bytes(recipe: Recipe, load: Load | None = None, *, devices: int | None = None) -> float | None:
    """Estimated bytes on each device; None where nobody here knows the base's shape."""
    shape = find_shape(recipe.model.base)
    return estimate(recipe, shape, load or paper_load(recipe), devices=devices).peak if shape else None


def out_of_memory(recipe: Recipe, load: Load | None = None, *, processes: int = 1) -> ModelError:
    """What to say when memory ran out: which settings to turn, the mildest first, and what each alone would save.

    Of a base that nobody here knows the shape of, the settings are told without what they would save.
    """
    peak = peak_bytes(recipe, load, devices=processes)
    if peak is None:
        why = f"{recipe.name} asked for more than there is"
        turns = [words for words, _ in _turns(recipe, processes)]
    else:
        why = f"{recipe.name} needs about {size_in_words(round(peak))} on each device by the estimate, or more"
        saved = savings(recipe, load, processes)
        turns = [f"{words} (about {size_in_words(round(size))} less)" for words, size in saved]
    do = "Turn these, in this order, until it fits: " + "; ".join(turns) if turns else "Use a smaller base"
    return ModelError(Fault.OUT_OF_MEMORY, "the training ran out of memory", why, do)


def savings(recipe: Recipe, load: Load | None, processes: int) -> Iterator[tuple[str, float]]:
    """Settings that save memory, as they are typed, and the bytes on each device that each alone would save."""
    before = peak_bytes(recipe, load, devices=processes)
    for words, changed in _turns(recipe, processes):
        after = peak_bytes(changed, _fed(load, recipe, changed), devices=processes)
        if before is not None and after is not None and before - after > 1e7:
            yield words, before - after


def _turns(recipe: Recipe, processes: int) -> Iterator[tuple[str, Recipe]]:
    """Changes that save memory, the mildest first: results stay the same, then pictures and talks get smaller."""
    batch, per_device = recipe.batch, recipe.batch.per_device
    if per_device > 1 and recipe.grpo is None:
        passes = batch.accumulation * per_device
        words = f"--set batch.per_device=1 --set batch.accumulation={passes}"
        yield words, _with(recipe, "batch", per_device=1, accumulation=passes)
    if recipe.images.tokens > 256:
        yield "--set images.tokens=256", _with(recipe, "images", tokens=256)
    if recipe.data.max_length > 4096:
        words = "--set data.max_length=4096 --set 'data.too_long=leave out'"
        yield words, _with(recipe, "data", max_length=4096)
    if not recipe.optimisation.checkpointing:
        yield "--set optimisation.checkpointing=true", _with(recipe, "optimisation", checkpointing=True)
    if recipe.model.quantize is None and recipe.lora is not None and recipe.strategy == "ddp":
        yield "--set model.quantize=4bit", _with(recipe, "model", quantize="4bit")
    if recipe.strategy == "ddp" and processes > 1 and recipe.model.quantize is None:
        yield "--set strategy=zero3", recipe.model_copy(update={"strategy": "zero3"})


def _with(recipe: Recipe, table: str, **values: object) -> Recipe:
    return recipe.model_copy(update={table: getattr(recipe, table).model_copy(update=values)})


def _fed(load: Load | None, before: Recipe, after: Recipe) -> Load | None:
    """The data under other settings: pictures in proportion to their limits, no sample beyond what is allowed."""
    if load is None:
        return None
    pictures = load.pictures * min(1.0, after.images.tokens / before.images.tokens)
    longest = load.longest * (pictures + load.words + load.answer) / load.tokens
    return Load(load.samples, pictures, load.shown, load.words, load.answer, min(round(longest), after.data.max_length))


def what_makes_room(recipe: Recipe, load: Load | None, processes: int, *, room: float) -> str:
    """The first setting that alone would make room, as an imperative; empty without one."""
    for words, changed in _turns(recipe, processes):
        peak = peak_bytes(changed, _fed(load, recipe, changed), devices=processes)
        if peak is not None and peak <= room:
            return f"By the estimate it would fit with {words}"
    return ""
