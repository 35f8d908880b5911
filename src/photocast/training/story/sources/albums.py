"""A folder of albums with captions and human stories (docs/evaluation_sets.md), and people's notes on them.

`emotions.jsonl` and `characters.jsonl` in the folder hold the notes that `photocast judge rubric` measures judges by
(docs/rubric.md); here they teach.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from photocast.schema import InputError
from photocast.stories import Item, read_items
from photocast.stories.notes import CharacterNote, EmotionNote, read_characters, read_emotions
from photocast.training.story.nouns import Frame, Kept, LeftOut, Shown, VisualStory

EMOTION_NOTES = "emotions.jsonl"
CHARACTER_NOTES = "characters.jsonl"


def read_albums(folder: Path, licence: str) -> Iterator[VisualStory | LeftOut]:
    """The albums of a folder. Notes that fit no album, no photo of it, or no text of people's are left out.

    Args:
        folder: an album, or a folder of albums.
        licence: of all of them.

    Raises:
        InputError: it holds no album, or its notes cannot be read.
        ConfigError: an `item.toml` cannot be used.
    """
    items, problems = read_items(folder)
    emotions = read_emotions(folder / EMOTION_NOTES) if (folder / EMOTION_NOTES).is_file() else []
    characters = read_characters(folder / CHARACTER_NOTES) if (folder / CHARACTER_NOTES).is_file() else []
    yield from (LeftOut(f"{one.item}/{one.file}".strip("/"), "not_part_of_an_album", one.reason) for one in problems)
    yield from _strangers(items, emotions, characters)
    for item in items:
        if not item.photos:
            yield LeftOut(item.id, "no_pictures", "it holds texts alone")
            continue
        yield VisualStory(
            id=item.id,
            frames=_frames(item, [note for note in emotions if note.item == item.id]),
            story=None if len(item.story) == len(item.photos) else " ".join(item.story) or None,
            kept=tuple(
                Kept(character=note.character, consistent=note.consistent, attribute=note.attribute)
                for note in characters
                if note.item == item.id and note.system is None
            ),
            licence=licence,
            source=folder.name or "albums",
        )


def _frames(item: Item, notes: Sequence[EmotionNote]) -> tuple[Frame, ...]:
    """The photos with caption and text; a story of as many texts as photos is told photo by photo."""
    texts = item.story if len(item.story) == len(item.photos) else [None] * len(item.photos)
    felt: defaultdict[int, dict[str, Shown]] = defaultdict(dict)
    for note in notes:
        at = _position(item, note)
        if at is not None:
            shown = Shown(name=note.character, emotion=note.emotion)
            if felt[at].setdefault(shown.name.casefold(), shown).emotion != shown.emotion:
                raise _contradiction(item, note)
    return tuple(
        Frame(image=photo, caption=beside or None, text=text, characters=tuple(felt[at].values()))
        for at, (photo, beside, text) in enumerate(zip(item.photos, item.beside, texts, strict=True))
    )


def _position(item: Item, note: EmotionNote) -> int | None:
    """Which photo a note is about: by the name of its file, or by its id, `p01` for the first."""
    if note.photo is None or note.system is not None:
        return None
    names = [photo.relative_to(item.folder).as_posix() for photo in item.photos]
    if note.photo in names:
        return names.index(note.photo)
    ids = [f"p{number:02d}" for number in range(1, len(names) + 1)]
    return ids.index(note.photo) if note.photo in ids else None


def _contradiction(item: Item, note: EmotionNote) -> InputError:
    """Of two notes that name one photo in two ways."""
    why = f"{note.character} feels two things in {note.photo} of {item.id}"
    return InputError(f"cannot use {item.folder.parent / EMOTION_NOTES}", why, "Leave one of the two lines")


def _strangers(
    items: Sequence[Item], emotions: Sequence[EmotionNote], characters: Sequence[CharacterNote]
) -> Iterator[LeftOut]:
    """Notes that no sample can be made of."""
    by_id = {item.id: item for item in items}
    notes: Sequence[EmotionNote | CharacterNote] = [*emotions, *characters]
    for note in notes:
        what = f"{note.item}, {note.character}"
        if note.item not in by_id:
            yield LeftOut(what, "note_on_no_album", f"there is no album {note.item}")
        elif note.system is not None:
            yield LeftOut(what, "note_on_a_system", f"it is about what {note.system} wrote")
        elif isinstance(note, EmotionNote) and note.photo is None:
            yield LeftOut(what, "emotion_of_no_picture", "it is about a text, not about a photo")
        elif isinstance(note, EmotionNote) and _position(by_id[note.item], note) is None:
            yield LeftOut(what, "note_on_no_picture", f"there is no photo {note.photo}")
