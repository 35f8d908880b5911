"""The embedded writer: no language model, but a planned conversation over what was seen and told."""

import hashlib
from collections import Counter
from random import Random

from photocast import __version__
from photocast.schema import (
    AlbumRecord,
    Brief,
    FactSheet,
    Provenance,
    Script,
)
from photocast.schema.record import Record
from photocast.writing.check import Problem, check
from photocast.writing.pocket.cast import cast
from photocast.writing.pocket.compose import Beat, Composer
from photocast.writing.pocket.material import Material
from photocast.writing.pocket.outline import Planner, Repertoire
from photocast.writing.pocket.talk import grammar
from photocast.writing.pocket.taste import distaste

NAME = "pocket"
DISCLOSURE = (
    "Made by a machine: photocast's pocket writer put this conversation together from what detectors and file data "
    "say about the photos. No language model wrote it. The hosts do not exist; what they tell of themselves is "
    "invented."
)
_DRAFTS = 40
"""Drafts that are written; the one that sounds most like people is kept."""


class Draft(Record):
    """A script, the plan it follows, and what is still wrong with it."""

    script: Script
    outline: tuple[Beat, ...]
    problems: tuple[Problem, ...] = ()


def default_words(album: AlbumRecord, brief: Brief) -> int:
    """Words that suit an album when the user asks for no length: some for the frame, some for each photo."""
    return brief.words or min(850, 170 + 48 * len(album.photos))


def write(album: AlbumRecord, facts: FactSheet, brief: Brief) -> Draft:
    """A conversation about the album. The same album, facts and brief give the same script."""
    material = Material(album, facts, brief)
    repertoire = Repertoire(material, cast(brief, _random(material, -1)), grammar())
    drafts = [_draft(repertoire, _random(material, number)) for number in range(_DRAFTS)]
    return min(drafts, key=lambda draft: distaste(draft.script, draft.problems, default_words(album, brief)))


def _draft(repertoire: Repertoire, rng: Random) -> Draft:
    material, members, brief = repertoire.material, repertoire.members, repertoire.material.brief
    outline = Planner(repertoire, default_words(material.album, brief), rng).outline()
    turns, beats = Composer(material, members, rng).compose(outline)
    script = Script(
        title=material.album.title[:1].upper() + material.album.title[1:],
        speakers=tuple(member.speaker() for member in members),
        turns=tuple(turns),
        language=brief.language,
        provenance=Provenance(writer=NAME, writer_version=__version__, seed=brief.seed, disclosure=DISCLOSURE),
    )
    return Draft(script=script, outline=tuple(beats), problems=check(script, material.facts))


def _random(material: Material, number: int) -> Random:
    """A random state that depends on the seed, the photos and nothing of the machine."""
    photos = hashlib.sha256("".join(photo.sha256 for photo in material.album.photos).encode()).hexdigest()
    return Random(f"{material.brief.seed} {material.brief.style} {photos} {number}")


def used_bits(draft: Draft) -> Counter[str]:
    """How often each bit of the grammar stands in the draft, for people who tend the grammar."""
    return Counter(beat.bit for beat in draft.outline)
