import json
import os
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.corpus.nouns import Dropped, Utterance
from photocast.corpus.rules import rule_set
from photocast.corpus.sources import UNKNOWN, Transcripts, open_source
from photocast.corpus.sources.cues import turns_of_subtitles
from photocast.corpus.store import open_store

VTT = """WEBVTT

NOTE made by hand

1
00:00:01.000 --> 00:00:04.000 align:start
<v Ann Lee>Hello &amp; <i>welcome</i>.
<v.loud Bo>Hi.</v>

2
00:00:04.500 --> 00:00:06.000
I am late.

3
00:01:00.000 --> 01:00:02.250
<v Ann Lee>No.
"""

SRT = """1
00:00:01,000 --> 00:00:02,000
Ann: Hello
there.

2
00:00:02,500 --> 00:00:04,000
You look well.

3
00:00:05,000 --> 00:00:06,000
Bo: Thanks. Note: I am not.
Ann: Oh.
"""

JSON = {
    "version": "1.0.0",
    "segments": [
        {"speaker": "Ann", "startTime": 0.5, "endTime": 1, "body": "Hello"},
        {"startTime": 1, "endTime": 1.5, "body": " there."},
        {"speaker": "Bo", "startTime": 2, "endTime": 2.5, "body": "Hi."},
    ],
}

PLAIN = "# A walk\n\nAnn: Hello.\nAnn: And welcome.\nBo: Hi.\nAnn: So.\n"


def read(folder: Path, reading: Any, **files: str | bytes) -> Any:
    for name, data in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return reading(open_source(folder))


def test_voices_of_webvtt(tmp_path: Path, reading: Any) -> None:
    episode = read(tmp_path, reading, show__one_vtt=VTT).only
    assert episode.turns == (
        Utterance("Ann Lee", "Hello & welcome.", 1.0, 4.0, (), (0,)),
        Utterance("Bo", "Hi. I am late.", 1.0, 6.0, (), (1, 2)),
        Utterance("Ann Lee", "No.", 60.0, 3602.25, (), (3,)),
    )
    assert (episode.seconds, episode.labels, episode.mended) == (3602.25, 4, {})
    origin = episode.origin
    assert (origin.episode, origin.podcast) == (md5(b"show/one").hexdigest()[:16], md5(b"show").hexdigest()[:12])
    assert (origin.dataset, origin.title, origin.podcast_title, origin.url) == (
        "transcripts",
        "one",
        "show",
        "show/one.vtt",
    )


def test_names_in_subrip(tmp_path: Path, reading: Any) -> None:
    assert read(tmp_path, reading, show__one_srt=SRT).only.turns == (
        Utterance("Ann", "Hello there. You look well.", 1.0, 4.0, (), (0, 1)),
        Utterance("Bo", "Thanks. Note: I am not.", 5.0, 6.0, (), (2,)),
        Utterance("Ann", "Oh.", 5.0, 6.0, (), (3,)),
    )


def test_segments_of_podcasting_2(tmp_path: Path, reading: Any) -> None:
    episode = read(tmp_path, reading, show__one_json=json.dumps(JSON)).only
    assert episode.turns == (
        Utterance("Ann", "Hello there.", 0.5, 1.5, (), (0, 1)),
        Utterance("Bo", "Hi.", 2.0, 2.5, (), (2,)),
    )
    assert episode.seconds == 2.5


def test_speaker_colon_text(tmp_path: Path, reading: Any) -> None:
    episode = read(tmp_path, reading, show__one_txt=PLAIN).only
    assert episode.origin.title == "A walk"
    assert episode.turns == (
        Utterance("Ann", "Hello. And welcome.", sources=(0, 1)),
        Utterance("Bo", "Hi.", sources=(2,)),
        Utterance("Ann", "So.", sources=(3,)),
    )


def test_a_cue_before_the_first_voice_has_a_label_of_its_own(tmp_path: Path, reading: Any) -> None:
    episode = read(tmp_path, reading, show__one_vtt=VTT.replace("<v Ann Lee>Hello", "Hello")).only
    assert episode.turns[0].speaker == UNKNOWN
    assert episode.mended == {"no_speaker": 1}


