"""The cover of an episode: a few of its photos, and its title."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from photocast.publish.lettering import Letters
from photocast.schema import InputError, UsageError

_SMALLEST, _LARGEST = 1400, 3000
_MOST_BYTES = 512_000
"""What podcast directories take: so many pixels a side, so many bytes."""
_PANEL = 0.31
"""Height of the title's ground, in parts of the side."""
_MARGIN = 0.065
_CREAM, _SOFT = (250, 244, 232), (214, 203, 184)
_PLAIN = (52, 46, 40)
_LINE = "Synthetic voices · photocast"


def cover(title: str, images: Sequence[Path], *, size: int = 1500, font: Path | None = None) -> bytes:
    """A square JPEG as podcast directories ask for: up to four photos spread over the album, with the title below.

    The same title and photos give the same bytes. Words of the title that the typeface has no letters for are left
    out.

    Args:
        title: of the episode.
        images: photos in the order of the album; none is a cover of the title alone.
        size: pixels a side, 1400 to 3000.
        font: file of another typeface.

    Raises:
        InputError: a photo cannot be read as a picture, or the font as one.
        UsageError: directories do not take this size.
    """
    if not _SMALLEST <= size <= _LARGEST:
        why = f"podcast directories take {_SMALLEST} to {_LARGEST} pixels"
        raise UsageError(f"no cover can be {size} pixels wide", why, "Leave the size out: it is 1500")
    letters = Letters(font)
    photos = [opened(path, size) for path in _spread(images)]
    ground = _ground(photos)
    sheet = Image.new("RGB", (size, size), ground)
    text = letters.words(title)
    top = round(size * (1 - (_PANEL if text else 0.12))) if photos else 0
    for photo, box in zip(photos, _boxes(len(photos), size, top), strict=True):
        sheet.paste(ImageOps.fit(photo, (box[2] - box[0], box[3] - box[1]), centering=(0.5, 0.4)), box[:2])
    _title(sheet, letters, text, top)
    return _jpeg(sheet)


def opened(path: Path, side: int) -> Image.Image:
    """A photo in RGB, read no larger than it is needed.

    Raises:
        InputError: the file is not a picture.
    """
    try:
        with Image.open(path) as file:
            file.draft("RGB", (side, side))
            return ImageOps.exif_transpose(file).convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        why, do = "it cannot be read as a picture", "Put a JPEG there, or take the file away"
        raise InputError(f"cannot show {path}", why, do) from error


def shade(photo: Image.Image, lightness: float) -> tuple[int, int, int]:
    """The photo's own tone, muted, at a lightness of 0 to 1: a ground that belongs to it."""
    red, green, blue = photo.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    grey = max(1.0, 0.3 * red + 0.59 * green + 0.11 * blue)
    return tuple(round(min(255, lightness * 255 * (0.45 + 0.55 * part / grey))) for part in (red, green, blue))  # type: ignore[return-value]


def _spread(images: Sequence[Path]) -> list[Path]:
    """One, three or four: two halves of a square are poor crops of anything."""
    count = 4 if len(images) >= 4 else 3 if len(images) == 3 else min(len(images), 1)
    return [images[round(at * (len(images) - 1) / max(count - 1, 1))] for at in range(count)]


def _ground(photos: Sequence[Image.Image]) -> tuple[int, int, int]:
    return shade(photos[0], 0.15) if photos else _PLAIN


def _boxes(count: int, size: int, height: int) -> list[tuple[int, int, int, int]]:
    """A large photo with the others in a column beside it, a thin gap apart."""
    gap = size // 150
    if count <= 1:
        return [(0, 0, size, height)] * count
    split, rows = round(size * 0.66), count - 1
    edges = [round(row * (height + gap) / rows) for row in range(rows + 1)]
    column = [(split + gap, edges[row], size, edges[row + 1] - gap) for row in range(rows)]
    return [(0, 0, split, height), *column]


def _title(sheet: Image.Image, letters: Letters, text: str, top: int) -> None:
    """The title as large as it fits, in the middle of its ground by height, over the line that says what it is."""
    size = sheet.width
    margin, small = round(size * _MARGIN), round(size * 0.027)
    foot = size - round(margin * 0.8) - letters.height(1, small)
    if text:
        room = foot - top - round(size * 0.05)
        lines_at_most = 3 if top else 7
        large, lines = letters.fitted(
            text, round(size * 0.115), size - 2 * margin, lines_at_most, smallest=round(size * 0.045)
        )
        while letters.height(len(lines), large) > room:
            large, lines = letters.fitted(
                text, round(large * 0.93), size - 2 * margin, lines_at_most, smallest=round(size * 0.03)
            )
        at = top + round(size * 0.03) + (room - letters.height(len(lines), large)) // 2
        letters.write(sheet, lines, (margin, at), large, _CREAM)
    if line := letters.words(_LINE):
        letters.write(sheet, [line], (margin, foot), small, _SOFT)


def _jpeg(sheet: Image.Image) -> bytes:
    for quality in (88, 82, 74, 64, 50, 35):
        out = BytesIO()
        sheet.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() < _MOST_BYTES:
            break
    return out.getvalue()
