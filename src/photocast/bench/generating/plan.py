"""What a run would do before it does it: how much is written, what is sent to whom, what it may cost."""

from dataclasses import dataclass

from photocast.schema import Cost, Sending, Writer


@dataclass(frozen=True, slots=True)
class SystemPlan:
    """What one system would do.

    Attributes:
        name: of the system.
        writer: who writes; None for transcripts that are there.
        to_do: items that it would write about.
        done: items that it has written about, or that it has transcripts of.
        hopeless: items that cannot be written about, such as those with no photo that opens.
        sendings: what each item would send; empty for `pocket` and for transcripts that are there.
    """

    name: str
    writer: Writer | None
    to_do: int
    done: int
    hopeless: int = 0
    sendings: tuple[Sending, ...] = ()

    @property
    def host(self) -> str | None:
        """Where photos and words would be sent; None when nothing leaves this machine."""
        return next((one.host for one in self.sendings if one.host), None)

    @property
    def photos(self) -> int:
        """How many photos would be sent."""
        return sum(len(one.photos) for one in self.sendings)

    @property
    def photo_bytes(self) -> int:
        """How large they are."""
        return sum(one.photo_bytes for one in self.sendings)

    @property
    def calls(self) -> int:
        """How many calls would be made at most."""
        return sum(one.calls for one in self.sendings)

    @property
    def tokens(self) -> tuple[int, int]:
        """About how many tokens would go in and come out."""
        return sum(one.input_tokens for one in self.sendings), sum(one.output_tokens for one in self.sendings)

    @property
    def cost(self) -> Cost | None:
        """What all of it may cost; None when a price is not known, or there is nothing to pay."""
        costs = [one.cost for one in self.sendings]
        known = [one for one in costs if one]
        if not known or len(known) < len(costs):
            return None
        low, high = sum(one.low_usd for one in known), sum(one.high_usd for one in known)
        return Cost(low_usd=low, high_usd=high, table=known[0].table)

    def lines(self, of: str) -> tuple[str, ...]:
        """What would be sent as words, what stays here, what may be private, what is needed: each line once."""
        lines = {
            "words": (line for one in self.sendings for line in one.words),
            "withheld": (line for one in self.sendings for line in one.withheld),
            "needs": (line for one in self.sendings for line in one.needs),
            "concerns": (concern.what for one in self.sendings for concern in one.concerns),
        }
        return tuple(dict.fromkeys(lines[of]))


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the whole run would do."""

    items: int
    systems: tuple[SystemPlan, ...]
    max_cost: float | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """To whom something would be sent."""
        return tuple(dict.fromkeys(one.host for one in self.systems if one.host))

    @property
    def to_do(self) -> int:
        """How many transcripts would be written."""
        return sum(one.to_do for one in self.systems)

    @property
    def most_usd(self) -> float | None:
        """The most that all of it may cost, by estimate; None when a price is not known."""
        costs = [one.cost for one in self.systems if one.host]
        return None if None in costs else sum(one.high_usd for one in costs if one)
