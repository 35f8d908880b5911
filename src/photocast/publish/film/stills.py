"""Photos and the title card, made ready for the frame once each."""

from pathlib import Path

from PIL import Image, ImageFilter, ImageOps

from photocast.publish.cover import opened, shade
from photocast.publish.film.motion import SPARE
from photocast.publish.lettering import Letters

_MOST_LOST = 0.2
"""Part of a photo that may be cut off for it to fill the frame: that of 3:2 in a frame of 16:9 is 0.16."""
_DIM = 0.42
_CREAM, _SOFT = (250, 244, 232), (214, 203, 184)
_PLAIN = (52, 46, 40)


def still(path: Path, size: tuple[int, int]) -> Image.Image:
    """A photo that fills the frame: cut a little, or whole before a blurred copy of itself.

    Args:
        path: the photo.
        size: of the frame; what comes back is a little larger.

    Raises:
        InputError: the file is not a picture.
    """
    large = spared(size)
    photo = opened(path, 2 * max(large))
    ratio = (photo.width / photo.height) / (large[0] / large[1])
    if min(ratio, 1 / ratio) >= 1 - _MOST_LOST:
        return ImageOps.fit(photo, large, Image.Resampling.LANCZOS, centering=(0.5, 0.4))
    whole = ImageOps.contain(photo, large, Image.Resampling.LANCZOS)
    behind = blurred(photo, large)
    behind.paste(whole, ((large[0] - whole.width) // 2, (large[1] - whole.height) // 2))
    return behind


def title_card(title: str, names: str, photo: Path | None, size: tuple[int, int], letters: Letters) -> Image.Image:
    """The title and who talks, before a blurred photo, or a plain ground where there is none.

    Raises:
        InputError: the photo's file is not a picture.
    """
    large = spared(size)
    card = blurred(opened(photo, 400), large) if photo else Image.new("RGB", large, _PLAIN)
    width = round(large[0] * 0.76)
    side = min(large)
    small = round(side * 0.05)
    big, lines = letters.fitted(letters.words(title), round(side * 0.135), width, 3, smallest=round(side * 0.05))
    _, below = letters.fitted(letters.words(names), small, width, 1, smallest=round(side * 0.03))
    top = round(large[1] * 0.44) - (letters.height(len(lines), big) + 2 * small) // 2
    end = letters.write(card, lines, (large[0] // 2, top), big, _CREAM, "m")
    letters.write(card, below, (large[0] // 2, end + round(small * 0.5)), small, _SOFT, "m")
    return card


def spared(size: tuple[int, int]) -> tuple[int, int]:
    """The size of a still for a frame of this size, even each way."""
    return round(size[0] * SPARE / 2) * 2, round(size[1] * SPARE / 2) * 2


def blurred(photo: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A dark haze of the photo's own colours; made small, where blurring costs nothing, and then enlarged."""
    tenth = (max(2, size[0] // 10), max(2, size[1] // 10))
    hazy = ImageOps.fit(photo, tenth).filter(ImageFilter.GaussianBlur(min(tenth) / 12))
    dark = Image.blend(hazy, Image.new("RGB", tenth, shade(hazy, 0.06)), 1 - _DIM)
    return dark.resize(size, Image.Resampling.BICUBIC)
