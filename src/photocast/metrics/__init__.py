"""Figures of a script: pure functions, what each means, and the people they are compared with."""

from photocast.metrics.compliance import Target
from photocast.metrics.lexicons import LEXICON_VERSION
from photocast.metrics.measure import Beside, Figures, beside_people, measure
from photocast.metrics.reference import Quantiles, Reference, fitting, reference, reference_names
from photocast.metrics.registry import METRICS, Family, Metric, Needs

__all__ = [
    "LEXICON_VERSION",
    "METRICS",
    "Beside",
    "Family",
    "Figures",
    "Metric",
    "Needs",
    "Quantiles",
    "Reference",
    "Target",
    "beside_people",
    "fitting",
    "measure",
    "reference",
    "reference_names",
]
