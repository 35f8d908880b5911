"""The templates: their version, and replacing one by one's own."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from photocast.prompts import VERSION, Prompts
from photocast.prompts.prompts import NAMES, digest
from photocast.schema import ConfigError

GOLDEN = Path(__file__).parents[1] / "golden" / "prompts.json"


def test_the_version_is_raised_when_a_template_changes() -> None:
    """An episode names the version of its prompts: two texts must never go by the same one.

    When this fails: raise `VERSION` in photocast/prompts/prompts.py by one, put it and the hashes printed below into
    tests/golden/prompts.json, and read what changes in the golden prompts (pytest --update-golden).
    """
    recorded = json.loads(GOLDEN.read_text("utf-8"))
    now = {"version": VERSION, "templates": {name: digest(text) for name, text in Prompts().texts().items()}}
    if now["templates"] != recorded["templates"]:
        assert recorded["version"] < VERSION, f"raise VERSION, then write {GOLDEN.name}: {json.dumps(now)}"
    assert now == recorded, f"write {GOLDEN.name}: {json.dumps(now)}"


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def test_one_template_of_ones_own(tmp_path: Path) -> None:
    theirs = Prompts(folder(tmp_path, system_jinja="\ufeffSpeak like {{ 'Anna' if true }}.\n"))
    assert theirs.render("system") == "Speak like Anna."
    assert theirs.texts()["script.jinja"] == Prompts().texts()["script.jinja"]
    assert theirs.style("banter") == Prompts().style("banter")
    assert theirs.version.startswith(f"{VERSION}, system.jinja ")
    assert Prompts().version == str(VERSION)


def test_another_text_is_another_version(tmp_path: Path) -> None:
    one, two = (Prompts(folder(tmp_path, system_jinja=text)).version for text in ("One.", "Two."))
    assert one != two


def test_one_style_of_ones_own(tmp_path: Path) -> None:
    theirs = Prompts(folder(tmp_path, styles_toml='banter = "It is loud."'))
    assert (theirs.style("banter"), theirs.style("bedtime")) == ("It is loud.", Prompts().style("bedtime"))


@pytest.mark.parametrize(
    ("file", "text", "why", "line"),
    [
        ("script.jinja", "One\n{% if x %}\nTwo", "Unexpected end of template", 3),
        ("system.jinja", "One\n\n{{ }}", "Expected an expression", 3),
        ("turns.jinja", "{{ 'a'|shout }}", "No filter named 'shout'", 1),
        ("system.jinja", " \n", "it is empty", None),
        ("styles.toml", "banter = ", "not valid TOML", None),
        ("styles.toml", 'shouting = "Loud."', "'shouting' is not the name of a style", None),
        ("styles.toml", "banter = 7", "'banter' is not the name of a style with a text", None),
    ],
)
def test_a_broken_template_is_told_before_anything_is_asked(
    file: str, text: str, why: str, line: int | None, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(ConfigError) as failed:
        Prompts(tmp_path)
    assert str(tmp_path / file) in failed.value.what
    assert why in failed.value.why
    assert line is None or failed.value.what.endswith(f", line {line}")
    assert failed.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("One\n{{ nobody }}", "'nobody' is undefined", 2),
        ("{{ host.nobody }}", "has no attribute 'nobody'", 1),
        ("One\nTwo\n{{ 1 / 0 }}", "division by zero", 3),
        ("{{ host.name + 1 }}", "can only concatenate", 1),
        ("{{ ''.__class__.__mro__ }}", "unsafe", 1),
        ("{{ host.update({'name': 'x'}) }}", "unsafe", 1),
        ("{% for at in range(10 ** 9) %}{% endfor %}", "Range too big", 1),
        ("One\n{% include '/etc/hostname' %}", "no loader", 2),
    ],
)
def test_a_template_that_does_what_it_cannot_or_may_not(text: str, why: str, line: int, tmp_path: Path) -> None:
    prompts = Prompts(folder(tmp_path, system_jinja=text))
    with pytest.raises(ConfigError) as failed:
        prompts.render("system", host={"name": "Maya"})
    assert why in failed.value.why
    assert failed.value.what == f"cannot use the prompt {tmp_path / 'system.jinja'}, line {line}"


def test_folders_that_hold_no_prompts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a folder"):
        Prompts(tmp_path / "none")
    with pytest.raises(ConfigError, match="none of its files is a template"):
        Prompts(tmp_path)
    (tmp_path / "system.jinja").write_bytes(b"caf\xe9")
    with pytest.raises(ConfigError, match="cannot read the prompt"):
        Prompts(tmp_path)


FACT = {"id": "p01.subject.dog", "words": "dog"}
TURN = {"id": "t001", "speaker": "Maya", "text": "Where's my beach?", "photos": ["p01"]}
CHOICES: dict[str, tuple[Any, ...]] = {
    "direct": (True, False),
    "structured": (True, False),
    "paper": (True, False),
    "part": (
        {"number": 1, "of": 1, "photos": ["p01"], "words": 800},
        {"number": 1, "of": 3, "photos": ["p01", "p02"], "words": 300},
        {"number": 2, "of": 3, "photos": [], "words": 300},
        {"number": 3, "of": 3, "photos": ["p02"], "words": 300},
    ),
    "facts": ((), (FACT,)),
    "notes": ((), ({"id": "album.note.1", "words": "“A day out.”"},)),
    "said": ("", "Maya: Where's my beach?"),
    "language": ("en", "de"),
}
FIXED: dict[str, Any] = {
    "manners": ["excited", "quiet"],
    "sounds": ["laugh", "beat"],
    "hosts": [{"name": "Maya", "character": ""}, {"name": "Theo", "character": "dry"}],
    "style": "Quick and dry.",
    "playful": 0.4,
    "disclosure": True,
    "title": "",
    "stand_ins": [],
    "later": "",
    "locked": [],
    "stretches": [[TURN]],
    "whole": 1,
    "wanted": [{"id": "t001", "speaker": "Maya", "why": "shorter"}],
}
OTHERWISE: tuple[dict[str, Any], ...] = (
    {},
    {"playful": 0},
    {"playful": 0.2},
    {"playful": 0.9, "disclosure": False},
    {"title": "dog at the beach", "stand_ins": ["Person A"]},
    {"stand_ins": ["Person A", "Person B"], "later": "p09", "locked": [TURN]},
    {"stretches": [[TURN], [TURN, TURN]], "whole": 90, "wanted": [FIXED["wanted"][0]] * 2},
)


@pytest.mark.parametrize("template", NAMES)
def test_every_template_works_in_every_case(template: str) -> None:
    """No value is missing, no line is doubled or left blank twice, and no brackets of the template are left."""
    prompts = Prompts()
    texts = set()
    for chosen in product(*CHOICES.values()):
        for otherwise in OTHERWISE:
            values = {**FIXED, **dict(zip(CHOICES, chosen, strict=True)), **otherwise}
            facts = values.pop("facts")
            photos = [{"id": photo, "facts": list(facts)} for photo in values["part"]["photos"]]
            values["photos"] = [one["id"] for one in photos] or ["p01"] if template == "look" else photos
            text = prompts.render(template, **values)
            texts.add(text)
            lines = text.split("\n")
            assert text == text.strip()
            assert "\n\n\n" not in text
            assert not [line for line in lines if line != line.rstrip()]
            assert "{" not in text
            assert "}" not in text
            assert "None" not in text
            starts = [line for line in lines if len(line.split()) > 6]
            assert len(starts) == len(set(starts)), text
    assert texts
    assert (len(texts) > 1) == (template != "system")


@pytest.mark.parametrize(
    ("values", "there", "not_there"),
    [
        ({}, "Write a whole conversation of about 800 words", "part"),
        ({"part": CHOICES["part"][1]}, "first of 3 parts", "What has been said"),
        ({"part": CHOICES["part"][2], "said": "Maya: Hm."}, "without new photos", "photos are above"),
        ({"part": CHOICES["part"][3], "said": "Maya: Hm."}, "bring the conversation to its end", "does not end here"),
        ({"direct": False}, "You do not see the photos", "are above"),
        ({"structured": True}, "Answer with JSON", "one line for each turn"),
        ({"language": "de"}, "the language with the code de", None),
        ({"playful": 0}, "nothing about their own lives", "made up"),
        ({"disclosure": False}, None, "made by a machine"),
        ({"title": "dog at the beach"}, "the folder is called “dog at the beach”", None),
        ({"locked": [TURN]}, "   Maya: Where's my beach?", None),
        ({"stand_ins": ["Person A"]}, "Person A stands for the name of somebody", None),
    ],
)
def test_what_the_script_is_told(values: dict[str, Any], there: str | None, not_there: str | None) -> None:
    first = {name: choices[0] for name, choices in CHOICES.items()}
    photos = [{"id": photo, "facts": []} for photo in (values.get("part") or first["part"])["photos"]]
    text = Prompts().render("script", **{**FIXED, **first, "structured": False, "photos": photos, **values})
    assert there is None or there in text
    assert not_there is None or not_there not in text
