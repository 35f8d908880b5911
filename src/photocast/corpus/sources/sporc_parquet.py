"""SPoRC 1.1: trees of Parquet files, a row group a podcast. A part is some podcasts of one file of episodes.

What is known of episodes takes few of the columns, so the rules on episodes are applied first, without the talk; then
the turns of those that are left are read, podcast by podcast.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.parts import Count, key_of, lines_of, packed
from photocast.corpus.sources.checks import fingerprint_of
from photocast.corpus.sources.dealing import FOLDER, Bucket, Split, forget_split, read_split
from photocast.corpus.sources.episodes import DUPLICATE_ID, episode_of, facts_of, origin_of, url_of
from photocast.corpus.sources.records import MISSING_COLUMNS, EpisodeRecord, TurnRecord
from photocast.corpus.sources.source import Early, SourcePart, Told
from photocast.corpus.sources.terms import SPORC_TERMS
from photocast.corpus.store import Store
from photocast.schema import InputError

ROWS_A_PART = 2000
"""Episodes in a part, about; the last podcast is never cut."""
_TURN_TREES = ("turns/text", "turns_text")
_EPISODE_COLUMNS = [field.name for field in msgspec.structs.fields(EpisodeRecord)]
_TURN_COLUMNS = [field.name for field in msgspec.structs.fields(TurnRecord)]


class Podcast(msgspec.Struct, omit_defaults=True):
    """Episodes of a podcast that may be kept, and where their turns lie."""

    episodes: list[EpisodeRecord]
    turns: list[tuple[str, int]] = []
    """File, relative to the folder, and row group."""


@dataclass(frozen=True)
class SporcParquet:
    """SPoRC 1.1 in a folder.

    Attributes:
        folder: with `episodes/` and `turns/text/`.
        dataset: name and version, as in `Origin.dataset`.
        hosted: terms to be agreed to before text is sent to a hosted model.
    """

    folder: Path
    dataset: str = "sporc-1.1"
    hosted: str | None = SPORC_TERMS

    def parts(self, store: Store, early: Early, told: Told) -> Sequence[SourcePart]:
        """Choose the episodes that may be kept, and find where their turns lie, unless that has been done.

        Raises:
            InputError: files are not there, damaged, or not what they should be.
        """
        files = self._files("episodes")
        turns = [path for tree in _TURN_TREES for path in self._files(tree)]
        if not files or not turns:
            raise InputError(
                f"{self.folder} is not all of SPoRC 1.1",
                f"there are no Parquet files in {'episodes' if not files else _TURN_TREES[0]}/",
                "Download the whole dataset, or at least the trees episodes and turns/text",
            )
        prints = {self._name(path): fingerprint_of(path) for path in (*files, *turns)}
        key = key_of("split", self.dataset, prints, early.settings)
        split = read_split(store)
        if split is None or split.key != key:
            forget_split(store)
            split = _Choosing(self, early, _Places(self.folder, turns)).choose(store, key, files, prints, told)
        return [SourcePart(one.name, tuple(one.files), one.fingerprint, one.size) for one in split.buckets]

    def read(self, store: Store, part: SourcePart) -> Iterator[PodcastEpisode | Dropped]:
        """The episodes of a part. It holds the turns of one podcast at a time."""
        decoder = msgspec.json.Decoder(Podcast)
        seen = set[str]()
        last = _LastOpened()
        for line in lines_of(store, part.files[0]):
            podcast = decoder.decode(line)
            turns = self._turns(podcast, last)
            for record in podcast.episodes:
                episode = origin_of(record, self.dataset).episode
                if episode in seen:
                    yield Dropped(episode, DUPLICATE_ID)
                    continue
                seen.add(episode)
                yield episode_of(record, turns.pop(episode, []), self.dataset)

    def _turns(self, podcast: Podcast, last: "_LastOpened") -> dict[str, list[TurnRecord]]:
        """The turns of the episodes that are kept, by episode."""
        arrow = import_module("pyarrow")
        wanted = arrow.array([origin_of(record, self.dataset).episode for record in podcast.episodes])
        found = defaultdict[str, list[TurnRecord]](list)
        for name, group in podcast.turns:
            path = self.folder / name
            table = _columns(last.file(path), [group], ["episode_id", *_TURN_COLUMNS], path)
            table = table.filter(import_module("pyarrow.compute").is_in(table["episode_id"], value_set=wanted))
            for row in table.to_pylist():
                found[row.pop("episode_id")].append(TurnRecord(**row))
        return found

    def _files(self, tree: str) -> list[Path]:
        return sorted(path for path in (self.folder / tree).glob("**/*.parquet") if not path.name.startswith("."))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


class _Places:
    """Where the turns of podcasts lie: as the shard map says, or else as the statistics of the files do."""

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        self._folder = folder
        self._files = files

    def of(self, podcasts: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """File and row group of the turns of each podcast that has any."""
        compute = import_module("pyarrow.compute")
        here = self._table.filter(
            compute.is_in(self._table["podcast_id"], value_set=import_module("pyarrow").array(podcasts))
        )
        places = defaultdict[str, list[tuple[str, int]]](list)
        for row in here.to_pylist():
            places[row["podcast_id"]].append((row["part"], row["row_group"]))
        return places

    @cached_property
    def _table(self) -> Any:
        shard_map = self._folder / "metadata/shard_map.parquet"
        return self._mapped(shard_map) if shard_map.is_file() else self._from_statistics()

    def _mapped(self, path: Path) -> Any:
        compute = import_module("pyarrow.compute")
        with _opened(path) as file:
            table = _columns(file, range(file.num_row_groups), ["podcast_id", "tree", "part", "row_group"], path)
        if set(table.column_names) != {"podcast_id", "tree", "part", "row_group"}:
            return self._from_statistics()
        table = table.filter(compute.equal(table["tree"], "turns_text")).drop_columns(["tree"])
        names = {path.name: path.relative_to(self._folder).as_posix() for path in self._files}
        parts = table["part"].to_pylist()
        missing = sorted({part for part in parts if part not in names})
        if missing:
            raise InputError(
                f"{self._folder} is not all of SPoRC 1.1",
                f"its shard map names {len(missing)} files of turns that are not there, such as {missing[0]}",
                "Download the rest of turns/text, or take metadata/shard_map.parquet away to use what is there",
            )
        arrow = import_module("pyarrow")
        return table.set_column(table.column_names.index("part"), "part", arrow.array([names[part] for part in parts]))

    def _from_statistics(self) -> Any:
        rows = []
        for path in self._files:
            with _opened(path) as file:
                name = path.relative_to(self._folder).as_posix()
                for group in range(file.num_row_groups):
                    for podcast in _podcasts_in(file, group, path):
                        rows.append({"podcast_id": podcast, "part": name, "row_group": group})
        return import_module("pyarrow").Table.from_pylist(rows)


class _Choosing:
    """One pass over what is known of all episodes. It counts what it leaves out."""

    def __init__(self, source: SporcParquet, early: Early, places: _Places) -> None:
        self._source, self._early, self._places = source, early, places
        self._read, self._select = Count("read"), Count("select")

    def choose(self, store: Store, key: str, files: Sequence[Path], prints: dict[str, str], told: Told) -> Split:
        buckets: list[Bucket] = []
        for number, path in enumerate(files):
            told("split", number, len(files))
            for at, podcasts in enumerate(self._parts_of(path)):
                name = f"{number:05d}-{at:03d}"
                file = f"{FOLDER}/{name}.podcasts.jsonl.gz"
                data = packed(podcasts)
                store.write(file, data)
                turns = sorted({place for podcast in podcasts for place in podcast.turns})
                content = key_of(podcasts, [(prints[name], group) for name, group in turns])
                buckets.append(Bucket(name, [file], content, len(data)))
        told("split", len(files), len(files))
        split = Split(key, [self._read, self._select], buckets)
        split.write(store)
        return split

    def _parts_of(self, path: Path) -> Iterator[list[Podcast]]:
        """Podcasts of a file, in pieces of about as many episodes."""
        podcasts: list[Podcast] = []
        with _opened(path) as file:
            rows = 0
            for groups in _together(file):
                table = _columns(file, groups, _EPISODE_COLUMNS, path)
                rows += table.num_rows
                podcasts += self._chosen(table.to_pylist())
                if rows >= ROWS_A_PART:
                    yield podcasts
                    podcasts, rows = [], 0
            if rows:
                yield podcasts

    def _chosen(self, rows: Sequence[dict[str, Any]]) -> list[Podcast]:
        kept: dict[str, list[EpisodeRecord]] = {}
        for row in rows:
            record = EpisodeRecord(**row)
            if not url_of(record) and not record.episode_id:
                self._read.drop(MISSING_COLUMNS)
                continue
            facts = facts_of(record, self._source.dataset)
            reason = self._early.main_speakers(facts.main_speakers) if facts.main_speakers else None
            if reason := reason or self._early.facts(facts):
                self._read.keep()
                self._select.drop(reason)
            else:
                kept.setdefault(facts.origin.podcast, []).append(record)
        places = self._places.of(list(kept))
        return [Podcast(episodes, places.get(podcast, [])) for podcast, episodes in kept.items()]


class _LastOpened:
    """Keeps the file open that was read last: neighbouring podcasts lie in one, and opening one takes milliseconds."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._file: Any = None

    def file(self, path: Path) -> Any:
        if path != self._path:
            if self._file is not None:
                self._file.close()
            self._path, self._file = path, _opened(path)
        return self._file


