"""The plan of a conversation: which bits, at which photos, who leads, and where things come back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from photocast.schema import Concept
from photocast.writing.pocket.material import Focus
from photocast.writing.pocket.repertoire import Repertoire, matches
from photocast.writing.pocket.talk import Bit, Part

_SALIENCE = {
    "note": 5.0, "person": 5.0, "caption": 4.5, "sign": 3.6, "place": 3.4, "first": 3.2, "gap": 3.0, "name": 2.6,
    "change": 2.4, "people": 1.9, "again": 1.8, "nothing": 1.6, "light": 0.9, "setting": 0.8, "season": 0.8,
    "time": 0.8, "photo": 0.4,
}  # fmt: skip
"""How much each moment asks to be talked about."""
_WORDS_A_STOP = 46
"""What an exchange about a photo takes at the least, to see how many photos there are words for."""
_FRAME = 0.45
"""Share of the words for the thread's beginning and end; opening, disclosure and closing take a third of it each."""
_STEPS_KEPT = 2
"""Steps of the thread for which words are kept back; an episode that drops its thread is a list."""
_SAID_ONCE = ("name", "sign", "caption", "note", "gap", "change", "place")
_ONE_STORY = 0.3
"""Playfulness from which an episode of some length has a story in it."""
_SOME_LENGTH = 380
_WORDS_A_STORY = 75
_TANGENT_WORDS = 260
"""Words of talk for each anecdote when the hosts are as playful as they may be."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a bit at its place in the conversation."""

    bit: Bit
    part: Part
    focus: Focus
    lead: str | None = None
    """Name of the host who leads, when the bit has to be somebody's."""


@dataclass
class Outline:
    """Steps before the first photo, at each photo, and after the last."""

    thread: Bit | None
    before: list[Step]
    at: list[list[Step]]
    after: list[Step] = field(default_factory=list)

    def steps(self) -> Iterator[Step]:
        """All of them in the order they are said."""
        yield from self.before
        for row in self.at:
            yield from row
        yield from self.after

    @property
    def words(self) -> int:
        """About how many words it will have."""
        return sum(step.part.words for step in self.steps())


