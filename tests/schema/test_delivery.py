"""How a turn is said: names for manners, stress, and SSML read as what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.schema import (
    Delivery,
    Script,
    Speaker,
    TranscriptError,
    Turn,
    fingerprint,
    parse_markdown,
    parse_transcript,
    print_markdown,
    print_transcript,
)
from photocast.schema.delivery import MANNERS, SOUNDS, manner_of, names_only_a_manner, sound_of
from photocast.schema.markup import marked, unmarked
from photocast.schema.ssml import from_ssml


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("excited", "excited"),
        ("excitedly", "excited"),
        ("in a whisper", "whispering"),
        ("Whispers", "whispering"),
        ("in a very quiet voice", "quiet"),
        ("hesitating a little", "hesitant"),
        ("drily", "dry"),
        ("laughing", "laughing"),
        ("not excited", None),
        ("no longer whispering", None),
        ("as if he had read it in a very quiet book", None),
        ("purple", None),
        ("", None),
    ],
)
def test_a_manner_in_words_has_a_name(text: str, manner: str | None) -> None:
    assert manner_of(text) == manner


def test_every_name_names_itself() -> None:
    assert [manner_of(name) for name in MANNERS] == list(MANNERS)
    assert [sound_of(name) for name in SOUNDS] == list(SOUNDS)


def test_a_word_is_not_two_manners() -> None:
    words = [word for words in MANNERS.values() for word in words.split()]
    assert len(words) == len(set(words))


def test_other_words_beside_it_make_it_no_manner() -> None:
    assert names_only_a_manner("very quietly")
    assert not names_only_a_manner("fast food")


@pytest.mark.parametrize(
    ("line", "words", "delivery"),
    [
        ("(excited) It is a dog.", "It is a dog.", Delivery(manner="excited")),
        ("It is. [whispers] A dog.", "It is. A dog.", Delivery(manner="whispers")),
        ("It is [laughter] a dog (sighs).", "It is a dog.", Delivery(events=("laugh", "sigh"))),
        ("<laugh> It is.", "It is.", Delivery(events=("laugh",))),
        ("It is a (fast) dog.", "It is a (fast) dog.", Delivery()),
        ("It is *my* dog.", "It is *my* dog.", Delivery()),
        ("It <is> a < b.", "It <is> a < b.", Delivery()),
        ('<break time="1.5s"/>It is.', "It is.", Delivery(pause_before_ms=1500)),
        ('It <break strength="weak"/> is.', "It is.", Delivery()),
        ("It <emphasis>is </emphasis>so.", "It is so.", Delivery(emphasis=((3, 5),))),
        ('<prosody rate="-20%">It is.</prosody>', "It is.", Delivery(manner="slow")),
        ("It <emphasis>is so", "It is so", Delivery(emphasis=((3, 8),))),
        ("| It <emphasis>is</emphasis> so.", "It <emphasis>is</emphasis> so.", Delivery()),
    ],
)
def test_a_turn_of_a_transcript(line: str, words: str, delivery: Delivery) -> None:
    turn = parse_transcript(f"Maya: {line}\nLeo: No.\nMaya: Yes.\n").turns[0]
    assert (turn.text, turn.delivery) == (words, delivery)


@pytest.mark.parametrize(
    ("ssml", "words", "delivery"),
    [
        ("<speak><p><s>One.</s><s>Two &amp; three.</s></p></speak>", "One. Two & three.", Delivery()),
        ('<speak>Ask <sub alias="Doctor">Dr</sub> No.</speak>', "Ask Doctor No.", Delivery()),
        ('<speak>On <say-as interpret-as="date">1 May</say-as>.</speak>', "On 1 May.", Delivery()),
        ("<speak><desc>A dog barks.</desc>It <x:y>does</x:y>.</speak>", "It does.", Delivery()),
        ("<speak>3 &lt; 4 <![CDATA[& <b>]]></speak>", "3 < 4 & <b>", Delivery()),
        ('<prosody volume="x-soft">Hm.</prosody>', "Hm.", Delivery(manner="quiet")),
        ('<amazon:effect name="whispered">Hm.</amazon:effect>', "Hm.", Delivery(manner="whispering")),
        ('<mstts:express-as style="excited">Hm.</mstts:express-as>', "Hm.", Delivery(manner="excited")),
        ('<break time="200ms"/><break time="0.3s"/>Hm.', "Hm.", Delivery(pause_before_ms=500)),
        ("no tags &amp; no fuss", "no tags & no fuss", Delivery()),
        ("", "", Delivery()),
    ],
)
def test_ssml_is_words_and_delivery(ssml: str, words: str, delivery: Delivery) -> None:
    assert from_ssml(ssml) == (words, delivery)


VOICES = """<?xml version="1.0"?>
<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">
  <voice name="Maya">Is that a <emphasis level="strong">dog</emphasis>?</voice>
  <break time="300ms"/>
  <voice name='Leo &amp; Sons'><prosody rate="slow">It was.</prosody></voice>
  <voice name="Maya"><laugh/></voice><voice name="Maya">Good.</voice>
