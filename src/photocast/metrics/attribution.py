"""Who said what, against who should have: the figures of DiaDemBench (arXiv:2601.19267) and cpWER.

Lines of `speaker: utterance` are cleaned, matched in order with neighbouring lines of one speaker put together where
that fits better, and counted. Nothing here asks whether two descriptions mean one speaker: that verdict comes from
outside, one for each match.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require
from photocast.schema import UndefinedMetric

WINDOW = 6
"""Neighbouring lines of one speaker that are put together at most."""
THRESHOLD = 0.6
"""Similarity that two utterances must exceed to be a match."""
LONGEST_SPEAKER, LONGEST_UTTERANCE = 100, 1000
"""Characters; what is beyond is cut."""

_QUOTES = str.maketrans("", "", '"“”')
_FINAL = frozenset("。.?？!！")
_NOT_WORDS = re.compile(r"[^\w\s\u4e00-\u9fff]")
_COLON, _ANY_COLON = re.compile(":"), re.compile("[:：]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_TOKEN = re.compile(rf"{_HAN.pattern}|{_KANA.pattern}|(?:(?!{_HAN.pattern}|{_KANA.pattern})\S)+")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker says in one line, cleaned."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """Predicted lines that are one and the same as lines of the reference; both are ranges of neighbours."""

    predicted: range
    reference: range
    similarity: float
    """In (0.6, 1]."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Recall and precision of one clip, from 0 to 1; None where there is nothing to divide by."""

    recall: float | None
    precision: float | None

    @property
    def official(self) -> "Rates":
        """As the published script has it: what is undefined counts as 1."""
        return Rates(*(1.0 if one is None else one for one in (self.recall, self.precision)))


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the lines of a prediction and of a reference go together."""

    matches: tuple[Match, ...]
    predicted: int
    """Effective lines of the prediction: those that are put together in a match count once."""
    reference: int
    """The same of the reference."""


def clean(lines: Iterable[str], *, official: bool = False) -> list[Utterance]:
    """The utterances of lines such as `Man in red: "Hello there."`, in lower case and without punctuation.

    Double quotes and one final mark are dropped, and the line is split at its first colon. Of the utterance only
    letters, digits and white space stay; traditional Chinese becomes simplified. Lines without a colon, and those
    without a word, are left out. Source: the evaluator of DiaDemBench.

    Args:
        lines: one utterance each.
        official: like the published script, take `：` for no colon and keep utterances without a word.

    Raises:
        ModelError: there is Chinese in it, and the package that simplifies it is not installed.
    """
    colon = _COLON if official else _ANY_COLON
    spoken = (_spoken(line, colon) for line in lines)
    return [one for one in spoken if one and (official or one.text)]


def _spoken(line: str, colon: re.Pattern[str]) -> Utterance | None:
    line = line.translate(_QUOTES).strip()
    line = line[:-1] if line and line[-1] in _FINAL else line
    speaker, *said = colon.split(line, maxsplit=1)
    if not said:
        return None
    text = _simplified(_NOT_WORDS.sub("", said[0]).lower()).strip()
    return Utterance(speaker.strip()[:LONGEST_SPEAKER], text[:LONGEST_UTTERANCE])


def _simplified(text: str) -> str:
    """Simplified Chinese for traditional. Japanese, known by its kana, stays: its characters are its own."""
    if text.isascii() or not _HAN.search(text) or _KANA.search(text):
        return text
    return _to_simplified()(text)


@cache
def _to_simplified() -> Callable[[str], str]:
    opencc = require("opencc", extra="bench", purpose="comparing Chinese utterances")
    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def similarity(one: str, other: str) -> float:
    """How alike two utterances are, letter by letter.

    1 - d / max(|a|, |b|), with d the Levenshtein distance of their characters without white space.

    Unit: ratio
    Direction: higher
    Source: the evaluator of DiaDemBench
    Weakness: counts letters, not meaning; half a sentence is as far away as a wrong one.

    Raises:
        UndefinedMetric: both are empty.
        ModelError: the package that counts is not installed.
    """
    return float(_similarities([_letters(one)], [_letters(other)])[0, 0])


def match(predicted: Sequence[Utterance], reference: Sequence[Utterance]) -> Alignment:
    """The matches with the greatest sum of similarities that keep the order of both sides.

    F(i, j) = max(F(i-1, j), F(i, j-1), max over k, l <= 6 of F(i-k, j-l) + sim), where k predicted lines of the same
    speaker, joined, and l lines of the reference of the same speaker, joined, are more alike than 0.6. Where sums
    are equal, the earlier and the shorter match stands.

    Source: the evaluator of DiaDemBench, an extended longest common subsequence.

    Raises:
        UndefinedMetric: both sides have an utterance without a word, as only `clean(official=True)` leaves.
        ModelError: the package that counts is not installed.
    """
    pieces, others = list(_pieces(predicted)), list(_pieces(reference))
    found: dict[tuple[int, int], list[Match]] = {}
    if pieces and others:
        sides = [[letters for _, letters in side] for side in (pieces, others)]
        alike = _similarities(*sides, floor=THRESHOLD - 0.001)  # the bound itself is compared exactly, below
        for one, other in np.argwhere(alike > THRESHOLD).tolist():
            lines, meant = pieces[one][0], others[other][0]
            found.setdefault((lines.stop, meant.stop), []).append(Match(lines, meant, float(alike[one, other])))
    matches = _best(len(predicted), len(reference), found)
    return Alignment(
        matches,
        len(predicted) - sum(len(one.predicted) - 1 for one in matches),
        len(reference) - sum(len(one.reference) - 1 for one in matches),
    )


def transcription(alignment: Alignment) -> Rates:
    """ASR of a clip: how much of what was said is written down.

    Sum of the similarities of the matches over the effective lines of the reference (recall) and of the prediction
    (precision).

    Unit: ratio
    Direction: higher
    Source: arXiv:2601.19267, ASR; the evaluator of DiaDemBench
    Weakness: is no word error rate; an utterance that is 60 % right or less counts as not there.
    """
    return _rates(sum(one.similarity for one in alignment.matches), alignment)


def attribution(alignment: Alignment, same: Sequence[bool]) -> Rates:
    """REF of a clip: how many utterances are ascribed to whoever said them.

    Matches whose speakers are the same over the effective lines of the reference (recall) and of the prediction
    (precision).

    Unit: ratio
    Direction: higher
    Source: arXiv:2601.19267, REF; the evaluator of DiaDemBench
    Weakness: depends on ASR, for an utterance without a match earns nothing, and on whoever gives the verdicts.

    Args:
        alignment: of the clip.
        same: for each match, whether both descriptions mean the same speaker.

    Raises:
        ValueError: there is not one verdict for each match.
    """
    if len(same) != len(alignment.matches):
        raise ValueError(f"{len(same)} verdicts on {len(alignment.matches)} matches")
    return _rates(float(sum(same)), alignment)


def f1(recall: float | None, precision: float | None) -> float | None:
    """Harmonic mean of recall and precision.

    2 P R / (P + R); 0 as soon as one of them is 0, also where the other is undefined, and None otherwise where one is.
    Of the means over clips it is the F1 of DiaDemBench, which is not the mean of the F1 of the clips.

    Unit: ratio
    Direction: higher
    Source: the evaluator of DiaDemBench
    Weakness: over many clips, recall and precision may be means over different clips where some are undefined.
    """
    if recall == 0 or precision == 0:
        return 0.0
    if recall is None or precision is None:
        return None
    return 2 * precision * recall / (precision + recall)


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Words that are wrong, missing or too many, and the words there should be."""

    errors: int
    words: int

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(self.errors + other.errors, self.words + other.words)

    @property
    def rate(self) -> float | None:
        """Errors over words; None where there should be no word. Can exceed 1."""
        return self.errors / self.words if self.words else None


