"""Exports for tools that read conversations from JSON and pictures from files."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from photocast.corpus.exports.written import Written
from photocast.corpus.packing import About, Sample, read_split, splits_in
from photocast.corpus.store import Store

_TAG = "<image>"
"""Stands for a picture in all of these formats, so that no talk may have it."""
_Names = list[str]


def write_qwen(dataset: Store, about: About, out: Store) -> Written:
    """What the fine-tuning code of Qwen-VL reads: a list of conversations a split, and pictures beside."""

    def line(sample: Sample, names: _Names) -> dict[str, Any]:
        said = [{"from": "human", "value": _asked(sample)}, {"from": "gpt", "value": sample.transcript}]
        return {"id": sample.id, "image": names, "conversations": said}

    return _write(dataset, out, line, _as_list, "json")


def write_llama_factory(dataset: Store, about: About, out: Store) -> Written:
    """What LLaMA-Factory reads: messages and pictures a split, with the description that it wants."""

    def line(sample: Sample, names: _Names) -> dict[str, Any]:
        return {"messages": _messages(sample), "images": names}

    written = _write(dataset, out, line, _as_list, "json")
    tags = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
    described = {
        registered(about, split): {
            "file_name": f"{split}.json",
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "images": "images"},
            "tags": tags,
        }
        for split in splits_in(dataset)
    }
    out.write("dataset_info.json", _json(described, indent=2))
    return written.plus("dataset_info.json")


def write_ms_swift(dataset: Store, about: About, out: Store) -> Written:
    """What ms-swift reads: a line of messages and pictures a sample."""

    def line(sample: Sample, names: _Names) -> dict[str, Any]:
        return {"messages": _messages(sample), "images": names}

    return _write(dataset, out, line, _as_lines, "jsonl")


def registered(about: About, split: str) -> str:
    """The name of a split where names may hold no blanks."""
    plain = "".join(one if one.isalnum() else "_" for one in about.name.casefold()).strip("_")
    return f"{plain or 'dataset'}_{split}"


def _write(
    dataset: Store,
    out: Store,
    line: Callable[[Sample, _Names], Mapping[str, Any]],
    together: Callable[[Iterator[bytes]], bytes],
    ending: str,
) -> Written:
    written = Written()

    def lines(split: str) -> Iterator[bytes]:
        for sample, pictures in read_split(dataset, split):
            if _TAG in sample.transcript:
                written.leave_out("image_tag_in_talk")
                continue
            names = [f"images/{sample.picture_name(scene)}" for scene in sample.pictures]
            for name, data in zip(names, pictures, strict=True):
                out.write(name, data)
                written.add(name)
            written.samples += 1
            yield _json(line(sample, names))

    for split in splits_in(dataset):
        out.write(f"{split}.{ending}", together(lines(split)))
        written.add(f"{split}.{ending}")
    return written


def _asked(sample: Sample) -> str:
    return f"{_TAG * len(sample.pictures)}\n{sample.instruction}"


def _messages(sample: Sample) -> list[dict[str, str]]:
    return [{"role": "user", "content": _asked(sample)}, {"role": "assistant", "content": sample.transcript}]


def _as_list(lines: Iterator[bytes]) -> bytes:
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


def _as_lines(lines: Iterator[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()
