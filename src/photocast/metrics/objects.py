"""What is said to be in the photos, beside what is known to be in them: the vocabulary against the fact sheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from photocast.metrics.grounding import AgainstNull, against_null
from photocast.metrics.reading import plain_words, read, undefined
from photocast.schema import FactSheet, Kind, Observation, Script, concepts

_SEEN = (Kind.SUBJECT, Kind.SCENE)
"""What looking says in words of the vocabulary."""
_ANYTHING = "thing"
"""Says nothing of what it is, and stands in every other sentence."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing of the vocabulary that a text names."""

    concept: str
    first: int
    """Plain words of the text before it."""
    words: int


def find_mentions(text: str) -> list[Mention]:
    """The things of the vocabulary (`photocast.schema.concepts`) that an English text names, in their order.

    Singular or plural; of several that begin at a word the longest, and none inside another: `a hot dog` is a
    `hot dog` and no `dog`, `street lamps` is a `street lamp` and no `street`. A `thing` is none.
    """
    words = [word.removesuffix("'s") for word in plain_words(text)]
    forms, longest = _forms()
    found: list[Mention] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            concept = forms.get(tuple(words[at : at + length]))
            if concept is not None:
                found.append(Mention(concept, at, length))
                at += length - 1
                break
        at += 1
    return found


def hallucinated_object_share(script: Script, sheet: FactSheet) -> float:
    """Share of the things that are named of which the fact sheet knows nothing.

    Of the pairs of a turn and a thing of the vocabulary that it names, those without support over all. Only turns that
    are linked to a photo count, if any turn of the script is; otherwise all turns. A thing has support if a usable
    observation about any photo of the album is of it or of a kind of it (a dog that was seen supports `animal`, an
    animal does not support `dog`), or if a caption, a sign, a note, a keyword or another text of the sheet names it.

    Unit: share
    Direction: lower
    Source: CHAIR_i (Rohrbach et al., arXiv:1809.02156), with the fact sheet in place of people's annotations and the
    vocabulary of photocast in place of 80 COCO classes.
    Weakness: what the eyes missed counts as made up, and so do what hosts remember, compare and joke about beside a
    photo, and words of two meanings (a `watch`, a `train` of thought). It is far above the share of false statements,
    and compares scripts about the same sheets only. Things outside the vocabulary are not looked at.

    Raises:
        UndefinedMetric: no thing of the vocabulary is named in those turns, or another language is spoken.
    """
    _need_english(script)
    linked = [turn for turn in script.turns if turn.photos]
    named = [thing for turn in linked or script.turns for thing in {one.concept for one in find_mentions(turn.text)}]
    if not named:
        raise undefined("The share of hallucinated objects", "no thing of the vocabulary is named")
    supported = supported_concepts(sheet)
    return sum(thing not in supported for thing in named) / len(named)


def supported_concepts(sheet: FactSheet) -> frozenset[str]:
    """Every concept that a usable observation is of, or a kind of, or names in its words."""
    known = {concept for one in sheet.usable() for concept in _concepts_of(one)}
    return frozenset(known.union(*(concepts()[concept].kinds for concept in known)))


def fact_coverage(script: Script, sheet: FactSheet) -> float:
    """Share of the photos of which something that was seen is named.

    Of the photos in which looking found a thing or a scene of the vocabulary, those of which at least one is named
    anywhere in the script, by its own word or that of a wider kind (`animal` for a dog).

    Unit: share
    Direction: higher
    Source: this project.
    Weakness: a word covers every photo that it fits: one `dog` covers all photos of dogs. Wide words (`building`)
    cover much: report it minus its null (`fact_coverage_against_null`). Photos in which nothing was
    found do not count.

    Raises:
        UndefinedMetric: nothing of the vocabulary was seen in any photo, or another language is spoken.
    """
    _need_english(script)
    seen = _seen_by_photo(sheet)
    if not seen:
        raise undefined("Fact coverage", "nothing of the vocabulary was seen in any photo")
    named = {one.concept for turn in script.turns for one in find_mentions(turn.text)}
    covered = [any(named & {thing, *concepts()[thing].kinds} for thing in things) for things in seen.values()]
    return sum(covered) / len(covered)


def fact_coverage_against_null(script: Script, sheet: FactSheet, others: Sequence[FactSheet]) -> AgainstNull:
    """`fact_coverage` beside its mean on the fact sheets of albums that the script is not about.

    Raises:
        UndefinedMetric: it is undefined for the script's own sheet, or for all others, or there are none.
    """
    return against_null(fact_coverage(script, sheet), [partial(fact_coverage, script, other) for other in others])


def _seen_by_photo(sheet: FactSheet) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for one in sheet.usable():
        if one.kind in _SEEN and one.what in concepts():
            seen.setdefault(one.photos[0], set()).add(one.what)
    return seen


def _concepts_of(one: Observation) -> Iterable[str]:
    if one.what in concepts():
        return (one.what,)
    return (mention.concept for mention in find_mentions(one.what))


def _need_english(script: Script) -> None:
    read(script).english  # noqa: B018 - raises where the vocabulary does not apply


@cache
def _forms() -> tuple[dict[tuple[str, ...], str], int]:
    """Concepts by the words of their singular and plural, and the words of the longest."""
    forms = {
        tuple(plain_words(form)): name
        for name, concept in concepts().items()
        if name != _ANYTHING
        for form in (concept.id, concept.many)
        if form
    }
    return forms, max(len(words) for words in forms)
