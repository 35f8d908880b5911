"""One picture of many pairs: a row of small pictures for each, gaps as empty frames."""

from collections.abc import Sequence
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any

from photocast.corpus.packing import Sample
from photocast.corpus.packing.columns import Row
from photocast.corpus.sheets.thumbnails import small

if TYPE_CHECKING:
    from PIL import Image

_CELL = (160, 92)
_GAP, _LABEL, _MARGIN = 6, 20, 36
_PAPER, _INK, _SOFT, _LINE = "#171512", "#ece5d9", "#aca292", "#4b443a"
_RATIO = 1.3
"""Width of the whole beside its height, about."""


def overview(rows: Sequence[Row], title: str) -> bytes:
    """The pairs as JPEG.

    Raises:
        InputError: a picture cannot be read.
    """
    from PIL import Image, ImageDraw, ImageFont

    most = max(len(sample.scenes) for sample, _ in rows)
    block = (most * (_CELL[0] + _GAP) + 4 * _GAP, _CELL[1] + _LABEL + 3 * _GAP)
    columns = max(1, min(len(rows), round((len(rows) * block[1] * _RATIO / block[0]) ** 0.5)))
    down = ceil(len(rows) / columns)
    head = 2 * _MARGIN + 12
    sheet = Image.new("RGB", (columns * block[0] + 2 * _MARGIN - 5 * _GAP, down * block[1] + head + _MARGIN), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN - 8), title, _INK, font=ImageFont.load_default(26))
    for at, row in enumerate(rows):
        left, top = _MARGIN + at // down * block[0], head + at % down * block[1]
        _draw_pair(sheet, draw, row, left, top, ImageFont.load_default(13))
    out = BytesIO()
    sheet.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _draw_pair(sheet: "Image.Image", draw: Any, row: Row, left: int, top: int, font: Any) -> None:
    sample, files = row
    draw.text((left, top), _label(sample), _SOFT, font=font)
    for at, scene in enumerate(sample.scenes):
        corner = (left + at * (_CELL[0] + _GAP), top + _LABEL)
        if scene.image is not None:
            picture = small(files[scene.image], _CELL)
            across, down = (_CELL[0] - picture.width) // 2, (_CELL[1] - picture.height) // 2
            sheet.paste(picture, (corner[0] + across, corner[1] + down))
            continue
        draw.rectangle((*corner, corner[0] + _CELL[0] - 1, corner[1] + _CELL[1] - 1), outline=_LINE)
        middle = (corner[0] + _CELL[0] // 2, corner[1] + _CELL[1] // 2)
        draw.text(middle, scene.gap.replace("_", " "), _SOFT, font=font, anchor="mm")


def _label(sample: Sample) -> str:
    return f"{sample.id}  ·  {sample.words:,} words"
