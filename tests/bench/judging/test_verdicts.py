"""Answers of judges: what is read, what is not, and whether what they quote is there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench.judging.criteria import PROMPTS, criteria, criterion, hashes
from photocast.bench.judging.verdicts import VERDICTS, Answer, check_quotes, read_answer, schema
from photocast.schema import UsageError

FIRST = 'Speaker 1: Is that a goat?\nSpeaker 2: It\'s a dog -- look at the "ears".'
SECOND = "Speaker 1: I counted four hats.\nSpeaker 2: Five, with mine."


def said(**fields: object) -> str:
    return json.dumps({"reason": "it flows", "verdict": "first better"} | fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (said(), 1),
        (said(verdict="second much better"), -2),
        (said(verdict="Second_Much-Better "), -2),
        ("```json\n" + said(verdict="equal") + "\n```", 0),
        ("I think the first one is better, but {who knows}.\n\n" + said(verdict="second better"), -1),
        (said() + "\n" + said(), 1),
        (json.dumps(json.loads(said()), indent=2), 1),
        ("Reason: it flows\nVerdict: first much better", 2),
        ("**Reason:** it flows\n**Verdict:** First better.", 1),
        ("- Verdict - : equal", 0),
        ("second better", -1),
        ("  `Equal`\n", 0),
    ],
)
def test_a_verdict_is_read_in_every_form_that_was_asked_for(text: str, expected: int) -> None:
    answer = read_answer(text)
    assert answer is not None
    assert answer.shown_first == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The first one is better, I would say.",
        "Both are fine.\nfirst better",
        said(verdict="A>B"),
        said(verdict=1),
        said(verdict=None),
        said(reason=["it", "flows"]),
        said(quotes="the dog"),
        said() + said(verdict="equal"),
        "Verdict: first better | equal",
        "Verdict: first better\nVerdict: second better",
        "Verdict: first better, I think",
        '{"reason": "it flows", "quotes": [',
        '{"verdict": ["first better"]}',
        "[" * 2000,
    ],
)
def test_a_verdict_that_would_have_to_be_guessed_is_none(text: str) -> None:
    assert read_answer(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_or_not_and_nothing_breaks(text: str) -> None:
    answer = read_answer(text)
    assert answer is None or answer.shown_first in VERDICTS.values()


def test_reason_and_quotes_of_both_forms() -> None:
    quotes = [
        {"conversation": "first", "quote": "Is that a goat?"},
        {"conversation": "SECOND", "quote": " four\n hats "},
        {"conversation": "third", "quote": "of neither"},
        {"conversation": "first", "quote": ""},
        "loose",
    ]
    expected = Answer(1, "it flows", (("first", "Is that a goat?"), ("second", "four hats")))
    assert read_answer(said(quotes=quotes)) == expected
    lines = 'Reason: it flows\nFirst: "Is that a goat?"\nSecond: four hats\nVerdict: first better'
    assert read_answer(lines) == Answer(1, "it flows", (("first", '"Is that a goat?"'), ("second", "four hats")))


@pytest.mark.parametrize(
    ("side", "quote", "found"),
    [
        ("first", "Is that a goat?", True),
        ("first", "“Is that  a\ngoat?”", True),
        ("first", "It’s a dog — look at the “ears”", True),
        ("first", "...that a goat", True),
        ("first", "goat?…", True),
        ("first", "is that a goat?", False),  # another letter
        ("first", "Is that goat?", False),
        ("first", "goat? It's a dog", False),  # two turns, with a label between them
        ("second", "Is that a goat?", False),  # said, but in the other one
        ("second", "...", False),
        ("second", '""', False),
    ],
)
def test_quotes_are_looked_up_word_for_word(side: str, quote: str, found: bool) -> None:
    answer = Answer(0, quotes=((side, quote),))  # type: ignore[arg-type]
    assert check_quotes(answer, FIRST, SECOND) == (([(side, quote)], []) if found else ([], [(side, quote)]))


def test_the_schema_asks_for_every_field_and_the_verdict_last() -> None:
    assert schema(evidence=False)["required"] == ["reason", "verdict"]
    assert schema(evidence=True)["required"] == ["reason", "quotes", "verdict"]
    assert schema(evidence=True)["properties"]["verdict"]["enum"] == list(VERDICTS)


def test_another_word_in_a_question_is_another_version() -> None:
    """A vote says with which version it was asked: raise PROMPTS when this fails, and write the hashes down anew."""
    assert PROMPTS == 1
    assert hashes() == {
        "criteria.toml": "4c06b725a1741ba8",
        "system.jinja": "6a8bae3ff9383b1c",
        "pair.jinja": "04254f303ef2fd15",
        "again.jinja": "1a3793e20507644e",
    }
    assert list(VERDICTS) == ["first much better", "first better", "equal", "second better", "second much better"]


def test_the_criteria_and_their_controls() -> None:
    assert list(criteria()) == ["flow", "reaction", "personality", "grounding", "overall"]
    assert criterion("grounding_shuffled") == criterion("grounding")
    with pytest.raises(UsageError, match="there is no criterion 'humour'"):
        criterion("humour")
