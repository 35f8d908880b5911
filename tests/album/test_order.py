"""Order by time and by name."""

import itertools
import random
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from photocast.album.choose import best_spread
from photocast.album.order import by_name, by_time, natural

ROME, LIMA = timezone(timedelta(hours=2)), timezone(timedelta(hours=-5))

zones = st.sampled_from([None, UTC, ROME, LIMA])
times = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2001, 1, 1), timezones=zones)
photos = st.lists(st.tuples(st.from_regex(r"[a-c]{0,2}\d{1,3}\.jpg", fullmatch=True), times), unique_by=lambda p: p[0])


def ordered(album: list[tuple[str, datetime | None]]) -> list[str]:
    names, taken = [name for name, _ in album], [time for _, time in album]
    return [names[i] for i in by_time(names, taken)]


def test_names_in_natural_order() -> None:
    names = ["IMG_10.jpg", "img_9.jpg", "IMG_1.jpg", "a.jpg"]
    assert [names[i] for i in by_name(names)] == ["a.jpg", "IMG_1.jpg", "img_9.jpg", "IMG_10.jpg"]


def test_a_photo_without_a_time_follows_its_neighbour_by_name() -> None:
    noon, later = datetime(2022, 5, 1, 12), datetime(2022, 5, 1, 13)
    assert ordered([("0.jpg", None), ("a.jpg", later), ("b.jpg", None), ("c.jpg", noon)]) == [
        "0.jpg", "c.jpg", "a.jpg", "b.jpg",
    ]  # fmt: skip


def test_offsets_decide_over_clocks() -> None:
    # 10:00 in Rome is 08:00 UTC; 09:00 in Lima is 14:00 UTC; 11:00 without an offset borrows Rome's and is 09:00 UTC.
    rome, lima = datetime(2022, 5, 1, 10, tzinfo=ROME), datetime(2022, 5, 1, 5, tzinfo=LIMA)
    assert ordered([("lima", lima), ("plain", datetime(2022, 5, 1, 11)), ("rome", rome)]) == ["rome", "plain", "lima"]


@given(photos, st.randoms())
def test_the_order_does_not_depend_on_how_the_files_came(
    album: list[tuple[str, datetime | None]], dice: random.Random
) -> None:
    shuffled = album.copy()
    dice.shuffle(shuffled)
    assert ordered(shuffled) == ordered(album)


@given(photos)
def test_the_order_is_a_permutation_in_which_known_moments_never_go_back(
    album: list[tuple[str, datetime | None]],
) -> None:
    order = ordered(album)
    assert sorted(order) == sorted(name for name, _ in album)
    taken = dict(album)
    known = [time for name in order if (time := taken[name]) and time.tzinfo]
    assert known == sorted(known)
    if not any(time and time.tzinfo for time in taken.values()):
        clocks = [time for name in order if (time := taken[name])]
        assert clocks == sorted(clocks)


@given(st.lists(st.text(max_size=8), unique=True))
def test_natural_order_is_total(names: list[str]) -> None:
    assert len({natural(name) for name in names}) == len(names)
    sorted(names, key=natural)


@given(st.lists(times, min_size=1, max_size=60), st.integers(1, 60), st.sets(st.integers(0, 59)))
def test_a_spread_has_the_size_asked_for_and_all_that_is_kept(
    taken: list[datetime | None], limit: int, wished: set[int]
) -> None:
    keep = {i for i in wished if i < len(taken)}
    chosen = best_spread(taken, limit, keep)
    assert chosen == sorted(set(chosen))
    assert keep <= set(chosen)
    assert len(chosen) == min(len(taken), max(limit, len(keep)))


def test_a_burst_does_not_push_out_the_quiet_days() -> None:
    start = datetime(2022, 5, 1)
    burst = [start + timedelta(seconds=n) for n in range(200)]
    days = [start + timedelta(days=n) for n in range(1, 10)]
    chosen = best_spread(burst + days, 20)
    assert set(range(200, 209)) <= set(chosen)
    assert len([i for i in chosen if i < 200]) == 11


def test_without_times_the_spread_is_even() -> None:
    chosen = best_spread([None] * 100, 10)
    gaps = [b - a for a, b in itertools.pairwise(chosen)]
    assert (chosen[0], chosen[-1]) == (0, 99)
    assert max(gaps) <= 20
