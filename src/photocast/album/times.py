"""When a photo was taken, out of what cameras, editors and phones write."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

_STAMP = re.compile(
    r"\s*(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)(?:[-_. T]| at )*"
    r"(\d\d)([-_.:]?)(\d\d)\6(\d\d)(?:\d{3})?(?!\d)"
)
_CLOCK_NEVER_SET = {date(1904, 1, 1), date(1970, 1, 1), date(1980, 1, 1)}
_FIRST_PHOTOGRAPH = 1826


def first_believable(times: Iterable[datetime | None], now: datetime | None = None) -> datetime | None:
    """The first of `times` that can be: not in the future, not before photography, not a clock that was never set."""
    return next((time for time in times if time and believable(time, now)), None)


def believable(time: datetime, now: datetime | None = None) -> bool:
    """Whether a photo can have been taken at `time`; a day is allowed for clocks of other zones."""
    now = now or datetime.now(UTC)
    moment = time if time.tzinfo else time.replace(tzinfo=UTC)
    if time.year < _FIRST_PHOTOGRAPH or moment > now + timedelta(days=1):
        return False
    return time.date() not in _CLOCK_NEVER_SET and time.replace(tzinfo=None) != datetime(2000, 1, 1)


def parse_stamp(text: object, offset: object = None) -> datetime | None:
    """Read `2022:04:30 13:26:34` and the ISO forms; `offset` is a tag beside it such as `+02:00`.

    None for what cannot be, as month 0 and the blanks of a clock that was never set.
    """
    match = _STAMP.match(_string(text))
    if not match:
        return None
    year, month, day, hour, minute, second, own = match.groups()
    try:
        time = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    except ValueError:
        return None
    return time.replace(tzinfo=_zone(own or _string(offset)))


def time_in_name(name: str) -> datetime | None:
    """Read the date *and* time in a file's name, as `IMG_20220430_132634` or `20220430_13_26_34`.

    A date without a time is not enough: it would say midnight. Pixel phones write UTC into `PXL_…`.
    """
    match = _IN_NAME.search(name)
    if not match:
        return None
    year, _, month, day, hour, _, minute, second = match.groups()
    zone = UTC if name.startswith("PXL_") else None
    try:
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None


def parse_epoch(seconds: object) -> datetime | None:
    """Read seconds since 1970, a number or its text."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(str(seconds)))
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone | None:
    match = re.fullmatch(r"\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))\s*", text)
    if not match:
        return None
    utc, sign, hours, minutes = match.groups()
    if utc:
        return UTC
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset <= timedelta(hours=14) else None


def _string(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\x00 ") if isinstance(value, str) else ""
