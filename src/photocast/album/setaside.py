"""Which photos to set aside: copies, near-copies, blurred shots."""

from collections.abc import Sequence

from photocast.album.likeness import MAX_BITS, MAX_COLOUR, MIN_SHARPNESS, differences
from photocast.album.prepare import Prepared
from photocast.schema import Reason, SetAside


def set_aside(photos: Sequence[Prepared], kept: set[int]) -> tuple[list[Prepared], list[SetAside]]:
    """Part the photos to use from the others. `kept` holds the numbers of those that the user wants in any case.

    At least one photo is always left to use.
    """
    aside: list[SetAside] = []
    unique = _without_copies(photos, kept, aside)
    sharp = _without_blurred(unique, kept, aside)
    return _without_near_copies(sharp, kept, aside), aside


def _without_copies(photos: Sequence[Prepared], kept: set[int], aside: list[SetAside]) -> list[Prepared]:
    first: dict[str, Prepared] = {}
    used = []
    for photo in sorted(photos, key=lambda photo: (photo.number not in kept, photo.number)):
        original = first.setdefault(photo.sha256, photo)
        if original is photo or photo.number in kept:
            used.append(photo)
        else:
            detail = f"It is the same file as {original.name}, byte for byte."
            aside.append(_aside(photo, Reason.DUPLICATE, detail, original.name))
    return used


def _without_blurred(photos: Sequence[Prepared], kept: set[int], aside: list[SetAside]) -> list[Prepared]:
    sharp = [photo for photo in photos if photo.number in kept or not photo.likeness.blurred]
    if not sharp:
        sharp = [max(photos, key=lambda photo: photo.likeness.sharpness)]
    for photo in photos:
        if photo not in sharp:
            detail = (
                f"It is blurred: sharpness {photo.likeness.sharpness:.1f} where a photo has "
                f"at least {MIN_SHARPNESS:.0f}."
            )
            aside.append(_aside(photo, Reason.BLURRED, detail))
    return sharp


def _without_near_copies(photos: Sequence[Prepared], kept: set[int], aside: list[SetAside]) -> list[Prepared]:
    """Keep the best photo of each group.

    A photo is compared with those already taken only, so that a slow pan, each photo like the next, stays a pan.
    """
    used: list[Prepared] = []
    for photo in sorted(photos, key=lambda photo: (photo.number not in kept, _worse(photo))):
        twin = None if photo.number in kept else _twin(photo, used)
        if twin is None:
            used.append(photo)
        else:
            original, bits, colour = twin
            detail = (
                f"It is nearly the same as {original.name}: {bits} of 128 bits of shape differ "
                f"(up to {MAX_BITS} count as the same), and the colour by {colour:.0f} of 255."
            )
            aside.append(_aside(photo, Reason.NEAR_DUPLICATE, detail, original.name))
    return used


def _worse(photo: Prepared) -> tuple[int, float, int]:
    """Sorts the best first: the one with more pixels, then the sharper, then the earlier found."""
    return -photo.width * photo.height, -photo.likeness.sharpness, photo.number


def _twin(photo: Prepared, used: Sequence[Prepared]) -> tuple[Prepared, int, float] | None:
    for other in used:
        bits, colour = differences(photo.likeness, other.likeness)
        if bits <= MAX_BITS and colour <= MAX_COLOUR:
            return other, bits, colour
    return None


def _aside(photo: Prepared, reason: Reason, detail: str, of: str | None = None) -> SetAside:
    return SetAside(source=photo.name, reason=reason, detail=detail, of=of, can_be_kept=True)
