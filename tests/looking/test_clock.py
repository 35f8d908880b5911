"""Words for time, worked by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from photocast.looking.clock import gap_in_words, part_of_day, season, seconds_between, tells_hour
from photocast.schema import Place

NOON = datetime(2022, 4, 30, 12, 0, 30)


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (timedelta(minutes=7), None),
        (timedelta(minutes=9), "ten minutes later"),
        (timedelta(minutes=15), "a quarter of an hour later"),
        (timedelta(minutes=35), "half an hour later"),
        (timedelta(minutes=61), "an hour later"),
        (timedelta(minutes=95), "an hour and a half later"),
        (timedelta(hours=2, minutes=50), "three hours later"),
        (timedelta(hours=11), "eleven hours later"),
        (timedelta(hours=22), "the next day"),
        (timedelta(days=2), "two days later"),
        (timedelta(days=8), "a week later"),
        (timedelta(days=20), "three weeks later"),
        (timedelta(days=33), "a month later"),
        (timedelta(days=122), "four months later"),
        (timedelta(days=370), "a year later"),
        (timedelta(days=480), "more than a year later"),
        (timedelta(days=365 * 10 + 3), "ten years later"),
        (timedelta(days=365 * 40), "40 years later"),
        (timedelta(hours=-3), None),
    ],
)
def test_gaps_are_said_as_people_say_them(later: timedelta, words: str | None) -> None:
    assert gap_in_words(NOON, NOON + later) == words


def test_past_midnight_is_not_yet_the_next_day() -> None:
    assert gap_in_words(datetime(2022, 4, 30, 23, 30), datetime(2022, 5, 1, 0, 31)) == "an hour later"
    assert gap_in_words(datetime(2022, 4, 30, 23, 30), datetime(2022, 5, 1, 9, 0)) == "the next day"


def test_dates_without_an_hour_tell_days_and_no_hours() -> None:
    date = datetime(2022, 4, 30)
    assert not tells_hour(date)
    assert gap_in_words(date, datetime(2022, 4, 30, 15, 0)) is None
    assert gap_in_words(date, datetime(2022, 5, 2)) == "two days later"


def test_offsets_count_when_both_know_theirs() -> None:
    east, utc = timezone(timedelta(hours=2)), UTC
    assert seconds_between(NOON.replace(tzinfo=utc), NOON.replace(tzinfo=east)) == -7200
    assert seconds_between(NOON, NOON.replace(tzinfo=east)) == 0


@pytest.mark.parametrize(
    ("month", "country", "expected"),
    [
        (1, "Italy", "winter"),
        (4, "Canada", "spring"),
        (7, "Japan", "summer"),
        (10, "Italy", "autumn"),
        (12, "Norway", "winter"),
        (1, "New Zealand", "summer"),
        (4, "Chile", "autumn"),
        (7, "Australia", "winter"),
        (11, "South Africa", "spring"),
        (7, "Singapore", None),
        (1, "Kenya", None),
    ],
)
def test_seasons_turn_south_of_the_equator(month: int, country: str, expected: str | None) -> None:
    assert season(datetime(2021, month, 15), Place(city="X", country=country)) == expected


def test_without_a_place_the_hemisphere_is_unknown_and_so_is_the_season() -> None:
    assert season(datetime(2018, 11, 27), None) is None


@pytest.mark.parametrize(
    ("hour", "name"),
    [(0, "night"), (4, "night"), (5, "morning"), (12, "midday"), (14, "afternoon"), (18, "evening"), (22, "night")],
)
def test_parts_of_the_day(hour: int, name: str) -> None:
    assert part_of_day(datetime(2022, 1, 1, hour, 10)) == name
