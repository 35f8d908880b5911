"""Files of the dataset: Parquet, the same bytes for the same rows."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Any

from photocast._optional import require
from photocast.corpus.packing.arrow import arrow, parquet_of
from photocast.corpus.packing.columns import COLUMNS, Row, rows_of, table_of
from photocast.corpus.packing.splits import SPLITS
from photocast.corpus.store import Store
from photocast.schema import InputError

ROW_GROUP = 10
"""Rows that have to be read to have one of them."""
_FOUND_BY = ("id", "podcast", "words")
"""Columns of which each row group notes the least and the greatest value."""


def shard_names(split: str, count: int) -> list[str]:
    """Where the files of a split are, as the Hugging Face Hub expects them."""
    return [f"data/{split}-{at:05}-of-{count:05}.parquet" for at in range(count)]


def shares_of(sizes: Sequence[int], most: int) -> list[slice]:
    """Stretches of items that are about equally large: `most` bytes, more or less an item.

    An item is in the stretch that its middle lies in.
    """
    total = sum(sizes)
    count = -(-total // most)
    middles = [end - size / 2 for size, end in zip(sizes, accumulate(sizes), strict=True)]
    numbers = [min(int(count * middle / total), count - 1) for middle in middles]
    edges = [at for at, number in enumerate(numbers) if at == 0 or number != numbers[at - 1]]
    return [slice(start, end) for start, end in pairwise([*edges, len(sizes)])]


def shard(rows: Iterator[Row]) -> bytes:
    """One file, in groups of `ROW_GROUP` rows."""
    groups = iter(lambda: list(islice(rows, ROW_GROUP)), [])
    return parquet_of(COLUMNS, map(table_of, groups), found_by=_FOUND_BY)


def splits_in(dataset: Store) -> list[str]:
    """The splits that a dataset has.

    Raises:
        InputError: it has none.
    """
    found = [split for split in SPLITS if any(name.startswith(f"data/{split}-") for name in dataset.names("data"))]
    if not found:
        do = "Name the folder that photocast corpus pack wrote, with README.md and data/"
        raise InputError(f"{dataset.where} is not a dataset", "it has no data/train-….parquet", do)
    return found


def read_split(dataset: Store, split: str, *, pictures: bool = True) -> Iterator[Row]:
    """The rows of a split in order, a group at a time.

    Args:
        dataset: as it was packed.
        split: one of `splits_in`.
        pictures: whether the files of the pictures are wanted; without them it is much faster.

    Raises:
        InputError: a file is damaged.
    """
    pq = require("pyarrow.parquet", extra="corpus", purpose="the dataset")
    columns = None if pictures else [name for name in COLUMNS if name != "images"]
    for name in dataset.names("data"):
        if not name.startswith(f"data/{split}-"):
            continue
        with dataset.open(name) as file:
            try:
                yield from _rows(pq.ParquetFile(file), columns)
            except (arrow().ArrowInvalid, OSError) as error:
                do = "Pack the dataset again, or fetch that file again"
                raise InputError(f"{name} of {dataset.where} cannot be read", str(error), do) from error


def _rows(file: Any, columns: list[str] | None) -> Iterator[Row]:
    for group in range(file.num_row_groups):
        yield from rows_of(file.read_row_group(group, columns=columns))
