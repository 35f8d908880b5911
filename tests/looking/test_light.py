"""Light is named only when the colours are clear."""

from pathlib import Path

import pytest
from PIL import Image

from photocast.looking.colours import colours_of
from photocast.looking.light import light

SKY, PALE, LAND, EMBER = (60, 120, 220), (205, 207, 210), (110, 100, 60), (230, 90, 20)


def picture(folder: Path, above: tuple[int, int, int], below: tuple[int, int, int]) -> Path:
    image = Image.new("RGB", (200, 150), below)
    image.paste(above, (0, 0, 200, 75))
    image.save(folder / "photo.png")
    return folder / "photo.png"


@pytest.mark.parametrize(
    ("above", "below", "outside", "name"),
    [
        (SKY, LAND, 0.95, "bright"),
        (SKY, LAND, 0.1, None),
        (PALE, (120, 118, 110), 0.95, "overcast"),
        ((12, 12, 20), (9, 8, 8), 0.1, "dark"),
        (EMBER, (5, 3, 3), 0.95, "low sun"),
        ((200, 200, 200), (90, 90, 90), 0.5, "black and white"),
        (LAND, LAND, 0.95, None),
    ],
)
def test_light(
    tmp_path: Path, above: tuple[int, int, int], below: tuple[int, int, int], outside: float, name: str | None
) -> None:
    found = light("p01", colours_of(picture(tmp_path, above, below)), outside)
    assert (found.what if found else None) == name
