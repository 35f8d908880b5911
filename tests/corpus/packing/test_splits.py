from hypothesis import given
from hypothesis import strategies as st

from photocast.corpus.packing import Splits, split_of
from photocast.corpus.recipe import PackTable

SETTINGS = PackTable()
PODCASTS = st.lists(st.text("0123456789abcdef", min_size=12, max_size=12), unique=True, max_size=60)
SHARES = st.tuples(*[st.floats(0, 1)] * 3).filter(lambda shares: sum(shares) > 0.01)


@given(PODCASTS, SHARES, st.integers(0, 99))
def test_every_podcast_is_in_one_split_and_none_is_empty(
    podcasts: list[str], shares: tuple[float, float, float], seed: int
) -> None:
    settings = PackTable(shares=shares, seed=seed)
    splits = Splits.among([*podcasts, *podcasts], settings)
    assert set(splits.of) == set(podcasts)
    wanted = [name for name, share in zip(("train", "validation", "test"), shares, strict=True) if share > 0]
    assert set(splits.of.values()) <= set(wanted)
    there = set(splits.of.values())
    assert len(there) == min(len(wanted), len(podcasts))
    assert len(splits.notes) >= len(wanted) - len(there) if podcasts else True


@given(PODCASTS)
def test_a_podcast_stays_where_it_is_when_others_join(podcasts: list[str]) -> None:
    few, many = Splits.among(podcasts[:30], SETTINGS), Splits.among(podcasts, SETTINGS)
    moved = {podcast for podcast, split in few.of.items() if split != split_of(podcast, SETTINGS)}
    assert len(moved) <= 2
    assert all(many.of[podcast] == split for podcast, split in few.of.items() if podcast not in moved) or many.notes


def test_many_podcasts_are_split_by_the_shares() -> None:
    splits = Splits.among((f"{number:012x}" for number in range(4000)), SETTINGS)
    sizes = {name: list(splits.of.values()).count(name) for name in ("train", "validation", "test")}
    assert splits.notes == ()
    assert 3520 < sizes["train"] < 3680  # 3,600 expected, four standard deviations are 76
    assert 145 < sizes["validation"] < 255
    assert 145 < sizes["test"] < 255


def test_another_seed_splits_otherwise() -> None:
    podcasts = [f"{number:012x}" for number in range(200)]
    one, other = (Splits.among(podcasts, PackTable(seed=seed)).of for seed in (0, 1))
    assert one != other


def test_two_podcasts_are_not_enough_for_three_splits() -> None:
    splits = Splits.among(["a", "b"], SETTINGS)
    assert sorted(splits.of.values()) == ["train", "validation"]
    assert splits.notes[-1] == "There is no test split: the corpus has only 2 podcasts."
