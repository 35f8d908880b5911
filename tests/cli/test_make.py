"""From photos to a folder, and what becomes of it when it is edited and made again."""

import json
from pathlib import Path
from typing import Any

FILES = {"index.html", "script.md", "script.json", "facts.json", "plan.json", "report.json", "outline.json", "photos"}


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_episode_is_a_folder_of_files_with_stable_names(made: tuple[Path, Any]) -> None:
    folder, _ = made
    assert {path.name for path in folder.iterdir()} - {".photocast"} == FILES
    assert sorted(path.name for path in (folder / "photos").iterdir()) == ["p01.jpg", "p02.jpg", "p03.jpg"]


def test_json_tells_where_everything_is(made: tuple[Path, Any]) -> None:
    folder, ran = made
    document = ran.document
    assert ran.err == ""
    assert Path(document["page"]) == folder / "index.html"
    assert Path(document["script"]).is_file()
    script = _json(folder / "script.json")
    assert document["turns"] == len(script["turns"])
    assert document["words"] == sum(len(turn["text"].split()) for turn in script["turns"])
    assert document["report"] == _json(folder / "report.json")


def test_scripts_can_rely_on_these_fields(made: tuple[Path, Any]) -> None:
    script = _json(made[0] / "script.json")
    cast = {speaker["name"] for speaker in script["speakers"]}
    photos = {photo["id"] for photo in _json(made[0] / "plan.json")["album"]["photos"]}
    for turn in script["turns"]:
        assert turn["speaker"] in cast
        assert turn["text"].strip()
        assert set(turn["photos"]) <= photos
        assert turn["id"].startswith("t")


def test_the_report_says_what_was_used_and_that_nothing_was_sent(made: tuple[Path, Any]) -> None:
    report = _json(made[0] / "report.json")
    assert report["bytes_sent"] == 0
    assert report["writer"] == "pocket"
    assert report["photos"] == {"found": 3, "used": 3, "set_aside": 0}
    assert set(report["seconds"]) == {"read", "look", "write"}
    assert {figure["name"] for figure in report["style"]} >= {"turn_length_cv", "short_turn_share"}
    assert all(figure["reference"] for figure in report["style"] if figure["low"] is not None)
    assert report["weights"]


def test_the_same_again_is_the_same(made: tuple[Path, Any], episode: Path, few: Path, run: Any) -> None:
    again = run("make", few, "-o", episode, "--yes", "--seed", "3", "--json").document
    assert again["notes"] == []
    assert _json(episode / "script.json") == _json(made[0] / "script.json")
    assert _json(episode / "facts.json") == _json(made[0] / "facts.json")


def test_another_seed_is_another_conversation(made: tuple[Path, Any], episode: Path, run: Any) -> None:
    assert run("write", episode, "--seed", "4").code == 0
    before = {turn["text"] for turn in _json(made[0] / "script.json")["turns"]}
    after = {turn["text"] for turn in _json(episode / "script.json")["turns"]}
    assert len(after - before) > len(after) / 2


def test_words_for_people_end_with_the_page(episode: Path, run: Any) -> None:
    ran = run("page", episode)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == str(episode / "index.html")
    assert "0 bytes sent" in ran.out


def test_a_hand_edit_reaches_the_page(episode: Path, run: Any) -> None:
    script = episode / "script.md"
    turn = _json(episode / "script.json")["turns"][-1]
    script.write_text(
        script.read_text("utf-8").replace(turn["text"], "That is all from the bakery in Utrecht."), "utf-8"
    )
    edited = script.read_bytes()
    ran = run("page", episode, "--json")
    assert ran.code == 0, ran.err
    assert "the bakery in Utrecht" in (episode / "index.html").read_text("utf-8")
    assert _json(episode / "script.json")["turns"][-1]["text"] == "That is all from the bakery in Utrecht."
    assert script.read_bytes() == edited
    assert ran.document["notes"] == []


def test_making_again_keeps_a_hand_edit_under_another_name(episode: Path, few: Path, run: Any) -> None:
    script = episode / "script.md"
    script.write_text(script.read_text("utf-8") + "\n", "utf-8")
    turn = _json(episode / "script.json")["turns"][0]
    script.write_text(script.read_text("utf-8").replace(turn["text"], "Hello from the kitchen."), "utf-8")
    edited = script.read_bytes()
    ran = run("make", few, "-o", episode, "--yes", "--seed", "8", "--json")
    assert ran.code == 0, ran.err
    assert (episode / "script.before-1.md").read_bytes() == edited
    assert any("script.before-1.md" in note for note in ran.document["notes"])


def test_what_is_struck_is_not_said_again(episode: Path, few: Path, run: Any) -> None:
    script, facts = _json(episode / "script.json"), _json(episode / "facts.json")
    said = {one for turn in script["turns"] for claim in turn["claims"] for one in claim["observations"]}
    struck = next(one for one in facts["observations"] if one["id"] in said)
    struck["state"] = "struck"
    (episode / "facts.json").write_text(json.dumps(facts), "utf-8")
    for command in (["write", episode], ["make", few, "-o", episode, "--yes"]):
        ran = run(*command)
        assert ran.code == 0, ran.err
        after = {one["id"]: one["state"] for one in _json(episode / "facts.json")["observations"]}
        assert after[struck["id"]] == "struck"
        turns = _json(episode / "script.json")["turns"]
        assert struck["id"] not in {one for turn in turns for claim in turn["claims"] for one in claim["observations"]}


