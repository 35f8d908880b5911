"""What the page shows, worked out before any HTML is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from photocast.publish import words
from photocast.publish.pictures import Picture, inline
from photocast.publish.player import PlayerView, player_view
from photocast.publish.sound import OlderSound, Sound
from photocast.schema import (
    WORDS_PER_MINUTE,
    AlbumRecord,
    FactSheet,
    Observation,
    Photo,
    Provenance,
    Script,
    Source,
    Turn,
)

_CUT_OFF = ("—", "–", "-")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SHORT_WORDS = 5
_SHAPES = (57, 67, 76)
"""Height in percent of the width: 16 to 9, 3 to 2, 4 to 3 (and a little more); what is taller shares one room."""
_COLOURS = 4


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo beside the conversation."""

    id: str
    number: int
    alt: str
    caption: str
    picture: Picture
    turns: tuple[str, ...]
    """Ids of the turns that talk about it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a turn's text."""

    text: str
    sources: tuple[str, ...] = ()
    """`seen`, `metadata`, `told`, `invented`; none for mere talk."""
    grounds: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A claim of a turn and what it rests on."""

    source: str
    quote: str
    rests_on: str


@dataclass(frozen=True, slots=True)
class Ref:
    """What leads from a turn to a photo."""

    photo: str
    label: str
    name: str
    """For those who hear it: `Photo 3`."""


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn of the conversation."""

    id: str
    speaker: str
    colour: int
    spans: tuple[Span, ...]
    photos: tuple[str, ...]
    """Ids of those that are on the page."""
    refs: tuple[Ref, ...]
    manner: str
    grounds: tuple[Ground, ...]
    short: bool
    cut_off: bool
    cuts_in: bool
    goes_on: bool
    """The same speaker as the turn before."""


@dataclass(frozen=True, slots=True)
class PageView:
    """All that the page shows."""

    title: str
    language: str
    hosts: str
    facts: tuple[str, ...]
    """The line under the title: how many photos, when, where, how long."""
    disclosure: str
    made: str
    digital_source: str | None
    photos: tuple[PhotoView, ...]
    shape: str
    """How much room the photos take, as a class of the style sheet."""
    turns: tuple[TurnView, ...]
    sources: tuple[str, ...]
    """Those that occur, in the order of the legend."""
    set_aside: tuple[tuple[str, str, str], ...]
    """Name, reason and detail of each file that was left out."""
    player: PlayerView | None = None
    older_audio: str = ""
    """Name of audio that says something else than the script; empty when there is none."""


def page_view(
    script: Script,
    facts: FactSheet,
    album: AlbumRecord,
    images: Mapping[str, Path],
    *,
    sound: Sound | OlderSound | None = None,
) -> PageView:
    """Work out the page of a script, with a player when it is heard."""
    photos = _photos(script, facts, album, images)
    turns = _turns(script, facts, photos)
    used = {ground.source for turn in turns for ground in turn.grounds}
    player = player_view(sound, script) if isinstance(sound, Sound) else None
    minutes = max(1, round(script.words() / WORDS_PER_MINUTE))
    parts = (
        words.photo_count(album),
        words.when(album.photos),
        words.where(album.photos),
        f"{player.clock} aloud" if player else f"about {minutes} minute{'s' if minutes > 1 else ''} aloud",
    )
    return PageView(
        title=words.clean(script.title),
        language=language_tag(script),
        hosts=words.clean(words.listed([speaker.name for speaker in script.speakers])),
        facts=tuple(part for part in parts if part),
        disclosure=_disclosure(script.provenance),
        made=_made(script.provenance) + (" Synthetic voices speak it." if player else ""),
        digital_source=_digital_source(script.provenance),
        photos=tuple(photos.values()),
        shape=_shape([photo.picture for photo in photos.values()]),
        turns=turns,
        sources=tuple(source.value for source in Source if source.value in used),
        set_aside=tuple(
            (words.clean(one.source), words.reason(one.reason), words.clean(one.detail)) for one in album.set_aside
        ),
        player=player,
        older_audio=words.clean(sound.audio.name) if isinstance(sound, OlderSound) else "",
    )


def language_tag(script: Script) -> str:
    """The language of a script as HTML names it; empty when it is none."""
    return script.language if _LANGUAGE.fullmatch(script.language) else ""


def _photos(script: Script, facts: FactSheet, album: AlbumRecord, images: Mapping[str, Path]) -> dict[str, PhotoView]:
    shown = [(number, photo) for number, photo in enumerate(album.photos, start=1) if photo.id in images]
    return {
        photo.id: PhotoView(
            id=photo.id,
            number=number,
            alt=f"Photo {number}: {words.seen_in(photo, facts.observations) or 'nothing was made out in it'}",
            caption=_caption(photo),
            picture=inline(images[photo.id], len(shown)),
            turns=tuple(turn.id for turn in script.turns if photo.id in turn.photos),
        )
        for number, photo in shown
    }


