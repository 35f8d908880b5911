"""What the slots of the grammar stand for at a given moment, and what each rests on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from photocast.schema import Concept, Kind, Known, Observation, Source
from photocast.writing.check import SURE
from photocast.writing.pocket.english import length_of, named, number, ordinal, sentence_case
from photocast.writing.pocket.material import SAYABLE, Focus, Material

_HEDGES = (
    "what looks like {}",
    "what might be {}",
    "something a lot like {}",
    "what I'd call {}",
    "possibly {}",
    "what I take to be {}",
)
_ABOUT = ("maybe {}", "{}, I think", "what I take for {}", "{}, if I count right")
_SAYABLE_TEXT = re.compile(r"[^<>{}\[\]|\\]{2,160}")
_LONG_QUOTE = 14
"""Words from which a quoted caption is cut; nobody reads more than that aloud."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words for a slot, and what they rest on; without a source they claim nothing."""

    text: str
    source: Source | None = None
    observations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moment:
    """Where in the album a bit is said, by whom."""

    material: Material
    focus: Focus
    roles: Mapping[str, str]
    """Host of each role: `A`, `B`, perhaps `C`, and `K` and `D`."""
    rng: Random
    new_photo: bool = True
    """Whether the talk comes to this photo just now."""
    movers: list[str] | None = None
    """Ways of moving on that were used in this script; shared by all its moments."""

    def piece(self, slot: str) -> Piece | None:
        """What a slot stands for here; none when there is nothing to put."""
        if slot in self.roles:
            return Piece(self.roles[slot])
        name, _, argument = slot.partition(" ")
        if argument:
            found = _WITH_ARGUMENT.get(name)
            return found(self, argument) if found else None
        known = _SLOTS.get(name)
        return known(self) if known else None

    @cached_property
    def index(self) -> int:
        """Position of the photo."""
        return self.focus.photo

    def claim(self, text: str, *observations: Observation | None) -> Piece | None:
        """The words with the observations behind them."""
        behind = [one for one in observations if one]
        if not behind:
            return None
        source = {Known.SEEN: Source.SEEN, Known.METADATA: Source.METADATA, Known.TOLD: Source.TOLD}[behind[0].known]
        return Piece(text, source, tuple(one.id for one in behind))

    def sightings_of(self, name: str) -> list[Observation]:
        """Observations of a concept or its kinds, up to and with this photo."""
        return [
            one
            for index in self.material.seen(name)
            if index <= self.index
            for one in self.material.by_photo[index]
            if (concept := self.material.concept(one)) and concept.is_a(name)
        ]


SLOT_HELP: dict[str, str] = {}
"""What each slot stands for, for `docs/talk.md` and its test."""
_SLOTS: dict[str, Callable[[Moment], Piece | None]] = {}
_WITH_ARGUMENT: dict[str, Callable[[Moment, str], Piece | None]] = {}


def _slot(name: str, help: str) -> Callable[[Callable[[Moment], Piece | None]], Callable[[Moment], Piece | None]]:
    def keep(function: Callable[[Moment], Piece | None]) -> Callable[[Moment], Piece | None]:
        _SLOTS[name] = function
        SLOT_HELP[name] = help
        return function

    return keep


@_slot("a", "the thing, with its article, hedged when unsure: `a dog`, `what looks like a dog`, `snow`")
def _a(moment: Moment) -> Piece | None:
    concept, seen = moment.focus.concept, moment.focus.observation
    if not concept or not seen:
        return None
    words = named(concept, quantity=seen.quantity)
    return moment.claim(words if seen.confidence >= SURE else moment.rng.choice(_HEDGES).format(words), seen)


@_slot("an", "the same without hedge, for lines that hedge themselves or ask")
def _an(moment: Moment) -> Piece | None:
    concept = moment.focus.concept
    return moment.claim(named(concept), moment.focus.observation) if concept else None


@_slot("the", "the thing again: `the dog`, `the snow`")
def _the(moment: Moment) -> Piece | None:
    concept = moment.focus.concept
    return moment.claim(f"the {concept.id}", moment.focus.observation) if concept else None


@_slot("one", "the bare noun, singular: `dog`")
def _one(moment: Moment) -> Piece | None:
    return Piece(moment.focus.concept.id) if moment.focus.concept else None


