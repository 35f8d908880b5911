"""What kind of place a photo shows, from the company that things keep there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from photocast.looking.colours import Colours
from photocast.looking.glimpses import Glimpse, probability
from photocast.looking.hierarchy import mass_of
from photocast.models import Box

_FOUND = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place and what gives it away."""

    concept: str
    outside: bool
    seen: tuple[str, ...]
    """Classes of the classifier that stand around there, whether or not they are themselves in the photo."""
    found: tuple[str, ...]
    """Labels of the detector."""
    enough: float
    """Probability of the classes together from which the place is likely, once one of the labels is found too."""
    alone: float
    """The same when no label is found; above 1 the labels are needed."""
    surest: float = 0.85
    """Confidence that the place is never given more of."""


_PLACES = (
    Place(
        "office",
        False,
        (
            "desk",
            "desktop computer",
            "monitor",
            "laptop",
            "notebook",
            "photocopier",
            "printer",
            "mouse",
            "screen",
            "library",
        ),
        ("laptop", "tv", "keyboard", "mouse"),
        0.2,
        0.45,
    ),
    Place(
        "kitchen",
        False,
        ("stove", "dishwasher", "microwave", "refrigerator", "plate rack", "toaster", "waffle iron", "Crock Pot"),
        ("oven", "sink", "microwave", "refrigerator", "toaster"),
        0.0,
        0.3,
    ),
    Place(
        "bar",
        False,
        ("pool table", "beer glass", "goblet", "red wine", "cocktail shaker", "tobacco shop", "jukebox", "slot"),
        ("wine glass",),
        0.05,
        0.6,
    ),
    Place("hall", False, ("cinema", "stage", "theater curtain", "planetarium"), ("person",), 0.18, 0.5),
    Place(
        "living room",
        False,
        ("studio couch", "home theater", "entertainment center", "window shade", "fire screen", "table lamp"),
        ("couch",),
        0.2,
        0.6,
        0.68,
    ),
    Place(
        "coast",
        True,
        ("seashore", "sandbar", "promontory", "breakwater", "dock", "pier", "grey whale", "catamaran"),
        (),
        1.1,
        0.16,
    ),
    Place(
        "street",
        True,
        ("prison", "patio", "monastery", "palace", "cab", "traffic light", "street sign", "vault", "bell cote"),
        ("traffic light", "stop sign", "car", "bus", "parking meter"),
        0.2,
        1.1,
        0.65,
    ),
)


def scenes(
    probabilities: Mapping[str, float], boxes: Sequence[Box], colours: Colours, open_air: float, glimpse: Glimpse
) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """Kinds of place with a confidence and their sources."""
    found = {box.label for box in boxes if box.score >= _FOUND}
    for place in _PLACES:
        here = open_air if place.outside else 1 - open_air
        mass = mass_of(place.seen, probabilities)
        helped = not found.isdisjoint(place.found)
        enough = place.enough if helped else place.alone
        if here >= 0.6 and mass >= enough and enough <= 1:
            confidence = min(place.surest, 0.6 + 0.5 * (mass - enough))
            yield place.concept, round(confidence, 2), ("classifier", "detector") if helped else ("classifier",)
    if open_air >= 0.5 and colours.ember > 0.1 and colours.dark > 0.25:
        yield "sunset", 0.9, ("classifier", "colour")
    if open_air >= 0.8 and colours.blue_above > 0.5:
        yield "sky", 0.93, ("colour",)
    if open_air >= 0.6 and probability(glimpse.greenery) >= 0.5:
        trees = probability(glimpse.trees) >= 0.5
        yield ("tree" if trees else "plant"), 0.88, ("classifier",)
