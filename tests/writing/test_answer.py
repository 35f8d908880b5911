"""What models write, in the forms they write it, and the turns that come of it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photocast.schema import parse_transcript
from photocast.schema.directions import read_speech
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.said import Said, SaidClaim, host_named

CAST = ("Mara Keller", "Theo")
TALK = [("Mara Keller", "Is that the dog?"), ("Theo", "That is the sea."), ("Mara Keller", "Then where is the dog?")]


def read(*pieces: str, cast: Sequence[str] = CAST, whole: bool = True) -> list[Said]:
    answer = Answer(cast)
    said = [one for piece in pieces for one in answer.feed(piece)]
    return [*said, *answer.close(whole=whole)]


def spoken(*pieces: str, cast: Sequence[str] = CAST, whole: bool = True) -> list[tuple[str, str]]:
    return [(one.speaker, one.text) for one in read(*pieces, cast=cast, whole=whole)]


def in_lines(form: str, names: Sequence[str] = CAST) -> str:
    """The talk with its labels in that form: `{0}` the name, `{1}` the words, `{n}` the number of the host."""
    name = dict(zip(CAST, names, strict=True))
    number = {one: index for index, one in enumerate(CAST, start=1)}
    return "\n".join(form.format(name[who], words, n=number[who]) for who, words in TALK)


def in_json() -> str:
    claim = {"words": "the dog", "source": "seen", "facts": ["p01.subject.dog"]}
    turns = [{"speaker": who, "text": words, "photos": ["p01"], "claims": [claim]} for who, words in TALK]
    return json.dumps({"turns": turns}, indent=1)


LINES = [
    "{0}: {1}",
    "{0}： {1}",
    "{0}:{1}\n",
    "**{0}:** {1}",
    "**{0}**: {1}\n",
    "__{0}__: {1}",
    "[{0}] {1}",
    "[{0}]: {1}",
    "{0}:\n{1}\n",
    "**{0}:**\n{1}\n",
    "**{0}**\n{1}\n",
    "## {0}\n\n{1}\n",
    "### Speaker {n}\n{1}",
    "Speaker {n}: {1}",
    "SPEAKER_{n}: {1}",
    "**Host {n}:** {1}",
    "Host {n} ({0}): {1}",
    "**Host {n} ({0}):** {1}",
    "{0} (Host {n}): {1}",
    "- {0}: {1}",
    "* **{0}:** {1}",
    "> {0}: {1}",
    "3. {0}: {1}",
    "[00:12] {0}: {1}",
    "🎙 {0}: {1}",
]


@pytest.mark.parametrize("form", LINES)
def test_lines_in_every_form(form: str) -> None:
    assert spoken(in_lines(form)) == TALK


@pytest.mark.parametrize("names", [("MARA KELLER", "THEO"), ("Mara", "Theo"), ("mara keller", "theo")])
@pytest.mark.parametrize("form", ["{0}: {1}", "**{0}**: {1}", "{0}:\n{1}"])
def test_hosts_are_known_by_a_first_name_and_in_any_capitals(form: str, names: tuple[str, str]) -> None:
    assert spoken(in_lines(form, names)) == TALK


def test_a_first_name_that_two_hosts_share_means_neither() -> None:
    assert [who for who, _ in spoken("Anna: one\nTheo: two", cast=("Anna Lee", "Anna May", "Theo"))] == ["Anna", "Theo"]


@pytest.mark.parametrize("name", ["2Pac", "anna: the cook", "Dr. No (the cat)", "小明", "Ζωή"])
def test_hosts_with_names_that_look_like_none(name: str) -> None:
    said = spoken(f"{name}: what is it?\nTheo: a cat\n{name}: ah", cast=(name, "Theo"))
    assert said == [(name, "what is it?"), ("Theo", "a cat"), (name, "ah")]


@pytest.mark.parametrize(
    "text",
    [
        in_json(),
        json.dumps(json.loads(in_json())["turns"]),
        f"```json\n{in_json()}\n```",
        f"Sure! Here is the conversation:\n\n```json\n{in_json()}\n```\nWould you like it “funnier”?",
        f"Output: {in_json()}",
        f"Output: ```json\n{in_json()}```",
        f"JSON: [ {in_json()} ]",
        "\n".join(json.dumps(turn) for turn in json.loads(in_json())["turns"]),
        in_json()[: in_json().rindex("]")],
        f'<think>{{"a": 1}} Theo: no</think>{in_json()}',
        f"\ufeff{in_json()}".replace("\n", "\r\n"),
    ],
    ids="whole list fence remark label labelled_fence listed lines no_end thought windows".split(),  # noqa: SIM905
)
def test_json_in_every_form(text: str) -> None:
    said = read(text)
    assert [(one.speaker, one.text) for one in said] == TALK
    assert {one.photos for one in said} == {("p01",)}
    assert {one.claims for one in said} == {(SaidClaim("the dog", "seen", ("p01.subject.dog",)),)}


def test_json_that_was_announced_and_never_came() -> None:
    assert spoken(f"Here is the JSON you asked for:\n\n{in_lines('{0}: {1}')}") == TALK
    assert spoken(f'{{"format": "dialogue"}}\n\n{in_lines("{0}: {1}")}') == TALK


def test_json_is_forgiven() -> None:
    turns = [
        {"speaker": "speaker 2", "text": "Theo: the label\nonce more [p02]", "photos": ["P01", "photo 3", 7]},
        {"speaker": "Mara", "text": " ", "photos": []},
        {"speaker": "Mara", "text": None},
        {"text": "by nobody"},
        "not an object",
        {"speaker": "Mara", "text": 'a {brace}, a "quote", a \\ and a 🐕', "claims": ["no claim", {"words": 3}]},
    ]
    text = json.dumps(turns).replace("\\n", "\n")
    first, second = read(text)
    assert (first.speaker, first.text, first.photos) == ("Theo", "the label once more", ("p01", "p03", "p02"))
    assert second == Said("Mara Keller", 'a {brace}, a "quote", a \\ and a 🐕')


def test_half_an_emoji_becomes_text_that_a_file_can_hold() -> None:
    (one,) = read(r'{"speaker": "Theo", "text": "look \ud83d there \ud83d\ude00"}')
    assert one.text == "look \N{REPLACEMENT CHARACTER} there 😀"


def test_turns_that_replace_others_keep_their_id() -> None:
    (one,) = read('{"turns": [{"id": "t004", "speaker": "Theo", "text": "otherwise"}]}')
    assert (one.id, one.speaker, one.text) == ("t004", "Theo", "otherwise")


def test_turns_in_lines_come_with_their_id_too() -> None:
    said = read("t003 Mara: “It’s late: go home.”\n**t004** (Theo): No. [p02]\nt005: —and so on.\n- t006 – Fine.")
    assert [(one.id, one.speaker, one.text) for one in said] == [
        ("t003", "Mara Keller", "“It’s late: go home.”"),
        ("t004", "Theo", "No."),
        ("t005", "", "—and so on."),
        ("t006", "", "Fine."),
    ]
    assert said[1].photos == ("p02",)


@pytest.mark.parametrize(
    ("label", "host"),
    [
        ("Ann", "Ann"),
        ("ann lee", "Ann Lee"),
        ("Dr.", None),  # two are called so
        ("Host 2", "Ann"),
        ("Co-host 2", "Ann"),
        ("speaker_1", "Ann Lee"),
        ("Guest B", "Ann"),
        ("Speaker 5", None),
        ("Speaker 0", None),
        ("Person 2", "Ann"),
        ("Person B", None),  # stands for somebody in the photos
        ("Narrator", None),
        ("", None),
    ],
)
def test_which_host_a_label_means(label: str, host: str | None) -> None:
    assert host_named(label, ("Ann Lee", "Ann", "Dr. May", "Dr. Ola")) == host


def test_names_that_a_line_alone_does_not_show() -> None:
    said = read("jane: One.\n\ntom: (laughs) Two. [p02]\n\njane: Three.\n\ntom: Four.")
    assert [one.speaker for one in said] == ["jane", "tom"] * 2
    assert (said[1].text, said[1].photos) == ("[laugh] Two.", ("p02",))


def test_other_names_than_those_of_the_cast_are_handed_on() -> None:
    said = [(("Lily", "Tom")[CAST.index(who)], words) for who, words in TALK]
    assert spoken(in_lines("{0}: {1}", ("Lily", "Tom"))) == said
    assert spoken(in_lines("**{0}:** {1}", ("Lily", "Tom"))) == said
    assert spoken(in_lines("[{0}] {1}", ("Lily", "Tom"))) == said


def test_a_stranger_among_the_hosts_is_named() -> None:
    said = spoken("Narrator: A beach.\nTheo: Hello.\nMr. Fox: Good day.\nMara: And who is that?")
    assert said == [
        ("Narrator", "A beach."),
        ("Theo", "Hello."),
        ("Mr. Fox", "Good day."),
        ("Mara Keller", "And who is that?"),
    ]


def test_no_labels_are_no_turns() -> None:
    assert spoken("It was a lovely day at the beach.\n\nThe dog ran. Nobody knew why.") == []
    assert spoken("I cannot help with these pictures: they show people.") == []
    assert spoken("") == []
    assert spoken("\n\n  \n") == []


@pytest.mark.parametrize(
    "before",
    [
        "Sure! Here’s the conversation:\n\n",
        "# A day at the beach\n\n",
        "**Podcast Script: A day at the beach**\n\n---\n",
        "**Hosts:** Mara Keller and Theo\n**Setting:** a beach\n\n",
        "Title: A day out\nTheme: dogs\n",
        "\ufeff",
        "```\n",
        "[Intro music]\n\n",
        "<think>Mara: I might say this\nTheo: or that</think>\n",
        "\n<thinking>So many dogs</thinking><thinking>and one more: yes</thinking>",
        "the user wants a talk about a dog\n</think>\n\n",
    ],
)
@pytest.mark.parametrize("form", ["{0}: {1}", "**{0}:** {1}", "Speaker {n}: {1}"])
def test_what_stands_before_the_first_turn_is_not_spoken(before: str, form: str) -> None:
    assert spoken(before + in_lines(form)) == TALK


def test_a_thought_that_never_ends_says_nothing() -> None:
    answer = Answer(CAST)
    assert list(answer.feed("<think>" + in_lines("{0}: {1}"))) == []
    assert answer.open_words() == 0
    assert list(answer.close(whole=True)) == []


def test_a_remark_below_a_rule_is_not_spoken_unless_somebody_goes_on() -> None:
    talk = in_lines("{0}: {1}")
    assert spoken(f"{talk}\n\n---\nLet me know if you want it shorter.") == TALK
    assert spoken(f"```\n{talk}\n```\nLet me know if you want it shorter.") == TALK
    assert spoken("Theo: Wait.\n---\nLonger.\nMara: Yes?")[0] == ("Theo", "Wait. Longer.")


def test_a_turn_goes_on_over_lines_and_its_directions_are_not_words() -> None:
    (one,) = read("Theo (laughing): A dog.\n\nNot mine: never.\n[looks up]\n*sighs*\n  A good one.")
    assert (one.text, one.manner) == ("A dog. Not mine: never. [sigh] A good one.", "laughing")


@pytest.mark.parametrize(
    ("written", "photos"),
    [
        ("[p01]", "p01"),
        ("(p01)", "p01"),
        ("[P1]", "p01"),
        ("(p01, p02)", "p01 p02"),
        ("[p01][p03]", "p01 p03"),
        ("[p01, p02, and p04]", "p01 p02 p04"),
        ("[p01; p02 & p03]", "p01 p02 p03"),
        ("[p01 p02]", "p01 p02"),
        ("[p01-p03]", "p01 p02 p03"),
        ("[p01–03]", "p01 p02 p03"),
        ("[p01 to p03]", "p01 p02 p03"),
        ("[p09-p02]", "p02 p09"),
        ("[photo 2]", "p02"),
        ("(Photo 2)", "p02"),
        ("[Photos: p1 and p2]", "p01 p02"),
        ("[photo p12]", "p12"),
        ("[images 1–3]", "p01 p02 p03"),
        ("[p101]", "p101"),
    ],
)
def test_marks_of_photos(written: str, photos: str) -> None:
    for line in (
        f"Theo: Look at that. {written}",
        f"Theo: {written} Look at that.",
        f"Theo: Look at{written} that.",
        f"Theo: Look at that {written}.",
        f"{written} Theo: Look at that.",
        f"Theo {written}: Look at that.",
        f"Theo: Look at that.\n{written}\n",
        json.dumps({"speaker": "Theo", "text": f"Look at that. {written}"}),
    ):
        (one,) = read(line)
        assert (one.speaker, one.text, " ".join(one.photos)) == ("Theo", "Look at that.", photos), line


def test_what_looks_like_a_mark_and_is_none_is_spoken() -> None:
    for words in (
        "I was there (in 2012).",
        "Page [12] of it.",
        "That is p01 again.",
        "[Photo] of what?",
        "(p is left)",
    ):
        (one,) = read(f"Theo: So: {words}")
        assert (one.text, one.photos) == (f"So: {words}", ())


@pytest.mark.parametrize("form", LINES)
def test_windows_lines_and_a_byte_order_mark_change_nothing(form: str) -> None:
    assert spoken("\ufeff" + in_lines(form).replace("\n", "\r\n")) == TALK


def test_words_in_any_script() -> None:
    said = spoken("小明：那是一只狗吗？\nΖωή: Όχι, είναι γάτα 🐈‍⬛.\n小明: é è ﷽", cast=("小明", "Ζωή"))
    assert said == [("小明", "那是一只狗吗？"), ("Ζωή", "Όχι, είναι γάτα 🐈‍⬛."), ("小明", "é è ﷽")]


# While it comes


def test_a_turn_is_handed_out_when_the_next_begins() -> None:
    answer = Answer(CAST)
    assert list(answer.feed("Mara: Is that")) == []
    assert list(answer.feed(" the dog?\n")) == []
    assert list(answer.feed("The")) == []
    assert list(answer.feed("o: I")) == []
    assert [one.text for one in answer.feed("t is")] == ["Is that the dog?"]
    assert answer.open_words() == 3
    assert list(answer.feed(" not.\nMara:\n")) == [Said("Theo", "It is not.")]
    assert answer.text == "Mara: Is that the dog?\nTheo: It is not.\nMara:\n"


def test_a_turn_is_handed_out_when_its_object_closes() -> None:
    answer = Answer(CAST)
    assert list(answer.feed('{"turns": [{"speaker": "Theo", "text": "It is", "claims": [{"words": "It"}]')) == []
    assert [one.text for one in answer.feed("}")] == ["It is"]
    assert list(answer.feed(', {"speaker": "Mara", "text": "not over yet')) == []
    assert answer.open_words() == 6


def test_a_turn_that_was_cut_is_left_out() -> None:
    assert spoken(in_lines("{0}: {1}"), whole=False) == TALK[:2]
    assert spoken(in_lines("{0}:\n{1}\n"), whole=False) == TALK[:2]
    for end in range(in_json().rindex('"speaker"'), in_json().rindex("}", 0, -1)):
        assert spoken(in_json()[:end], whole=False) == TALK[:2]


def test_words_of_what_is_still_coming() -> None:
    for text, words in (
        ("word " * 400, 400),
        ("Mara: one two\nthree", 3),
        ("<think>" + "hm " * 500, 0),
        ("<think>hm</think> one two", 2),
        ('{"turns": [{"speaker": "Mara", "text": "' + "word " * 400, 403),
    ):
        answer = Answer(CAST)
        assert answer.open_words() == 0
        assert list(answer.feed(text)) == []
        assert answer.open_words() == words


def test_a_cut_answer_with_no_labels_at_all_says_nothing() -> None:
    assert spoken("It was a lovely day", whole=False) == []


ANSWERS = [
    *map(in_lines, LINES),
    in_lines("{0}: {1}", ("Lily", "Tom")),
    in_json(),
    f"Sure: here you are\n```json\n{in_json()}\n```\nBye: bye",
    f'<think>Theo: {{"a": 1}}</think>\r\n{in_json()}',
    "it is: so </think> Mara: hi\nTheo: {smiles} yes\n---\nA remark",
    "**Hosts:** Mara and Theo\n\n[p01] Mara: 10:30 [p02]\n[p03]\nMr. Fox: ha\nTheo://x\nTheo: [looks] Oh: no",
    'Mara: {"speaker": "Theo", "text": "in a label, with a \\" and a \\\\"} Mara: after',
]


@st.composite
def cut(draw: st.DrawFn) -> list[str]:
    """An answer, in pieces; sometimes one that nobody would write, made of what matters to reading."""
    bits = [
        "Mara: ",
        "Theo",
        ":",
        "\n",
        " ",
        "hi",
        "Fox: ",
        "{",
        "}",
        '"',
        "\\",
        '{"speaker": "Theo", "text": "',
        "[p01]",
    ]
    bits += ["<think>", "</think>", "---\n", "```json\n", "**", "[", "]", "(", ")", "## ", "- ", "\ufeff", "\r\n", "é"]
    mixed = st.lists(st.sampled_from(bits), max_size=30).map("".join)
    text = draw(st.one_of(st.sampled_from(ANSWERS), mixed))
    at = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    return [text[start:end] for start, end in zip([0, *at], [*at, len(text)], strict=True)]


@given(cut(), st.booleans())
@example(["Mara: {", '"a": 1}'], True)
@example(["Mara: hi</th", "ink>Theo: yo\n"], True)
@example(["Mara: </think>"], True)
@example(["Mara: h</think>"], True)
@example(['Mara: h{"a":'], True)
@example(['{"speaker": "Theo", "text": "a \\', '" quote"}'], False)
def test_turns_do_not_depend_on_how_the_answer_is_cut(pieces: list[str], whole: bool) -> None:
    text = "".join(pieces)
    assert read(*pieces, whole=whole) == read(text, whole=whole) == read(*text, whole=whole)


@given(st.text(), st.booleans())
def test_nothing_makes_it_stumble(text: str, whole: bool) -> None:
    for one in read(text, whole=whole):
        assert one.text.strip()


# As much work as there are words


def pathological() -> Iterator[str]:
    """20,000 characters each that would take minutes if the work grew with their square."""
    for unit in (
        "word ",
        "字",
        "[p01 ",
        "[p01, and ",
        "(",
        "[",
        "**",
        "**(",
        "_",
        "- ",
        "{",
        '{"',
        '{"a":',
        '"',
        "\\",
        "#",
    ):
        yield unit * (20_000 // len(unit))
    yield from ("Mara: " + "word " * 4_000, "Mara: " * 3_300, "Mara: hi\n" * 2_200, "a: b\n" * 4_000, "\n" * 20_000)
    yield from ("<think>" * 2_800, "</think>" * 2_500, "<think></think>" * 1_300, "<think>" + "so " * 6_600)
    yield '{"a":' * 2_000 + "1" + "}" * 2_000
    yield '{"a":' + "[" * 9_000 + "]" * 9_000 + "}"
    yield '{"speaker": "Theo", "text": "' + "word " * 4_000 + '"}'
    yield '{"speaker": "Theo", "text": "a"}' * 600


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", [*pathological()], ids=lambda text: repr(text[:12]))
def test_long_and_odd_answers_are_read_in_no_time(text: str) -> None:
    assert read(*text) == read(text)


# Real transcripts


def test_real_transcripts_give_the_turns_that_the_reader_of_whole_files_finds(shared: Path) -> None:
    files = sorted((shared / "paper").glob("*/transcript_*.txt"))
    assert len(files) == 50
    for file in files:
        text = file.read_text("utf-8")
        script = parse_transcript(text)
        _, body = text.split("=" * 60 + "\n")
        said = read(*body.splitlines(keepends=True), cast=[speaker.name for speaker in script.speakers])
        turns = [(turn.speaker, turn.text) for turn in script.turns]
        assert [(one.speaker, read_speech(one.text).words) for one in said] == turns, file


def test_their_roles_are_the_hosts_in_order(shared: Path) -> None:
    cast = ("Maya", "Theo", "Ola", "Raj", "Bea", "Sol")
    for file in sorted((shared / "paper").glob("*/transcript_*.txt")):
        script = parse_transcript(file.read_text("utf-8"))
        if all(turn.speaker.startswith("Speaker ") for turn in script.turns):
            body = file.read_text("utf-8").split("=" * 60 + "\n")[1]
            expected = [cast[int(turn.speaker.split()[1]) - 1] for turn in script.turns]
            assert [one.speaker for one in read(body, cast=cast)] == expected, file
