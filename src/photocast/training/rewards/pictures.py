"""The reward of pictures, by their captions: training has no encoder at hand, and words are free."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean

from photocast.metrics.reading import content_words, read
from photocast.training.rewards.asked import Asked
from photocast.training.rewards.talk import talk_of


def coverage(text: str, asked: Asked) -> float | None:
    """How much of each picture a talk brings up, beyond what it would say of any picture.

    max(0, own - others). Own is the mean over the captions of the talk's pictures of the share of their content words
    that are said, every word weighed by its rarity 1 + ln((1 + n) / (1 + df)), with n captions, own and others, of
    which df have it. Others is the same mean over `Asked.others`, those left out that are captions of the talk too; 0
    without any. 0 where nobody speaks. Does not apply without captions, nor to languages without spaces.

    Range: 0 to 1; published talks of models come to about 0.15, against other stories (benchmarks/rewards.py)
    Source: this project, in the manner of `metrics.retrieval.caption_recall`.
    Weakness: a talk that reads the captions out earns most, and other words for the same thing earn nothing; nor does
    it see what is said and not there. Weigh it lightly beside `compliance` and `shape`.
    """
    own = [words for caption in asked.captions if (words := set(content_words(caption)))]
    if not own or not asked.spaced:
        return None
    others = [set(content_words(caption)) for caption in asked.others]
    others = [words for words in others if words and words not in own]
    script = talk_of(text)
    said = set(content_words(read(script).text)) if script else set[str]()
    rarity = _rarity([*own, *others])
    return max(0.0, _recall(own, said, rarity) - (_recall(others, said, rarity) if others else 0.0))


def _recall(captions: Sequence[Collection[str]], said: Collection[str], rarity: Mapping[str, float]) -> float:
    """Mean over the captions of the weight of their words that are said, over the weight of all of their words."""
    return fmean(
        math.fsum(rarity[word] for word in words if word in said) / math.fsum(rarity[word] for word in words)
        for words in captions
    )


def _rarity(captions: Sequence[Collection[str]]) -> dict[str, float]:
    frequency = Counter(word for words in captions for word in words)
    return {word: 1 + math.log((1 + len(captions)) / (1 + count)) for word, count in frequency.items()}
