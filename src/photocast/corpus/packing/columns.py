"""The columns of the dataset, and how samples become rows of them and back.

`prompt` and `completion` are in the chat form that every trainer of TRL takes for every family of models: the pictures,
then the words of the user; then the whole talk as the answer. The loss is on the completion.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from photocast.corpus.packing.arrow import CHAT, IMAGE, asked_and_answered, table_in
from photocast.corpus.packing.samples import Sample

if TYPE_CHECKING:
    import pyarrow as pa

Row = tuple[Sample, Sequence[bytes]]
"""A sample, and its pictures as files."""

_VERDICT = {"ok": "bool", "why": "string"}
COLUMNS: Mapping[str, Any] = {
    "id": "string",
    "podcast": "string",
    "images": [IMAGE],
    "prompt": CHAT,
    "completion": CHAT,
    "transcript": "string",
    "turns": [{"speaker": "string", "role": "string", "text": "string", "first": "int32"}],
    "scenes": [
        {
            "prompt": "string",
            "first": "int32",
            "last": "int32",
            "image": "int32",
            "gap": "string",
            "drawn": "string",
            "sha256": "string",
            "format": "string",
            "width": "int32",
            "height": "int32",
            "seed": "int64",
            "tries": ["string"],
        }
    ],
    "words": "int32",
    "words_with_labels": "int32",
    "labels": "int32",
    "speakers": "int32",
    "licence": "string",
    "origin": {
        "dataset": "string",
        "episode": "string",
        "title": "string",
        "podcast_title": "string",
        "url": "string",
        "language": "string",
        "licence": "string",
        "categories": ["string"],
    },
    "episode_sha256": "string",
    "place": {"first": "int32", "last": "int32", "start": "int64", "end": "int64", "sha256": "string"},
    "made": {
        "window": "string",
        "richness": "float64",
        "excerpt_model": "string",
        "excerpt_prompts": "string",
        "safety": _VERDICT,
        "quality": _VERDICT,
        "scenes_model": "string",
        "scenes_prompts": "string",
        "image_model": "string",
        "instruction": "string",
    },
    "scrubbed": "bool",
    "replaced": {"names": "int32", "emails": "int32", "phones": "int32", "accounts": "int32"},
}
"""What each column holds: a name of a type, a list of one thing, or several things by name."""


def table_of(rows: Sequence[Row]) -> "pa.Table":
    """Rows as Arrow has them."""
    names = [[sample.picture_name(scene) for scene in sample.pictures] for sample, _ in rows]
    return table_in(COLUMNS, [_plain(sample) for sample, _ in rows], [pictures for _, pictures in rows], names)


def rows_of(table: "pa.Table") -> list[Row]:
    """The same the other way round; without pictures where their column was not read."""
    pictures = _files(table.column("images")) if "images" in table.column_names else [()] * table.num_rows
    plain = table.drop_columns("images").to_pylist() if "images" in table.column_names else table.to_pylist()
    return [(_sample(row), files) for row, files in zip(plain, pictures, strict=True)]


def _plain(sample: Sample) -> dict[str, Any]:
    row = {name: msgspec.to_builtins(getattr(sample, name)) for name in sample.__struct_fields__}
    asked = row.pop("instruction")
    return row | asked_and_answered(len(sample.pictures), asked, sample.transcript)


def _sample(row: dict[str, Any]) -> Sample:
    asked = row["prompt"][0]["content"][-1]["text"]
    return msgspec.convert({**row, "instruction": asked}, Sample)


def _files(column: "pa.ChunkedArray") -> list[tuple[bytes, ...]]:
    """The bytes of each row's pictures, without a detour through Python values of all else."""
    found: list[tuple[bytes, ...]] = []
    for chunk in column.chunks:
        ends = chunk.offsets.to_pylist()
        data = chunk.values.field("bytes")
        found += [tuple(data[at].as_buffer().to_pybytes() for at in range(start, end)) for start, end in pairwise(ends)]
    return found
