"""The order in which a stage takes prompts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from photocast.training.grpo.schedule import schedule


@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 3), st.integers(0, 5))
def test_an_epoch_is_every_prompt_once(prompts: int, per_step: int, epochs: int, seed: int) -> None:
    order = schedule(prompts, per_step=per_step, epochs=epochs, steps=None, seed=seed)
    assert len(order) % per_step == 0
    assert len(order) - prompts * epochs < per_step
    for epoch in range(epochs):
        assert sorted(order[epoch * prompts : (epoch + 1) * prompts]) == list(range(prompts))


@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 30))
def test_steps_in_the_place_of_epochs(prompts: int, per_step: int, steps: int) -> None:
    order = schedule(prompts, per_step=per_step, epochs=1, steps=steps, seed=0)
    assert len(order) == steps * per_step
    counts = Counter({number: 0 for number in range(prompts)}) + Counter(order)
    assert max(counts.values()) - min(counts.get(number, 0) for number in range(prompts)) <= 1


def test_the_order_depends_on_the_seed_alone() -> None:
    first, again, other = (schedule(9, per_step=3, epochs=1, steps=None, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
