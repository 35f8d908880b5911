"""The rewards of DiaDem (arXiv:2601.19267): what was said, and by whom, in lines of `speaker: utterance`.

How DiaDem was trained is not published. These are a reconstruction from its evaluator: the F1 of one clip where the
benchmark has that of means, and a judge that needs no model.
"""

from collections.abc import Sequence

from photocast.metrics.attribution import (
    Alignment,
    Rates,
    Utterance,
    attribution,
    clean,
    f1,
    match,
    same_name,
    transcription,
)
from photocast.training.rewards.asked import Asked


def asr(text: str, asked: Asked) -> float | None:
    """How much of what was said is written down, word for word and in order.

    F1 of the recall and the precision of ASR: similarities of the matched utterances, neighbouring lines of a speaker
    put together where that fits better, over the effective lines of each side. Does not apply where `Asked.dialogue`
    has no utterance.

    Range: 0 to 1
    Source: the evaluator of DiaDemBench; photocast.metrics.attribution.
    Weakness: an utterance that is 60 % right or less earns nothing, so that a weak policy sees no slope. Speakers do
    not count, but that lines of two are not put together.
    """
    meant = clean(asked.dialogue)
    return _f1(transcription(match(clean(text.splitlines()), meant))) if meant else None


def ref(text: str, asked: Asked) -> float | None:
    """How many utterances are ascribed to whoever said them.

    F1 of the recall and the precision of REF: matches whose speakers are the same over the effective lines of each
    side. Speakers are the same whose descriptions are equal but for case, punctuation and blanks, or stand in one group
    of `Asked.aliases`. Does not apply where `Asked.dialogue` has no utterance.

    Range: 0 to 1
    Source: the evaluator of DiaDemBench, whose judge is a model; photocast.metrics.attribution.
    Weakness: a right description in other words earns nothing unless it is an alias, so it teaches the wording of the
    reference.
    """
    meant = clean(asked.dialogue)
    if not meant:
        return None
    predicted = clean(text.splitlines())
    alignment = match(predicted, meant)
    return _f1(attribution(alignment, _same(alignment, predicted, meant, asked.aliases)))


def parsable(text: str, asked: Asked) -> float:
    """Whether every line is one of `speaker: utterance`.

    1 if there is a line, and all that are not blank have a speaker, a colon, and an utterance with a word; else 0.

    Range: 0 or 1
    Source: this project's reconstruction; DiaDem publishes no reward of format.
    Weakness: prose with a colon in every line is parsable too.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    read = clean(lines)
    return float(bool(lines) and len(read) == len(lines) and all(one.speaker for one in read))


def _f1(rates: Rates) -> float:
    return f1(rates.recall, rates.precision) or 0.0  # recall is defined, so that None cannot come out


def _same(
    alignment: Alignment,
    predicted: Sequence[Utterance],
    meant: Sequence[Utterance],
    aliases: Sequence[Sequence[str]],
) -> list[bool]:
    """For each match, whether the speakers of its first lines are the same; one without a word is nobody."""
    names = {same_name(name): same_name(group[0]) for group in aliases for name in group}

    def who(speaker: str) -> str:
        name = same_name(speaker)
        return names.get(name, name)

    pairs = [
        (who(predicted[one.predicted.start].speaker), who(meant[one.reference.start].speaker))
        for one in alignment.matches
    ]
    return [bool(one) and one == other for one, other in pairs]
