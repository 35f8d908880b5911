"""Indoors or outdoors: a glimpse of the whole, and the things that were found."""

from collections.abc import Mapping, Sequence

from photocast.looking.glimpses import probability
from photocast.looking.hierarchy import labels, masses
from photocast.looking.naming import identify, listed
from photocast.models import Box
from photocast.schema import Kind, Known, Observation, concepts

_SAID = 0.75
_OUTSIDE = listed(
    "vehicle,building,coast,cliff,mountain,valley,field,lake,harbour,bench,fence,wall,courtyard,statue,fountain,plant,"
    "bird,flower,monument,street sign,traffic light",
    ",",
)
_INSIDE = listed(
    "furniture,device,stove,oven,refrigerator,sink,restaurant,library,shop,stage,hall,curtain,food,cup,bowl,glass,"
    "musical instrument",
    ",",
)
_MOST = 3.0
"""Log-odds that things alone can decide."""


def outdoors(odds: float, probabilities: Mapping[str, float], boxes: Sequence[Box]) -> float:
    """Probability that the photo was taken in the open; `odds` is what the glimpse says of it."""
    return probability(odds + things(probabilities, boxes))


def setting(photo: str, open_air: float) -> Observation | None:
    """`indoors` or `outdoors`, or nothing when neither is likely enough."""
    confidence = max(open_air, 1 - open_air)
    if confidence < _SAID:
        return None
    what = "outdoors" if open_air > 0.5 else "indoors"
    return Observation(
        id=identify(photo, Kind.SETTING, what),
        photos=(photo,),
        kind=Kind.SETTING,
        what=what,
        known=Known.SEEN,
        sources=("classifier",),
        confidence=round(min(confidence, 0.97), 2),
    )


def things(probabilities: Mapping[str, float], boxes: Sequence[Box]) -> float:
    """Log-odds for the open air out of what stands there: cars and cliffs for it, chairs and dough against it."""
    odds = 0.0
    for concept, mass in masses(probabilities).items():
        odds += 2 * mass * ((concept in _OUTSIDE) - (concept in _INSIDE))
    for concept in {labels()[box.label] for box in boxes if box.score > 0.5 and box.label in labels()}:
        kinds = {concept, *concepts()[concept].kinds}
        odds += bool(kinds & _OUTSIDE) - bool(kinds & _INSIDE)
    return max(-_MOST, min(_MOST, odds))
