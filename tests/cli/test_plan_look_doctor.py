"""The commands that change nothing."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_plan_names_every_file_and_changes_nothing(few: Path, tmp_path: Path, run: Any) -> None:
    import shutil

    album = Path(shutil.copytree(few, tmp_path / "album"))
    first = sorted(path.name for path in album.iterdir())[0]
    shutil.copy(album / first, album / "copy.jpg")
    (album / "broken.jpg").write_bytes((album / first).read_bytes()[:2000])
    (album / "notes.txt").write_text("bread", "utf-8")
    before = sorted(path.name for path in album.iterdir())
    ran = run("plan", album, "--json", cwd=tmp_path)
    assert ran.code == 0, ran.err
    files = {entry["file"]: entry for entry in ran.document["files"]}
    assert sorted(files) == before
    used = [entry for entry in files.values() if entry["status"] == "used"]
    assert sorted(entry["id"] for entry in used) == ["p01", "p02", "p03"]
    assert files["broken.jpg"]["status"] == "set_aside"
    assert files["broken.jpg"]["reason"] == "truncated"
    assert {files["copy.jpg"]["reason"], files[first]["reason"]} == {"duplicate", None}
    assert all(entry["reason"] and entry["detail"] for entry in files.values() if entry["status"] == "set_aside")
    assert ran.document["plan"]["sending"] is None
    assert sorted(path.name for path in album.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["album"]


def test_keep_brings_a_photo_back(few: Path, tmp_path: Path, run: Any) -> None:
    import shutil

    album = Path(shutil.copytree(few, tmp_path / "album"))
    first = sorted(path.name for path in album.iterdir())[0]
    shutil.copy(album / first, album / "zz_copy.jpg")
    ran = run("plan", album, "--json", "--keep", "zz_copy.jpg")
    assert {entry["file"]: entry["status"] for entry in ran.document["files"]}["zz_copy.jpg"] == "used"


def test_several_files_keep_their_given_order(few: Path, run: Any) -> None:
    photos = sorted(few.iterdir(), reverse=True)
    ran = run("plan", *photos, "--order", "given", "--json")
    assert [entry["file"] for entry in ran.document["files"]] == [photo.name for photo in photos]


def test_plan_for_people(few: Path, run: Any) -> None:
    ran = run("plan", few)
    assert ran.code == 0
    assert "3 found, 3 used, 0 set aside" in ran.out
    assert "nothing: the writer runs on this machine" in ran.out


def test_the_seed_and_the_length_of_a_file_are_used(few: Path, tmp_path: Path, run: Any) -> None:
    (tmp_path / "photocast.toml").write_text('length = "2m"\nseed = 5\n', "utf-8")
    plan = run("plan", few, "--json", cwd=tmp_path).document["plan"]
    assert (plan["words"], plan["brief"]["seed"]) == (300, 5)


def test_look_writes_facts_and_never_over_a_file(few: Path, tmp_path: Path, run: Any) -> None:
    facts = tmp_path / "facts.json"
    ran = run("look", few, "-o", facts, "--json", "--local")
    assert ran.code == 0, ran.err
    assert ran.document == json.loads(facts.read_text("utf-8"))
    assert {photo for one in ran.document["observations"] for photo in one["photos"]} == {"p01", "p02", "p03"}
    before = facts.read_bytes()
    again = run("look", few, "-o", facts)
    assert again.code == 4
    assert facts.read_bytes() == before


def test_look_for_people(few: Path, run: Any) -> None:
    ran = run("look", few)
    assert ran.code == 0, ran.err
    assert ran.out.split()[:3] == ["photos", "kind", "what"]
    assert "p03" in ran.out


def test_doctor_finds_this_installation_well(run: Any) -> None:
    document = run("doctor", "--json").document
    assert document["well"] is True
    found = {finding["name"]: finding for finding in document["findings"]}
    assert all(found[name]["ok"] for name in ("classifier", "detector", "HEIC", "AVIF", "onnxruntime"))
    assert "no language model" in found["writer"]["found"]


@pytest.mark.parametrize(("named", "found"), [("none", "nobody speaks"), ("tones", "tones"), ("espeak", "a program")])
def test_doctor_says_who_speaks(run: Any, named: str, found: str) -> None:
    findings = run("doctor", "--json", env={"PHOTOCAST_ENGINE": named}).document["findings"]
    assert found in next(one["found"] for one in findings if one["name"] == "voices")


def test_doctor_finds_what_is_missing(tmp_path: Path, run: Any) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('no such library')\n", "utf-8")
    ran = run("doctor", "--json", env={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 3
    found = {finding["name"]: finding for finding in ran.document["findings"]}
    assert "no such library" in found["onnxruntime"]["found"]
    assert "pip install" in found["onnxruntime"]["do"]
