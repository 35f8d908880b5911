"""The grammar of pocket keeps its own rules. `pytest tests/writing/test_grammar.py` is what its authors run."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from photocast.schema import concepts
from photocast.writing.cast import company
from photocast.writing.pocket.conditions import CONDITION_HELP
from photocast.writing.pocket.slots import SLOT_HELP
from photocast.writing.pocket.talk import STYLES, Bit, Line, TalkError, grammar, parse_talk

MOMENTS = {
    "person": {"here", "again", "somewhere"},
    "people": {"one", "two", "few", "group", "crowd"},
    "gap": {"minutes", "hours", "day", "days", "months", "years"},
    "light": {"dark", "low sun", "bright", "overcast", "artificial", "black and white"},
    "setting": {"indoors", "outdoors"},
    "change": {"indoors", "outdoors"},
    "time": {"morning", "midday", "afternoon", "evening", "night"},
    "season": {"spring", "summer", "autumn", "winter"},
    **{name: set() for name in ("sign", "name", "caption", "note", "place", "nothing", "photo")},
}
KINDS = {kind for concept in concepts().values() for kind in (concept.id, *concept.kinds)}
CLICHES = re.compile(
    r"not just|absolutely!|^exactly|so I was looking|this photo shows|captur\w+ the|journey\b.*\bjourney|testament|"
    r"tapestry|vibrant|bustling|heartwarming|memories to last",
    re.I,
)

BITS = grammar()


FILES = sorted({bit.where.partition(":")[0] for bit in BITS})


@pytest.fixture(params=FILES)
def bits(request: pytest.FixtureRequest) -> list[Bit]:
    return [bit for bit in BITS if bit.where.startswith(f"{request.param}:")]


def test_bits_use_only_words_that_mean_something(bits: list[Bit]) -> None:
    for bit in bits:
        for on in (*bit.on, *(on for part in bit.parts for on in part.on)):
            moment, _, tag = on.partition(" ")
            known = KINDS if moment in ("first", "again") else MOMENTS.get(moment)
            assert known is not None, f"{bit.where}: {on}: no such moment"
            assert tag == "any" or tag in known, f"{bit.where}: {on}: no such kind of {moment}"
        for when in (*bit.when, *(when for part in bit.parts for when in part.when)):
            assert _is_condition(when.removeprefix("not ")), f"{bit.where}: {when}: no such condition"
        assert set(bit.style) <= set(STYLES), bit.where
        if bit.by:
            assert bit.by in {member.trait for member in company()}, bit.where


def _is_condition(words: str) -> bool:
    word, _, argument = words.partition(" ")
    if not argument:
        return word in CONDITION_HELP
    return 0 <= float(argument) <= 1 if word == "playful" else word in ("with", "album", "theme") and argument in KINDS


def test_slots_stand_for_something(bits: list[Bit]) -> None:
    for bit, line in _lines(bits):
        for slot in re.findall(r"<([^<>]+)>", line.text):
            name, _, argument = slot.partition(" ")
            known = name in ("see", "tally") and argument in KINDS if argument else slot in SLOT_HELP or slot in "ABCKD"
            assert known, f"{bit.where}: <{slot}> in {line.text!r}"
        assert not re.search(r"\{[^{}|]*\}", line.text), f"{bit.where}: a choice of one: {line.text!r}"
        assert not re.search(r"\{[^{}]*\{", line.text), f"{bit.where}: a choice in a choice: {line.text!r}"


def _lines(bits: list[Bit]) -> Iterator[tuple[Bit, Line]]:
    return ((bit, line) for bit in bits for part in bit.parts for line in part.lines)


def test_exchanges_are_talk_between_people(bits: list[Bit]) -> None:
    for bit in bits:
        for part in bit.parts:
            lines = [line for line in part.lines if line.role not in "CE"]
            for before, after in pairwise(lines):
                assert before.role != after.role, f"{bit.where}: {before.role} speaks twice running: {after.text!r}"
            assert not part.lines[-1].text.endswith("—"), f"{bit.where}: nobody cuts off {part.lines[-1].text!r}"
            roles = {line.role for line in lines}
            assert roles <= set("AB") or roles <= set("KD"), f"{bit.where}: who is K when A and B talk?"


def test_lines_are_typeset_and_free_of_cliches(bits: list[Bit]) -> None:
    for bit, line in _lines(bits):
        assert not CLICHES.search(line.text), f"{bit.where}: {line.text}"
        assert not re.search(r"\.\.|--|\"| - |  ", line.text), f"{bit.where}: … — “ ” are meant: {line.text!r}"
        if line.invented:
            assert bit.type not in ("opening", "disclosure", "closing"), f"{bit.where}: the frame makes nothing up"


def test_the_manual_names_every_slot_and_condition() -> None:
    manual = (Path(__file__).resolve().parents[2] / "docs/talk.md").read_text("utf-8")
    for slot, means in SLOT_HELP.items():
        assert f"| `<{slot}>` | {means} |" in manual
    for condition, means in CONDITION_HELP.items():
        assert f"| `{condition}` | {means} |" in manual


def test_tangents_come_back() -> None:
    alone = [bit.where for bit in BITS if bit.type == "tangent" and not bit.named("later") and not bit.named("end")]
    assert not alone, "a tangent that never comes back was only a digression"


def test_every_trait_has_gags() -> None:
    gags = [bit.by for bit in BITS if bit.type == "gag"]
    for member in company():
        assert gags.count(member.trait) >= 2, f"{member.name} has nothing to say about {member.trait}"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("== notice\nA: hello", "x.talk:1: a bit opens with"),
        ("== novel one\nA: hello", "x.talk:1: a bit opens with"),
        ("== notice one\nmood: blue\nA: hello", "x.talk:2: expected a field"),
        ("== notice one\nA: hello\nhello", "x.talk:3: expected a line"),
        ("== notice one\nA: hello {a|b", "x.talk:2: { without }"),
        ("== notice one\non: first dog", "x.talk:1: one has no lines"),
        ("== notice one\n-- later; by: me\nA: hello", "x.talk:2: a part takes"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(TalkError, match=re.escape(complaint)):
        list(parse_talk(text, "x.talk"))
