"""Which photos to set aside: copies, near-copies, blurred shots."""

from collections.abc import Sequence

from photocast.album.likeness import MAX_OVERALL, MAX_PART, twin
from photocast.album.prepare import Prepared
from photocast.album.sharpness import MIN_EDGES
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
    sharp = [photo for photo in photos if photo.number in kept or not photo.sharpness.blurred]
    if not sharp:
        sharp = [max(photos, key=lambda photo: photo.sharpness.edges)]
    for photo in photos:
        if photo not in sharp:
            detail = (
                f"It is blurred: even its sharp parts have edges of {photo.sharpness.edges:.1f} where a sharp photo "
                f"has {MIN_EDGES:.0f} or more."
            )
            aside.append(_aside(photo, Reason.BLURRED, detail))
    return sharp


def _without_near_copies(photos: Sequence[Prepared], kept: set[int], aside: list[SetAside]) -> list[Prepared]:
    """Keep the best photo of each group.

    A photo is compared with those already taken only, so that a slow pan, each photo like the next, stays a pan.
    """
    used: list[Prepared] = []
    for photo in sorted(photos, key=lambda photo: (photo.number not in kept, _worse(photo))):
        found = None if photo.number in kept else twin(photo.likeness, [other.likeness for other in used])
        if found is None:
            used.append(photo)
        else:
            original, difference = used[found[0]], found[1]
            detail = (
                f"It shows the same as {original.name}: laid upon each other they differ by {difference.part:.2f} "
                f"where they differ most (up to {MAX_PART} is the same), and by {difference.overall:.3f} "
                f"(up to {MAX_OVERALL}) overall."
            )
            aside.append(_aside(photo, Reason.NEAR_DUPLICATE, detail, original.name))
    return used


def _worse(photo: Prepared) -> tuple[int, float, int]:
    """Sorts the best first: the one with more pixels, then the sharper, then the earlier found."""
    return -photo.width * photo.height, -photo.sharpness.edges, photo.number


def _aside(photo: Prepared, reason: Reason, detail: str, of: str | None = None) -> SetAside:
    return SetAside(source=photo.name, reason=reason, detail=detail, of=of, can_be_kept=True)
