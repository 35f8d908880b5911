"""The light of a photo, where its colours leave no doubt."""

from photocast.looking.colours import Colours
from photocast.looking.naming import identify
from photocast.schema import Kind, Known, Observation


def light(photo: str, colours: Colours, outdoors: float) -> Observation | None:
    """One word for the light, or none; `outdoors` is the probability that the photo was taken in the open."""
    what, confidence = _name(colours, outdoors)
    if not what:
        return None
    return Observation(
        id=identify(photo, Kind.LIGHT, what),
        photos=(photo,),
        kind=Kind.LIGHT,
        what=what,
        known=Known.SEEN,
        sources=("colour",),
        confidence=confidence,
    )


def _name(colours: Colours, outdoors: float) -> tuple[str, float]:
    if colours.chroma < 0.02:
        return "black and white", 0.9
    if outdoors > 0.5 and colours.ember > 0.1 and colours.dark > 0.25:
        return "low sun", 0.9
    if colours.brightness < 0.16 and colours.dark > 0.4:
        return "dark", 0.8
    if outdoors > 0.8 and colours.pale_above > 0.4 and colours.chroma < 0.25:
        return "overcast", 0.85
    if outdoors > 0.8 and colours.blue_above > 0.5 and colours.pale_above < 0.35 and colours.chroma > 0.25:
        return "bright", 0.8
    return "", 0.0
