"""Make one file ready: read it, decode it once, write the two pictures, remember what it says and looks like."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image

from photocast.album.decode import (
    MAX_PIXELS,
    Refused,
    lies_on_its_side,
    load,
    open_picture,
    read_bytes,
    shrunk,
    upright,
)
from photocast.album.find import Found, why
from photocast.album.kinds import Kind
from photocast.album.likeness import Likeness, likeness_of
from photocast.album.metadata import Said, read_metadata
from photocast.album.places import nearest_city
from photocast.album.sharpness import Sharpness, sharpness_of
from photocast.album.sidecar import Beside
from photocast.album.times import first_believable, time_in_name
from photocast.runs import cannot_write_temporary
from photocast.schema import Place, Reason, SetAside

MODEL_SIDE = 1024
PAGE_SIDE = 1600
_QUALITY = 88


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A photo that can be used, without its pixels: those lie in `folder` under its number."""

    number: int
    name: str
    sha256: str
    width: int
    height: int
    taken_at: datetime | None
    place: Place | None
    caption: str | None
    keywords: tuple[str, ...]
    likeness: Likeness
    sharpness: Sharpness


class Gate:
    """Lets in as many pixels at a time as one largest photo has, so that threads cannot fill the memory together."""

    def __init__(self) -> None:
        self._inside = 0
        self._changed = threading.Condition()

    @contextmanager
    def room_for(self, pixels: int) -> Iterator[None]:
        """Wait until there is room for a photo of that many pixels."""
        with self._changed:
            self._changed.wait_for(lambda: self._inside + pixels <= MAX_PIXELS)
            self._inside += pixels
        try:
            yield
        finally:
            with self._changed:
                self._inside -= pixels
                self._changed.notify_all()


def model_path(folder: Path, name: str | int) -> Path:
    """Where the picture for the models lies."""
    return folder / f"{name}.model.jpg"


def page_path(folder: Path, name: str | int) -> Path:
    """Where the picture for the page lies."""
    return folder / f"{name}.page.jpg"


def prepare(number: int, found: Found, beside: Beside, folder: Path, gate: Gate) -> Prepared | SetAside:
    """Read, decode, measure and write one photo; whatever is wrong with it is said, never raised.

    Raises:
        InputError: the pictures cannot be written to `folder`.
    """
    try:
        return _prepare(number, found, beside, folder, gate)
    except Refused as refused:
        return SetAside(source=found.name, reason=refused.reason, detail=refused.detail)


def _prepare(number: int, found: Found, beside: Beside, folder: Path, gate: Gate) -> Prepared:
    kind, data = _read(found)
    picture = open_picture(kind, data)
    width, height = picture.size
    with gate.room_for(width * height):
        load(picture, kind, data, PAGE_SIDE)
        said, on_its_side = read_metadata(picture), lies_on_its_side(picture)
        page = upright(picture, PAGE_SIDE)
        del picture
    model = shrunk(page, MODEL_SIDE)
    write_picture(page, page_path(folder, number))
    write_picture(model, model_path(folder, number))
    taken_at, place = _when_and_where(found.base, said, beside)
    captions = (beside.caption, beside.description, *said.captions)
    return Prepared(
        number=number,
        name=found.name,
        sha256=hashlib.sha256(data).hexdigest(),
        width=height if on_its_side else width,
        height=width if on_its_side else height,
        taken_at=taken_at,
        place=place,
        caption=next((caption for caption in captions if caption), None),
        keywords=said.keywords,
        likeness=likeness_of(model),
        sharpness=sharpness_of(model),
    )


def _read(found: Found) -> tuple[Kind, bytes]:
    try:
        return read_bytes(found.open)
    except Refused:
        raise
    except Exception as error:  # a disk or a zip fails in many ways; none may cost the other photos
        raise Refused(Reason.UNREADABLE, f"It cannot be read: {why(error)}.") from error


def _when_and_where(name: str, said: Said, beside: Beside) -> tuple[datetime | None, Place | None]:
    """The time and the city.

    What the camera wrote goes before Takeout, that before the file's name, and the time of the last edit comes last.
    """
    coordinates = said.coordinates or beside.coordinates
    nearest = nearest_city(*coordinates) if coordinates else None
    # Takeout knows the moment in UTC alone; the city knows what its clocks showed.
    taken = nearest.local(beside.taken) if nearest and beside.taken else beside.taken
    time = first_believable((*said.taken, taken, time_in_name(name), said.edited))
    return time, nearest.place if nearest else None


def write_picture(picture: Image.Image, path: Path) -> None:
    """Write a picture as a JPEG without metadata.

    Raises:
        InputError: the disk is full, or the place may not be written to.
    """
    jpeg = io.BytesIO()  # writing to a file itself, Pillow takes a last piece cut short by a full disk for written
    picture.save(jpeg, "JPEG", quality=_QUALITY)
    try:
        path.write_bytes(jpeg.getbuffer())
    except OSError as error:
        raise cannot_write_temporary(error) from error
