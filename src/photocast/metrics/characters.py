"""Who comes back: people and animals across the turns and across the photos, and how turns hang together.

Who the characters are is handed in; `recurring_characters` finds those that an album's facts and its owner's words
tell. A turn is all that one speaker says until another speaks.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from photocast.metrics.reading import Phrases, Reading, plain_words, read, undefined
from photocast.schema import AlbumRecord, FactSheet, Kind, Person, Script, concepts
from photocast.schema.record import Record

_ANIMAL = "animal"
_RECURS = 2
"""Photos from which on an animal counts as coming back."""
_WHOSE = re.compile(r"^(?:my|our|your|his|her|their|the|a|an)\s+", re.IGNORECASE)


class Character(Record):
    """Somebody whom a conversation can come back to."""

    name: str = Field(pattern=r"\w")
    aliases: tuple[str, ...] = ()
    """Other words for them: `grandma`, `the dog`'s `dogs`."""
    photos: tuple[str, ...] = ()
    """Ids of the photos they are in."""


def recurring_characters(album: AlbumRecord, sheet: FactSheet, people: Iterable[Person] = ()) -> tuple[Character, ...]:
    """The people whom the user named, and the animals seen in two photos or more.

    A person is also meant by their first name, if no other has it, and by who they are without the first word of
    `my aunt`. Animals are told by their kind alone: two dogs are one character. People whom nobody named are none, for
    nothing tells one from another.

    Args:
        album: tells which photo a person is in, by the name of its file.
        sheet: tells what was seen.
        people: in the user's words.
    """
    ids = {name: photo.id for photo in album.photos for name in (photo.source, photo.id)}
    known = list(people)
    firsts = Counter(person.name.split()[0].lower() for person in known)
    named = [
        Character(
            name=person.name,
            aliases=_other_words(person, firsts),
            photos=tuple(ids[name] for name in person.photos if name in ids),
        )
        for person in known
    ]
    seen: dict[str, dict[str, None]] = {}
    for one in sheet.usable():
        if one.kind is Kind.SUBJECT and one.what in concepts() and _ANIMAL in concepts()[one.what].kinds:
            seen.setdefault(one.what, {})[one.photos[0]] = None
    animals = [
        Character(name=what, aliases=tuple(filter(None, [concepts()[what].many])), photos=tuple(photos))
        for what, photos in seen.items()
        if len(photos) >= _RECURS
    ]
    return (*named, *animals)


def text_continuity(script: Script, characters: Sequence[Character]) -> float:
    """How steadily the conversation stays with its characters (TC).

    Of each character the share of turns that name them, from the first to the last that does; mean over the characters
    that are named.

    Unit: share
    Direction: none
    Source: TC of MCC, Ilinykh et al. 2026 (coherence-driven-humans), over turns instead of sentences.
    Weakness: who is named once has 1. Pronouns are not followed.

    Raises:
        UndefinedMetric: no characters, or none of them is named.
    """
    values = [_continuity(marks) for marks in _marks(script, characters) if any(marks)]
    if not values:
        raise undefined("Text continuity", "no character is named")
    return sum(values) / len(values)


def image_continuity(characters: Sequence[Character], photos: Sequence[str]) -> float:
    """How steadily the album stays with its characters (IC).

    Of each character the share of photos that show them, from the first to the last that does; mean over the
    characters that are in any.

    Unit: share
    Direction: none
    Source: IC of MCC, Ilinykh et al. 2026 (coherence-driven-humans).
    Weakness: a figure of the album, not of the script. Who is in one photo has 1.

    Args:
        characters: with the photos that they are in.
        photos: ids of all photos in the order of the album.

    Raises:
        UndefinedMetric: no characters, or none of them is in a photo.
    """
    values = [_continuity(marks) for marks in _shown(characters, photos) if any(marks)]
    if not values:
        raise undefined("Image continuity", "no character is in a photo")
    return sum(values) / len(values)


def character_continuity(script: Script, characters: Sequence[Character], photos: Sequence[str]) -> float:
    """Whether characters are with the conversation as steadily as with the photos (MCC).

    tanh(1 - |TC - IC|) of each character, 0 if they are only named or only in photos; mean over the characters that
    are either. The largest value is tanh(1) = 0.76.

    Unit: tanh
    Direction: higher
    Source: MCC, Ilinykh et al. 2026 (coherence-driven-humans).
    Weakness: it compares how much, not which: somebody named where others are shown counts as well.

    Args:
        script: what is said.
        characters: with the photos that they are in.
        photos: ids of all photos in the order of the album.

    Raises:
        UndefinedMetric: no characters, or none of them is named or in a photo.
    """
    sides = zip(_marks(script, characters), _shown(characters, photos), strict=True)
    values = [
        math.tanh(1 - abs(_continuity(said) - _continuity(shown))) if any(said) and any(shown) else 0.0
        for said, shown in sides
        if any(said) or any(shown)
    ]
    if not values:
        raise undefined("Character continuity", "no character is named or in a photo")
    return sum(values) / len(values)


