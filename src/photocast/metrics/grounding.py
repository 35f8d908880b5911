"""Whether a conversation is about the photos: every turn beside every photo, and beside those of other albums.

The numbers come from an encoder that puts texts and photos into one space (`photocast.models.encoders`, or anything
that fits `Encoder`); what is made of them is here. Nothing is cut: a turn is split into pieces that the encoder reads
to their end, and its value for a photo is the largest cosine of any of its pieces.

Generic sentences go well with every photo. So no figure here means anything without its null, the same script beside
albums that it is not about; what is reported is the figure minus the null.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from photocast.metrics.reading import undefined
from photocast.schema import InputError, UndefinedMetric
from photocast.schema.record import Record

Similarities = NDArray[np.float64]
"""(turns, photos): cosines."""

CLIP_SCORE_PREFIX = "A photo depicts "
"""What Hessel et al. put before every caption."""
CLIP_SCORE_WEIGHT = 2.5
COVERED = 95
"""Percentile of what photos of other albums reach, from which on a photo counts as covered."""

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")
_CLAUSE = re.compile(r"(?<=[,;:—–)])\s+|(?<=[、，；：])")


class Encoder(Protocol):
    """What is needed of an encoder; those of `photocast.models.encoders` have it."""

    def fits(self, text: str) -> bool:
        """Whether the encoder reads all of a text."""
        ...

    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, d): a row of length 1 for every text."""
        ...

    def images(self, paths: Sequence[Path]) -> NDArray[np.float32]:
        """(n, d): a row of length 1 for every photo."""
        ...


@dataclass(frozen=True)
class TurnVectors:
    """The pieces of all turns as an encoder reads them."""

    pieces: NDArray[np.float32]
    """(pieces, d), turn after turn."""
    starts: NDArray[np.intp]
    """(turns,): the row in which each turn begins."""


class AgainstNull(Record):
    """A figure of a script beside its own album and beside others."""

    raw: float
    null: float
    """Mean of the figure of the same script over the other albums."""
    lift: float
    """raw - null: what is to be reported."""
    others: int
    """Albums that the null is over."""


class Grounding(Record):
    """All similarity figures of one script, each with its null; definitions: the functions of the same names."""

    grounding: AgainstNull | None
    clip_score: AgainstNull | None
    clip_score_torchmetrics: AgainstNull | None
    photo_coverage: AgainstNull | None
    order_fidelity: AgainstNull | None
    theta: float
    """Cosine from which on a photo counted as covered."""
    undefined: dict[str, str]
    """Why a figure is none, by its name."""


