"""What a dataset is: `story.json` for programs, and the card, README.md, with a header that the Hub reads."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from photocast import __version__
from photocast.corpus.packing import SPLITS
from photocast.corpus.packing.card import LICENCES, plain, size_category
from photocast.training.recipe import StoryTable
from photocast.training.story.choosing import Choice, Portion
from photocast.training.story.nouns import TASKS, LeftOut, Task

CARD = "README.md"
ABOUT = "story.json"


@dataclass(frozen=True, kw_only=True)
class About:
    """What a dataset is; its card is rendered from this alone."""

    name: str
    photocast: str
    """Version that built it."""
    prompts: str
    """Version of the questions."""
    shares: Mapping[str, float]
    """Of the recipe."""
    seed: int
    portions: tuple[Portion, ...]
    stories: Mapping[str, int]
    """Stories with a sample, by split."""
    pictures: int
    """Shown, in all samples together."""
    labels: Mapping[str, Mapping[str, int]]
    """Samples by task and right answer, where answers are closed."""
    made: int
    """Samples with a statement that was made wrong."""
    sources: Mapping[str, int]
    licences: Mapping[str, int]
    """Samples by licence; empty where none is stated."""
    lacking: Mapping[Task, Mapping[str, int]]
    """Stories that could not be asked a task, by reason."""
    left_out: Mapping[str, int]
    """Stories and notes that could not be used, by reason."""
    notes: tuple[str, ...]
    files: Mapping[str, Mapping[str, object]]

    @property
    def samples(self) -> int:
        """In all splits."""
        return sum(one.taken for one in self.portions)

    @property
    def splits(self) -> list[str]:
        """That there are."""
        return [split for split in SPLITS if split in self.stories]

    @property
    def table(self) -> list[tuple[str, ...]]:
        """Split, task, samples, share, share in the recipe, repeated, available: a line a portion."""
        total = Counter[str]()
        for one in self.portions:
            total[one.split] += one.taken
        wanted = sum(self.shares.values())
        return [
            (
                one.split,
                one.task,
                f"{one.taken:,}",
                f"{one.taken / total[one.split]:.1%}",
                f"{self.shares[one.task] / wanted:.1%}",
                f"{one.repeated:,}",
                f"{one.available:,}",
            )
            for one in self.portions
        ]

    @property
    def document(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    @property
    def text(self) -> str:
        """Of `story.json`."""
        return json.dumps(self.document, indent=1, ensure_ascii=False) + "\n"


def about_of(
    name: str,
    table: StoryTable,
    seed: int,
    prompts: str,
    choice: Choice,
    left_out: Sequence[LeftOut],
    files: Mapping[str, Mapping[str, object]],
) -> About:
    """Count what was chosen."""
    drafts = [one.draft for chosen in choice.chosen.values() for one in chosen]
    labels = {task: _counted(one.label for one in drafts if one.task == task and one.label) for task in TASKS}
    return About(
        name=name,
        photocast=__version__,
        prompts=prompts,
        shares=table.model_dump(),
        seed=seed,
        portions=choice.portions,
        stories={split: len({one.draft.story.key for one in chosen}) for split, chosen in choice.chosen.items()},
        pictures=sum(len(one.shown) for one in drafts),
        labels={task: found for task, found in labels.items() if found},
        made=sum(bool(one.made) for one in drafts),
        sources=_counted(one.story.source for one in drafts),
        licences=_counted(one.story.licence for one in drafts),
        lacking={task: _counted(Counter(reasons).elements()) for task, reasons in choice.lacking.items() if reasons},
        left_out=_counted(one.reason for one in left_out),
        notes=choice.notes,
        files=files,
    )


def render_card(about: About) -> str:
    """The card in Markdown."""
    return _template().render(about=about, header=_header(about))  # type: ignore[no-any-return]


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Most first."""
    return dict(sorted(Counter(values).items(), key=lambda one: (-one[1], one[0])))


def _header(about: About) -> str:
    """The lines of YAML, every text of them quoted as JSON, which is YAML too."""
    licences = {one.lower() for one in about.licences}
    known = licences <= LICENCES and len(licences) == 1
    lines = [
        f"pretty_name: {json.dumps(about.name, ensure_ascii=False)}",
        f"license: {next(iter(licences)) if known else 'other'}",
        *([] if known else ["license_name: see-licences", f"license_link: {CARD}"]),
        "task_categories: [image-text-to-text]",
        "tags: [visual-storytelling, instruction-tuning, photocast]",
        f"size_categories: [{size_category(about.samples)}]",
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for name in about.splits:
        lines += [f"  - split: {name}", f"    path: data/{name}-*.parquet"]
    return "\n".join(lines)


def _said(counts: Mapping[str, int]) -> str:
    """`a (12), b (3)`, with `not stated` for what is empty."""
    listed = (f"{plain(what.replace('_', ' ')) or 'not stated'} ({number:,})" for what, number in counts.items())
    return ", ".join(listed) or "none"


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"plain": plain, "number": lambda number: f"{number:,}", "said": _said}
    return environment.from_string(files("photocast.training.story").joinpath("card.md.jinja").read_text("utf-8"))
