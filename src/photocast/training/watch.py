"""What is watched while a model learns: its figures, what it says, and which samples it has seen.

To be imported where a trainer is built: its classes are made out of one of transformers.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from photocast.runs import write_atomically
from photocast.schema import PhotocastError
from photocast.training.coverage import SEEN
from photocast.training.folder import RunFolder, append_line
from photocast.training.told import Told


class Log(TrainerCallback):
    """Writes the figures of every logged step down, and ends a training whose loss is no number any more."""

    def __init__(self, run: RunFolder, told: Told) -> None:
        self._run, self._told = run, told

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """A step of the optimiser is done."""
        if state.is_world_process_zero:
            self._told.stages("training", state.global_step, state.max_steps)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Figures have come.

        Raises:
            PhotocastError: the loss or the gradient is no number.
        """
        figures = {name: value for name, value in (logs or {}).items() if isinstance(value, int | float)}
        for name in ("loss", "grad_norm"):
            if not math.isfinite(figures.get(name, 0.0)):
                raise PhotocastError(
                    f"the training was ended at step {state.global_step}",
                    f"{name} is {figures[name]}, so every weight would be lost",
                    "Lower optimisation.learning_rate or optimisation.max_grad_norm; earlier checkpoints are good",
                )
        if state.is_world_process_zero:
            append_line(self._run.log, {"step": state.global_step} | figures)


class Coverage(TrainerCallback):
    """Ticks off which rows were learned from, so that the run can say that an epoch was every sample once."""

    def __init__(self, run: RunFolder, rank: int) -> None:
        self._run, self._rank = run, rank
        self.seen: Counter[int] = Counter()

    def resume(self, checkpoint: Path) -> None:
        """Go on from what was seen before."""
        lines = json.loads((checkpoint / SEEN.format(self._rank)).read_text("ascii"))
        self.seen = Counter({int(row): count for row, count in lines.items()})

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """A checkpoint was written."""
        folder = self._run.checkpoints / f"checkpoint-{state.global_step}"
        write_atomically(folder / SEEN.format(self._rank), json.dumps(self.seen))

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """The training has come to its end."""
        write_atomically(self._run.path / SEEN.format(self._rank), json.dumps(self.seen))


class Samples(TrainerCallback):
    """Has the model write talks on the way, and warns when they begin to go round in circles.

    Args:
        run: where they are written.
        told: who is warned.
        every: steps from one time to the next.
        loop: share of repeated 4-grams that counts as a loop.
        write: makes the talks, as (id, text, whether it came to its end).
    """

    def __init__(
        self, run: RunFolder, told: Told, *, every: int, loop: float, write: Callable[[], list[tuple[str, str, bool]]]
    ) -> None:
        self._run, self._told, self._every, self._loop, self._write = run, told, every, loop, write

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """A step of the optimiser is done."""
        if state.global_step % self._every and state.global_step != state.max_steps:
            return
        talks = self._write()
        if not state.is_world_process_zero:
            return
        for name, text, ended in talks:
            share = repeated(text.split())
            line = {"step": state.global_step, "id": name, "ended": ended, "rep_4": share, "text": text}
            append_line(self._run.samples, line)
            if share is not None and share > self._loop:
                self._told.note(
                    f"step {state.global_step}: the talk for {name} goes round in circles ({share:.0%} of its 4-grams "
                    "are repeated). A lower learning rate, or fewer epochs, is the usual cure"
                )


def repeated(words: Sequence[str]) -> float | None:
    """Share of the runs of four words that were said before; None where there are none.

    As `metrics.rep_4`, for texts that may be no script.
    """
    grams = list(zip(*(words[at:] for at in range(4)), strict=False))
    return 1 - len(set(grams)) / len(grams) if grams else None
