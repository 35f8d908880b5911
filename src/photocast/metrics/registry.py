"""Every metric by name, with what a glossary says of it. The functions' docstrings are the only source."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from photocast.metrics import (
    across,
    characters,
    compliance,
    diversity,
    grounding,
    manner,
    noun_phrases,
    objects,
    retrieval,
    shape,
    style,
)
from photocast.metrics import reference as people


class Family(StrEnum):
    """What a metric is about."""

    STYLE = "style"
    SHAPE = "shape"
    MANNER = "manner"
    DIVERSITY = "diversity"
    COMPLIANCE = "compliance"
    GROUNDING = "grounding"
    COHERENCE = "coherence"
    SET = "set"


class Needs(StrEnum):
    """What a metric is worked out from, beside the script."""

    SCRIPT = "script"
    """Nothing."""
    REFERENCE = "reference"
    """A human reference."""
    TARGET = "target"
    """What the script was asked to be."""
    SET = "set"
    """The other scripts of its set."""
    FACTS = "facts"
    """What is known about the photos."""
    CAPTIONS = "captions"
    """What people wrote about the photos, and about other albums."""
    ENCODER = "encoder"
    """Photos, those of other albums, and an encoder of texts and images."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What a report says about a metric, and the function that works it out."""

    name: str
    family: Family
    needs: Needs
    function: Callable[..., Any]
    title: str
    definition: str
    unit: str
    direction: str
    """`higher`, `lower`, `none`, `distance to reference`, or `distance to` a number."""
    source: str
    weakness: str

    @classmethod
    def of(cls, function: Callable[..., Any], family: Family, needs: Needs = Needs.SCRIPT) -> "Metric":
        """The metric that a function documents."""
        paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(function.__doc__ or "").split("\n\n")]
        labelled = dict(re.findall(r"^(Unit|Direction|Source|Weakness): (.*)$", _unfolded(function), re.MULTILINE))
        definition = [part for part in paragraphs[1:] if not re.match(r"(Unit|Raises|Args|Returns):", part)]
        return cls(
            function.__name__,
            family,
            needs,
            function,
            title=paragraphs[0].rstrip("."),
            definition=" ".join(definition),
            unit=labelled["Unit"],
            direction=labelled["Direction"],
            source=labelled["Source"].rstrip("."),
            weakness=labelled["Weakness"].rstrip("."),
        )


def _unfolded(function: Callable[..., Any]) -> str:
    """The docstring with lines that go on put together."""
    return re.sub(r"(?<!\n)\n(?!\n|\w+: )", " ", inspect.cleandoc(function.__doc__ or ""))


def _table(*rows: tuple[Family, Needs, tuple[Callable[..., Any], ...]]) -> dict[str, Metric]:
    found = [Metric.of(function, family, needs) for family, needs, functions in rows for function in functions]
    return {metric.name: metric for metric in found}


METRICS: dict[str, Metric] = _table(
    (
        Family.STYLE,
        Needs.SCRIPT,
        (
            style.words,
            style.turns,
            style.speakers,
            style.turn_length,
            style.switch_rate,
            style.distinct_1,
            style.distinct_2,
            style.distinct_3,
        ),
    ),
    (
        Family.SHAPE,
        Needs.SCRIPT,
        (
            shape.turn_length_cv,
            shape.turn_length_median,
            shape.turn_length_p10,
            shape.turn_length_p90,
            shape.short_turn_share,
            shape.long_turn_share,
            shape.cutoff_share,
            shape.overlap_share,
            shape.question_share,
            shape.speaker_share_entropy,
            shape.round_robin,
        ),
    ),
    (Family.SHAPE, Needs.REFERENCE, (people.turn_length_w1,)),
    (
        Family.MANNER,
        Needs.SCRIPT,
        (
            manner.backchannel_share,
            manner.agreement_opening_share,
            manner.reaction_opening_share,
            manner.reaction_lag,
            manner.filler_rate,
            manner.recollection_rate,
            manner.shared_history_rate,
            manner.meta_framing_rate,
        ),
    ),
    (
        Family.DIVERSITY,
        Needs.SCRIPT,
        (
            diversity.mtld,
            diversity.mattr,
            diversity.distinct_2_window,
            diversity.distinct_3_window,
            diversity.rep_4,
            diversity.rep_4_window,
            diversity.longest_repeat,
            diversity.compression_ratio,
        ),
    ),
    (
        Family.SET,
        Needs.SET,
        (across.self_bleu, across.shared_5grams, across.shared_opening, across.opening_diversity),
    ),
    (
        Family.COMPLIANCE,
        Needs.SCRIPT,
        (
            compliance.image_reference_rate,
            compliance.introduction,
            compliance.sign_off,
            compliance.stage_direction_rate,
            compliance.truncated,
        ),
    ),
    (
        Family.COMPLIANCE,
        Needs.TARGET,
        (compliance.label_validity, compliance.length_ratio, compliance.length_error),
    ),
    (Family.COHERENCE, Needs.SCRIPT, (characters.adjacent_turn_similarity,)),
    (
        Family.COHERENCE,
        Needs.FACTS,
        (
            characters.text_continuity,
            characters.image_continuity,
            characters.character_continuity,
            characters.character_coherence,
        ),
    ),
    (Family.GROUNDING, Needs.FACTS, (objects.hallucinated_object_share, objects.fact_coverage)),
    (
        Family.GROUNDING,
        Needs.CAPTIONS,
        (retrieval.caption_first, retrieval.caption_reciprocal_rank, retrieval.caption_word_recall),
    ),
    (
        Family.GROUNDING,
        Needs.ENCODER,
        (
            grounding.grounding,
            grounding.photo_coverage,
            grounding.order_fidelity,
            grounding.clip_score,
            grounding.clip_score_torchmetrics,
            noun_phrases.noun_phrase_grounding,
        ),
    ),
)
"""Every metric; `photocast bench metrics` prints it, and a report its part of it."""


def of(needs: Needs) -> tuple[Metric, ...]:
    """The metrics that are worked out from something."""
    return tuple(metric for metric in METRICS.values() if metric.needs is needs)
