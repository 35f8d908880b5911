"""Scores of files: corrected and as published, what fails, what does not apply, and people measured."""

import gzip
import json
import random
from pathlib import Path
from statistics import fmean, pstdev, stdev

import pytest

from photocast.bench.conversations import conversations
from photocast.bench.reference import Recipe, build_reference, main_speakers, windows
from photocast.bench.score import score, score_as_published
from photocast.bench.transcripts import find_transcripts
from photocast.metrics import METRICS, Target
from photocast.schema import InputError, UsageError

BOLD = "**Host 1 (Ann):** A goat stood there.\n\n**Host 2 (Ben):** It did.\n"


def write(folder: Path, **texts: str) -> list[Path]:
    """A transcript file for each name."""
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return sorted(folder.glob("*.txt"))


def test_means_by_hand(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        one="Speaker 1: one two three\nSpeaker 2: four\n",
        two="Speaker 1: a b\n\nSpeaker 1: c d\nSpeaker 2: e f\n",
    )
    scores = score(files)
    words = scores.metrics["words"]
    assert (scores.n, words.n, words.mean) == (2, 2, 5)  # 4 and 6
    assert words.sd == pytest.approx(2**0.5)  # deviations -1 and 1, over n - 1
    assert words.ci95 == (4, 6)  # of two items each draw has a mean of 4, 5 or 6
    # one: 2 turns of 3 and 1 words; two: Speaker 1's turns are one of 4 words, and 2 words: means 2 and 3
    assert scores.metrics["turn_length"].mean == 2.5
    assert [one.item for one in scores.files] == ["one", "two"]
    assert scores.reference == "interview"


