"""From what a model said to a turn of the script: which photos it is about, and what each claim in it rests on.

Links that the model named are taken; those that it left out are found by the words, and marked as inferred.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
from photocast.schema.markup import marked, stressed, unmarked
from photocast.writing.prompted.said import Said, SaidClaim

_TELLING = {Kind.SUBJECT, Kind.SCENE, Kind.SIGN, Kind.PLACE, Kind.CAPTION, Kind.NAME, Kind.KEYWORD, Kind.DETAIL}
"""Kinds whose words are particular enough to tell a photo by."""
_DULL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by for from has have in into is it its no not of off on or out over some that the their "
        "there they this to two up very with one person people man woman photo picture behind front left right side",
    )
)
_NEAR = 30
"""Characters within which two words of an observation stand when a turn speaks of it."""
_MOST_INFERRED = 2
"""Photos that one turn can be about without naming any."""
_FROM_KNOWN = {Known.SEEN: Source.SEEN, Known.METADATA: Source.METADATA, Known.TOLD: Source.TOLD}
_UNSPOKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Controls and marks that turn the direction of a text: they hide in a file what they do to whoever reads it."""
_QUOTED = re.compile(r"(?:“([^“”]*)”|\"([^\"]*)\")", re.DOTALL)
_WORD = re.compile(r"[^\W\d_][\w’'-]+")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})([^*\s]|[^*\s][^*\n]{0,200}[^*\s])\1(?![\w*])")
_LOOSE = {"'": "['’‘ʼ]", '"': '["“”„]', "-": "[-–—]", "…": r"(?:…|\.\.\.)"}
_LOOSE |= {one: _LOOSE["'"] for one in "’‘ʼ"} | {one: _LOOSE['"'] for one in "“”„"} | {one: _LOOSE["-"] for one in "–—"}
"""Marks that models write in one way in a turn and in another where they copy from it."""


@dataclass(frozen=True, slots=True)
class _Signs:
    """What to look for in a turn: the phrase, or else two of the words near each other and in their order."""

    phrase: re.Pattern[str] | None = None
    words: tuple[str, ...] = ()


class Linker:
    """Makes turns of what was said about one album."""

    def __init__(self, photos: Sequence[str], facts: FactSheet) -> None:
        self._photos = frozenset(photos)
        self._facts = {one.id: one for one in facts.usable()}
        self._signs = {one.id: _signs(one) for one in facts.usable() if one.kind in _TELLING}

    def turn(self, said: Said, turn_id: str, *, speaker: str, near: Sequence[str] = ()) -> Turn | None:
        """The turn; none when no word is left of it but directions.

        Args:
            said: what the model gave, with the names of people and the ids of facts back in it.
            turn_id: the id it gets.
            speaker: who says it.
            near: photos that were spoken of last: where several could be meant, these are.
        """
        text = _UNSPOKEN.sub("", said.text).strip()
        quoted = _QUOTED.fullmatch(text)
        speech = read_speech((quoted[1] or quoted[2] or "") if quoted else text)
        # Asterisks would be read out: what stands in them is stressed.
        words, emphasis = unmarked(_EMPHASIS.sub(stressed(r"\2"), marked(speech.words, speech.emphasis)))
        if not any(letter.isalnum() for letter in words):
            return None
        named = tuple(photo for photo in said.photos if photo in self._photos)
        claims = tuple(self._claims(said.claims, words)) or tuple(self._inferred_claims(words, named, near))
        photos = named or _photos_behind(claims, self._facts)
        return Turn(
            id=turn_id,
            speaker=speaker,
            text=words,
            photos=photos,
            photos_inferred=bool(photos) and not named,
            claims=tuple(sorted(claims, key=lambda claim: (claim.start, claim.end))),
            delivery=Delivery(
                pause_before_ms=speech.pause_ms,
                manner=said.manner or speech.manner,
                events=tuple(dict.fromkeys((*said.sounds, *speech.events))),
                emphasis=_stretches(words, emphasis, said.stress),
            ),
        )

    def _claims(self, claims: Iterable[SaidClaim], text: str) -> Iterator[Claim]:
        """The claims that the model marked and whose words stand in the turn, each once."""
        taken: set[tuple[int, int]] = set()
        for claim in claims:
            place = _place(claim.words, text)
            if place is None or place in taken or claim.source not in set(Source):
                continue
            taken.add(place)
            known = tuple(dict.fromkeys(one for one in claim.facts if one in self._facts))
            source = Source(claim.source)
            yield Claim(
                start=place[0],
                end=place[1],
                source=source,
                observations=known if source is not Source.INVENTED else (),
                inferred=source is not Source.INVENTED and not known,
            )

    def _inferred_claims(self, text: str, photos: Sequence[str], near: Sequence[str]) -> Iterator[Claim]:
        """Stretches of the turn that say what an observation says."""
        words = [(found[0].casefold(), found.start(), found.end()) for found in _WORD.finditer(text)]
        taken: list[tuple[int, int]] = []
        for name in sorted(self._signs, key=lambda name: self._facts[name].photos[0] not in near):
            one = self._facts[name]
            if photos and not set(photos) & set(one.photos):
                continue
            place = _where(self._signs[name], text, words)
            if place and not any(start < place[1] and place[0] < end for start, end in taken):
                taken.append(place)
                source = _FROM_KNOWN[one.known]
                yield Claim(start=place[0], end=place[1], source=source, observations=(name,), inferred=True)


