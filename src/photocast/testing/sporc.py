"""Files with the form of SPoRC and made-up content, for tests and benchmarks: SPoRC itself is gated.

    manifest = write_legacy(folder, episodes=500, seed=1)   # SPoRC 1.0: two files of JSON lines
    write_parquet(folder, episodes=500, seed=1)             # SPoRC 1.1: the same episodes in Parquet

Keyword arguments are those of `Content`; `manifest` says what was planted in them.
"""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import md5
from importlib import import_module
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from photocast.testing.podcast_talk import NONE, Flaws
from photocast.testing.sporc_content import Content, Manifest, Record

__all__ = ["NONE", "Content", "Flaws", "Manifest", "write_legacy", "write_parquet"]

SPOILT = ("bad_json", "wrong_encoding", "missing_columns")
_LEVEL = 2
_INTERLEAVED, _ESCAPED = 0.01, 0.02
"""Shares of episodes whose turns lie among those of the next one, and whose lines have the escapes of pandas."""


def write_legacy(
    folder: Path, *, spoilt_lines: float = 0.0, compressed: bool = True, name: str = "", **content: Any
) -> Manifest:
    """Write SPoRC 1.0: `episodeLevelData.jsonl.gz` and `speakerTurnData.jsonl.gz`.

    Args:
        folder: to write into; it is made.
        spoilt_lines: share of lines that are added to both files and are no record, or not a whole one.
        compressed: plain files otherwise.
        name: added to those of the files, such as `Sample`.
        content: what `Content` takes.
    """
    asked, manifest = Content(**content), Manifest()
    chance = random.Random(f"lines {asked.seed}")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        episodes, turns = (
            stack.enter_context(_opened(folder / f"{kind}{name}.jsonl", compressed))
            for kind in ("episodeLevelData", "speakerTurnData")
        )
        waiting: list[bytes] = []
        for record, spoken in asked.records(manifest):
            escaped = asked.traps and chance.random() < _ESCAPED
            lines = [_line(turn, escaped) for turn in spoken]
            if asked.traps and not waiting and chance.random() < _INTERLEAVED:
                waiting, lines = lines, []
            elif waiting and lines:
                lines = [line for pair in zip_longest(waiting, lines) for line in pair if line]
                waiting = []
            for file, more in ((episodes, [_line(record, False)]), (turns, lines)):
                manifest.raw_bytes += _write(file, _with_spoilt(more, spoilt_lines, chance, manifest, file is turns))
        manifest.raw_bytes += _write(turns, waiting)
    return manifest


def write_parquet(folder: Path, *, shard_map: bool = True, **content: Any) -> Manifest:
    """Write SPoRC 1.1: the trees `episodes` and `turns/text`, a row group a podcast, and where those lie.

    Args:
        folder: to write into; it is made.
        shard_map: whether to write `metadata/shard_map.parquet`.
        content: what `Content` takes.
    """
    pa, pq = _arrow()
    manifest = Manifest()
    episodes, turns = (
        _Tree(folder / "episodes", _episode_schema(), 40),
        _Tree(folder / "turns/text", _turn_schema(), 60),
    )
    shards: list[Record] = []
    records = Content(**content).records(manifest)
    for _, podcast in groupby(records, key=lambda one: cast(str, one[0]["rssUrl"])):
        together = list(podcast)
        rows = [_episode_row(record) for record, _ in together]
        spoken = [_turn_row(turn, row) for (_, said), row in zip(together, rows, strict=True) for turn in said]
        shards.append({"tree": "episodes", **episodes.add(rows)})
        if spoken:
            shards.append({"tree": "turns_text", **turns.add(spoken)})
    episodes.close()
    turns.close()
    if shard_map:
        (folder / "metadata").mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(shards), folder / "metadata/shard_map.parquet", compression="zstd")
    return manifest


def _arrow() -> tuple[Any, Any]:
    return import_module("pyarrow"), import_module("pyarrow.parquet")


def _opened(path: Path, compressed: bool) -> BinaryIO:
    from isal import igzip

    if not compressed:
        return path.open("wb")
    packed = igzip.IGzipFile(path.with_name(path.name + ".gz"), "wb", compresslevel=_LEVEL, mtime=0)  # type: ignore[no-untyped-call]
    return cast(BinaryIO, packed)


def _write(file: BinaryIO, lines: Iterable[bytes]) -> int:
    data = b"".join(line + b"\n" for line in lines)
    file.write(data)
    return len(data)


def _line(record: Record, escaped: bool) -> bytes:
    if record.get("durationSeconds") != record.get("durationSeconds"):
        return json.dumps(record).encode()  # Python writes NaN, which is no JSON
    line = msgspec.json.encode(record)
    return line.replace(b"/", b"\\/").replace("ü".encode(), b"\\u00fc") if escaped else line


