"""Looks at a picture that was just drawn, and says what is wrong with it."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from photocast.album.likeness import Likeness, likeness_of
from photocast.corpus.pictures import MARGIN, MOST_EVEN, better_prompt, duplicate_of, is_blank
from photocast.models.images import decode

if TYPE_CHECKING:
    from photocast.models.encoders import TextImageEncoder

BLANK, DUPLICATE, OFF_PROMPT = "blank", "duplicate", "off_prompt"


class Inspection:
    """What is looked for in pictures.

    Args:
        encoder: of texts and pictures; without one nobody looks whether a picture shows what was asked for.
    """

    def __init__(self, encoder: "TextImageEncoder | None" = None) -> None:
        self._encoder = encoder

    @cached_property
    def settings(self) -> Any:
        """All that its verdicts depend on besides the picture."""
        return {"even": MOST_EVEN, "margin": MARGIN, "encoder": self._encoder.name if self._encoder else ""}

    def look(
        self, data: bytes, prompts: Sequence[str], own: int, before: Sequence[Likeness]
    ) -> tuple[str | None, Likeness | None]:
        """What is wrong with a picture, or None; and its likeness, by which later ones are compared with it.

        Args:
            data: its file, which is whole.
            prompts: of all scenes of the excerpt.
            own: position of the prompt that it was drawn from.
            before: likenesses of the excerpt's other pictures.
        """
        picture = decode(data).convert("RGB")
        if is_blank(picture):
            return BLANK, None
        if duplicate_of(picture, before) is not None:
            return DUPLICATE, None
        if self._encoder and self._is_off(data, prompts, own):
            return OFF_PROMPT, None
        return None, likeness_of(picture)

    def _is_off(self, data: bytes, prompts: Sequence[str], own: int) -> bool:
        if not self._encoder:
            return False
        with TemporaryDirectory() as folder:  # encoders read files
            file = Path(folder) / "picture.png"
            file.write_bytes(data)
            (seen,) = self._encoder.images([file])
        return better_prompt(seen, self._encoder.texts(prompts), own) is not None
