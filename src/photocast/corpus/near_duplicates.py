"""Texts that are nearly the same: MinHash finds pairs that may be, and the true similarity decides.

A text is the set of its runs of five words. The similarity of two texts is that of Jaccard: what their sets share,
over all that is in either. With 32 bands of 4 rows, a pair of similarity .6 is looked at with a probability of .99, one
of .3 with .23: 1 - (1 - s^4)^32. What is looked at is compared whole.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require

Hashes = NDArray[np.uint64]
"""Runs of words, a number for each, (n,)."""
Signatures = NDArray[np.uint32]
"""Rows of MinHash, (texts, 128): the share of equal places in two rows estimates their similarity, error .04."""

SHINGLE = 5
"""Words in a run."""
PERMUTATIONS, BANDS = 128, 32
_ROWS = PERMUTATIONS // BANDS
_SEED = 42
_HOPELESS = 0.2
"""How far below the threshold an estimate has to be to save the comparison: more than four times its error."""
_FIRST = 64
"""Texts of a bucket that all of it is compared with. Larger buckets are copies of one thing, or boilerplate."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_P = 0xD6E8FEB86659FD93


def shingles(plain: bytes) -> Hashes:
    """All runs of five words, in their order; of fewer words, all of them are one run.

    A run's number is sum(byte[i] * p^i) modulo 2^64 over its bytes, mixed: the same on every machine. Sums from the
    beginning of the text give all of them at once.

    Args:
        plain: words parted by single blanks, as `spoken_text` gives them.
    """
    codes = np.frombuffer(plain, np.uint8)
    if not len(codes):
        return np.zeros(0, np.uint64)
    blanks = np.flatnonzero(codes == ord(" "))
    starts, ends = np.concatenate(([0], blanks + 1)), np.concatenate((blanks, [len(codes)]))
    size = min(SHINGLE, len(starts))
    starts, ends = starts[: len(starts) - size + 1], ends[size - 1 :]
    powers, inverses = _powers(1 << len(codes).bit_length())
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(codes * powers[: len(codes)], dtype=np.uint64)))
    return _mixed((sums[ends] - sums[starts]) * inverses[starts])


def sign(texts: Sequence[Hashes]) -> Signatures:
    """A row for each text."""
    minhash = require("rensa", extra="corpus", purpose="finding near-duplicates").RMinHash
    starts = np.cumsum([0, *map(len, texts)], dtype=np.uint64)
    matrix = minhash.digest_matrix_from_flat_token_hashes(np.concatenate(texts), starts, PERMUTATIONS, _SEED)
    return np.array(matrix.to_rows(), np.uint32)


def buckets(signatures: Signatures, order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Texts that may be similar: groups that have a band of their rows in common.

    Args:
        signatures: of all texts.
        order: which rows to look at, and how they are numbered in what comes out: row `order[i]` is number i.
    """
    for band in range(BANDS):
        columns = signatures[:, band * _ROWS : (band + 1) * _ROWS]
        keys = np.zeros(len(order), np.uint64)
        for column in range(_ROWS):
            keys = _mixed(keys ^ columns[order, column])
        by_key = np.argsort(keys, kind="stable")  # within a bucket, numbers stay in order
        edges = np.concatenate(([0], np.flatnonzero(np.diff(keys[by_key])) + 1, [len(order)]))
        for start in np.flatnonzero(np.diff(edges) > 1):
            yield by_key[edges[start] : edges[start + 1]]


class Shelf:
    """Sets of runs of words, on disk: so many do not fit into memory where much of a corpus is alike."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[int, tuple[int, int]] = {}

    def put(self, number: int, text: Hashes) -> None:
        """Keep the set of a text under a number."""
        unique = np.unique(text)
        self._places[number] = (self._file.seek(0, 2), len(unique))
        self._file.write(unique.tobytes())

    def jaccard(self, one: int, other: int) -> float:
        """The true similarity of two texts."""
        first, second = self._get(one), self._get(other)
        shared = len(np.intersect1d(first, second, assume_unique=True))
        return shared / max(len(first) + len(second) - shared, 1)

    def _get(self, number: int) -> Hashes:
        start, length = self._places[number]
        self._file.seek(start)
        return np.frombuffer(self._file.read(8 * length), np.uint64)


class Clusters:
    """Numbers that belong together: which are joined with one another, directly or through others."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, number: int) -> int:
        """The lowest number that this one belongs together with."""
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Put two numbers together, and all that belongs to either."""
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low


def join_similar(
    groups: Iterator[NDArray[np.int64]],
    clusters: Clusters,
    estimate: Callable[[int, int], float],
    jaccard: Callable[[int, int], float],
    threshold: float,
) -> None:
    """Join the texts of each group that are similar.

    Two that belong together already are not compared: copies of one thing cost a comparison each. In a large group, all
    are compared with the first 64 of it. Two that are both similar to a third, but less to each other, end up together.
    """
    for group in groups:
        numbers = group.tolist()
        for place, number in enumerate(numbers):
            for other in numbers[: min(place, _FIRST)]:
                if clusters.root(other) == clusters.root(number):
                    continue
                if estimate(other, number) > threshold - _HOPELESS and jaccard(other, number) >= threshold:
                    clusters.join(other, number)


def _mixed(numbers: Hashes) -> Hashes:
    """Numbers whose every bit depends on all bits of those given; different ones stay different."""
    mixed = (numbers ^ (numbers >> np.uint64(32))) * _MIX
    return np.asarray(mixed ^ (mixed >> np.uint64(29)), np.uint64)


@cache
def _powers(number: int) -> tuple[Hashes, Hashes]:
    """The first powers of p, and what undoes a multiplication with each, modulo 2^64."""
    undone = pow(_P, -1, 1 << 64)
    rows = [np.full(number, base, np.uint64) for base in (_P, undone)]
    for row in rows:
        row[0] = 1
        np.cumprod(row, out=row)
    return rows[0], rows[1]
