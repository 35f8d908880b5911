"""The city nearest to a photo, without a network."""

import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from photocast.schema import Place

FARTHEST_KM = 50.0
_EARTH_KM = 6371.0


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
    table = _table()
    distances = _haversine_km(latitude, longitude, table.latitudes, table.longitudes)
    index = int(np.argmin(distances))
    if distances[index] > FARTHEST_KM:
        return None
    city, region, country, _, _, timezone = table.rows[index]
    return Nearest(Place(city=city, region=region or None, country=country), timezone, float(distances[index]))


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Sequence[Sequence[str]]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]


@cache
def _table() -> _Table:
    text = gzip.decompress(files("photocast.album").joinpath("data/cities.tsv.gz").read_bytes()).decode("utf-8")
    rows = [line.split("\t") for line in text.split("\n")]
    return _Table(rows, *(np.radians(np.array([row[column] for row in rows], dtype=float)) for column in (3, 4)))


def _haversine_km(
    latitude: float, longitude: float, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Great-circle distance, exact also across the 180th meridian and at the poles."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    chord = np.sin((latitudes - phi) / 2) ** 2 + math.cos(phi) * np.cos(latitudes) * np.sin((longitudes - lam) / 2) ** 2
    distance: NDArray[np.float64] = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return distance