@_slot("many", "the bare noun, plural: `dogs`; nothing for what is not counted")
def _many(moment: Moment) -> Piece | None:
    concept = moment.focus.concept
    return Piece(concept.many) if concept and concept.many else None


@_slot("count", "in how many photos it was seen so far: `three`")
def _count(moment: Moment) -> Piece | None:
    concept = moment.focus.concept
    if not concept:
        return None
    seen = moment.sightings_of(concept.id)
    return moment.claim(number(len({one.photos[0] for one in seen})), *seen)


@_slot("total", "in how many photos of the album it was seen: `six`")
def _total(moment: Moment) -> Piece | None:
    return _in_all(moment, moment.focus.concept)


def _in_all(moment: Moment, concept: Concept | None) -> Piece | None:
    if not concept:
        return None
    behind = [one for row in moment.material.by_photo for one in row if _is(moment, one, concept.id)]
    return moment.claim(number(len(moment.material.seen(concept.id))), *behind)


def _is(moment: Moment, one: Observation, name: str) -> bool:
    concept = moment.material.concept(one)
    return bool(concept and concept.is_a(name))


@_slot("other", "something else seen in the same photo, with article: `a chair`")
def _other(moment: Moment) -> Piece | None:
    return _a_thing(moment, moment.index, moment.index + 1, besides=moment.focus.concept)


@_slot("earlier", "something seen in an earlier photo: `the rock`")
def _earlier(moment: Moment) -> Piece | None:
    return _a_thing(moment, 0, moment.index, besides=moment.focus.concept, again=True)


@_slot("opener", "what the first photo shows: `a dog`")
def _opener(moment: Moment) -> Piece | None:
    return _a_thing(moment, 0, 1)


@_slot("finale", "what the last photo shows: `a blanket`")
def _finale(moment: Moment) -> Piece | None:
    last = len(moment.material.album.photos)
    return _a_thing(moment, last - 1, last, besides=moment.material.theme)


def _a_thing(
    moment: Moment, start: int, stop: int, *, besides: Concept | None = None, again: bool = False
) -> Piece | None:
    found = [
        (one, concept)
        for index in range(start, stop)
        for one in moment.material.by_photo[index]
        if (concept := moment.material.concept(one))
        and one.confidence >= (SURE if again else SAYABLE + 0.2)
        and not (besides and (concept.is_a(besides.id) or besides.is_a(concept.id)))
    ]
    if not found:
        return None
    one, concept = moment.rng.choice(found)
    return moment.claim(f"the {concept.id}" if again else named(concept), one)


@_slot("theme", "what the album is full of, singular: `dog`")
def _theme(moment: Moment) -> Piece | None:
    return Piece(moment.material.theme.id) if moment.material.theme else None


@_slot("themes", "what the album is full of, plural: `dogs`")
def _themes(moment: Moment) -> Piece | None:
    theme = moment.material.theme
    return Piece(theme.many or theme.id) if theme else None


@_slot("themecount", "how many photos show the theme: `six`")
def _themecount(moment: Moment) -> Piece | None:
    return _in_all(moment, moment.material.theme)


@_slot("promise", "what the title promises, with article: `a beach`, `the sea`")
def _promise(moment: Moment) -> Piece | None:
    return Piece(named(moment.material.promise)) if moment.material.promise else None


@_slot("promised", "what the title promises, the bare noun: `beach`")
def _promised(moment: Moment) -> Piece | None:
    return Piece(moment.material.promise.id) if moment.material.promise else None


@_slot("n", "how many photos there are: `six`")
def _n(moment: Moment) -> Piece | None:
    return Piece(number(len(moment.material.album.photos)))


@_slot("left", "how many photos come after this one: `two`")
def _left(moment: Moment) -> Piece | None:
    left = len(moment.material.album.photos) - moment.index - 1
    return Piece(number(left)) if left else None


@_slot("nth", "which photo this is: `third`; `last` for the last")
def _nth(moment: Moment) -> Piece | None:
    last = moment.index == len(moment.material.album.photos) - 1
    return Piece("last" if last and moment.index else ordinal(moment.index + 1))


@_slot("number", "which photo this is, as a number: `three`")
def _number(moment: Moment) -> Piece | None:
    return Piece(number(moment.index + 1))


