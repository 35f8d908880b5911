"""The folder of a merged model: whole, or not there."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import Any

from photocast.models.local.hub import MODEL_FILES
from photocast.models.local.installed import library
from photocast.models.local.memory import size_in_words
from photocast.models.local.quiet import quiet
from photocast.models.local.trained import read_trained, write_trained
from photocast.models.local.weights import BYTES, read_tensors, weight_files
from photocast.runs.files import cannot_write
from photocast.schema import InputError

REPORT = "merge.json"
_WRITTEN_ANEW = {"config.json", "generation_config.json", "model.safetensors.index.json", "photocast.json", REPORT}


def check_disk(out: Path, base: Path, dtype: str) -> None:
    """Make sure that there is room for the weights of a base in a dtype.

    Raises:
        InputError: there is not.
    """
    tensors = read_tensors(weight_files(base, base.name), base.name)
    needed = round(sum(tensor.weights for tensor in tensors) * BYTES[dtype])
    shelf = next(folder for folder in out.absolute().parents if folder.is_dir())
    free = disk_usage(shelf).free
    if needed > free:
        why = f"it takes {size_in_words(needed)}, and the disk has room for {size_in_words(free)}"
        raise InputError(f"cannot write {out}", why, "Free some space, or choose a folder on another disk")


@contextmanager
def made(out: Path) -> Iterator[Path]:
    """A folder beside `out`, which takes its name when the block ends well, and is gone when it does not.

    Raises:
        InputError: the disk is full, or the place may not be written to.
    """
    making = out.absolute().with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        making.mkdir(parents=True)
        yield making
        making.rename(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def save(model: Any, base: Path, adapter: Path, making: Path) -> None:
    """Write the weights, and beside them what prepares words and photos as the base has it, byte by byte.

    Written anew, these files would take the form of the transformers that is installed here, which other programs may
    not read. Of `generation_config.json` only the tokens that end an answer are left: how an answer is drawn is said
    when it is asked for.

    Raises:
        OSError: the system refuses; `made` says what that means.
    """
    try:
        with quiet():
            model.save_pretrained(making)
    except library("safetensors").SafetensorError as error:  # its text alone tells what the system refused
        number = re.search(r"os error (\d+)", str(error))
        raise OSError(int(number[1]) if number else 0, str(error)) from error
    for pattern in MODEL_FILES:
        for file in base.glob(pattern):
            if file.name not in _WRITTEN_ANEW and file.suffix != ".safetensors":
                shutil.copyfile(file, making / file.name)
    said = read_trained(adapter) or read_trained(base)
    if said is not None:
        write_trained(making, said)