def chunks(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Split a text into pieces that fit; nothing is lost, and all words come in their order.

    A sentence is a piece. One that does not fit is split at its clauses, a clause between words, a word between
    letters; as many of them as fit stay together. White space becomes single spaces.

    Args:
        text: of a turn.
        fits: whether an encoder reads all of a text.

    Raises:
        InputError: not even one letter fits.
    """
    plain = " ".join(text.split())
    return [piece for sentence in _split(_SENTENCE, plain) for piece in _pieces(sentence, fits)]


def embed_turns(turns: Sequence[str], encoder: Encoder, *, prefix: str = "") -> TurnVectors:
    """Read the texts of turns, each to its end.

    Args:
        turns: the texts.
        encoder: reads them.
        prefix: is put before every piece; `CLIP_SCORE_PREFIX` for Hessel's CLIPScore.

    Raises:
        UndefinedMetric: there are no turns.
    """
    if not turns:
        raise undefined("Similarity to photos", "there are no turns")
    split = [chunks(turn, lambda piece: encoder.fits(prefix + piece)) for turn in turns]
    starts = np.cumsum([0, *(len(pieces) for pieces in split[:-1])])
    return TurnVectors(encoder.texts([prefix + piece for pieces in split for piece in pieces]), starts)


def similarities(turns: TurnVectors, photos: NDArray[np.float32]) -> Similarities:
    """(turns, photos): the cosine of each photo and the piece of the turn that is most like it.

    Args:
        turns: as `embed_turns` reads them.
        photos: (photos, d), rows of length 1, as `Encoder.images` gives them.
    """
    cosines = np.asarray(turns.pieces, np.float64) @ np.asarray(photos, np.float64).T
    return np.maximum.reduceat(cosines, turns.starts, axis=0)


def grounding(cosines: Similarities) -> float:
    """How close the nearest turn comes to a photo.

    Mean over the photos of the largest cosine that any turn reaches.

    Unit: cosine
    Direction: higher
    Source: sentence-max grounding, after CLIPScore (Hessel et al., arXiv:2104.08718); nobody has validated it for
    conversations.
    Weakness: generic sentences come close to everything, and long scripts reach more by chance: report it minus its
    null (`grounded`), and compare scripts of one length. Encoders read words without their order.

    Raises:
        UndefinedMetric: no turns or no photos.
    """
    return float(_nearest(cosines, "Grounding").mean())


def clip_score(cosines: Similarities) -> float:
    """CLIPScore as Hessel et al. define it, of each photo and the turn nearest to it.

    Mean over the photos of 2.5 · max(cos, 0), with the largest cosine of any turn. Of one caption and one photo it is
    their CLIPScore, if the caption was read after `CLIP_SCORE_PREFIX` ("A photo depicts ") as `embed_turns` does when
    it is told to, and with the encoder of the paper, CLIP ViT-B/32.

    Unit: 2.5 · cosine
    Direction: higher
    Source: Hessel et al., arXiv:2104.08718. Agrees with people on literal captions (Flickr8k-Expert).
    Weakness: not validated for talk, and it punishes what is inferred or told. See `grounding`; the published
    CLIPScore of SPoRC-VIST is another thing (`photocast.models.encoders.published_clip_score`).

    Raises:
        UndefinedMetric: no turns or no photos.
    """
    return CLIP_SCORE_WEIGHT * float(np.maximum(_nearest(cosines, "CLIPScore"), 0).mean())


def clip_score_torchmetrics(cosines: Similarities) -> float:
    """CLIPScore on the scale of torchmetrics, of each photo and the turn nearest to it.

    Mean over the photos of 100 · max(cos, 0), with the largest cosine of any turn: 40 times `clip_score` where that is
    read without a prefix, as torchmetrics does.

    Unit: 100 · cosine
    Direction: higher
    Source: torchmetrics.multimodal.CLIPScore.
    Weakness: as `clip_score`. torchmetrics itself cuts long texts and with them the token that they are read at.

    Raises:
        UndefinedMetric: no turns or no photos.
    """
    return 100 * float(np.maximum(_nearest(cosines, "CLIPScore"), 0).mean())


def photo_coverage(cosines: Similarities, theta: float) -> float:
    """Share of the photos that some turn is about.

    Photos of which the largest cosine of any turn is at least theta, over all photos. Theta is the 95th percentile of
    the same largest cosines on albums that the script is not about (`coverage_threshold`).

    Unit: share
    Direction: higher
    Source: this project.
    Weakness: theta depends on the encoder and on how long the scripts are; one in twenty photos of other albums is
    covered by definition. A photo that looks like another one is covered together with it.

    Raises:
        UndefinedMetric: no turns or no photos.
    """
    return float((_nearest(cosines, "Photo coverage") >= theta).mean())


def coverage_threshold(others: Sequence[Similarities]) -> float:
    """Theta of `photo_coverage`: the 95th percentile of the largest cosines, over all photos of other albums.

    Raises:
        UndefinedMetric: there is no other album.
    """
    if not others:
        raise undefined("The threshold of coverage", "there is no album that the script is not about")
    nearest = np.concatenate([_nearest(cosines, "The threshold of coverage") for cosines in others])
    return float(np.percentile(nearest, COVERED))


def order_fidelity(cosines: Similarities) -> float:
    """Whether the photos are talked about in their order.

    Kendall's tau-b of the order of the photos and the turns nearest to them; of turns equally near, the first.

    Unit: correlation
    Direction: higher
    Source: this project, with Kendall's tau-b (Kendall 1945).
    Weakness: few photos make few pairs: of three, one order in six is perfect by chance. A conversation may well jump.

    Raises:
        UndefinedMetric: fewer than two photos, or one turn is nearest to all of them.
    """
    nearest = _checked(cosines, "Order fidelity").argmax(axis=0)
    if len(nearest) < 2:
        raise undefined("Order fidelity", "one photo has no order")
    if (nearest == nearest[0]).all():
        raise undefined("Order fidelity", "one turn is nearest to all photos")
    return kendall_tau_b(np.arange(len(nearest)), nearest)


def kendall_tau_b(one: NDArray[np.integer], other: NDArray[np.integer]) -> float:
    """Kendall's tau-b of two rows of numbers, not all equal: (concordant - discordant) / √(untied · untied) pairs."""
    first, second = (np.sign(row[:, None] - row[None, :]) for row in (one, other))
    return float((first * second).sum() / np.sqrt(float((first**2).sum()) * float((second**2).sum())))


def grounded(own: Similarities, others: Sequence[Similarities], *, theta: float | None = None) -> Grounding:
    """All similarity figures of a script, each beside its null.

    Args:
        own: the script beside its own album.
        others: the same script beside albums that it is not about.
        theta: of `photo_coverage`, when it was found over a whole set of scripts; otherwise it is found on `others`,
            and the null of the coverage is then about 0.05 by definition.

    Raises:
        UndefinedMetric: there is no other album, hence no null; or no turns, or no photos.
    """
    if not others:
        raise undefined("Grounding", "without the photos of another album there is nothing to compare with")
    _checked(own, "Grounding")
    found = coverage_threshold(others) if theta is None else theta
    figures: Mapping[str, Callable[[Similarities], float]] = {
        "grounding": grounding,
        "clip_score": clip_score,
        "clip_score_torchmetrics": clip_score_torchmetrics,
        "photo_coverage": partial(photo_coverage, theta=found),
        "order_fidelity": order_fidelity,
    }
    values: dict[str, AgainstNull | None] = {}
    missing: dict[str, str] = {}
    for name, figure in figures.items():
        try:
            values[name] = against_null(figure(own), [partial(figure, one) for one in others])
        except UndefinedMetric as error:
            values[name], missing[name] = None, error.why
    return Grounding.model_validate({**values, "theta": found, "undefined": missing})


def against_null(raw: float, nulls: Sequence[Callable[[], float]]) -> AgainstNull:
    """A figure beside the mean of the same figure on albums that the script is not about.

    Albums for which it is undefined are left out of the mean.

    Raises:
        UndefinedMetric: it is undefined for all of them.
    """
    values, why = [], "there is no other album"
    for null in nulls:
        try:
            values.append(null())
        except UndefinedMetric as error:
            why = error.why
    if not values:
        raise undefined("The null", f"it has no value on any other album: {why}")
    mean = sum(values) / len(values)
    return AgainstNull(raw=raw, null=mean, lift=raw - mean, others=len(values))


def _nearest(cosines: Similarities, figure: str) -> NDArray[np.float64]:
    return np.asarray(_checked(cosines, figure).max(axis=0), np.float64)


def _checked(cosines: Similarities, figure: str) -> Similarities:
    if cosines.ndim != 2 or 0 in cosines.shape:
        raise undefined(figure, "there are no turns or no photos")
    return cosines


def _split(at: re.Pattern[str], text: str) -> list[str]:
    """The parts of a text; what closes a quotation stays with the sentence before it."""
    cuts = [0, *(match.end() for match in at.finditer(text)), len(text)]
    return [part for part in (text[start:end].strip() for start, end in pairwise(cuts)) if part]


_FINER: tuple[tuple[Callable[[str], list[str]], str], ...] = (
    (lambda sentence: _split(_CLAUSE, sentence), " "),
    (str.split, " "),
    (list, ""),
)
"""How a sentence is cut finer and finer, and what stood between the parts."""


def _pieces(text: str, fits: Callable[[str], bool], level: int = 0) -> list[str]:
    if fits(text):
        return [text]
    if level == len(_FINER):
        do = "Use an encoder that reads more tokens"
        raise InputError(f"{text!r} cannot be read", "the encoder has no room for a single letter", do)
    cut, glue = _FINER[level]
    packed: list[str] = []
    for part in cut(text):
        longer = f"{packed[-1]}{glue}{part}" if packed else part
        if packed and fits(longer):
            packed[-1] = longer
        else:
            packed += _pieces(part, fits, level + 1)
    return packed
