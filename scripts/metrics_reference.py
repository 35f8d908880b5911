"""Write docs/metrics.md from the docstrings of the metrics.

With `--check`, write nothing and exit with 1 when it is stale; see `fresh.py`.
"""

import sys
from itertools import groupby

from fresh import write_or_check

from photocast.metrics import LEXICON_VERSION, METRICS, Metric, Needs

OPENING = f"""# What the figures mean

Every metric of `photocast score` and `photocast bench run`, written from the code by `scripts/metrics_reference.py`;
`photocast bench metrics NAME` says the same, and a report prints its part of it. How they are used, what the reference
is and how sure a figure is: [benchmark.md](benchmark.md).

A metric without a value for a transcript is undefined: it is left out of the mean, counted, and said why. Metrics of
words do not apply to languages that put no space between them, those with word lists to no language but English. Word
lists: version {LEXICON_VERSION}, `src/photocast/metrics/lexicons.py`. A turn is all that one speaker says until another
speaks. "Better: distance to reference" means nearer to people, neither higher nor lower.
"""
NEEDS = {
    Needs.SCRIPT: "a transcript",
    Needs.REFERENCE: "a human reference",
    Needs.TARGET: "`--words` or `--labels`",
    Needs.SET: "several transcripts",
    Needs.FACTS: "`--album` with photos; the embedded eyes look at them",
    Needs.CAPTIONS: "`--album` with human stories or captions of two albums or more",
    Needs.ENCODER: "`--album` with photos of two albums or more, and `--encoder`",
}


def page() -> str:
    """The whole page."""
    ordered = sorted(METRICS.values(), key=lambda metric: list(type(metric.family)).index(metric.family))
    parts = [OPENING]
    for family, metrics in groupby(ordered, key=lambda metric: metric.family):
        parts += [f"## {family.capitalize()}\n", *(_entry(metric) for metric in metrics)]
    return "\n".join(parts)


def _entry(metric: Metric) -> str:
    definition = f" {metric.definition}" if metric.definition else ""
    return (
        f"### {metric.name}\n\n{metric.title}.{definition}\n\n"
        f"- Unit: {metric.unit}. Better: {metric.direction}. Needs {NEEDS[metric.needs]}.\n"
        f"- Source: {metric.source}.\n- Weakness: {metric.weakness}.\n"
    )


if __name__ == "__main__":
    sys.exit(write_or_check("metrics.md", page()))
