"""Building: stories in, a folder out that Hugging Face `datasets` and `photocast train sft` read as it is."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from photocast.corpus.packing.shards import shard_names
from photocast.corpus.packing.shards import shares_of as stretches_of
from photocast.runs import cannot_write, cannot_write_temporary, sha256_of_bytes, write_atomically
from photocast.schema import InputError, UsageError
from photocast.training.recipe import StoryTable
from photocast.training.story.card import ABOUT, CARD, About, about_of, render_card
from photocast.training.story.choosing import Choice, Chooser
from photocast.training.story.mix import Shares, shares_of
from photocast.training.story.nouns import LeftOut, VisualStory
from photocast.training.story.pictures import Pictures, groups_of
from photocast.training.story.prompts import StoryPrompts
from photocast.training.story.rows import Rows, in_order

Told = Callable[[str, int, int], None]
"""Hears of progress: what is done, how many of them, of how many."""
_MEGA = 1_000_000
_SHARD_MB = 256


@dataclass(frozen=True)
class Mixture:
    """What the dataset is to be like.

    Attributes:
        table: how often each task is asked; only the proportions count.
        seed: another number, another dataset.
        samples: how many to train on; by default as many as there are without a sample twice.
        skip_empty: whether a task of which there is no sample is skipped instead of an error.
        name: of the dataset.
    """

    table: StoryTable
    seed: int = 0
    samples: int | None = None
    skip_empty: bool = False
    name: str = "story-instruct"


@dataclass(frozen=True)
class Built:
    """What came of building.

    Attributes:
        about: what is in the dataset; also in its `story.json`.
        left_out: stories that are not in it since a picture is missing or damaged.
    """

    about: About
    left_out: tuple[LeftOut, ...]


def build(
    stories: Sequence[VisualStory],
    out: Path,
    mixture: Mixture,
    prompts: StoryPrompts | None = None,
    *,
    left_out: Sequence[LeftOut] = (),
    told: Told = lambda stage, done, of: None,
) -> Built:
    """Write the dataset: Parquet by split, `story.json`, and a card. The folder is there as a whole or not at all.

    Args:
        stories: of all sources; no two have the same key.
        out: a folder that is not there yet, or empty.
        mixture: what it is to be like.
        prompts: what is asked; ours by default.
        left_out: what readers left out, for the card.
        told: hears of progress.

    Raises:
        UsageError: the folder holds something, no task is asked, or the number of samples cannot be meant.
        InputError: a task has no sample, no story is left, or the folder cannot be written.
        ConfigError: a prompt of the user's cannot be used.
    """
    _check_empty(out)
    chooser = Chooser(
        _shares(mixture.table), seed=mixture.seed, samples=_samples(mixture.samples), skip_empty=mixture.skip_empty
    )
    with _temporary() as folder:
        pictures = Pictures(folder)
        choice, more = _choose(stories, chooser, pictures, told)
        gone = (*left_out, *more)
        rows = Rows(pictures, prompts or StoryPrompts(), mixture.seed)
        with _new_folder(out) as place:
            files = _write(choice, rows, place, told)
            about = about_of(mixture.name, mixture.table, mixture.seed, rows.prompts.version, choice, gone, files)
            write_atomically(place / ABOUT, about.text)
            write_atomically(place / CARD, render_card(about))
    return Built(about, gone)


def _choose(
    stories: Sequence[VisualStory], chooser: Chooser, pictures: Pictures, told: Told
) -> tuple[Choice, list[LeftOut]]:
    """The samples, all of whose pictures are ready.

    Only what is chosen is decoded. When a picture turns out to be damaged its story goes, and is chosen for again.
    """
    left_out: list[LeftOut] = []
    usable: list[VisualStory] = []
    for number, story in enumerate(stories, start=1):
        missing = pictures.take(story)
        if missing:
            left_out.append(missing)
        else:
            usable.append(story)
        told("stories", number, len(stories))
    while True:
        if not usable:
            why = f"{left_out[0].what}: {left_out[0].detail}" if left_out else "there are none"
            raise InputError("no story is left to make samples of", why, "Bring pictures that open elsewhere")
        choice = chooser.choose(usable, groups_of(usable, pictures))
        damaged = _prepare(choice, pictures, told)
        if not damaged:
            return choice, left_out
        left_out += damaged
        gone = {one.what for one in damaged}
        usable = [story for story in usable if story.key not in gone]


def _prepare(choice: Choice, pictures: Pictures, told: Told) -> list[LeftOut]:
    """Make all pictures ready; the stories of which one is damaged, each once."""
    samples = [one for chosen in choice.chosen.values() for one in chosen]
    damaged: dict[str, LeftOut] = {}
    for number, one in enumerate(samples, start=1):
        if one.draft.story.key not in damaged:
            found = pictures.prepare(one.draft.story, one.draft.shown)
            if found:
                damaged[found.what] = found
        told("pictures", number, len(samples))
    return list(damaged.values())


def _write(choice: Choice, rows: Rows, place: Path, told: Told) -> dict[str, dict[str, object]]:
    """Write the files of all splits; rows, bytes and hash of each by its name."""
    files: dict[str, dict[str, object]] = {}
    total = sum(map(len, choice.chosen.values()))
    done = 0
    for split, chosen in choice.chosen.items():
        samples = in_order(chosen)
        stretches = stretches_of([rows.size(one) for one in samples], _SHARD_MB * _MEGA)
        for name, stretch in zip(shard_names(split, len(stretches)), stretches, strict=True):
            data = rows.file(samples[stretch])
            write_atomically(place / name, data)
            done += len(samples[stretch])
            files[name] = {"rows": len(samples[stretch]), "bytes": len(data), "sha256": sha256_of_bytes(data)}
            told("samples", done, total)
    return files


def _shares(table: StoryTable) -> Shares:
    shares = shares_of(table.model_dump())
    if not shares:
        why = "all shares of the table `story` are 0"
        raise UsageError("no task is asked", why, "Raise one, as in --set story.caption=0.2")
    return shares


def _samples(number: int | None) -> int | None:
    if number is not None and number < 1:
        raise UsageError(f"cannot make {number} samples", "it is less than one", "Give --samples a number from 1")
    return number


def _check_empty(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        why = "it holds files, which are never overwritten" if out.is_dir() else "it is a file"
        raise UsageError(f"cannot write the dataset into {out}", why, "Name a folder that is not there yet")


@contextmanager
def _temporary() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="photocast-")
    except OSError as error:
        raise cannot_write_temporary(error) from error
    with folder as place:
        yield Path(place)


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place at the end of the block, and goes if the block fails."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
        part.chmod(0o755)
    except OSError as error:
        raise cannot_write(out, error) from error
    try:
        yield part
        part.replace(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