class Planner:
    """Chooses steps for one draft."""

    def __init__(self, repertoire: Repertoire, words: int, rng: Random) -> None:
        self.repertoire, self.words, self.rng = repertoire, words, rng
        self.material, self.members, self.fits = repertoire.material, repertoire.members, repertoire.fits
        self.used: set[str] = set()
        self.stories = self._stories()
        self.left = {index: list(self.material.focuses(index)) for index in range(len(self.material.album.photos))}

    def outline(self, thread: Bit | None) -> Outline:
        """The whole plan: frame first, then one thing at each photo, then what fits beside it."""
        plan = Outline(thread, before=list(self._before(thread)), at=[[] for _ in self.material.album.photos])
        self._end(plan)
        self._visit(plan)
        if thread:
            self._hang(plan, thread, [part for part in thread.named("step") if not _once(part)])
        self._fill(plan)
        return plan

    def _stories(self) -> int:
        """How many anecdotes the hosts tell; words are kept back for them."""
        playful = self.material.brief.playful
        few = 1 if playful >= _ONE_STORY and self.words >= _SOME_LENGTH else 0
        return max(few, round(self.words / _TANGENT_WORDS * playful * self.rng.uniform(0.9, 1.5)))

    def _of(self, type: str) -> list[Bit]:
        return [bit for bit in self.repertoire.bits[type] if bit.id not in self.used]

    def _near(self, type: str, focus: Focus) -> list[tuple[Bit, float]]:
        return [(bit, near) for bit, near in self.repertoire.near(type, focus) if bit.id not in self.used]

    def _pick(self, found: Sequence[tuple[Bit, float]]) -> Bit | None:
        if not found:
            return None
        bits, weights = zip(*((bit, weight * bit.weight) for bit, weight in found), strict=True)
        chosen: Bit = self.rng.choices(bits, weights)[0]
        self.used.add(chosen.id)
        return chosen

    def _somewhere(self, index: int) -> Focus:
        return Focus("photo", ("any",), index)

    def thread(self) -> Bit | None:
        """A want that this album can answer or refuse; the more it asks of the album, the likelier."""
        start = self._somewhere(0)
        found = []
        for bit in self._of("thread"):
            if not self.repertoire.holds(bit.when, start):
                continue
            if not all(self.fits(part, bit, start) for part in bit.named("set")):
                continue
            if bit.named("turn") and not bit.named("miss") and not self._turns(bit):
                continue
            if _frame_words(bit) > _FRAME * self.words:
                continue
            found.append((bit, 1.0 + 2.5 * len(bit.when)))
        return self._pick(found)

    def _turns(self, bit: Bit) -> list[tuple[int, Part, Focus]]:
        """Where the thread's answer could come: the earliest photo after the first, the better the part the earlier."""
        found = []
        for index in range(len(self.left)):
            for part in bit.named("turn"):
                for focus in self.material.focuses(index):
                    if matches(part.on, focus) and self.fits(part, bit, focus):
                        found.append((index, part, focus))
        late = [one for one in found if one[0] > 0]
        return late or found

    def _before(self, thread: Bit | None) -> Iterator[Step]:
        start = self._somewhere(0)
        openings = [
            (bit, 1.0 + 2 * len(bit.when)) for bit in self._of("opening") if self.fits(bit.parts[0], bit, start)
        ]
        opening = self._pick(self._brief_enough(openings))
        keen = next((one.name for one in self.members if one.side == "keen"), None)
        if opening:
            yield Step(opening, opening.parts[0], start, keen)
        if self.material.brief.disclosure:
            found = [(bit, 1.0) for bit in self._of("disclosure") if self.fits(bit.parts[0], bit, start)]
            if chosen := self._pick(self._brief_enough(found)):
                yield Step(chosen, chosen.parts[0], start)
        if thread:
            for part in thread.named("set")[:1]:
                yield Step(thread, part, start, keen)

    def _brief_enough(self, found: Sequence[tuple[Bit, float]]) -> Sequence[tuple[Bit, float]]:
        """Those that leave room for the photos in a short episode; the shortest when none does."""
        brief = [(bit, weight) for bit, weight in found if bit.parts[0].words <= _FRAME / 3 * self.words]
        return brief or sorted(found, key=lambda row: row[0].parts[0].words)[:1]

    def _end(self, plan: Outline) -> None:
        """The thread's last words, or a closing."""
        last = self._somewhere(len(plan.at) - 1)
        thread = plan.thread
        ends = [part for part in (thread.named("end") if thread else ()) if thread and self.fits(part, thread, last)]
        if thread and ends:
            plan.after.append(Step(thread, self.rng.choice(ends), last))
            return
        found = [(bit, 1.0 + len(bit.when)) for bit in self._of("closing") if self.fits(bit.parts[0], bit, last)]
        if chosen := self._pick(self._brief_enough(found)):
            plan.after.append(Step(chosen, chosen.parts[0], last))

    def _visit(self, plan: Outline) -> None:
        """The thread's turn, then one exchange at each photo, or at the most telling ones when words are few."""
        if plan.thread:
            self._place_turn(plan, plan.thread)
            self._hang(plan, plan.thread, [part for part in plan.thread.named("step") if _once(part)])
        for index in self._stops(plan):
            if not plan.at[index]:
                self._notice(plan, index)

    def _place_turn(self, plan: Outline, thread: Bit) -> None:
        turns = self._turns(thread)
        if turns:
            earliest = min(index for index, _, _ in turns)
            index, part, focus = self.rng.choice([turn for turn in turns if turn[0] == earliest])
            plan.at[index].append(Step(thread, part, focus))
            self._done(focus)
            return
        last = self._somewhere(len(plan.at) - 1)
        misses = [part for part in thread.named("miss") if self.fits(part, thread, last)]
        if misses:
            plan.after.insert(0, Step(thread, self.rng.choice(misses), last))

    def _stops(self, plan: Outline) -> list[int]:
        """Positions to talk about, in order: all, or the most telling ones when words are few."""
        steps = plan.thread.named("step")[:_STEPS_KEPT] if plan.thread else ()
        kept = sum(part.words for part in steps) + self.stories * _WORDS_A_STORY
        room = max(1, (self.words - plan.words - kept) // _WORDS_A_STOP)
        every = list(range(len(plan.at)))
        if len(every) <= room:
            return every
        worth = {index: max(_SALIENCE.get(one.moment, 0.5) for one in self.left[index]) for index in every}
        fixed = {0, every[-1]} if room > 1 else {0}
        rest = sorted((index for index in every if index not in fixed), key=lambda index: (-worth[index], index))
        return sorted([*fixed, *rest[: max(0, room - len(fixed))]])

    def _notice(self, plan: Outline, index: int) -> bool:
        """One exchange about the thing at a photo that asks for it most, of the bits that fit it best."""
        recent = [step.focus.moment for row in plan.at[max(0, index - 2) : index] for step in row]
        ranked = sorted(
            self.left[index],
            key=lambda focus: -self.rng.uniform(0.6, 1.4) * _worth(focus) * 0.55 ** recent.count(focus.moment),
        )
        for focus in ranked:
            told = self._as_told(plan, focus)
            if told and (step := self._step("notice", told)):
                plan.at[index].append(step)
                self._done(focus)
                return True
        return False

    def _as_told(self, plan: Outline, focus: Focus) -> Focus | None:
        """A thing as listeners meet it: for the first time when nobody spoke of it yet, and that only once."""
        if focus.moment not in ("first", "again") or focus.concept is None:
            return focus
        if self._spoken_of(plan.at[: focus.photo + 1], focus.concept):
            return replace(focus, moment="again")
        if self._spoken_of(plan.at[focus.photo + 1 :], focus.concept):
            return None
        return replace(focus, moment="first")

    def _spoken_of(self, rows: Sequence[Sequence[Step]], concept: Concept) -> bool:
        told = [step.focus.concept for row in rows for step in row if step.bit.type != "tangent" and step.focus.concept]
        return any(one.is_a(concept.id) or concept.is_a(one.id) for one in told)

    def _step(self, type: str, focus: Focus) -> Step | None:
        chosen = self._pick([(bit, near * (1.0 + 0.5 * len(bit.when))) for bit, near in self._near(type, focus)])
        if not chosen:
            return None
        lead = next((one.name for one in self.members if one.trait == chosen.by), None)
        return Step(chosen, chosen.parts[0], focus, lead)

    def _done(self, focus: Focus) -> None:
        self.left[focus.photo] = [
            one
            for one in self.left[focus.photo]
            if one.observation is None or focus.observation is None or one.observation.id != focus.observation.id
        ]

    def _hang(self, plan: Outline, thread: Bit, parts: Sequence[Part]) -> None:
        """Steps of the thread, spread over the photos before its turn."""
        turn = next((index for index, row in enumerate(plan.at) for step in row if step.part.name == "turn"), None)
        stops = [index for index, row in enumerate(plan.at) if turn is None or index < turn]
        for part in parts:
            where = [index for index in stops if plan.at[index] or _once(part)]
            for index in self.rng.sample(where, len(where)):
                focuses = self.left[index] if _once(part) else self.material.focuses(index)
                focus = next((one for one in focuses if matches(part.on, one) and self.fits(part, thread, one)), None)
                if focus and plan.words + 20 < self.words:
                    plan.at[index].append(Step(thread, part, focus))
                    stops.remove(index)
                    if _once(part):
                        self._done(focus)
                    break

    def _fill(self, plan: Outline) -> None:
        """Anecdotes, quarrels, gags, second things at a photo, and what comes back, until the words are there."""
        for _ in range(self.stories):
            self._add(plan, "tangent")
        wishes: list[Callable[[Outline], bool]] = [lambda plan: self._add(plan, "gag")] * (1 if self.words < 500 else 2)
        wishes += [lambda plan: self._add(plan, "quarrel")] * max(1, self.words // 300)
        self.rng.shuffle(wishes)
        for wish in wishes:
            if plan.words < self.words * 0.82:
                wish(plan)
        self._bring_back(plan)
        tries = 0
        while plan.words < self.words * 0.84 and tries < 60:
            tries += 1
            if tries % 9 == 0:
                self._add(plan, self.rng.choice(("quarrel", "tangent", "gag")))
            else:
                stops = [index for index, row in enumerate(plan.at) if row] or [0]
                self._notice(plan, min(self.rng.sample(stops, len(stops)), key=lambda index: len(plan.at[index])))
            self._bring_back(plan)

    def _add(self, plan: Outline, type: str) -> bool:
        """A bit of a type at a photo that has room for it, not twice the same type in a row."""
        if type == "tangent" and self.material.brief.playful == 0:
            return False
        traits = {one.trait for one in self.members}
        stops = [index for index, row in enumerate(plan.at) if row and all(step.bit.type != type for step in row)]
        found: list[tuple[Bit, float, Focus]] = []
        for index in stops:
            for focus in self.material.focuses(index):
                for bit, near in self._near(type, focus):
                    story_after_story = _invents(bit.parts[0]) and any(_invents(step.part) for step in plan.at[index])
                    if (not bit.by or bit.by in traits) and not story_after_story:
                        found.append((bit, near / (1 + len(plan.at[index])), focus))
        if not found:
            return False
        bit, _, focus = found[self.rng.choices(range(len(found)), [near * bit.weight for bit, near, _ in found])[0]]
        self.used.add(bit.id)
        lead = next((one.name for one in self.members if one.trait == bit.by), None)
        plan.at[focus.photo].append(Step(bit, bit.parts[0], focus, lead))
        return True

    def _bring_back(self, plan: Outline) -> None:
        """`later` parts of what was said, at least one photo with talk after it; the best `end` goes to the end."""
        back = {step.bit.id for step in plan.steps() if step.part.name == "later"}
        for index, row in enumerate(list(plan.at)):
            for step in list(row):
                if step.part.name == "main" and step.bit.id not in back and step.bit.named("later"):
                    self._later(plan, index, step)
        if not any(step.part.name == "end" and step.bit.type != "thread" for step in plan.after):
            self._last_word(plan)

    def _later(self, plan: Outline, index: int, step: Step) -> None:
        if plan.words > self.words * 0.96:
            return
        for part in step.bit.named("later"):
            for later in range(index + 1, len(plan.at)):
                gone = sum(bool(row) for row in plan.at[index + 1 : later])
                if not plan.at[later] or (gone < 1 and later < len(plan.at) - 1):
                    continue
                for focus in (*self.material.focuses(later),):
                    place = replace(step.focus, photo=later) if not part.on else focus
                    if (not part.on or matches(part.on, focus)) and self.fits(part, step.bit, place):
                        plan.at[later].append(Step(step.bit, part, place, step.lead))
                        return
                    if not part.on:
                        break

    def _last_word(self, plan: Outline) -> None:
        candidates = [
            (step, part)
            for row in plan.at[: max(1, len(plan.at) - 1)]
            for step in row
            for part in step.bit.named("end")
            if step.bit.type != "thread" and self.fits(part, step.bit, step.focus)
        ]
        if candidates:
            step, part = self.rng.choice(candidates)
            plan.after.append(Step(step.bit, part, step.focus, step.lead))


def _frame_words(thread: Bit) -> int:
    """Words of the parts of a thread that are said whatever the photos are."""
    return sum(max((part.words for part in thread.named(name)), default=0) for name in ("set", "miss", "end"))


def _once(part: Part) -> bool:
    """Whether a part says what is said once: words that came with a photo, a gap, a change, a place."""
    return any(on.partition(" ")[0] in _SAID_ONCE for on in part.on)


def _invents(part: Part) -> bool:
    return any(line.invented for line in part.lines)


def _worth(focus: Focus) -> float:
    worth = _SALIENCE.get(focus.moment, 0.5)
    if focus.observation:
        worth *= 0.5 + focus.observation.confidence / 2
    if focus.moment == "again":
        worth /= focus.nth**0.4
    if focus.moment == "gap" and "minutes" in focus.tags:
        worth *= 0.25
    return worth
