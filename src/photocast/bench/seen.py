"""The albums of an evaluation set as writers and metrics know them."""

from photocast.album import MAX_PHOTOS, Album
from photocast.bench.evaluation_set import Item
from photocast.looking import look
from photocast.schema import AlbumRecord, Brief, FactSheet, InputError
from photocast.schema.record import Record

_UNTOLD = "photos"
"""The title of an album that nobody gave one: writers are told of none then."""


class Seen(Record):
    """What was seen in the photos of an item, by no system's own eyes."""

    album: AlbumRecord
    """The photos under their ids, and those that do not open, with the reason."""
    facts: FactSheet


def look_at(item: Item) -> Seen:
    """Look at the photos of an item.

    Raises:
        InputError: it has no photo that can be used, or too many.
    """
    with opened(item) as album:
        record = AlbumRecord(title=album.title, photos=album.photos, set_aside=album.set_aside)
        return Seen(album=record, facts=look(album, Brief(about=item.about)))


def opened(item: Item) -> Album:
    """The album of an item: all of its photos, in the order of the set, alike or not.

    Raises:
        InputError: it has no photo that can be used, or too many.
    """
    if not item.photos:
        raise InputError(f"cannot write about {item.id}", "it has no photos", "Add some, or measure transcripts of it")
    if len(item.photos) > MAX_PHOTOS:
        why = f"it has {len(item.photos)} photos, and an album holds {MAX_PHOTOS}"
        raise InputError(f"cannot write about {item.id}", why, "List those that matter in its item.toml")
    names = [photo.name for photo in item.photos]
    return Album.open(item.photos, keep=names, order="given", title=item.title or _UNTOLD)
