"""Engines: whoever does the work, the results are the same and in order."""

import os
from collections.abc import Iterator

import pytest

from photocast.corpus.engines import Engine, Here, Pool, Ray, engine_of
from photocast.schema import InputError, UsageError


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise InputError(f"part {number}", "it is damaged", "Make it again")


def die(number: int) -> int:
    os._exit(9)


def test_names() -> None:
    assert engine_of("here") == Here()
    assert engine_of("pool:3") == Pool(3)
    assert engine_of("pool") == Pool(len(os.sched_getaffinity(0)))
    assert engine_of("ray") == Ray()
    assert engine_of("ray:10.0.0.1:6379") == Ray("10.0.0.1:6379")


@pytest.mark.parametrize("name", ["", "spark", "pool:0", "pool:x", "here:2", "pool:-1"])
def test_other_names(name: str) -> None:
    with pytest.raises(UsageError, match="no engine"):
        engine_of(name)


@pytest.mark.parametrize("engine", [Here(), Pool(2)])
def test_results_are_in_order(engine: Engine) -> None:
    assert list(engine.map(double, range(20))) == [2 * n for n in range(20)]
    assert list(engine.map(double, [])) == []


@pytest.mark.parametrize("engine", [Here(), Pool(2)])
def test_errors_come_through_as_they_are(engine: Engine) -> None:
    with pytest.raises(InputError, match="part 0"):
        list(engine.map(fail, [0, 1]))


def test_a_worker_that_dies_is_told() -> None:
    with pytest.raises(InputError, match="worker process died"):
        list(Pool(1).map(die, [1]))


def test_who_stops_listening_stops_the_pool() -> None:
    results: Iterator[int] = Pool(1).map(double, range(1000))
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
