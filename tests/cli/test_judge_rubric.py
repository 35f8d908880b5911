"""`photocast judge rubric` as a command."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photocast.models.vision import Token
from photocast.testing import Fail, FakeProvider, Received, Say

SISTER, COUSIN = "My sister baked it", "My cousin bakes well"
TALK = f"Ada: Look at the loaf, Leo. {SISTER}.\nLeo: It rose!\nAda: {COUSIN}.\n"


@pytest.fixture(autouse=True)
def _a_journal_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two systems on two items; one more file is no transcript."""
    for system in ("ours", "theirs"):
        (tmp_path / system).mkdir()
        for item in ("a", "b"):
            (tmp_path / system / f"{item}.txt").write_text(f"Ada: This is {item} of {system}.\nLeo: It is.\n", "utf-8")
    (tmp_path / "ours" / "c.txt").write_text("Nobody in particular speaks.", "utf-8")
    return tmp_path / "ours", tmp_path / "theirs"


@pytest.fixture
def albums(tmp_path: Path) -> Path:
    for item in ("a", "b"):
        (tmp_path / "albums" / item).mkdir(parents=True)
        Image.effect_noise((64, 64), 50).convert("RGB").save(tmp_path / "albums" / item / "one.jpg")
    return tmp_path / "albums"


def told(answer: str, **chances: float) -> Say:
    """An answer with the probabilities of its last letter."""
    top = tuple((name.removeprefix("d"), math.log(chance)) for name, chance in chances.items())
    return Say(answer, usage=(100, 10), logprobs=(Token(answer[-1], top),))


def by_system(received: Received) -> Say:
    words = received.asked.text
    if "of ours" in words:
        return told("It holds.\nScore: 4", d4=0.5, d5=0.3)  # (4 * .5 + 5 * .3) / .8 = 4.375
    return told("It does not.\nScore: 2", d2=0.6, d1=0.2)  # (2 * .6 + 1 * .2) / .8 = 1.75


@pytest.fixture
def server() -> Iterator[FakeProvider]:
    with FakeProvider(by_system) as provider:
        yield provider


def scripted(tmp_path: Path, *answers: Any) -> str:
    (tmp_path / "m.json").write_text(json.dumps({"answers": answers}), "utf-8")
    return f"scripted:{tmp_path / 'm.json'}"


def test_a_judge_on_a_server_of_ones_own(
    inside: Any, server: FakeProvider, two: tuple[Path, Path], tmp_path: Path
) -> None:
    args = ("judge", "rubric", *two, "--criteria", "overall", "-o", tmp_path / "judged", "--json")
    found = inside(*args, "--judges", "openai:mine", "--base-url", server.url)
    assert found.code == 0, found.err
    assert len(server.requests) == 4
    refused = inside(*args, "--judges", "openai:mine,openai:other", "--base-url", server.url)
    assert (refused.code, "Write --base-url JUDGE=URL" in refused.err) == (2, True)


