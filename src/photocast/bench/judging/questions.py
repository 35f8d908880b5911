"""The questions of a panel: what is shown, in which order, and asked how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from photocast.bench.judging.blinding import Blinded, blinded, cut
from photocast.bench.judging.criteria import CONTROLS, GROUNDING, IDENTICAL, SHUFFLED, criterion, render
from photocast.bench.judging.pairs import Pair
from photocast.bench.judging.verdicts import VERDICTS, schema
from photocast.models import Image, Request
from photocast.models.asking import SAMPLING
from photocast.schema import UsageError

BEGIN = {"first": "=== First conversation ===", "second": "=== Second conversation ==="}
END = {"first": "=== End of the first conversation ===", "second": "=== End of the second conversation ==="}
"""Lines around the transcripts. No line of a transcript can look like one: each begins with `Speaker`."""

Order = Literal["AB", "BA"]
Pictures = Mapping[str, tuple[Image, ...]]
"""The prepared photos by item."""


@dataclass(frozen=True)
class Terms:
    """What a panel is asked.

    Attributes:
        criteria: names of the questions.
        repeats: how often each is asked.
        excerpt: words to which both transcripts are cut; None for whole ones.
        evidence: whether judges quote what they decide by.
        images: whether pictures are shown for every criterion, not only for grounding.
        identical: how many transcripts are compared with themselves.
        shuffled: whether grounding is also asked with the pictures of another item.
    """

    criteria: tuple[str, ...]
    repeats: int = 1
    excerpt: int | None = None
    evidence: bool = False
    images: bool = False
    identical: int = 0
    shuffled: bool = False

    def shows_pictures(self, name: str) -> bool:
        """Whether judges see pictures when they are asked this."""
        return self.images or CONTROLS.get(name, name) == GROUNDING


@dataclass(frozen=True)
class Question:
    """One question, whoever is asked."""

    item: str
    systems: tuple[str, str]
    order: Order
    criterion: str
    repeat: int
    texts: tuple[Blinded, Blinded]
    """In the order of the systems, not in that in which they are shown."""
    images: tuple[Image, ...] = ()

    @property
    def shown(self) -> tuple[Blinded, Blinded]:
        """The texts in the order in which they are shown."""
        return self.texts if self.order == "AB" else (self.texts[1], self.texts[0])

    def key(self, judge: str) -> tuple[object, ...]:
        """What `Vote.question` is of the vote on it."""
        return (self.item, self.systems, self.order, self.criterion, judge, "model", self.repeat)

    def request(self, *, structured: bool, evidence: bool) -> Request:
        """The question as a model gets it: what is the same for many questions first, so that it can be cached.

        Args:
            structured: whether the answer is held to a JSON schema; otherwise it is lines.
            evidence: whether quotes are asked for.
        """
        first, second = self.shown
        asked = criterion(self.criterion)
        words = render(
            "pair.jinja",
            first=first.text,
            second=second.text,
            question=asked.question,
            structured=structured,
            evidence=evidence,
            verdicts=list(VERDICTS),
            **{f"begin_{side}": line for side, line in BEGIN.items()},
            **{f"end_{side}": line for side, line in END.items()},
        )
        return Request(
            (*self.images, words),
            system=_system(self.criterion, pictures=bool(self.images)),
            sampling=replace(SAMPLING, seed=self.repeat),
            schema=schema(evidence=evidence) if structured else None,
            purpose=f"judge {self.criterion}",
        )


def again() -> str:
    """What is added where an answer could not be read."""
    return "\n" + render("again.jinja", verdicts=list(VERDICTS))


def questions(pairs: Sequence[Pair], terms: Terms, pictures: Pictures) -> list[Question]:
    """All questions of a panel: every pair in both orders under every criterion, as often as it is repeated; controls.

    Raises:
        UsageError: a criterion is not known, or needs pictures that are not there.
    """
    found = [
        Question(pair.item, pair.systems, order, name, repeat, texts, _pictures(pair.item, name, terms, pictures))
        for pair, texts in _blinded(pairs, terms)
        for name in terms.criteria
        for repeat in range(terms.repeats)
        for order in _orders()
    ]
    found += _identical(pairs, terms, pictures)
    if terms.shuffled:
        found += _shuffled(pairs, terms, pictures)
    return found


def _orders() -> tuple[Order, Order]:
    return "AB", "BA"


def _blinded(pairs: Sequence[Pair], terms: Terms) -> Iterator[tuple[Pair, tuple[Blinded, Blinded]]]:
    for pair in pairs:
        if terms.excerpt is None:
            yield pair, (blinded(pair.first.script), blinded(pair.second.script))
            continue
        first, second = cut(pair.first.script, pair.second.script, terms.excerpt)
        yield pair, (blinded(pair.first.script, first), blinded(pair.second.script, second))


def _pictures(item: str, name: str, terms: Terms, pictures: Pictures) -> tuple[Image, ...]:
    criterion(name)
    if not terms.shows_pictures(name):
        return ()
    if not pictures.get(item):
        why = f"{name} is asked with pictures, and there are none of {item}"
        raise UsageError("there are no pictures to show", why, "Name their folder with --albums, or ask without them")
    return pictures[item]


def _identical(pairs: Sequence[Pair], terms: Terms, pictures: Pictures) -> Iterator[Question]:
    """Transcripts beside themselves, of both systems by turns. Their two orders are one question."""
    for number, (pair, texts) in enumerate(_blinded(pairs[: terms.identical], terms)):
        text, system = texts[number % 2], pair.systems[number % 2]
        shown = _pictures(pair.item, IDENTICAL, terms, pictures)
        for repeat in range(terms.repeats):
            yield Question(pair.item, (system, system), "AB", IDENTICAL, repeat, (text, text), shown)


def _shuffled(pairs: Sequence[Pair], terms: Terms, pictures: Pictures) -> Iterator[Question]:
    """Every pair with the pictures of the next item; `a~b` is the transcripts of a with the pictures of b.

    Raises:
        UsageError: there is only one item.
    """
    items = list(dict.fromkeys(pair.item for pair in pairs))
    if len(items) < 2:
        raise UsageError("there are no other pictures", "only one item is judged", "Leave out --shuffled")
    other = dict(zip(items, [*items[1:], items[0]], strict=True))
    for pair, texts in _blinded(pairs, terms):
        item, strangers = f"{pair.item}~{other[pair.item]}", other[pair.item]
        shown = _pictures(strangers, SHUFFLED, terms, pictures)
        for repeat in range(terms.repeats):
            for order in _orders():
                yield Question(item, pair.systems, order, SHUFFLED, repeat, texts, shown)


@cache
def _system(name: str, *, pictures: bool) -> str:
    asked = criterion(name)
    return render("system.jinja", question=asked.question, look=asked.look, pictures=pictures)
