"""From an outline to a script: who takes which part, how exchanges join, and the best of several drafts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from photocast.schema import Turn
from photocast.schema.record import Record
from photocast.writing.cast import Member, roles_of
from photocast.writing.pocket.material import Material
from photocast.writing.pocket.outline import Outline, Step
from photocast.writing.pocket.realise import Said, say
from photocast.writing.pocket.slots import Moment

REACTIONS = (
    "Mm.", "Okay.", "Right.", "Mm-hm.", "Sure.", "Huh.", "Yep.", "Fair.", "Go on.", "Uh-huh.", "Yeah.", "Oh.", "Ha.",
    "All right.", "Good.", "True.", "Oh dear.", "Really.", "Hm.", "Ah.", "I see.",
)  # fmt: skip
"""What people say to show that they listen. Each at most twice in a script, as far as possible."""
_ABOUT_PHOTOS = ("notice", "quarrel")
VARIANTS = 2520
"""Divisible by all numbers of alternatives up to ten, so that each is as likely."""
_KEEPS_FLOOR = 0.8
"""How often the host who holds the floor leads the next exchange. It makes shares unequal, as they are with people."""
_HANDS_OVER = 0.4
"""How often the floor changes hands when the album goes elsewhere."""
_PASSES = 0.75
"""How often the host who spoke last leaves the beginning of the next exchange to another."""
_JOINS = 0.65
"""How often two stretches by one host become one turn instead of being parted by a reaction."""

_WORTH_A_SOUND = 6
"""Words that make a turn worth a sound of listening."""
_BYSTANDS = 0.2
"""How often a host outside the exchange reacts to a turn of some length."""
_WORTH_A_WORD = 14
"""Words that make a turn worth reacting to from outside."""


class Beat(Record):
    """One exchange of the outline as it stands in the script, with all that is needed to say it again."""

    id: str
    purpose: str
    """Type and part: `notice main`, `thread turn`, `tangent later`."""
    bit: str
    part: int
    roles: dict[str, str]
    photo: str
    moment: str
    observation: str | None
    nth: int
    new_photo: bool
    variant: int
    """Which of the alternatives of its lines were taken."""
    said: tuple[str, ...]
    """The words of each line, an empty string for a line that was not said."""
    turns: tuple[str, ...]
    """For each line of the part the turn it went into; an empty string for a line that was not said."""


@dataclass
class Talk:
    """Turns as they come, joined while they are said."""

    said: list[Said]
    photos: list[tuple[str, ...]]

    def add(self, one: Said, photos: tuple[str, ...], reaction: Said | None) -> int:
        """Say something; the position of the turn it went into. `reaction` parts it from the same speaker's last."""
        if self.said and self.said[-1].speaker == one.speaker:
            if reaction is None:
                self.said[-1] = one.after(self.said[-1])
                self.photos[-1] = _union(self.photos[-1], photos)
                return len(self.said) - 1
            self.said.append(reaction)
            self.photos.append(())
        self.said.append(one)
        self.photos.append(photos)
        return len(self.said) - 1

    @property
    def must_pass(self) -> bool:
        """Whether somebody else has to speak now: the last turn asks, or was cut off."""
        return bool(self.said) and self.said[-1].text.endswith(("?", "—", "?”"))


@dataclass(frozen=True, slots=True)
class Performed:
    """A step as it was said: the words of each line and the position of the turn they went into."""

    step: Step
    moment: Moment
    variant: int
    lines: list[tuple[str, int] | None]


