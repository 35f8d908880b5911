"""Rows of the dataset: the columns that training reads, and where each sample comes from."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from photocast.corpus.packing.arrow import CHAT, IMAGE, asked_and_answered, parquet_of, table_in
from photocast.training.story.mix import Chosen
from photocast.training.story.pictures import Pictures
from photocast.training.story.prompts import StoryPrompts

COLUMNS: Mapping[str, Any] = {
    "id": "string",
    "task": "string",
    "story": "string",
    "source": "string",
    "images": [IMAGE],
    "prompt": CHAT,
    "completion": CHAT,
    "label": "string",
    "made": "string",
    "shown": ["int32"],
    "licence": "string",
}
"""What each column holds, as `photocast.corpus.packing.arrow` describes columns."""
_GROUP = 10
"""Rows that have to be read to have one of them."""


@dataclass(frozen=True)
class Rows:
    """Makes rows of samples.

    Attributes:
        pictures: prepared.
        prompts: what is asked.
        seed: throws the phrasing of each question.
    """

    pictures: Pictures
    prompts: StoryPrompts
    seed: int

    def file(self, samples: Sequence[Chosen]) -> bytes:
        """A file of Parquet with these samples in order."""
        rest = iter(samples)
        groups = iter(lambda: list(islice(rest, _GROUP)), [])
        return parquet_of(COLUMNS, map(self._table, groups), found_by=("id", "task", "story"))

    def size(self, one: Chosen) -> int:
        """Bytes of a sample's pictures."""
        return self.pictures.size(one.draft.story, one.draft.shown)

    def _table(self, group: Sequence[Chosen]) -> Any:
        pictures = [self.pictures.files(one.draft.story, one.draft.shown) for one in group]
        return table_in(COLUMNS, [self._row(one) for one in group], pictures, [list(_names(one)) for one in group])

    def _row(self, one: Chosen) -> dict[str, Any]:
        draft, name = one.draft, id_of(one)
        asked = self.prompts.ask(draft, Random(f"{self.seed} {name}"))
        return {
            "id": name,
            "task": draft.task,
            "story": draft.story.key,
            "source": draft.story.source,
            "label": draft.label,
            "made": draft.made,
            "shown": [at + 1 for at in draft.shown],
            "licence": draft.story.licence,
            **asked_and_answered(len(draft.shown), asked, draft.answer),
        }


def id_of(one: Chosen) -> str:
    """The id of a sample: a hash of its story, the task, a number, and for a repeated one which time it is."""
    story = hashlib.sha256(one.draft.story.key.encode()).hexdigest()[:12]
    return f"{story}-{one.draft.task}-{one.draft.number:03}" + (f"-{one.time + 1}" if one.time else "")


def in_order(samples: Iterable[Chosen]) -> list[Chosen]:
    """By id: it does not matter in which order sources were named, and what a story gave stands together."""
    return sorted(samples, key=id_of)


def _names(one: Chosen) -> Iterator[str]:
    story = hashlib.sha256(one.draft.story.key.encode()).hexdigest()[:12]
    return (f"{story}-{at + 1:02}.jpg" for at in one.draft.shown)