</speak>
"""


def test_a_transcript_in_ssml() -> None:
    script = parse_transcript(VOICES)
    assert [(turn.speaker, turn.text, turn.delivery) for turn in script.turns] == [
        ("Maya", "Is that a dog?", Delivery(emphasis=((10, 13),))),
        ("Leo & Sons", "It was.", Delivery(pause_before_ms=300, manner="slow")),
        ("Maya", "Good.", Delivery(events=("laugh",))),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<!DOCTYPE speak [<!ENTITY a "b">]><speak><voice name="A">&a;</voice></speak>', "definitions"),
        ('<speak>Who says this? <voice name="A">I.</voice></speak>', "nobody's"),
        ('<speak><voice name="A"><break/></voice></speak>', "no words"),
    ],
)
def test_ssml_that_cannot_be_read_says_why(text: str, what: str) -> None:
    with pytest.raises(TranscriptError, match=what):
        parse_transcript(text)


def test_stress_lies_in_the_text() -> None:
    with pytest.raises(ValueError, match="stressed from 3 to 9"):
        Turn(id="t001", speaker="A", text="It is.", delivery=Delivery(emphasis=((3, 9),)))


def script(turn: Turn) -> Script:
    return Script(title="Dog", speakers=(Speaker(name="A"),), turns=(turn,))


STRESSED = Turn(id="t001", speaker="A", text="It is my dog.", delivery=Delivery(emphasis=((3, 5), (6, 8))))


def test_an_edit_in_markdown_keeps_the_stress_on_words_that_are_still_there() -> None:
    base = script(STRESSED)
    page = print_markdown(base)
    assert parse_markdown(page, base=base) == base
    edited = parse_markdown(page.replace("It is my dog", "So it was my own dog"), base=base).turns[0]
    assert [edited.text[start:end] for start, end in edited.delivery.emphasis] == ["my"]


def test_a_script_of_before_sounds_as_it_did() -> None:
    """A fingerprint does not change when `Delivery` learns something that nobody uses; stress is heard."""
    plain = script(Turn(id="t001", speaker="A", text="It is my dog."))
    assert fingerprint(plain) == "a4dad766a22588813affbd00b64befe3"
    assert fingerprint(plain) != fingerprint(script(STRESSED))


TEXTS = st.text(st.sampled_from("ab <>/&;*()[]|\"'=\x01\x02\n") | st.characters(codec="utf-8"), min_size=1, max_size=60)


@given(TEXTS | st.builds("a {} b".format, st.sampled_from(["<break/>", "<laugh>", "</speak>", "<emphasis>x"])))
def test_a_text_with_tags_in_it_comes_back_as_it_was(text: str) -> None:
    if not text.strip():
        return
    words = " ".join(text.split())
    turns = (Turn(id="t001", speaker="Ada", text=words), Turn(id="t002", speaker="Leo", text="No."))
    base = Script(title="Dog", speakers=(Speaker(name="Ada"), Speaker(name="Leo")), turns=turns)
    assert parse_transcript(print_transcript(base)).turns[0].text == words


@given(TEXTS)
def test_reading_ssml_never_fails_and_stress_lies_in_its_words(text: str) -> None:
    words, delivery = from_ssml(f"<speak><emphasis>{text}</emphasis> {text}</speak>")
    assert words == " ".join(words.split())
    before = 0
    for start, end in delivery.emphasis:
        assert before <= start < end <= len(words)
        before = end


def test_marks_come_off_as_they_were_put_on() -> None:
    assert unmarked(marked("It is my dog.", ((3, 5), (6, 8)))) == ("It is my dog.", ((3, 5), (6, 8)))
