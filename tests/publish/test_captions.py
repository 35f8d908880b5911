"""Every word is shown once, at its time, and what is written is read back by others as it was meant."""

import io
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from photocast.corpus.sources.cues import turns_of_subtitles
from photocast.publish.captions import Caption, captions, sub_rip, web_vtt
from photocast.publish.timed import visible_words
from photocast.publish.two_lines import LINE, two_lines
from photocast.schema import InputError, Script, Timeline
from publish.said import HELLO, TEXTS, said, shown, talks, visible

if TYPE_CHECKING:
    from tests.conftest import Golden

webvtt = pytest.importorskip("webvtt", reason="webvtt-py is not installed: pip install photocast[speech]")
AWKWARD = {
    "arrow": "It went --> that way --> and 00:00:01.000 --> 00:00:02.000 back.",
    "markup": "He said <b>no</b> & <v Theo>yes</v> &amp; {\\an8}left.",
    "emoji": "A dog 🐕‍🦺 and a family 👨‍👩‍👧‍👦 and a flag 🇵🇪 on the beach 🏖️, all of them in the sun, all day.",
    "long word": f"Before {'x' * 300} and after it some more words that are not as long.",
    "right to left": "זה הכלב שלנו על החוף, והוא רטוב מאוד. مرحبا، هذا كلبنا على الشاطئ؟ نعم، إنه مبتل جدا اليوم.",
    "lines": "One.\n\nTwo.\r\n\r\n3\n4\u2028Five\u0085six.",
    "numbers": "1984\n\n2\n\n1984 1984 1984 1984 1984 1984 1984 1984 1984 1984 1984 1984 1984 1984 1984",
    "unseen": "a\x00b \x1b[31mred\x1b[0m \u202eturned\u202c \ufeff end",
    "note": "NOTE this is no note\n\nSTYLE\n\nWEBVTT",
}


def test_time_is_shared_by_the_number_of_characters() -> None:
    first = "The first of two sentences is this one here, of sixty chars."
    second = "And the second one is half as."
    script, timeline = said(("Maya", f"{first} {second}", 10.0, 19.0, ()))
    assert (len(first), len(second)) == (60, 30)
    assert captions(script, timeline) == (
        Caption(10.0, 16.0, "Maya", "The first of two sentences is\nthis one here, of sixty chars."),
        Caption(16.0, 19.0, "Maya", second),
    )


def test_cuts_are_at_sentences_then_at_clauses() -> None:
    sentences = "I thought it was the car park. Maya thought that it was a hedge of some kind. It was the garden."
    assert [visible(one) for one in two_lines(sentences.split())] == [
        "I thought it was the car park.",
        "Maya thought that it was a hedge of some kind. It was the garden.",
    ]
    clauses = "When we had walked along the whole beach with everything we had, the dog lay down in the only shade."
    assert [visible(one) for one in two_lines(clauses.split())] == [
        "When we had walked along the whole beach with everything we had,",
        "the dog lay down in the only shade.",
    ]


def test_a_title_ends_no_sentence() -> None:
    text = "Everybody who was in the picture that day had come along to meet Mr. Smith and his very old dog."
    assert not any(piece.endswith("Mr.") for piece in two_lines(text.split()))


@pytest.mark.parametrize("text", ["Six.", "No", "x" * 300])
def test_a_short_turn_and_a_single_word_are_one_caption(text: str) -> None:
    script, timeline = said(("Maya", text, 1.0, 1.2, ()))
    assert captions(script, timeline) == (Caption(1.0, 1.2, "Maya", text),)


def test_a_turn_without_time_is_not_cut() -> None:
    script, timeline = said(("Maya", "word " * 100, 1.0, 1.001, ()))
    (only,) = captions(script, timeline)
    assert (only.start, only.end, len(only.text.split())) == (1.0, 1.001, 100)
    assert "00:00:01.000 --> 00:00:01.001" in web_vtt((only,))


def test_five_thousand_words() -> None:
    text = " ".join(f"word{number}{'.' if number % 17 == 0 else ''}" for number in range(5000))
    script, timeline = said(("Maya", text, 0.0, 2000.0, ()))
    found = captions(script, timeline)
    assert " ".join(visible(one.text) for one in found) == text
    assert max(len(line) for one in found for line in one.text.split("\n")) <= LINE
    assert max(one.end - one.start for one in found) < 2000 * 85 / len(text)
    assert len(webvtt.from_string(web_vtt(found), strict=True)) == len(found)


@given(TEXTS)
def test_pieces_hold_every_word_in_two_lines_that_fit(text: str) -> None:
    words = visible_words(text)
    pieces = two_lines(words)
    assert [word for piece in pieces for word in piece.split()] == words
    for line in (line for piece in pieces for line in piece.split("\n")):
        assert len(line) <= LINE or " " not in line
    assert all(piece.count("\n") <= 1 for piece in pieces)


@given(talks())
def test_every_word_once_in_order_within_its_cue(talk: tuple[Script, Timeline]) -> None:
    script, timeline = talk
    left = list(captions(script, timeline))
    for turn, cue in zip(script.turns, timeline.cues, strict=True):
        words = visible_words(turn.text)
        mine: list[Caption] = []
        while sum(len(one.text.split()) for one in mine) < len(words):
            mine.append(left.pop(0))
        assert [word for one in mine for word in one.text.split()] == words
        assert all(one.start < one.end and one.speaker == visible(turn.speaker) for one in mine)
        if mine:
            assert (mine[0].start, mine[-1].end) == (cue.start, cue.end)
            assert [one.end for one in mine[:-1]] == [one.start for one in mine[1:]]
    assert left == []


