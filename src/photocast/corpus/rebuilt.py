"""A dataset made again from its recipe: its pairs, their pictures, packed as before."""

from dataclasses import dataclass

from photocast._concurrency import run_sync
from photocast.corpus.asking import AskNow, Question
from photocast.corpus.exports import Draw, Rebuilt, read_head, rebuild
from photocast.corpus.kept import KeptPictures
from photocast.corpus.nouns import Illustration
from photocast.corpus.packed import DATASET
from photocast.corpus.packing import Packed, pack
from photocast.corpus.recipe import PackTable
from photocast.corpus.sources.source import Source, Told
from photocast.corpus.store import Store, alone, open_store
from photocast.models.asking import Asking, NoAnswer
from photocast.models.images import picture_request, read_drawn


@dataclass(frozen=True)
class Again:
    """What came of making a dataset again."""

    rebuilt: Rebuilt
    packed: Packed


def make_again(recipe: Store, source: Source, store: Store, *, painter: Asking | None, style: str, told: Told) -> Again:
    """Make the pairs of a recipe again, and pack them as they were packed.

    Args:
        recipe: the folder of a recipe-only export.
        source: one's own copy of the talk.
        store: the new corpus.
        painter: draws pictures that do not come with the recipe; without it their pairs are dropped when packing.
        style: stands before every prompt.
        told: hears of progress.

    Raises:
        InputError: the recipe or the source cannot be read, or nothing is left to pack.
    """
    kept = KeptPictures(store)
    settings = PackTable.model_validate(read_head(recipe).settings)

    def keep(one: Illustration, file: bytes) -> None:
        kept.put(file, one.format)

    with alone(store):
        again = rebuild(
            recipe,
            source,
            store,
            draw=_drawing(painter, style, kept) if painter else None,
            keep=keep,
            told=told,
        )
        dataset = open_store(f"{store.where}/{DATASET}")
        packed = pack(again.pairs, kept.of, dataset, settings, funnel=[again.count], told=told)
    return Again(again, packed)


def _drawing(painter: Asking, style: str, kept: KeptPictures) -> Draw:
    """Draws from the same words and seed."""
    ask = AskNow(painter)

    def draw(one: Illustration) -> bytes | None:
        question = Question(picture_request(style + one.prompt, seed=one.seed), read_drawn, "")
        found = run_sync(ask(question)).found
        return None if isinstance(found, NoAnswer) or not kept.has(found.image) else kept.get(found.image)

    return draw
