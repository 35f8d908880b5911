"""Columns as Arrow and as Hugging Face `datasets` know them, and files of Parquet: the same bytes for the same rows.

A column is described by what it holds: the name of a type, `IMAGE`, a list of one thing, or several things by name.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from photocast._optional import require

if TYPE_CHECKING:
    import pyarrow as pa

IMAGE = "image"
"""A picture as a file: its bytes and its name."""
CHAT = [{"role": "string", "content": [{"type": "string", "text": "string"}]}]
"""Messages in the form that every trainer of TRL takes for every family of models."""
_PICTURES = "images.list.element.bytes"


def arrow() -> Any:
    """The module pyarrow."""
    return require("pyarrow", extra="corpus", purpose="the dataset")


def schema_of(columns: Mapping[str, Any]) -> "pa.Schema":
    """Of a file, with what `datasets` needs to know to hand out pictures instead of bytes."""
    features = {name: _feature(kind) for name, kind in columns.items()}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return arrow().schema([(name, type_of(kind)) for name, kind in columns.items()], metadata=metadata)


def table_in(
    columns: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    pictures: Sequence[Sequence[bytes]],
    names: Sequence[Sequence[str]],
) -> "pa.Table":
    """Rows as Arrow has them.

    Args:
        columns: what each holds; one is called `images`.
        rows: the values of all other columns.
        pictures: the files of each row.
        names: what they are called.
    """
    pa = arrow()
    arrays = [
        _pictures(pictures, names) if name == "images" else pa.array([row[name] for row in rows], type=type_of(kind))
        for name, kind in columns.items()
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(columns))


def asked_and_answered(pictures: int, asked: str, answer: str) -> dict[str, list[dict[str, Any]]]:
    """`prompt` and `completion` of a row: the pictures, then the words of the user; then the answer."""
    places = [{"type": "image", "text": None} for _ in range(pictures)]
    return {
        "prompt": [{"role": "user", "content": [*places, {"type": "text", "text": asked}]}],
        "completion": [{"role": "assistant", "content": [{"type": "text", "text": answer}]}],
    }


def parquet_of(columns: Mapping[str, Any], groups: Iterable["pa.Table"], *, found_by: Sequence[str]) -> bytes:
    """One file: pictures as they are, since nothing makes a JPEG smaller, and all else compressed.

    Args:
        columns: what each holds.
        groups: the rows; each table is read as a whole or not at all.
        found_by: columns of which each group notes the least and the greatest value.
    """
    pq = require("pyarrow.parquet", extra="corpus", purpose="the dataset")
    out = arrow().BufferOutputStream()
    schema = schema_of(columns)
    others = [path for path in _leaves(schema) if path != _PICTURES]
    with pq.ParquetWriter(
        out,
        schema,
        compression={path: "ZSTD" for path in others} | {_PICTURES: "NONE"},
        use_dictionary=others,
        write_statistics=list(found_by),
        write_page_index=True,
    ) as writer:
        for table in groups:
            writer.write_table(table, row_group_size=table.num_rows)
    whole: bytes = out.getvalue().to_pybytes()
    return whole


def type_of(kind: Any) -> "pa.DataType":
    """What Arrow calls it."""
    pa = arrow()
    if isinstance(kind, list):
        return pa.list_(type_of(kind[0]))
    if isinstance(kind, Mapping):
        return pa.struct([(name, type_of(inner)) for name, inner in kind.items()])
    if kind == IMAGE:
        return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return {"bool": pa.bool_(), "float64": pa.float64()}.get(kind) or getattr(pa, kind)()


def _feature(kind: Any) -> Any:
    if isinstance(kind, list):
        return {"feature": _feature(kind[0]), "_type": "List"}
    if isinstance(kind, Mapping):
        return {name: _feature(inner) for name, inner in kind.items()}
    return {"_type": "Image"} if kind == IMAGE else {"dtype": kind, "_type": "Value"}


def _pictures(pictures: Sequence[Sequence[bytes]], names: Sequence[Sequence[str]]) -> "pa.Array":
    """The column of pictures out of one buffer: a list of pictures a row, each a struct of bytes and a name."""
    pa = arrow()
    files = [file for row in pictures for file in row]
    ends = pa.array([0, *accumulate(map(len, files))], type=pa.int32()).buffers()[1]
    data = pa.Array.from_buffers(pa.binary(), len(files), [None, ends, pa.py_buffer(b"".join(files))])
    called = pa.array([name for row in names for name in row], pa.string())
    structs = pa.StructArray.from_arrays([data, called], names=["bytes", "path"])
    lists = pa.array([0, *accumulate(map(len, pictures))], type=pa.int32())
    return pa.ListArray.from_arrays(lists, structs, type=type_of([IMAGE]))


def _leaves(schema: "pa.Schema") -> tuple[str, ...]:
    """Paths of all columns of values, as Parquet calls them."""
    pq = require("pyarrow.parquet", extra="corpus", purpose="the dataset")
    out = BytesIO()
    pq.write_table(schema.empty_table(), out)
    found = pq.ParquetFile(out).schema
    return tuple(found.column(at).path for at in range(len(found)))