@given(talks())
def test_webvtt_is_read_back(talk: tuple[Script, Timeline]) -> None:
    made = captions(*talk)
    text = web_vtt(made)
    assert text.startswith("WEBVTT\n")
    assert text.count("-->") == len(made)
    read = webvtt.from_string(text, strict=True).captions
    assert [(unescape(one.voice), visible(unescape(one.text))) for one in read] == [row[2:] for row in shown(made)]
    _times_are_kept(read, made)


@given(talks())
def test_sub_rip_is_read_back(talk: tuple[Script, Timeline]) -> None:
    made = captions(*talk)
    text = sub_rip(made)
    assert text.count("-->") == len(made)
    read = webvtt.from_buffer(io.StringIO(text), format="srt").captions if made else []
    meant = [f"{row[2]}: {row[3]}".translate(str.maketrans("<>{}", "‹›()")) for row in shown(made)]
    assert [visible(one.text) for one in read] == meant
    _times_are_kept(read, made)


def _times_are_kept(read: list["webvtt.Caption"], made: tuple[Caption, ...]) -> None:
    starts = [one.start_time.in_milliseconds() for one in read]
    assert starts == sorted(starts)
    for one, (start, end, _, _) in zip(read, shown(made), strict=True):
        assert one.start_time.in_milliseconds() == start
        assert one.end_time.in_milliseconds() == max(end, start + 1)


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_awkward_texts_in_a_player(tmp_path: Path, form: str, text: str) -> None:
    """FFmpeg reads each caption with its time, and nothing of a text as a caption of its own."""
    av = pytest.importorskip("av", reason="av is not installed: pip install photocast[speech]")
    made = captions(*said(("Maya", text, 1.0, 21.0, ()), ("Theo", text, 22.5, 42.25, ())))
    path = tmp_path / f"captions.{form}"
    path.write_text(web_vtt(made) if form == "vtt" else sub_rip(made), encoding="utf-8")
    with av.open(str(path)) as file:
        packets = [one for one in file.demux(file.streams.subtitles[0]) if one.size]
    assert [(one.pts, one.pts + one.duration) for one in packets] == [row[:2] for row in shown(made)]
    said_there = [visible(bytes(one).decode()) for one in packets]
    if form == "vtt":
        assert [unescape(one) for one in said_there] == [f"<v {row[2]}>{row[3]}" for row in shown(made)]
    else:
        plain = str.maketrans("<>{}", "‹›()")
        assert said_there == [f"{row[2]}: {row[3]}".translate(plain) for row in shown(made)]


def test_no_markup_in_sub_rip() -> None:
    made = captions(*said(("Maya", AWKWARD["markup"], 0.0, 5.0, ())))
    assert "‹b›no‹/b› & ‹v Theo›yes" in visible(sub_rip(made))


def test_overlapping_captions_are_in_the_order_of_their_beginning() -> None:
    long = "This goes on for a while and is cut off before it ends. " * 4
    made = captions(*said(("Maya", long, 0.0, 12.0, ()), ("Theo", "Mm.", 1.0, 1.5, ())))
    assert [one.speaker for one in made][-1] == "Theo"
    assert [one.voice for one in webvtt.from_string(web_vtt(made)).captions][:2] == ["Maya", "Theo"]
    assert "\n\n2\n00:00:01,000 --> 00:00:01,500\nTheo: Mm.\n\n3\n" in sub_rip(made)


def test_hours() -> None:
    made = (Caption(3725.0426, 360000.5, "Maya", "Late."),)
    assert sub_rip(made) == "1\n01:02:05,043 --> 100:00:00,500\nMaya: Late.\n"
    assert "01:02:05.043 --> 100:00:00.500" in web_vtt(made)


def test_a_speaker_without_a_visible_name_has_no_voice() -> None:
    made = captions(*said(("\u200e", "Who?", 0.0, 1.0, ())))
    assert web_vtt(made) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nWho?\n"
    assert sub_rip(made) == "1\n00:00:00,000 --> 00:00:01,000\nWho?\n"


@pytest.mark.parametrize("name", ["--", "A --> B", "<b>", "R&B", "Ma ya\n\n-->", "שלמה", "🐕"])
def test_any_name_is_a_voice(name: str) -> None:
    made = captions(*said((name, "Me.", 0.0, 1.0, ())))
    (read,) = webvtt.from_string(web_vtt(made), strict=True).captions
    assert (unescape(read.voice), read.text) == (visible(name), "Me.")


def test_nothing_that_can_be_seen_is_no_caption() -> None:
    made = captions(*said(("Maya", "\x00\x1b", 0.0, 1.0, ())))
    assert (made, sub_rip(made), web_vtt(made)) == ((), "", "WEBVTT\n")


@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_the_corpus_reads_them_as_a_talk(form: str) -> None:
    script, timeline = said(*HELLO)
    made = captions(script, timeline)
    notes: list[str] = []
    turns = turns_of_subtitles(web_vtt(made) if form == "vtt" else sub_rip(made), form, notes.append)
    assert notes == []
    assert [turn.speaker for turn in turns] == [row[2] for row in shown(made)]


@pytest.mark.parametrize("other", [("t001",), ("t002", "t001"), ("t001", "t002", "t003")])
def test_the_timeline_of_another_script_is_refused(other: tuple[str, ...]) -> None:
    script, timeline = said(("Maya", "One.", 0.0, 1.0, ()), ("Theo", "Two.", 1.0, 2.0, ()))
    cues = tuple(timeline.cues[0].model_copy(update={"turn": name}) for name in other)
    with pytest.raises(InputError, match="photocast speak"):
        captions(script, timeline.model_copy(update={"cues": cues}))


def test_a_small_talk(golden: "Golden") -> None:
    made = captions(*said(*HELLO))
    golden.check("captions.vtt", web_vtt(made))
    golden.check("captions.srt", sub_rip(made))
