"""Which lines of a transcript begin with the name of a speaker."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from photocast.schema.delivery import sound_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORDINARY = _words(
    "answer aside bonus bottom caution chapter conclusion correction date disclaimer duration edit episode example "
    "fact facts footnote from generation genre hint idea image images important length lesson link links list location "
    "model moral motto nb news note notes number option part photo photos picture plot point prompt ps question "
    "reminder result results rule sample scene score section source speakers spoiler step story style subject summary "
    "takeaway time tip title todo topic transcript trivia truth twist update url verdict warning web website word "
    "words"
)
"""Words that do not occur in the name of a speaker, so that a line which begins so, up to a colon, stays text."""

OPENERS = _words(
    "a also an and as at because but by finally first for he her here here's his how however i if in is it it's just "
    "last like look my next no okay on or our remember second see she so still that that's then there there's they "
    "third this to was we well what what's when where who why with yes you your"
)
"""Words that begin sentences, not names."""

SECTIONS = _words("break intro outro music sponsor sponsors ad advertisement interlude")
"""Labels without words behind them that mark a place in the recording, not a speaker."""

_ROLE = r"(?:speaker|host|co-?host|guest|interviewer|interviewee|narrator|moderator|presenter|person|voice|spk)"
_NUMBERED = re.compile(rf"{_ROLE}(?:[\s_#-]*(?:\d{{1,2}}|[A-Z]|one|two|three|four))?", re.IGNORECASE)
_TIME = r"(?>[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?\s*[-–]?\s*)(?![:：])"
_LEAD = re.compile(
    rf"\s*(?:(?:[-*>•]|\d{{1,3}}[.)])\s+)*(?:{_TIME})?(?:[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]+\s*)?"
)
"""Bullet or number, time mark, emblem."""
_COLON = r"[:：]"
_BOLD = re.compile(
    rf"(\*{{1,3}}|_{{1,3}})(?P<inner>[^*_].*?)\1\s*(?:[*_]*(?P<manner>\([^()]*\))[*_]*)?\s*(?P<colon>{_COLON})?\s*(?P<rest>.*)"
)
_BRACKET = re.compile(
    rf"\[(?P<inner>(?:\\.|[^\[\]\\])+)\](?!\()\s*(?P<manner>\([^()]*\))?\s*(?P<colon>{_COLON})?\s*(?P<rest>.*)"
)
_PLAIN = re.compile(rf"(?P<inner>[^:：]{{1,120}}?)\s*{_COLON}(?!//)(?P<rest>.*)")
_PARTICLES = _words("and da de del della der di du la le of the van von y & +")


class Strength(IntEnum):
    """How far the look of a line alone makes it a label."""

    WEAK = 1
    """Lower case, as in a chat log: needs every other paragraph to look the same."""
    NAMED = 2
    """Has the shape of a name: needs to recur, or to stand where all labels stand."""
    CERTAIN = 3
    """A role such as `Speaker 2`, or a name set in bold or brackets before a colon."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a line says about who speaks."""

    name: str
    rest: str
    """The text after the label, on the same line."""
    strength: Strength
    role: str | None = None
    """The role that the name was given with: `Host 1` in `Host 1 (Alex):`."""
    manner: str | None = None
    colon: bool = True
    literal: bool = False
    """Written in brackets before a colon: the name is taken as it stands, never put together with another."""


def find_labels(lines: Sequence[str]) -> dict[int, Label]:
    """The labels of a transcript by index of their line, decided over the whole of it.

    A line alone rarely tells: `Maya: hello` is a label, `Moral: never trust a map` is not. So every line that could
    be a label is collected first. Roles and marked names count at once; other names count when they recur; a name
    that occurs once counts when nothing in the file speaks against it (it stands where the other labels stand, and
    no stronger kind of label is used). Names that mean the same person get one spelling.
    """
    candidates = {at: label for at, line in enumerate(lines) if (label := label_on(line)) is not None}
    candidates = _of_one_form(candidates)
    certain = _names(label for label in candidates.values() if label.strength is Strength.CERTAIN)
    recurring = _recurring(candidates.values())
    paragraphs = {at for at, line in enumerate(lines) if line.strip() and (at == 0 or not lines[at - 1].strip())}
    if certain:
        accepted = certain | recurring
    elif recurring:
        accepted = recurring | _heard_once(candidates, recurring, paragraphs)
    else:
        accepted = _names(candidates.values()) if _every_paragraph_is_labelled(candidates, paragraphs) else set()
    return _one_spelling({at: label for at, label in candidates.items() if label.name.casefold() in accepted})


def _of_one_form(candidates: dict[int, Label]) -> dict[int, Label]:
    """Only the candidates with a colon, or only those in brackets without one: the form that more labels have."""
    likely = _names(label for label in candidates.values() if label.strength is Strength.CERTAIN)
    likely |= _recurring(candidates.values())
    forms = Counter(label.colon for label in candidates.values() if label.name.casefold() in likely)
    colon = forms[True] >= forms[False]
    return {at: label for at, label in candidates.items() if label.colon is colon}


def _names(labels: Iterable[Label]) -> set[str]:
    return {label.name.casefold() for label in labels}


def _recurring(labels: Iterable[Label]) -> set[str]:
    count = Counter((label.name.casefold(), label.colon) for label in labels if label.strength is Strength.NAMED)
    return {name for (name, _), times in count.items() if times >= 2}


def _heard_once(candidates: dict[int, Label], recurring: set[str], paragraphs: set[int]) -> set[str]:
    """The names that stand where all recurring ones do: at the beginning of a paragraph, if these always do."""
    spaced = all(at in paragraphs for at, label in candidates.items() if label.name.casefold() in recurring)
    return _names(
        label
        for at, label in candidates.items()
        if label.strength is Strength.NAMED and (at in paragraphs or not spaced)
    )


