"""`photocast bench diadem` as a command."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photocast.testing import Fail, FakeProvider, Received

PREDICTED = [
    {"video_id": 1, "pred": 'Man in red: "Hello there."\nWoman: "Hi, how are you?"'},
    {
        "video_id": "2",
        "dialogues": ["A: I am going home", {"speaker": "B", "utterance": "and I will be back tomorrow"}],
    },
    {"video_id": "4", "pred": "None."},
    {"video_id": "9", "pred": "None."},
]
MEANT = [
    {
        **{"video_id": "1", "gt_dialogues": ["Man in red: Hello there.", "Woman in blue: Hi, how are you?"]},
        **{"speaker_num": 2, "people_num_in_screen": 3, "is_single_shot": 1, "only_opposite_sex_speakers": 1},
        **{"has_off_screen_speaker": 0, "has_same_sex_speakers": 0},
    },
    {"video_id": "2", "gt_dialogues": ["M: I am going home and I will be back tomorrow"], "speaker_num": 1},
    {"video_id": "3", "gt_dialogues": ["M: hello"]},
    {"video_id": "4", "gt_dialogues": ["M: hello"]},
]


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def written(file: Path, rows: Sequence[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def files(tmp_path: Path, predicted: Sequence[dict[str, Any]] = PREDICTED) -> tuple[str | Path, ...]:
    p, r = written(tmp_path / "p.jsonl", predicted), written(tmp_path / "r.jsonl", MEANT)
    return "bench", "diadem", "--predictions", p, "--references", r


def scripted(tmp_path: Path, name: str, *answers: Any) -> str:
    (tmp_path / name).write_text(json.dumps({"answers": answers}), "utf-8")
    return f"scripted:{tmp_path / name}"


def test_a_document_for_programs(run: Any, tmp_path: Path) -> None:
    """From end to end, in a process of its own."""
    found = run(*files(tmp_path), "--speaker-judge", "exact", "--json")
    assert (found.code, found.err) == (0, "")
    document = found.document
    assert (document["n"], document["coverage"], document["judge"], document["official"]) == (4, 0.75, "exact", False)
    assert document["failed"] == [
        {"video_id": "3", "stage": "prediction", "reason": "there is none; scored as if nothing were predicted"}
    ]
    assert document["without_reference"] == ["9"]
    overall = document["overall"]
    # ASR recall: (1 + 22/34 + 0 + 0)/4; precision: (1 + 11/34)/2, as nothing is predicted for two
    assert overall["asr"]["recall"] == pytest.approx(100 * (1 + 22 / 34) / 4)
    assert overall["asr"]["precision"] == pytest.approx(100 * (1 + 11 / 34) / 2)
    assert overall["ref"]["recall"] == pytest.approx(100 * (1 / 2) / 4)
    assert overall["ref"]["f1"] == pytest.approx(100 * 2 * 0.125 * 0.25 / (0.125 + 0.25))
    low, high = overall["ref"]["ci95"]
    assert low <= overall["ref"]["f1"] <= high
    # clip 1: no error in 6 words; clip 2: of M's 10 words B has 6 and 4 are missing, and A's 4 are too many;
    # clips 3 and 4: `hello` is missing
    assert document["cpwer"] == pytest.approx(100 * (0 + (4 + 4) + 1 + 1) / (6 + 10 + 1 + 1))
    assert set(document["strata"]) == {
        *("speakers_1", "speakers_2", "people_3_or_more", "only_opposite_sex", "single_shot"),
        *("single_shot/speakers_2", "single_shot/people_3_or_more", "single_shot/only_opposite_sex"),
    }
    assert set(document["strata"]["speakers_1"]) == {"n", "ref", "asr", "cpwer"}


def test_official_has_its_quirks_and_names_them(inside: Any, tmp_path: Path) -> None:
    document = inside(*files(tmp_path), "--speaker-judge", "exact", "--official", "--json").document
    assert document["overall"]["asr"]["precision"] == pytest.approx(100 * (1 + 11 / 34 + 1 + 1) / 4)
    assert sum(note.startswith("official") for note in document["notes"]) == 5


def test_a_table_for_people(inside: Any, tmp_path: Path) -> None:
    found = inside(*files(tmp_path), "--speaker-judge", "exact")
    assert found.code == 0
    lines = found.out.splitlines()
    assert lines[0].split() == ["per", "cent", "clips", "REF", "F1", "95", "%", "ASR", "F1", "95", "%", "cpWER"]
    assert lines[1].startswith("all clips")
    assert "  exact judged; 75.0 % of 4 clips covered" in lines
    assert "  no reference: 9" in lines
    table = lines[: lines.index("")]
    assert {len(line) for line in table} == {78}


def test_models_judge_and_extract_and_are_paid_once(inside: Any, tmp_path: Path) -> None:
    predicted = [{"video_id": "1", "pred": 'A man in red says "Hello there." A woman asks: "Hi, how are you?"'}]
    extractor = scripted(tmp_path, "e.json", "Man in red: Hello there.\nWoman: Hi, how are you?")
    judge = scripted(tmp_path, "j.json", "Yes Yes Yes", "Yes\nYes")
    args = (*files(tmp_path, predicted), "--speaker-judge", judge, "--extract-with", extractor, "--max-cost", "1")
    found = inside(*args, "--json").document
    assert (found["judge"], found["extractor"]) == (judge, extractor)
    assert found["videos"][0]["ref_recall"] == 100.0
    assert [(use["way"], use["calls"], use["usd"]) for use in found["use"]] == [("extract", 1, 0.0), ("judge", 2, 0.0)]
    again = inside(*args)
    assert f"  judge: {judge}: 0 calls; 2 answered before and not paid again" in again.out
    assert "bench diadem: judge" in inside("runs").out


def test_only_what_was_not_answered_before_is_asked(inside: Any, tmp_path: Path) -> None:
    """Some clips first, as in a run that broke off, and then all of them."""
    with FakeProvider("Yes Yes") as server:
        judge = ("--speaker-judge", "ollama:any", "--json")
        inside(*files(tmp_path, PREDICTED[:1]), *judge, env={"OLLAMA_HOST": server.url})
        server.queue("No")
        found = inside(*files(tmp_path), *judge, env={"OLLAMA_HOST": server.url}).document
    assert len(server.requests) == 2
    assert [(use["calls"], use["from_journal"]) for use in found["use"]] == [(1, 1)]
    assert [one["ref_recall"] for one in found["videos"]] == [100.0, 0.0, 0.0, 0.0]


def test_a_model_that_cannot_be_used_ends_the_run_in_words(inside: Any, tmp_path: Path) -> None:
    with FakeProvider(Fail("wrong_key")) as server:
        found = inside(*files(tmp_path), "--speaker-judge", "ollama:any", env={"OLLAMA_HOST": server.url})
    assert found.code == 3
    assert found.err.startswith("error: ")
    assert "photocast made a mistake" not in found.err


def test_frames_reach_the_model(inside: Any, tmp_path: Path) -> None:
    for video, count in (("1", 3), ("2", 1)):
        (tmp_path / "frames" / video).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (32, 32)).save(tmp_path / "frames" / video / f"{number}.jpg")

    def verdict(received: Received) -> str:
        return "Yes Yes" if len(received.asked.images) == 3 else "No"

    with FakeProvider(verdict) as server:
        args = (*files(tmp_path), "--speaker-judge", "ollama:any", "--frames", tmp_path / "frames", "--json")
        found = inside(*args, env={"OLLAMA_HOST": server.url}).document
    assert sorted(len(one.asked.images) for one in server.requests) == [1, 3]
    assert [one["ref_recall"] for one in found["videos"]] == [100.0, 0.0, 0.0, 0.0]
    assert found["judge"].endswith("with frames")


def test_aliases_decide(inside: Any, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[videos.1]\n"the woman" = ["Woman", "Woman in blue"]\n', "utf-8")
    args = (*files(tmp_path), "--speaker-judge", "alias", "--aliases", tmp_path / "a.toml", "--json")
    found = inside(*args).document
    assert (found["judge"], found["videos"][0]["ref_recall"]) == ("alias", 100.0)


def test_frames_are_never_sent_unasked(inside: Any, tmp_path: Path) -> None:
    (tmp_path / "frames" / "1").mkdir(parents=True)
    Image.new("RGB", (32, 32)).save(tmp_path / "frames" / "1" / "1.jpg")
    args = (*files(tmp_path), "--speaker-judge", "openai:gpt-5-mini", "--frames", tmp_path / "frames")
    found = inside(*args, env={"OPENAI_API_KEY": "sk-nobody"})
    assert found.code == 2
    assert "are sent to api.openai.com" in found.err
    assert "pictures are never sent unasked" in found.err
    assert "do: Add --yes, or leave out --frames." in found.err


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--speaker-judge", "alias"), 2, "do: Name the table with --aliases FILE"),
        (("--speaker-judge", "exact", "--aliases", "a.toml"), 2, "do: Leave out --aliases"),
        (("--speaker-judge", "exact", "--frames", "."), 2, "it sees nothing"),
        (("--speaker-judge", "alias", "--aliases", "missing.toml"), 4, "no such file"),
        (("--speaker-judge", "exakt"), 2, "there is no judge 'exakt'"),
        (("--speaker-judge", "opena:gpt-5-mini"), 3, "there is no model 'opena:gpt-5-mini'"),
        (("--speaker-judge", "exact", "--max-cost", "nan"), 2, "--max-cost cannot be nan"),
    ],
)
def test_flags_that_cannot_be_meant(inside: Any, tmp_path: Path, args: tuple[str, ...], code: int, said: str) -> None:
    found = inside(*files(tmp_path), *args)
    assert (found.code, found.out) == (code, "")
    assert said in found.err


def test_prose_needs_a_model(inside: Any, tmp_path: Path) -> None:
    found = inside(*files(tmp_path, [{"video_id": 1, "pred": "Two people talk."}]), "--speaker-judge", "exact")
    assert found.code == 4
    assert "--extract-with MODEL" in found.err
    assert "photocast made a mistake" not in found.err


def test_broken_lines_are_named(inside: Any, tmp_path: Path) -> None:
    args = files(tmp_path)
    (tmp_path / "p.jsonl").write_text('{"video_id": 1, "pred": "None"}\n{"video_id": 2, "pred": NaN}\n', "utf-8")
    found = inside(*args, "--speaker-judge", "exact", "--json")
    assert found.code == 4
    assert found.document["error"]["what"] == f"{tmp_path / 'p.jsonl'}, line 2, cannot be used"
    assert found.document["error"]["why"] == "it is not JSON: NaN is no number"