def _caption(photo: Photo) -> str:
    place = photo.place.city if photo.place else None
    return words.clean(" · ".join(part for part in (words.clock(photo), place, photo.caption) if part))


def _turns(script: Script, facts: FactSheet, photos: Mapping[str, PhotoView]) -> tuple[TurnView, ...]:
    colours = {speaker.name: place % _COLOURS + 1 for place, speaker in enumerate(script.speakers)}
    observations = {one.id: one for one in facts.observations}
    numbers = {photo.id: photo.number for photo in photos.values()}
    turns: list[TurnView] = []
    before: TurnView | None = None
    for turn in script.turns:
        same = before is not None and before.speaker == words.clean(turn.speaker)
        before = TurnView(
            id=turn.id,
            speaker=words.clean(turn.speaker),
            colour=colours[turn.speaker],
            spans=_spans(turn, observations, numbers),
            photos=tuple(name for name in turn.photos if name in photos),
            refs=_refs([photos[name] for name in turn.photos if name in photos]),
            manner=words.clean(", ".join(part for part in (turn.delivery.manner, *turn.delivery.events) if part)),
            grounds=tuple(
                Ground(
                    claim.source.value,
                    words.quoted(words.typeset(turn.text)[claim.start : claim.end]),
                    words.grounds(claim, observations, numbers),
                )
                for claim in turn.claims
            ),
            short=len(turn.text.split()) <= _SHORT_WORDS,
            cut_off=turn.text.rstrip(" ”\"'").endswith(_CUT_OFF),
            cuts_in=not same and (bool(before and before.cut_off) or bool(turn.delivery.overlap_ms)),
            goes_on=same,
        )
        turns.append(before)
    return tuple(turns)


def _spans(turn: Turn, observations: Mapping[str, Observation], numbers: Mapping[str, int]) -> tuple[Span, ...]:
    """The text cut wherever a claim begins or ends: claims may lie inside each other."""
    cuts = sorted({0, len(turn.text), *(edge for claim in turn.claims for edge in (claim.start, claim.end))})
    text, spans = words.typeset(turn.text), []
    for start, end in pairwise(cuts):
        here = [claim for claim in turn.claims if claim.start <= start and end <= claim.end]
        spans.append(
            Span(
                text=words.clean(words.dashes_held(text, start, end)),
                sources=tuple(dict.fromkeys(claim.source.value for claim in here)),
                grounds="; ".join(dict.fromkeys(words.grounds(claim, observations, numbers) for claim in here)),
            )
        )
    return tuple(spans)


def _refs(photos: Sequence[PhotoView]) -> tuple[Ref, ...]:
    """One mark for each of at most two photos, and one for all of more."""
    if len(photos) <= 2:
        return tuple(Ref(photo.id, str(photo.number), f"Photo {photo.number}") for photo in photos)
    numbers = sorted(photo.number for photo in photos)
    together = numbers[-1] - numbers[0] == len(numbers) - 1
    label = f"{numbers[0]}{'–' if together else '…'}{numbers[-1]}"
    return (Ref(photos[0].id, label, f"Photos {words.listed([str(number) for number in numbers])}"),)


def _shape(pictures: Sequence[Picture]) -> str:
    """Room enough for three in four: the others are shown a little narrower."""
    tall = sorted(100 * picture.height / picture.width for picture in pictures)
    upper = tall[3 * (len(tall) - 1) // 4] if tall else 0
    return next((f"tall-{percent}" for percent in _SHAPES if upper <= percent + 0.5), "tall")


def _disclosure(provenance: Provenance | None) -> str:
    if provenance is None:
        return "Who or what wrote this conversation is not recorded."
    return words.clean(words.typeset(provenance.disclosure))


def _made(provenance: Provenance | None) -> str:
    if provenance is None:
        return "The conversation was read from a transcript. The page was laid out by photocast."
    writer = f"the writer {provenance.writer} ({provenance.writer_version})"
    if provenance.model is None:
        how = (
            f"{writer}, which uses no language model: detectors name what they make out, and a grammar does the talking"
        )
    else:
        how = f"{writer} with the model {provenance.model}"
    seed = (
        f" Random seed {provenance.seed}: the same photos and wishes give the same words."
        if (provenance.seed is not None and provenance.model is None)
        else ""
    )
    return words.clean(f"The conversation comes from {how}.{seed} Neither the hosts nor their lives exist.")


def _digital_source(provenance: Provenance | None) -> str | None:
    """The term of the IPTC vocabulary for media that a machine made."""
    if provenance is None or not provenance.machine_made:
        return None
    kind = "algorithmicMedia" if provenance.model is None else "trainedAlgorithmicMedia"
    return f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
