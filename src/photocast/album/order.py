"""The order of the photos, by time or by name."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

Key = tuple[tuple[tuple[int, int, str], ...], str]


def natural(name: str) -> Key:
    """Key that sorts names as people do: `IMG_2` before `IMG_10`, capitals no matter."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return tuple((0, int(p), "") if p[0] in "0123456789" else (1, 0, p) for p in parts), name


def by_name(names: Sequence[str]) -> list[int]:
    """Positions in natural order of the names."""
    return sorted(range(len(names)), key=lambda i: natural(names[i]))


def by_time(names: Sequence[str], times: Sequence[datetime | None]) -> list[int]:
    """Positions in the order the photos were taken; the order they come in does not matter.

    Equal times go by name. A photo without a time follows the photo before it by name, and stands at the very front
    when there is none: of `a`, `b`, `c` with times for `a` and `c`, `b` comes right after `a`.
    """
    instants = moments(times)
    first: list[int] = []
    followers: dict[int, list[int]] = {}
    leader: int | None = None
    for i in by_name(names):
        if instants[i] is not None:
            leader = i
        elif leader is None:
            first.append(i)
        else:
            followers.setdefault(leader, []).append(i)
    ordered = first
    timed = [i for i in range(len(names)) if instants[i] is not None]
    for i in sorted(timed, key=lambda i: (instants[i], natural(names[i]))):
        ordered += [i, *followers.get(i, [])]
    return ordered


def moments(times: Sequence[datetime | None]) -> list[datetime | None]:
    """Each time as a moment in UTC, so that any two can be compared.

    A clock time without an offset borrows it from the photo with one whose clock is nearest (the same day out is
    mostly the same zone), the smaller offset on a tie; when none has an offset, the clocks are compared as they are.
    """
    known = sorted({(t.replace(tzinfo=None), t.utcoffset() or timedelta()) for t in times if t and t.tzinfo})

    def moment(time: datetime) -> datetime:
        if time.tzinfo:
            return time.astimezone(UTC)
        offset = min(known, key=lambda one: (abs(one[0] - time), one[1]))[1] if known else timedelta()
        return (time - offset).replace(tzinfo=UTC)

    return [moment(time) if time else None for time in times]
