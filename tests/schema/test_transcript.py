"""Reading and printing transcripts, in every form met so far."""

import contextlib
import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photocast.schema import Delivery, Script, Speaker, TranscriptError, Turn, parse_transcript, print_transcript


def said(script: Script) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in script.turns]


TWO = [("Alex", "Look at that."), ("Sam", "Oh."), ("Alex", "I know."), ("Sam", "Do you?")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Alex: Look at that.\nSam: Oh.\nAlex: I know.\nSam: Do you?", id="line by line"),
        pytest.param("Alex: Look at that.\n\nSam: Oh.\n\nAlex: I know.\n\nSam: Do you?\n", id="paragraphs"),
        pytest.param("Alex:  \nLook at that.\n\nSam:  \nOh.\n\nAlex:\nI know.\n\nSam:\nDo you?", id="alone"),
        pytest.param("**Alex:** Look at that.\n\n**Sam:** Oh.\n\n**Alex:** I know.\n\n**Sam:** Do you?", id="bold"),
        pytest.param("**Alex**: Look at that.\n**Sam**: Oh.\n**Alex**: I know.\n**Sam**: Do you?", id="bold name"),
        pytest.param("__Alex:__ Look at that.\n__Sam:__ Oh.\n__Alex:__ I know.\n__Sam:__ Do you?", id="underlined"),
        pytest.param("[Alex] Look at that.\n[Sam] Oh.\n[Alex] I know.\n[Sam] Do you?", id="brackets"),
        pytest.param("[Alex]\nLook at that.\n\n[Sam]\nOh.\n\n[Alex]\nI know.\n\n[Sam]\nDo you?", id="brackets alone"),
        pytest.param("[Alex]: Look at that.\n[Sam]: Oh.\n[Alex]: I know.\n[Sam]: Do you?", id="brackets and colon"),
        pytest.param("Alex：Look at that.\nSam：Oh.\nAlex：I know.\nSam：Do you?", id="full width"),
        pytest.param("- Alex: Look at that.\n- Sam: Oh.\n- Alex: I know.\n- Sam: Do you?", id="list"),
        pytest.param(
            "> **Alex:** Look at that.\n>\n> **Sam:** Oh.\n>\n> **Alex:** I know.\n> **Sam:** Do you?", id="quoted"
        ),
        pytest.param(
            "[00:01] Alex: Look at that.\n[00:04] Sam: Oh.\n[00:05] Alex: I know.\n[1:00:06] Sam: Do you?", id="times"
        ),
        pytest.param(
            "\ufeffAlex: Look at that.\r\n\r\nSam: Oh.\r\n\r\nAlex: I know.\r\n\r\nSam: Do you?\r\n", id="BOM, CRLF"
        ),
        pytest.param("Alex: Look at that.\rSam: Oh.\rAlex: I know.\rSam: Do you?", id="CR"),
        pytest.param(
            "**Host 1 (Alex):** Look at that.\n\n**Host 2 (Sam):** Oh.\n\n**Alex:** I know.\n\n**Sam:** Do you?",
            id="roles first",
        ),
        pytest.param(
            "Host 1 (Alex): Look at that.\nHost 2 (Sam): Oh.\nHost 1: I know.\nHost 2: Do you?", id="roles after"
        ),
        pytest.param(
            "Alex (Host): Look at that.\nSam (Guest): Oh.\nAlex: I know.\nSam: Do you?", id="role in brackets"
        ),
        pytest.param(
            "Sure! Here is your podcast:\n\n```\nAlex: Look at that.\nSam: Oh.\nAlex: I know.\nSam: Do you?\n```",
            id="fenced, greeted",
        ),
        pytest.param(
            "Sample: x\nWord count: 9\n=====\n\nAlex: Look at that.\nSam: Oh.\nAlex: I know.\nSam: Do you?", id="header"
        ),
        pytest.param("1. Alex: Look at that.\n2. Sam: Oh.\n3. Alex: I know.\n4. Sam: Do you?", id="numbered"),
        pytest.param("🎙️ Alex: Look at that.\n🎤 Sam: Oh.\n🎙️ Alex: I know.\n🎤 Sam: Do you?", id="emblems"),
        pytest.param(
            "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nAlex: Look at that.\n\n2\n00:02.000 --> 00:04.000\nSam: Oh.\n\n"
            "3\n00:04.000 --> 00:05.000\nAlex: I know.\n\n4\n00:05.000 --> 00:06.000\nSam: Do you?",
            id="subtitles",
        ),
        pytest.param(
            "**Alex:** Look at that.\n\n**Sam:** Oh.\n\n**Alex:** I know.\n\n**Sam:** Do you?\n\n---\n\n*9 words*",
            id="closing remark",
        ),
        pytest.param("Alex: Look\nat that.\nSam: Oh.\nAlex: I\n\nknow.\nSam: Do you?", id="broken lines"),
    ],
)
def test_one_conversation_in_many_forms(text: str) -> None:
    script = parse_transcript(text)
    assert said(script) == TWO
    assert [speaker.name for speaker in script.speakers] == ["Alex", "Sam"]
    assert [turn.id for turn in script.turns] == ["t001", "t002", "t003", "t004"]


