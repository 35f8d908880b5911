"""The prompts of a split: questions with their pictures, without the answers that people gave."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from photocast.schema import InputError
from photocast.training.dataset import ROW, Data
from photocast.training.grpo.strata import strata_of
from photocast.training.lengths import Lengths, kept_rows
from photocast.training.recipe import GrpoTable, Recipe

_SHOWN = 3
HEAVY = ("images", "completion")
"""Columns that no reward is shown: pictures, and what people said."""


@dataclass(frozen=True, eq=False)
class Prompts:
    """Prompts of one split, in the order of the dataset.

    Attributes:
        split: `train` or `validation`.
        rows: of the dataset.
        fingerprint: SHA-256 of the questions, answers and pictures of the split.
        ids: of the rows, no two the same.
        strata: of the rows.
    """

    split: str
    rows: Any
    fingerprint: str
    ids: tuple[str, ...]
    strata: tuple[frozenset[str], ...]

    def columns(self, numbers: Iterable[int]) -> dict[str, list[Any]]:
        """Values of some rows by column, as rewards take them: without pictures, and without what people said."""
        return dict(_light(self.rows).select(list(numbers))[:])

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """Where the prompts of these ids stand."""
        at = {name: number for number, name in enumerate(self.ids)}
        return [at[name] for name in ids]


def open_prompts(data: Data, lengths: Mapping[str, Lengths], recipe: Recipe, table: GrpoTable) -> dict[str, Prompts]:
    """The prompts of every split that leave room for an answer.

    Raises:
        UsageError: a prompt and the longest answer to it are more than `data.max_length` tokens.
        InputError: two rows have one id.
    """
    found = {}
    for split, rows in data.splits.items():
        asked = Lengths(
            fingerprint=lengths[split].fingerprint,
            texts=lengths[split].texts,
            rows=tuple(row.model_copy(update={"answer": table.max_tokens}) for row in lengths[split].rows),
        )
        kept = kept_rows(asked, recipe.data.max_length, recipe.data.too_long, split=split)
        found[split] = _prompts(split, rows.select(kept), asked.fingerprint, [asked.rows[one].shown for one in kept])
    return found


def _prompts(split: str, rows: Any, fingerprint: str, shown: list[int]) -> Prompts:
    ids = tuple(str(row.get("id") or f"row {row[ROW] + 1}") for row in _light(rows))
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        why = f"{len(twice)} ids of {split} stand for several rows, such as {', '.join(twice[:_SHOWN])}"
        raise InputError("these prompts cannot be told apart", why, "Give every row an id of its own")
    strata = tuple(strata_of(row, pictures) for row, pictures in zip(_light(rows), shown, strict=True))
    return Prompts(split, rows, fingerprint, ids, strata)


def _light(rows: Any) -> Any:
    return rows.remove_columns([name for name in HEAVY if name in rows.column_names])
