"""From what a model said to a turn of the script: which photos it is about, and what each claim in it rests on.

Links that the model named are taken; those that it left out are found by the words, and marked as inferred.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from photocast.schema import (
    Claim,
    Delivery,
    FactSheet,
    Kind,
    Known,
    Observation,
    Source,
    Turn,
    concepts,
)
from photocast.schema.directions import read_speech
from photocast.writing.prompted.answer import Said, SaidClaim

_TELLING = {Kind.SUBJECT, Kind.SCENE, Kind.SIGN, Kind.PLACE, Kind.CAPTION, Kind.NAME, Kind.KEYWORD, Kind.DETAIL}
"""Kinds whose words are particular enough to tell a photo by."""
_DULL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by for from has have in into is it its no not of off on or out over some that the their "
        "there they this to two up very with one person people man woman photo picture behind front left right side",
    )
)
_FROM_KNOWN = {Known.SEEN: Source.SEEN, Known.METADATA: Source.METADATA, Known.TOLD: Source.TOLD}
_QUOTES = re.compile(r"^[“\"](.*)[”\"]$", re.DOTALL)


class Linker:
    """Makes turns of what was said about one album."""

    def __init__(self, photos: Sequence[str], facts: FactSheet) -> None:
        self._photos = frozenset(photos)
        self._facts = {one.id: one for one in facts.usable()}
        self._words = {one.id: _patterns(one) for one in facts.usable() if one.kind in _TELLING}

    def turn(self, said: Said, turn_id: str, *, speaker: str, text: str, near: Sequence[str] = ()) -> Turn | None:
        """The turn; none when nothing is left of it but directions.

        Args:
            said: what the model gave.
            turn_id: the id it gets.
            speaker: who says it.
            text: the words with the names of people back in them.
            near: photos that were spoken of last: where several could be meant, these are.
        """
        speech = read_speech(_QUOTES.sub(r"\1", text.strip()))
        if not speech.words:
            return None
        named = tuple(photo for photo in said.photos if photo in self._photos)
        claims = tuple(self._claims(said.claims, speech.words)) or tuple(
            self._inferred_claims(speech.words, named, near)
        )
        photos = named or self._inferred_photos(claims)
        return Turn(
            id=turn_id,
            speaker=speaker,
            text=speech.words,
            photos=photos,
            photos_inferred=bool(photos) and not named,
            claims=claims,
            delivery=Delivery(manner=said.manner or speech.manner, events=speech.events),
        )

    def _claims(self, claims: Iterable[SaidClaim], text: str) -> Iterator[Claim]:
        """The claims that the model marked and whose words stand in the turn."""
        for claim in claims:
            start = text.find(claim.words) if claim.words.strip() else -1
            if start < 0 or claim.source not in set(Source):
                continue
            known = tuple(one for one in claim.facts if one in self._facts)
            source = Source(claim.source)
            yield Claim(
                start=start,
                end=start + len(claim.words),
                source=source,
                observations=known if source is not Source.INVENTED else (),
                inferred=source is not Source.INVENTED and not known,
            )

    def _inferred_claims(self, text: str, photos: Sequence[str], near: Sequence[str]) -> Iterator[Claim]:
        """Stretches of the turn that say what an observation says."""
        taken: list[tuple[int, int]] = []
        for name in sorted(self._words, key=lambda name: self._facts[name].photos[0] not in near):
            one, patterns = self._facts[name], self._words[name]
            if photos and not set(photos) & set(one.photos):
                continue
            found = next(filter(None, (pattern.search(text) for pattern in patterns)), None)
            if found and not any(start < found.end() and found.start() < end for start, end in taken):
                taken.append(found.span())
                yield Claim(
                    start=found.start(),
                    end=found.end(),
                    source=_FROM_KNOWN[one.known],
                    observations=(name,),
                    inferred=True,
                )

    def _inferred_photos(self, claims: Iterable[Claim]) -> tuple[str, ...]:
        """The photos of the observations that the claims rest on; none where too many could be meant."""
        found = dict.fromkeys(self._facts[name].photos[0] for claim in claims for name in claim.observations)
        return tuple(found) if len(found) <= 2 else ()


def _patterns(one: Observation) -> list[re.Pattern[str]]:
    """What to look for in a turn: the thing itself, in the singular or the plural, or two telling words of a phrase."""
    concept = concepts().get(one.what)
    if concept:
        forms = [one.what.replace("_", " "), *([concept.many] if concept.many else [])]
        return [re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)", re.IGNORECASE)]
    what = one.what.partition(",")[0] if one.kind is Kind.PLACE else one.what
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]+", what) if word.casefold() not in _DULL]
    if not words:
        return []
    if len(words) == 1 or one.kind is Kind.PLACE:
        return [re.compile(rf"(?<!\w){re.escape(' '.join(words))}(?!\w)", re.IGNORECASE)]
    return [
        re.compile(rf"(?<!\w){re.escape(first)}\b.{{1,30}}?\b{re.escape(second)}(?!\w)", re.IGNORECASE)
        for at, first in enumerate(words)
        for second in words[at + 1 :]
    ][:12]