def _photos_behind(claims: Iterable[Claim], facts: Mapping[str, Observation]) -> tuple[str, ...]:
    """The photos of the observations that the claims rest on; none where too many could be meant."""
    found = dict.fromkeys(facts[name].photos[0] for claim in claims for name in claim.observations)
    return tuple(found) if len(found) <= _MOST_INFERRED else ()


def _stretches(text: str, emphasis: Sequence[tuple[int, int]], stress: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """The stretches that are stressed: those that were marked, and the words that were copied, none twice."""
    found = list(emphasis)
    for words in stress:
        place = _place(words, text)
        if place and all(place[1] <= start or end <= place[0] for start, end in found):
            found.append(place)
    return tuple(sorted(found))


def _place(words: str, text: str) -> tuple[int, int] | None:
    """Where the words of a claim stand in a turn, whatever its quotation marks, dashes, spaces and capitals."""
    wanted = " ".join(words.replace("*", "").split()).strip(" .,;:!?…—–-“”„‘’«»\"'")
    if not wanted:
        return None
    loose = r"\s+".join("".join(_LOOSE.get(letter, re.escape(letter)) for letter in word) for word in wanted.split())
    found = re.search(rf"(?<!\w){loose}(?!\w)", text, re.IGNORECASE)
    return found.span() if found else None


def _signs(one: Observation) -> _Signs:
    """The thing itself, in the singular or the plural; or the telling words of a phrase."""
    concept = concepts().get(one.what)
    if concept:
        forms = [one.what.replace("_", " "), *([concept.many] if concept.many else [])]
        return _Signs(_phrase("|".join(map(re.escape, forms))))
    city = one.what.partition(",")[0].strip()
    if one.kind is Kind.PLACE and city:
        return _Signs(_phrase(re.escape(city)))
    words = tuple(dict.fromkeys(word.casefold() for word in _WORD.findall(one.what)))
    words = tuple(word for word in words if word not in _DULL)
    return _Signs(_phrase(re.escape(words[0]))) if len(words) == 1 else _Signs(words=words)


def _phrase(forms: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


def _where(signs: _Signs, text: str, words: Sequence[tuple[str, int, int]]) -> tuple[int, int] | None:
    """The first stretch of a turn that shows the signs."""
    if signs.phrase:
        found = signs.phrase.search(text)
        return found.span() if found else None
    order = {word: at for at, word in enumerate(signs.words)}
    here = [(order[word], start, end) for word, start, end in words if word in order]
    for index, (first, start, end) in enumerate(here):
        for second, begin, stop in here[index + 1 : index + _NEAR]:
            if second > first and begin - end <= _NEAR:
                return start, stop
    return None
