"""Pictures as an encoder takes them: brightness in full, colour at half the size, BT.709 in limited range.

Everything that is done for each frame is done with these three planes: it is half the work that it would be in RGB.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from photocast._optional import require

Box = tuple[float, float, float, float]
"""Left, upper, right, lower, in pixels and parts of pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """One picture, of an even number of pixels each way."""

    luma: Image.Image
    blue: Image.Image
    red: Image.Image

    @classmethod
    def of(cls, picture: Image.Image) -> "Planes":
        """From RGB."""
        av = require("av", extra="speech", purpose="making a film")
        frame = av.VideoFrame.from_image(picture.convert("RGB"))
        made = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG", interpolation="AREA")
        width, height = picture.size
        stacked = made.to_ndarray().reshape(-1)
        whole, quarter = width * height, width * height // 4
        half = (width // 2, height // 2)
        return cls(
            Image.frombytes("L", (width, height), stacked[:whole].tobytes()),
            Image.frombytes("L", half, stacked[whole : whole + quarter].tobytes()),
            Image.frombytes("L", half, stacked[whole + quarter :].tobytes()),
        )

    def seen_through(self, box: Box, size: tuple[int, int]) -> "Planes":
        """A part of the picture at another size; the part may begin between two pixels, so that motion is smooth."""
        half = (size[0] // 2, size[1] // 2)
        left, upper, right, lower = (edge / 2 for edge in box)
        return Planes(
            self.luma.resize(size, Image.Resampling.BILINEAR, box),
            self.blue.resize(half, Image.Resampling.BILINEAR, (left, upper, right, lower)),
            self.red.resize(half, Image.Resampling.BILINEAR, (left, upper, right, lower)),
        )

    def faded(self, other: "Planes", part: float) -> "Planes":
        """This picture with a part of the other, 0 to 1, over it."""
        return Planes(
            Image.blend(self.luma, other.luma, part),
            Image.blend(self.blue, other.blue, part),
            Image.blend(self.red, other.red, part),
        )

    def frame(self) -> Any:
        """As a frame for an encoder."""
        av = require("av", extra="speech", purpose="making a film")
        parts = [np.asarray(plane).reshape(-1) for plane in (self.luma, self.blue, self.red)]
        width, height = self.luma.size
        return av.VideoFrame.from_ndarray(np.concatenate(parts).reshape(height * 3 // 2, width), format="yuv420p")


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Something drawn once and laid over many frames."""

    picture: Planes
    mask: Image.Image
    half_mask: Image.Image
    at: tuple[int, int]
    """Left and upper edge, both even."""

    @classmethod
    def of(cls, drawn: Image.Image, top: int) -> "Overlay":
        """From RGBA as wide as the frame, of an even height, to be laid at an even distance from the top."""
        mask = drawn.getchannel("A")
        half = mask.resize((drawn.width // 2, drawn.height // 2), Image.Resampling.BOX)
        return cls(Planes.of(drawn.convert("RGB")), mask, half, (0, top))

    def over(self, planes: Planes) -> None:
        """Lay it over a picture, in place."""
        half = (self.at[0] // 2, self.at[1] // 2)
        planes.luma.paste(self.picture.luma, self.at, self.mask)
        planes.blue.paste(self.picture.blue, half, self.half_mask)
        planes.red.paste(self.picture.red, half, self.half_mask)
