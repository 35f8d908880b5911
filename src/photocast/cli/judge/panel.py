"""What `photocast judge rubric` and its tasks have in common: judges, and the question whether to go on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from photocast.bench.evaluation_set import EvaluationSet
    from photocast.bench.judging.rubric.run import Judge, JudgePlan
    from photocast.bench.results import Failure
    from photocast.cli.screen import Screen

_MOST_SHOWN = 8


@dataclass(frozen=True)
class Panel:
    """Judges, what they may see, and how far the user has agreed."""

    screen: "Screen"
    judges: "tuple[Judge, ...]"
    albums: "EvaluationSet | None"
    out: Path
    stories: bool
    seed: int
    yes: bool
    dry_run: bool

    def agreed(self, plans: "Sequence[JudgePlan]", failed: "Sequence[Failure]" = ()) -> bool:
        """Tell what would be asked, and whether to go on: not in a dry run, and not without leave to send.

        Raises:
            UsageError: something would be sent, and nobody is there to agree.
            click.Abort: the user said no.
        """
        lines = list(_plan_lines(plans))
        if self.dry_run:
            self.screen.say(*lines, *limited([f"  not read: {one.file}: {one.reason}" for one in failed]))
            self.screen.document(
                {
                    "plan": [one.model_dump(mode="json") for one in plans],
                    "failed": [one.model_dump(mode="json") for one in failed],
                }
            )
            return False
        self.screen.note(*lines)
        hosts = list(dict.fromkeys(one.host for one in plans if one.host and one.calls[0]))
        if hosts and not self.yes:
            self._ask(" and ".join(hosts))
        return True

    def _ask(self, hosts: str) -> None:
        from photocast.schema import UsageError

        if not self.screen.asks:
            why = f"texts and photos would be sent to {hosts}, and that is never done unasked"
            raise UsageError("nobody is there to agree", why, "Look at the plan with --dry-run, and add --yes")
        click.confirm(f"  Send this to {hosts}?", default=False, abort=True, err=True)

    def own_work(self, writers: Mapping[str, str]) -> Iterator[str]:
        """Judges that rate what a model of their family wrote."""
        from photocast.bench.judging.families import family_of

        for judge in self.judges:
            for system, writer in writers.items():
                family = family_of(writer)
                if writer == judge.name or (family and family_of(judge.name) == family):
                    yield f"{judge.name} is of the family of {system} ({writer}): judges favour their own"


def split(words: str) -> tuple[str, ...]:
    """Words apart by commas."""
    return tuple(word.strip() for word in words.split(",") if word.strip())


def limited(lines: Sequence[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - _MOST_SHOWN
    return [*lines] if more <= 0 else [*lines[:_MOST_SHOWN], f"  and {more} more, which --json lists"]


def figure(value: float | None) -> str:
    """A figure with two decimals."""
    return "-" if value is None else f"{value:.2f}"


def _plan_lines(plans: "Sequence[JudgePlan]") -> Iterator[str]:
    from photocast.runs import dollars

    for one in plans:
        where = f"sent to {one.host}" if one.host else "on this machine; nothing leaves it"
        yield f"  {one.judge}: {one.questions} questions, {one.done} answered before; {where}"
        if not one.calls[0]:
            continue
        photos = f", {one.photos:,} photos" if one.photos else ""
        yield f"    Calls    {one.calls[0]:,}, at most {one.calls[1]:,}{photos}"
        yield f"    Tokens   about {one.input_tokens:,} in and {one.output_tokens:,} out"
        if one.host:
            cost = one.usd
            yield (
                f"    Costs    about {dollars(cost[0])}, at most {dollars(cost[1])} by estimate"
                if cost
                else "    Costs    not known: no price table has this model"
            )
