"""The city nearest to a photo, without a network."""

import gzip
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from photocast.schema import Place

FARTHEST_KM = 50.0
_EARTH_KM = 6371.0
_FARTHEST_DEGREES = math.degrees(FARTHEST_KM / _EARTH_KM) * 1.001  # more by a trace than rounding can take away


@dataclass(frozen=True, slots=True)
class Nearest:
    """A city and how far away it is."""

    place: Place
    timezone: str
    km: float

    def local(self, moment: datetime) -> datetime:
        """The clock time in the city; `moment` as it is where the system does not know the zone."""
        try:
            return moment.astimezone(ZoneInfo(self.timezone))
        except (KeyError, ValueError, OSError):
            return moment


def nearest_city(latitude: float, longitude: float) -> Nearest | None:
    """The nearest city of 15,000 people or more; none farther than 50 km, or for coordinates that cannot be.

    Zero and zero are what a receiver writes that found nothing, and count as none.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or (abs(latitude) < 0.001 and abs(longitude) < 0.001):
        return None
    near = _between(latitude - _FARTHEST_DEGREES, latitude + _FARTHEST_DEGREES)
    city = min(near, key=lambda city: _km(latitude, longitude, city), default=None)
    if city is None or (km := _km(latitude, longitude, city)) > FARTHEST_KM:
        return None
    name, region, country, _, _, timezone = city
    return Nearest(Place(city=name, region=region or None, country=country), timezone, km)


def _between(south: float, north: float) -> list[list[str]]:
    """The cities between two degrees of latitude."""
    latitudes, lines = _table()
    return [line.split("\t") for line in lines[bisect_left(latitudes, south) : bisect_right(latitudes, north)]]


@cache
def _table() -> tuple[list[float], list[str]]:
    """Latitudes from south to north, and the lines of their cities."""
    text = gzip.decompress(files("photocast.album").joinpath("data/cities.tsv.gz").read_bytes()).decode("utf-8")
    lines = text.split("\n")
    latitudes = [float(line.split("\t", 4)[3]) for line in lines]
    northward = sorted(range(len(lines)), key=latitudes.__getitem__)
    return [latitudes[i] for i in northward], [lines[i] for i in northward]


def _km(latitude: float, longitude: float, city: list[str]) -> float:
    """Great-circle distance by the haversine formula, right also across the 180th meridian and at the poles."""
    phi, lam, city_phi, city_lam = (math.radians(float(angle)) for angle in (latitude, longitude, city[3], city[4]))
    chord = math.sin((city_phi - phi) / 2) ** 2
    chord += math.cos(phi) * math.cos(city_phi) * math.sin((city_lam - lam) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(chord, 1)))
