"""Packing: pairs in, a folder out that Hugging Face `datasets` and the Hub read as it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from photocast import __version__
from photocast.corpus.nouns import Dropped, Illustration, Pair
from photocast.corpus.packing.about import ABOUT, About, File, write_about
from photocast.corpus.packing.card import CARD, render_card
from photocast.corpus.packing.census import census_of
from photocast.corpus.packing.samples import Sample, sample_of
from photocast.corpus.packing.scrubbing import scrub_sample
from photocast.corpus.packing.shards import shard, shard_names, shares_of
from photocast.corpus.packing.splits import SPLITS, Splits
from photocast.corpus.parts import Count
from photocast.corpus.recipe import PackTable
from photocast.corpus.sources.source import Told
from photocast.corpus.store import Store
from photocast.prompts import Prompts
from photocast.runs import sha256_of_bytes
from photocast.schema import InputError

Fetch = Callable[[Illustration], bytes]
"""Gives the file of a picture, or raises `InputError` where there is none."""

_MEGA = 1_000_000
_MARGIN = 20_000
"""Bytes of a line besides its pictures, roughly."""


@dataclass(frozen=True)
class Packed:
    """What came of packing.

    Attributes:
        count: of the stage.
        dropped: pairs that are not in the dataset, and why.
        about: what is in it; also in its `dataset.json`.
    """

    count: Count
    dropped: tuple[Dropped, ...]
    about: About


def pack(
    pairs: Iterable[Pair],
    fetch: Fetch,
    out: Store,
    settings: PackTable | None = None,
    *,
    funnel: Sequence[Count] = (),
    prompts: Prompts | None = None,
    told: Told = lambda stage, done, of: None,
) -> Packed:
    """Write a dataset: Parquet by split, `dataset.json`, and a card. What was in the folder before is replaced.

    Pairs are in the order of their ids, which are hashes, so that it does not matter in which order they come.

    Args:
        pairs: all of them, from all parts.
        fetch: gives the file of a picture.
        out: the folder of the dataset.
        settings: shares of the splits, fewest pictures, names, size of a file.
        funnel: counts of the stages before, for the card.
        prompts: what the instructions are rendered from; ours by default.
        told: hears of progress.

    Raises:
        InputError: nothing is left to pack, or it cannot be written.
    """
    settings, prompts = settings or PackTable(), prompts or Prompts()
    count, dropped = Count("pack"), list[Dropped]()
    ready = list(_ready(pairs, fetch, settings, prompts, count, dropped))
    if not ready:
        why = ", ".join(f"{reason}: {number}" for reason, number in sorted(count.dropped.items())) or "there is none"
        raise InputError("no pair can be packed", why, "Make more pictures, or lower pack.min_images")
    splits = Splits.among((one.sample.podcast for one in ready), settings)
    out.delete(CARD)
    out.delete(ABOUT)
    files = _write(ready, splits, fetch, out, settings, told)
    about = About(
        name=settings.name,
        photocast=__version__,
        settings=settings.model_dump(mode="json"),
        notes=splits.notes,
        files=files,
        funnel=[*funnel, count],
        census=census_of((one.sample, splits.of[one.sample.podcast]) for one in ready),
    )
    write_about(about, out)
    out.write(CARD, render_card(about).encode())
    return Packed(count, tuple(dropped), about)


@dataclass(frozen=True)
class _Ready:
    """A line of the dataset to be, with the pictures that go into it."""

    sample: Sample
    pictures: tuple[Illustration, ...]
    size: int
    """Bytes, roughly."""


def _ready(
    pairs: Iterable[Pair],
    fetch: Fetch,
    settings: PackTable,
    prompts: Prompts,
    count: Count,
    dropped: list[Dropped],
) -> Iterator[_Ready]:
    """The lines of the dataset by id; what is not among them is counted."""
    before = ""
    for pair in sorted(pairs, key=lambda pair: pair.id):
        found = Dropped(pair.id, "same_id") if pair.id == before else _made(pair, fetch, settings, prompts)
        before = pair.id
        if isinstance(found, Dropped):
            count.drop(found.reason)
            dropped.append(found)
        else:
            count.keep()
            yield found


def _made(pair: Pair, fetch: Fetch, settings: PackTable, prompts: Prompts) -> _Ready | Dropped:
    if len(pair.pictures) < settings.min_images:
        return Dropped(pair.id, "too_few_pictures", f"{len(pair.pictures)} of {settings.min_images}")
    size = _MARGIN
    for one in pair.pictures:
        try:
            file = fetch(one)
        except InputError as error:
            return Dropped(pair.id, "picture_missing", error.what)
        if sha256_of_bytes(file) != one.image:
            return Dropped(pair.id, "picture_damaged", one.image or "")
        size += len(file)
    sample = sample_of(pair, prompts)
    if settings.scrub:
        sample = scrub_sample(sample, pair.staged.excerpt.origin, prompts)
    return _Ready(sample, pair.pictures, size)


def _write(
    ready: Sequence[_Ready], splits: Splits, fetch: Fetch, out: Store, settings: PackTable, told: Told
) -> dict[str, File]:
    """Write the files of all splits, and take those away that were there before."""
    files: dict[str, File] = {}
    done = 0
    for split in SPLITS:
        mine = [one for one in ready if splits.of[one.sample.podcast] == split]
        shares = shares_of([one.size for one in mine], settings.shard_mb * _MEGA)
        for name, share in zip(shard_names(split, len(shares)), shares, strict=True):
            data = shard((one.sample, [fetch(picture) for picture in one.pictures]) for one in mine[share])
            out.write(name, data)
            files[name] = File(len(mine[share]), len(data), sha256_of_bytes(data))
            done += len(mine[share])
            told("pack", done, len(ready))
    for stale in set(out.names("data")) - set(files):
        out.delete(stale)
    return files
