"""Whether a model is measured on pictures that it was trained on.

The published run chose among its trainings by 20 albums that were 40 % of its test set afterwards. So both splits count
that a training uses: the one that it learns from, and the one that it is chosen by.
"""

from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from photocast.runs import sha256_of
from photocast.schema import InputError
from photocast.training.after.evaluation import Leak
from photocast.training.dataset import open_data, pictures_of
from photocast.training.recipe import DataTable


def trained_pictures(dataset: Path, table: DataTable) -> frozenset[str]:
    """SHA-256 of every picture file in the splits that a training uses.

    Args:
        dataset: as `photocast train` was given it.
        table: of the recipe; names the splits.

    Raises:
        UsageError: there is no such dataset or split.
        InputError: it cannot be read.
    """
    data = open_data(dataset, table)
    splits = [data.train, *([data.validation] if data.validation is not None else [])]
    rows = (row for split in splits for row in split.select_columns(["images"]))
    try:
        return frozenset(_digest(picture) for row in rows for picture in pictures_of(row, dataset))
    except (OSError, ValueError) as error:
        do = "Make the dataset whole again, so that its pictures can be compared"
        raise InputError(f"a picture of {dataset} cannot be read", str(error), do) from error


def leak_between(trained: frozenset[str], albums: Mapping[str, Iterable[Path]]) -> Leak:
    """Which albums have a picture of the training in them.

    Args:
        trained: as `trained_pictures` has it.
        albums: the picture files of every album, by its name.
    """
    found = {
        name: count for name, photos in albums.items() if (count := sum(sha256_of(one) in trained for one in photos))
    }
    return Leak(compared=True, pictures=sum(found.values()), items=tuple(found))


def _digest(picture: BinaryIO | Path) -> str:
    if isinstance(picture, Path):
        return sha256_of(picture)
    return file_digest(picture, "sha256").hexdigest()  # type: ignore[arg-type]  # a BytesIO is read as a whole
