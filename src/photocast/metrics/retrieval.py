"""Whether a transcript leads back to its own album: captions of people found again by their words, without weights.

All texts become rows of word weights, and a transcript is compared with the captions of every album. The captions may
be any texts about the albums: what people wrote, or facts that were seen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photocast.metrics.reading import content_words, undefined


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Where each transcript finds the caption of its own album."""

    ranks: tuple[float, ...]
    """By transcript: 1 is first. Captions that are equally close share the middle of their ranks."""

    @property
    def reciprocal_ranks(self) -> tuple[float, ...]:
        """By transcript."""
        return tuple(1 / rank for rank in self.ranks)

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank."""
        return sum(self.reciprocal_ranks) / len(self.ranks)

    def recall_at(self, k: int) -> float:
        """Share of the transcripts whose own caption is among the first k."""
        return sum(rank <= k for rank in self.ranks) / len(self.ranks)


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of the captions the transcripts say again, by transcript."""

    own: tuple[float, ...]
    others: tuple[float, ...]
    """Mean over the captions of all other albums."""

    @property
    def lift(self) -> tuple[float, ...]:
        """By transcript: the own share minus that of the others."""
        return tuple(own - other for own, other in zip(self.own, self.others, strict=True))


def caption_retrieval(transcripts: Sequence[str], captions: Sequence[str]) -> Retrieval:
    """Where the caption of a transcript's own album comes among those of all albums.

    Captions are ranked by the cosine of their TF-IDF weights and those of the transcript. The weight of a content word
    is count · (1 + ln((1 + n) / (1 + df))), with n texts, captions and transcripts, of which df have the word. A
    caption has as its rank 1, plus the captions that are closer, plus half of the others that are equally close. So a
    transcript that shares no word with any caption is in the middle, and never first. R@k is the share of ranks up to
    k, MRR the mean of 1 / rank.

    Unit: rank
    Direction: lower
    Source: this project, with TF-IDF (Salton & Buckley 1988). R@1 and MRR are its summaries, where higher is better.
    Weakness: it depends on how many albums there are and how alike they are, and on how words are weighed: only figures
    over one set compare. A transcript that repeats its caption wins; one that tells the same in other words loses.

    Args:
        transcripts: what is said, one for each album; without the speakers' labels.
        captions: of the same albums, in the same order. A transcript ranks all of them, its own among them.

    Raises:
        UndefinedMetric: fewer than two albums.
        ValueError: there are not as many captions as transcripts.
    """
    _check(transcripts, captions, "Caption retrieval")
    cosines = _cosines(transcripts, captions)
    own = np.diag(cosines)[:, None]
    closer, equal = (cosines > own + _EQUAL).sum(axis=1), (np.abs(cosines - own) <= _EQUAL).sum(axis=1) - 1
    return Retrieval(tuple((1 + closer + equal / 2).tolist()))


def caption_recall(transcripts: Sequence[str], captions: Sequence[str]) -> Recall:
    """Share of the content words of the own caption that the transcript says, and of those of other captions.

    Different content words of a caption that the transcript has, over all different ones; for other albums the mean
    over their captions, the own left out.

    Unit: share
    Direction: higher
    Source: this project.
    Weakness: words count by their form (`tire` is not `tires`), and long transcripts have more words: report it minus
    the share of other captions.

    Args:
        transcripts: as for `caption_retrieval`.
        captions: as for `caption_retrieval`.

    Raises:
        UndefinedMetric: fewer than two albums, or a caption has no content words.
        ValueError: there are not as many captions as transcripts.
    """
    _check(transcripts, captions, "Caption recall")
    said = [set(content_words(text)) for text in transcripts]
    wanted = [set(content_words(text)) for text in captions]
    if not all(wanted):
        raise undefined("Caption recall", f"caption {1 + wanted.index(set())} has no content words")
    shares = np.array([[len(words & caption) / len(caption) for caption in wanted] for words in said])
    own = np.diag(shares)
    others = (shares.sum(axis=1) - own) / (len(captions) - 1)
    return Recall(tuple(own.tolist()), tuple(others.tolist()))


def caption_first(transcripts: Sequence[str], captions: Sequence[str]) -> list[float]:
    """Whether a transcript leads back to what people wrote about its album before all other albums (R@1).

    1 if the caption of the own album is nearest by TF-IDF (`caption_retrieval`), else 0; ties are not nearest.

    Unit: share of scripts
    Direction: higher
    Source: this project; the mean is R@1.
    Weakness: depends on how many albums there are and how alike they are: only figures over one set compare.

    Raises:
        UndefinedMetric: fewer than two albums.
    """
    return [float(rank <= 1) for rank in caption_retrieval(transcripts, captions).ranks]


def caption_reciprocal_rank(transcripts: Sequence[str], captions: Sequence[str]) -> list[float]:
    """How early a transcript leads back to what people wrote about its album (MRR).

    1 / rank of the caption of the own album among those of all albums by TF-IDF (`caption_retrieval`).

    Unit: 1 / rank
    Direction: higher
    Source: this project; the mean is MRR.
    Weakness: as caption_first; by chance it is the mean of 1 / 1 to 1 / n.

    Raises:
        UndefinedMetric: fewer than two albums.
    """
    return list(caption_retrieval(transcripts, captions).reciprocal_ranks)


def caption_word_recall(transcripts: Sequence[str], captions: Sequence[str]) -> list[float]:
    """How much of what people wrote about its album a transcript says again, beyond what it says of any album.

    Share of the content words of the own caption that the transcript has, minus the mean of that share over the
    captions of other albums (`caption_recall`).

    Unit: share
    Direction: higher
    Source: this project.
    Weakness: words count by their form, and long transcripts have more of them.

    Raises:
        UndefinedMetric: fewer than two albums, or a caption has no content words.
    """
    return list(caption_recall(transcripts, captions).lift)


_EQUAL = 1e-12
"""Cosines that differ by less are equal: they are sums in another order."""


def _cosines(transcripts: Sequence[str], captions: Sequence[str]) -> NDArray[np.float64]:
    """(transcripts, captions): of TF-IDF weights; 0 where one has no content words."""
    counts = [Counter(content_words(text)) for text in (*transcripts, *captions)]
    frequency = Counter(word for one in counts for word in one)
    columns = {word: at for at, word in enumerate(sorted(frequency))}
    rarity = np.array([1 + np.log((1 + len(counts)) / (1 + frequency[word])) for word in columns])
    rows = _weights(counts, columns, rarity)
    return np.asarray(rows[: len(transcripts)] @ rows[len(transcripts) :].T, np.float64)


def _weights(
    counts: Sequence[Counter[str]], columns: dict[str, int], rarity: NDArray[np.float64]
) -> NDArray[np.float64]:
    rows = np.zeros((len(counts), len(columns)))
    for row, words in zip(rows, counts, strict=True):
        for word in words:
            row[columns[word]] = words[word] * rarity[columns[word]]
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float64)


def _check(transcripts: Sequence[str], captions: Sequence[str], figure: str) -> None:
    if len(transcripts) != len(captions):
        raise ValueError(f"{len(transcripts)} transcripts need as many captions, and there are {len(captions)}")
    if len(captions) < 2:
        raise undefined(figure, "with fewer than two albums there is nothing to tell apart")
