"""An adapter merged into its model: a folder that any program can load, proved to say what the two said together."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from photocast.models.local.adapter import check_adapter, put_on
from photocast.models.local.kind import read_settings
from photocast.models.local.load import load
from photocast.models.local.options import DTYPES, Options
from photocast.models.local.quiet import quiet
from photocast.models.local.trained import read_trained, trained_image_tokens
from photocast.models.local.weights import broken, read_json, read_tensors, weight_files
from photocast.runs import write_atomically
from photocast.schema import ConfigError, UsageError
from photocast.schema.record import Record
from photocast.training.after.drift import Drift, drift, logits_of, questions
from photocast.training.after.fold import Change, fold_in, names_in_files
from photocast.training.after.merged_folder import REPORT, check_disk, made, save
from photocast.training.base import base_folder
from photocast.training.folder import RunFolder
from photocast.training.recipe import read_recipe

TOLERANCE = {"float32": 1e-6, "float16": 1e-3, "bfloat16": 2e-2}
"""Mean KL in nats from the model with its adapter to the merged one, by dtype of the weights: a decision. In float32
the two differ by the order of additions alone, which tests hold to 1e-4 in every logit."""
MOST = 0.5
"""Share of a change that has to survive the rounding, or a warning is given."""
_STORED = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


class Merged(Record):
    """What a merge did: the file `merge.json` in the merged folder."""

    base: str
    adapter: str
    """Names of the folders; where they lie is nobody's business."""
    dtype: str
    image_tokens: int
    """That a photo of the questions cost at most."""
    change: Change
    effect: Drift
    """From the bare base to the base with its adapter: what the adapter does."""
    drift: Drift
    """From the base with its adapter to the merged model, as it was read back from the disk."""
    tolerance: float
    """That `drift.kl` may have."""
    warnings: tuple[str, ...]


def merge(
    trained: Path,
    out: Path,
    *,
    base: str | None = None,
    dtype: str | None = None,
    device: str | None = None,
    told: Callable[[str], None] = lambda step: None,
) -> Merged:
    """Merge an adapter into its model, and compare both, before the result gets its name.

    Args:
        trained: folder of a training, or of an adapter.
        out: of the merged model; it must not be there.
        base: the model, where the adapter does not name it or it lies elsewhere now.
        dtype: of the merged weights; by default that of the base.
        device: where both are run to be compared; by default the best there is.
        told: is called with what is done next.

    Raises:
        UsageError: nothing is there to be merged, or `out` is taken.
        ConfigError: the merged model does not say what the two said together; its folder is kept under another name.
        InputError: the disk is full or may not be written to; nothing is left behind.
        ModelError: the adapter does not fit the model, files are broken, or there is not enough memory.
    """
    adapter = adapter_in(trained)
    _check_free(out)
    with TemporaryDirectory(prefix="photocast-base-") as scratch, made(out) as making:
        folder = base_folder(base or _base_of(adapter), Path(scratch))
        tokens = trained_image_tokens(adapter, folder)  # named, for the base and the merged folder may not tell it
        options = Options(device=device, dtype=dtype or _dtype_of(folder), image_tokens=tokens)
        check_disk(out, folder, str(options.dtype))
        with questions() as asked:
            told("comparing the model with and without its adapter")
            loaded = load(folder.name, folder, None, options)
            bare = logits_of(loaded, asked, folder.name)
            names = names_in_files(loaded.model)
            with quiet():
                put_on(loaded.model, adapter, folder.name)
            before = logits_of(loaded, asked, folder.name)
            told("merging")
            change = fold_in(loaded.model, names)
            save(loaded.model, folder, adapter, making)
            image_tokens = loaded.image_tokens
            del loaded
            gc.collect()  # two models may not fit into memory
            told("reading it back")
            after = logits_of(load(out.name, making, None, options), asked, out.name)
        merged = Merged(
            base=folder.name,
            adapter=adapter.name,
            dtype=str(options.dtype),
            image_tokens=image_tokens,
            change=change,
            effect=drift(bare, before),
            drift=drift(before, after),
            tolerance=TOLERANCE[str(options.dtype)],
            warnings=tuple(_warnings(adapter, change)),
        )
        write_atomically(making / REPORT, merged.model_dump_json(indent=2) + "\n")
        _check_same(merged, making, out)
    return merged


