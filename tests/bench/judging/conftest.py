"""Votes as tests need them: by hand, and from judges whose habits are known."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from photocast.bench.judging.votes import Status, Vote

OF_SCORE = {1.0: 1, 0.5: 0, 0.0: -1, None: None}


def make_vote(item: str = "i", score: float | None = 1.0, order: str = "AB", **changes: Any) -> Vote:
    """A vote whose first system has this score; None for a refusal."""
    fields = {
        "item": item,
        "systems": ("ours", "theirs"),
        "order": order,
        "criterion": "overall",
        "judge": "j1",
        "status": Status.REFUSED if score is None else Status.OK,
        "preference": OF_SCORE[score],
        "words": (800, 800),
    }
    return Vote.model_validate(fields | changes)


@dataclass(frozen=True)
class Habits:
    """How simulated judges vote on `ours` against `theirs`, in logits."""

    quality: float = 0.5
    """Of ours above theirs."""
    item_sd: float = 0.7
    """Items on which ours does better or worse; the same for all judges."""
    first: float = 0.0
    """For whatever is shown first."""
    length: float = 0.0
    """Times tanh(Δ words / 150)."""
    own: float = 0.0
    """Of the first judge, for ours."""
    longer: float = 60.0
    """Mean words of ours above theirs; standard deviation 150."""

    def votes(self, seed: int, items: int = 120, judges: Sequence[str] = ("j1", "j2", "j3")) -> list[Vote]:
        """The same seed gives the same items, whoever votes on them."""
        of_items, random = np.random.default_rng(seed), np.random.default_rng([seed, len(judges)])
        found, one = [], make_vote()
        for number in range(items):
            apart = round(of_items.normal(self.longer, 150))
            base = self.quality + of_items.normal(0, self.item_sd) + self.length * np.tanh(apart / 150)
            for judge in judges:
                for order in ("AB", "BA"):
                    logit = base + self.first * (1 if order == "AB" else -1) + self.own * (judge == judges[0])
                    told = 1 if random.random() < 1 / (1 + math.exp(-logit)) else -1
                    seen = {"item": f"i{number}", "order": order, "judge": judge, "words": (800 + apart, 800)}
                    found.append(one.model_copy(update=seen | {"preference": told}))
        return found

    def chance(self, logit: Callable[["Habits", np.ndarray], np.ndarray]) -> float:
        """Mean probability of a logit over items, from very many."""
        random = np.random.default_rng(0)
        return float((1 / (1 + np.exp(-logit(self, random.normal(0, self.item_sd, 400_000))))).mean())


@pytest.fixture(scope="session")
def vote() -> Callable[..., Vote]:
    return make_vote


@pytest.fixture(scope="session")
def habits() -> type[Habits]:
    return Habits