def test_from_end_to_end_in_a_process_of_its_own(
    run: Any, server: FakeProvider, two: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "judged"
    args = ("judge", "rubric", *two, "--judges", "ollama:any", "--criteria", "coherence,overall", "-o", out, "--json")
    env = {"OLLAMA_HOST": server.url, "PHOTOCAST_STATE": str(tmp_path / "state")}
    found = run(*args, env=env)
    assert (found.code, found.err) == (0, "")
    document = found.document
    assert (document["n"], document["systems"], document["criteria"]) == (
        2,
        ["ours", "theirs"],
        ["coherence", "overall"],
    )
    means = {(one["system"], one["criterion"]): one["mean"] for one in document["means"]}
    assert means == {
        ("ours", "coherence"): pytest.approx(4.375),
        ("theirs", "coherence"): pytest.approx(1.75),
        ("ours", "overall"): pytest.approx(4.375),
        ("theirs", "overall"): pytest.approx(1.75),
    }
    (judge,) = document["judges"]
    assert (judge["statuses"], judge["expected"], judge["mass"]) == ({"ok": 8}, 8, pytest.approx(0.8))
    # two items that differ the same way: p = 1/2 of the exact test, Holm with two criteria
    assert [one["p_holm"] for one in document["differences"]] == [1.0, 1.0]
    assert [Path(one["file"]).name for one in document["failed"]] == ["c.txt"]
    assert document["use"][0]["calls"] == 8
    assert len((out / "scores.jsonl").read_text("utf-8").splitlines()) == 8
    assert json.loads((out / "rubric.json").read_text("utf-8")) == document
    again = run(*args, env=env).document
    assert (again["means"], again["use"][0]["calls"]) == (document["means"], 0)
    assert len(server.requests) == 8


def test_a_table_for_people(inside: Any, server: FakeProvider, two: tuple[Path, Path], tmp_path: Path) -> None:
    args = ("judge", "rubric", *two, "--judges", "ollama:any", "-o", tmp_path / "judged", "--yes")
    found = inside(*args, env={"OLLAMA_HOST": server.url})
    assert found.code == 0
    lines = found.out.splitlines()
    assert lines[0].split() == ["from", "1", "to", "5", "mean", "95", "%", "items"]
    assert [line.strip() for line in lines if line and line[0] != " "][1:6] == [
        *("coherence", "emotional depth", "overall", "conversation", "listenability")
    ]
    assert "  coherence: ours - theirs: +2.62 (+2.62 to +2.62), p 1.000, 2 items" in lines
    assert "    20 by probabilities; 80.0% of it on the digits, at least 80.0%" in lines
    assert any("not read" in line and "c.txt" in line for line in lines)


def test_two_judges_agree_or_not(inside: Any, server: FakeProvider, two: tuple[Path, Path], tmp_path: Path) -> None:
    """The other tells no probabilities, and gives 3 whatever it sees."""
    other = scripted(tmp_path, {"when": "Coherence", "text": "Score: 3"})
    args = ("judge", "rubric", *two, "--judges", f"ollama:any,{other}", "--criteria", "coherence", "--repeats", "2")
    document = inside(*args, "-o", tmp_path / "judged", "--json", env={"OLLAMA_HOST": server.url}).document
    assert [one["averaged"] for one in document["judges"]] == [0, 4]
    assert [one["answers"] for one in document["judges"]] == [4, 8]
    # panel: (4.375 + 3) / 2 and (1.75 + 3) / 2
    assert [one["mean"] for one in document["means"]] == [pytest.approx(3.6875), pytest.approx(2.375)]
    (agreement,) = document["agreement"]
    assert agreement["alpha"] < 0.2
    assert agreement["pairs"][0]["pearson"] is None  # one of them never changes its mind
    assert any("some judges were scored by probabilities" in note for note in document["notes"])


def test_photos_are_shown_where_the_scale_is_about_them(
    inside: Any, server: FakeProvider, two: tuple[Path, Path], albums: Path, tmp_path: Path
) -> None:
    names = "coherence,relevance"
    args = ("judge", "rubric", two[1], "--judges", "ollama:any", "--albums", albums, "--criteria", names, "--json")
    document = inside(*args, "-o", tmp_path / "judged", env={"OLLAMA_HOST": server.url}).document
    assert document["criteria"] == ["coherence", "relevance"]
    shown = {("Relevance" in one.asked.text, len(one.asked.images)) for one in server.requests}
    assert shown == {(False, 0), (True, 1)}


def test_a_dry_run_asks_nothing(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    env = {"OPENAI_API_KEY": "sk-nobody"}
    out = tmp_path / "judged"
    args = ("judge", "rubric", *two, "--judges", "openai:gpt-4o-mini,openai:gpt-5-mini", "--dry-run", "-o", out)
    found = inside(*args, "--json", env=env)
    assert (found.code, found.err) == (0, "")
    cheap, thinking = found.document["plan"]
    assert (cheap["questions"], cheap["calls"]) == (20, [20, 240])
    assert (thinking["questions"], thinking["calls"]) == (20, [100, 200])  # it tells no probabilities
    assert 0 < cheap["usd"][0] < cheap["usd"][1]
    assert [Path(one["file"]).name for one in found.document["failed"]] == ["c.txt"]
    words = inside(*args, env=env).out
    assert "openai:gpt-4o-mini: 20 questions, 0 answered before; sent to api.openai.com" in words
    assert "Calls    20, at most 240" in words
    assert not out.exists()


def test_nothing_is_sent_unasked(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    args = ("judge", "rubric", *two, "--judges", "openai:gpt-4o-mini", "-o", tmp_path / "judged")
    found = inside(*args, env={"OPENAI_API_KEY": "sk-nobody"})
    assert (found.code, found.out) == (2, "")
    assert "texts and photos would be sent to api.openai.com, and that is never done unasked" in found.err
    assert "Costs    about $" in found.err


def test_a_budget_that_is_too_small_says_so(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    args = ("judge", "rubric", *two, "--judges", "openai:gpt-4o-mini", "-o", tmp_path / "judged", "--yes")
    found = inside(*args, "--max-cost", "0.000001", env={"OPENAI_API_KEY": "sk-nobody"})
    assert found.code == 6
    assert "the next call could cost more than --max-cost leaves" in found.err


def test_a_judge_that_answers_in_prose_gives_no_score(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    judge = scripted(tmp_path, {"when": "scale from 1", "text": "It is rather good, I would say."})
    args = ("judge", "rubric", two[1], "--judges", judge, "--criteria", "overall", "--repeats", "2")
    found = inside(*args, "-o", tmp_path / "judged")
    assert found.code == 5
    assert "    m.json" not in found.out
    assert f"  {judge}: 2 unreadable" in found.out
    assert "no score: a, theirs, overall" in found.out
    assert "could not be read, twice; it begins 'It is rather good" in found.out


def test_a_provider_that_fails_ends_the_run_in_words(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    with FakeProvider(Fail("wrong_key")) as server:
        args = ("judge", "rubric", two[1], "--judges", "ollama:any", "-o", tmp_path / "judged")
        found = inside(*args, env={"OLLAMA_HOST": server.url})
    assert found.code == 3
    assert "photocast made a mistake" not in found.err


def test_a_model_on_both_sides_is_told(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    script = {
        "title": "A loaf",
        "speakers": [{"name": "Ada"}],
        "turns": [{"id": "t001", "speaker": "Ada", "text": "So."}],
    }
    judge = scripted(tmp_path, {"when": "scale from 1", "text": "Score: 3"})
    origin = {"writer": "prompted", "writer_version": "1", "model": judge, "disclosure": "Made by a machine."}
    episode = tmp_path / "own" / "a"
    episode.mkdir(parents=True)
    (episode / "script.json").write_text(json.dumps(script | {"provenance": origin}), "utf-8")
    args = ("judge", "rubric", tmp_path / "own", "--judges", judge, "--criteria", "overall", "--repeats", "1")
    found = inside(*args, "-o", tmp_path / "judged", "--json").document
    assert any("judges favour their own" in note for note in found["notes"])


# Tasks


def notes(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    (tmp_path / "notes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return tmp_path / "notes.jsonl"


def test_feelings_against_annotations(inside: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    judge = scripted(
        tmp_path, {"when": "of ours", "text": "Answer: joy"}, {"when": "a of theirs", "text": "Answer: fear"}, "?", "?"
    )
    feelings = notes(
        tmp_path,
        {"item": "a", "character": "Ada", "emotion": "joy"},
        {"item": "b", "character": "Ada", "emotion": "Joy"},
        {"item": "z", "character": "Ada", "emotion": "fear"},
    )
    args = ("judge", "rubric", *two, "--judges", judge, "--task", "emotion", "--annotations", feelings)
    found = inside(*args, "-o", tmp_path / "judged", "--json").document
    ours, theirs = found["measured"]
    assert (ours["system"], ours["accuracy"], ours["macro_f1"], ours["n"]) == ("ours", 1.0, 1.0, 2)
    assert (theirs["accuracy"], theirs["n"], theirs["missing"]) == (0.0, 1, 1)
    assert theirs["confusion"] == {"joy": {"fear": 1}}
    assert [one["status"] for one in found["unanswered"]] == ["unreadable"]
    assert found["unmatched"] == ["z: there is no text about it"]
    table = inside(*args, "-o", tmp_path / "judged").out
    assert ", ours: accuracy 1.00 (1.00 to 1.00), macro F1 1.00, 2 answered, 0 not" in table
    assert len((tmp_path / "judged" / "rubric-emotion.jsonl").read_text("utf-8").splitlines()) == 4


def test_feelings_in_photos_need_no_text(inside: Any, albums: Path, tmp_path: Path) -> None:
    feelings = notes(tmp_path, {"item": "a", "character": "the man", "emotion": "calm", "photo": "one.jpg"})
    with FakeProvider("Answer: calm") as server:
        args = ("judge", "rubric", "--judges", "ollama:any", "--albums", albums, "--task", "emotion", "--json")
        more = ("--annotations", feelings, "--emotions", "calm,uneasy", "-o", tmp_path / "judged")
        found = inside(*args, *more, env={"OLLAMA_HOST": server.url}).document
        assert [len(one.asked.images) for one in server.requests] == [1]
    assert [(one["system"], one["accuracy"]) for one in found["measured"]] == [("", 1.0)]


def test_characters_with_and_without_annotations(inside: Any, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.txt").write_text(TALK, "utf-8")
    judge = scripted(
        tmp_path,
        {"when": "Does the baker stay", "text": "She is two people.\nAnswer: no"},
        {
            "when": "Find the places",
            "text": "the baker | My sister baked it | My cousin bakes well | kin\nx | y | z | w",
        },
    )
    annotated = notes(tmp_path, {"item": "a", "character": "the baker", "consistent": False})
    args = ("judge", "rubric", tmp_path / "ours", "--judges", judge, "--task", "characters", "-o", tmp_path / "judged")
    (measured,) = inside(*args, "--annotations", annotated, "--json").document["measured"]
    assert (measured["accuracy"], measured["labels"]["no"]["f1"]) == (1.0, 1.0)
    found = inside(*args, "--json").document
    (measured,) = found["measured"]
    assert (measured["with_contradictions"], measured["contradictions"], measured["unverified"]) == (1, 1, 1)
    shown = inside(*args).out
    assert "    a, the baker: “My sister baked it” / “My cousin bakes well”: kin" in shown
    assert "1 more with passages that are not in the text" in shown


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("ours", "--judges", ""), 2, "nobody is there to judge"),
        (("ours", "--judges", "gpt"), 3, "there is no model 'gpt'"),
        (("--judges", "scripted:m.json"), 2, "there is nothing to judge"),
        (("nowhere", "--judges", "scripted:m.json"), 4, "nowhere"),
        (("ours", "--judges", "scripted:m.json", "--criteria", "grammar"), 2, "there is no criterion 'grammar'"),
        (("ours", "--judges", "scripted:m.json", "--criteria", "relevance"), 2, "Add --albums DIR"),
        (("ours", "--judges", "scripted:m.json", "--repeats", "0"), 2, "--repeats"),
        (("ours", "--judges", "scripted:m.json", "--max-cost", "nan"), 2, "--max-cost cannot be nan"),
        (("ours", "--judges", "scripted:m.json", "--annotations", "x"), 2, "--annotations belongs to a task"),
        (("ours", "--judges", "scripted:m.json", "--task", "emotion"), 2, "Add --annotations FILE"),
        (("ours", "--judges", "scripted:m.json", "--task", "characters", "--emotions", "a,b"), 2, "--task emotion"),
        (("ours", "--judges", "scripted:m.json", "--task", "characters", "--annotations", "x"), 4, "no such file"),
        (("ours", "--judges", "scripted:m.json", "--task", "characters", "--criteria", "overall"), 2, "exclude"),
        (("ours", "ours", "--judges", "scripted:m.json"), 2, "two systems are called ours"),
    ],
)
def test_what_cannot_be_meant(
    inside: Any, two: tuple[Path, Path], tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "m.json").write_text('{"answers": []}', "utf-8")
    where = {"ours": str(two[0]), "scripted:m.json": f"scripted:{tmp_path / 'm.json'}"}
    found = inside("judge", "rubric", *(where.get(one, one) for one in args), "-o", tmp_path / "judged")
    assert (found.code, found.out) == (code, "")
    assert said in found.err
    assert "photocast made a mistake" not in found.err
