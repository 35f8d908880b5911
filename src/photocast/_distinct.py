"""How many different numbers stand in windows of a sequence: for metrics, and for rules that load none of those."""

import numpy as np
from numpy.typing import NDArray


def mean_distinct(ids: NDArray[np.int64], window: int) -> float:
    """Mean over all windows of the share of different numbers in it; `ids` (n,), n >= window.

    A number adds to a window unless it stands in it before: it counts for the windows that hold it and not its
    predecessor.
    """
    places = np.arange(len(ids))
    order = np.argsort(ids, kind="stable")
    same = ids[order[1:]] == ids[order[:-1]]
    previous = np.full(len(ids), -1)
    previous[order[1:][same]] = order[:-1][same]
    first = np.maximum(np.maximum(places - window + 1, previous + 1), 0)
    last = np.minimum(places, len(ids) - window)
    return float(np.maximum(last - first + 1, 0).sum() / (len(ids) - window + 1) / window)