def cpwer(predicted: Sequence[Utterance], reference: Sequence[Utterance]) -> WordErrors:
    """Word errors when every speaker is read at one go, under the pairing of speakers that makes fewest of them.

    All that a speaker says is joined; speakers are paired one to one, and whoever is left over is an error with every
    word. Words are what white space separates; each Chinese character and each kana is one.

    Unit: words; `rate` is a ratio
    Direction: lower
    Source: cpWER, Watanabe et al., arXiv:2004.09249, section 4.1
    Weakness: descriptions are only labels here, so it cannot see that all are swapped.

    Raises:
        ModelError: a package that counts is not installed.
    """
    heard, meant = _by_speaker(predicted), _by_speaker(reference)
    size = max(len(heard), len(meant))
    heard += [[]] * (size - len(heard))
    meant += [[]] * (size - len(meant))
    words = sum(map(len, meant))
    if not size:
        return WordErrors(0, 0)
    distance = require("rapidfuzz.distance", extra="bench", purpose="counting word errors").Levenshtein.distance
    optimize = require("scipy.optimize", extra="bench", purpose="pairing speakers")
    costs = np.array([[distance(one, other) for other in meant] for one in heard])
    return WordErrors(int(costs[optimize.linear_sum_assignment(costs)].sum()), words)