_FIRST = ("First one.", "Okay, number one.", "Photo one.", "So it starts.")
_LAST = ("Last one.", "And the last one.", "Final photo.", "This is the last one, by the way.")
_MOVERS = (
    "{nth} one.",
    "Okay, {n}.",
    "Next.",
    "Next one.",
    "Right, {n}.",
    "So then.",
    "And then.",
    "Photo {n}.",
    "Number {n}.",
    "Moving on.",
    "Onwards.",
    "Then there's {n}.",
    "Okay, next.",
    "Go to {n}.",
)


_SLOW = ("The next one.", "And the {nth}.", "Then the {nth} one.", "And after that.", "So, {n}.", "Then {n}.")
"""Ways of moving on at bedtime."""


@_slot("next", "a short sentence that moves to the photo: `Third one.`; nothing when the talk is there already")
def _next(moment: Moment) -> Piece | None:
    if not moment.new_photo:
        return Piece("")
    last = len(moment.material.album.photos) - 1
    on = _SLOW if moment.material.brief.style == "bedtime" else _MOVERS
    choices = _FIRST if moment.index == 0 else _LAST if moment.index == last else on
    used = moment.movers if moment.movers is not None else []
    filled = [
        sentence_case(choice.format(n=number(moment.index + 1), nth=ordinal(moment.index + 1))) for choice in choices
    ]
    fresh = [choice for choice in filled if choice not in used and choice.split()[0] not in used[-2:]] or filled
    chosen = moment.rng.choice(fresh)
    used.extend((chosen, chosen.split()[0]))
    return Piece(chosen)


_SOUNDS = (
    "Mm.",
    "Mm-hm.",
    "Right.",
    "Okay.",
    "Go on.",
    "Yeah.",
    "Uh-huh.",
    "Sure.",
    "No.",
    "Oh no.",
    "And?",
    "Really.",
)


@_slot("mm", "a sound of listening, put by itself into the middle of long turns")
def _mm(moment: Moment) -> Piece | None:
    used = moment.movers if moment.movers is not None else []
    chosen = moment.rng.choice([sound for sound in _SOUNDS if sound not in used] or list(_SOUNDS))
    used.append(chosen)
    return Piece(chosen)


@_slot("title", "name of the folder or album, in quotation marks")
def _title(moment: Moment) -> Piece | None:
    title = moment.material.album.title
    behind = next(
        (one for one in moment.material.facts.usable() if "folder" in one.sources and one.what == title), None
    )
    if not _sayable(title):
        return None
    return moment.claim(_quoted(title), behind) or Piece(_quoted(title))


@_slot("about", "what the user said it is about")
def _about(moment: Moment) -> Piece | None:
    about = moment.material.brief.about
    behind = next(
        (one for one in moment.material.facts.usable() if one.known is Known.TOLD and one.what == about), None
    )
    return moment.claim(about.rstrip(".!? "), behind) if about and _sayable(about) else None


@_slot("who", "somebody whom the user named for this photo")
def _who(moment: Moment) -> Piece | None:
    one = moment.focus.observation
    person = moment.material.person(one) if one else None
    return moment.claim(person.name, one) if person and _sayable(person.name) else None


@_slot("relation", "who that is in the user's words, in quotation marks: `“my aunt”`")
def _relation(moment: Moment) -> Piece | None:
    one = moment.focus.observation
    person = moment.material.person(one) if one else None
    return moment.claim(_quoted(person.who), one) if person and person.who and _sayable(person.who) else None


def _from(kind: Kind) -> Callable[[Moment], Piece | None]:
    def piece(moment: Moment) -> Piece | None:
        focus = moment.focus.observation
        one = focus if focus and focus.kind is kind else moment.material.of_kind(moment.index, kind)
        return moment.claim(one.what, one) if one and _sayable(one.what) else None

    return piece


def _quoted_from(kind: Kind) -> Callable[[Moment], Piece | None]:
    def piece(moment: Moment) -> Piece | None:
        focus = moment.focus.observation
        one = focus if focus and focus.kind is kind else moment.material.of_kind(moment.index, kind)
        return moment.claim(_quoted(one.what), one) if one and _sayable(one.what) else None

    return piece