def test_headings_with_roles() -> None:
    script = parse_transcript(
        "# A day\n\n## Speaker 1\nLook.\n\n## Speaker 2:\nOh.\n\n## Part two\n\n## Speaker 1\nYes."
    )
    assert said(script) == [("Speaker 1", "Look."), ("Speaker 2", "Oh."), ("Speaker 1", "Yes.")]
    assert script.title == "A day"


def test_a_long_text_below_a_rule_is_spoken() -> None:
    script = parse_transcript("Alex: One.\nSam: Two.\nAlex: Three.\n\n---\n\n" + "word " * 100)
    assert script.words() == 103


def test_one_spelling_for_one_speaker() -> None:
    script = parse_transcript("SPEAKER 1: a\nSpeaker 2: b\nSpeaker 1: c\nspeaker 2: d")
    assert said(script) == [("SPEAKER 1", "a"), ("Speaker 2", "b"), ("SPEAKER 1", "c"), ("Speaker 2", "d")]


@pytest.mark.parametrize(
    "line",
    [
        "Here's the thing: nobody asked.",
        "Here’s the thing: nobody asked.",
        "It was 10:30 and the gate was shut.",
        "10:30 sharp, they said.",
        "https://example.org/a:b is where it is.",
        "See https://example.org for more",
        "Note: bring a coat.",
        "**Note:** bring a coat.",
        "Fun fact: it was a goat.",
        "Rule One: never trust a map.",
        "And then he said: no.",
        "She had one word for it: no.",
        "The list: bread, cheese, a goat.",
        "[the link](https://example.org) is in the notes: read it",
        "*Really* early: six.",
    ],
)
@pytest.mark.parametrize("names", [("Speaker 1", "Speaker 2"), ("Maya", "Theo")])
def test_a_line_with_a_colon_that_is_no_label_stays_text(names: tuple[str, str], line: str) -> None:
    one, two = names
    text = f"{one}: So.\n\n{two}: Go on.\n\n{one}:\nListen.\n{line}\n\n{two}: I see."
    assert said(parse_transcript(text)) == [(one, "So."), (two, "Go on."), (one, f"Listen. {line}"), (two, "I see.")]


def test_a_guest_who_speaks_once_is_heard() -> None:
    text = "Maya: Who's that?\n\nTheo: No idea.\n\nWaiter: Your bill.\n\nMaya: Oh.\n\nTheo: Pay him."
    assert [speaker.name for speaker in parse_transcript(text).speakers] == ["Maya", "Theo", "Waiter"]


def test_a_short_conversation_needs_no_recurrence() -> None:
    assert said(parse_transcript("Ann: hello there\nBob: hello")) == [("Ann", "hello there"), ("Bob", "hello")]


def test_chat_log_in_lower_case() -> None:
    assert said(parse_transcript("ann: hi\nbob: hey\nann: so")) == [("ann", "hi"), ("bob", "hey"), ("ann", "so")]


