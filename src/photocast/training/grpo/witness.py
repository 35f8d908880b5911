"""What is seen of the answers while a policy learns: repetition, which prompts they were to, and some of them."""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from photocast.training.dataset import ROW
from photocast.training.folder import RunFolder, append_line
from photocast.training.grpo.scoring import Rewards, checked
from photocast.training.recipe import WatchTable
from photocast.training.rewards import TrlReward, text_of
from photocast.training.told import Told
from photocast.training.watch import Coverage, repeated

REP_4 = "rep_4"


class Witness:
    """Stands by when answers are rewarded.

    Args:
        run: where samples are written.
        coverage: ticks off the prompts.
        watch: how often, and from when on repetition is a loop.
        told: is warned of loops, once.
    """

    def __init__(self, run: RunFolder, coverage: Coverage, watch: WatchTable, told: Told) -> None:
        self._run, self._coverage, self._watch, self._told = run, coverage, watch, told
        self._warned = False

    def see(
        self, texts: Sequence[str], rows: Sequence[int], step: int, log_metric: Callable[[str, float], None]
    ) -> None:
        """Answers were drawn.

        Args:
            texts: of the answers.
            rows: of the dataset that they answer.
            step: of the optimiser.
            log_metric: writes a figure into the log of this step.
        """
        self._coverage.seen.update(rows)
        shares = [share for text in texts if (share := repeated(text.split())) is not None]
        if shares:
            log_metric(REP_4, fmean(shares))
            self._warn(fmean(shares), step)
        if step % self._watch.samples_every == 0:
            for text, row in zip(texts[: self._watch.samples], rows, strict=False):
                append_line(self._run.samples, {"step": step, "row": row, "text": text})

    def _warn(self, share: float, step: int) -> None:
        if share > self._watch.loop_rep_4 and not self._warned:
            self._warned = True
            self._told.note(
                f"step {step}: answers go round in circles ({share:.0%} of their 4-grams are repeated). "
                "A higher weight of the reward repetition, or a higher beta, is the usual cure"
            )


def witnessed(rewards: Rewards, witness: Witness) -> list[TrlReward]:
    """The rewards of a stage, the first of which calls the witness once for every answer."""
    first, *others = rewards.items()
    return [_named(first[0], _seen_by(witness, *first)), *(_named(name, _checked(name, one)) for name, one in others)]


def _seen_by(witness: Witness, name: str, reward: TrlReward) -> TrlReward:
    rewarding = _checked(name, reward)

    def seen(prompts: Any, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        texts = [text_of(one) for one in completions]
        witness.see(texts, columns[ROW], columns["trainer_state"].global_step, columns["log_metric"])
        return rewarding(prompts, completions, **columns)

    return seen


def _checked(name: str, reward: TrlReward) -> TrlReward:
    def rewarding(prompts: Any, completions: Sequence[Any], **columns: Any) -> list[float | None]:
        return checked(name, reward(prompts, completions, **columns))

    return rewarding


def _named(name: str, reward: Any) -> TrlReward:
    reward.__name__ = name
    found: TrlReward = reward
    return found
