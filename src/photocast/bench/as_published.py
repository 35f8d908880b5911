"""The figures of SPoRC-VIST (arXiv:2601.01062) as its printed values come about, defects included.

Worked out from the published transcripts, of which these definitions reproduce Tables 4 and 5 to rounding. They are
here to show what the printed numbers mean; nobody should measure with them.
"""

import re
import string
from itertools import pairwise
from statistics import fmean

METRICS = {
    "words": "words",
    "turns": "turns",
    "turn_length": "words per turn",
    "switch_rate": "per 1,000 words",
    "distinct_2": "share",
    "generation_time": "seconds",
    "clip_score": "100 · cosine",
}
"""Unit of every figure, by name."""

DEFECTS = (
    "words and distinct_2 count the labels: `Speaker 1:` is two words",
    "turns, turn_length and switch_rate are 0 for a transcript in which no label is found, as with "
    "`**Host 1 (Ann):**`, and the zeros enter the means",
    "turns of one speaker in a row count as several, so that switches are counted where nobody switches",
    "distinct_2 keeps curly quotes, dashes and ellipses inside words, and compares texts of different lengths",
    "sd is that of the population (n), not of the sample (n - 1)",
    "clip_score sees at most the first 500 characters, cut at 77 tokens without the token at which the model reads the "
    "text: most or all texts have the same features, and the figure says nothing about the text",
)
"""What is wrong with them; a report prints it."""

_HEADER = re.compile(r"\A.*?^={4,}[ \t]*$", re.DOTALL | re.MULTILINE)
_TIME = re.compile(r"^Generation time:\s*([\d.]+)\s*s", re.MULTILINE)
_LABEL = re.compile(r"^\[?(?:Speaker \d+|Host|Guest|Co-host|[A-Z][a-z]+)\]?:", re.MULTILINE)
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def body_of(text: str) -> str:
    """The transcript without the header lines above the row of `====`, of which nothing is required."""
    return _HEADER.sub("", text, count=1).strip()


def published_figures(text: str) -> dict[str, float]:
    """The figures of one transcript file; `generation_time` only where its header tells it.

    words: what white space separates, labels too. turns: labels at the beginning of a line (`Speaker` and a number,
    `Host`, `Guest`, `Co-host`, or one capitalised word, in brackets or not). turn_length: words between labels per
    turn. switch_rate: 1000 · (turns - 1) / those words. distinct_2: unique over all pairs of words of the whole body.
    """
    header = _HEADER.match(text)
    body = body_of(text)
    found = {"words": float(len(body.split())), **_turns(body), "distinct_2": _distinct_2(body)}
    told = _TIME.search(header[0]) if header else None
    return found | ({"generation_time": float(told[1])} if told else {})


def finds_no_turn(text: str) -> bool:
    """Whether this is a transcript that the published parser counts as zeros."""
    return not _LABEL.search(body_of(text))


def _turns(body: str) -> dict[str, float]:
    lengths = [len(part.split()) for part in _LABEL.split(body)[1:]]
    if not lengths or not sum(lengths):
        return {"turns": 0.0, "turn_length": 0.0, "switch_rate": 0.0}
    return {
        "turns": float(len(lengths)),
        "turn_length": fmean(lengths),
        "switch_rate": 1000 * (len(lengths) - 1) / sum(lengths),
    }


def _distinct_2(body: str) -> float:
    words = body.lower().translate(_PUNCTUATION).split()
    pairs = list(pairwise(words))
    return len(set(pairs)) / len(pairs) if pairs else 0.0
