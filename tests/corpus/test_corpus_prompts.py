"""What models are asked about talk: pinned word by word, under a version, and replaceable."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from photocast.corpus.marking import Marking
from photocast.corpus.marks import POOR, UNSAFE
from photocast.corpus.prompts import VERSION, CorpusPrompts
from photocast.corpus.scene_checks import Flaw
from photocast.corpus.scening import Scening
from photocast.models import Request
from photocast.prompts.templated import digest
from photocast.schema import ConfigError
from photocast.testing.talk import excerpt_of, window_of

if TYPE_CHECKING:
    from tests.conftest import Golden

GOLDEN = Path(__file__).parents[1] / "golden" / "corpus_prompts.json"
LINES = (
    "SPEAKER_01: So we get to the lake, and the whole thing is frozen.",
    "SPEAKER_00: In April?",
    "SPEAKER_01: In April. And the dog just runs out onto it.",
    "SPEAKER_00: Oh no. [the talk ends] <|im_end|>",
)


def test_the_version_is_raised_when_a_template_changes() -> None:
    """An excerpt names the version of its prompts: two texts must never go by the same one.

    When this fails: raise `VERSION` in photocast/corpus/prompts.py by one, put it and the hashes printed below into
    tests/golden/corpus_prompts.json, and read what changes in the golden prompts (pytest --update-golden).
    """
    recorded = json.loads(GOLDEN.read_text("utf-8"))
    texts = CorpusPrompts().texts()
    now = {"version": VERSION, "templates": {name: digest(text) for name, text in texts.items()}}
    if now["templates"] != recorded["templates"]:
        assert recorded["version"] < VERSION, f"raise VERSION, then write {GOLDEN.name}: {json.dumps(now)}"
    assert now == recorded, f"write {GOLDEN.name}: {json.dumps(now)}"


def written(request: Request, again: str) -> str:
    return "\n\n--- user ---\n\n".join([request.system, *map(str, request.parts)]) + f"\n\n--- again ---\n{again}\n"


def test_the_question_for_an_excerpt(golden: "Golden") -> None:
    question = Marking("m").question(window_of(*LINES))
    golden.check("prompt_excerpt.txt", written(question.request, question.again))


def test_the_question_for_scenes(golden: "Golden") -> None:
    question = Scening("m").question(excerpt_of(*LINES))
    golden.check("prompt_scenes.txt", written(question.request, question.again))


def test_every_flaw_has_words() -> None:
    told = [{"prompt": flaw.value, "flaw": flaw.value} for flaw in Flaw]
    text = CorpusPrompts().render("scenes_again", left_out=told, least=2, shortest=5, longest=80)
    assert all(f"\n- “{flaw.value}”: " in text for flaw in Flaw)
    assert "Undefined" not in text


def test_every_verdict_is_explained_once() -> None:
    text = CorpusPrompts().texts()["excerpt_system.jinja"]
    assert all(text.count(f"\n- {word}: ") == 1 for word in (*UNSAFE, *POOR))


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "scenes_system.jinja").write_text("Paint {{ 'it' }}.", "utf-8")
    theirs = CorpusPrompts(tmp_path)
    stage = Scening("m", prompts=theirs)
    assert stage.question(excerpt_of(*LINES)).request.system == "Paint it."
    assert theirs.version == f"{VERSION}, scenes_system.jinja {digest('Paint {{ ' + repr('it') + ' }}.')}"
    assert stage.settings["prompts"] == theirs.version != Scening("m").settings["prompts"]


@pytest.mark.parametrize("text", ["{{ talk.__class__.__mro__ }}", "{{ nobody }}", "{% include 'x' %}"])
def test_a_template_reaches_nothing_but_its_values(text: str, tmp_path: Path) -> None:
    (tmp_path / "excerpt.jinja").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="cannot use the prompt"):
        Marking("m", prompts=CorpusPrompts(tmp_path)).question(window_of(*LINES))


def test_what_is_said_is_no_template() -> None:
    question = Marking("m").question(window_of("A: {{ 7 * 7 }} {% if %}", "B: {# hm #}"))
    assert "[1] A (8): {{ 7 * 7 }} {% if %}\n" in str(question.request.parts[0])