def character_coherence(script: Script, characters: Sequence[Character]) -> float:
    """How closely the turns about a character follow each other.

    tanh(a / s) of each character: a is how often a turn and the next both name them, s the turns from the first that
    does to the last, less one. Mean over the characters that are named in two turns or more.

    Unit: tanh
    Direction: none
    Source: char_coherence of NCS, Ilinykh et al. 2026 (coherence-driven-humans): adjacent continuity over spread; what
    exactly either is, is our reading.
    Weakness: pronouns are not followed, and talk goes on about somebody without a name.

    Raises:
        UndefinedMetric: no characters, or none of them is named in two turns.
    """
    values = []
    for marks in _marks(script, characters):
        at = [turn for turn, is_named in enumerate(marks) if is_named]
        if len(at) >= 2:
            values.append(math.tanh(sum(later - one == 1 for one, later in pairwise(at)) / (at[-1] - at[0])))
    if not values:
        raise undefined("Character coherence", "no character is named in two turns")
    return sum(values) / len(values)


def adjacent_turn_similarity(script: Script) -> float:
    """How much of a turn's words the next one takes up.

    Cosine of the counts of content words of a turn and the turn before it; mean over all pairs in which both have any.

    Unit: cosine
    Direction: distance to reference
    Source: this project; lexical alignment, which Mayor, Bietti & Bangerter (Cognitive Science 2025) find exaggerated
    in telephone talk of language models.
    Weakness: word forms only, and English: what is taken up in other words is not seen.

    Raises:
        UndefinedMetric: no two turns in a row have content words, or another language is spoken.
    """
    reading = read(script).english
    vectors = _TurnVectors(reading)
    both = (vectors.lengths[:-1] > 0) & (vectors.lengths[1:] > 0)
    if not both.any():
        raise undefined("Adjacent-turn similarity", "no two turns in a row have content words")
    return float((vectors.products()[both] / (vectors.lengths[:-1] * vectors.lengths[1:])[both]).mean())


class _TurnVectors:
    """How often each turn has each content word, as a sparse matrix: one entry for a turn and a word that it has."""

    def __init__(self, reading: Reading) -> None:
        said = reading.topical
        turns = np.repeat(np.arange(len(reading.turns)), [len(words) for words in reading.tokens_by_turn])
        self._words = int(reading.ids.max(initial=0)) + 1
        self._entries, self._counts = np.unique(turns[said] * self._words + reading.ids[said], return_counts=True)
        squares = np.bincount(self._entries // self._words, self._counts**2, minlength=len(reading.turns))
        self.lengths = np.sqrt(squares)
        """(turns,)"""

    def products(self) -> NDArray[np.float64]:
        """Of each turn and the next, (turns - 1,): entries of one word that are a turn apart."""
        after = np.searchsorted(self._entries, self._entries + self._words)
        after[after == len(self._entries)] = 0
        shared = self._entries[after] == self._entries + self._words
        weights = self._counts[shared] * self._counts[after[shared]]
        products = np.bincount(self._entries[shared] // self._words, weights, minlength=len(self.lengths))
        return products[:-1].astype(float)


def _other_words(person: Person, firsts: Counter[str]) -> tuple[str, ...]:
    first = person.name.split()[0]
    words = [first] if first != person.name and firsts[first.lower()] == 1 else []
    if person.who:
        words.append(_WHOSE.sub("", person.who))
    return tuple(word for word in words if plain_words(word))


def _marks(script: Script, characters: Sequence[Character]) -> list[list[bool]]:
    """For each character, whether each turn names them."""
    turns = read(script).tokens_by_turn
    bare = [[word.removesuffix("'s") for word in words] for words in turns]
    found = []
    for character in characters:
        phrases = Phrases(" ".join(plain_words(form)) for form in (character.name, *character.aliases))
        found.append(
            [phrases.within(words) or phrases.within(without) for words, without in zip(turns, bare, strict=True)]
        )
    return found


def _shown(characters: Sequence[Character], photos: Sequence[str]) -> list[list[bool]]:
    return [[photo in character.photos for photo in photos] for character in characters]


def _continuity(marks: Sequence[bool]) -> float:
    """Share of what is marked from the first mark to the last."""
    at = [place for place, is_marked in enumerate(marks) if is_marked]
    return len(at) / (at[-1] - at[0] + 1)