def test_a_failure_is_listed_and_never_a_zero(tmp_path: Path) -> None:
    files = write(tmp_path, good="A: one two\nB: three\n", empty="", prose="No one speaks here. " * 90)
    (tmp_path / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    (tmp_path / "nulls.txt").write_bytes(b"A: one\0two\nB: three\n")
    scores = score([*files, tmp_path / "photo.txt", tmp_path / "nulls.txt"])
    assert scores.n == 1
    assert scores.metrics["words"].mean == 3
    reasons = {Path(one.file).name: one.reason for one in scores.failed}
    assert set(reasons) == {"empty.txt", "prose.txt", "photo.txt", "nulls.txt"}
    assert "the transcript is empty" in reasons["empty.txt"]
    assert "no speaker can be found" in reasons["prose.txt"]
    assert reasons["photo.txt"] == "it is not text in UTF-8"


def test_nothing_to_read_gives_no_figures(tmp_path: Path) -> None:
    scores = score(write(tmp_path, empty=" \n"))
    assert (scores.n, scores.metrics, scores.files) == (0, {}, ())
    assert len(scores.failed) == 1


def test_what_is_undefined_is_counted_and_said_why(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        two="A: one two\nB: three\n",
        three="A: one\nB: two\nC: three\nA: four\n",
        one="A: Just me talking here.\n",
    )
    scores = score(files)
    rounds = scores.metrics["round_robin"]
    assert (rounds.mean, rounds.n, rounds.undefined, rounds.sd, rounds.ci95) == (1, 1, 2, None, None)
    why = {one.item: one.undefined for one in scores.files}
    assert "fewer than three speakers" in why["two"]["round_robin"]
    assert "only one turn" in why["one"]["turn_length_cv"]
    assert "fewer than 5 words" in why["two"]["self_bleu"]
    assert "mtld" not in scores.metrics


def test_a_set_of_many_languages(tmp_path: Path) -> None:
    chinese = (
        "甲：我们昨天去了海边看到一只很大的狗在沙滩上跑来跑去真的很有意思吗？\n"
        "乙：真的，那只狗跑得很快，我们后来还一起去吃了冰淇淋。\n"
    )
    english = "A: The goat stood in the garden all day.\nB: It did, and it ate the roses.\n"
    scores = score(write(tmp_path, zh=chinese, en1=english, en2=english))
    assert scores.metrics["turns"].n == 3
    assert scores.metrics["words"].n == 2
    assert scores.metrics["self_bleu"].mean == 1  # of the two that can be compared
    (zh,) = (one for one in scores.files if one.item == "zh")
    assert "no space between words (zh)" in zh.undefined["words"]
    assert "no space between words" in zh.undefined["self_bleu"]


def test_what_was_asked_for(tmp_path: Path) -> None:
    files = write(tmp_path, one="Ann: one\nBen: four\nAnn: two\nBen: four\n")
    scores = score(files, target=Target(words=8, labels=("Ann",)))
    assert scores.metrics["length_ratio"].mean == 0.5
    assert scores.metrics["label_validity"].mean == 0.5
    assert "length_ratio" not in score(files).metrics


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    files = write(tmp_path, **{f"t{at}": f"A: {'la ' * at**3}\nB: hm\n" for at in range(1, 9)})
    assert score(files, seed=3).model_dump_json() == score(files, seed=3).model_dump_json()
    assert score(files, seed=3).metrics["words"].ci95 != score(files, seed=4).metrics["words"].ci95


def test_a_long_transcript(tmp_path: Path) -> None:
    said = "".join(
        f"Speaker {at % 2 + 1}: the goat number {at} stood in the garden of house {at // 3}\n" for at in range(20_000)
    )
    (file,) = write(tmp_path, long=said)
    assert len(said) > 1_000_000
    scores = score([file])
    assert scores.metrics["turns"].mean == 20_000
    assert not any("came out as" in why for why in scores.files[0].undefined.values())


def test_transcripts_in_folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, transcript="A: one\nB: two\n", human_story="[Image 1]: a goat.")
        (tmp_path / name / "photo.jpg").write_bytes(b"")
    files = find_transcripts([tmp_path])
    assert [one.relative_to(tmp_path).as_posix() for one in files] == ["a/transcript.txt", "b/transcript.txt"]
    assert [one.item for one in score(files).files] == ["a", "b"]
    with pytest.raises(InputError, match="is not there"):
        find_transcripts([tmp_path / "nothing"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="No transcript in"):
        find_transcripts([tmp_path / "empty"])


def test_an_unknown_reference(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no human reference 'nobody'"):
        score(write(tmp_path, one="A: one\nB: two\n"), reference_name="nobody")


# As published


def test_as_published_by_hand(tmp_path: Path) -> None:
    header = f"Sample: x\nWord count: 8\nGeneration time: 12.5s\n{'=' * 60}\n\n"
    talk = "Speaker 1: So, the goat.\nthe goat\n\nSpeaker 2:\nA goat?\n"
    scores = score_as_published(write(tmp_path, bold=header + BOLD, talk=talk))
    assert (scores.n, scores.failed) == (2, ())
    by_item = {one.item: one.values for one in scores.files}
    # talk: Speaker 1: So, the goat. the goat Speaker 2: A goat? = 11 words with labels; turns of 5 and 2 words
    assert by_item["talk"]["words"] == 11
    assert (by_item["talk"]["turns"], by_item["talk"]["turn_length"]) == (2, 3.5)
    assert by_item["talk"]["switch_rate"] == pytest.approx(1000 / 7)
    # speaker 1 so the goat the goat speaker 2 a goat: of 10 pairs "the goat" comes twice
    assert by_item["talk"]["distinct_2"] == 0.9
    assert {name: by_item["bold"][name] for name in ("turns", "turn_length", "switch_rate")} == dict.fromkeys(
        ("turns", "turn_length", "switch_rate"), 0
    )
    assert scores.metrics["turns"].mean == 1  # the zero enters the mean
    assert scores.metrics["turns"].sd == 1  # of the population: deviations -1 and 1, over n
    assert (scores.metrics["generation_time"].n, scores.metrics["generation_time"].mean) == (1, 12.5)
    assert any("bold.txt" in note and "zeros" in note for note in scores.notes)
    assert sum(note.startswith("As published: ") for note in scores.notes) == 6
    # What is measured without it
    assert score(write(tmp_path)).metrics["turns"].mean == 2


def test_as_published_lists_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_bytes(b"\xff\xd8\xff\xe0")
    scores = score_as_published([*write(tmp_path)])
    assert (scores.n, len(scores.failed)) == (0, 1)


PAPER = {
    # Over all 50 the paper prints 972.1, 15.8, 57.5, 16.0, .82 and 918.6, 24.5, 38.0, 27.0, .85; 25 of them are here.
    "32b": {"words": 979.92, "turns": 16.08, "turn_length": 46.310, "switch_rate": 16.321, "distinct_2": 0.8177},
    "235b": {"words": 932.12, "turns": 25.40, "turn_length": 37.379, "switch_rate": 27.729, "distinct_2": 0.8550},
}


@pytest.mark.parametrize("model", PAPER)
def test_the_paper_as_published_and_corrected(shared: Path, model: str) -> None:
    files = sorted((shared / "paper").glob(f"*/transcript_{model}.txt"))
    published, corrected = score_as_published(files), score(files)
    for name, value in PAPER[model].items():
        assert published.metrics[name].mean == pytest.approx(value, abs=0.006), name
    counted = [float(one.read_text("utf-8").split("Word count: ")[1].split()[0]) for one in files]
    assert [one.values["words"] for one in published.files] == counted  # what the headers say
    assert published.metrics["words"].sd == pytest.approx(pstdev(counted))
    zeros = [one for one in published.files if not one.values["turns"]]
    assert len(zeros) == (4 if model == "32b" else 0)
    assert (corrected.n, corrected.failed) == (25, ())
    assert corrected.metrics["words"].sd == pytest.approx(stdev(one.values["words"] for one in corrected.files))
    if model == "32b":
        assert corrected.metrics["turn_length"].mean == pytest.approx(55.55, abs=0.01)
        parsed = fmean(one.values["turn_length"] for one in published.files if one.values["turns"])
        assert parsed == pytest.approx(46.310 * 25 / 21, abs=0.01)


# People


def said(count: int, *, who: str = "AB") -> list[tuple[str, str]]:
    """Turns of 1 to 12 words, with some that react."""
    chance = random.Random(count)
    return [(who[at % len(who)], "Right. " + "la goat " * chance.randint(1, 6)) for at in range(count)]


def test_windows_by_hand() -> None:
    turns = [("A", "one two"), ("B", "three"), ("B", "four"), ("A", "five six seven"), ("B", "eight")]
    # at least three words each; B's second turn in a row belongs to the first window; the last word is left over
    assert list(windows(turns, 3)) == [turns[:3], turns[3:4]]


def test_a_reference_of_ones_own(tmp_path: Path) -> None:
    lines = [{"turns": [{"speaker": who, "text": text} for who, text in said(120 + at)]} for at in range(30)]
    lines += [{"turns": [{"speaker": who, "text": text} for who, text in said(90, who="ABC")]}]
    file = tmp_path / "people.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    recipe = Recipe("ours", "us", "here", "CC0", "us", two_speakers=True, words=(200, 260))
    built = build_reference(conversations(file), recipe)
    assert built.conversations == 30  # the one of three is no interview
    assert built.windows >= 60
    assert "200 words" in built.recipe
    assert built.figures["turn_length"].at(0.5) == pytest.approx(8, abs=2)
    assert not {"words", "turns", "overlap_share", "round_robin"} & set(built.figures)
    assert set(built.figures) <= set(METRICS)
    path = tmp_path / "ours.json"
    path.write_text(built.model_dump_json())
    scores = score(write(tmp_path, one="A: one two\nB: three\n"), reference_name=str(path))
    assert scores.reference == "ours"
    people = scores.metrics["turn_length"].people
    assert people
    assert people[0] <= people[1] <= people[2]
    with pytest.raises(InputError, match="quantiles need 20"):
        build_reference(list(conversations(file))[:3], recipe)


def test_the_forms_in_which_conversations_come(tmp_path: Path) -> None:
    sporc = [
        {"mp3url": "e1", "speaker": ["SPEAKER_01", "SPEAKER_00"], "turnText": "second", "startTime": 5.0},
        {"mp3url": "e1", "speaker": ["SPEAKER_00"], "turnText": "first", "startTime": 1.0},
        {"mp3url": "e2", "speaker": "SPEAKER_00", "turnText": "other", "inferredSpeakerName": "Ann"},
        {
            "mp3url": "e2",
            "speaker": ["SPEAKER_00"],
            "turnText": "[Music]",
            "inferredSpeakerName": "NO_INFERRED_SPEAKER",
        },
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in sporc))
    meeting = [{"speaker": "Marketing", "content": "So , the {vocalsound} goat {disfmarker}"}]
    (tmp_path / "b.jsonl").write_text(json.dumps({"meeting_transcripts": meeting}))
    (tmp_path / "c.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: Hello.\n\n00:02.000 --> 00:03.000\nBen: Oh.\n"
    )
    found = [one.turns for one in conversations(tmp_path)]
    assert found == [
        (("SPEAKER_00", "first"), ("SPEAKER_01", "second")),
        (("Ann", "other"),),
        (("Marketing", "So, the goat—"),),
        (("Ann", "Hello."), ("Ben", "Oh.")),
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", "", "is empty"),
        ("a.jsonl", '{"turns": []}\n{broken', "line 2: not readable"),
        ("a.jsonl", "[1]\n", "line 1: not readable"),
        ("a.jsonl", '{"x": 1}\n', "line 1: no turns"),
        ("a.txt", "no one speaks", "a.txt: No speaker"),
    ],
)
def test_conversations_that_cannot_be_read(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=message):
        list(conversations(tmp_path / name))


def test_main_speakers_by_hand(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A: " + "la " * 60 + "\nB: " + "la " * 39 + "\nC: hm\n")
    (one,) = conversations(tmp_path / "a.txt")
    assert main_speakers(one) == 2  # C says 1 of 100 words
