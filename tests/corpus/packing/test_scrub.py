"""Personal data, by examples."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.corpus.scrub import Replaced, Scrubber

HOSTS = ("Alice Miller", "José van der Berg")


def _scrubbed(text: str, *names: str, others: bool = False) -> tuple[str, Replaced]:
    scrubber = Scrubber(names, "key", [text], others=others)
    return scrubber(text), scrubber.replaced


def _name_of(name: str) -> str:
    """What a name becomes in these tests."""
    return _scrubbed(name, name)[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Thanks, Alice.", "Thanks, {0}."),
        ("Alice Miller is here, and so is José.", "{0} is here, and so is {1}."),
        ("That was Alice's idea, not Miller’s.", "That was {0}'s idea, not {0}’s."),
        ("ALICE! Jose van der Berg!", "{0}! {1}!"),
        ("I said alice, come in.", "I said {0}, come in."),
        ("Malice and Alicent are not meant.", "Malice and Alicent are not meant."),
        ("Person A met Alice.", "Person A met {0}."),
    ],
)
def test_names(text: str, wanted: str) -> None:
    scrubber = Scrubber(HOSTS, "key", [text])
    first, second = (scrubber(name) for name in HOSTS)
    assert first != second
    assert scrubber(text) == wanted.format(first, second)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Write to alice.m+pod@mail.example.co.uk, please.", "Write to someone@example.com, please."),
        ("It's alice dot miller at gmail dot com.", "It's someone at example dot com."),
        ("We met at Yahoo and ate dots.", "We met at Yahoo and ate dots."),
    ],
)
def test_mail(text: str, wanted: str) -> None:
    assert _scrubbed(text)[0] == wanted


@pytest.mark.parametrize(
    "number",
    [
        "555-867-5309",
        "(415) 555 2671",
        "1-800-555-0199",
        "+44 20 7946 0958",
        "867-5309",
        "020 7946 0958",
        "415.555.2671",
    ],
)
def test_telephone_numbers(number: str) -> None:
    assert _scrubbed(f"Call {number} now") == ("Call 555-0100 now", Replaced(phones=1))


@pytest.mark.parametrize(
    "text",
    [
        "from 2019-2020, or 1995 to 2005",
        "1,000,000 people and 3.14159",
        "on 2020-05-01 at 10:30",
        "version 10.4.2 of 1200 x 800",
        "it cost $100.2000",
        "32 45 67",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert _scrubbed(text) == (text, Replaced())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Find me on twitter.com/alice_m.", "Find me on example.com/someone."),
        ("https://www.instagram.com/alice.m/ has it", "example.com/someone has it"),
        ("I'm @alice_m there", "I'm @someone there"),
        ("https://example.org/@alice/posts", "example.com/someone"),
        ("see https://changelog.com/podcast/12", "see https://changelog.com/podcast/12"),
    ],
)
def test_accounts(text: str, wanted: str) -> None:
    assert _scrubbed(text)[0] == wanted


def test_counts() -> None:
    text = "Alice, Alice Miller, a@b.org, @alice, 555-867-5309"
    assert _scrubbed(text, *HOSTS)[1] == Replaced(names=2, emails=1, phones=1, accounts=1)


def test_people_who_are_introduced_are_replaced_only_if_asked() -> None:
    text = "My wife Greta says hi. Greta’s with Dr. Hale. Paris was nice."
    assert _scrubbed(text)[0] == text
    scrubbed, counts = _scrubbed(text, others=True)
    assert counts.names == 3
    assert "Greta" not in scrubbed
    assert "Hale" not in scrubbed
    assert "Paris was nice." in scrubbed


def test_nobody_gets_the_name_of_somebody_who_is_there() -> None:
    text = "Robin, Alex, Jamie, Casey, Jordan, Taylor, Morgan, Riley and Alice"
    assert _scrubbed(text, "Alice")[0].rpartition(" ")[2] not in text


def test_another_excerpt_gives_other_names() -> None:
    given = {Scrubber(["Alice"], f"key {number}", [])("Alice") for number in range(20)}
    assert len(given) > 5


@settings(max_examples=40)
@given(st.text())
def test_text_without_personal_data_stays(text: str) -> None:
    if not any(one.isdigit() or one == "@" or one in "./" for one in text) and " at " not in text:
        assert _scrubbed(text)[0] == text