def _every_paragraph_is_labelled(candidates: dict[int, Label], paragraphs: set[int]) -> bool:
    """Whether the file is a conversation even though nothing recurs but, at most, a name in lower case."""
    if not candidates or not paragraphs <= candidates.keys():
        return False
    chat = len(_names(candidates.values())) < len(candidates)
    return chat or all(label.strength is not Strength.WEAK for label in candidates.values())


def label_on(line: str) -> Label | None:
    """What a line says about who speaks, judged by itself; none when it cannot be a label."""
    lead = _LEAD.match(line)
    text = line[lead.end() if lead else 0 :].strip()
    return _bold(text) or _bracket(text) or _plain(text)


def _bold(text: str) -> Label | None:
    match = _BOLD.fullmatch(text)
    if match is None:
        return None
    inner, colon = match["inner"].strip(), match["colon"]
    if not colon and inner.endswith((":", "：")):
        inner, colon = inner[:-1].rstrip(), ":"
    bracketed = re.fullmatch(r"\[(.+)\]", inner)
    inner = bracketed[1] if bracketed else inner
    label = _named(f"{inner} {match['manner'] or ''}", match["rest"], marked=True) if colon else None
    return label if label and len(label.name) <= 60 and not is_ordinary(label.name) else None


def _bracket(text: str) -> Label | None:
    match = _BRACKET.fullmatch(text)
    if match is None:
        return None
    if match["colon"]:
        return _bracket_with_colon(match["inner"], match["manner"], match["rest"])
    if sound_of(match["inner"]) or re.search(r"\d:\d", match["inner"]):
        return None
    label = _named(f"{match['inner']} {match['manner'] or ''}", match["rest"], marked=False)
    if label is None or label.strength is Strength.WEAK or is_ordinary(label.name):
        return None
    return replace(label, colon=False)


def _bracket_with_colon(inner: str, manner: str | None, rest: str) -> Label | None:
    """Read `[Alex]:`, the form that `print_transcript` falls back on; a backslash in it vouches for any name."""
    name = re.sub(r"\\(.)", r"\1", inner).strip()
    if "\\" not in inner and re.fullmatch(r".+\(.*\)", inner):
        return _named(inner, rest, marked=True)  # `[Alex (laughing)]:`
    if not name or ("\\" not in inner and is_ordinary(name)):
        return None
    return Label(name, rest, Strength.CERTAIN, manner=manner[1:-1].strip() if manner else None, literal=True)


def _plain(text: str) -> Label | None:
    match = _PLAIN.fullmatch(text)
    if match is None or (match["inner"][-1].isdigit() and match["rest"][:1].isdigit()):
        return None  # 10:30
    label = _named(match["inner"], match["rest"].strip(), marked=False)
    return label if label and not is_ordinary(label.name) else None


def _named(head: str, rest: str, *, marked: bool) -> Label | None:
    """Read `Host 1 (Alex)`, `Alex (laughing)`, `Alex (Host)`, `Alex`."""
    head = " ".join(head.split())
    match = re.fullmatch(r"(.+?)\s*[(（](.*)[)）]", head)
    name, inside = (match[1], match[2].strip()) if match else (head, "")
    manner = role = None
    if inside and (inside[0].islower() or sound_of(inside)):
        manner = inside
    elif inside and _NUMBERED.fullmatch(name):
        name, role = inside, name
    elif inside and _NUMBERED.fullmatch(inside):
        role = inside
    strength = _strength(name, marked=marked or role is not None)
    return Label(name, rest.strip(), strength, role=role, manner=manner) if strength else None


def _strength(name: str, *, marked: bool) -> Strength | None:
    if _NUMBERED.fullmatch(name):
        return Strength.CERTAIN
    if marked:
        return Strength.CERTAIN if re.search(r"\w", name) else None
    words = name.split()
    if not 1 <= len(words) <= 5 or len(name) > 40 or not re.fullmatch(r"[\w.'’&+\- ]+", name):
        return None
    if not name[0].isalpha() or re.search(r"[a-z]{4,}\.\s", name):  # `Hon. Mary Ng` is a name, `I see. Yes` is not
        return None
    if words[0] not in _PARTICLES and all(_is_part_of_name(word) for word in words):
        return Strength.NAMED
    return Strength.WEAK if len(words) == 1 and name.isalpha() else None


def is_role(name: str) -> bool:
    """Whether a name is a role with or without its number, such as `Speaker 2` or `Host`."""
    return _NUMBERED.fullmatch(name.rstrip(":：").strip()) is not None


def _is_part_of_name(word: str) -> bool:
    return not word[0].islower() or word in _PARTICLES or re.match(r"[a-z]{1,2}['’][A-Z]", word) is not None


def is_ordinary(name: str) -> bool:
    """Whether the words are such as begin a sentence, a note or a caption instead of naming a speaker."""
    words = [word.casefold().replace("’", "'").strip(".") for word in name.split()]
    return len(name) > 1 and (words[0] in OPENERS or any(word in ORDINARY for word in words))


def _one_spelling(labels: dict[int, Label]) -> dict[int, Label]:
    """Give `SPEAKER 1` and `Speaker 1`, `Host 1 (Alex)` and `Host 1`, one name each: the first spelling met."""
    name_of_role = {label.role.casefold(): label.name for label in labels.values() if label.role}
    spelling: dict[str, str] = {}
    result = {}
    for at, label in labels.items():
        if not label.literal:
            name = name_of_role.get(label.name.casefold(), label.name)
            label = replace(label, name=spelling.setdefault(name.casefold(), name))
        result[at] = label
    return result
