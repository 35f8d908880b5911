"""Open an album: from whatever the user points at to photos in order."""

import os
import shutil
import tempfile
import warnings
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from photocast.album.choose import best_spread
from photocast.album.find import Finds, Found, Source, find, shown
from photocast.album.order import by_name, by_time, natural
from photocast.album.prepare import Gate, Prepared, model_path, page_path, prepare
from photocast.album.setaside import set_aside
from photocast.album.sidecar import Beside, read_sidecars, split_sidecars
from photocast.album.text import plain
from photocast.runs import cannot_write_temporary
from photocast.schema import InputError, Photo, Reason, SetAside, UsageError

Progress = Callable[[int, int], None]

MAX_PHOTOS = 300
ORDERS = ("time", "name", "given")
_MOST_THREADS = 8


class Pictures:
    """The temporary folder of the prepared pictures; it goes when it is closed or collected or the program ends."""

    def __init__(self) -> None:
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="photocast-"))
        except OSError as error:
            raise cannot_write_temporary(error) from error
        self.close = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an album is made of."""

    title: str
    photos: tuple[Photo, ...]
    set_aside: tuple[SetAside, ...]
    pictures: Pictures


def open_album(
    source: Source, keep: Sequence[str], limit: int, order: str, title: str | None, progress: Progress | None
) -> Opened:
    """Find the files, make the photos ready, set aside what shows nothing new, put the rest in order."""
    _check_call(limit, order)
    pictures = Pictures()
    try:
        with ExitStack() as stack:
            finds = find(source, stack)
            photos, beside = _photos_and_sidecars(finds)
            kept = _numbers(keep, photos, finds)
            ready, refused = _prepare_all(photos, beside, pictures.folder, progress)
        aside = finds.set_aside + refused
        if not ready:
            raise _nothing_to_use(finds.title, aside)
        used, alike = set_aside(ready, kept)
        chosen, surplus = _choose(_arrange(used, order), limit, kept)
        records = tuple(_record(position, photo, pictures.folder) for position, photo in enumerate(chosen, start=1))
        _delete_pictures(ready, pictures.folder)
    except BaseException:
        pictures.close()
        raise
    return Opened(
        title=plain(title or "", limit=120) or finds.title,
        photos=records,
        set_aside=tuple(sorted(aside + alike + surplus, key=lambda one: natural(one.source))),
        pictures=pictures,
    )


def _check_call(limit: int, order: str) -> None:
    if not 1 <= limit <= MAX_PHOTOS:
        raise UsageError("cannot open the album", f"limit is {limit}", f"Give a limit from 1 to {MAX_PHOTOS}")
    if order not in ORDERS:
        raise UsageError("cannot open the album", f"order is {order!r}", f"Give one of {', '.join(ORDERS)}")


def _photos_and_sidecars(finds: Finds) -> tuple[list[Found], dict[str, Beside]]:
    """The files to try as photos, and what the files beside them say; JSON that is not about photos is tried too."""
    sidecars, photos = split_sidecars(finds.files)
    beside, strays = read_sidecars([*finds.companions, *sidecars], photos)
    return photos + [stray for stray in strays if stray in sidecars], beside


def _numbers(keep: Sequence[str], photos: Sequence[Found], finds: Finds) -> set[int]:
    """Positions of the photos that `keep` names, by path or by name.

    Raises:
        UsageError: a name is of no file that was found.
    """
    numbers: set[int] = set()
    for name in map(shown, keep):
        matches = {i for i, photo in enumerate(photos) if name in (photo.name, photo.base)}
        if not matches and all(name != one.source for one in finds.set_aside):
            raise UsageError(
                f"cannot keep “{name}”", f"“{finds.title}” has no file of this name", "Check the name; capitals count"
            )
        numbers |= matches
    return numbers


def _prepare_all(
    photos: Sequence[Found], beside: dict[str, Beside], folder: Path, progress: Progress | None
) -> tuple[list[Prepared], list[SetAside]]:
    """Prepare every photo, on all cores; a thread holds one photo at a time, so memory does not grow with the album."""
    gate = Gate()
    ready: list[Prepared] = []
    refused: list[SetAside] = []
    pool = ThreadPoolExecutor(max_workers=_threads(), thread_name_prefix="photocast-album")
    # Pillow warns of every oddity in a file; what matters of them is in the set-aside list.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tasks = [
                pool.submit(prepare, number, found, beside.get(found.name, Beside()), folder, gate)
                for number, found in enumerate(photos)
            ]
            for done, task in enumerate(tasks, start=1):
                result = task.result()
                if isinstance(result, Prepared):
                    ready.append(result)
                else:
                    refused.append(result)
                if progress:
                    progress(done, len(photos))
        finally:
            pool.shutdown(cancel_futures=True)
    return ready, refused


def _threads() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_THREADS)


def _arrange(photos: Sequence[Prepared], order: str) -> list[Prepared]:
    names = [photo.name for photo in photos]
    if order == "given":
        return sorted(photos, key=lambda photo: photo.number)
    positions = by_name(names) if order == "name" else by_time(names, [photo.taken_at for photo in photos])
    return [photos[position] for position in positions]


def _choose(photos: Sequence[Prepared], limit: int, kept: set[int]) -> tuple[list[Prepared], list[SetAside]]:
    wanted = {position for position, photo in enumerate(photos) if photo.number in kept}
    if len(wanted) > limit:
        raise UsageError(
            f"cannot keep {len(wanted)} photos", f"the album may hold {limit}", "Keep fewer, or raise the limit"
        )
    chosen = best_spread([photo.taken_at for photo in photos], limit, wanted)
    detail = f"The album holds {limit} of {len(photos)} photos; those chosen cover it best."
    surplus = [
        SetAside(source=photo.name, reason=Reason.NOT_CHOSEN, detail=detail, can_be_kept=True)
        for position, photo in enumerate(photos)
        if position not in set(chosen)
    ]
    return [photos[position] for position in chosen], surplus


def _record(position: int, photo: Prepared, folder: Path) -> Photo:
    """The photo under its place in the album, with its pictures renamed likewise."""
    name = f"p{position:02d}"
    model_path(folder, photo.number).rename(model_path(folder, name))
    page_path(folder, photo.number).rename(page_path(folder, name))
    return Photo(
        id=name,
        source=photo.name,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        taken_at=photo.taken_at,
        place=photo.place,
        caption=photo.caption,
        keywords=photo.keywords,
    )


def _delete_pictures(photos: Sequence[Prepared], folder: Path) -> None:
    """Delete what was prepared and then not chosen."""
    for photo in photos:
        model_path(folder, photo.number).unlink(missing_ok=True)
        page_path(folder, photo.number).unlink(missing_ok=True)


def _nothing_to_use(title: str, aside: Sequence[SetAside]) -> InputError:
    what = f"cannot make an album of “{title}”"
    if not aside:
        return InputError(what, "it holds no photo at all", "Choose a folder, files or a zip with photos")
    counts = Counter(one.reason.value.replace("_", " ") for one in aside)
    kinds = ", ".join(f"{count} {reason}" for reason, count in counts.most_common())
    first = aside[0]
    why = f"none of its {len(aside)} files can be used ({kinds}); {first.source}: {first.detail.rstrip('.')}"
    return InputError(what, why, "Give JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF photos that open elsewhere")
