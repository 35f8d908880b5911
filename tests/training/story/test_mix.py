"""Shares: met within one sample, without repeating unless more is asked for than there is."""

from collections import Counter
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from photocast.testing.stories import story
from photocast.training.recipe import StoryTable
from photocast.training.story import TASKS, Task, VisualStory
from photocast.training.story.mix import allot, draw, most_without_repeating, shares_of
from photocast.training.story.nouns import Draft

TABLES = st.fixed_dictionaries({task: st.floats(0, 1).map(lambda share: round(share, 3)) for task in TASKS}).filter(
    lambda table: sum(table.values()) > 0
)


def pool(task: Task, number: int) -> list[Draft]:
    one = VisualStory.model_validate(story(0))
    return [Draft(task, one, at, (0,), "a") for at in range(number)]


def test_the_recipe_by_hand() -> None:
    shares = shares_of(StoryTable().model_dump())
    assert shares == {
        "caption": Fraction(1, 5),
        "continuation": Fraction(1, 5),
        "generation": Fraction(3, 10),
        "emotion": Fraction(3, 20),
        "consistency": Fraction(3, 20),
    }
    # Of 33: 6.6, 6.6, 9.9, 4.95, 4.95. Whole parts are 29; the four left go to .95, .95, .9 and the first .6.
    assert list(allot(33, shares).values()) == [7, 6, 10, 5, 5]
    # 30 / .2 = 150, 20 / .2 = 100, 10 / .3 = 33.3, 30 / .15 = 200, 40 / .15 = 266.7
    pools = {task: pool(task, number) for task, number in zip(TASKS, (30, 20, 10, 30, 40), strict=True)}
    assert most_without_repeating(pools, shares) == 33


@given(TABLES, st.integers(0, 5000))
def test_every_task_is_within_one_sample_of_its_share(table: dict[str, float], total: int) -> None:
    shares = shares_of(table)
    counts = allot(total, shares)
    assert sum(shares.values()) == 1
    assert sum(counts.values()) == total
    assert counts.keys() == {task for task in TASKS if table[task] > 0}
    assert all(abs(counts[task] - total * share) < 1 for task, share in shares.items())


@given(TABLES, st.lists(st.integers(1, 400), min_size=5, max_size=5))
def test_nothing_has_to_be_repeated_by_default(table: dict[str, float], sizes: list[int]) -> None:
    shares = shares_of(table)
    pools = {task: pool(task, size) for task, size in zip(TASKS, sizes, strict=True)}
    total = most_without_repeating(pools, shares)
    assert total >= 1
    assert all(count <= len(pools[task]) for task, count in allot(total, shares).items())
    assert any((total + 1) * share > len(pools[task]) for task, share in shares.items()), "one more would be too many"


@given(st.integers(1, 30), st.integers(0, 100), st.integers(0, 9))
def test_none_comes_again_before_all_have_come(size: int, count: int, seed: int) -> None:
    found = list(draw(pool("caption", size), count, Random(seed)))
    times = Counter(one.draft.number for one in found)
    assert len(found) == count
    assert max(times.values(), default=0) - min((times[number] for number in range(size)), default=0) <= 1
    assert sum(one.time > 0 for one in found) == max(0, count - size)
    assert len({(one.draft.number, one.time) for one in found}) == count


def test_no_share_at_all() -> None:
    assert shares_of(dict.fromkeys(TASKS, 0.0)) == {}
