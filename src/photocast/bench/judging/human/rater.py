"""One rater: what they were shown, and what they said."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from photocast.bench.judging.human.study import Comparison, asked_as
from photocast.bench.judging.votes import Status, Vote

Order = Literal["AB", "BA"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison in the order in which one rater sees it."""

    comparison: Comparison
    order: Order

    def side(self, left: bool) -> int:
        """Which of the two texts stands there."""
        return int(left != (self.order == "AB"))


@dataclass
class Rater:
    """What is known of a rater."""

    code: str
    pairs: dict[str, Shown]
    """Every pair that could be shown, by the name under which this rater's page knows it."""
    votes: dict[tuple[str, str], Vote] = field(default_factory=dict)
    """By comparison and criterion, the latest last."""
    done: dict[str, Comparison] = field(default_factory=dict)
    """What has all of its answers, by its key."""
    held: Shown | None = None
    """The pair on the rater's page."""
    held_at: datetime | None = None

    def hold(self, shown: Shown | None) -> None:
        """Remember what is on the rater's page now."""
        self.held, self.held_at = shown, datetime.now(UTC)

    def add(self, vote: Vote, comparison: Comparison | None) -> None:
        """Count a vote; the comparison is None when this study does not have it."""
        key = key_of(vote), asked_as(vote)
        self.votes.pop(key, None)
        self.votes[key] = vote
        if comparison and not self.open_questions(comparison):
            self.done[comparison.key] = comparison
        else:
            self.done.pop(key[0], None)

    def standing(self) -> Iterator[Vote]:
        """The votes that were not taken back."""
        return (vote for vote in self.votes.values() if vote.status is Status.OK)

    def open_questions(self, comparison: Comparison) -> list[str]:
        """Criteria of a comparison that wait for an answer."""
        answered = self.answered(comparison)
        return [name for name in comparison.criteria if name not in answered]

    def answered(self, comparison: Comparison) -> dict[str, int]:
        """What was answered about a comparison, by criterion, as the page numbers answers."""
        votes = {name: self.votes.get((comparison.key, name)) for name in comparison.criteria}
        return {
            name: answer_of(vote.preference, vote.order)
            for name, vote in votes.items()
            if vote and vote.preference is not None
        }

    @property
    def orders(self) -> dict[str, Order]:
        """The order in which each comparison was shown, by its key; votes count more than what is only shown."""
        held: dict[str, Order] = {self.held.comparison.key: self.held.order} if self.held else {}
        return held | self.orders_of_votes

    @property
    def orders_of_votes(self) -> dict[str, Order]:
        """The order of each comparison about which anything was answered."""
        return {key_of(vote): vote.order for vote in self.votes.values()}

    @property
    def controls(self) -> int:
        """Identical pairs that are done."""
        return sum(one.is_control for one in self.done.values())


def preference(answer: int, order: Order) -> int:
    """What an answer says of the first system: 2 much better … -2 the second is much better."""
    return 3 - answer if order == "AB" else answer - 3


def answer_of(preference: int, order: Order) -> int:
    """The answer that says so: the inverse of `preference`."""
    return 3 - preference if order == "AB" else 3 + preference


def key_of(vote: Vote) -> str:
    """`Comparison.key` of what a vote is about."""
    return json.dumps([vote.item, *vote.systems])


def time_of(vote: Vote) -> datetime:
    """When it was given; a vote without a time comes before all others."""
    return vote.at.astimezone(UTC) if vote.at else datetime.min.replace(tzinfo=UTC)
