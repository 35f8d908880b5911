"""Questions to whoever made the album, and what becomes of the answers."""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from photocast.schema import AlbumRecord, FactSheet, Kind, Known, Observation

MOST = 3
_LONG_GAP_SECONDS = 45 * 60
_NAMES_PHOTO = re.compile(r"\bp\d{2,3}\b")


def open_questions(album: AlbumRecord, facts: FactSheet) -> tuple[str, ...]:
    """What the facts leave open, without asking a model: who is there, what happened in between, what it was about.

    At most three; what was answered once is not asked again.
    """
    answered = {one.id for one in facts.observations}
    return tuple(question for question in _open(album, facts) if _id(question) not in answered)[:MOST]


def _open(album: AlbumRecord, facts: FactSheet) -> Iterator[str]:
    known = facts.usable()
    told = [one for one in known if one.kind is Kind.NOTE]
    people = [one for one in known if one.kind is Kind.PEOPLE]
    gaps = [one for one in known if one.kind is Kind.GAP and (one.quantity or 0) >= _LONG_GAP_SECONDS]
    if not told:
        yield "What was the occasion, in a sentence?"
    if people:
        most = max(people, key=lambda one: one.confidence)
        yield f"Who is in photo {most.photos[0]}, and what were they up to?"
    if gaps:
        longest = max(gaps, key=lambda one: one.quantity or 0)
        yield f"What happened just before photo {longest.photos[0]}, {longest.what}?"
    seen = {one.photos[0] for one in known if one.known is Known.SEEN and one.kind in {Kind.SUBJECT, Kind.SCENE}}
    unknown = next((photo.id for photo in album.photos if photo.id not in seen), None)
    if unknown:
        yield f"What is photo {unknown} of?"
    yield "Which of the photos would you show first, and why?"


def as_told(album: AlbumRecord, facts: FactSheet, answers: Mapping[str, str]) -> FactSheet:
    """The facts with the answers, by their questions, as notes of the user's; an empty answer tells nothing.

    An answer belongs to the photos that its question names, otherwise to the whole album.
    """
    everywhere = tuple(photo.id for photo in album.photos)
    notes = [
        _note(question, " ".join(answer.split()), everywhere) for question, answer in answers.items() if answer.strip()
    ]
    fresh = {one.id for one in notes}
    return FactSheet(observations=(*(one for one in facts.observations if one.id not in fresh), *notes))


def _note(question: str, answer: str, everywhere: tuple[str, ...]) -> Observation:
    named = tuple(dict.fromkeys(photo for photo in _NAMES_PHOTO.findall(question) if photo in everywhere))
    return Observation(
        id=_id(question),
        photos=named or everywhere,
        kind=Kind.NOTE,
        what=answer,
        known=Known.TOLD,
        sources=("user", "interview"),
        confidence=1.0,
    )


def _id(question: str) -> str:
    """The id of the answer: to the same question the same, so that a new answer takes the place of an earlier one."""
    return f"album.note.answer-{sha256(question.encode()).hexdigest()[:8]}"
