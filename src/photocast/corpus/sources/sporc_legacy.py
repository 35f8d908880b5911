"""SPoRC 1.0: two large files of JSON lines, one of episodes and one of turns, joined by the URL of the audio.

Neither file can be split, and the join cannot be held in memory. So one pass over each deals its lines into buckets by
a hash of the URL. Episodes that the rules exclude are left out of it, most of them without being parsed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.corpus.nouns import Dropped, PodcastEpisode
from photocast.corpus.parts import Count, blocks_of, key_of, lines_of
from photocast.corpus.sources.checks import check_columns, fingerprint_of
from photocast.corpus.sources.dealing import Bucket, Dealer, Split, forget_split, read_split, scratch
from photocast.corpus.sources.episodes import DUPLICATE_ID, episode_of, facts_of, origin_of, url_of
from photocast.corpus.sources.lines import Damaged, Lines
from photocast.corpus.sources.records import (
    MISSING_COLUMNS,
    WRONG_ENCODING,
    EpisodeRecord,
    JoinedRecord,
    LineReader,
    TurnRecord,
    as_line,
    is_utf8,
)
from photocast.corpus.sources.source import Early, SourcePart, Told
from photocast.corpus.sources.terms import SPORC_TERMS
from photocast.corpus.sources.urls import Keys, bucket_of, key_of_url, keyed, main_speakers_in
from photocast.corpus.store import Store

BUCKET_BYTES = 32 << 20
"""Of raw lines in a bucket, about: what `read` holds at a time."""
MOST_BUCKETS = 4096
_INFLATED = 4
"""How many times larger than its compressed file the text of turns is, at most."""


@dataclass(frozen=True)
class SporcLegacy:
    """SPoRC 1.0, or a file of its episode records that bring their turns along (`turns` is None then).

    Attributes:
        episodes: the file of episodes.
        turns: the file of turns.
        damaged: what to do about a file that ends in the middle.
        dataset: name and version, as in `Origin.dataset`.
        hosted: terms to be agreed to before text is sent to a hosted model.
    """

    episodes: Path
    turns: Path | None
    damaged: Damaged = "stop"
    dataset: str = "sporc-1.0"
    hosted: str | None = SPORC_TERMS

    def parts(self, store: Store, early: Early, told: Told) -> Sequence[SourcePart]:
        """Deal the files into buckets, unless that has been done.

        Raises:
            InputError: a file is not there, cut off, or not what it should be.
        """
        check_columns(self.episodes, self.turns)
        files = [path for path in (self.episodes, self.turns) if path]
        key = key_of("split", self.dataset, [fingerprint_of(path) for path in files], self.damaged, early.settings)
        split = read_split(store)
        if split is None or split.key != key:
            forget_split(store)
            split = _Dealing(self, early, told).deal(store, key)
        return [SourcePart(one.name, tuple(one.files), one.fingerprint, one.size) for one in split.buckets]

    def read(self, store: Store, part: SourcePart) -> Iterator[PodcastEpisode | Dropped]:
        """The episodes of a bucket, in the order of the file."""
        episodes, *turns = part.files
        turns_of = _turns_by_key(store, turns[0]) if turns else {}
        reader, turn_reader = LineReader(JoinedRecord), LineReader(TurnRecord)
        seen = set[int]()
        for line in lines_of(store, episodes):
            record = reader(line)
            if isinstance(record, str):  # the turns that it should bring along are none
                yield Dropped(origin_of(LineReader(EpisodeRecord)(line), self.dataset).episode, record)
                continue
            key = key_of_url(url_of(record))
            if key in seen:
                yield Dropped(origin_of(record, self.dataset).episode, DUPLICATE_ID)
                continue
            seen.add(key)
            found, mended = _sorted_out(turn_reader.all(b"".join(turns_of.pop(key, ()))))
            yield episode_of(record, [*(record.turns or []), *found], self.dataset, mended)


def _turns_by_key(store: Store, name: str) -> dict[int, list[bytes]]:
    lines = defaultdict[int, list[bytes]](list)
    for run in keyed(blocks_of(store, name)):
        lines[run.key or 0].append(run.data)
    return lines


def _sorted_out(found: list[Any]) -> tuple[list[TurnRecord], Counter[str]]:
    """Turns, and how many lines were none, by reason."""
    turns = [one for one in found if isinstance(one, TurnRecord)]
    return turns, Counter(f"turn_{one}" for one in found if isinstance(one, str))


class _Dealing:
    """One pass over each file. It counts what it leaves out."""

    def __init__(self, source: SporcLegacy, early: Early, told: Told) -> None:
        self._source = source
        self._early = early
        self._read, self._select = Count("read"), Count("select")
        self._keys = Keys()
        self._talking = self._kept = 0
        """Bytes of lines of episodes that have speakers, and of those among them that are kept."""
        self._before = source.episodes.stat().st_size
        """Bytes that come before those of the turns."""
        size = self._before + (source.turns.stat().st_size if source.turns else 0)
        self._told: Callable[[int], None] = lambda done: told("split", done, size)

    def deal(self, store: Store, key: str) -> Split:
        with scratch(store) as folder, ExitStack() as stack:
            together = stack.enter_context(Dealer(folder, "passed", 1))
            self._pass_episodes(together)
            buckets = self._buckets(together)
            dealers = [stack.enter_context(Dealer(folder, "episodes", buckets))]
            for run in keyed(together.blocks(0)):
                dealers[0].add(bucket_of(run.key or 0, buckets), run.data)
            if self._source.turns:
                dealers.append(stack.enter_context(Dealer(folder, "turns", buckets)))
                self._pass_turns(self._source.turns, dealers[-1], buckets)
            counts = [self._read, self._select]
            split = Split(key, counts, [_handed_over(at, dealers, store) for at in range(buckets)])
            split.write(store)
        return split

    def _buckets(self, together: Dealer) -> int:
        """So many that each fits in memory."""
        if self._source.turns is None:
            size = float(together.size)
        else:
            size = self._source.turns.stat().st_size * _INFLATED * (self._kept / self._talking if self._talking else 1)
        return min(max(1, round(size / BUCKET_BYTES)), MOST_BUCKETS)

    def _pass_episodes(self, out: Dealer) -> None:
        """Keep the records of episodes that may be used; in a file that has no turns of its own, without their text."""
        lines = Lines(self._source.episodes, damaged=self._source.damaged, told=self._told)
        reader = LineReader(EpisodeRecord if self._source.turns else JoinedRecord)
        for line in lines:
            number = main_speakers_in(line)
            if number:  # 0 says nothing
                self._talking += len(line)
                if reason := self._early.main_speakers(number):
                    self._exclude(reason)
                    continue
            record = reader(line)
            if isinstance(record, str) or not (url := url_of(record)):
                self._read.drop(record if isinstance(record, str) else MISSING_COLUMNS)
                continue
            if reason := self._early.facts(facts_of(record, self._source.dataset)):
                self._exclude(reason)
                continue
            self._kept += len(line) if number else 0
            self._keys.add(key_of_url(url))
            out.add(0, (as_line(record) if self._source.turns else line) + b"\n")
        self._read.drop("line_too_long", lines.too_long) if lines.too_long else None
        self._read.note("truncated_file") if lines.truncated else None

    def _exclude(self, reason: str) -> None:
        self._read.keep()
        self._select.drop(reason)

    def _pass_turns(self, path: Path, out: Dealer, buckets: int) -> None:
        lines = Lines(path, damaged=self._source.damaged, told=self._told_of_turns)
        reader = LineReader(TurnRecord)
        left = 0
        for run in keyed(lines.blocks()):
            if run.key is None:
                self._read.note(f"turn_{_why_no_url(run.data, reader)}")
            elif run.key in self._keys:
                out.add(bucket_of(run.key, buckets), run.data)
            else:
                left += run.number
        for what, number in (
            ("turn_of_no_kept_episode", left),
            ("turn_line_too_long", lines.too_long),
            ("truncated_file", int(lines.truncated)),
        ):
            if number:
                self._read.note(what, number)

    def _told_of_turns(self, done: int) -> None:
        self._told(self._before + done)


def _why_no_url(line: bytes, reader: LineReader) -> str:
    record = reader(line)
    if isinstance(record, str):
        return record
    return MISSING_COLUMNS if is_utf8(line) else WRONG_ENCODING


def _handed_over(at: int, dealers: Sequence[Dealer], store: Store) -> Bucket:
    files, hashes, sizes = zip(*(dealer.hand_over(at, store) for dealer in dealers), strict=True)
    return Bucket(f"{at:05d}", list(files), key_of(*hashes), sum(sizes))
