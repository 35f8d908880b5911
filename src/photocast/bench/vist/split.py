"""The stories that SPoRC-VIST is measured on, drawn again by the rule that was published.

The rule: of the stories with five photos, in the order of the file, shuffle with seed 42 and take one after the other,
leaving out a story that shares a photo with one already taken and a story of which a photo does not exist. It was run
twice, first for 20 stories, then for 30 of those that were left, shuffled anew with the same seed.

What cannot be drawn again: one story of the published list was replaced by hand, for a reason that is not given, and
which photos existed depends on whose disk it was. Whoever has all photos gets the first 20 as published; of the next
stories those that the authors left out for a missing photo come in.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from random import Random

from photocast.schema import InputError
from photocast.stories.vist import Story

SEED = 42
DRAWS = (20, 30)
PHOTOS = 5


@dataclass(frozen=True, slots=True)
class Split:
    """The stories drawn, in order, and those passed over on the way."""

    stories: tuple[Story, ...]
    rejected: dict[str, str] = field(default_factory=dict)
    """Reason by story."""


def draw(
    stories: Sequence[Story],
    *,
    draws: Sequence[int] = DRAWS,
    seed: int = SEED,
    exists: Callable[[str], bool] = lambda photo: True,
) -> Split:
    """Draw stories by the published rule.

    Args:
        stories: all of a file, in its order.
        draws: how many in each draw.
        seed: of every draw.
        exists: whether a photo can be had.

    Raises:
        InputError: a draw ends before it has as many as it should.
    """
    left = [story for story in stories if len(story.photos) == PHOTOS]
    taken: list[Story] = []
    rejected: dict[str, str] = {}
    for count in draws:
        drawn = _one_draw(left, count, seed, {photo for story in taken for photo in story.photos}, exists, rejected)
        if len(drawn) < count:
            why = f"only {len(drawn)} of {len(left)} stories are left that share no photo and have all of theirs"
            raise InputError(f"cannot draw {count} stories", why, "Draw fewer, or use the whole test file")
        taken += drawn
        gone = {story.id for story in drawn}
        left = [story for story in left if story.id not in gone]
    return Split(tuple(taken), rejected)


def _one_draw(
    stories: Sequence[Story],
    count: int,
    seed: int,
    used: Collection[str],
    exists: Callable[[str], bool],
    rejected: dict[str, str],
) -> list[Story]:
    shuffled = list(stories)
    Random(seed).shuffle(shuffled)
    seen, drawn = set(used), list[Story]()
    for story in shuffled:
        if len(drawn) == count:
            break
        if shared := seen.intersection(story.photos):
            rejected[story.id] = f"it shares the photo {min(shared)} with a story already drawn"
        elif missing := [photo for photo in story.photos if not exists(photo)]:
            rejected[story.id] = f"its photo {missing[0]} does not exist"
        else:
            drawn.append(story)
            seen.update(story.photos)
    return drawn
