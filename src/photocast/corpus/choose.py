"""CHOOSE: of all windows those that reach a model, the richest of every kind and no two alike."""

import hashlib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from photocast.corpus.embedded import Scorer
from photocast.corpus.near_duplicates import (
    BANDS,
    PERMUTATIONS,
    SHINGLE,
    Clusters,
    Hashes,
    Shelf,
    Signatures,
    buckets,
    join_similar,
    shingles,
    sign,
)
from photocast.corpus.nouns import Dropped, Window
from photocast.corpus.parts import Count
from photocast.corpus.recipe import ChooseTable
from photocast.corpus.spoken import spoken_text

Read = Callable[[], Iterator[Window]]
"""Reads all windows; called again for every pass, which may come in another order."""

NAME = "choose"
_VERSION = 1
"""Raised when the same windows are chosen otherwise than before."""
_AT_ONCE = 256
"""Windows that are signed together."""
_WIDER = 4
"""How many times as many windows as are wanted a scorer looks at."""
_COPIES = 20
"""Episodes that a stretch of talk is looked for in, to tell whole copies of episodes: the best of them."""


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes:
        kept: ids, the best first.
        dropped: all others, by id.
        count: of both.
    """

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    count: Count


def choose_settings(table: ChooseTable, scorer: Scorer | None = None) -> Any:
    """All that the choice depends on besides the windows."""
    wanted = [table.windows, table.per_podcast, table.near_duplicate]
    return [_VERSION, SHINGLE, PERMUTATIONS, BANDS, wanted, scorer.name if scorer else ""]


def choose(windows: Read, table: ChooseTable, scorer: Scorer | None = None) -> Choice:
    """Choose among all windows of a corpus. The result does not depend on the order in which they come.

    Dropped, in this order: episodes most of whose windows another episode has too (`near_duplicate_episode`); of
    windows that are the same or nearly so all but the richest (`duplicate_window`, `near_duplicate_window`); of each
    podcast all but the richest (`podcast_full`); of the rest all but the richest (`not_among_richest`). Where two are
    equally rich, the lower id stays. An id that comes twice is kept once.

    In memory is about a kilobyte a window; texts that may be alike lie on disk while they are compared.

    Args:
        windows: reads them, two or three times.
        table: how many are wanted, and how much alike two may be.
        scorer: ranks the richest again, by more than single words.
    """
    listed = _Listed(windows)
    clusters = _alike(listed, windows, table.near_duplicate)
    fates: dict[int, Dropped] = {}
    fates |= _copied_episodes(listed, clusters)
    fates |= _copied_windows(listed, clusters, fates)
    ranked = [number for number in listed.best_first(listed.richness) if number not in fates]
    if scorer:
        ranked, outside = _capped(listed, ranked, _WIDER * table.per_podcast, _WIDER * table.windows)
        fates |= outside
        scores = {number: scorer.score(window.text) for number, window in _found(listed, ranked, windows)}
        ranked = listed.best_first(scores)
    kept, rest = _capped(listed, ranked, table.per_podcast, table.windows)
    return _choice(listed, kept, fates | rest)


class _Listed:
    """What has to be known of all windows at once. They are numbered in the order of their ids."""

    def __init__(self, windows: Read) -> None:
        rows: list[tuple[str, bytes, float, str, str]] = []
        signed: list[Signatures] = []
        batch: list[Hashes] = []
        names: dict[str, str] = {}  # one string for each episode and podcast, however often it is read
        for window in windows():
            plain = spoken_text(window.text)
            batch.append(shingles(plain))
            episode, podcast = (names.setdefault(name, name) for name in (window.origin.episode, window.origin.podcast))
            rows.append((window.id, _digest(plain), window.richness, episode, podcast))
            if len(batch) == _AT_ONCE:
                signed.append(sign(batch))
                batch.clear()
        signed += [sign(batch)] if batch else []
        self.order = np.array(sorted(range(len(rows)), key=rows.__getitem__), np.int64)
        self._rows = [rows[row] for row in self.order]
        self._signatures = np.concatenate(signed) if signed else np.zeros((0, PERMUTATIONS), np.uint32)
        self.ids = [row[0] for row in self._rows]
        self.digests = [row[1] for row in self._rows]
        self.richness = {number: row[2] for number, row in enumerate(self._rows)}
        self.episodes = [row[3] for row in self._rows]
        self.podcasts = [row[4] for row in self._rows]

    def best_first(self, scores: Mapping[int, float]) -> list[int]:
        """The numbers that have scores, from the highest score on; of two that are equal the lower one first."""
        return sorted(scores, key=lambda number: (-scores[number], number))

    def buckets(self, numbers: Sequence[int]) -> Iterator[Any]:
        """Groups of some of the windows that may be alike."""
        picked = np.array(numbers, np.int64)
        return (picked[group] for group in buckets(self._signatures, self.order[picked]))

    def estimate(self, one: int, other: int) -> float:
        """How alike two windows are, by their signatures."""
        first, second = self._signatures[self.order[[one, other]]]
        return float((first == second).mean())

    def drop(self, number: int, reason: str, detail: str = "") -> dict[int, Dropped]:
        """What becomes of a window that is dropped."""
        return {number: Dropped(self.ids[number], reason, detail)}


def _alike(listed: _Listed, windows: Read, threshold: float) -> Clusters:
    """Windows that are the same, nearly the same, or have the same id, put together."""
    clusters = Clusters(len(listed.ids))
    firsts: dict[bytes, int] = {}
    for number, digest in enumerate(listed.digests):
        clusters.join(firsts.setdefault(digest, number), number)
    for number in range(1, len(listed.ids)):
        if listed.ids[number] == listed.ids[number - 1]:
            clusters.join(number - 1, number)
    different = list(firsts.values())
    candidates = {number for group in listed.buckets(different) for number in group.tolist()}
    with tempfile.TemporaryFile() as file:
        shelf = Shelf(file)
        for number, window in _found(listed, candidates, windows):
            shelf.put(number, shingles(spoken_text(window.text)))
        join_similar(listed.buckets(different), clusters, listed.estimate, shelf.jaccard, threshold)
    return clusters


def _found(listed: _Listed, numbers: Iterable[int], windows: Read) -> Iterator[tuple[int, Window]]:
    """Some of the windows, each once, as they are read."""
    wanted = {(listed.ids[number], listed.digests[number]): number for number in numbers}
    ids = {name for name, _ in wanted}
    for window in windows() if wanted else ():
        if window.id in ids:
            number = wanted.pop((window.id, _digest(spoken_text(window.text))), None)
            if number is not None:
                yield number, window


def _copied_episodes(listed: _Listed, clusters: Clusters) -> dict[int, Dropped]:
    """The windows of episodes that have most of their windows in common with a better one that stays."""
    windows = defaultdict[str, list[int]](list)
    for number, episode in enumerate(listed.episodes):
        windows[episode].append(number)
    order = _episodes_best_first(listed, windows)
    found_in = defaultdict[int, list[str]](list)  # the best episodes that stay, for each cluster
    fates: dict[int, Dropped] = {}
    for episode in order:
        roots = [clusters.root(number) for number in windows[episode]]
        shared = Counter(other for root in roots for other in found_in[root])
        copy = next((other for other in shared if 2 * shared[other] > len(roots)), None)
        if copy:
            for number in windows[episode]:
                fates |= listed.drop(number, "near_duplicate_episode", copy)
            continue
        for root in set(roots):
            if len(found_in[root]) < _COPIES:
                found_in[root].append(episode)
    return fates


def _episodes_best_first(listed: _Listed, windows: Mapping[str, Sequence[int]]) -> list[str]:
    means = {episode: sum(map(listed.richness.__getitem__, own)) / len(own) for episode, own in windows.items()}
    return sorted(means, key=lambda episode: (-means[episode], episode))


def _copied_windows(listed: _Listed, clusters: Clusters, gone: Mapping[int, Dropped]) -> dict[int, Dropped]:
    """All but the richest of windows that are alike, of those that are still there."""
    best: dict[int, int] = {}
    seen: set[bytes] = set()
    fates: dict[int, Dropped] = {}
    for number in listed.best_first(listed.richness):
        if number in gone:
            continue
        stays = best.setdefault(clusters.root(number), number)
        if stays != number:
            same = listed.digests[number] in seen or listed.ids[number] == listed.ids[stays]
            reason = "duplicate_window" if same else "near_duplicate_window"
            fates |= listed.drop(number, reason, listed.ids[stays])
        seen.add(listed.digests[number])
    return fates


def _capped(
    listed: _Listed, ranked: Sequence[int], per_podcast: int, total: int
) -> tuple[list[int], dict[int, Dropped]]:
    """The first of each podcast, and the first of those; and what becomes of the others."""
    kept: list[int] = []
    fates: dict[int, Dropped] = {}
    of_podcast = Counter[str]()
    for number in ranked:
        podcast = listed.podcasts[number]
        of_podcast[podcast] += 1
        if of_podcast[podcast] > per_podcast:
            fates |= listed.drop(number, "podcast_full")
        elif len(kept) == total:
            fates |= listed.drop(number, "not_among_richest")
        else:
            kept.append(number)
    return kept, fates


def _choice(listed: _Listed, kept: Sequence[int], fates: Mapping[int, Dropped]) -> Choice:
    count = Count(NAME)
    for _ in kept:
        count.keep()
    dropped = tuple(fates[number] for number in sorted(fates))
    for one in dropped:
        count.drop(one.reason)
    return Choice(tuple(listed.ids[number] for number in kept), dropped, count)


def _digest(plain: bytes) -> bytes:
    return hashlib.blake2b(plain, digest_size=16).digest()
