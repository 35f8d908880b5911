"""What a folder says that photocast has trained: how large pictures were, and what it goes on."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from photocast.runs import write_atomically
from photocast.schema import Fault, ModelError
from photocast.schema.record import Record

NAME = "photocast.json"


class Trained(Record):
    """The file `photocast.json` of a trained model or adapter."""

    format: Literal[1] = 1
    image_tokens: int = Field(ge=4)
    """That a picture could cost at most in training. Asked with larger ones, a model sees what it was not taught."""
    base: str
    """The model it was trained from, as the recipe names it."""
    recipe: str
    method: str


def write_trained(folder: Path, trained: Trained) -> None:
    """Write it into a folder."""
    write_atomically(folder / NAME, trained.model_dump_json(indent=2) + "\n")


def read_trained(folder: Path) -> Trained | None:
    """What a folder says; None where photocast has not trained it.

    Raises:
        ModelError: the file is damaged, or of a newer photocast.
    """
    try:
        return Trained.model_validate_json((folder / NAME).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = f"{NAME} in it cannot be read"
        do = "Write it again with photocast train merge, or delete it: pictures then have their usual size"
        raise ModelError(Fault.BROKEN_FILES, f"{folder.name} cannot be used", why, do) from error


def trained_image_tokens(adapter: Path | None, base: Path | None) -> int | None:
    """Tokens that a picture cost in training: the adapter's, which came last, else the base's; None if neither tells.

    Raises:
        ModelError: as `read_trained`.
    """
    said = (read_trained(folder) for folder in (adapter, base) if folder is not None)
    return next((trained.image_tokens for trained in said if trained is not None), None)


def named_base(folder: Path) -> str | None:
    """The model that an adapter of ours was trained on; None for a folder that holds something else.

    Raises:
        ModelError: as `read_trained`.
    """
    alone = (folder / "adapter_config.json").is_file() and not (folder / "config.json").is_file()
    trained = read_trained(folder) if alone else None
    return trained.base if trained is not None else None