def test_redo_changes_one_exchange(episode: Path, run: Any) -> None:
    before = _json(episode / "script.json")["turns"]
    # For some turns there is no other way to say them, and the command says so.
    tried = ((turn["id"], run("redo", episode, turn["id"], "--json")) for turn in before)
    turn, ran = next((turn, ran) for turn, ran in tried if ran.code != 4)
    assert ran.code == 0, ran.err
    after = _json(episode / "script.json")["turns"]
    changed = [new for new in after if new not in before]
    assert ran.document["changed"] == changed
    assert turn in [new["id"] for new in changed]
    assert len(changed) < len(after) / 3  # the turn, and those of its exchange


def test_a_locked_turn_stays(episode: Path, run: Any) -> None:
    script = _json(episode / "script.json")
    first = script["turns"][0]
    first |= {"locked": True}
    (episode / "script.json").write_text(json.dumps(script), "utf-8")
    refused = run("redo", episode, first["id"])
    assert refused.code == 2
    assert "in its comment in script.md, or in script.json" in refused.err
    ran = run("write", episode, "--seed", "11")
    assert ran.code == 0, ran.err
    assert first in _json(episode / "script.json")["turns"]


def test_other_photos_do_not_replace_an_episode(episode: Path, tmp_path: Path, run: Any) -> None:
    from PIL import Image

    (tmp_path / "other").mkdir()
    Image.effect_mandelbrot((400, 300), (-2, -1.2, 1, 1.2), 50).save(tmp_path / "other" / "set.png")
    before = _contents(episode)
    ran = run("make", tmp_path / "other", "-o", episode, "--yes")
    assert ran.code == 4
    assert "other photos" in ran.err
    assert _contents(episode) == before


def test_decisions_move_with_their_photos(episode: Path, few: Path, tmp_path: Path, run: Any) -> None:
    """A photo more at the front, and one less at the end: what was struck stays struck under its new id."""
    import shutil

    from PIL import Image

    other = Path(shutil.copytree(few, tmp_path / "other"))
    Image.effect_mandelbrot((400, 300), (-2, -1.2, 1, 1.2), 50).save(other / "00_first.png")
    (other / "09_oven-example.jpg").unlink()
    facts = _json(episode / "facts.json")
    for photo in ("p01", "p03"):
        struck = next(one for one in facts["observations"] if one["id"].startswith(f"{photo}."))
        struck["state"] = "struck"
    first = next(one["id"] for one in facts["observations"] if one["state"] == "struck")
    (episode / "facts.json").write_text(json.dumps(facts), "utf-8")
    edited = (episode / "facts.json").read_bytes()
    ran = run("make", other, "-o", episode, "--yes", "--json", "--order", "name")
    assert ran.code == 0, ran.err
    after = {one["id"]: one["state"] for one in _json(episode / "facts.json")["observations"]}
    assert after["p02" + first.removeprefix("p01")] == "struck"
    assert any("09_oven-example.jpg" in note for note in ran.document["notes"])
    assert (episode / "facts.before-1.json").read_bytes() == edited


def test_flags_reach_the_script(few: Path, tmp_path: Path, run: Any) -> None:
    ran = run(
        *("make", few, "-o", tmp_path / "out", "--hosts", "Ada: curious; Leo: warm; Mia", "--length", "200w"),
        *("--style", "interview", "--playful", "0", "--about", "the bake in Utrecht", "--yes", "--json"),
    )
    assert ran.code == 0, ran.err
    assert set(ran.document["speakers"]) == {"Ada", "Leo", "Mia"}
    assert 120 <= ran.document["words"] <= 320
    brief = _json(tmp_path / "out" / "plan.json")["brief"]
    assert (brief["style"], brief["playful"], brief["about"]) == ("interview", 0, "the bake in Utrecht")
    claims = [claim for turn in _json(tmp_path / "out" / "script.json")["turns"] for claim in turn["claims"]]
    assert all(claim["source"] != "invented" for claim in claims)


def test_the_default_folder_is_named_after_the_album(few: Path, tmp_path: Path, run: Any) -> None:
    ran = run("make", few, "--yes", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1] == str(Path("photocast-out", "three_loaves", "index.html"))
    assert (tmp_path / "photocast-out" / "three_loaves" / "index.html").is_file()
    assert "Looking: 3 of 3" in ran.err.splitlines()


def test_the_demo_needs_nothing(tmp_path: Path, run: Any) -> None:
    ran = run("demo", "--json", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert ran.document["report"]["photos"]["used"] >= 5
    assert (tmp_path / "photocast-demo" / "index.html").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["photocast-demo"]
