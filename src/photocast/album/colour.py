"""Any colour mode to sRGB."""

import io
from contextlib import suppress

from PIL import Image, ImageCms

from photocast.album.stretch import stretched

_RESIZABLE = {"L", "RGB", "RGBA", "LA", "CMYK", "LAB"}
_LONGEST_PROFILE = 4 * 1024**2


def flat(picture: Image.Image) -> Image.Image:
    """The picture in a mode that can be made smaller without loss: 8 bits a channel, no palette."""
    mode = picture.mode
    if "transparency" in picture.info:  # one colour means see-through: it has to go before colours are mixed
        return picture.convert("RGBA")
    if mode in _RESIZABLE:
        return picture
    if mode.startswith("I;16"):
        return picture.convert("I").point([value >> 8 for value in range(1 << 16)], "L")
    if mode in ("I", "F"):
        return stretched(picture)
    if mode in ("P", "PA"):
        return picture.convert("RGBA")
    if mode in ("1", "La"):
        return picture.convert("L" if mode == "1" else "LA")
    return picture.convert("RGBA" if mode == "RGBa" else "RGB")


def to_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """The picture in sRGB, transparency laid on white; `profile` is the ICC profile of the file, if it has one."""
    if picture.mode in ("RGBA", "LA"):
        picture = _on_white(picture.convert("RGBA"))
    if picture.mode == "LAB":
        return _transformed(picture, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))) or picture.convert(
            "L"
        ).convert("RGB")
    if isinstance(profile, bytes) and 0 < len(profile) <= _LONGEST_PROFILE:
        with suppress(Exception):  # a broken profile is no reason to lose the photo
            own = ImageCms.getOpenProfile(io.BytesIO(profile))
            if not _is_srgb(own):
                changed = _transformed(picture, own)
                picture = changed or picture
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _transformed(picture: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image | None:
    with suppress(ImageCms.PyCMSError):
        return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return None


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    return ImageCms.getProfileDescription(profile).strip().lower().startswith(("srgb", "c2"))