def _opened(path: Path) -> Any:
    parquet, arrow = import_module("pyarrow.parquet"), import_module("pyarrow")
    try:
        return parquet.ParquetFile(path)
    except (OSError, arrow.ArrowException) as error:
        raise _unreadable(path, error) from error


def _columns(file: Any, groups: Sequence[int], columns: Sequence[str], path: Path) -> Any:
    """Some row groups, as far as they have the columns."""
    there = set(file.schema_arrow.names)
    try:
        return file.read_row_groups(
            list(groups), columns=[name for name in columns if name in there], use_threads=False
        )
    except (OSError, import_module("pyarrow").ArrowException) as error:
        raise _unreadable(path, error) from error


def _together(file: Any) -> Iterator[list[int]]:
    """Row groups in lots of some hundred rows: a podcast has five episodes, and every read has its price."""
    groups: list[int] = []
    rows = 0
    for group in range(file.num_row_groups):
        groups.append(group)
        rows += file.metadata.row_group(group).num_rows
        if rows >= ROWS_A_PART:
            yield groups
            groups, rows = [], 0
    if groups:
        yield groups


def _podcasts_in(file: Any, group: int, path: Path) -> list[str]:
    """Podcasts of a row group: one, where its statistics say so."""
    at = file.schema_arrow.names.index("podcast_id")
    statistics = file.metadata.row_group(group).column(at).statistics
    if statistics is not None and statistics.has_min_max and statistics.min == statistics.max:
        return [statistics.min]
    return sorted(set(_columns(file, [group], ["podcast_id"], path)["podcast_id"].to_pylist()))


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"cannot read {path}", str(error).splitlines()[0].rstrip("."), "Download it again")
