"""NEFTune (arXiv:2310.05914): how much of the noise that a recipe asks for reaches the words.

The noise on an embedding is uniform in ±alpha / √(L·D), for L tokens of D numbers. With pictures, L counts their tokens
as well, but their embeddings are put in after the noise and have none. So the words of a sample with many pictures get
less noise than the same words would alone: as much as an alpha of alpha · √(share of the words) would give them.
"""

from math import sqrt

from photocast.schema.record import Record
from photocast.training.lengths import Lengths


class Noise(Record):
    """The noise of a training."""

    alpha: float
    """As the recipe says."""
    effective_alpha: float
    """What would give the words as much if they stood alone; the mean over samples."""
    bound: float
    """Largest change of one number of an embedding, the mean over samples that are not filled up."""


def noise_of(alpha: float, lengths: Lengths, hidden: int) -> Noise:
    """The noise that reaches the words of these samples.

    Args:
        alpha: of the recipe.
        lengths: of the samples.
        hidden: numbers of an embedding.
    """
    rows = lengths.rows
    effective = [alpha * sqrt((row.words + row.answer) / row.all) for row in rows]
    bounds = [alpha / sqrt(row.all * hidden) for row in rows]
    return Noise(alpha=alpha, effective_alpha=sum(effective) / len(rows), bound=sum(bounds) / len(rows))
