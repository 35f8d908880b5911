"""script.md: printed, edited by hand, read back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.schema import (
    Claim,
    Delivery,
    Provenance,
    Script,
    Source,
    Speaker,
    TranscriptError,
    Turn,
    parse_markdown,
    print_markdown,
)

BASE = Script(
    title="Dog at the beach",
    speakers=(Speaker(name="Maya", character="wants a beach", voice="a1"), Speaker(name="Theo", voice="b2")),
    turns=(
        Turn(id="t001", speaker="Maya", text="There's a dog in all of them.", photos=("p01", "p02"), claims=(
            Claim(start=8, end=13, source=Source.SEEN, observations=("p01.subject.dog",)),
            Claim(start=14, end=28, source=Source.SEEN, observations=("album.recurs.dog",)),
        )),
        Turn(id="t002", speaker="Theo", text="How many is all?", delivery=Delivery(manner="dryly", pause_before_ms=9)),
        Turn(id="t003", speaker="Maya", text="Six.", photos=("p06",), locked=True),
    ),
    provenance=Provenance(writer="pocket", writer_version="1", disclosure="Written by a machine."),
)  # fmt: skip
PRINTED = """\
# Dog at the beach

> Written by a machine.

- **Maya**: wants a beach
- **Theo**

---

**Maya:** There's a dog in all of them. <!-- t001 p01 p02 -->

**Theo (dryly):** How many is all? <!-- t002 -->

