"""What the calls of a run may cost, and what they have cost so far."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from photocast.models.vision import Request, Usage, VisionModel
from photocast.runs import Attempt, ModelUse, State, dollars
from photocast.schema import BudgetError, UsageError


class Price(Protocol):
    """What a model's calls cost, in US dollars."""

    @property
    def table(self) -> str:
        """Name and date of the price table, as it is written into the journal."""
        ...

    def cost(self, usage: Usage) -> float:
        """What a call of so many tokens costs; both counts are known."""
        ...

    def worst(self, request: Request) -> float:
        """The most that a request can cost, with every token it may have used up."""
        ...


class Free:
    """The price of a model on this machine."""

    table = ""

    def cost(self, usage: Usage) -> float:
        """Nothing."""
        return 0.0

    def worst(self, request: Request) -> float:
        """Nothing."""
        return 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """The sums of a run so far."""

    calls: int = 0
    """Calls that were answered by the model."""
    from_journal: int = 0
    """Answers of earlier runs, which cost nothing and are in none of the other sums."""
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    """US dollars of the calls whose price is known."""
    possibly_paid_usd: float = 0.0
    """US dollars at most that were paid for nothing: attempts whose outcome nobody knows."""
    bytes_sent: int = 0
    unpriced: int = 0
    """Calls, answered or lost, of which nobody knows the price."""


def use_of(spent: Spent, model: VisionModel, *, way: str, prompts: str, price: Price | None) -> ModelUse:
    """What was asked of a model and what it cost, as reports have it.

    Args:
        spent: on it.
        model: which was asked.
        way: in which it works, or what it was asked for, in a word.
        prompts: version of the questions.
        price: of the model; None when nobody knows it.
    """
    return ModelUse(
        model=model.name,
        host=model.host,
        way=way,
        prompts=prompts,
        calls=spent.calls,
        from_journal=spent.from_journal,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        usd=None if spent.unpriced else spent.usd,
        possibly_paid_usd=spent.possibly_paid_usd,
        bytes_sent=spent.bytes_sent if model.host else 0,
        prices=price.table if price else "",
    )


class Budget:
    """Lets a call go only if the most it may cost fits into what is left; models of one run may share it.

    What is left is `max_cost` less what was paid, what may have been paid, and what is held for calls under way.

    Raises:
        UsageError: `max_cost` is no amount of money.
    """

    def __init__(self, max_cost: float | None = None) -> None:
        if max_cost is not None and not max_cost >= 0:  # as it is with nan
            raise UsageError(f"--max-cost cannot be {max_cost}", "it is an amount in US dollars", "Write 0 or more")
        self.max_cost = max_cost
        self._spent = Spent()
        self._held: dict[str, float] = {}
        self._doubtful: dict[str, float] = {}

    @property
    def spent(self) -> Spent:
        """The sums so far."""
        doubtful = round(sum(self._doubtful.values(), 0.0), 9)
        return replace(self._spent, usd=round(self._spent.usd, 9), possibly_paid_usd=doubtful)

    def hold(self, attempt: Attempt) -> None:
        """Set aside the most that an attempt may cost, until it is settled or dropped.

        Raises:
            BudgetError: it does not fit, or nobody knows what it may cost.
        """
        if self.max_cost is not None:
            self._check(attempt, self.max_cost)
        self._held[attempt.id] = attempt.reserved or 0.0

    def drop(self, attempt: Attempt) -> None:
        """Free what was held for an attempt that is not sent after all."""
        del self._held[attempt.id]

    def settle(self, attempt: Attempt) -> None:
        """Put what an attempt cost in the place of what was held for it."""
        self.drop(attempt)
        self.doubt([attempt])
        spent, answered = self._spent, attempt.state is State.ANSWERED
        self._spent = replace(
            spent,
            calls=spent.calls + answered,
            input_tokens=spent.input_tokens + (attempt.input_tokens or 0),
            output_tokens=spent.output_tokens + (attempt.output_tokens or 0),
            usd=spent.usd + (attempt.paid or 0.0),
            bytes_sent=spent.bytes_sent + attempt.bytes_sent,
            unpriced=spent.unpriced + (attempt.reserved is None and attempt.state is not State.FAILED),
        )

    def doubt(self, attempts: Iterable[Attempt]) -> None:
        """Count what attempts may have cost, each once: also those of earlier runs that are now repeated."""
        self._doubtful |= {one.id: one.at_stake for one in attempts if one.at_stake}

    def replayed(self) -> None:
        """Count an answer that came from the journal."""
        self._spent = replace(self._spent, from_journal=self._spent.from_journal + 1)

    def _check(self, attempt: Attempt, max_cost: float) -> None:
        if attempt.reserved is None:
            why = "nobody knows the most that a call to it may cost, so --max-cost cannot be kept"
            do = "Leave out --max-cost, or choose another model with --model"
            raise BudgetError(f"the price of {attempt.model} is not known", why, do)
        spent, held = self.spent, sum(self._held.values(), 0.0)
        left = max_cost - spent.usd - spent.possibly_paid_usd - held
        if attempt.reserved == 0 or attempt.reserved <= left + 1e-9:  # sums of decimal fractions are a little off
            return
        gone = {
            "paid": spent.usd,
            "possibly paid for nothing": spent.possibly_paid_usd,
            "held for calls under way": held,
        }
        sums = ", ".join(f"{dollars(amount)} {how}" for how, amount in gone.items() if amount)
        raise BudgetError(
            "the next call could cost more than --max-cost leaves",
            f"it may cost up to {dollars(attempt.reserved)}, and {dollars(max(left, 0))} of {dollars(max_cost)} is left"
            + (f" after {sums}" if sums else ""),
            "Choose a shorter --length, fewer photos or another model, or a higher --max-cost. "
            "What was answered so far is not paid for again",
        )
