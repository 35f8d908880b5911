"""Files beside the photos that tell about them: `captions.txt`, `captions.csv`, Google Takeout's JSON."""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from photocast.album.find import Found
from photocast.album.metadata import caption_of
from photocast.album.text import decoded, plain
from photocast.album.times import parse_epoch

MAX_BYTES = 1024**2
_TAKEOUT_KEYS = {"photoTakenTime", "geoData", "imageViews", "googlePhotosOrigin", "creationTime"}
_SHORTEST_CUT = 30
"""Takeout cuts long names; a shorter beginning than this is a name of its own."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the files beside one photo say about it."""

    caption: str = ""
    """From a captions file: the user's own words, before anything else."""
    description: str = ""
    taken: datetime | None = None
    coordinates: tuple[float, float] | None = None


def split_sidecars(files: Iterable[Found]) -> tuple[list[Found], list[Found]]:
    """Part the files that may tell about photos from the rest."""
    sidecars: list[Found] = []
    others: list[Found] = []
    for found in files:
        name = found.base.casefold()
        (sidecars if name in ("captions.txt", "captions.csv") or name.endswith(".json") else others).append(found)
    return sidecars, others


def read_sidecars(sidecars: Sequence[Found], photos: Sequence[Found]) -> tuple[dict[str, Beside], list[Found]]:
    """Read what the sidecars say, by the names of the photos, and the JSON files that say nothing about photos."""
    beside: dict[str, Beside] = {}
    strays = []
    by_folder: dict[str, list[Found]] = {}
    for photo in photos:
        by_folder.setdefault(photo.folder, []).append(photo)
    for sidecar in sidecars:
        text = _read(sidecar)
        if not sidecar.base.casefold().endswith(".json"):
            below = [p for p in photos if not sidecar.folder or p.name.startswith(f"{sidecar.folder}/")]
            for name, caption in _captions(sidecar, text, below):
                beside[name] = replace(beside.get(name, Beside()), caption=caption)
            continue
        takeout = _takeout(text)
        if takeout is None:
            strays.append(sidecar)
            continue
        for name in _targets(sidecar.base, by_folder.get(sidecar.folder, [])):
            beside[name] = replace(takeout, caption=beside.get(name, Beside()).caption)
    return beside, strays


def _read(found: Found) -> str:
    try:
        with found.open() as file:
            return decoded(file.read(MAX_BYTES))
    except Exception:  # a zip entry can fail in many ways, and captions are no reason to lose photos
        return ""


def _captions(sidecar: Found, text: str, photos: Sequence[Found]) -> list[tuple[str, str]]:
    """Names of photos with their captions; a line may name a photo by path, by name or without the extension."""
    known: dict[str, list[str]] = {}
    for photo in photos:
        inside = photo.name[len(sidecar.folder) + 1 :] if sidecar.folder else photo.name
        for key in {inside, photo.base, photo.base.rpartition(".")[0]}:
            known.setdefault(key.casefold(), []).append(photo.name)
    rows = _csv_rows(text) if sidecar.base.casefold().endswith(".csv") else _text_rows(text)
    return [
        (name, line)
        for key, caption in rows
        if (line := plain(caption))
        for name in known.get(plain(key, limit=1000).casefold(), ())
    ]


def _text_rows(text: str) -> list[tuple[str, str]]:
    rows = []
    for line in text.splitlines():
        name, found, caption = line.partition("\t")
        if not found:
            name, found, caption = line.partition(":")
        if found:
            rows.append((name, caption))
    return rows


def _csv_rows(text: str) -> list[tuple[str, str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [[*row, "", ""] for row in csv.reader(io.StringIO(text), delimiter=separator) if row]
    except csv.Error:
        return []
    heads = [cell.strip().casefold() for cell in rows[0]] if rows else []
    name = next((i for i, head in enumerate(heads) if head in ("file", "filename", "name", "photo", "image")), 0)
    caption = next((i for i, head in enumerate(heads) if head in ("caption", "description", "text", "title")), name + 1)
    return [(row[name], row[caption]) for row in rows if max(name, caption) < len(row)]


def _takeout(text: str) -> Beside | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not (_TAKEOUT_KEYS & data.keys()):
        return Beside() if isinstance(data, dict) and isinstance(data.get("title"), str) and len(data) <= 8 else None
    taken = data.get("photoTakenTime")
    return Beside(
        description=caption_of(str(data.get("description") or "")),
        taken=parse_epoch(taken.get("timestamp")) if isinstance(taken, dict) else None,
        coordinates=_coordinates(data.get("geoData")) or _coordinates(data.get("geoDataExif")),
    )


def _coordinates(data: object) -> tuple[float, float] | None:
    if not isinstance(data, dict):
        return None
    pair = data.get("latitude"), data.get("longitude")
    if not all(isinstance(one, (int, float)) and math.isfinite(one) for one in pair) or pair == (0, 0):
        return None
    return float(pair[0] or 0), float(pair[1] or 0)


def _targets(json_name: str, photos: Sequence[Found]) -> list[str]:
    """The photos that Takeout's `json_name` is about: one, or one and its edited form.

    The forms are `a.jpg.json`, `a.jpg.supplemental-metadata.json` with the middle cut anywhere, `a.jpg(1).json` for
    `a(1).jpg`, a long name cut at its end, and all of them for `a-edited.jpg`.
    """
    stem = json_name[: -len(".json")]
    number = ""
    if match := re.fullmatch(r"(.*)(\(\d+\))", stem):
        stem, number = match.groups()
    if (match := re.fullmatch(r"(.+)\.(s[a-z-]*)", stem)) and "supplemental-metadata".startswith(match[2]):
        stem = match[1]
    stem = stem.casefold()
    exact, begun = [], []
    for photo in photos:
        name, dot, extension = photo.base.casefold().rpartition(".")
        name = re.sub(r"-edited(?=(\(\d+\))?$)", "", name)
        if number and not name.endswith(number):
            continue
        whole = f"{name.removesuffix(number)}{dot}{extension}"
        if whole == stem or whole.rpartition(".")[0] == stem:
            exact.append(photo.name)
        elif len(stem) >= _SHORTEST_CUT and whole.startswith(stem):
            begun.append(photo.name)
    return exact or (begun if len(begun) == 1 else [])