def _with_spoilt(
    lines: Sequence[bytes], share: float, chance: random.Random, manifest: Manifest, turns: bool
) -> Iterator[bytes]:
    for line in lines:
        yield line
        if share and chance.random() < share:
            before = sum(number for name, number in manifest.spoilt_lines.items() if name.startswith("turn_") == turns)
            kind = SPOILT[before % len(SPOILT)]
            manifest.spoilt_lines[f"turn_{kind}" if turns else kind] += 1
            yield _spoilt(kind, line)


def _spoilt(kind: str, line: bytes) -> bytes:
    """A line in the manner of another one, with a fault. None has a URL, or it would belong to that one's episode."""
    if kind == "bad_json":
        return line.replace(b'"mp3url"', b'"mp3')[: len(line) // 2]
    if kind == "wrong_encoding":
        return '{"mp3url":"café","speaker":["é"],"turnText":"é"}'.encode("latin-1")
    return b'{"epTitle":"of nothing","startTime":1.0}'


class _Tree:
    """Part files of one kind of rows, a row group a podcast."""

    def __init__(self, folder: Path, schema: Any, groups: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._schema, self._groups = folder, schema, groups
        self._writer: Any = None
        self._parts = self._written = 0

    def add(self, rows: list[Record]) -> Record:
        pa, pq = _arrow()
        if self._writer is None or self._written == self._groups:
            self.close()
            name = f"part-{self._parts:05}.parquet"
            self._writer = pq.ParquetWriter(self._folder / name, self._schema, compression="zstd")
            self._parts, self._written = self._parts + 1, 0
        self._writer.write_table(pa.Table.from_pylist(rows, schema=self._schema), row_group_size=len(rows))
        self._written += 1
        return {
            "podcast_id": rows[0]["podcast_id"],
            "part": f"part-{self._parts - 1:05}.parquet",
            "row_group": self._written - 1,
            "num_rows": len(rows),
        }

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _episode_schema() -> Any:
    pa, _ = _arrow()
    text, number, names = pa.string(), pa.float64(), pa.list_(pa.string())
    columns = dict.fromkeys(("episode_id", "podcast_id", "ep_title", "ep_description", "mp3_url", "transcript"), text)
    columns |= dict.fromkeys(("rss_url", "pod_title", "pod_description", "language", "image_url", "host"), text)
    columns |= dict.fromkeys(("episode_date_localized", "oldest_episode_date", "last_update", "created_on"), text)
    columns |= dict.fromkeys((f"category{at}" for at in range(1, 11)), text)
    columns |= dict.fromkeys(("host_predicted_names", "guest_predicted_names", "neither_predicted_names"), names)
    columns |= {"main_ep_speakers": names, "host_speaker_labels": text, "guest_speaker_labels": text}
    columns |= dict.fromkeys(("duration_seconds", "overlap_prop_duration", "avg_turn_duration"), number)
    columns |= dict.fromkeys(("num_main_speakers", "total_sp_labels", "explicit"), pa.int64())
    return pa.schema(list(columns.items()))


def _turn_schema() -> Any:
    pa, _ = _arrow()
    text = pa.string()
    columns = {"episode_id": text, "podcast_id": text, "speaker": pa.list_(text), "turn_text": text}
    columns |= dict.fromkeys(("start_time", "end_time", "duration"), pa.float64())
    columns |= {"turn_count": pa.int32(), "inferred_speaker_name": text, "inferred_speaker_role": text}
    return pa.schema(list(columns.items()))


def _episode_row(record: Record) -> Record:
    """As the converter of SPoRC 1.1 does it: no sentinels, maps as JSON."""
    row = {_snake(key): value for key, value in record.items()}
    row["episode_id"] = md5(record["mp3url"].encode()).hexdigest()[:16]
    row["podcast_id"] = md5(record["rssUrl"].encode()).hexdigest()[:12]
    for key, value in row.items():
        if key.endswith("_names") or key == "main_ep_speakers":
            row[key] = value if isinstance(value, list) else []
        elif key.endswith("_labels") and key != "total_sp_labels":
            row[key] = json.dumps(value if isinstance(value, dict) else {})
    row["num_main_speakers"] = int(row["num_main_speakers"] or 0)
    row["explicit"] = int(row["explicit"] in (1, "true"))
    return row


def _turn_row(turn: Record, episode: Record) -> Record:
    row = {_snake(key): value for key, value in turn.items()}
    row["episode_id"], row["podcast_id"] = episode["episode_id"], episode["podcast_id"]
    speaker = row["speaker"]
    row["speaker"] = json.loads(speaker) if speaker[:1] == "[" else [speaker] if isinstance(speaker, str) else speaker
    return row


def _snake(key: str) -> str:
    if key == "mp3url":
        return "mp3_url"
    return "".join(chain.from_iterable(("_", letter.lower()) if letter.isupper() else letter for letter in key))