def test_names_in_other_scripts() -> None:
    script = parse_transcript("主持人：你好。\n嘉宾：你好！\n主持人：请坐。\nJosé Ángel：Hola")
    assert [speaker.name for speaker in script.speakers] == ["主持人", "嘉宾", "José Ángel"]


def test_names_with_particles_and_honorifics() -> None:
    text = "Hon. Mary Ng (Minister, Trade): Yes.\nDr. Jan van der Berg: No.\nHon. Mary Ng: Yes.\nMr. Luc d'Arc: No."
    names = [one.name for one in parse_transcript(text).speakers]
    assert names == ["Hon. Mary Ng", "Dr. Jan van der Berg", "Mr. Luc d'Arc"]


# Directions


@pytest.mark.parametrize(
    ("line", "text", "delivery"),
    [
        ("Alex (laughing): Stop.", "Stop.", Delivery(manner="laughing")),
        ("**Alex (very quietly):** Stop.", "Stop.", Delivery(manner="very quietly")),
        ("**Alex** *(laughing)*: Stop.", "Stop.", Delivery(manner="laughing")),
        ("**Alex:** _(quietly)_ Stop.", "Stop.", Delivery(manner="quietly")),
        ("Alex: Stop.\n(End of transcript)", "Stop.", Delivery()),
        ("**Alex** (laughing): Stop.", "Stop.", Delivery(manner="laughing")),
        ("Alex: (laughs) Stop.", "Stop.", Delivery(events=("laugh",))),
        ("Alex: [laughs] Stop.", "Stop.", Delivery(events=("laugh",))),
        (r"Alex: \[laughs\] Stop.", "Stop.", Delivery(events=("laugh",))),
        ("Alex: *sighs* Stop.", "Stop.", Delivery(events=("sigh",))),
        ("Alex: [softly] Stop.", "Stop.", Delivery(manner="softly")),
        ("Alex: (smiling) Stop.", "Stop.", Delivery(manner="smiling")),
        ("Alex: Stop [laughter] it.", "Stop it.", Delivery(events=("laugh",))),
        ("Alex: Stop (laughs), will you?", "Stop, will you?", Delivery(events=("laugh",))),
        ("Alex:\n(laughs)\nStop.", "Stop.", Delivery(events=("laugh",))),
        ("Alex: Stop\n[laughs]\nit.", "Stop it.", Delivery(events=("laugh",))),
        (r"Alex: \[00:12:30.14\] Stop [unintelligible 00:01:02.03] it.", "Stop it.", Delivery()),
        ("Alex: It was *music* to me (and to him).", "It was *music* to me (and to him).", Delivery()),
        ("Alex: (That was the other one.) Yes.", "(That was the other one.) Yes.", Delivery()),
        ("Alex: See [the page](https://example.org).", "See [the page](https://example.org).", Delivery()),
    ],
)
def test_directions_are_never_spoken(line: str, text: str, delivery: Delivery) -> None:
    turn = parse_transcript(f"{line}\nSam: Oh.\nAlex: I know.\nSam: Yes.").turns[0]
    assert (turn.text, turn.delivery) == (text, delivery)


@pytest.mark.parametrize("direction", ["(laughs)", "*laughter*", "**[Laughter]**", "[laughs]", "_Both laugh_"])
def test_a_direction_between_turns_belongs_to_the_next(direction: str) -> None:
    first, second, *_ = parse_transcript(f"Alex: One.\n\n{direction}\n\nSam: Two.\n\nAlex: Three.\n\nSam: Four.").turns
    assert (first.delivery, second.delivery) == (Delivery(), Delivery(events=("laugh",)))


def test_a_turn_without_words_leaves_its_sound_to_the_next() -> None:
    script = parse_transcript("Alex: One.\nSam: [laughs]\nAlex: Two.\nSam: Three.")
    assert [(turn.speaker, turn.delivery.events) for turn in script.turns] == [
        ("Alex", ()),
        ("Alex", ("laugh",)),
        ("Sam", ()),
    ]


