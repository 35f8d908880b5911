"""Character consistency: whether what is told of a character fits the character of the pictures, yes or no.

There are three ways to such a sample. People may have noted it. Or it is made in a pair: one sample says what the data
says, the answer is yes; the other has one thing in it from another story, the answer is no and what is wrong. What was
put in is either how the character looks in a picture, or its name in a sentence. Wrong ones say of themselves that they
are made.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from photocast.training.story.nouns import MOST_PICTURES, Draft, Lacks, Shown, VisualStory
from photocast.training.story.tasks.others import Others

YES = "yes"
NAME = "name"
"""What is wrong when a character is called otherwise."""


def consistency(story: VisualStory, others: Others, die: Random) -> Sequence[Draft] | Lacks:
    """The samples of a story: those that people noted, then pairs by look and pairs by name."""
    if len(story.frames) > MOST_PICTURES:
        return Lacks("too_many_pictures")
    asked = [*_noted(story), *_by_look(story, others, die), *_by_name(story, others, die)]
    drafts = [_draft(story, number, *one) for number, one in enumerate(asked)]
    return drafts or Lacks(_missing(story))


_Asked = tuple[tuple[int, ...], Mapping[str, object], str, str]
"""Pictures that are shown, values of the template, the answer, and what was put in."""


def no(attribute: str | None) -> str:
    """The answer when something is wrong: no, and what."""
    return f"no, {attribute}" if attribute else "no"


def _draft(
    story: VisualStory, number: int, shown: tuple[int, ...], values: Mapping[str, object], answer: str, made: str
) -> Draft:
    return Draft("consistency", story, number, shown, answer, {"pictures": len(shown), **values}, answer, made)


def _noted(story: VisualStory) -> Iterator[_Asked]:
    """What people say of the whole story."""
    for note in story.kept if story.whole else ():
        answer = YES if note.consistent else no(note.attribute)
        yield _all(story), _values(note.character, story.whole or "", about=note.attribute), answer, ""


def _by_look(story: VisualStory, others: Others, die: Random) -> Iterator[_Asked]:
    """A picture's description of a character that is in two pictures or more, right and with another look."""
    for name in story.names:
        at = story.find(name)
        look = _lasting(list(at.values()))
        described = [place for place, one in at.items() if any(attribute in look for attribute in one.look)]
        if len(at) < 2 or not described:
            continue
        place = die.choice(described)
        told = {attribute: value for attribute, value in at[place].look.items() if attribute in look}
        attribute = die.choice(sorted(told))
        other = others.look(attribute, told[attribute], story, die)
        if other is None:
            continue
        shown = tuple(at)
        picture = shown.index(place) + 1
        value, lender = other
        made = f"{attribute}: {value} (of {lender}) for {told[attribute]}"
        yield shown, _values(name, _described(told), picture=picture), YES, ""
        yield shown, _values(name, _described(told | {attribute: value}), picture=picture), no(attribute), made


def _lasting(seen: Sequence[Shown]) -> set[str]:
    """Attributes that never change: a coat may be put on in a story, and neither answer would then be right."""
    values: dict[str, set[str]] = {}
    for one in seen:
        for attribute, value in one.look.items():
            values.setdefault(attribute, set()).add(value.casefold())
    return {attribute for attribute, found in values.items() if len(found) == 1}


def _by_name(story: VisualStory, others: Others, die: Random) -> Iterator[_Asked]:
    """The story as people told it, and with another name in one sentence after the first that has the name.

    People's own telling is taken to keep its characters, unless they noted something else.
    """
    judged = {note.character.casefold() for note in story.kept}
    for name in story.names if story.texts else ():
        texts = list(story.texts or ())
        called = re.compile(rf"\b{re.escape(name)}\b")
        places = [place for place, text in enumerate(texts) if called.search(text)]
        other = others.name(story, die)
        if len(places) < 2 or name.casefold() in judged or other is None:
            continue
        place = die.choice(places[1:])
        stranger, lender = other
        swapped = [called.sub(stranger, text) if at == place else text for at, text in enumerate(texts)]
        made = f"{NAME}: {stranger} (of {lender}) for {name} at picture {place + 1}"
        yield _all(story), _values(name, " ".join(texts)), YES, ""
        yield _all(story), _values(name, " ".join(swapped)), no(NAME), made


def _all(story: VisualStory) -> tuple[int, ...]:
    return tuple(range(len(story.frames)))


def _values(character: str, telling: str, *, about: str | None = None, picture: int | None = None) -> dict[str, object]:
    return {"character": character, "telling": telling, "about": about, "picture": picture}


def _described(look: Mapping[str, str]) -> str:
    return "; ".join(f"{attribute}: {value}" for attribute, value in look.items())


def _missing(story: VisualStory) -> str:
    """Why there is no sample, as far as it goes."""
    if not story.names and not story.kept:
        return "no_character_noted"
    if story.kept and not story.whole:
        return "no_whole_story"
    if all(len(story.find(name)) < 2 for name in story.names) and not story.texts:
        return "no_character_twice"
    return "nothing_to_compare"
