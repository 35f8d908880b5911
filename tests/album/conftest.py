"""Photos made for the occasion: small, sharp, and unlike each other."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

Paint = Callable[..., Image.Image]
Snap = Callable[..., Path]


def _paint(seed: int, size: tuple[int, int] = (240, 160)) -> Image.Image:
    """Large random fields under fine grain: every seed is another scene, and none is blurred."""
    dice = np.random.default_rng(seed)
    fields = Image.fromarray(dice.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize(size, Image.Resampling.NEAREST)
    grain = dice.integers(-12, 12, (size[1], size[0], 1))
    return Image.fromarray((np.asarray(fields, dtype=int) + grain).clip(0, 255).astype(np.uint8))


@pytest.fixture
def paint() -> Paint:
    return _paint


@pytest.fixture
def snap(tmp_path: Path) -> Snap:
    """`snap("a.jpg", 1)` writes a photo into the folder `album`; `exif`, `ifd`, `gps` are EXIF tags by number."""

    def snap(
        name: str,
        seed: int = 0,
        *,
        exif: Mapping[int, Any] | None = None,
        ifd: Mapping[int, Any] | None = None,
        gps: Mapping[int, Any] | None = None,
        size: tuple[int, int] = (240, 160),
        **options: Any,
    ) -> Path:
        path = tmp_path / "album" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        block = Image.Exif()
        block.update(exif or {})
        block.get_ifd(0x8769).update(ifd or {})
        block.get_ifd(0x8825).update(gps or {})
        _paint(seed, size).save(path, exif=block, **options)
        return path

    return snap


@pytest.fixture
def photo_bytes() -> Callable[[int], bytes]:
    def photo_bytes(seed: int) -> bytes:
        buffer = io.BytesIO()
        _paint(seed).save(buffer, "JPEG")
        return buffer.getvalue()

    return photo_bytes
