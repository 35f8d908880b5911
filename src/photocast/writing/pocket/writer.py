"""The embedded writer: no language model, but a planned conversation over what was seen and told."""

import hashlib
from collections.abc import Sequence
from random import Random

from photocast import __version__
from photocast.schema import AlbumRecord, Brief, FactSheet, Provenance, Script, Turn
from photocast.writing.cast import cast
from photocast.writing.check import check
from photocast.writing.draft import Draft
from photocast.writing.keeping import locked, renamed, same_cast, with_kept
from photocast.writing.pocket.compose import Composer
from photocast.writing.pocket.material import Material
from photocast.writing.pocket.outline import Planner
from photocast.writing.pocket.repertoire import Repertoire
from photocast.writing.pocket.talk import Bit, grammar
from photocast.writing.pocket.taste import distaste

NAME = "pocket"
DISCLOSURE = (
    "Made by a machine: photocast's pocket writer put this conversation together from what detectors and file data "
    "say about the photos. No language model wrote it. The hosts do not exist; what they tell of themselves is "
    "invented."
)
_LEAST = 60
"""Words that are written anew even when the user locked nearly everything."""
_DRAFTS = 24
"""Drafts that are written; the one that sounds most like people is kept."""


def default_words(album: AlbumRecord, brief: Brief) -> int:
    """Words that suit an album when the user asks for no length: some for the frame, some for each photo."""
    return brief.words or min(900, 200 + 60 * len(album.photos))


def write(album: AlbumRecord, facts: FactSheet, brief: Brief, *, previous: Script | None = None) -> Draft:
    """A conversation about the album. The same album, facts and brief give the same script.

    Args:
        album: The photos in their order.
        facts: All that may be taken for true.
        brief: What the user asks for.
        previous: A script about the same photos: its locked turns stay, said by the same hosts.
    """
    kept = locked(previous)
    asked = same_cast(brief, previous) if previous and kept else brief
    material = Material(album, facts, asked)
    repertoire = Repertoire(material, cast(asked, _random(material, -1)), grammar())
    words = max(_LEAST, default_words(album, asked) - sum(len(turn.text.split()) for turn in kept))
    # Chosen once: the threads that give the most human shape would otherwise win in every album.
    thread = Planner(repertoire, words, _random(material, -2)).thread()
    drafts = [_draft(repertoire, thread, words, _random(material, number), kept) for number in range(_DRAFTS)]
    return min(drafts, key=lambda draft: distaste(draft.script, draft.problems, default_words(album, brief)))


def _draft(repertoire: Repertoire, thread: Bit | None, words: int, rng: Random, kept: Sequence[Turn]) -> Draft:
    material, members, brief = repertoire.material, repertoire.members, repertoire.material.brief
    outline = Planner(repertoire, words, rng).outline(thread)
    turns, beats = Composer(material, members, rng).compose(outline)
    ids = renamed(turns, kept)
    turns = [turn.model_copy(update={"id": ids.get(turn.id, turn.id)}) for turn in turns]
    beats = [beat.model_copy(update={"turns": tuple(ids.get(one, one) for one in beat.turns)}) for beat in beats]
    script = Script(
        title=material.album.title[:1].upper() + material.album.title[1:],
        speakers=tuple(member.speaker() for member in members),
        turns=tuple(with_kept(turns, kept)),
        language=brief.language,
        provenance=Provenance(writer=NAME, writer_version=__version__, seed=brief.seed, disclosure=DISCLOSURE),
    )
    return Draft(script=script, outline=tuple(beats), problems=check(script, material.facts))


def _random(material: Material, number: int) -> Random:
    """A random state that depends on the seed, the photos and nothing of the machine."""
    photos = hashlib.sha256("".join(photo.sha256 for photo in material.album.photos).encode()).hexdigest()
    return Random(f"{material.brief.seed} {material.brief.style} {photos} {number}")