def test_music_at_the_end_is_dropped() -> None:
    script = parse_transcript("**Alex:** One.\n\n**Sam:** Two.\n\n**[Outro music fades in.]**")
    assert said(script) == [("Alex", "One."), ("Sam", "Two.")]


def test_a_break_is_not_a_speaker() -> None:
    text = "**Ann Lee:** One.\n\n**Break:**\n\n**Bob Ray:** Two.\n\n**Break**: \\[45:06\\]\n\n**Ann Lee:** Three."
    assert said(parse_transcript(text)) == [("Ann Lee", "One."), ("Bob Ray", "Two."), ("Ann Lee", "Three.")]


# Titles


@pytest.mark.parametrize(
    "top",
    [
        "# A day out",
        "A day out\n=========",
        "**A day out**",
        "Title: A day out",
        '**Podcast Transcript: "A day out"**',
        "## A day out",
    ],
)
def test_title(top: str) -> None:
    script = parse_transcript(f"{top}\n\nAlex: One.\n\nSam: Two.\n\nAlex: Three.\n\nSam: Four.")
    assert (script.title, script.turns[0].text) == ("A day out", "One.")


def test_a_given_title_wins_and_none_is_named() -> None:
    assert parse_transcript("# A day out\nAlex: One.\nSam: Two.", title="Mine").title == "Mine"
    assert parse_transcript("Alex: One.\nSam: Two.").title == "Untitled conversation"


def test_a_row_of_equals_signs_between_turns_cuts_nothing() -> None:
    text = "Alex: One.\nSam: Two.\n=====\nAlex: Three.\nSam: Four."
    assert [words for _, words in said(parse_transcript(text))] == ["One.", "Two.", "Three.", "Four."]


# What cannot be read


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", "line 1", "no text"),
        (" \n\t\n\ufeff", "line", ""),
        ("# Only a title\n\n---\n", "line 1", "no text"),
        ("\n\nThe couple cut the cake.\nEverybody clapped.", "line 3", "does not begin with a name"),
        ("Note: buy milk", "line 1", "does not begin with a name"),
        ("[Image 1]: a bus\n\n[Image 2]: some tyres", "line 1", "does not begin with a name"),
        ("Subject: The day\nFrom: Ann\n\nWe went out.\n\nIt rained.", "line 1", "no name recurs"),
        ("First we went out: it rained.\n\nThen: nothing.", "line 1", "does not begin with a name"),
        ("Alex:\n\nSam:\n\nAlex:\n", "line 1", "no words follow"),
        ("Alex: [laughs]\nSam: (sighs)", "line 1", "no words follow"),
        ("word " * 100 + "\n\nAlex: One.\n\nSam: Two.\n\nAlex: Three.\n\nSam: Four.", "line 1", "100 words"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, where: str, why: str) -> None:
    with pytest.raises(TranscriptError) as caught:
        parse_transcript(text)
    assert where in caught.value.why
    assert why in caught.value.why
    assert caught.value.do


@settings(deadline=None)
@given(st.text(max_size=300) | st.text("AaB12 :：*_[]()#>-=|`\\\n\t…", max_size=60))
def test_any_text_is_a_script_with_words_or_an_error(text: str) -> None:
    try:
        script = parse_transcript(text)
    except TranscriptError as error:
        assert error.do  # noqa: PT017 - either outcome is right
    else:
        assert all(turn.text.strip() for turn in script.turns)