class Composer:
    """Says the steps of one outline."""

    def __init__(self, material: Material, members: Sequence[Member], rng: Random) -> None:
        self.material, self.members, self.rng = material, members, rng
        self.movers: list[str] = []
        self.reactions: Counter[str] = Counter()
        self.roles: dict[str, Mapping[str, str]] = {}
        self.floor = next((one.name for one in members if one.side == "keen"), members[0].name)

    def compose(self, outline: Outline) -> tuple[list[Turn], list[Beat]]:
        """Turns with their claims and photos, and the beats they come from."""
        talk = Talk([], [])
        places: list[Performed] = []
        here: int | None = None
        for step in outline.steps():
            moment = self._moment(step, talk, new_photo=step.focus.photo != here and step not in outline.before)
            variant = self.rng.randrange(VARIANTS)
            places.append(Performed(step, moment, variant, [*self._perform(step, moment, variant, talk)]))
            if step not in outline.before and step not in outline.after:
                here = step.focus.photo
        turns = [
            Turn(id=f"t{number:03d}", speaker=said.speaker, text=said.text, photos=photos, claims=said.claims)
            for number, (said, photos) in enumerate(zip(talk.said, talk.photos, strict=True), start=1)
        ]
        return turns, list(self._beats(places, turns))

    def _moment(self, step: Step, talk: Talk, *, new_photo: bool) -> Moment:
        roles = self.roles.get(step.bit.id) or self._roles(step, talk)
        self.roles[step.bit.id] = roles
        return Moment(self.material, step.focus, roles, self.rng, new_photo, self.movers)

    def _roles(self, step: Step, talk: Talk) -> Mapping[str, str]:
        """Who leads: whoever it belongs to, else mostly the one with the floor, but never against a question."""
        lead = step.lead
        if lead is None:
            names = [one.name for one in self.members]
            if step.focus.moment in ("gap", "change", "place") and self.rng.random() < _HANDS_OVER:
                self.floor = self.rng.choice([name for name in names if name != self.floor])
            others = [name for name in names if name != self.floor]
            lead = self.floor if self.rng.random() < _KEEPS_FLOOR else self.rng.choice(others)
            if talk.said and talk.said[-1].speaker == lead and (talk.must_pass or self.rng.random() < _PASSES):
                lead = self.rng.choice([name for name in names if name != lead])
        return roles_of(self.members, lead, None, self.rng)

    def _perform(self, step: Step, moment: Moment, variant: int, talk: Talk) -> Iterator[tuple[str, int] | None]:
        here = (self.material.photo(step.focus.photo).id,) if _is_about_its_photo(step) else ()
        # A sound of listening after two words, or before the last words of all, would only be in the way.
        wanted = step.part.name != "end" and bool(talk.said) and len(talk.said[-1].text.split()) >= _WORTH_A_SOUND
        for line in step.part.lines:
            said = say(line, moment, variant) if line.role in moment.roles else None
            if said is None or (line.invented and self.material.brief.playful == 0):
                yield None
                continue
            photos = here if not line.invented else ()
            reaction = self._reaction(talk, said) if wanted or talk.must_pass else None
            yield said.text, talk.add(said, _union(photos, self._claimed(said)), reaction)
            self._bystander(talk, moment)

    def _bystander(self, talk: Talk, moment: Moment) -> None:
        """With three hosts or more, the one who is not in the exchange lets themselves be heard now and then."""
        last = talk.said[-1]
        if "C" not in moment.roles or not last.text.endswith(".") or len(last.text.split()) < _WORTH_A_WORD:
            return
        if self.rng.random() < _BYSTANDS:
            bystanders = [moment.roles[role] for role in "CE" if role in moment.roles]
            talk.said.append(Said(self.rng.choice(bystanders), self._fresh_reaction(), ()))
            talk.photos.append(())

    def _fresh_reaction(self) -> str:
        fresh = [text for text in REACTIONS if self.reactions[text] < 1] or list(REACTIONS)
        text = self.rng.choice(fresh)
        self.reactions[text] += 1
        return text

    def _claimed(self, said: Said) -> tuple[str, ...]:
        """Photos behind claims about one or two of them; a count over the whole album points at none."""
        known = {one.id: one.photos[0] for one in self.material.facts.usable()}
        few = [claim.observations for claim in said.claims if len(claim.observations) <= 2]
        found = {known[one] for row in few for one in row if known.get(one) in self.material.position}
        return tuple(sorted(found)) if len(found) <= 2 else ()

    def _reaction(self, talk: Talk, said: Said) -> Said | None:
        if not talk.said or talk.said[-1].speaker != said.speaker:
            return None
        if not talk.must_pass and self.rng.random() < _JOINS:
            return None
        others = [one.name for one in self.members if one.name != said.speaker]
        return Said(self.rng.choice(others), self._fresh_reaction(), ())

    def _beats(self, places: Iterable[Performed], turns: Sequence[Turn]) -> Iterator[Beat]:
        for number, one in enumerate(places, start=1):
            step, focus = one.step, one.step.focus
            yield Beat(
                id=f"b{number:03d}",
                purpose=f"{step.bit.type} {step.part.name}",
                bit=step.bit.id,
                part=step.bit.parts.index(step.part),
                roles=dict(one.moment.roles),
                photo=self.material.photo(focus.photo).id,
                moment=focus.moment,
                observation=focus.observation.id if focus.observation else None,
                nth=focus.nth,
                new_photo=one.moment.new_photo,
                variant=one.variant,
                said=tuple(line[0] if line else "" for line in one.lines),
                turns=tuple(turns[line[1]].id if line else "" for line in one.lines),
            )


def _is_about_its_photo(step: Step) -> bool:
    """Whether the turns point at the photo: what is noticed there does, and so does a thread that takes it up."""
    if step.bit.type == "thread":
        return bool(step.part.on) or any("<next>" in line.text for line in step.part.lines)
    return step.bit.type in _ABOUT_PHOTOS and step.part.name == "main"


def _union(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *two)))
