"""What the user made of an earlier fact sheet outlives a new look."""

from collections.abc import Collection, Iterable

from photocast.looking.naming import slug
from photocast.schema import FactSheet, Known, Observation, State


def is_users(one: Observation) -> bool:
    """Whether the user decided, added or edited it: struck, locked, told, or saying something other than its id.

    What comes from a brief is the user's as well, but the brief of today decides about it.
    """
    if one.state is not State.OPEN or not one.id.endswith(slug(one.what)):
        return True
    return (one.known is Known.TOLD or "user" in one.sources) and "brief" not in one.sources


def carry_over(
    fresh: Iterable[Observation], previous: FactSheet | None, photos: Collection[str]
) -> tuple[Observation, ...]:
    """The fresh observations, with those of the user in place of the fresh ones of the same id, or behind them.

    Observations about photos that the album no longer has are left behind.
    """
    kept = {
        one.id: one
        for one in (previous.observations if previous else ())
        if is_users(one) and all(photo in photos for photo in one.photos)
    }
    merged = [kept.pop(one.id, one) for one in fresh]
    return (*merged, *kept.values())