def tokens(text: str) -> list[str]:
    """The words of a text: what white space separates, and every Chinese character and kana by itself."""
    return text.split() if text.isascii() else _TOKEN.findall(text)


def same_name(name: str) -> str:
    """A description as it is compared with others: in one case, without punctuation, with single blanks."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", unicodedata.normalize("NFKC", name).casefold()).split())


def _letters(text: str) -> str:
    return "".join(text.split())


def _pieces(lines: Sequence[Utterance]) -> Iterator[tuple[range, str]]:
    """Neighbouring lines of one speaker, up to six, and their letters: by where they end, the shorter first."""
    letters = [_letters(one.text) for one in lines]
    for stop in range(1, len(lines) + 1):
        for start in range(stop - 1, max(stop - WINDOW, 0) - 1, -1):
            if lines[start].speaker != lines[stop - 1].speaker:
                break
            yield range(start, stop), "".join(letters[start:stop])


def _similarities(ones: Sequence[str], others: Sequence[str], *, floor: float = 0.0) -> NDArray[np.float64]:
    """1 - d / max(|a|, |b|) of every pair; what is below the floor may come out as 0, which saves counting it."""
    purpose = "comparing utterances"
    process = require("rapidfuzz.process", extra="bench", purpose=purpose)
    scorer = require("rapidfuzz.distance", extra="bench", purpose=purpose).Levenshtein.normalized_similarity
    if not all(ones) and not all(others):
        raise UndefinedMetric(
            "the likeness of two utterances is undefined", "neither has a word", "Leave such lines out of both sides"
        )
    alike: NDArray[np.float64] = process.cdist(ones, others, scorer=scorer, score_cutoff=floor, dtype=np.float64)
    return alike


def _best(rows: int, columns: int, found: dict[tuple[int, int], list[Match]]) -> tuple[Match, ...]:
    """The matches out of those found, by where they end, that have the greatest sum and keep the order."""
    sums = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    taken: dict[tuple[int, int], Match] = {}
    for i in range(1, rows + 1):
        before, here = sums[i - 1], sums[i]
        for j in range(1, columns + 1):
            most = max(before[j], here[j - 1])
            for one in found.get((i, j), ()):
                total = sums[one.predicted.start][one.reference.start] + one.similarity
                if total > most:
                    most, taken[i, j] = total, one
            here[j] = most
    return _traced(sums, taken)


def _traced(sums: Sequence[Sequence[float]], taken: dict[tuple[int, int], Match]) -> tuple[Match, ...]:
    """The way back from the last cell: by a match where one was better, else by the side that lost nothing."""
    i, j = len(sums) - 1, len(sums[0]) - 1
    matches: list[Match] = []
    while i and j:
        if one := taken.get((i, j)):
            matches.append(one)
            i, j = one.predicted.start, one.reference.start
        elif sums[i - 1][j] == sums[i][j]:
            i -= 1
        else:
            j -= 1
    return tuple(reversed(matches))


def _rates(right: float, alignment: Alignment) -> Rates:
    return Rates(*(right / lines if lines else None for lines in (alignment.reference, alignment.predicted)))


def _by_speaker(lines: Sequence[Utterance]) -> list[list[str]]:
    """The words of each speaker, in the order in which the speakers are first heard."""
    said: dict[str, list[list[str]]] = {}
    for one in lines:
        said.setdefault(one.speaker, []).append(tokens(one.text))
    return [list(chain.from_iterable(texts)) for texts in said.values()]
