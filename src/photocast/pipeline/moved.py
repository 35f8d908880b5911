"""What the user decided about photos that stand at other positions now."""

from collections.abc import Mapping, Sequence

from photocast.schema import AlbumRecord, FactSheet, Kind, Observation, Photo, Script


def new_ids(before: AlbumRecord, now: AlbumRecord) -> dict[str, str]:
    """The id that each photo of the earlier album has now; a photo that is gone has none.

    Photos are told by the hash of their file; of a file that is there twice, the first is the first.
    """
    places: dict[str, list[str]] = {}
    for photo in now.photos:
        places.setdefault(photo.sha256, []).append(photo.id)
    return {photo.id: ids.pop(0) for photo in before.photos if (ids := places.get(photo.sha256))}


def moved_facts(facts: FactSheet, ids: Mapping[str, str]) -> FactSheet:
    """The fact sheet under the new ids; observations about photos that are gone are left out."""
    moved = (_moved(one, ids) for one in facts.observations)
    return facts.model_copy(update={"observations": tuple(one for one in moved if one)})


def moved_script(script: Script, ids: Mapping[str, str]) -> Script:
    """The script under the new ids, for its locked turns; claims rest on observations that moved along."""
    turns = tuple(
        turn.model_copy(
            update={
                "photos": _still_there(turn.photos, ids),
                "claims": tuple(
                    claim.model_copy(update={"observations": tuple(_moved_id(one, ids) for one in claim.observations)})
                    for claim in turn.claims
                ),
            }
        )
        for turn in script.turns
    )
    return script.model_copy(update={"turns": turns})


def gone(photos: Sequence[Photo], ids: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the photos that the album does not hold any more."""
    return tuple(photo.source for photo in photos if photo.id not in ids)


def _moved(one: Observation, ids: Mapping[str, str]) -> Observation | None:
    photos = _still_there(one.photos, ids)
    if not photos or (one.photos[0] not in ids and one.kind is not Kind.NOTE):
        return None  # seen best in a photo that is gone; what was told of several holds for those that are left
    return one.model_copy(update={"id": _moved_id(one.id, ids), "photos": photos})


def _moved_id(observation: str, ids: Mapping[str, str]) -> str:
    photo, dot, rest = observation.partition(".")
    return f"{ids.get(photo, photo)}{dot}{rest}"


def _still_there(photos: Sequence[str], ids: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(ids[photo] for photo in photos if photo in ids)