@_slot("people", "how many people, hedged when unsure: `two people`, `maybe a group`")
def _people(moment: Moment) -> Piece | None:
    focus = moment.focus.observation
    one = focus if focus and focus.kind is Kind.PEOPLE else moment.material.of_kind(moment.index, Kind.PEOPLE)
    if not one:
        return None
    return moment.claim(one.what if one.confidence >= SURE else moment.rng.choice(_ABOUT).format(one.what), one)


_slot("gap", "how long after the photo before: `three hours later`")(_from(Kind.GAP))
_slot("time", "part of the day by the clock: `evening`")(_from(Kind.TIME))
_slot("season", "season by the date: `autumn`")(_from(Kind.SEASON))
_slot("light", "`dark`, `low sun`, `bright`, `overcast`, `artificial`, `black and white`")(_from(Kind.LIGHT))
_slot("setting", "`indoors` or `outdoors`")(_from(Kind.SETTING))
_slot("sign", "text read in the picture, in quotation marks")(_quoted_from(Kind.SIGN))
_slot("name", "what the file is called, when that is words, in quotation marks")(_quoted_from(Kind.NAME))
_slot("caption", "the caption, in quotation marks, cut when long")(_quoted_from(Kind.CAPTION))
_slot("note", "what the user told about this photo")(_from(Kind.NOTE))


@_slot("wait", "the gap as a length of time: `three hours`, `a day`")
def _wait(moment: Moment) -> Piece | None:
    one = moment.focus.observation
    if not one or one.kind is not Kind.GAP or not one.quantity:
        return None
    return moment.claim(length_of(one.quantity), one)


@_slot("span", "from the first photo to the last, by the clock: `about two hours`, `four years`")
def _span(moment: Moment) -> Piece | None:
    gaps = [one for row in moment.material.by_photo for one in row if one.kind is Kind.GAP and one.quantity]
    times = [photo.taken_at for photo in moment.material.album.photos if photo.taken_at]
    if len(times) < 2 or len(times) != len(moment.material.album.photos) or not gaps:
        return None
    naive = [time.replace(tzinfo=None) for time in times]
    return moment.claim(f"about {length_of((max(naive) - min(naive)).total_seconds())}", *gaps)


@_slot("city", "the city nearest to this photo")
def _city(moment: Moment) -> Piece | None:
    place = moment.material.photo(moment.index).place
    one = moment.material.of_kind(moment.index, Kind.PLACE) or moment.material.anywhere(Kind.PLACE)
    if one and place is None:
        place = moment.material.photo(moment.material.position[one.photos[0]]).place
    return moment.claim(place.city, one) if place else None


@_slot("country", "the country of this photo")
def _country(moment: Moment) -> Piece | None:
    place = moment.material.photo(moment.index).place
    return moment.claim(place.country, moment.material.anywhere(Kind.PLACE)) if place else None


def _sayable(text: str) -> bool:
    """Whether untrusted text can be read aloud: no markup, no address, letters in it, not endless."""
    return bool(_SAYABLE_TEXT.fullmatch(text)) and "http" not in text.casefold() and any(map(str.isalpha, text))


def _quoted(text: str) -> str:
    words = text.replace("“", "").replace("”", "").replace('"', "").split()
    cut = " ".join(words[:_LONG_QUOTE]).rstrip(".,;:!?—-") + ("…" if len(words) > _LONG_QUOTE else "")
    return f"“{cut}”"


def _seen_here(moment: Moment, name: str) -> Piece | None:
    """`<see dog>`: a dog, if this photo has one."""
    for one in moment.material.by_photo[moment.index]:
        concept = moment.material.concept(one)
        if concept and concept.is_a(name):
            return moment.claim(named(concept), one)
    return None


def _how_many(moment: Moment, name: str) -> Piece | None:
    """`<tally dog>`: in how many photos so far, in words."""
    seen = moment.sightings_of(name)
    return moment.claim(number(len({one.photos[0] for one in seen})), *seen) if seen else None


_WITH_ARGUMENT["see"] = _seen_here
_WITH_ARGUMENT["tally"] = _how_many
SLOT_HELP["see CONCEPT"] = "the concept if this photo shows it: `<see dog>` is `a dog`"
SLOT_HELP["tally CONCEPT"] = "in how many photos so far it was seen, in words: `<tally dog>` is `four`"
