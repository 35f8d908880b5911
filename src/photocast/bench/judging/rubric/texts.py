"""The texts that are rated: transcripts of systems, blinded, with the photos that they are about."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.judging.blinding import blinded
from photocast.bench.judging.pairs import Contestant, contestant, contestants
from photocast.bench.judging.rubric.questions import Text
from photocast.bench.results import Failure
from photocast.bench.seen import opened
from photocast.bench.transcripts import Unread
from photocast.models import Image
from photocast.schema import InputError


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is to rate, and what is not rated."""

    texts: tuple[Text, ...]
    failed: tuple[Failure, ...] = ()
    """Files that cannot be read."""
    notes: tuple[str, ...] = ()
    writers: Mapping[str, str] = field(default_factory=dict)
    """Model that wrote the texts, by system, where their files say so."""


def read_texts(
    given: Sequence[str], albums: EvaluationSet | None = None, *, stories: bool = False, names: bool = False
) -> Texts:
    """The texts of all systems.

    Args:
        given: each `WHERE` or `NAME=WHERE`, as for `photocast judge`.
        albums: what the texts are about; texts about other items are left out, and noted.
        stories: whether the texts are prose in which nobody speaks.
        names: whether speakers keep their names; otherwise they have numbers.

    Raises:
        UsageError: two systems have one name.
        InputError: there is no text at all.
    """
    known = tuple(item.id for item in albums.items) if albums else ()
    texts: list[Text] = []
    failed: list[Failure] = []
    notes: list[str] = []
    systems = systems_of(given, known)
    for system in systems:
        found = list(_stories(system) if stories else _transcripts(system, names=names))
        failed += _unread(system, stories=stories)
        strangers = [text.item for text in found if known and text.item not in known]
        if strangers:
            notes.append(f"{system.name}: the albums have no {', '.join(strangers[:3])}{_more(strangers)}; left out")
        texts += [text for text in found if text.item not in strangers]
    if not texts:
        why = failed[0].reason if failed else "no text is about an item of the albums"
        do = "Name the texts after their items" if not failed else "Give transcripts, or stories with --stories"
        raise InputError("there is nothing to rate", why, do)
    writers = {system.name: system.writer for system in systems if system.writer}
    return Texts(tuple(texts), tuple(failed), tuple(notes), writers)


@contextmanager
def with_photos(texts: Texts, albums: EvaluationSet | None) -> Iterator[Texts]:
    """The same texts with the photos that they are about, which are there until the end of the block.

    Texts about an item whose photos cannot be used are listed as failed.
    """
    if albums is None:
        yield texts
        return
    wanted = {text.item for text in texts.texts}
    with ExitStack() as stack:
        shown: dict[str, tuple[Image, ...]] = {}
        failed: list[Failure] = []
        for item in albums.items:
            if item.id in wanted:
                try:
                    shown[item.id] = images_of(stack, item)
                except InputError as error:
                    failed.append(Failure(file=str(item.folder), reason=f"{error.what}: {error.why}"))
        kept = tuple(replace(text, photos=shown[text.item]) for text in texts.texts if text.item in shown)
        yield replace(texts, texts=kept, failed=(*texts.failed, *failed))


def images_of(stack: ExitStack, item: Item) -> tuple[Image, ...]:
    """The photos of an item as models get them, until the stack is closed.

    Raises:
        InputError: it has no photo that can be used, or too many.
    """
    album = stack.enter_context(opened(item))
    return tuple(Image(photo.id, album.model_image(photo.id)) for photo in album.photos)


def systems_of(given: Sequence[str], known: Collection[str]) -> tuple[Contestant, ...]:
    """One system or several, as they are named on a command line."""
    if len(given) == 1:
        return (contestant(given[0], known),)
    return contestants(given, known)


def _transcripts(system: Contestant, *, names: bool) -> Iterator[Text]:
    for item, one in system.transcripts.items():
        shown = blinded(one.script)
        lines = "\n".join(f"{turn.speaker}: {turn.text}" for turn in one.script.turns)
        yield Text(system.name, item, lines if names else shown.text, shown.words)


def _stories(system: Contestant) -> Iterator[Text]:
    """What nobody speaks in, and what only looks as if somebody did."""
    found = {item: one.text for item, one in system.transcripts.items()}
    found |= {one.item: one.text or "" for one in system.unread if _is_story(one)}
    for item, text in found.items():
        yield Text(system.name, item, text.strip(), len(text.split()), story=True)


def _unread(system: Contestant, *, stories: bool) -> Iterator[Failure]:
    return (one.failure for one in system.unread if not (stories and _is_story(one)))


def _is_story(one: Unread) -> bool:
    return bool(one.text and one.text.strip())


def _more(names: Sequence[str]) -> str:
    return f" and {len(names) - 3} more" if len(names) > 3 else ""