**Maya:** Six. <!-- t003 p06 locked -->
"""


def edit(*changes: tuple[str, str]) -> Script:
    text = PRINTED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_markdown(text, base=BASE)


def test_the_printed_form() -> None:
    assert print_markdown(BASE) == PRINTED


def test_an_untouched_file_changes_nothing() -> None:
    assert parse_markdown(PRINTED, base=BASE) == BASE
    assert parse_markdown("\ufeff" + PRINTED.replace("\n", "\r\n"), base=BASE) == BASE


def test_a_changed_text_keeps_what_can_be_found_again() -> None:
    turn = edit(("There's a dog in all", "Look, there's a dog in most")).turns[0]
    assert (turn.id, turn.photos) == ("t001", ("p01", "p02"))
    (claim,) = turn.claims
    assert turn.text[claim.start : claim.end] == "a dog"
    assert claim.observations == ("p01.subject.dog",)


def test_a_claim_is_not_found_inside_another_word() -> None:
    assert edit(("a dog in all of them.", "a dogma.")).turns[0].claims == ()


def test_without_anchors_turns_are_known_by_their_text() -> None:
    text = PRINTED.replace(" <!-- t001 p01 p02 -->", "").replace(" <!-- t003 p06 locked -->", "")
    assert parse_markdown(text, base=BASE) == BASE


def test_a_turn_written_by_hand_gets_a_free_id() -> None:
    script = edit(("**Theo (dryly):**", "Theo: Which dog?\n\n**Theo (dryly):**"))
    assert [(turn.id, turn.text) for turn in script.turns] == [
        ("t001", "There's a dog in all of them."),
        ("t004", "Which dog?"),
        ("t002", "How many is all?"),
        ("t003", "Six."),
    ]
    assert (script.turns[1].photos, script.turns[1].claims) == ((), ())


def test_of_two_turns_with_one_anchor_the_unchanged_keeps_the_id() -> None:
    copy = "**Maya:** There's a dog here. <!-- t001 p01 p02 -->\n\n"
    first, second, *_ = edit(("**Maya:** There's a dog in", copy + "**Maya:** There's a dog in")).turns
    assert (first.id, second) == ("t004", BASE.turns[0])
    assert first.photos == ("p01", "p02")
    assert [first.text[claim.start : claim.end] for claim in first.claims] == ["a dog"]


def test_two_turns_made_one_keep_the_photos_of_both() -> None:
    turn = edit(("\n\n**Theo (dryly):** How many is all? <!-- t002 -->\n\n**Maya:** Six.", "\n\nSix.")).turns[0]
    assert (turn.id, turn.text) == ("t001", "There's a dog in all of them. Six.")
    assert turn.photos == ("p01", "p02", "p06")
    assert len(turn.claims) == 2


def test_turns_can_be_moved_deleted_and_given_to_another() -> None:
    blocks = PRINTED.split("\n\n")
    moved = "\n\n".join([*blocks[:4], blocks[6], blocks[4].replace("Maya", "Theo")])
    script = parse_markdown(moved, base=BASE)
    assert [(turn.id, turn.speaker) for turn in script.turns] == [("t003", "Maya"), ("t001", "Theo")]
    assert script.turns[1].claims == BASE.turns[0].claims


def test_photos_manner_and_lock_follow_the_file() -> None:
    script = edit((" locked -->", " -->"), ("t001 p01 p02", "t001 p03 locked"), (" (dryly)", " (laughing)"))
    first, second, third = script.turns
    assert (first.photos, first.locked, third.locked) == (("p03",), True, False)
    assert second.delivery == Delivery(manner="laughing", pause_before_ms=9)


def test_title_and_cast_follow_the_file() -> None:
    script = edit(
        ("# Dog at the beach", "# Six dogs"),
        ("wants a beach", "wants lunch"),
        ("- **Theo**", "- **Theo**\n- **Ida**: barks"),
    )
    assert script.title == "Six dogs"
    assert script.speakers == (
        Speaker(name="Maya", character="wants lunch", voice="a1"),
        Speaker(name="Theo", voice="b2"),
        Speaker(name="Ida", character="barks"),
    )
    assert script.provenance == BASE.provenance


def test_head_may_be_deleted() -> None:
    turns_only = PRINTED.split("---\n")[1]
    assert parse_markdown(turns_only, base=BASE) == BASE


def test_notes_to_oneself_are_not_spoken() -> None:
    script = edit(
        ("Six. <!--", "Six. <!-- is it? --> <!--"), ("\n\n**Theo", "\n\n<!-- ask Ida -->\n> cut this?\n\n**Theo")
    )
    assert script == BASE


@pytest.mark.parametrize(
    ("old", "new", "line", "why", "do"),
    [
        ("**Theo (dryly):**", "**Teo:**", 12, "Teo is not in the cast (Maya, Theo)", "Correct the name"),
        ("Six. <", "<", 14, "Maya says nothing", "Write words"),
        ("t003 p06 locked", "t003 p6", 14, "<!-- t003 p6 -->", "t004 p02 p03"),
        ("<!-- t002 -->", "<!-- t002", 12, "does not end", "Close it"),
        ("**Theo (dryly):**", "## Part two\n\n**Theo:**", 12, "heading", "Delete it"),
        ("---\n", "---\n\nWelcome to the show.\n", 10, "nobody says", "Begin it with a name"),
        ("- **Theo**", "- **Theo**\n- **Maya**", 7, "twice", "Delete one"),
        (PRINTED.split("---\n")[1], "", 9, "none begins with a name", "at least one turn"),
    ],
)  # fmt: skip
def test_edits_that_cannot_be_meant_name_the_line(old: str, new: str, line: int, why: str, do: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        edit((old, new))
    assert f"line {line}" in caught.value.why
    assert why in caught.value.why
    assert do in caught.value.do


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
PIECES = st.sampled_from(
    ["**Maya:** ", "\nTheo: ", "<!-- t001 p01 -->", "\\<!--", "-->", "\n\n", "# ", "\n# x\n", "> ", "---", "*", "a dog"]
)
texts = (
    st.lists(PIECES | st.text(LETTERS, max_size=10), min_size=1, max_size=5)
    .map("".join)
    .filter(lambda text: text.split())
)
names = st.sampled_from(["Maya", "Theo", "Host 1 (Alex)", "**", "a: b", "\\", "#", ":", "- x"]) | st.text(
    LETTERS, min_size=1, max_size=10
).map(lambda text: " ".join(text.split())).filter(bool)
photos = st.lists(st.integers(1, 300).map("p{:02d}".format), max_size=3, unique=True).map(tuple)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    cast = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    turns = []
    for at in range(1, draw(st.integers(1, 5)) + 1):
        text = draw(texts)
        start = draw(st.integers(0, len(text) - 1))
        claim = Claim(start=start, end=draw(st.integers(start + 1, len(text))), source=Source.INVENTED)
        turns.append(
            Turn(
                id=f"t{at:03d}",
                speaker=draw(st.sampled_from(cast)),
                text=text,
                photos=draw(photos),
                claims=draw(st.sampled_from([(), (claim,)])),
                delivery=Delivery(
                    manner=draw(st.sampled_from([None, "laughing", "very, very quietly", "(odd) *one*"]))
                ),
                locked=draw(st.booleans()),
            )
        )
    speakers = tuple(Speaker(name=name, character=draw(st.none() | texts)) for name in cast)
    return Script(
        title=draw(st.text(LETTERS, max_size=15)), speakers=speakers, turns=tuple(turns), provenance=BASE.provenance
    )


@settings(deadline=None)
@given(scripts())
def test_what_is_printed_is_read_back(script: Script) -> None:
    assert parse_markdown(print_markdown(script), base=script) == script


@settings(deadline=None)
@given(scripts(), st.data())
def test_any_deleted_line_gives_a_script_or_an_error_with_a_line(script: Script, data: st.DataObject) -> None:
    lines = print_markdown(script).split("\n")
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    try:
        edited = parse_markdown("\n".join(lines), base=script)
    except TranscriptError as error:
        assert "line " in error.why  # noqa: PT017 - either outcome is right
    else:
        assert {turn.id for turn in edited.turns} <= {turn.id for turn in script.turns}