def test_a_cue_that_cannot_be_read_is_counted(tmp_path: Path, reading: Any) -> None:
    broken = VTT.replace("00:00:04.500 --> 00:00:06.000", "00:00:04.500 --> six")
    episode = read(tmp_path, reading, show__one_vtt=broken).only
    assert episode.mended == {"bad_cue": 1}
    assert "late" not in episode.text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a_txt", "", "empty"),
        ("a_vtt", " \n", "empty"),
        ("a_vtt", "WEBVTT\n", "empty"),
        ("a_txt", "Once upon a time there was a transcript.\n\nIt had no speakers.\n", "no_speakers"),
        ("a_vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhello there\n", "no_speakers"),
        ("a_srt", "this is no subtitle", "no_speakers"),
        ("a_json", '{"version": "1.0.0", "segments": [{"body": "hello"}]}', "no_speakers"),
        ("a_json", '{"version": "1.0.0", "segments": []}', "empty"),
        ("a_json", '{"a": 1}', "bad_json"),
        ("a_json", '{"segments": [', "bad_json"),
        ("a_txt", "Ann: café".encode("latin-1"), "wrong_encoding"),
        ("a_json", '{"segments": [{"speaker": "Ann", "body": " "}]}', "empty"),
    ],
)
def test_files_that_cannot_be_used_are_dropped_with_a_reason(
    tmp_path: Path, reading: Any, name: str, data: str | bytes, reason: str
) -> None:
    outcome = read(tmp_path, reading, **{name: data, "b_txt": PLAIN})
    (dropped,) = (item for item in outcome.items if isinstance(item, Dropped))
    assert (dropped.reason, dropped.detail) == (reason, name.replace("_", "."))
    assert len(outcome.episodes) == 1


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, reading: Any) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(51 << 20)
    assert reading(open_source(tmp_path)).dropped == ["too_large"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path, reading: Any) -> None:
    (tmp_path / "a.txt").write_text(PLAIN)
    (tmp_path / "a.txt").chmod(0)
    assert reading(open_source(tmp_path)).dropped == ["unreadable"]


def test_a_file_that_is_gone_when_it_is_read(tmp_path: Path, reading: Any) -> None:
    assert reading(Transcripts(tmp_path, ("gone.txt",))).dropped == ["unreadable"]


def test_the_same_talk_in_two_forms_is_taken_once(tmp_path: Path, reading: Any) -> None:
    outcome = read(tmp_path, reading, show__one_vtt=VTT, show__one_txt=PLAIN)
    assert outcome.only.origin.url == "show/one.vtt"
    assert [(item.reason, item.detail) for item in outcome.items if isinstance(item, Dropped)] == [
        ("duplicate_id", "show/one.txt")
    ]


def test_fifty_episodes_a_part(tmp_path: Path, reading: Any) -> None:
    for number in range(120):
        (tmp_path / f"{number:03d}.txt").write_text(PLAIN)
    outcome = reading(open_source(tmp_path, licence="CC0-1.0"))
    assert [(part.name, len(part.files)) for part in outcome.parts] == [("00000", 50), ("00001", 50), ("00002", 20)]
    assert len({episode.id for episode in outcome.episodes}) == 120
    assert {episode.origin.licence for episode in outcome.episodes} == {"CC0-1.0"}
    (tmp_path / "070.txt").write_text(PLAIN + "Bo: More.\n")
    again = reading(open_source(tmp_path, licence="CC0-1.0"))
    same = [old.fingerprint == new.fingerprint for old, new in zip(outcome.parts, again.parts, strict=True)]
    assert same == [True, False, True]


def test_real_transcripts_of_a_show(reading: Any, shared: Path) -> None:
    outcome = reading(open_source(shared / "transcripts" / "raw_md_samples"))
    assert len(outcome.episodes) == 10
    assert outcome.episodes[2].turns[0].speaker == "Jerod Santo"
    assert outcome.episodes[2].turns[0].text.startswith("So we have Toby Padilla here from Charm.")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    data = text.encode("utf-8", "replace")
    for ending, before in (
        ("txt", b"Ann: "),
        ("md", b""),
        ("vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>"),
        ("srt", b""),
    ):
        (folder / f"{ending}.{ending}").write_bytes(before + data)
    source = open_source(folder)
    store = open_store(folder / "store")
    (part,) = source.parts(store, rule_set("paper"), lambda stage, done, size: None)
    assert len(list(source.read(store, part))) == 4


@given(st.lists(st.tuples(st.sampled_from(["Ann", "Bo", ""]), st.text("abc &<", max_size=8)), min_size=1, max_size=12))
def test_words_of_cues_are_kept_in_order(said: list[tuple[str, str]]) -> None:
    cues = "".join(
        f"00:00:{at:02d}.000 --> 00:00:{at:02d}.900\n<v {name}>{words.replace('&', '&amp;').replace('<', '&lt;')}\n\n"
        for at, (name, words) in enumerate(said)
    )
    turns = turns_of_subtitles(f"WEBVTT\n\n{cues}", "vtt", lambda what: None)
    assert [turn.turn_text for turn in turns] == [words.strip() for _, words in said]
