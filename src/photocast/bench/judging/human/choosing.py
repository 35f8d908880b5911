"""Which pair a rater is shown next, and which transcript stands on the left."""

import hashlib
import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from photocast.bench.judging.human.rater import Order, Rater, Shown, key_of
from photocast.bench.judging.human.study import Comparison, Study

_HELD = timedelta(minutes=30)
"""How long a pair that a rater was shown, and has not finished, is kept for them."""


@dataclass(frozen=True)
class Choosing:
    """The choices for one rater.

    Attributes:
        study: what there is to choose from.
        rater: for whom.
        others: all other raters.
    """

    study: Study
    rater: Rater
    others: Collection[Rater]

    def next(self) -> Shown | None:
        """What was begun and not finished, else what is shown already, else a control that is due, else something new.

        None when there is nothing left.
        """
        for vote in reversed(self.rater.votes.values()):
            comparison = self.study.by_key.get(key_of(vote))
            if comparison and self.rater.open_questions(comparison):
                return Shown(comparison, vote.order)
        if self.rater.held and self.rater.open_questions(self.rater.held.comparison):
            return self.rater.held
        choice = self._control() or self._least_seen()
        return Shown(choice, self._order(choice)) if choice else None

    def ahead(self) -> int:
        """Pairs that the rater is still to be asked."""
        return self._real_ahead() + max(0, self._controls - self.rater.controls)

    def _real_ahead(self) -> int:
        """Those of them that are no controls."""
        free, quota = len(self._free()), self.study.per_rater
        return free if quota is None else max(0, min(quota - len(self.rater.done) + self.rater.controls, free))

    @property
    def _controls(self) -> int:
        return min(self.study.controls_per_rater, len(self.study.controls))

    def _control(self) -> Comparison | None:
        """The next identical pair, when the rater has come to its place: one in each equal part of their pairs."""
        code, number = self.rater.code, self.rater.controls
        if number >= self._controls:
            return None
        real, ahead = len(self.rater.done) - number, self._real_ahead()
        part = (number + _draw(code, "place", str(number))) / self._controls
        if ahead and real < math.floor(part * (real + ahead)):
            return None
        left = [one for one in self.study.controls if one.key not in self.rater.done]
        return min(left, key=lambda one: _draw(code, "control", one.key))

    def _least_seen(self) -> Comparison | None:
        """A pair that as few raters as possible have judged; of several, any."""
        if not self._real_ahead():
            return None
        seen = self._coverage()
        return min(self._free(), key=lambda one: (seen[one.key], _draw(self.rater.code, "pair", one.key)))

    def _free(self) -> list[Comparison]:
        """Pairs that the rater has not judged, and of which not enough others have."""
        seen, most = self._coverage(), self.study.raters_per_pair
        return [
            one
            for one in self.study.comparisons
            if one.key not in self.rater.done and (most is None or seen[one.key] < most)
        ]

    def _coverage(self) -> Counter[str]:
        """How many other raters have judged each pair, or are at it."""
        seen: Counter[str] = Counter()
        late = datetime.now(UTC) - _HELD
        for other in self.others:
            at_it = other.held and other.held_at and other.held_at > late
            seen.update(set(other.done) | ({other.held.comparison.key} if other.held and at_it else set()))
        return seen

    def _order(self, choice: Comparison) -> Order:
        """The order that fewer raters had for this pair; else the one this rater had less often; else any."""
        for orders in ([one.orders.get(choice.key) for one in self.others], list(self.rater.orders.values())):
            if (more := orders.count("AB") - orders.count("BA")) != 0:
                return "BA" if more > 0 else "AB"
        return "AB" if _draw(self.rater.code, "order", choice.key) < 0.5 else "BA"


def _draw(*parts: str) -> float:
    """A number in [0, 1) that is the same for the same words, and any for others."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
