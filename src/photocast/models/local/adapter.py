"""An adapter, put onto its model; never one that fits only in part."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.models.local.faults import is_out_of_memory
from photocast.models.local.installed import first_line
from photocast.models.local.weights import broken, read_json, read_tensors
from photocast.schema import Fault, ModelError


def check_adapter(folder: Path, said: str) -> None:
    """Make sure that a folder holds an adapter, without loading anything.

    Raises:
        ModelError: it does not.
    """
    if not (folder / "adapter_config.json").is_file():
        why = "there is no adapter_config.json in it"
        do = "Name the folder that the training wrote the adapter into"
        raise ModelError(Fault.WRONG_ADAPTER, f"{said} is no adapter", why, do)


def put_on(model: Any, folder: Path, name: str) -> None:
    """Put the adapter onto the model, beside its weights.

    It is not merged into them: what a short training changed in bfloat16 weights would be rounded away.

    Raises:
        ModelError: it was made for another model, or is damaged.
    """
    require("peft", extra="local", purpose="an adapter")
    check_adapter(folder, folder.name)
    settings = read_json(folder / "adapter_config.json", folder.name)
    if not (folder / "adapter_model.safetensors").is_file():
        raise broken(folder.name, "there is no adapter_model.safetensors in it")
    read_tensors([folder / "adapter_model.safetensors"], folder.name)
    try:
        report = model.load_adapter(
            str(folder), adapter_kwargs={"local_files_only": True}, ignore_mismatched_sizes=True
        )
    except (ValueError, RuntimeError, KeyError, AttributeError, OSError) as error:
        if is_out_of_memory(error):
            raise
        raise _misfit(folder, settings, name, first_line(error)) from error
    faults = {
        "have no place in the model": len(report.unexpected_keys),
        "have another shape": len(report.mismatched_keys),
        "are missing": len(report.missing_keys),
    }
    if any(faults.values()):  # the library only warns: the answers would be those of the bare model
        why = "of its parts " + ", ".join(f"{count} {fault}" for fault, count in faults.items() if count)
        raise _misfit(folder, settings, name, why)


def _misfit(folder: Path, settings: Mapping[str, Any], name: str, why: str) -> ModelError:
    base = settings.get("base_model_name_or_path")
    do = f"Name the model that it was made for: hf:{base}+{folder.name}" if base else "Name the model it was made for"
    return ModelError(Fault.WRONG_ADAPTER, f"the adapter {folder.name} does not fit {name}", why, do)
