"""Means over clips, by kind of clip, with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photocast.bench.diadem.records import Reference
from photocast.bench.diadem.results import Group, Score
from photocast.metrics.attribution import Rates, WordErrors, f1

RESAMPLES = 10_000
SEED = 0
_AT_ONCE = 2_000_000
"""Draws that are held in memory together."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clip:
    """The figures of one clip; None where it was not scored, or not judged."""

    kinds: frozenset[str]
    asr: Rates | None
    ref: Rates | None
    words: WordErrors | None


def kinds_of(reference: Reference) -> frozenset[str]:
    """The strata that a clip belongs to, as `STRATA` names them; those of fields that are missing are left out."""
    kinds = set(_kinds(reference))
    if (single := reference.is_single_shot) is None:
        return frozenset(kinds)
    shot = "single_shot" if single else "multi_shot"
    return frozenset({shot, *kinds, *(f"{shot}/{kind}" for kind in kinds)})


def _kinds(reference: Reference) -> Iterator[str]:
    if (speakers := reference.speaker_num) is not None:
        yield f"speakers_{_numbered(speakers) if speakers else 'overlap'}"
    if people := reference.people_num_in_screen:
        yield f"people_{_numbered(people)}"
    if reference.has_off_screen_speaker:
        yield "off_screen"
    if reference.has_same_sex_speakers:
        yield "same_sex"
    if reference.only_opposite_sex_speakers:
        yield "only_opposite_sex"


def _numbered(count: int) -> str:
    return str(count) if count < 3 else "3_or_more"


_KINDS = (
    *(f"speakers_{one}" for one in ("1", "2", "3_or_more", "overlap")),
    *(f"people_{one}" for one in ("1", "2", "3_or_more")),
    "off_screen",
    "same_sex",
    "only_opposite_sex",
)
STRATA = (*_KINDS, *(one for shot in ("single_shot", "multi_shot") for one in (shot, *(f"{shot}/{k}" for k in _KINDS))))
"""Kinds of clips in the order of the table: over both kinds of shots, and for each."""


def grouped(clips: Sequence[Clip]) -> tuple[Group, dict[str, Group]]:
    """The figures of all clips, and those of each kind of which there are any."""
    by_kind = {kind: [clip for clip in clips if kind in clip.kinds] for kind in STRATA}
    return group(clips), {kind: group(some) for kind, some in by_kind.items() if some}


def group(clips: Sequence[Clip]) -> Group:
    """The figures of some clips, in per cent."""
    words = sum((clip.words for clip in clips if clip.words), WordErrors(0, 0))
    return Group(
        n=len(clips),
        ref=score([clip.ref for clip in clips if clip.ref]),
        asr=score([clip.asr for clip in clips if clip.asr]),
        cpwer=_per_cent(words.rate),
    )


def score(rates: Sequence[Rates]) -> Score:
    """Mean recall, mean precision, and the F1 of these two means with its interval, in per cent."""
    table = np.array([[one.recall, one.precision] for one in rates], dtype=np.float64).reshape(-1, 2)
    recall, precision = (None if np.isnan(column).all() else float(np.nanmean(column)) for column in table.T)
    interval = f1_interval(table)
    return Score(
        n=len(rates),
        recall=_per_cent(recall),
        precision=_per_cent(precision),
        f1=_per_cent(f1(recall, precision)),
        ci95=interval and (100 * interval[0], 100 * interval[1]),
        undefined_recall=sum(one.recall is None for one in rates),
        undefined_precision=sum(one.precision is None for one in rates),
    )


def f1_interval(table: Values, *, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float] | None:
    """Where the F1 of the means would lie with other clips: percentile bootstrap over clips, 95 %.

    Clips are drawn with both their figures, so that recall and precision stay together. A draw in which F1 is
    undefined is left out. None for fewer than two clips, or where no draw has a value.

    Args:
        table: (clips, 2), recall and precision, NaN where undefined.
        resamples: how often clips are drawn.
        seed: of the draws.
    """
    if len(table) < 2:
        return None
    values = np.concatenate([_f1_of(counts, table) for counts in _draws(len(table), resamples, seed)])
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _draws(items: int, resamples: int, seed: int) -> Iterator[Values]:
    """How often each item is in each draw: (draws, items), some draws at a time."""
    random = np.random.default_rng(seed)
    block = max(1, _AT_ONCE // items)
    for start in range(0, resamples, block):
        draws = min(block, resamples - start)
        drawn = random.integers(0, items, (draws, items)) + items * np.arange(draws)[:, None]
        yield np.bincount(drawn.ravel(), minlength=draws * items).reshape(draws, items).astype(np.float64)


def _f1_of(counts: Values, table: Values) -> Values:
    """`f1` of the means of each draw."""
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, precision = ((counts @ np.nan_to_num(table)) / (counts @ ~np.isnan(table))).T
        means: Values = 2 * precision * recall / (precision + recall)
    return np.where((recall == 0) | (precision == 0), 0.0, means)


def _per_cent(rate: float | None) -> float | None:
    return None if rate is None else 100 * rate
