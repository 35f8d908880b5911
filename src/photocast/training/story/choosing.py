"""From stories to the samples of a dataset: split, asked, mixed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from photocast.corpus.packing import SPLITS, Splits
from photocast.corpus.recipe import PackTable
from photocast.schema import InputError
from photocast.training.story.mix import Chosen, Pools, Shares, allot, draw, most_without_repeating
from photocast.training.story.nouns import TASKS, Draft, Lacks, Task, VisualStory
from photocast.training.story.tasks import MAKERS, Others

TRAIN = SPLITS[0]


@dataclass(frozen=True, slots=True)
class Portion:
    """How much of a task is in a split."""

    split: str
    task: Task
    available: int
    taken: int
    repeated: int
    """Of those taken, samples that were in the split already."""


@dataclass(frozen=True)
class Choice:
    """The samples of all splits, and how they came about.

    Attributes:
        chosen: by split; a split without samples is not there.
        portions: of every task in every split that has samples.
        lacking: stories that could not be asked a task, by task and reason.
        notes: what is not as the recipe says, in a sentence each.
    """

    chosen: Mapping[str, Sequence[Chosen]]
    portions: tuple[Portion, ...]
    lacking: Mapping[Task, Mapping[str, int]]
    notes: tuple[str, ...]


class Chooser:
    """Chooses samples by shares.

    Args:
        shares: of the tasks that are asked.
        seed: of every throw.
        samples: how many to train on; by default as many as there are without a sample twice.
        skip_empty: whether a task of which there is no sample is skipped, or an error.
    """

    def __init__(self, shares: Shares, *, seed: int, samples: int | None, skip_empty: bool) -> None:
        self._shares, self._seed, self._samples, self._skip_empty = shares, seed, samples, skip_empty

    def choose(self, stories: Sequence[VisualStory], groups: Mapping[str, str]) -> Choice:
        """Split stories by group, make what can be asked of them, and take as the shares say.

        Raises:
            InputError: there is no sample of a task that is to be asked.
        """
        splits = Splits.among(groups.values(), PackTable(seed=self._seed), "group")
        notes = [note.replace("the corpus has", "there is") for note in splits.notes]
        lacking: dict[Task, Counter[str]] = {task: Counter() for task in self._shares}
        chosen: dict[str, list[Chosen]] = {}
        portions: list[Portion] = []
        for split in SPLITS:
            mine = sorted((one for one in stories if splits.of[groups[one.key]] == split), key=lambda one: one.key)
            pools = self._pools(mine, lacking)
            shares = self._possible(split, pools, lacking, notes)
            if shares:
                counts = allot(self._total(split, pools, shares), shares)
                chosen[split] = [one for task in counts for one in self._draw(split, task, pools[task], counts[task])]
                portions += _portions(split, pools, chosen[split])
        return Choice(chosen, tuple(portions), lacking, tuple(notes))

    def _pools(self, stories: Sequence[VisualStory], lacking: Mapping[Task, Counter[str]]) -> Pools:
        others = Others.among(stories)
        pools: dict[Task, list[Draft]] = {task: [] for task in self._shares}
        for story in stories:
            for task, pool in pools.items():
                made = MAKERS[task](story, others, Random(f"{self._seed} {task} {story.key}"))
                if isinstance(made, Lacks):
                    lacking[task][made.reason] += 1
                else:
                    pool += made
        return pools

    def _possible(
        self, split: str, pools: Pools, lacking: Mapping[Task, Mapping[str, int]], notes: list[str]
    ) -> Shares:
        """The shares of tasks that a split has samples of, together 1; the others must not be missing in silence."""
        empty = [task for task in self._shares if not pools[task]]
        if split == TRAIN and empty and (len(empty) == len(self._shares) or not self._skip_empty):
            raise _nothing_of(empty, lacking)
        there = {task: share for task, share in self._shares.items() if task not in empty}
        if empty and there:
            notes.append(f"The {split} split has no sample of {', '.join(empty)}; the others share what is left.")
        return {task: share / sum(there.values()) for task, share in there.items()}

    def _total(self, split: str, pools: Pools, shares: Shares) -> int:
        if split == TRAIN and self._samples is not None:
            return self._samples
        return most_without_repeating(pools, shares)

    def _draw(self, split: str, task: Task, pool: Sequence[Draft], count: int) -> Iterable[Chosen]:
        return draw(pool, count, Random(f"{self._seed} {split} {task}"))


def _portions(split: str, pools: Pools, chosen: Iterable[Chosen]) -> list[Portion]:
    taken = Counter(one.draft.task for one in chosen)
    return [
        Portion(split, task, len(pools[task]), taken[task], max(0, taken[task] - len(pools[task])))
        for task in TASKS
        if task in pools
    ]


def _nothing_of(tasks: Sequence[Task], lacking: Mapping[Task, Mapping[str, int]]) -> InputError:
    why = "; ".join(f"{task}: {_reasons(lacking[task])}" for task in tasks)
    do = f"Bring sources that have it (docs/story_instruct.md), or --set story.{tasks[0]}=0, or --skip-empty"
    return InputError(f"there is no sample to train {', '.join(tasks)} with", why, do)


def _reasons(counts: Mapping[str, int]) -> str:
    if not counts:
        return "all stories that have it are in the other splits, which another --seed may change"
    most_first = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{reason.replace('_', ' ')} in {number:,}" for reason, number in most_first)
