"""The model that a training begins with, and what prepares words and pictures for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.models.local.hub import MODEL_FILES, cached, fetch
from photocast.models.local.installed import check_working, library
from photocast.models.local.kind import FROM_FOLDER, read_config, read_processor
from photocast.models.local.photos import Fit, fit_to
from photocast.models.local.place import find_places
from photocast.models.local.quantize import quantization
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import broken
from photocast.models.tiny import FAMILIES, build_tiny
from photocast.schema import UsageError
from photocast.training.recipe import ImageTable, Recipe

TINY = "tiny:"


@dataclass(frozen=True, eq=False)
class Base:
    """A model in memory, not trained yet."""

    name: str
    folder: Path
    model: Any
    processor: Any
    fit: Fit
    """How large pictures are."""


def base_folder(name: str, scratch: Path) -> Path:
    """The folder of a base: fetched from the hub if it has to be, or built if it is a tiny one.

    Args:
        name: as a recipe names it.
        scratch: where a tiny model is built.

    Raises:
        UsageError: there is no such tiny family.
        ModelError: it cannot be found or fetched, or the packages that models need do not work here.
    """
    check_working()
    if name.startswith(TINY):
        family = name.removeprefix(TINY)
        if family not in FAMILIES:
            raise UsageError(f"there is no {name}", f"the tiny families are {', '.join(FAMILIES)}", "Name one of them")
        folder = scratch / f"tiny-{family}"
        return folder if (folder / "config.json").is_file() else build_tiny(family, folder)
    place, adapter = find_places(name)
    if adapter is not None:
        why = "a training begins with a model, and this names an adapter on one"
        raise UsageError(f"{name} cannot be trained as it is", why, "Merge the two with photocast train merge first")
    if place.folder is not None:
        return place.folder
    repository = str(place.repository)
    return cached(repository, MODEL_FILES) or fetch(repository, MODEL_FILES)


def open_base(recipe: Recipe, folder: Path, *, dtype: str, device: str) -> Base:
    """Load a base and its processor from a folder.

    Args:
        recipe: says how large pictures are, and whether weights are quantised.
        folder: of the model.
        dtype: of the weights in memory.
        device: `cuda` or `cpu`; matters to quantised weights alone, the trainer places all others.

    Raises:
        ModelError: files are missing or broken, or it is no model that sees photos.
    """
    import torch

    name = recipe.model.base
    with quiet():
        processor, fit = open_processor(name, folder, recipe.images)
        config = read_config(folder, name)
        wanted: dict[str, Any] = {
            "quantization_config": quantization(name, config, recipe.model.quantize, device, dtype),
            "attn_implementation": recipe.model.attention,
            "dtype": getattr(torch, dtype),
        }
        model, report = library("transformers").AutoModelForImageTextToText.from_pretrained(
            folder, output_loading_info=True, use_safetensors=True, **wanted, **FROM_FOLDER
        )
    if report["missing_keys"]:  # they would be random numbers
        raise broken(name, f"{len(report['missing_keys'])} parts of the weights are missing")
    return Base(name, folder, model, processor, fit)


def open_processor(name: str, folder: Path, images: ImageTable) -> tuple[Any, Fit]:
    """What prepares words and pictures, set to a recipe's size of pictures; prompts are filled up from the left.

    GRPO's generation and positions of pictures go wrong with prompts that are filled up from the right.
    """
    processor = read_processor(folder, name)
    processor.tokenizer.padding_side = "left"
    if processor.tokenizer.pad_token is None:
        processor.tokenizer.pad_token = processor.tokenizer.eos_token
    fit = fit_to(processor, images.tokens)
    settings = dict(fit.settings)
    if images.least_pixels is not None and "size" in settings and "shortest_edge" in settings["size"]:
        least = min(images.least_pixels, settings["size"]["longest_edge"])
        settings["size"] = settings["size"] | {"shortest_edge": least}
    for name_of, value in settings.items():  # so that it is saved with what is trained
        setattr(processor.image_processor, name_of, value)
    return processor, Fit(fit.pixels, fit.longest, settings)
