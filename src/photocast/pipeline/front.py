"""What whoever started a run does while it is under way: watch, agree, answer. By default nobody is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photocast.schema import Plan, UsageError

if TYPE_CHECKING:
    from photocast._guard import Guard
    from photocast.models.calls import Repeat, Waiting
    from photocast.writing import Listener

Stages = Callable[[str, int, int], None]
"""Called with the name of the stage, how much of it is done, and how much there is."""


def nobody(stage: str, done: int, total: int) -> None:
    """Listens to no stage."""


@dataclass(frozen=True)
class Front:
    """What is called while a run is under way.

    Attributes:
        stages: told how far the run is.
        approve: asked before anything is written, and before anything leaves this machine; no means that nothing is.
        tell: hears the turns as they are written.
        waiting: told before every wait for a provider.
        repeat: decides whether to ask again what may have been paid for; without it, it is not.
        interview: puts questions to the user, and returns the answers by question.
        guard: asked before anything is saved whether something tried to leave this machine.
    """

    stages: Stages = nobody
    approve: Callable[[Plan], bool] | None = None
    tell: "Listener | None" = None
    waiting: "Waiting | None" = None
    repeat: "Repeat | None" = None
    interview: Callable[[Sequence[str]], Mapping[str, str]] | None = None
    guard: "Guard | None" = None

    def approves(self, plan: Plan) -> bool:
        """Whether to go on with this plan.

        Raises:
            UsageError: the run is to stay on this machine, and the plan is not.
        """
        if self.guard and plan.sending and plan.sending.host:
            raise UsageError(
                f"--local and {plan.writer.model} exclude each other",
                f"photos and words would be sent to {plan.sending.host}",
                "Leave out --local, or choose pocket, hf: or a server on this machine with --model",
            )
        return self.approve is None or self.approve(plan)
