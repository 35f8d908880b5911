"""Noun phrases beside photos: a reconstruction in the manner of GROOViST, and what it leaves out.

GROOViST (Surikuchi et al., arXiv:2310.17770) finds noun phrases with a parser, and compares each with the ten surest
regions of every image. Here the phrases are found by a rule, or by whatever is handed in, and compared with whole
photos. So the figures are not those of the paper, and its thresholds must not be used: theta is found anew.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from photocast.metrics.grounding import CLIP_SCORE_WEIGHT, Encoder, embed_turns, similarities
from photocast.metrics.objects import find_mentions
from photocast.schema import UndefinedMetric

LONGEST = 4
"""Words of a phrase behind its determiner."""

_DETERMINER_WORDS = """
a an the this that these those my your his her its our their some another each every both two three four five six
several many few
"""
_DETERMINERS = frozenset(_DETERMINER_WORDS.split())
_END_WORDS = """
a about across after against all along am among an and another are around as at be because been before behind below
beside between both but by can could did do does down during each every few five for four from had has have he her
here hers him his how i if in inside into is it its just like many may me might mine must my near no not of off on one
onto or our out over own see several shall she should since six so some than that the their them then there these they
this those three through to too toward towards two under until up upon us was we were what when where which while who
whom whose why will with without would yes you your
"""
_ENDS = frozenset(_END_WORDS.split())
"""Words that no phrase goes on over."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[^\w\s]")
_NOT_LAST = re.compile(r".{3,}(?:ly|ing|ed)|.*['’](?:s|re|ve|ll|d|t|m)")


def noun_phrases(text: str) -> list[str]:
    """Noun phrases of an English text, found by a rule.

    A phrase is a determiner and the words behind it, up to four, up to a word of a closed list or a mark; it ends
    early behind a thing of the vocabulary (`photocast.schema.concepts`), and without adverbs and verb forms at its
    end. Things of the vocabulary that stand without a determiner are phrases of their own. Verbs that look like nouns
    slip in: `the old man sleeps` is one phrase. A parser does better; what it finds can be scored as well, such as
    `[chunk.text for chunk in nlp(text).noun_chunks]` of spaCy.
    """
    words = [match.group() for match in _WORD.finditer(text)]
    found: list[str] = []
    at = 0
    while at < len(words):
        length = _phrase(words[at:]) if words[at].lower() in _DETERMINERS else _named(words[at:])
        if length:
            found.append(" ".join(words[at : at + length]))
        at += max(1, length)
    return found


def noun_phrase_scores(phrases: Sequence[str], photos: NDArray[np.float32], encoder: Encoder) -> NDArray[np.float64]:
    """(phrases,): 2.5 times the largest cosine of each phrase and any photo.

    Args:
        phrases: of `noun_phrases`, or of a parser.
        photos: (photos, d), rows of length 1.
        encoder: the one that the photos were read by.

    Raises:
        UndefinedMetric: no phrases or no photos.
    """
    if not len(photos):
        raise _undefined("there are no photos")
    if not phrases:
        raise _undefined("there are no noun phrases")
    cosines = similarities(embed_turns(phrases, encoder), photos)
    return CLIP_SCORE_WEIGHT * np.asarray(cosines.max(axis=1), np.float64)


def noun_phrase_theta(scores: Iterable[NDArray[np.float64]]) -> float:
    """Theta of `noun_phrase_grounding`: the mean score of all noun phrases of the texts given.

    Args:
        scores: `noun_phrase_scores` of each text. Of people's texts about their own photos theta is that of the paper;
            of texts beside photos of other albums it is the level of chance.

    Raises:
        UndefinedMetric: no scores.
    """
    pooled = list(scores)
    if not pooled or not sum(len(one) for one in pooled):
        raise _undefined("there is no text to find theta on")
    return float(np.concatenate(pooled).mean())


def noun_phrase_grounding(
    phrases: Sequence[str],
    scores: NDArray[np.float64],
    theta: float,
    *,
    concreteness: Mapping[str, float] | None = None,
) -> float:
    """How well the things that are named can be seen, in the manner of GROOViST.

    Mean over the noun phrases of s' = s if s >= theta else -(theta - s), times the concreteness of the phrase, made
    to lie between -1 and 1 by tanh. s is 2.5 times the largest cosine of the phrase and any photo. The concreteness of
    a phrase is that of the last word that has one, and 1 (the least) if none has; without a table all weights are 1.
    The paper weighs by the norms of Brysbaert et al., which may not be passed on with a programme (CC BY-NC-ND).

    Unit: tanh
    Direction: none
    Source: after GROOViST, Surikuchi et al., arXiv:2310.17770, which agrees with people better than CLIPScore does on
    visual stories. Differs from it: whole photos instead of ten regions of each, phrases by a rule instead of a
    parser, theta found anew.
    Weakness: lists of things win; models score above people, so that higher is not better. Small things are lost in
    whole photos.

    Args:
        phrases: as they were scored.
        scores: `noun_phrase_scores` of them.
        theta: of `noun_phrase_theta`, with the same encoder.
        concreteness: ratings from 1 to 5 by word in lower case, from a file of the user's.

    Raises:
        UndefinedMetric: no phrases.
    """
    if not phrases:
        raise _undefined("there are no noun phrases")
    bent = np.where(scores >= theta, scores, -(theta - scores))
    weights = [1.0 if concreteness is None else _concreteness(phrase, concreteness) for phrase in phrases]
    return math.tanh(float((bent * weights).mean()))


def _phrase(words: Sequence[str]) -> int:
    """Words of the phrase that begins with a determiner; 0 if none does."""
    length = 1
    while length < min(len(words), 1 + LONGEST) and _is_word(words[length]) and words[length].lower() not in _ENDS:
        length += 1
    things = find_mentions(" ".join(words[1:length]))
    if things:
        return 1 + things[0].first + things[0].words
    while length > 1 and _NOT_LAST.fullmatch(words[length - 1].lower()):
        length -= 1
    return length if length > 1 else 0


def _is_word(word: str) -> bool:
    return word[0].isalpha()


def _named(words: Sequence[str]) -> int:
    """Words of the thing of the vocabulary that stands at the beginning; 0 if none does."""
    things = find_mentions(" ".join(takewhile(_is_word, words[:LONGEST])))
    return things[0].words if things and things[0].first == 0 else 0


def _concreteness(phrase: str, table: Mapping[str, float]) -> float:
    for word in reversed(phrase.lower().split()):
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if form in table:
                return table[form]
    return 1.0


def _undefined(why: str) -> UndefinedMetric:
    return UndefinedMetric(
        "The noun-phrase grounding is undefined", why, "Leave the script out of the mean and count it"
    )