# Printing

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
AWKWARD = st.sampled_from(
    [
        "Maya: ",
        "Speaker 1: ",
        "\n",
        "\n\n",
        "\nTheo: ",
        "**Sam:** ",
        "[laughs] ",
        "(sighs) ",
        "*laughs*",
        "| ",
        "||",
        ": ",
        "：",
        "# ",
        "\n# Title\n",
        "====\n",
        "---\n",
        "\n====\n",
        "```\n",
        "\\",
        "\\[",
        "[",
        "]",
        "(",
        ")",
        "<!-- t001 -->",
        "10:30",
        "http://a.b",
        "> ",
        "- ",
        "[00:12] ",
        "“",
        "…",
        "words",
    ]
)
texts = (
    st.lists(AWKWARD | st.text(LETTERS, max_size=12), min_size=1, max_size=6)
    .map("".join)
    .filter(lambda text: text.split())
)
names = st.sampled_from(
    [
        "Maya",
        "Theo",
        "Speaker 1",
        "Speaker 2",
        "Note",
        "maya",
        "Image 1",
        "Host 1 (Alex)",
        "Alex",
        "Host 1",
        "Break",
        "Here's the thing",
        "a: b",
        "[x]",
        "(x)",
        "# x",
        "10:30",
        "**Bold**",
        "| x",
        "\\",
        "laughs",
        "主持人",
    ]
) | st.text(LETTERS, min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    cast = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    turns = draw(st.lists(st.tuples(st.sampled_from(cast), texts), min_size=1, max_size=6))
    return script_of(draw(st.text(LETTERS, max_size=20)), turns)


def script_of(title: str, turns: list[tuple[str, str]]) -> Script:
    return Script(
        title=title,
        speakers=tuple(Speaker(name=name) for name in dict.fromkeys(name for name, _ in turns)),
        turns=tuple(Turn(id=f"t{at:03d}", speaker=name, text=text) for at, (name, text) in enumerate(turns, start=1)),
    )


@settings(deadline=None)
@given(scripts())
@example(
    script_of(
        "A", [("Maya", "Theo: he said\nTheo: again"), ("Theo", "(laughs) is what they wrote"), ("Maya", "| a bar")]
    )
)
@example(script_of("A", [("Note", "a"), ("Image 1", "b"), ("Break", "c")]))
@example(script_of("A", [("ann", "a"), ("Ann", "b"), ("ANN", "c")]))
def test_what_is_printed_is_read_back(script: Script) -> None:
    again = parse_transcript(print_transcript(script))
    assert said(again) == [(name, " ".join(text.split())) for name, text in said(script)]
    assert again.speakers == script.speakers
    if script.title.split():
        assert again.title == " ".join(script.title.split())


def test_the_printed_form() -> None:
    script = Script(
        title="A day out",
        speakers=(Speaker(name="Maya"), Speaker(name="Theo")),
        turns=(
            Turn(id="t001", speaker="Maya", text="Look: a goat.\n\nTwo goats.", delivery=Delivery(events=("gasp",))),
            Turn(id="t002", speaker="Theo", text="[laughs] is what you wrote.", delivery=Delivery(manner="dryly")),
        ),
    )
    printed = "# A day out\n\nMaya: [gasp] Look: a goat. Two goats.\n\nTheo (dryly): | [laughs] is what you wrote.\n"
    assert print_transcript(script) == printed
    assert [turn.delivery for turn in parse_transcript(printed).turns] == [turn.delivery for turn in script.turns]


# Real transcripts

LABEL = re.compile(r"^(?:(Speaker \d):|\*\*(?:Host \d \()?(Alex|Sam|Jamie)\)?:\*\*)", re.MULTILINE)
COUNTED = {  # by hand, in the files
    ("01", "235b"): (27, 3), ("01", "32b"): (12, 3), ("02", "32b"): (27, 2), ("06", "235b"): (19, 4),
    ("10", "32b"): (9, 3), ("10", "235b"): (26, 4), ("15", "32b"): (15, 3), ("22", "235b"): (21, 2),
}  # fmt: skip


def paper(shared: Path) -> list[Path]:
    files = sorted((shared / "paper").glob("*/transcript_*.txt"))
    assert len(files) == 50
    return files


def test_the_transcripts_of_the_paper(shared: Path) -> None:
    for file in paper(shared):
        text = file.read_text("utf-8")
        body = text.split("=" * 60 + "\n")[1]
        labels = ["".join(groups) for groups in LABEL.findall(body)]
        script = parse_transcript(text)
        assert [turn.speaker for turn in script.turns] == labels, file
        assert [one.name for one in script.speakers] == list(dict.fromkeys(labels)), file
        assert not any(re.search(r"(Speaker|Host) \d\b.{0,9}:|\*\*", turn.text) for turn in script.turns), file
        spoken = LABEL.sub("", body)
        spoken = re.sub(
            r"\*\*Podcast Transcript.*\*\*|\*\*\[.*\]\*\*|\[(laughs|softly)\]|\((laughs|smiling)\)", "", spoken
        )
        assert " ".join(turn.text for turn in script.turns).split() == spoken.split(), file


def test_turns_and_speakers_counted_by_hand(shared: Path) -> None:
    for (sample, model), expected in COUNTED.items():
        (file,) = (shared / "paper").glob(f"sample_{sample}_*/transcript_{model}.txt")
        script = parse_transcript(file.read_text("utf-8"))
        assert (len(script.turns), len(script.speakers)) == expected, file


def test_the_four_with_named_hosts(shared: Path) -> None:
    titles = {}
    for sample in ("17", "18", "19", "20"):
        (file,) = (shared / "paper").glob(f"sample_{sample}_*/transcript_32b.txt")
        script = parse_transcript(file.read_text("utf-8"))
        titles[script.title] = [speaker.name for speaker in script.speakers]
        assert "music" not in script.turns[-1].text.lower()
    assert titles == {
        "Community Connections": ["Alex", "Sam"],
        "From Cozy Walls to Geothermal Wonders": ["Alex", "Jamie"],
        "The Art of Community": ["Alex", "Jamie"],
        "Running the City Lights": ["Alex", "Jamie"],
    }


def test_stories_are_not_dialogues(shared: Path) -> None:
    for file in sorted((shared / "paper").glob("*/human_story.txt")):
        with pytest.raises(TranscriptError):
            parse_transcript(file.read_text("utf-8"))


def test_changelog_markdown(shared: Path) -> None:
    cast = {
        "afk__away-from-keyboard-11": ["Tim Smith", "Adam Clark"],
        "friends__changelog--friends-79": ["Adam Stacoviak", "Techno Tim"],
        "gotime__go-time-222": ["Jerod Santo", "Toby Padilla", "Adam Stacoviak"],
        "jsparty__js-party-307": ["Amal Hussein", "chg", "Alex Russell"],
        "news__changelog-news-94": ["Jerod Santo"],
        "shipit__ship-it-77": ["Gerhard Lazu", "David Heinemeier Hansson"],
    }
    for name, speakers in cast.items():
        text = (shared / "transcripts" / "raw_md_samples" / f"{name}.md").read_text("utf-8")
        script = parse_transcript(text)
        assert [speaker.name for speaker in script.speakers] == speakers
        assert not any("\\[" in turn.text or "[laugh" in turn.text for turn in script.turns)


def test_meetings_written_out_as_transcripts(shared: Path) -> None:
    """Each meeting as `Name: text` lines: who talks is found again, with the affiliation in brackets left off."""
    with gzip.open(shared / "dialogue" / "qmsum" / "val.jsonl.gz", "rt", encoding="utf-8") as file:
        meetings = [json.loads(line)["meeting_transcripts"] for line in file]
    assert len(meetings) == 35
    for meeting in meetings:
        turns = [turn for turn in meeting if re.search(r"[A-Za-z]{3}", re.sub(r"\{.*?\}|\[.*?\]", "", turn["content"]))]
        script = parse_transcript(
            "\n".join(f"{turn['speaker']}: {' '.join(turn['content'].split())}" for turn in turns)
        )
        expected = [re.sub(r"\s*\(.*\)$", "", turn["speaker"]) for turn in turns]
        assert [turn.speaker for turn in script.turns] == expected


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["[a] ", "(laughs) ", "x (laughs) ", "*a ", "**a", "_ ", "[", "12:30 ", ": ", "\\["])
def test_long_and_strange_lines_are_read_in_no_time(piece: str) -> None:
    """A hundred thousand characters of what patterns stumble over; with backtracking this would take minutes."""
    with contextlib.suppress(TranscriptError):
        parse_transcript(f"Maya: go\nTheo: x {piece * 25_000}\nMaya: {piece * 25_000}\nTheo: y")