def adapter_in(trained: Path) -> Path:
    """The folder of the adapter that is meant.

    Raises:
        UsageError: the training is not done, or has trained the whole model.
        ModelError: there is no adapter.
    """
    run = RunFolder(trained)
    if run.recipe.is_file() and not run.is_done:
        why = "there is no folder `final` in it: its training has not come to its end"
        raise UsageError(f"{trained} cannot be merged yet", why, "Give the same command again, and it goes on")
    folder = run.final if run.is_done else trained
    if (folder / "config.json").is_file() and not (folder / "adapter_config.json").is_file():
        why = "it holds a whole model, whose weights are the trained ones"
        raise UsageError(f"there is nothing to merge in {trained}", why, f"Use it as it is: --model hf:{folder}")
    check_adapter(folder, str(trained))
    return folder.resolve()


def _base_of(adapter: Path) -> str:
    said = read_trained(adapter)
    named = said.base if said else read_json(adapter / "adapter_config.json", adapter.name)["base_model_name_or_path"]
    if not named:
        raise UsageError(
            f"the model of {adapter.name} is not known", "the adapter does not name it", "Name it with --base"
        )
    return str(named)


def _check_free(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} is there already", "a merge never writes over anything", "Name another folder with -o")


def _dtype_of(base: Path) -> str:
    """The dtype that most of the weights are stored in.

    Raises:
        UsageError: they are quantised, so that nothing can be added to them.
    """
    if read_settings(base, base.name).get("quantization_config"):
        why = "its weights are quantised, and a sum with an adapter's would have to be quantised anew"
        do = "Name the model that it was made from with --base: QLoRA's adapters go onto that as well"
        raise UsageError(f"nothing can be merged into {base.name}", why, do)
    weights: dict[str, int] = {}
    for tensor in read_tensors(weight_files(base, base.name), base.name):
        weights[tensor.dtype] = weights.get(tensor.dtype, 0) + tensor.weights
    stored = _STORED.get(max(weights, key=lambda one: weights[one]))
    if stored is None:
        raise broken(base.name, f"its weights are in none of {', '.join(DTYPES)}")
    return stored


def _warnings(adapter: Path, change: Change) -> Iterator[str]:
    if change.kept < MOST:
        yield (
            f"only {max(0.0, change.kept):.0%} of what the adapter changes survives the rounding: the merged model has "
            "forgotten most of what it was taught. Use --dtype float32, or the adapter beside its model"
        )
    recipe = RunFolder(adapter.parent).recipe
    if recipe.is_file() and read_recipe(str(recipe)).model.quantize:
        yield (
            "the adapter was trained on weights in 4 bits and is merged into the weights they were made from, which "
            "differ from them a little: measure the merged model, not only the training"
        )


def _check_same(merged: Merged, making: Path, out: Path) -> None:
    """Let nothing have the name that was asked for that does not say what it should."""
    if merged.drift.kl <= merged.tolerance:
        return
    kept = _differing(out)
    making.rename(kept)
    why = (
        f"their next words differ by {merged.drift.kl:.2g} nats (KL, mean), and {merged.tolerance:g} are allowed in "
        f"{merged.dtype}; what the adapter does are {merged.effect.kl:.2g}"
    )
    do = f"Look at {kept / REPORT}; merge with --dtype float32, or use the adapter beside its model"
    raise ConfigError("the merged model does not say what the model and its adapter say", why, do)


def _differing(out: Path) -> Path:
    names = (out.with_name(f"{out.name}-differs{number}") for number in ("", *(f"-{at}" for at in range(2, 1000))))
    return next(name for name in names if not name.exists())
