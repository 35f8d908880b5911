"""Which photos to take when there are more than an album holds."""

import heapq
from collections.abc import Collection, Sequence
from datetime import datetime

from photocast.album.order import moments


def best_spread(times: Sequence[datetime | None], limit: int, keep: Collection[int] = ()) -> list[int]:
    """Positions of the `limit` photos that cover the album best, in order; those in `keep` always.

    `times` are in album order. A photo's place on the line is half its time and half its number, so that a burst of
    two hundred does not push out the quiet days and a quiet week does not push out the party. The photo whose
    neighbours are closest together goes first, and so on until `limit` are left.
    """
    line = _line(times)
    count, left = len(line), len(line)
    before, after = list(range(-1, count - 1)), list(range(1, count + 1))

    def gap(i: int) -> float:
        ends = before[i] < 0 or after[i] >= count
        return float("inf") if ends else line[after[i]] - line[before[i]]

    heap = [(gap(i), i) for i in range(count) if i not in keep]
    heapq.heapify(heap)
    gone: set[int] = set()
    while left > limit and heap:
        width, i = heapq.heappop(heap)
        if i in gone:
            continue
        if width != gap(i):  # a neighbour went since
            heapq.heappush(heap, (gap(i), i))
            continue
        gone.add(i)
        left -= 1
        if before[i] >= 0:
            after[before[i]] = after[i]
        if after[i] < count:
            before[after[i]] = before[i]
    return [i for i in range(count) if i not in gone]


def _line(times: Sequence[datetime | None]) -> list[float]:
    seconds = [moment.timestamp() if moment else None for moment in moments(times)]
    known = [one for one in seconds if one is not None]
    start = min(known, default=0.0)
    span = (max(known, default=0.0) - start) or 1.0
    line, latest = [], start
    for number, second in enumerate(seconds):
        latest = latest if second is None else max(latest, second)
        line.append((latest - start) / span + number / len(seconds))
    return line
